"""What the drawings of the demonstration are painted with: light, shapes, clouds, snow. Development only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[float, float, float]
Point = tuple[float, float]
Field = NDArray[np.float32]
"""Values between 0 and 1, one for each pixel."""

SHARPNESS = 3
"""Shapes are drawn this much larger and shrunk, so that edges are smooth."""


def hue(code: str) -> Colour:
    """`#rrggbb` as three values between 0 and 1."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


class Canvas:
    """A picture being painted. Both axes are measured in its width: y runs from 0 to height / width."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.rng = np.random.default_rng(seed)
        self.pixels: NDArray[np.float32] = np.zeros((height, width, 3), np.float32)
        grid_y, grid_x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.x: Field = (grid_x + 0.5) / width
        self.y: Field = (grid_y + 0.5) / width
        self.bottom = height / width

    # -- light ---------------------------------------------------------------------------------------------------------

    def sky(self, *stops: tuple[float, str]) -> None:
        """Fills with a vertical gradient; stops are (share of the height, colour)."""
        shares = [share * self.bottom for share, _ in stops]
        for channel in range(3):
            values = [hue(code)[channel] for _, code in stops]
            self.pixels[:, :, channel] = np.interp(self.y, shares, values)

    def lay(self, mask: Field, code: str, strength: float = 1.0) -> None:
        cover = (mask * strength)[:, :, None]
        self.pixels = self.pixels * (1 - cover) + np.array(hue(code), np.float32) * cover

    def lay_gradient(self, mask: Field, top: tuple[float, str], bottom: tuple[float, str]) -> None:
        """As `lay`, between two heights from one colour to another."""
        share = np.clip((self.y - top[0]) / (bottom[0] - top[0]), 0, 1)[:, :, None]
        colour = np.array(hue(top[1]), np.float32) * (1 - share) + np.array(hue(bottom[1]), np.float32) * share
        self.pixels = self.pixels * (1 - mask[:, :, None]) + colour * mask[:, :, None]

    def shine(self, light: Field, code: str) -> None:
        """Adds light as light adds up: never beyond white, and least where it is bright already."""
        amount = np.clip(light, 0, 1)[:, :, None] * np.array(hue(code), np.float32)
        self.pixels = 1 - (1 - self.pixels) * (1 - amount)

    def shade(self, amount: Field) -> None:
        self.pixels = self.pixels * (1 - np.clip(amount, 0, 1))[:, :, None]

    def glow(self, at: Point, radius: float, code: str, strength: float = 1.0, flat: float = 1.0) -> None:
        """A light with its halo; `flat` above 1 stretches it sideways."""
        away = np.sqrt(((self.x - at[0]) / flat) ** 2 + (self.y - at[1]) ** 2) / radius
        self.shine((strength * np.exp(-(away**1.4) * 2.2)).astype(np.float32), code)

    def vignette(self, strength: float) -> None:
        away = ((self.x - 0.5) / 0.62) ** 2 + ((self.y - self.bottom / 2) / (self.bottom * 0.66)) ** 2
        self.shade((strength * np.clip(away - 0.35, 0, 2) / 1.6).astype(np.float32))

    def grain(self, amount: float) -> None:
        noise = self.rng.normal(0, amount, (self.height, self.width, 1)).astype(np.float32)
        self.pixels = np.clip(self.pixels + noise, 0, 1)

    # -- shapes --------------------------------------------------------------------------------------------------------

    def _drawn(self, draw_it: object, blur: float) -> Field:
        image = Image.new("L", (self.width * SHARPNESS, self.height * SHARPNESS))
        draw_it(ImageDraw.Draw(image))  # type: ignore[operator]
        image = image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        if blur:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.width))
        return np.asarray(image, np.float32) / 255

    def _large(self, points: Sequence[Point]) -> list[Point]:
        size = self.width * SHARPNESS
        return [(x * size, y * size) for x, y in points]

    def polygon(self, *points: Point, blur: float = 0) -> Field:
        return self._drawn(lambda draw: draw.polygon(self._large(points), fill=255), blur)

    def box(self, left: float, top: float, right: float, bottom: float, blur: float = 0, round_by: float = 0) -> Field:
        corners = self._large([(left, top), (right, bottom)])
        radius = round_by * self.width * SHARPNESS
        return self._drawn(lambda draw: draw.rounded_rectangle(corners, radius, fill=255), blur)

    def oval(self, centre: Point, wide: float, high: float, blur: float = 0) -> Field:
        corners = self._large([(centre[0] - wide, centre[1] - high), (centre[0] + wide, centre[1] + high)])
        return self._drawn(lambda draw: draw.ellipse(corners, fill=255), blur)

    def line(self, *points: Point, thick: float, blur: float = 0) -> Field:
        width = max(1, round(thick * self.width * SHARPNESS))

        def stroke(draw: ImageDraw.ImageDraw) -> None:
            large = self._large(points)
            draw.line(large, fill=255, width=width, joint="curve")
            for x, y in (large[0], large[-1]):
                draw.ellipse([(x - width / 2, y - width / 2), (x + width / 2, y + width / 2)], fill=255)

        return self._drawn(stroke, blur)

    def lines(self, strokes: Sequence[tuple[Sequence[Point], float]], blur: float = 0) -> Field:
        """Many strokes at once, each with its own thickness."""

        def stroke(draw: ImageDraw.ImageDraw) -> None:
            for points, thick in strokes:
                width = max(1, round(thick * self.width * SHARPNESS))
                draw.line(self._large(points), fill=255, width=width, joint="curve")

        return self._drawn(stroke, blur)

    def dots(self, places: Sequence[tuple[float, float, float]], blur: float = 0) -> Field:
        """Round dots: (x, y, radius)."""
        size = self.width * SHARPNESS

        def dab(draw: ImageDraw.ImageDraw) -> None:
            for x, y, radius in places:
                draw.ellipse(
                    [((x - radius) * size, (y - radius) * size), ((x + radius) * size, (y + radius) * size)], fill=255
                )

        return self._drawn(dab, blur)

    def boxes(self, places: Sequence[tuple[float, float, float, float]], blur: float = 0) -> Field:
        """Left, top, right, bottom of each."""
        size = self.width * SHARPNESS

        def fill(draw: ImageDraw.ImageDraw) -> None:
            for left, top, right, bottom in places:
                draw.rectangle([(left * size, top * size), (right * size, bottom * size)], fill=255)

        return self._drawn(fill, blur)

    # -- nature --------------------------------------------------------------------------------------------------------

    def clouds(self, scale: float, stretch: float = 1.0, layers: int = 5) -> Field:
        """Soft noise between 0 and 1; `scale` is the size of its largest forms, `stretch` draws them out sideways."""
        total = np.zeros((self.height, self.width), np.float32)
        weight = 0.0
        for layer in range(layers):
            cell = scale / 2**layer
            rows = max(2, round(self.bottom / cell) + 2)
            columns = max(2, round(1 / (cell * stretch)) + 2)
            coarse = Image.fromarray(self.rng.random((rows, columns)).astype(np.float32))
            fine = np.asarray(coarse.resize((self.width, self.height), Image.Resampling.BICUBIC), np.float32)
            total += fine / 2**layer
            weight += 1 / 2**layer
        low, high = np.percentile(total / weight, [2, 98])
        return np.clip((total / weight - low) / (high - low), 0, 1).astype(np.float32)

    def horizon(self, heights: Sequence[Point]) -> Field:
        """Everything below a line through these points, drawn smoothly."""
        line = np.interp(self.x[0], [x for x, _ in heights], [y for _, y in heights]).astype(np.float32)
        return np.clip((self.y - line[None, :]) * self.width + 0.5, 0, 1).astype(np.float32)

    def hills(self, base: float, height: float, scale: float) -> Field:
        """Rolling ground; everything below it."""
        steps = int(1 / scale) + 3
        known = base - self.rng.random(steps) * height
        at = np.linspace(-0.1, 1.1, steps)
        fine = np.linspace(0, 1, 60)
        smooth = np.interp(fine, at, known)
        for _ in range(3):
            smooth = np.convolve(np.pad(smooth, 3, mode="edge"), np.ones(7) / 7, mode="valid")
        return self.horizon(list(zip(fine.tolist(), smooth.tolist(), strict=True)))

    def snowfall(self, count: int, size: float, blur: float, strength: float, code: str = "#dfe8f2") -> None:
        places = [(float(x), float(y) * self.bottom, size * float(0.5 + r)) for x, y, r in self.rng.random((count, 3))]
        self.shine(self.dots(places, blur) * strength, code)

    # -- to and fro ----------------------------------------------------------------------------------------------------

    def image(self) -> Image.Image:
        return Image.fromarray((np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
