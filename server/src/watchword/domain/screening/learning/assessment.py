"""Assessment: what was learnt says of a request, for the rules to read."""

from msgspec import Struct

from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.judgement import Judgement


class Assessment(Struct, frozen=True, kw_only=True):
    """The judgement on a request, and what it was judged by.

    `answered_here` are codes asked for from its address that were answered of late; `armed` says that
    the project checks its codes, so that silence means something.
    """

    asking: Asking
    judgement: Judgement
    answered_here: float = 0.0
    armed: bool = False
