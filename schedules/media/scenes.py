"""The pictures to keep, and the flame of the holding picture: what the siege is remembered by, drawn."""

import numpy as np
from brush import Canvas
from PIL import Image

LARGE = (1280, 720)


def skyline(
    canvas: Canvas, base: float, code: str, height: float, seed: int
) -> list[tuple[float, float, float, float]]:
    """Houses along a quay; returns them as boxes, so that windows can be lit."""
    rng = np.random.default_rng(seed)
    houses = []
    left = -0.02
    while left < 1.02:
        wide = float(rng.uniform(0.035, 0.085))
        high = float(height * rng.uniform(0.55, 1.0))
        houses.append((left, base - high, left + wide, base))
        left += wide
    roofs = canvas.boxes(houses)
    for left, top, right, _ in houses:
        if rng.random() < 0.5:
            peak = (left + right) / 2
            roofs = np.maximum(
                roofs,
                canvas.polygon(
                    (left, top + 0.004), (left, top), (peak, top - height * 0.16), (right, top), (right, top + 0.004)
                ),
            )
        for _ in range(int(rng.integers(1, 4))):
            x = float(rng.uniform(left + 0.004, right - 0.008))
            roofs = np.maximum(roofs, canvas.box(x, top - height * 0.14, x + 0.004, top))
    canvas.lay(roofs, code)
    return houses


def spire(canvas: Canvas, x: float, base: float, high: float) -> np.ndarray:
    """A cathedral's needle on its tower."""
    wide = high * 0.075
    parts = canvas.boxes(
        [
            (x - wide, base - high * 0.34, x + wide, base),
            (x - wide * 0.72, base - high * 0.46, x + wide * 0.72, base - high * 0.3),
            (x - wide * 0.5, base - high * 0.53, x + wide * 0.5, base - high * 0.4),
        ]
    )
    needle = canvas.polygon(
        (x - wide * 0.42, base - high * 0.52), (x, base - high), (x + wide * 0.42, base - high * 0.52)
    )
    ball = canvas.oval((x, base - high * 1.0), wide * 0.12, wide * 0.12)
    return np.maximum(np.maximum(parts, needle), ball)


def dome(canvas: Canvas, x: float, base: float, wide: float) -> np.ndarray:
    """A great dome on its drum, with a lantern."""
    drum = canvas.box(x - wide * 0.62, base - wide * 0.8, x + wide * 0.62, base)
    cap = canvas.oval((x, base - wide * 0.8), wide * 0.62, wide * 0.72)
    lantern = canvas.boxes([(x - wide * 0.1, base - wide * 1.8, x + wide * 0.1, base - wide * 1.4)])
    body = canvas.box(x - wide * 1.5, base - wide * 0.35, x + wide * 1.5, base)
    tip = canvas.polygon(
        (x - wide * 0.1, base - wide * 1.8), (x, base - wide * 2.1), (x + wide * 0.1, base - wide * 1.8)
    )
    return np.maximum.reduce([drum, cap, lantern, body, tip])


def lit_windows(
    canvas: Canvas, houses: list[tuple[float, float, float, float]], share: float, seed: int
) -> list[tuple[float, float, float, float]]:
    rng = np.random.default_rng(seed)
    panes = []
    for left, top, right, bottom in houses:
        for x in np.arange(left + 0.006, right - 0.007, 0.0105):
            for y in np.arange(top + 0.012, bottom - 0.012, 0.0145):
                if rng.random() < share:
                    panes.append((float(x), float(y), float(x) + 0.0042, float(y) + 0.0068))
    return panes


def river() -> Image.Image:
    """Photograph 1: snow on the river at night."""
    c = Canvas(*LARGE, seed=11)
    c.sky((0, "#0b1626"), (0.34, "#1b3049"), (0.55, "#41536a"), (0.6, "#5b6676"))
    c.lay(c.clouds(0.34, 2.6) ** 2, "#56677c", 0.35)
    quay = 0.325
    far = np.maximum(spire(c, 0.69, quay, 0.2), dome(c, 0.24, quay, 0.045))
    c.lay(np.maximum(far, c.polygon((0, quay), (0, 0.305), (1, 0.3), (1, quay))), "#31465e", 0.95)
    houses = skyline(c, quay, "#16222f", 0.062, 4)
    c.shine(c.boxes(lit_windows(c, houses, 0.34, 9)) * 0.75, "#f0b45e")
    c.shine(c.boxes(lit_windows(c, houses, 0.34, 9), blur=0.005) * 0.6, "#f0a850")
    # the embankment's wall, and the river under ice and snow
    c.lay_gradient(c.horizon([(0, quay), (1, quay)]), (quay, "#2b3a4a"), (0.5625, "#9fb0c3"))
    ice = c.clouds(0.2, 4.5)
    below = np.clip((c.y - quay - 0.012) * 18, 0, 1)
    c.lay((np.clip(ice * 1.9 - 1.0, 0, 1) * below).astype(np.float32), "#22374d", 0.8)
    c.lay((np.clip(c.clouds(0.1, 5) * 1.7 - 1.0, 0, 1) * below).astype(np.float32), "#d3dce6", 0.55)
    c.lay(c.box(-0.01, quay - 0.004, 1.01, quay + 0.009), "#1d2936")
    c.lay(c.box(-0.01, quay - 0.0055, 1.01, quay - 0.0022), "#b9c7d6", 0.75)
    # lamps and what the ice makes of them
    for n, x in enumerate(np.linspace(0.06, 0.95, 9)):
        at = float(x)
        c.lay(c.box(at - 0.0011, quay - 0.042, at + 0.0011, quay), "#10181f")
        c.glow((at, quay - 0.043), 0.03, "#ffd790", 0.95)
        c.glow((at, quay - 0.043), 0.008, "#fff4d8", 1.0)
        streak = (
            np.exp(-np.abs(c.x - at) / 0.006) * np.clip((c.y - quay) * 30, 0, 1) * np.exp(-(c.y - quay) * (9 + n % 3))
        )
        c.shine((streak * 0.5 * (0.4 + ice * 0.6)).astype(np.float32), "#f3b765")
    # a near bank, deep in snow, and somebody's steps down to the ice
    bank = c.horizon([(0, 0.455), (0.2, 0.468), (0.42, 0.5), (0.7, 0.532), (1, 0.54)])
    c.lay_gradient(bank, (0.45, "#8ea1b7"), (0.5625, "#c6d2de"))
    c.shade((bank * (c.clouds(0.12, 2) * 0.28)).astype(np.float32))
    steps = [(0.30 + n * 0.021 - (n % 2) * 0.004, 0.5 + n * 0.0085 + (n % 2) * 0.003, 0.0017) for n in range(13)]
    c.lay(c.dots(steps, blur=0.0006), "#5d7088", 0.5)
    c.snowfall(260, 0.0008, 0.0004, 0.5)
    c.snowfall(60, 0.0017, 0.0011, 0.42)
    c.vignette(0.55)
    c.grain(0.006)
    return c.image()


def metronome() -> Image.Image:
    """Photograph 2: the metronome, on a table by a frosted window."""
    c = Canvas(*LARGE, seed=22)
    c.sky((0, "#171311"), (1, "#211a16"))
    c.shine((np.exp(-(((c.x - 0.5) / 0.4) ** 2) - ((c.y - 0.3) / 0.3) ** 2) * 0.12).astype(np.float32), "#a9885f")
    # the window: blue night, frost from the corners
    left, top, right, bottom = 0.07, 0.035, 0.4, 0.4
    frame = c.box(left - 0.022, top - 0.022, right + 0.022, bottom + 0.022, round_by=0.003)
    c.lay(frame, "#2c2620")
    panes = c.boxes(
        [
            (left, top, 0.228, 0.205),
            (0.242, top, right, 0.205),
            (left, 0.218, 0.228, bottom),
            (0.242, 0.218, right, bottom),
        ]
    )
    c.lay_gradient(panes, (top, "#101f33"), (bottom, "#3c5674"))
    inside = np.maximum.reduce(
        [
            np.exp(-(np.hypot((c.x - x) / 0.062, (c.y - y) / 0.05) ** 1.5))
            for x in (left, 0.228, 0.242, right)
            for y in (top, 0.205, 0.218, bottom)
        ]
    )
    fern = c.clouds(0.05) * 0.6 + c.clouds(0.018, layers=3) * 0.5
    c.lay((panes * np.clip(inside * 1.5 * fern + inside * 0.35, 0, 1)).astype(np.float32), "#b9cde0", 0.85)
    c.shine(
        panes * np.exp(-(((c.x - 0.3) / 0.07) ** 2 + ((c.y - 0.15) / 0.07) ** 2)).astype(np.float32) * 0.25, "#9fc0e6"
    )
    # the table, lit from the right by a lamp that is not in the picture
    table = c.polygon((-0.01, 0.462), (1.01, 0.446), (1.01, 0.57), (-0.01, 0.57))
    c.lay_gradient(table, (0.446, "#5d3e26"), (0.5625, "#2a1a10"))
    grain = c.clouds(0.05, 14)
    c.shade((table * grain * 0.35).astype(np.float32))
    c.shine((table * np.exp(-(((c.x - 0.78) / 0.3) ** 2)) * 0.3 * (1 - grain * 0.5)).astype(np.float32), "#e7a960")
    sill = c.box(left - 0.045, bottom + 0.02, right + 0.045, bottom + 0.035)
    c.lay(sill, "#3a3129")
    c.shine(sill * 0.2, "#93abc7")
    # its shadow, then the pyramid of wood
    c.shade(
        (c.polygon((0.5, 0.496), (0.335, 0.53), (0.375, 0.545), (0.74, 0.512), blur=0.006) * 0.6).astype(np.float32)
    )
    x, foot, head = 0.625, 0.5, 0.115
    body = c.polygon((x - 0.108, foot), (x - 0.036, head), (x + 0.036, head), (x + 0.108, foot))
    side = c.polygon((x - 0.108, foot), (x - 0.036, head), (x - 0.052, head + 0.006), (x - 0.139, foot - 0.02))
    c.lay_gradient(side, (head, "#2c1a0f"), (foot, "#1d110a"))
    c.lay_gradient(body, (head, "#7d4a25"), (foot, "#552f17"))
    grain = c.clouds(0.02, 0.16)
    c.shade((body * grain * 0.3).astype(np.float32))
    c.shine((body * np.clip((c.x - x + 0.05) * 5, 0, 1) * 0.32).astype(np.float32), "#f0b06a")
    panel = c.polygon(
        (x - 0.066, foot - 0.085), (x - 0.021, head + 0.03), (x + 0.021, head + 0.03), (x + 0.066, foot - 0.085)
    )
    c.lay_gradient(panel, (head, "#1b110a"), (foot, "#2a1a0f"))
    plate = c.box(x - 0.0085, head + 0.042, x + 0.0085, foot - 0.092)
    c.lay_gradient(plate, (head, "#b3945a"), (foot, "#8b6d3b"))
    marks = [
        (
            x - (0.0075 if n % 2 else 0.0045),
            head + 0.052 + n * 0.0125,
            x + (0.0075 if n % 2 else 0.0045),
            head + 0.0535 + n * 0.0125,
        )
        for n in range(19)
    ]
    c.lay(c.boxes(marks), "#3a2a14", 0.9)
    cap = c.polygon(
        (x - 0.041, head + 0.006), (x - 0.017, head - 0.036), (x + 0.017, head - 0.036), (x + 0.041, head + 0.006)
    )
    c.lay_gradient(cap, (head - 0.036, "#8f5a30"), (head, "#5e361b"))
    base = c.polygon((x - 0.118, foot), (x - 0.112, foot - 0.04), (x + 0.112, foot - 0.04), (x + 0.118, foot))
    c.lay_gradient(base, (foot - 0.04, "#6d3f1f"), (foot, "#43250f"))
    c.shine((base * np.clip((c.x - x) * 6, 0, 1) * 0.3).astype(np.float32), "#f0b06a")
    c.lay(c.box(x - 0.112, foot - 0.0425, x + 0.112, foot - 0.0385), "#90602f", 0.8)
    c.lay(c.dots([(x - 0.085, foot + 0.004, 0.007), (x + 0.085, foot + 0.004, 0.007)]), "#1c0f07")
    c.lay(c.line((x + 0.09, foot - 0.06), (x + 0.112, foot - 0.06), thick=0.0034), "#8f7440")
    c.lay(c.oval((x + 0.1165, foot - 0.06), 0.0055, 0.0115), "#b99a5f")
    # the pendulum leans to the left: one beat of fifty
    pivot, tip = (x, foot - 0.066), (x - 0.083, head - 0.012)
    c.shade(
        (c.line((pivot[0] + 0.006, pivot[1]), (tip[0] + 0.016, tip[1] + 0.008), thick=0.003, blur=0.0025) * 0.5).astype(
            np.float32
        )
    )
    c.lay(c.line(pivot, tip, thick=0.0034), "#d9cdb4")
    share = 0.56
    at = (pivot[0] + (tip[0] - pivot[0]) * share, pivot[1] + (tip[1] - pivot[1]) * share)
    weight = c.polygon(
        (at[0] - 0.0185, at[1] - 0.0145),
        (at[0] + 0.012, at[1] - 0.0195),
        (at[0] + 0.0155, at[1] + 0.0095),
        (at[0] - 0.0095, at[1] + 0.0135),
    )
    c.lay_gradient(weight, (at[1] - 0.02, "#e2c482"), (at[1] + 0.014, "#8d6a2e"))
    c.lay(c.dots([(pivot[0], pivot[1], 0.0065)]), "#c7a564")
    c.vignette(0.75)
    c.grain(0.007)
    return c.image()


def sledge() -> Image.Image:
    """Photograph 3: a child's sledge with a bucket, and the way to the well in the ice."""
    c = Canvas(*LARGE, seed=33)
    c.sky((0, "#8593a6"), (0.3, "#a8b1bd"), (0.46, "#cfc9c4"), (0.5, "#d9cfc4"))
    c.lay(c.clouds(0.3, 2.4) ** 1.5, "#76869b", 0.4)
    far = 0.268
    houses = skyline(c, far, "#8b98a8", 0.075, 31)
    c.lay(c.boxes(lit_windows(c, houses, 0.28, 3)), "#6f7e90", 0.8)
    c.lay(spire(c, 0.17, far, 0.16), "#98a4b3", 0.8)
    haze = np.exp(-(((c.y - far) / 0.05) ** 2))
    c.lay(haze.astype(np.float32), "#cfcfd0", 0.55)
    ground = c.horizon([(0, far), (1, far - 0.004)])
    c.lay_gradient(ground, (far, "#c5ccd5"), (0.5625, "#eef1f4"))
    c.shade((ground * c.clouds(0.25, 3.2) * 0.16).astype(np.float32))
    # the well: a dark place in the ice with trodden snow around it
    c.lay(c.oval((0.735, 0.315), 0.06, 0.0125, blur=0.004), "#aab5c2", 0.9)
    c.lay(c.oval((0.735, 0.314), 0.026, 0.0052, blur=0.001), "#24384c", 0.95)
    # two runners' lines from the well to us, closing up in the distance
    track = []
    for n in range(60):
        t = n / 59
        x = 0.735 - 0.315 * t**0.8 - 0.03 * np.sin(t * 5)
        y = 0.32 + 0.135 * t**1.35
        track.append((float(x), float(y), 0.004 + 0.05 * t**1.3))
    for sign in (-1, 1):
        points = [(x + sign * w * 0.5, y) for x, y, w in track]
        c.lay(
            c.lines([((points[n], points[n + 1]), 0.0012 + 0.0042 * n / 59) for n in range(59)], blur=0.0012),
            "#9fb0c4",
            0.85,
        )
    prints = []
    for n in range(24):
        t = n / 23
        x, y, w = track[int(t * 59)]
        prints.append((x + (0.18 if n % 2 else -0.18) * w + 0.004, y, 0.0008 + 0.0036 * t))
    c.lay(c.dots(prints, blur=0.001), "#a5b4c6", 0.8)
    # the sledge, seen from the side
    x, y = 0.335, 0.452
    c.shade((c.oval((x + 0.012, y + 0.028), 0.19, 0.009, blur=0.005) * 0.42).astype(np.float32))
    wood, dark = "#6a4a2f", "#3d2918"

    def runner(dx: float, dy: float, code: str) -> None:
        bend = [
            (x + dx + 0.165 + 0.028 * float(np.sin(a)), y + dy + 0.012 - 0.02 * float(1 - np.cos(a)))
            for a in np.linspace(0, 2.0, 14)
        ]
        c.lay(c.line((x + dx - 0.16, y + dy + 0.012), (x + dx + 0.165, y + dy + 0.012), *bend[1:], thick=0.0088), code)
        for post in (-0.12, 0.0, 0.12):
            c.lay(c.line((x + dx + post, y + dy + 0.01), (x + dx + post, y + dy - 0.036), thick=0.0075), code)

    runner(0.02, -0.012, dark)
    for n in range(3):
        c.lay(
            c.box(x - 0.15, y - 0.054 + n * 0.0072, x + 0.17, y - 0.049 + n * 0.0072),
            ["#8a6440", "#7b5637", "#6a4a2f"][n],
        )
    runner(0.0, 0.012, wood)
    c.lay(c.box(x - 0.16, y - 0.036, x + 0.16, y - 0.028, round_by=0.002), "#553a24")
    c.lay(c.box(x - 0.15, y - 0.0565, x + 0.11, y - 0.0525, blur=0.0008), "#f1f4f7", 0.85)
    # a bucket, full, with a skin of ice
    bx, by = x - 0.055, y - 0.054
    bucket = c.polygon((bx - 0.04, by - 0.082), (bx + 0.04, by - 0.082), (bx + 0.031, by), (bx - 0.031, by))
    c.lay(bucket, "#77838e")
    c.shade((bucket * np.clip(np.abs(c.x - bx + 0.012) * 17, 0, 1) ** 1.4 * 0.75).astype(np.float32))
    c.shine((bucket * np.exp(-(((c.x - bx + 0.014) / 0.007) ** 2)) * 0.35).astype(np.float32), "#e6edf5")
    c.lay(
        c.boxes(
            [(bx - 0.0365, by - 0.052, bx + 0.0365, by - 0.0495), (bx - 0.0345, by - 0.026, bx + 0.0345, by - 0.0235)]
        ),
        "#4c5862",
        0.7,
    )
    c.lay(c.oval((bx, by - 0.082), 0.0405, 0.0085), "#4f5b66")
    c.lay(c.oval((bx, by - 0.081), 0.0365, 0.0065), "#cddbe8")
    arc = [(bx + 0.0395 * float(np.cos(a)), by - 0.082 - 0.05 * float(np.sin(a))) for a in np.linspace(0.05, 3.09, 24)]
    c.lay(c.line(*arc, thick=0.0026), "#39434c")
    # the rope, slack, lying in the snow
    rope = [
        (x + 0.19, y - 0.012),
        (x + 0.25, y + 0.022),
        (x + 0.33, y + 0.028),
        (x + 0.4, y + 0.043),
        (x + 0.47, y + 0.034),
        (x + 0.5, y + 0.056),
    ]
    fine = np.linspace(0, 1, 80)
    xs, ys = [np.interp(fine, np.linspace(0, 1, 6), [p[i] for p in rope]) for i in (0, 1)]
    for _ in range(4):
        xs, ys = [np.convolve(np.pad(v, 4, mode="edge"), np.ones(9) / 9, mode="valid") for v in (xs, ys)]
    line = list(zip(xs.tolist(), ys.tolist(), strict=True))
    c.shade((c.line(*[(px, py + 0.004) for px, py in line], thick=0.005, blur=0.002) * 0.4).astype(np.float32))
    c.lay(c.line(*line, thick=0.0036), "#8d7a60")
    near = c.horizon([(0, 0.522), (0.3, 0.535), (0.62, 0.53), (1, 0.512)])
    c.lay(near, "#f7f8fa", 0.9)
    c.shade((near * c.clouds(0.12, 3) * 0.12).astype(np.float32))
    c.snowfall(150, 0.0011, 0.0007, 0.75, "#ffffff")
    c.snowfall(26, 0.0028, 0.0022, 0.6, "#ffffff")
    c.shine((np.exp(-(((c.x - 0.9) / 0.35) ** 2) - ((c.y - 0.24) / 0.12) ** 2) * 0.22).astype(np.float32), "#f6c99a")
    c.vignette(0.3)
    c.grain(0.006)
    return c.image()


