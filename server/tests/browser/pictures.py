"""Pictures of the console for the README and the docs, small enough for a repository."""

import base64
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Page

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LARGEST = 150_000
"""Bytes of a picture."""
COLOURS, EXACT, SHADE = 256, 64, 4
"""Colours of a palette, those kept as they are, and the bits of a channel that shades leave out."""
PIXELS = """async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const bytes = canvas.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192)
        text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
}"""


class Scene(NamedTuple):
    """A screen as it is pictured."""

    page: str
    scheme: str = "light"
    viewport: dict[str, int] = WIDE


SCENES = {
    "overview-light": Scene("overview"),
    "overview-dark": Scene("overview", "dark"),
    "start": Scene("start"),
    "authentication": Scene("authentication"),
    "fraud": Scene("fraud", "dark"),
    "mobile": Scene("overview", viewport=NARROW),
}


def picture(page: Page) -> bytes:
    """What a page shows, as a PNG of its most common colours, and of some of every other shade."""
    shot = base64.b64encode(page.screenshot(scale="css")).decode()
    size = page.viewport_size
    assert size is not None
    raw = base64.b64decode(page.evaluate(PIXELS, f"data:image/png;base64,{shot}"))
    pixels = np.frombuffer(raw, np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    known, places, counts = np.unique(
        pixels @ np.array([65536, 256, 1]), return_inverse=True, return_counts=True
    )
    every = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1)
    common = every[np.argsort(-counts)]
    _, first = np.unique((common >> SHADE) @ np.array([65536, 256, 1]), return_index=True)
    rest = np.sort(first)
    kept = common[[*range(EXACT), *rest[rest >= EXACT]][:COLOURS]]
    nearest = np.array([((kept - colour) ** 2).sum(axis=1).argmin() for colour in every])
    rows = nearest[places].astype(np.uint8).reshape(size["height"], size["width"])
    return _png(rows, kept.astype(np.uint8))


def _png(rows: "np.ndarray[Any, Any]", palette: "np.ndarray[Any, Any]") -> bytes:
    """A picture with a palette (PNG, ISO/IEC 15948: colour type 3, no filter)."""
    height, width = rows.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )
