"""Where the roll-call goes: five places that remember, at dusk; drawings of a mood, not of their monuments."""

import numpy as np
from brush import Canvas, Field
from PIL import Image

SIZE = (960, 540)


def _flame(c: Canvas, x: float, y: float, size: float) -> None:
    c.glow((x, y - size), size * 7, "#d9803a", 0.4)
    c.glow((x, y - size), size * 2.6, "#ffb35c", 0.8)
    c.shine(
        c.polygon(
            (x - size * 0.45, y),
            (x - size * 0.2, y - size * 0.9),
            (x + size * 0.05, y - size * 2),
            (x + size * 0.28, y - size * 0.8),
            (x + size * 0.45, y),
            blur=size * 0.09,
        ),
        "#ffc46d",
    )
    c.shine(c.polygon((x - size * 0.2, y), (x, y - size * 1.1), (x + size * 0.2, y), blur=size * 0.08), "#fff3cf")


def _wreath(c: Canvas, x: float, y: float, size: float) -> None:
    for turn in range(26):
        angle = 2 * np.pi * turn / 26
        at = (x + size * float(np.cos(angle)), y + size * 0.98 * float(np.sin(angle)))
        c.lay(c.oval(at, size * 0.26, size * 0.26), "#1c3325" if turn % 2 else "#294733")
    flowers = [
        (x + size * float(np.cos(a)), y + size * float(np.sin(a)), size * 0.12) for a in np.linspace(0.4, 5.9, 9)
    ]
    c.lay(c.dots(flowers), "#9d2f2c")


def _steps(c: Canvas, x: float, top: float, wide: float, count: int, rise: float, light: str, dark: str) -> None:
    for n in range(count):
        y, half = top + n * rise, wide * (1 + n * 0.16)
        c.lay(c.box(x - half, y, x + half, y + rise + 0.001), dark)
        c.lay(c.box(x - half, y, x + half, y + rise * 0.36), light)


def _pines(c: Canvas, places: list[tuple[float, float, float]], code: str) -> None:
    trees: Field = np.zeros_like(c.x)
    for x, y, high in places:
        for n in range(5):
            top, half = y - high + n * high * 0.17, high * (0.07 + 0.05 * n)
            trees = np.maximum(trees, c.polygon((x, top), (x - half, top + high * 0.3), (x + half, top + high * 0.3)))
        trees = np.maximum(trees, c.box(x - high * 0.02, y - high * 0.1, x + high * 0.02, y))
    c.lay(trees, code)


def _snow_ground(c: Canvas, line: list[tuple[float, float]], top: str, low: str) -> Field:
    ground = c.horizon(line)
    c.lay_gradient(ground, (min(y for _, y in line), top), (c.bottom, low))
    c.shade((ground * c.clouds(0.22, 3) * 0.2).astype(np.float32))
    return ground