def bread() -> Image.Image:
    """Photograph 4: a day's bread on the scales."""
    c = Canvas(*LARGE, seed=44)
    c.sky((0, "#14161a"), (0.62, "#23211f"), (1, "#191512"))
    c.shine((np.exp(-(((c.x - 0.47) / 0.36) ** 2) - ((c.y - 0.22) / 0.25) ** 2) * 0.2).astype(np.float32), "#b99a74")
    c.shade((c.clouds(0.16) * 0.22).astype(np.float32))
    table = c.horizon([(0, 0.45), (1, 0.446)])
    c.lay_gradient(table, (0.446, "#6a4c31"), (0.5625, "#2b1d12"))
    for n in range(3):
        y = 0.468 + n * 0.031 + n * n * 0.004
        c.lay(c.line((-0.01, y), (1.01, y - 0.004), thick=0.0012, blur=0.0005), "#1d130b", 0.75)
    c.shade((table * c.clouds(0.05, 16) * 0.34).astype(np.float32))
    c.shine((table * np.exp(-(((c.x - 0.45) / 0.28) ** 2)) * 0.22).astype(np.float32), "#e6b981")
    c.shade((c.oval((0.5, 0.507), 0.3, 0.016, blur=0.01) * 0.6).astype(np.float32))
    iron, brass = "#3a3f45", "#b08d4c"
    # foot and column
    foot = c.polygon((0.4, 0.506), (0.425, 0.482), (0.575, 0.482), (0.6, 0.506))
    c.lay_gradient(foot, (0.482, "#4c5258"), (0.506, "#24282c"))
    column = c.polygon((0.489, 0.485), (0.4935, 0.19), (0.5065, 0.19), (0.511, 0.485))
    c.lay(column, iron)
    c.shine((column * np.exp(-(((c.x - 0.497) / 0.0035) ** 2)) * 0.4).astype(np.float32), "#f0dcc0")
    # the beam, level: what is given is what is due
    y = 0.192
    beam = c.polygon(
        (0.235, y - 0.0035),
        (0.5, y - 0.0155),
        (0.765, y - 0.0035),
        (0.765, y + 0.0035),
        (0.5, y + 0.0115),
        (0.235, y + 0.0035),
    )
    c.lay_gradient(beam, (y - 0.015, "#c6a460"), (y + 0.012, "#7d6130"))
    c.lay(c.polygon((0.4965, y), (0.5, y - 0.062), (0.5035, y)), brass)
    c.lay(c.dots([(0.5, y - 0.001, 0.0105)]), "#d4b36c")
    c.lay(c.dots([(0.5, y - 0.001, 0.0045)]), "#5b4520")
    for x in (0.245, 0.755):
        c.lay(c.dots([(x, y, 0.0062)]), "#d4b36c")
        pan_y = 0.4
        wires = [(((x, y), (x + dx, pan_y)), 0.0016) for dx in (-0.098, 0.098)]
        wires.append((((x, y), (x + 0.012, pan_y - 0.008)), 0.0011))
        c.lay(c.lines(wires), "#95804f")
        c.lay(c.oval((x, pan_y), 0.105, 0.0135), "#54431f")
        bowl = c.oval((x, pan_y), 0.105, 0.034) * (c.y > pan_y).astype(np.float32)
        c.lay_gradient(bowl, (pan_y, "#c09a52"), (pan_y + 0.034, "#5d4722"))
        c.shine((bowl * np.exp(-(((c.x - x + 0.045) / 0.02) ** 2)) * 0.4).astype(np.float32), "#fff0cf")
        c.lay(c.oval((x, pan_y), 0.097, 0.0098), "#3a2d14")
    # the bread: small, dark, dense
    bx, by = 0.243, 0.399
    c.shade((c.oval((bx + 0.004, by + 0.002), 0.062, 0.0075, blur=0.003) * 0.7).astype(np.float32))
    front = c.polygon(
        (bx - 0.053, by), (bx - 0.055, by - 0.046), (bx + 0.03, by - 0.05), (bx + 0.034, by - 0.001), blur=0.0008
    )
    top = c.polygon(
        (bx - 0.055, by - 0.045),
        (bx - 0.031, by - 0.0665),
        (bx + 0.05, by - 0.07),
        (bx + 0.03, by - 0.049),
        blur=0.0008,
    )
    cut = c.polygon(
        (bx + 0.03, by - 0.049), (bx + 0.05, by - 0.07), (bx + 0.055, by - 0.018), (bx + 0.034, by), blur=0.0008
    )
    c.lay_gradient(front, (by - 0.05, "#96683d"), (by, "#5f3d1e"))
    c.lay_gradient(top, (by - 0.07, "#4a2c16"), (by - 0.045, "#6b4122"))
    c.lay(cut, "#4d311a")
    crumb = c.clouds(0.0045, 1, 2)
    c.shade((np.maximum(front, cut) * np.clip(crumb * 2.2 - 1.25, 0, 1) * 0.5).astype(np.float32))
    c.shine((front * np.clip(crumb * 2 - 1.2, 0, 1) * 0.16).astype(np.float32), "#e0b47c")
    crust = c.lines(
        [
            (((bx - 0.0545, by - 0.0445), (bx + 0.03, by - 0.0485), (bx + 0.05, by - 0.069)), 0.0035),
            (((bx - 0.053, by - 0.001), (bx + 0.034, by - 0.002)), 0.003),
        ],
        blur=0.0007,
    )
    c.lay(crust, "#3a210e", 0.8)
    c.shine((top * c.clouds(0.03, 2) * 0.16).astype(np.float32), "#e8b77d")
    crumbs = [
        (float(bx - 0.02 + 0.1 * r), float(by + 0.001 + 0.005 * s), float(0.0009 + 0.0013 * t))
        for r, s, t in c.rng.random((14, 3))
    ]
    c.lay(c.dots(crumbs), "#6b4628")
    # the weights that stand for it
    for dx, wide, high in ((-0.026, 0.024, 0.05), (0.022, 0.017, 0.036), (0.055, 0.0105, 0.022)):
        x = 0.755 + dx
        c.shade((c.oval((x + 0.004, 0.4), wide * 1.2, 0.005, blur=0.002) * 0.6).astype(np.float32))
        body = np.maximum(
            c.box(x - wide, 0.4 - high, x + wide, 0.4015, round_by=0.002), c.oval((x, 0.4015), wide, 0.0035)
        )
        c.lay(body, "#8f7038")
        c.shade((body * np.clip(np.abs(c.x - x + wide * 0.3) / wide - 0.15, 0, 1) * 0.75).astype(np.float32))
        c.shine((body * np.exp(-(((c.x - x + wide * 0.4) / (wide * 0.22)) ** 2)) * 0.5).astype(np.float32), "#ffe6ae")
        c.lay(c.oval((x, 0.4 - high), wide, 0.0042), "#c4a05a")
        c.lay(c.box(x - wide * 0.2, 0.4 - high - 0.01, x + wide * 0.2, 0.4 - high, round_by=0.001), "#8f7038")
        c.lay(c.oval((x, 0.4 - high - 0.0125), wide * 0.42, 0.0065), "#b9934d")
    c.vignette(0.9)
    c.grain(0.007)
    return c.image()


