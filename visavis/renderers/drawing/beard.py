"""Hair on faces: brows, stubble and beards."""

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.brush import blurred, linear, mix, rgb, smooth, stroke
from visavis.renderers.person import Beard, Brows, Person

_DENSE = 0.7
_HAIRS = 2600


def _where(person: Person, beard: Beard, x: Floats, y: Floats) -> Floats:
    """How much beard grows at each place, 0 to 1."""
    lips, head = person.lips, person.head
    side = np.clip(np.abs(x) / head.cheek, 0, 1)
    edge = lips.y - 4 - 62 * np.power(side, 4) + 8 * (1 - side)  # low on the cheek, up to the ear
    jaw = 1 / (1 + np.exp(-(y - edge) / 3.5))
    upper = np.exp(-0.5 * (np.square(x / 21) + np.square((y - lips.y + 12.5) / 5.0)))
    around = np.exp(-0.5 * np.square((np.abs(x) - lips.half - 5) / 6)) * (y > lips.y - 14) * (y < lips.y + 30)
    if beard.chin_only:
        jaw = jaw * np.exp(-0.5 * np.power(np.abs(x) / 27, 4)) * (y > lips.y + 6)
    mouth = 1 - np.exp(-np.power(np.square(x / (lips.half - 2)) + np.square((y - lips.y - 1) / 7.5), 3))
    return (np.clip(jaw + upper + 0.7 * around, 0, 1) * mouth).astype(np.float32)


def stubble(colour: Floats, person: Person, beard: Beard, x: Floats, y: Floats) -> Floats:
    """The skin (h, w, 3) under a beard or under what is left of one in the evening."""
    grain = blurred(np.random.default_rng(7).normal(0, 1, x.shape), 0.9)
    grain /= float(grain.std())
    rough = 0.35 if beard.cover < _DENSE else 0.12
    cover = _where(person, beard, x, y) * beard.cover * np.clip(1 + rough * grain, 0.4, 1.6)
    tone = rgb(beard.colour) * 0.72 + colour * 0.28
    cover = np.clip(cover, 0, 0.94)[..., None]
    return (colour * (1 - cover) + tone * cover).astype(np.float32)


def paint_beard(canvas: skia.Canvas, person: Person, beard: Beard) -> None:
    """Single hairs on a dense beard, growing down and away from the middle; light on those that face it."""
    if beard.cover < _DENSE:
        return
    rng = np.random.default_rng(23)
    head = person.head
    x = rng.uniform(-head.cheek, head.cheek, 3 * _HAIRS).astype(np.float32)
    y = rng.uniform(person.lips.y - 70, head.chin_y, 3 * _HAIRS).astype(np.float32)
    where = _where(person, beard, x, y)
    heights = (200, head.jaw_y, head.chin_y - 8, head.chin_y)
    inside = np.abs(x) < 0.97 * np.interp(y, heights, (head.cheek, head.jaw, head.chin, 4))
    kept = (rng.uniform(0, 1, len(x)) < where) & inside
    tones = (mix(beard.colour, "#000000", 0.45), beard.colour, mix(beard.colour, "#fff0dd", 0.28))
    strokes = [skia.Path() for _ in tones]
    for px, py in zip(x[kept].tolist(), y[kept].tolist(), strict=True):
        lean = 0.004 * px * (1 if py > head.jaw_y else -0.6) + float(rng.normal(0, 0.20))
        long = beard.long * float(rng.uniform(0.6, 1.2)) * (0.6 if py < person.lips.y else 1.0)
        light = 0.42 - 0.5 * px / head.cheek - 0.004 * (py - person.lips.y) + float(rng.normal(0, 0.25))
        line = strokes[0 if light < 0.15 else 1 if light < 0.75 else 2]
        line.moveTo(px, py)
        line.quadTo(px + 0.3 * lean * long, py + 0.6 * long, px + lean * long, py + long)
    for line, tone in zip(strokes, tones, strict=True):
        canvas.drawPath(line, stroke(tone, 0.62, 0.50))


def paint_brows(canvas: skia.Canvas, person: Person, rng: np.random.Generator) -> None:
    """A soft body and single hairs that stand up at the inner end and lie down towards the temple."""
    for side in (1, -1):
        canvas.save()
        canvas.scale(side, 1)
        canvas.translate(person.eyes.x - 37, 0)
        _brow(canvas, person.brows, rng)
        canvas.restore()


def _brow(canvas: skia.Canvas, brows: Brows, rng: np.random.Generator) -> None:
    part = np.linspace(0, 1, 24)
    x = 16 + brows.length * part
    spine = brows.y - 1.2 - (2.4 + 4.4 * brows.arch) * np.sin(np.pi * np.power(part, 1.15) * 0.9)
    spine += 3.4 * part * part - 5.0 * brows.slope * part
    half = 0.5 * brows.thick * (1 - 0.75 * np.power(part, 1.8)) * np.clip(part / 0.16 + 0.40, 0, 1)
    body = smooth([*zip(x, spine - half, strict=True), *zip(x[::-1], (spine + half)[::-1], strict=True)], closed=True)
    fade = linear((15, 0), (30, 0), [(0, brows.colour, 0.12), (1, brows.colour, 0.66)])
    fade.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 1.0))
    canvas.drawPath(body, fade)
    for tone, count in ((mix(brows.colour, "#000000", 0.20), 80), (mix(brows.colour, "#ffe8d0", 0.22), 40)):
        hairs = skia.Path()
        for _ in range(count):
            at = float(np.power(rng.uniform(0, 0.95), 0.85))
            row = at * 23
            root_x, middle = float(np.interp(row, range(24), x)), float(np.interp(row, range(24), spine))
            root_y = middle + float(np.interp(row, range(24), half) * rng.uniform(-0.9, 1.0))
            tilt = (1.05 - 1.25 * at + rng.normal(0, 0.10 + 0.16 * brows.bushy)) * (1 if root_y > middle else 0.55)
            long = float(rng.uniform(3.5, 6.0 + 2.5 * brows.bushy)) * (1 - 0.35 * at)
            hairs.moveTo(root_x, root_y)
            hairs.lineTo(root_x + long * float(np.cos(tilt)), root_y - long * float(np.sin(tilt)) + 1.5 * at)
        canvas.drawPath(hairs, stroke(tone, 0.7, 0.42))
