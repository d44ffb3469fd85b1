"""What both simulators do alike: find the policies named, and judge them on several processes."""

import importlib
import multiprocessing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

Judged = TypeVar("Judged")
Task = TypeVar("Task")


class Work(msgspec.Struct, frozen=True):
    """Policies in one world, which is drawn once for all of them."""

    parameters: Any
    seed: int
    policies: tuple[str, ...]


def policy_class(name: str, baselines: str) -> Callable[[], Any]:
    """A policy by `module:Class`, or by its name alone one of the module `baselines`.

    Raises:
        SystemExit: there is none of that name.
    """
    module, _, attribute = name.rpartition(":")
    try:
        found: Callable[[], Any] = getattr(importlib.import_module(module or baselines), attribute)
    except (ImportError, AttributeError) as missing:
        raise SystemExit(f"No policy {name}: {missing}.") from missing
    return found


def judged(judge: Callable[[Task], Judged], work: Sequence[Task], jobs: int) -> list[Judged]:
    """Judge all work on `jobs` processes; `judge` is importable by its module's name."""
    if jobs == 1 or len(work) == 1:
        return [judge(one) for one in work]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(judge, work, chunksize=1)