def loudspeaker() -> Image.Image:
    """Photograph 5: the loudspeaker at the corner, which beat when it did not speak."""
    c = Canvas(*LARGE, seed=55)
    c.sky((0, "#3c4c61"), (0.5, "#7e8896"), (0.8, "#b3a9a0"))
    c.lay(c.clouds(0.3, 1.8), "#566478", 0.35)
    # a street that runs away to the left, its houses in snow light
    blocks = [
        ([(0.0, 0.11), (0.2, 0.205), (0.2, 0.47), (0.0, 0.5)], "#3d4654"),
        ([(0.2, 0.232), (0.315, 0.272), (0.315, 0.452), (0.2, 0.47)], "#515c6b"),
        ([(0.315, 0.288), (0.385, 0.31), (0.385, 0.444), (0.315, 0.452)], "#687382"),
        ([(0.52, 0.29), (0.64, 0.225), (0.64, 0.468), (0.52, 0.447)], "#5c6675"),
        ([(0.64, 0.165), (1.01, -0.03), (1.01, 0.535), (0.64, 0.468)], "#39424f"),
    ]
    for corners, code in blocks:
        c.lay(c.polygon(*corners), code)
        (x0, y0), (x1, y1), *_ = corners
        c.lay(c.polygon((x0, y0), (x1, y1), (x1, y1 + 0.006), (x0, y0 + 0.006)), "#d4dae2", 0.8)
    panes, dark = [], []

    def wall(corners: list[tuple[float, float]], columns: int, rows: int, share: float) -> None:
        (x0, t0), (x1, t1), (_, b1), (_, b0) = corners
        for i in range(columns):
            for j in range(rows):
                u0, u1 = (i + 0.28) / columns, (i + 0.68) / columns
                v0, v1 = (j + 0.3) / (rows + 0.6), (j + 0.78) / (rows + 0.6)
                at = [
                    (x0 + (x1 - x0) * u, (t0 + (t1 - t0) * u) * (1 - v) + (b0 + (b1 - b0) * u) * v)
                    for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
                ]
                (panes if c.rng.random() < share else dark).append(at)

    wall(blocks[0][0], 5, 5, 0.3)
    wall(blocks[1][0], 4, 5, 0.25)
    wall(blocks[4][0], 5, 6, 0.2)
    wall(blocks[3][0], 4, 5, 0.25)
    for at in dark:
        c.lay(c.polygon(*at), "#232b36", 0.75)
    for at in panes:
        mask = c.polygon(*at)
        c.lay(mask, "#e9b873", 0.85)
        c.shine(c.polygon(*at, blur=0.007) * 0.45, "#e9a85e")
    ground = c.horizon([(0, 0.5), (0.2, 0.47), (0.385, 0.444), (0.52, 0.447), (0.64, 0.468), (1, 0.535)])
    c.lay_gradient(ground, (0.444, "#a9b2bd"), (0.5625, "#e3e7ec"))
    c.shade((ground * c.clouds(0.2, 4) * 0.2).astype(np.float32))
    for edge in (-1, 1):
        c.lay(c.line((0.45, 0.447), (0.45 + edge * 0.17, 0.57), thick=0.006, blur=0.004), "#8a97a8", 0.6)
    c.lay(np.exp(-(((c.x - 0.45) / 0.1) ** 2) - ((c.y - 0.43) / 0.035) ** 2).astype(np.float32), "#c8c5c4", 0.6)
    # the pole, its arm, and the horn
    x = 0.655
    c.lay(c.polygon((x - 0.0085, 0.57), (x - 0.0055, 0.055), (x + 0.0055, 0.055), (x + 0.0085, 0.57)), "#1d232b")
    c.shine(
        (c.polygon((x - 0.0085, 0.57), (x - 0.0055, 0.055), (x - 0.003, 0.055), (x - 0.005, 0.57)) * 0.25).astype(
            np.float32
        ),
        "#aebccd",
    )
    c.lay(c.line((x, 0.085), (x - 0.05, 0.115), thick=0.0062), "#1d232b")
    c.lay(c.line((x, 0.165), (x - 0.05, 0.128), thick=0.0045), "#1d232b")
    c.lay(c.oval((x, 0.052), 0.009, 0.005), "#e6ebf0")
    wires = []
    for sag, from_y, to in ((0.05, 0.068, (-0.02, 0.02)), (0.045, 0.076, (1.02, -0.03))):
        t = np.linspace(0, 1, 40)
        wires.append(
            (
                [
                    (float(x + (to[0] - x) * n), float(from_y + (to[1] - from_y) * n + sag * 4 * n * (1 - n) * 0.35))
                    for n in t
                ],
                0.0016,
            )
        )
    c.lay(c.lines(wires), "#20262e", 0.9)
    hx, hy = x - 0.075, 0.122
    c.lay(
        c.polygon((hx + 0.04, hy - 0.014), (hx + 0.018, hy - 0.021), (hx + 0.018, hy + 0.021), (hx + 0.04, hy + 0.014)),
        "#2a323c",
    )
    horn = c.polygon(
        (hx + 0.022, hy - 0.017),
        (hx - 0.03, hy - 0.026),
        (hx - 0.088, hy - 0.066),
        (hx - 0.088, hy + 0.066),
        (hx - 0.03, hy + 0.026),
        (hx + 0.022, hy + 0.017),
    )
    c.lay_gradient(horn, (hy - 0.066, "#7d8894"), (hy + 0.066, "#262d36"))
    mouth = c.oval((hx - 0.088, hy), 0.0255, 0.0685)
    c.lay(mouth, "#8b96a2")
    c.lay(c.oval((hx - 0.0885, hy), 0.0222, 0.0645), "#39424d")
    c.lay(c.oval((hx - 0.082, hy + 0.002), 0.0135, 0.043, blur=0.004), "#0f141a")
    c.lay(c.oval((hx - 0.074, hy + 0.001), 0.0055, 0.016), "#06090c")
    rim = c.oval((hx - 0.088, hy), 0.0255, 0.0685) - c.oval((hx - 0.0868, hy + 0.0022), 0.0248, 0.0675)
    c.shine((np.clip(rim, 0, 1) * 0.7).astype(np.float32), "#eef3f8")
    snow = c.polygon(
        (hx - 0.086, hy - 0.066),
        (hx - 0.03, hy - 0.0275),
        (hx + 0.02, hy - 0.0185),
        (hx + 0.02, hy - 0.0225),
        (hx - 0.03, hy - 0.034),
        (hx - 0.08, hy - 0.0715),
        blur=0.001,
    )
    c.lay(snow, "#f1f4f7", 0.95)
    c.snowfall(240, 0.0011, 0.0006, 0.7, "#ffffff")
    c.snowfall(44, 0.0026, 0.002, 0.6, "#ffffff")
    c.vignette(0.4)
    c.grain(0.006)
    return c.image()


