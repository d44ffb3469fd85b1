"""Carrying out the steps of a call, with and without `await`."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ._exchange import Effect, Steps

R = TypeVar("R")


def drive(steps: Steps[R], perform: Callable[[Effect], object]) -> R:
    """What the steps come to, each effect performed at once."""
    try:
        effect = next(steps)
        while True:
            try:
                outcome = perform(effect)
            except Exception as error:  # noqa: BLE001  the steps decide what it means
                effect = steps.throw(error)
            else:
                effect = steps.send(outcome)
    except StopIteration as stop:
        value: R = stop.value
        return value


async def drive_async(steps: Steps[R], perform: Callable[[Effect], Awaitable[object]]) -> R:
    """What the steps come to, each effect awaited."""
    try:
        effect = next(steps)
        while True:
            try:
                outcome = await perform(effect)
            except Exception as error:  # noqa: BLE001  the steps decide what it means
                effect = steps.throw(error)
            else:
                effect = steps.send(outcome)
    except StopIteration as stop:
        value: R = stop.value
        return value