def bishkek() -> Image.Image:
    """High mountains behind a square; three ribs bend towards each other over a fire."""
    c = Canvas(*SIZE, seed=101)
    c.sky((0, "#26354f"), (0.4, "#63708a"), (0.62, "#c79f86"), (0.7, "#d9b391"))
    c.lay(c.clouds(0.3, 3) ** 1.4, "#8a7c86", 0.25)
    peaks = [
        (0, 0.27),
        (0.06, 0.225),
        (0.12, 0.255),
        (0.2, 0.17),
        (0.26, 0.215),
        (0.31, 0.185),
        (0.38, 0.235),
        (0.47, 0.15),
        (0.53, 0.2),
        (0.6, 0.175),
        (0.68, 0.232),
        (0.77, 0.16),
        (0.84, 0.21),
        (0.9, 0.19),
        (1, 0.25),
    ]
    rough = [
        (x / 90, float(np.interp(x / 90, [p for p, _ in peaks], [q for _, q in peaks]) + c.rng.uniform(-0.008, 0.008)))
        for x in range(91)
    ]
    range_ = c.horizon(rough)
    c.lay_gradient(range_, (0.15, "#aab4c8"), (0.36, "#6d7c96"))
    facets = np.clip((c.clouds(0.06, 0.5, 4) - 0.45) * 3, 0, 1)
    c.lay((range_ * facets * np.clip((0.36 - c.y) * 6, 0, 1)).astype(np.float32), "#e9dfdc", 0.55)
    c.lay(c.horizon([(0, 0.345), (0.3, 0.33), (0.55, 0.342), (0.8, 0.328), (1, 0.345)]), "#55647c", 0.8)
    c.lay(np.exp(-(((c.y - 0.365) / 0.03) ** 2)).astype(np.float32), "#c3a79b", 0.45)
    _snow_ground(c, [(0, 0.405), (1, 0.4)], "#a9b1bf", "#d6dae1")
    _pines(
        c,
        [
            (0.05, 0.43, 0.14),
            (0.13, 0.42, 0.11),
            (0.9, 0.42, 0.12),
            (0.97, 0.44, 0.16),
            (0.21, 0.412, 0.07),
            (0.82, 0.412, 0.075),
        ],
        "#2b3a44",
    )
    x = 0.5
    _steps(c, x, 0.428, 0.2, 4, 0.011, "#e8ebf0", "#7d8796")
    ring = (x, 0.165)
    for side, depth in ((-1, 1.0), (1, 1.0), (0, 0.72)):
        path = []
        for t in np.linspace(0, 1, 30):
            reach = side * 0.155 * (1 - float(t) ** 1.7) + (0.0 if side else 0.012 * float(np.sin(t * 3)))
            path.append(
                (
                    x + reach + side * 0.03,
                    0.43 - (0.43 - ring[1]) * float(np.sin(t * np.pi / 2)) * (1 if side else 0.97),
                )
            )
        rib = c.lines([((path[n], path[n + 1]), 0.022 * depth - 0.011 * n / 29) for n in range(29)])
        c.lay(rib, "#8d6f68" if side else "#6c5b60")
        c.shine((rib * np.clip((c.x - x) * side * -3 + 0.25, 0, 0.35)).astype(np.float32), "#ffd0a0")
    c.lay(c.oval(ring, 0.05, 0.0165) - c.oval(ring, 0.037, 0.0095), "#7a625e")
    c.lay(c.oval((x, 0.428), 0.035, 0.006), "#4f4a50")
    _flame(c, x, 0.425, 0.017)
    c.snowfall(70, 0.0016, 0.001, 0.6, "#ffffff")
    c.vignette(0.4)
    return c.image()