def fireworks() -> Image.Image:
    """Photograph 6: fireworks over the city, 27 January 1944."""
    c = Canvas(*LARGE, seed=66)
    c.sky((0, "#070c18"), (0.45, "#16203a"), (0.6, "#33324a"), (0.64, "#4a3d49"))
    c.lay(c.clouds(0.35, 2) ** 1.6, "#3b3f58", 0.4)
    quay = 0.36
    for x, lean in ((0.12, 0.13), (0.38, -0.07), (0.66, 0.09), (0.93, -0.16)):
        beam = c.polygon(
            (x - 0.002, quay), (x + lean - 0.022, -0.02), (x + lean + 0.022, -0.02), (x + 0.002, quay), blur=0.003
        )
        c.shine((beam * np.clip(0.3 - (quay - c.y) * 0.62, 0.02, 1) * 0.75).astype(np.float32), "#b9cdf0")
    bursts = [
        (0.27, 0.125, 0.105, "#ffd9a0"),
        (0.56, 0.085, 0.088, "#ff9c86"),
        (0.78, 0.155, 0.1, "#ffe9c4"),
        (0.43, 0.2, 0.062, "#b9e0c4"),
        (0.91, 0.07, 0.06, "#ffc27f"),
        (0.09, 0.215, 0.058, "#ff9c86"),
    ]
    for bx, by, size, code in bursts:
        c.glow((bx, by), size * 1.3, code, 0.34)
        c.glow((bx, by), size * 0.4, "#fff3df", 0.45)
        strokes, tips = [], []
        arms = int(40 + size * 300)
        for n in range(arms):
            angle = 2 * np.pi * (n + float(c.rng.uniform(-0.4, 0.4))) / arms
            reach = size * float(c.rng.uniform(0.5, 1.0))
            path = []
            for t in np.linspace(0.12, 1, 12):
                fall = 0.02 * float(t) ** 2 * reach / size
                path.append(
                    (bx + reach * float(np.cos(angle) * t), by + reach * float(np.sin(angle) * t * 0.96) + fall)
                )
            strokes.append((path, 0.0009))
            if n % 2:
                tips.append((*path[-1], 0.0008 + 0.0006 * float(c.rng.random())))
        away = np.hypot(c.x - bx, c.y - by) / size
        c.shine((c.lines(strokes) * np.clip(0.15 + away * 0.65, 0, 1)).astype(np.float32), code)
        c.shine(c.lines(strokes, blur=0.003) * 0.7, code)
        c.shine(c.dots(tips) * 0.9, "#fffaf0")
        c.shine(c.dots(tips, blur=0.003), code)
        c.lay(c.line((bx - 0.004, quay), (bx, by), thick=0.001, blur=0.0006), code, 0.16)
    far = np.maximum(spire(c, 0.71, quay, 0.19), dome(c, 0.2, quay, 0.05))
    c.lay(far, "#1c2132")
    houses = skyline(c, quay, "#121624", 0.07, 17)
    c.shine(c.boxes(lit_windows(c, houses, 0.4, 5)) * 0.7, "#f2bd6b")
    c.shine(c.boxes(lit_windows(c, houses, 0.4, 5), blur=0.004) * 0.45, "#f0a850")
    sky_part = c.pixels[: int(quay * c.width)][::-1].copy()
    rows = c.height - int((quay + 0.008) * c.width)
    mirror = Image.fromarray((np.clip(sky_part, 0, 1) * 255).astype(np.uint8)).resize(
        (c.width, rows), Image.Resampling.BILINEAR
    )
    reflected = np.asarray(mirror, np.float32) / 255
    shift = (np.sin(np.arange(rows) * 0.9) * 3 + np.sin(np.arange(rows) * 0.37) * 5).astype(int)
    for row in range(rows):
        reflected[row] = np.roll(reflected[row], int(shift[row] * (0.3 + row / rows)), axis=0)
    c.pixels[c.height - rows :] = reflected * 0.62 + np.array([0.02, 0.03, 0.055], np.float32)
    c.lay(c.box(-0.01, quay, 1.01, quay + 0.01), "#0c0f19")
    ice = np.clip(c.clouds(0.09, 6) * 2 - 1.15, 0, 1) * (c.y > quay + 0.012)
    c.lay(ice.astype(np.float32), "#7d87a3", 0.4)
    # people on the near quay, close together, some with children, looking up
    crowd = c.horizon([(0, 0.55), (1, 0.552)])
    for n in range(64):
        px = -0.01 + 1.02 * n / 63 + float(c.rng.uniform(-0.008, 0.008))
        tall = float(c.rng.uniform(0.046, 0.06)) * (0.66 if n % 7 == 3 else 1)
        if 0.2 < (n * 0.37) % 1 < 0.34:
            continue
        floor, neck = 0.566, 0.566 - tall * 0.76
        coat = c.polygon(
            (px - tall * 0.23, floor),
            (px - tall * 0.2, neck + tall * 0.16),
            (px - tall * 0.1, neck),
            (px + tall * 0.1, neck),
            (px + tall * 0.2, neck + tall * 0.16),
            (px + tall * 0.23, floor),
        )
        lean = float(c.rng.uniform(-0.03, 0.03)) * tall
        head = c.oval((px + lean, neck - tall * 0.075), tall * 0.088, tall * 0.115)
        hat = c.oval((px + lean, neck - tall * 0.13), tall * 0.105, tall * 0.072)
        crowd = np.maximum.reduce([crowd, coat, head, hat])
    c.shine((np.clip(crowd - np.roll(crowd, 3, axis=0), 0, 1) * 0.16).astype(np.float32), "#ffd9a8")
    c.lay(crowd.astype(np.float32), "#080b13")
    c.vignette(0.5)
    c.grain(0.006)
    return c.image()


