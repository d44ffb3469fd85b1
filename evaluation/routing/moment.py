"""What is true of every route, for one place at one moment."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluation.routing.parameters import Receipts


class Moment(msgspec.Struct, frozen=True):
    """By route: the probability of delivery to who has the channel, and its median seconds.

    `refused` tells, of routes that take nothing, how often by silence; `receipts`, of routes in
    an outage, what is said of losses.
    """

    delivered: NDArray[np.float64]
    seconds: NDArray[np.float64]
    refused: dict[int, float]
    receipts: dict[int, Receipts]