def yerevan() -> Image.Image:
    """The double mountain over the plain, and a stone of tuff with a light in its niche."""
    c = Canvas(*SIZE, seed=102)
    c.sky((0, "#3a3f63"), (0.35, "#7f6e8b"), (0.58, "#d99a83"), (0.66, "#f0bd92"))
    c.lay(c.clouds(0.26, 4) ** 1.6, "#b98a92", 0.3)
    mountain = [
        (0, 0.372),
        (0.12, 0.35),
        (0.24, 0.305),
        (0.35, 0.235),
        (0.43, 0.176),
        (0.465, 0.158),
        (0.5, 0.168),
        (0.56, 0.21),
        (0.63, 0.265),
        (0.69, 0.292),
        (0.735, 0.284),
        (0.785, 0.242),
        (0.8, 0.235),
        (0.82, 0.246),
        (0.88, 0.302),
        (1, 0.36),
    ]
    fine = np.linspace(0, 1, 140)
    heights = np.interp(fine, [x for x, _ in mountain], [y for _, y in mountain]) + c.rng.uniform(-0.0022, 0.0022, 140)
    body = c.horizon(list(zip(fine.tolist(), heights.tolist(), strict=True)))
    c.lay_gradient(body, (0.16, "#8f86a3"), (0.38, "#b58f93"))
    line = np.interp(c.x[0], fine, heights).astype(np.float32)[None, :]
    snow = (
        np.clip(1.3 - (c.y - line) * 11 - (c.clouds(0.05, 0.4, 4) * 1.4), 0, 1) * np.clip((0.3 - c.y) * 14, 0, 1) * body
    )
    c.lay(snow.astype(np.float32), "#f3e4e2", 0.9)
    c.shine((snow * np.clip((c.x - 0.46) * 4, 0, 0.4)).astype(np.float32), "#ffc9a0")
    c.lay(np.exp(-(((c.y - 0.372) / 0.03) ** 2)).astype(np.float32), "#e0ac93", 0.75)
    plain = c.horizon([(0, 0.378), (0.5, 0.372), (1, 0.38)])
    c.lay_gradient(plain, (0.372, "#7d6a78"), (0.5625, "#3a3546"))
    lights = [(float(x), 0.385 + float(y) * 0.035, 0.0007 + 0.0008 * float(z)) for x, y, z in c.rng.random((150, 3))]
    c.shine(c.dots(lights) * 0.9, "#ffd79a")
    c.shine(c.dots(lights, blur=0.002), "#ffc070")
    c.lay(c.horizon([(0, 0.452), (0.25, 0.437), (0.6, 0.43), (1, 0.452)]), "#2c2a3b")
    c.lay(c.horizon([(0, 0.47), (0.3, 0.452), (0.6, 0.448), (1, 0.47)]), "#cdc6d2", 0.55)
    x, foot = 0.33, 0.458
    _steps(c, x, foot, 0.1, 4, 0.011, "#b9aebb", "#5d5468")
    slab = c.polygon(
        (x - 0.05, foot), (x - 0.044, 0.225), (x - 0.03, 0.2), (x + 0.03, 0.2), (x + 0.044, 0.225), (x + 0.05, foot)
    )
    c.lay_gradient(slab, (0.2, "#a37f7c"), (foot, "#6a5060"))
    c.shade((slab * c.clouds(0.018) * 0.26).astype(np.float32))
    c.shine((slab * np.clip((c.x - x) * 12, 0, 0.45)).astype(np.float32), "#ffc29a")
    niche = np.maximum(c.oval((x, 0.268), 0.028, 0.034), c.box(x - 0.028, 0.268, x + 0.028, foot - 0.03))
    c.lay_gradient(niche, (0.23, "#4b3a4d"), (foot, "#2f2637"))
    c.glow((x, foot - 0.05), 0.09, "#ff9d4d", 0.45)
    _flame(c, x, foot - 0.032, 0.0125)
    for at, high in ((0.62, 0.05), (0.68, 0.04), (0.735, 0.056), (0.79, 0.043), (0.845, 0.052)):
        c.lay(c.line((at, 0.47), (at, 0.47 - high * 0.55), thick=0.0036), "#2a2536")
        c.lay(c.oval((at, 0.47 - high * 0.95), high * 0.4, high * 0.52, blur=0.0012), "#3a3145")
    c.vignette(0.4)
    return c.image()


