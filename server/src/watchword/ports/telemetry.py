"""Telemetry: what is counted and timed of requests and tasks."""

from typing import Protocol


class Telemetry(Protocol):
    """Where counts and durations go; names and labels never hold anything of a person."""

    def request(self, operation: str, answer: str, seconds: float) -> None:
        """A request was answered; `answer` is a status or an error code."""
        ...

    def task(self, kind: str, outcome: str, seconds: float) -> None:
        """A task was carried out; `outcome` is `done` or `failed`."""
        ...
