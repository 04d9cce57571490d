"""Makes pictures of pages small: few colours are on a page, so 256 of them show it as well at a third of the size."""

import base64
import struct
import zlib
from collections import Counter

from playwright.sync_api import Page

COLOURS = 256
GRAIN = 4
"""Colours as near as this are one."""

PIXELS = """
async (data) => {
  const picture = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob())
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  context.drawImage(picture, 0, 0)
  const bytes = context.getImageData(0, 0, picture.width, picture.height).data
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return [picture.width, btoa(text)]
}
"""


def smaller(picture: bytes, blank: Page) -> bytes:
    """The PNG with a palette, unless that makes it no smaller; `blank` is an empty page that reads the pixels."""
    width, text = blank.evaluate(PIXELS, base64.b64encode(picture).decode())
    pixels = memoryview(base64.b64decode(text)).cast("I").tolist()
    palette, index_of = choose(Counter(pixels))
    rows = [bytes([index_of[pixel] for pixel in pixels[at : at + width]]) for at in range(0, len(pixels), width)]
    made = png(width, rows, palette)
    return made if len(made) < len(picture) else picture


def choose(counted: Counter[int]) -> tuple[list[int], dict[int, int]]:
    """The colours most used, and for each pixel (as four bytes, red lowest) which of them stands for it."""
    grains: Counter[tuple[int, int, int]] = Counter()
    shown: dict[tuple[int, int, int], int] = {}
    for pixel, count in counted.most_common():
        grain = tuple(channel // GRAIN for channel in channels(pixel))
        grains[grain] += count  # type: ignore[index]
        shown.setdefault(grain, pixel)  # type: ignore[arg-type]
    palette = [shown[grain] for grain, _ in grains.most_common(COLOURS)]
    parts = [channels(pixel) for pixel in palette]
    nearest: dict[tuple[int, int, int], int] = {}
    index_of: dict[int, int] = {}
    for pixel in counted:
        red, green, blue = channels(pixel)
        grain = (red // GRAIN, green // GRAIN, blue // GRAIN)
        if grain not in nearest:
            apart = [(r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2 for r, g, b in parts]
            nearest[grain] = apart.index(min(apart))
        index_of[pixel] = nearest[grain]
    return palette, index_of


def channels(pixel: int) -> tuple[int, int, int]:
    return pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255


def png(width: int, rows: list[bytes], palette: list[int]) -> bytes:
    """An indexed PNG of eight bits; every row without a filter, which suits a palette best."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)),
            chunk(b"PLTE", b"".join(bytes(channels(pixel)) for pixel in palette)),
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)),
            chunk(b"IEND", b""),
        )
    )