def still() -> Image.Image:
    """The holding picture: a calm flame on dark ground."""
    c = Canvas(960, 540, seed=77)
    c.sky((0, "#0d1016"), (0.75, "#161719"), (1, "#0f0e0f"))
    c.shade((c.clouds(0.3) * 0.18).astype(np.float32))
    table = c.horizon([(0, 0.47), (1, 0.47)])
    c.lay_gradient(table, (0.47, "#262120"), (0.5625, "#120f0f"))
    x, wick = 0.5, 0.335
    c.glow((x, wick - 0.04), 0.42, "#8a4f22", 0.55)
    c.glow((x, wick - 0.035), 0.16, "#e08a3c", 0.5)
    c.shine(
        (table * np.exp(-(((c.x - x) / 0.16) ** 2) - ((c.y - 0.485) / 0.035) ** 2) * 0.35).astype(np.float32), "#f0a35a"
    )
    c.shade((c.oval((x, 0.49), 0.05, 0.009, blur=0.004) * 0.65).astype(np.float32))
    body = np.maximum(c.box(x - 0.026, wick + 0.018, x + 0.026, 0.486), c.oval((x, 0.486), 0.026, 0.006))
    c.lay_gradient(body, (wick + 0.018, "#f3dcb4"), (0.492, "#6d573f"))
    c.shade((body * np.clip(np.abs(c.x - x) / 0.026 - 0.25, 0, 1) * 0.65).astype(np.float32))
    c.lay(c.oval((x, wick + 0.018), 0.026, 0.0062), "#f8e6c3")
    c.lay(c.oval((x, wick + 0.0175), 0.017, 0.0038), "#ffd48c")
    c.lay(c.line((x, wick + 0.017), (x + 0.001, wick - 0.002), thick=0.0022), "#2a1c12")

    def drop(wide: float, low: float, high: float) -> list[tuple[float, float]]:
        points = []
        for side in (1, -1):
            for t in np.linspace(0, 1, 40) if side == 1 else np.linspace(1, 0, 40):
                width = wide * float(np.sin(np.pi * t**0.62)) ** 1.15
                points.append((x + side * width, low - (low - high) * float(t)))
        return points

    c.shine(c.polygon(*drop(0.026, wick + 0.006, wick - 0.115), blur=0.008) * 0.8, "#ff8f2e")
    c.shine(c.polygon(*drop(0.0205, wick + 0.004, wick - 0.1), blur=0.0022), "#ffb64e")
    c.shine(c.polygon(*drop(0.0145, wick + 0.002, wick - 0.077), blur=0.003), "#ffe9a8")
    c.shine(c.polygon(*drop(0.0085, wick - 0.004, wick - 0.052), blur=0.003), "#ffffff")
    c.shine(c.oval((x, wick + 0.002), 0.008, 0.008, blur=0.003) * 0.55, "#5f86d8")
    c.vignette(0.6)
    return c.image()