def sukhum() -> Image.Image:
    """The sea in winter, palms along the shore, a plain stone with a wreath."""
    c = Canvas(*SIZE, seed=103)
    c.sky((0, "#34476a"), (0.3, "#6d7f9c"), (0.5, "#d6ab8b"), (0.565, "#f2c995"))
    c.lay(c.clouds(0.3, 4) ** 1.5, "#a1899a", 0.4)
    c.glow((0.68, 0.318), 0.16, "#ffdca0", 0.6, flat=2.2)
    far = 0.325
    c.lay(
        c.horizon([(0, 0.262), (0.1, 0.272), (0.22, 0.3), (0.34, 0.318), (0.42, far), (1, far + 0.3)])
        * (c.y < far).astype(np.float32),
        "#66728c",
        0.9,
    )
    sea = c.horizon([(0, far), (1, far)])
    c.lay_gradient(sea, (far, "#c7a690"), (0.47, "#33506c"))
    waves = c.clouds(0.05, 9)
    c.shade((sea * np.clip(waves * 1.5 - 0.7, 0, 1) * 0.35).astype(np.float32))
    path = np.exp(-(((c.x - 0.68) / (0.03 + (c.y - far) * 0.75)) ** 2)) * np.clip(waves * 2.1 - 0.75, 0, 1)
    c.shine((sea * path * 0.75).astype(np.float32), "#ffd79e")
    shore = c.horizon([(0, 0.43), (0.3, 0.442), (0.6, 0.462), (1, 0.5)])
    c.lay(c.horizon([(0, 0.424), (0.3, 0.436), (0.6, 0.456), (1, 0.494)]), "#d5d0cf", 0.55)
    c.lay_gradient(shore, (0.43, "#7b7073"), (0.5625, "#3f3a43"))
    c.shade((shore * c.clouds(0.03, 2) * 0.25).astype(np.float32))
    x = 0.37
    _steps(c, x, 0.452, 0.085, 3, 0.012, "#b9b0ae", "#6e676d")
    stone = c.polygon((x - 0.042, 0.454), (x - 0.034, 0.2), (x - 0.012, 0.184), (x + 0.026, 0.204), (x + 0.04, 0.454))
    c.lay_gradient(stone, (0.18, "#8f8791"), (0.454, "#5f5862"))
    c.shade((stone * c.clouds(0.03, 0.6) * 0.3).astype(np.float32))
    c.shine((stone * np.clip((c.x - x) * 14, 0, 0.5)).astype(np.float32), "#ffcf9c")
    _wreath(c, x, 0.418, 0.022)
    for trunk, foot, head, size in (
        (0.11, 0.445, 0.135, 0.125),
        (0.215, 0.446, 0.2, 0.1),
        (0.83, 0.5, 0.09, 0.15),
        (0.945, 0.51, 0.17, 0.12),
    ):
        bend = [
            (trunk + 0.014 * float(np.sin(t * 2.2)), foot + (head - foot) * float(t)) for t in np.linspace(0, 1, 16)
        ]
        c.lay(c.lines([((bend[n], bend[n + 1]), size * 0.075 - size * 0.03 * n / 15) for n in range(15)]), "#2a2a33")
        top = bend[-1]
        fronds = []
        for n in range(13):
            angle = np.pi * (0.94 + 1.12 * n / 12) + float(c.rng.uniform(-0.07, 0.07))
            for piece in range(9):
                t0, t1 = piece / 9, (piece + 1) / 9
                at = [
                    (
                        top[0] + size * t * float(np.cos(angle)),
                        top[1] + size * t * float(np.sin(angle)) * 0.7 + size * 0.6 * t**2.1,
                    )
                    for t in (t0, t1)
                ]
                fronds.append((at, size * 0.075 * (1 - t0) + 0.0012))
        c.lay(c.lines(fronds), "#26303a")
    c.vignette(0.4)
    return c.image()


