"""The three recordings, frame by frame: little moves in them, and slowly, so that they weigh almost nothing."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from brush import Canvas, Field
from numpy.typing import NDArray
from scenes import dome, lit_windows, skyline, spire

Frame = NDArray[np.uint8]
Picture = NDArray[np.float32]

WIDTH, HEIGHT = 640, 360
RATE = 8
"""Frames a second: enough for snow that takes its time, and the encoder is paid by the frame."""


def ease(t: float, start: float, length: float) -> float:
    """0 before `start`, 1 after `start + length`, without corners."""
    share = min(1.0, max(0.0, (t - start) / length))
    return share * share * (3 - 2 * share)


def mix(one: Picture, other: Picture, share: float) -> Picture:
    return one + (other - one) * np.float32(share)


def to_frame(picture: Picture) -> Frame:
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


class Snow:
    """Flakes that fall straight and by whole pixels, which costs a video encoder next to nothing; only where `seen`."""

    def __init__(
        self, count: int, seed: int, seen: Field, speeds: tuple[int, ...] = (1, 1, 2), strength: float = 0.62
    ) -> None:
        rng = np.random.default_rng(seed)
        self.seen = seen
        self.flakes = [
            (
                int(rng.integers(0, WIDTH)),
                int(rng.integers(0, HEIGHT)),
                speeds[n % len(speeds)],
                float(rng.uniform(0.6, 1.0)) * strength,
            )
            for n in range(count)
        ]
        self.soft = [self._dab(1.0), self._dab(1.55)]

    @staticmethod
    def _dab(radius: float) -> Picture:
        y, x = np.mgrid[-4:5, -4:5].astype(np.float32)
        return np.exp(-((x * x + y * y) / (2 * radius * radius))).astype(np.float32)

    def fall(self, picture: Picture, frame: int) -> Picture:
        fallen = picture.copy()
        for x, y, speed, strength in self.flakes:
            down = y + frame * speed
            turn = down // (HEIGHT + 40)
            at_y = down % (HEIGHT + 40) - 20
            at_x = (x + turn * 211 + (frame * speed // 26 % 3)) % WIDTH
            top, left = max(0, at_y - 4), max(0, at_x - 4)
            bottom, right = min(HEIGHT, at_y + 5), min(WIDTH, at_x + 5)
            if top >= bottom or left >= right:
                continue
            dab = self.soft[speed > 1][top - at_y + 4 : bottom - at_y + 4, left - at_x + 4 : right - at_x + 4]
            here = fallen[top:bottom, left:right]
            cover = (dab * strength * self.seen[top:bottom, left:right])[:, :, None]
            fallen[top:bottom, left:right] = here + (np.float32(0.9) - here) * cover
        return fallen


# -- the governor: a window over the city, towards evening ------------------------------------------------------------


def _panes(c: Canvas) -> Field:
    return c.boxes(
        [(0.3, 0.03, 0.495, 0.155), (0.505, 0.03, 0.7, 0.155), (0.3, 0.168, 0.495, 0.43), (0.505, 0.168, 0.7, 0.43)]
    )


def _city(night: float) -> tuple[Canvas, list[tuple[float, float, float, float]]]:
    c = Canvas(WIDTH, HEIGHT, seed=7)
    if night:
        c.sky((0, "#0a1222"), (0.5, "#1a2a44"), (0.72, "#33435a"))
    else:
        c.sky((0, "#2b3f5c"), (0.4, "#5f7590"), (0.62, "#a89c98"), (0.72, "#d0ac8f"))
    c.lay(c.clouds(0.3, 3) ** 1.5, "#2b3a52" if night else "#78879b", 0.35)
    far = 0.37
    c.lay(np.maximum(spire(c, 0.595, far, 0.2), dome(c, 0.395, far, 0.045)), "#16202f" if night else "#56647a")
    houses = skyline(c, far, "#0f1722" if night else "#3b4759", 0.075, 21)
    roofs = c.horizon([(0, 0.368), (0.36, 0.362), (0.46, 0.3695), (0.6, 0.3645), (1, 0.369)])
    c.lay(roofs, "#5d7086" if night else "#c3ccd6")
    return c, houses


def governor(seconds: int) -> Iterator[Frame]:
    """Dusk falls, one window after another is lit, and at the end there are fireworks, far away and without a sound."""
    dusk, houses = _city(0)
    dark, _ = _city(1)
    panes = _panes(dusk)
    inside = _room()
    lamps = lit_windows(dusk, [house for house in houses if 0.26 < house[0] < 0.72], 0.8, 3)
    order = np.random.default_rng(5).permutation(len(lamps))
    lights = np.zeros((len(lamps), HEIGHT, WIDTH), np.float32)
    for place, number in enumerate(order):
        lights[place] = np.clip(dusk.boxes([lamps[number]]) + dusk.boxes([lamps[number]], blur=0.004) * 1.2, 0, 1)
    whole = np.concatenate([np.zeros((1, HEIGHT, WIDTH), np.float32), np.cumsum(lights, axis=0)])
    bursts = _bursts()
    snow = Snow(40, 8, panes, strength=0.55)
    amber = np.array([0.98, 0.74, 0.4], np.float32)
    for frame in range(seconds * RATE):
        t = frame / RATE
        # In steps of two seconds: what changes by less than the eye can see is not sent.
        slow = t - t % 2
        outside = mix(dusk.pixels, dark.pixels, ease(slow, 8, 150))
        lit = ease(t, 10, 165) * len(lamps)
        done = int(lit)
        glow = whole[done] + (lights[done] * (lit - done) if done < len(lamps) else 0)
        outside = 1 - (1 - outside) * (
            1 - np.clip(glow, 0, 1)[:, :, None] * amber * np.float32(0.35 + 0.5 * ease(slow, 8, 120))
        )
        for began, picture in bursts:
            life = (t - began) / 4.5
            if 0 < life < 1:
                strength = ease(life, 0, 0.15) * (1 - ease(life, 0.35, 0.65))
                outside = 1 - (1 - outside) * (1 - picture * np.float32(strength))
        outside = snow.fall(outside.astype(np.float32), frame)
        yield to_frame(mix(inside, outside, 1.0) * panes[:, :, None] + inside * (1 - panes[:, :, None]))


@cache
def _room() -> Picture:
    c = Canvas(WIDTH, HEIGHT, seed=9)
    c.sky((0, "#1e1a18"), (1, "#2a221d"))
    c.shine((np.exp(-(((c.x - 0.86) / 0.26) ** 2) - ((c.y - 0.32) / 0.2) ** 2) * 0.3).astype(np.float32), "#d29a5c")
    c.lay(c.box(0.28, 0.01, 0.72, 0.452), "#3b322b")
    c.lay(c.box(0.288, 0.018, 0.712, 0.444), "#2c2520")
    c.lay(_panes(c), "#000000")
    for edge in (0.3, 0.505):
        c.lay(c.boxes([(edge, 0.43, edge + 0.195, 0.4325), (edge, 0.155, edge + 0.195, 0.157)]), "#8d98a6", 0.5)
    for side in (-1, 1):
        x = 0.5 + side * 0.265
        cloth = c.polygon(
            (x - side * 0.035, -0.01),
            (x + side * 0.1, -0.01),
            (x + side * 0.115, 0.57),
            (x - side * 0.01, 0.57),
            (x - side * 0.02, 0.3),
        )
        c.lay(cloth, "#4a2a26")
        folds = 0.5 + 0.5 * np.sin(c.x * 175 + c.y * 5 * side)
        c.shade((cloth * folds * 0.5).astype(np.float32))
        c.shine((cloth * np.clip(c.x - 0.6, 0, 0.2) * 0.9 * (1 - folds * 0.6)).astype(np.float32), "#e0a064")
    c.lay(c.box(0.262, 0.446, 0.738, 0.463), "#584a3e")
    c.lay(c.box(0.262, 0.446, 0.738, 0.449), "#8c8279", 0.7)
    table = c.horizon([(0, 0.488), (1, 0.488)])
    c.lay_gradient(table, (0.488, "#57391f"), (0.5625, "#2c1c10"))
    c.shade((table * c.clouds(0.05, 12) * 0.35).astype(np.float32))
    c.shine((table * np.exp(-(((c.x - 0.84) / 0.2) ** 2)) * 0.4).astype(np.float32), "#f0b468")
    # a lamp, and a letter that lies open
    c.glow((0.86, 0.375), 0.2, "#e0984a", 0.5)
    c.lay(c.box(0.857, 0.4, 0.863, 0.5), "#7d6233")
    c.lay(c.oval((0.86, 0.503), 0.032, 0.006), "#6b5228")
    c.lay_gradient(
        c.polygon((0.835, 0.33), (0.885, 0.33), (0.912, 0.402), (0.808, 0.402)), (0.33, "#d9a257"), (0.402, "#f7d692")
    )
    c.lay(c.polygon((0.6, 0.512), (0.73, 0.51), (0.76, 0.54), (0.615, 0.543)), "#d8c6a4")
    c.lay(
        c.lines(
            [
                (((0.622 + n * 0.0025, 0.517 + n * 0.0045), (0.718 + n * 0.004, 0.5155 + n * 0.0045)), 0.0011)
                for n in range(5)
            ]
        ),
        "#6f604a",
        0.8,
    )
    c.vignette(0.6)
    return c.pixels


def _bursts() -> list[tuple[float, Picture]]:
    pictures = []
    for began, x, y, size, tint in (
        (199, 0.41, 0.1, 0.05, (1.0, 0.83, 0.6)),
        (205, 0.63, 0.075, 0.045, (1.0, 0.62, 0.52)),
        (211, 0.54, 0.13, 0.04, (0.75, 0.9, 0.8)),
        (217, 0.36, 0.085, 0.042, (1.0, 0.9, 0.75)),
        (222, 0.6, 0.115, 0.048, (1.0, 0.8, 0.55)),
        (228, 0.45, 0.07, 0.052, (1.0, 0.66, 0.56)),
    ):
        c = Canvas(WIDTH, HEIGHT, seed=int(began))
        strokes = []
        for n in range(30):
            angle, reach = 2 * np.pi * n / 30, size * float(c.rng.uniform(0.6, 1))
            strokes.append(
                (
                    [
                        (
                            x + reach * float(np.cos(angle) * k),
                            y + reach * float(np.sin(angle) * k) + 0.008 * float(k) ** 2,
                        )
                        for k in np.linspace(0.22, 1, 8)
                    ],
                    0.0013,
                )
            )
        middle = np.exp(-((c.x - x) ** 2 + (c.y - y) ** 2) / (size * 0.4) ** 2) * 0.5
        light = np.clip(c.lines(strokes) * 0.7 + c.lines(strokes, blur=0.004) * 0.8 + middle, 0, 1)
        pictures.append((began, light[:, :, None] * np.array(tint, np.float32)))
    return pictures


# -- the wreaths: a granite wall in light snow ------------------------------------------------------------


def wreaths(seconds: int, count: int = 15) -> Iterator[Frame]:
    """One wreath after another comes out of the dark; all of them stay."""
    slot_s = seconds / count
    laid = _wall()
    number, added = 0, _with_wreath(laid, 0, count)
    snow = Snow(8, 3, np.ones((HEIGHT, WIDTH), np.float32), speeds=(1, 1, 1, 2), strength=0.5)
    for frame in range(seconds * RATE):
        t = frame / RATE
        if int(t / slot_s) > number:
            number += 1
            laid, added = added, _with_wreath(added, number, count)
        yield to_frame(snow.fall(mix(laid, added, ease(t - number * slot_s, 0.5, 3.5)), frame))


@cache
def _wall() -> Picture:
    c = Canvas(WIDTH, HEIGHT, seed=41)
    c.sky((0, "#171b21"), (0.5, "#2b3037"), (0.78, "#3b3f45"))
    speckle = c.clouds(0.03, 1, 2)
    c.shade((speckle * 0.16).astype(np.float32))
    joints = [(((0, y), (1, y)), 0.0022) for y in (0.075, 0.15, 0.225)]
    joints += [
        (((x, top), (x, low)), 0.0022)
        for top, low, start in ((0, 0.075, 0.1), (0.075, 0.15, 0), (0.15, 0.225, 0.1), (0.225, 0.3, 0))
        for x in np.arange(start, 1.01, 0.2).tolist()
    ]
    c.lay(c.lines(joints), "#12151a", 0.8)
    c.shine((np.exp(-(((c.x - 0.5) / 0.42) ** 2) - ((c.y - 0.2) / 0.2) ** 2) * 0.17).astype(np.float32), "#c9b08c")
    c.lay(c.box(-0.01, -0.01, 1.01, 0.018, blur=0.002), "#c6ced8", 0.9)
    # one step of stone under the wall, then the snow
    for top, low, light in ((0.3, 0.318, "#8b949f"), (0.318, 0.366, "#4a5058")):
        c.lay(c.box(-0.01, top, 1.01, low + 0.001), light)
    c.shade((c.box(-0.01, 0.318, 1.01, 0.366) * (0.25 + speckle * 0.2)).astype(np.float32))
    c.lay(c.box(-0.01, 0.2985, 1.01, 0.3045, blur=0.0015), "#cfd6de", 0.8)
    ledge = c.horizon([(0, 0.364), (1, 0.364)])
    c.lay_gradient(ledge, (0.364, "#8994a3"), (0.5625, "#d2d9e1"))
    c.shade((ledge * c.clouds(0.16, 4) * 0.2).astype(np.float32))
    for y in (0.3, 0.367):
        c.shade((np.exp(-(((c.y - y) / 0.011) ** 2)) * 0.4).astype(np.float32))
    c.vignette(0.6)
    return c.pixels


def _with_wreath(ground: Picture, number: int, count: int) -> Picture:
    """Eight on the step, seven in the snow before it, in the order in which they are named."""
    behind = (count + 1) // 2
    row, place = divmod(number, behind)
    size = 0.047 if row == 0 else 0.051
    x = (place + 0.5 + 0.5 * row) / behind * 0.94 + 0.03
    y = 0.254 if row == 0 else 0.435
    c = Canvas(WIDTH, HEIGHT, seed=500 + number)
    c.pixels = ground.copy()
    c.shade((c.oval((x + 0.006, y + size * 1.16), size * 1.0, size * 0.17, blur=0.005) * 0.55).astype(np.float32))
    for ring, wide in ((0.92, 0.3), (0.7, 0.26)):
        for n in range(30):
            angle = 2 * np.pi * (n + float(c.rng.uniform(-0.3, 0.3))) / 30
            at = (x + size * ring * float(np.cos(angle)), y + size * ring * float(np.sin(angle)))
            tone = ("#1c3a29", "#27492f", "#183023", "#325a3b")[int(c.rng.integers(0, 4))]
            c.lay(
                c.oval(
                    at, size * wide * float(c.rng.uniform(0.55, 0.85)), size * wide * float(c.rng.uniform(0.45, 0.8))
                ),
                tone,
            )
    tone = ("#b23a35", "#c9473d", "#a5302f", "#d9d3c6", "#b5433b")[number % 5]
    flowers = [
        (x + size * 0.82 * float(np.cos(a)), y + size * 0.82 * float(np.sin(a)), size * 0.13)
        for a in np.linspace(0.3, 5.98, 11 + number % 3)
    ]
    c.lay(c.dots([(px + size * 0.02, py + size * 0.03, r) for px, py, r in flowers]), "#101c14", 0.7)
    c.lay(c.dots(flowers), tone)
    c.lay(
        c.dots([(px - size * 0.025, py - size * 0.03, r * 0.45) for px, py, r in flowers]),
        "#f0b5a6" if tone != "#d9d3c6" else "#ffffff",
        0.5,
    )
    ribbon = np.maximum(
        c.polygon(
            (x - size * 0.16, y + size * 0.55),
            (x - size * 0.5, y + size * 1.3),
            (x - size * 0.2, y + size * 1.22),
            (x + size * 0.02, y + size * 0.62),
        ),
        c.polygon(
            (x + size * 0.16, y + size * 0.55),
            (x + size * 0.5, y + size * 1.3),
            (x + size * 0.2, y + size * 1.22),
            (x - size * 0.02, y + size * 0.62),
        ),
    )
    c.lay(ribbon, ("#8e2a2a", "#d6cbb0", "#2e4a72")[number % 3])
    c.lay(c.oval((x, y + size * 0.62), size * 0.17, size * 0.12), ("#a53433", "#e6dcc3", "#3a5a88")[number % 3])
    return c.pixels


# -- Taisiya Orlova: the train east, and the tree ------------------------------------------------------------


def taisiya(seconds: int) -> Iterator[Frame]:
    """A train crosses the steppe from the left to the right for half the time; then a tree grows beside a house."""
    change = seconds * 0.46
    steppe = _steppe()
    train, cover = _train()
    ages = [_yard(share) for share in np.linspace(0, 1, 28)]
    snow = Snow(14, 12, np.ones((HEIGHT, WIDTH), np.float32), strength=0.5)
    long = train.shape[1]
    for frame in range(seconds * RATE):
        t = frame / RATE
        if t < change + 5:
            left = int(-long + (WIDTH + long) * (t / (change + 4)))
            picture = steppe.copy()
            first, last = max(0, left), min(WIDTH, left + long)
            if first < last:
                part = slice(first - left, last - left)
                mask = cover[:, part, None]
                picture[214:250, first:last] = picture[214:250, first:last] * (1 - mask) + train[:, part] * mask
            picture = _smoke(picture, left + long, t)
            picture = snow.fall(picture, frame)
        if t > change:
            grown = ease(t - t % 0.5, change + 6, seconds - change - 24) * (len(ages) - 1)
            age = min(len(ages) - 2, int(grown))
            yard = mix(ages[age], ages[age + 1], grown - age)
            picture = mix(picture, yard, ease(t, change, 5)) if t < change + 5 else yard
        yield to_frame(picture)


@cache
def _steppe() -> Picture:
    c = Canvas(WIDTH, HEIGHT, seed=61)
    c.sky((0, "#3a4b66"), (0.35, "#788699"), (0.58, "#c6a795"), (0.66, "#dfbf9f"))
    c.lay(c.clouds(0.3, 4) ** 1.5, "#6d7587", 0.4)
    c.lay(c.hills(0.375, 0.025, 0.16), "#8a8794", 0.9)
    c.lay(np.exp(-(((c.y - 0.385) / 0.02) ** 2)).astype(np.float32), "#c9b2a4", 0.6)
    ground = c.horizon([(0, 0.388), (1, 0.386)])
    c.lay_gradient(ground, (0.386, "#aeb3bf"), (0.5625, "#e0e4ea"))
    c.shade((ground * c.clouds(0.2, 5) * 0.2).astype(np.float32))
    for n in range(9):
        x = 0.06 + n * 0.118
        c.lay(c.line((x, 0.391), (x, 0.328), thick=0.0024), "#4b4c57", 0.85)
        c.lay(c.line((x - 0.007, 0.334), (x + 0.007, 0.334), thick=0.002), "#4b4c57", 0.85)
    wire = []
    for n in range(-1, 9):
        x = 0.06 + n * 0.118
        wire.append(
            ([(x + 0.118 * float(k), 0.334 + 0.034 * float(k * (1 - k))) for k in np.linspace(0, 1, 10)], 0.0011)
        )
    c.lay(c.lines(wire), "#4b4c57", 0.7)
    c.lay(c.line((0, 0.3905), (1, 0.3905), thick=0.0036), "#5b5c68")
    grass = []
    for x, y, tall in c.rng.random((90, 3)).tolist():
        foot = 0.43 + y * 0.12
        high = (0.01 + 0.02 * tall) * (0.5 + y)
        for lean in (-0.5, 0.1, 0.6):
            grass.append((((x, foot), (x + lean * high * 0.5, foot - high)), 0.0013))
    c.lay(c.lines(grass), "#8d8577", 0.75)
    c.vignette(0.4)
    return c.pixels


@cache
def _train() -> tuple[Picture, Field]:
    """An engine and eight goods vans with a small lit window each; 36 rows high, stands on row 35."""
    wide = 430
    c = Canvas(wide, 36, seed=62)
    k = 1 / wide
    body = np.zeros((36, wide), np.float32)
    lit = []
    for n in range(8):
        left = (4 + n * 43) * k
        body = np.maximum.reduce(
            [
                body,
                c.box(left, 13 * k, left + 38 * k, 30 * k),
                c.box(left - 1 * k, 11 * k, left + 39 * k, 14 * k, round_by=k),
                c.dots([(left + 8 * k, 32 * k, 3 * k), (left + 30 * k, 32 * k, 3 * k)]),
                c.box(left + 37 * k, 28 * k, left + 44 * k, 29.5 * k),
            ]
        )
        lit.append((left + 7 * k, 16.5 * k, left + 10.5 * k, 19.5 * k))
    left = 350 * k
    body = np.maximum.reduce(
        [
            body,
            c.box(left, 14 * k, left + 18 * k, 30 * k),
            c.dots([(left + 5 * k, 32 * k, 3 * k), (left + 14 * k, 32 * k, 3 * k)]),
            c.box(left + 22 * k, 7 * k, left + 36 * k, 30 * k),
            c.box(left + 20 * k, 6 * k, left + 38 * k, 8 * k),
            c.box(left + 34 * k, 14 * k, left + 70 * k, 27 * k, round_by=3 * k),
            c.polygon((left + 58 * k, 15 * k), (left + 57 * k, 4 * k), (left + 65 * k, 4 * k), (left + 64 * k, 15 * k)),
            c.oval((left + 46 * k, 13 * k), 4 * k, 4 * k),
            c.dots([(left + (27 + 11 * i) * k, 31 * k, 4 * k) for i in range(4)]),
            c.polygon((left + 68 * k, 35 * k), (left + 68 * k, 25 * k), (left + 77 * k, 35 * k)),
        ]
    )
    c.lay(body, "#24262e")
    c.lay(c.boxes([(4 * k + n * 43 * k, 11 * k, (42 + n * 43) * k, 12.3 * k) for n in range(8)]), "#dfe4ea", 0.85)
    lit.append((left + 26 * k, 11 * k, left + 31 * k, 17 * k))
    glow = c.boxes(lit)
    c.shine(glow, "#ffc877")
    return c.pixels, np.maximum(body, glow)


def _smoke(picture: Picture, front: int, t: float) -> Picture:
    """Puffs that hang in the air where the engine has been; they are laid on a grid, so that they stand still."""
    step = 26
    funnel = front - 19
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for n in range(7):
        at = (funnel // step) * step - n * step
        age = (funnel - at) / (step * 7)
        if not -30 < at < WIDTH + 30 or funnel <= at:
            continue
        rise = 208 - 26 * min(1, age * 1.3) - (at * 7 % 9)
        size = 7 + 13 * age
        top, bottom, left, right = (
            int(max(0, rise - 40)),
            int(min(HEIGHT, rise + 40)),
            max(0, at - 50),
            min(WIDTH, at + 50),
        )
        if left >= right:
            continue
        away = ((x[top:bottom, left:right] - at) / (size * 1.5)) ** 2 + ((y[top:bottom, left:right] - rise) / size) ** 2
        cover = (np.exp(-away) * 0.5 * (1 - age) * min(1, age * 9)).astype(np.float32)[:, :, None]
        picture[top:bottom, left:right] = picture[top:bottom, left:right] * (1 - cover) + np.float32(0.82) * cover
    return picture


def _yard(share: float) -> Picture:
    """The same place through the years: `share` 0 is the spring in which the tree was planted, 1 is today."""
    c = Canvas(WIDTH, HEIGHT, seed=63)
    if share < 0.001:
        c.sky((0, "#8fa9c4"), (0.5, "#cfd9dd"), (0.7, "#e9e2cf"))
    else:
        c.sky((0, "#7f9cc0"), (0.5, "#d9c9ae"), (0.7, "#f2d8a8"))
    c.lay(c.clouds(0.25, 3) ** 1.6, "#f4efe4", 0.5)
    peaks = [
        (0, 0.3),
        (0.1, 0.26),
        (0.18, 0.285),
        (0.3, 0.225),
        (0.4, 0.27),
        (0.52, 0.24),
        (0.66, 0.28),
        (0.8, 0.235),
        (0.9, 0.27),
        (1, 0.25),
    ]
    fine = np.linspace(0, 1, 80)
    line = np.interp(fine, [p for p, _ in peaks], [q for _, q in peaks]) + c.rng.uniform(-0.004, 0.004, 80)
    range_ = c.horizon(list(zip(fine.tolist(), line.tolist(), strict=True)))
    c.lay_gradient(range_, (0.22, "#c3cddb"), (0.36, "#9fb0b8"))
    c.lay(c.hills(0.362, 0.02, 0.2), "#8ea283", 0.95)
    ground = c.horizon([(0, 0.4), (0.5, 0.39), (1, 0.402)])
    c.lay_gradient(ground, (0.39, "#9bab6c"), (0.5625, "#55682f"))
    c.shade((ground * c.clouds(0.07, 3) * 0.22).astype(np.float32))
    # the house
    left, top, right, foot = 0.1, 0.315, 0.285, 0.425
    c.shade((c.oval((0.21, foot + 0.004), 0.12, 0.01, blur=0.005) * 0.35).astype(np.float32))
    c.lay_gradient(c.box(left, top, right, foot), (top, "#f2ead8"), (foot, "#d9ccb0"))
    c.lay(
        c.polygon(
            (left - 0.018, top + 0.003),
            (left + 0.035, top - 0.055),
            (right - 0.035, top - 0.055),
            (right + 0.018, top + 0.003),
        ),
        "#7d5a4b",
    )
    c.lay(c.boxes([(0.125, 0.345, 0.155, 0.385), (0.175, 0.345, 0.205, 0.385)]), "#4d6f8f")
    c.lay(
        c.lines(
            [(((0.125 + d, 0.365), (0.155 + d, 0.365)), 0.0022) for d in (0, 0.05)]
            + [(((0.14 + d, 0.345), (0.14 + d, 0.385)), 0.0022) for d in (0, 0.05)]
        ),
        "#f7f2e6",
    )
    c.lay(c.box(0.232, 0.352, 0.262, foot), "#6b7f5c")
    # the tree: the same branches, longer every year
    x, base = 0.6, 0.442
    rng = np.random.default_rng(64)
    strokes: list[tuple[list[tuple[float, float]], float]] = []
    leaves: list[tuple[float, float, float]] = []
    scale = 0.1 + 0.9 * share**0.8

    def grow(px: float, py: float, angle: float, length: float, thick: float, depth: int) -> None:
        end = (px + length * float(np.cos(angle)), py - length * float(np.sin(angle)))
        strokes.append(([(px, py), end], max(0.0014, thick)))
        turns = rng.uniform(-0.14, 0.14, 3)
        shrink = rng.uniform(0.66, 0.8, 3)
        if depth >= 2:
            for dx, dy, size in rng.uniform(-1, 1, (5, 3)).tolist():
                leaves.append(
                    (
                        end[0] + dx * 0.024 * scale,
                        end[1] + dy * 0.02 * scale,
                        (0.011 + 0.004 * size) * (0.3 + 0.7 * scale),
                    )
                )
        if depth < 5:
            for n, turn in enumerate((-0.5, 0.03, 0.53)):
                if depth != 1 or n != 1:
                    grow(*end, angle + turn + float(turns[n]), length * float(shrink[n]), thick * 0.64, depth + 1)

    grow(x, base, np.pi / 2, 0.098 * scale, 0.021 * scale, 0)
    c.shade(
        (c.oval((x + 0.02, base + 0.004), 0.15 * scale, 0.013 * scale + 0.001, blur=0.006) * 0.45).astype(np.float32)
    )
    c.lay(c.lines(strokes), "#5b4634")
    for tone, part, up in (
        ("#37572f", leaves[::2], 0.0),
        ("#4a7038", leaves[1::3], 0.3),
        ("#6b9448", leaves[2::5], 0.55),
        ("#93b565", leaves[3::11], 0.8),
    ):
        c.lay(
            c.dots(
                [(px + up * 0.008 * scale, py - up * 0.016 * scale, r * (1 - up * 0.5)) for px, py, r in part],
                blur=0.0006,
            ),
            tone,
            0.9,
        )

    # a bench under it, and children, once there is shade
    def shown(from_: float) -> float:
        return ease(share, from_, 0.12)

    if shown(0.6):
        c.lay(
            np.maximum.reduce(
                [c.box(0.66, 0.437, 0.755, 0.4415), c.box(0.668, 0.44, 0.673, 0.458), c.box(0.742, 0.44, 0.747, 0.458)]
            ),
            "#6b4a33",
            shown(0.6),
        )
    for px, tall, from_, code in (
        (0.5, 0.05, 0.74, "#a8483c"),
        (0.535, 0.043, 0.74, "#3f5f86"),
        (0.455, 0.038, 0.86, "#c79a3a"),
    ):
        if shown(from_):
            floor = 0.472
            child = np.maximum(
                c.polygon(
                    (px - tall * 0.2, floor - tall * 0.25),
                    (px - tall * 0.1, floor - tall * 0.72),
                    (px + tall * 0.1, floor - tall * 0.72),
                    (px + tall * 0.2, floor - tall * 0.25),
                ),
                c.boxes(
                    [
                        (px - tall * 0.11, floor - tall * 0.28, px - tall * 0.03, floor),
                        (px + tall * 0.03, floor - tall * 0.28, px + tall * 0.11, floor),
                    ]
                ),
            )
            c.lay(child, code, shown(from_))
            c.lay(c.oval((px, floor - tall * 0.83), tall * 0.12, tall * 0.14), "#d9b08c", shown(from_))
            c.lay(c.oval((px, floor - tall * 0.9), tall * 0.125, tall * 0.09), "#4d3826", shown(from_))
    c.vignette(0.35)
    return c.pixels
