"""Every recording of our own providers, and what tests read them with."""

from pathlib import Path

from watchword.testing.recordings import (
    AUTHENTICATION,
    PROJECT,
    RECEIPTS_URL,
    Asked,
    Ended,
    Expected,
    Posted,
    Recording,
    Replied,
    Sent,
    Words,
    read_recording,
)

__all__ = [
    "AUTHENTICATION",
    "FOLDER",
    "PROJECT",
    "RECEIPTS_URL",
    "Asked",
    "Ended",
    "Expected",
    "Posted",
    "Recording",
    "Replied",
    "Sent",
    "Words",
    "recordings",
]

FOLDER = Path(__file__).parent.parent / "providers"


def recordings() -> list[Recording]:
    """Every recording, by file name."""
    return [read_recording(file) for file in sorted(FOLDER.glob("*.toml"))]