def jerusalem() -> Image.Image:
    """A hill of pale stone, cypresses, and a tall candle that is a monument."""
    c = Canvas(*SIZE, seed=104)
    c.sky((0, "#2e3d63"), (0.4, "#7d86a3"), (0.6, "#e2b995"), (0.66, "#efcf9f"))
    c.lay(c.clouds(0.24, 4) ** 1.7, "#a998a3", 0.35)
    hill = [(0, 0.345), (0.2, 0.318), (0.42, 0.3), (0.62, 0.308), (0.82, 0.328), (1, 0.35)]
    houses = []
    for row in range(6):
        for _ in range(40):
            x = float(c.rng.random())
            ground = float(np.interp(x, [p for p, _ in hill], [q for _, q in hill])) + row * 0.015
            wide, high = float(c.rng.uniform(0.018, 0.04)), float(c.rng.uniform(0.016, 0.032))
            houses.append((x, ground, wide, high, row))
    c.lay(c.horizon(hill), "#a88f80")
    for x, ground, wide, high, row in sorted(houses, key=lambda house: house[4]):
        tone = 0.62 + 0.055 * row + float(c.rng.uniform(-0.06, 0.06))
        code = "#" + "".join(f"{int(v * tone):02x}" for v in (238, 212, 178))
        c.lay(c.box(x - wide / 2, ground - high, x + wide / 2, ground + 0.02), code)
        c.lay(c.box(x - wide / 2, ground - high, x - wide / 2 + wide * 0.3, ground + 0.02), "#5d5164", 0.3)
        if c.rng.random() < 0.16:
            c.lay(c.oval((x, ground - high), wide * 0.3, wide * 0.26), code)
        if c.rng.random() < 0.6:
            c.lay(c.box(x, ground - high * 0.65, x + 0.0032, ground - high * 0.35), "#ffdf9c", 0.9)
    c.lay(np.exp(-(((c.y - 0.4) / 0.02) ** 2)).astype(np.float32), "#b79d90", 0.35)
    garden = c.horizon([(0, 0.425), (0.3, 0.41), (0.7, 0.408), (1, 0.43)])
    c.lay_gradient(garden, (0.408, "#59664f"), (0.5625, "#2c352f"))
    c.shade((garden * c.clouds(0.08, 2) * 0.35).astype(np.float32))
    c.lay(c.polygon((0.44, 0.57), (0.505, 0.43), (0.535, 0.43), (0.66, 0.57)), "#cbb79c", 0.85)
    for x, foot, high in (
        (0.1, 0.46, 0.2),
        (0.165, 0.44, 0.15),
        (0.26, 0.43, 0.12),
        (0.78, 0.435, 0.14),
        (0.86, 0.45, 0.19),
        (0.94, 0.47, 0.23),
    ):
        c.lay(
            np.maximum(
                c.oval((x, foot - high / 2), high * 0.11, high * 0.52),
                c.polygon(
                    (x - high * 0.07, foot - high * 0.6), (x, foot - high * 1.1), (x + high * 0.07, foot - high * 0.6)
                ),
            ),
            "#22302b",
        )
    x, foot = 0.52, 0.442
    for half, y in ((0.062, foot - 0.012), (0.05, foot - 0.022), (0.038, foot - 0.032)):
        c.lay(c.box(x - half, y, x + half, y + 0.013), "#d8c4a6")
        c.lay(c.box(x - half, y + 0.0085, x + half, y + 0.013), "#8d7a68", 0.6)
    candle = c.polygon((x - 0.021, foot - 0.03), (x - 0.0155, 0.165), (x + 0.0155, 0.165), (x + 0.021, foot - 0.03))
    c.lay_gradient(candle, (0.165, "#f3e6cd"), (foot, "#b49c80"))
    c.shade((candle * np.clip((x + 0.004 - c.x) * 30, 0, 0.45)).astype(np.float32))
    for n in range(7):
        y = 0.2 + n * 0.032
        c.lay(c.line((x - 0.02, y), (x + 0.02, y), thick=0.0008), "#8d7a68", 0.5)
    c.lay(c.box(x - 0.0195, 0.158, x + 0.0195, 0.167, round_by=0.002), "#c9b08a")
    _flame(c, x, 0.158, 0.02)
    _wreath(c, x, foot - 0.055, 0.018)
    c.vignette(0.4)
    return c.image()


