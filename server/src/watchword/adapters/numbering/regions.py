"""The English names of the world's regions, read from regions.json when first asked."""

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct


class _File(Struct):
    names: dict[str, str]


def region_name(region: str) -> str:
    """The name of a region (ISO 3166-1 alpha-2, and AC, TA, XK), or the code if it is not known."""
    return _names().get(region, region)


@cache
def _names() -> dict[str, str]:
    content = Path(__file__).with_name("regions.json").read_bytes()
    return msgspec.json.decode(content, type=_File).names