def manchester() -> Image.Image:
    """Brick mills and their chimneys in the rain; a bench, a young tree and a stone with a lantern."""
    c = Canvas(*SIZE, seed=105)
    c.sky((0, "#3a424f"), (0.4, "#717983"), (0.66, "#a69c95"))
    c.lay(c.clouds(0.3, 3), "#4f5763", 0.5)
    mills = [(0.0, 0.2, 0.2, 0.43), (0.2, 0.245, 0.37, 0.43), (0.6, 0.225, 0.79, 0.43), (0.79, 0.17, 1.01, 0.43)]
    for x, top in ((0.155, 0.06), (0.44, 0.13), (0.71, 0.045), (0.93, 0.09)):
        c.lay(
            c.polygon((x - 0.0155, 0.43), (x - 0.009, top), (x + 0.009, top), (x + 0.0155, 0.43)),
            "#5a4a47" if top > 0.08 else "#4a3d3c",
        )
        c.lay(c.box(x - 0.0115, top, x + 0.0115, top + 0.006), "#3a3131")
    c.lay(c.boxes([(0.37, 0.33, 0.6, 0.43)]), "#6d6769")
    for n, (left, top, right, bottom) in enumerate(mills):
        c.lay_gradient(
            c.box(left, top, right, bottom), (top, ["#6a4d45", "#75574d", "#70524a", "#5f443e"][n]), (bottom, "#7d6a66")
        )
        c.lay(c.box(left, top, right, top + 0.005), "#c7c4c4", 0.6)
        panes, lit = [], []
        for x in np.arange(left + 0.012, right - 0.012, 0.0235):
            for y in np.arange(top + 0.022, bottom - 0.02, 0.036):
                (lit if c.rng.random() < 0.42 else panes).append(
                    (float(x), float(y), float(x) + 0.012, float(y) + 0.02)
                )
        c.lay(c.boxes(panes), "#363a42", 0.85)
        c.lay(c.boxes(lit), "#f0c585", 0.92)
        c.shine(c.boxes(lit, blur=0.006) * 0.5, "#e8a55a")
    c.lay(np.exp(-(((c.y - 0.42) / 0.03) ** 2)).astype(np.float32), "#9d958f", 0.5)
    park = c.horizon([(0, 0.44), (0.5, 0.43), (1, 0.442)])
    c.lay_gradient(park, (0.43, "#5d6656"), (0.5625, "#323a33"))
    c.shade((park * c.clouds(0.1, 3) * 0.3).astype(np.float32))
    walk = c.polygon((0.34, 0.57), (0.47, 0.432), (0.52, 0.432), (0.8, 0.57))
    c.lay_gradient(walk, (0.43, "#a8a5a2"), (0.5625, "#6d6f73"))
    wet = c.clouds(0.05, 5)
    c.shine((walk * np.clip(wet * 1.7 - 0.7, 0, 1) * 0.28).astype(np.float32), "#d9d2c8")
    # the young tree
    branches = []

    def grow(x: float, y: float, angle: float, length: float, thick: float) -> None:
        end = (x + length * float(np.cos(angle)), y - length * float(np.sin(angle)))
        branches.append((((x, y), end), thick))
        if length > 0.012:
            for turn in (-0.42, 0.05, 0.46):
                if turn == 0.05 and length < 0.03:
                    continue
                grow(
                    *end,
                    angle + turn + float(c.rng.uniform(-0.16, 0.16)),
                    length * float(c.rng.uniform(0.62, 0.76)),
                    thick * 0.66,
                )

    grow(0.27, 0.495, np.pi / 2, 0.085, 0.0085)
    c.lay(c.lines(branches), "#23211f")
    # the stone, its lantern, flowers
    x, foot = 0.6, 0.5
    c.shade((c.oval((x + 0.01, foot + 0.002), 0.085, 0.009, blur=0.004) * 0.5).astype(np.float32))
    stone = c.polygon(
        (x - 0.062, foot),
        (x - 0.058, 0.4),
        (x - 0.035, 0.378),
        (x + 0.03, 0.374),
        (x + 0.058, 0.394),
        (x + 0.064, foot),
    )
    c.lay_gradient(stone, (0.374, "#9a9792"), (foot, "#57575a"))
    c.shade((stone * c.clouds(0.02) * 0.35).astype(np.float32))
    plate = c.box(x - 0.034, 0.412, x + 0.034, 0.46)
    c.lay_gradient(plate, (0.412, "#8a7a55"), (0.46, "#57492f"))
    c.lay(
        c.boxes([(x - 0.026, 0.421 + n * 0.0085, x + 0.026 - (n % 3) * 0.007, 0.4235 + n * 0.0085) for n in range(4)]),
        "#33291a",
        0.7,
    )
    lx = x - 0.088
    c.lay(c.box(lx - 0.013, foot - 0.036, lx + 0.013, foot, round_by=0.002), "#2a2622")
    c.lay(c.box(lx - 0.009, foot - 0.031, lx + 0.009, foot - 0.006), "#ffce83")
    c.lay(c.polygon((lx - 0.015, foot - 0.036), (lx, foot - 0.05), (lx + 0.015, foot - 0.036)), "#2a2622")
    c.glow((lx, foot - 0.018), 0.085, "#ffb560", 0.7)
    c.lay(c.dots([(x + 0.02 + 0.012 * n, foot - 0.003 - 0.004 * (n % 2), 0.0052) for n in range(5)]), "#a13430")
    c.lay(
        c.lines([(((x + 0.02 + 0.012 * n, foot), (x + 0.05 + 0.006 * n, foot + 0.012)), 0.0016) for n in range(5)]),
        "#3f5a3f",
    )
    rain = [
        (((float(a), float(b) * 0.56), (float(a) - 0.0035, float(b) * 0.56 + 0.02)), 0.0006)
        for a, b in c.rng.random((230, 2))
    ]
    c.shine(c.lines(rain) * 0.28, "#dfe6ee")
    c.vignette(0.42)
    return c.image()
