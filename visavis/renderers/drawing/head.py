"""The head without eyes and mouth: ears, lit skin with its blushes, nostrils, brows, stubble, glasses."""

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing import anatomy
from visavis.renderers.drawing.anatomy import Build
from visavis.renderers.drawing.brush import blurred, fill, linear, mix, path, rgb, smooth, soft_spot, stroke
from visavis.renderers.drawing.relief import Box, Bump, Light, bumps, inflated, lit
from visavis.renderers.palettes import Identity

_FRAME_BOX = (-100.0, 74.0, 100.0, 326.0)


def paint_ears(canvas: skia.Canvas, identity: Identity) -> None:
    skin = [colour for _, colour in identity.skin]
    outer = path(("M", 75, 192), ("C", 80, 176, 96, 178, 95, 202), ("C", 94, 220, 88, 240, 78, 238), ("Z",))
    fold = path(("M", 80, 192), ("C", 87, 184, 92, 194, 89.5, 207), ("C", 88, 216, 84, 222, 81, 226))
    hollow = path(("M", 79, 200), ("C", 85, 196, 87, 206, 84, 213), ("C", 82, 219, 80, 222, 78, 222), ("Z",))
    for side in (1, -1):
        bright = 0.75 if side < 0 else 0.2
        canvas.save()
        canvas.scale(side, 1)
        canvas.drawPath(outer, linear((76, 185), (96, 215), [(0, skin[2], 1), (1, mix(skin[2], skin[4], bright), 1)]))
        canvas.drawPath(hollow, fill(skin[1], 0.55, blur=2.0))
        canvas.drawPath(fold, stroke(skin[1], 2.0, 0.45, blur=1.2))
        canvas.restore()


def paint_face(canvas: skia.Canvas, identity: Identity, build: Build, scale: float, hair: skia.Path | None) -> None:
    """Lit skin inside the outline; `hair` throws its shadow on the forehead."""
    box = Box(*_FRAME_BOX, scale)
    x, y = box.mesh()
    outline = build.outline()
    height = inflated(
        [(1.02 * px, 1.02 * py - 4.1) for px, py in outline], anatomy.FACE_CENTRE, anatomy.DEPTH, x, y
    ) + bumps(build.relief, x, y)
    colour = lit(height, scale, identity.skin, Light(shine=0.07, rim_amount=0.16), _shadow(box, hair))
    colour *= _blush(identity, x, y)
    if identity.beard:
        colour = _stubble(colour, identity, build, x, y)
    canvas.save()
    canvas.clipPath(smooth(outline, closed=True), True)
    box.draw(canvas, colour)
    _nose(canvas, identity)
    canvas.restore()


def _shadow(box: Box, hair: skia.Path | None) -> Floats | float:
    if hair is None:
        return 1.0
    cast = np.roll(box.mask(hair), (round(7 * box.scale), round(4 * box.scale)), (0, 1))
    return (1 - 0.55 * blurred(cast, 6 * box.scale)).astype(np.float32)


_WARM = (
    (Bump(48, 237, 16, 11, 13, 1.0), 0.095),
    (Bump(0, 240, 10, 9, 6, 1.0), 0.07),
    (Bump(37, 190, 16, 6, 8, 1.0), 0.06),
    (Bump(78, 205, 8, 20, 20, 1.0), 0.08),
)


def _blush(identity: Identity, x: Floats, y: Floats) -> Floats:
    """What blood under the skin does: less green and blue on cheeks, nose, lids and at the ears."""
    warm = sum(amount * bumps((bump,), x, y) for bump, amount in _WARM) * (1.0 if identity.build == "soft" else 0.5)
    return (1 - np.asarray(warm)[..., None] * np.array([0.12, 1.0, 0.85], np.float32)).astype(np.float32)


def _stubble(colour: Floats, identity: Identity, build: Build, x: Floats, y: Floats) -> Floats:
    jaw = 1 / (1 + np.exp(-(y - (243 + 0.004 * np.square(np.abs(x) - 78) * (np.abs(x) < 78))) / 4.5))
    upper = np.exp(-0.5 * (np.square(x / 25) + np.square((y - 257) / 6.0)))
    cheek = np.clip(1 - np.exp(-0.5 * (np.square((np.abs(x) - 30) / 20) + np.square((y - 236) / 17))) * 1.4, 0, 1)
    lips = 1 - np.exp(-np.power(np.square(x / 27) + np.square((y - 272) / 10), 2))
    rng = np.random.default_rng(7)
    grain = blurred(rng.normal(0, 1, x.shape), 1.0)
    cover = np.clip(jaw * cheek * lips + upper * lips, 0, 1) * identity.beard * np.clip(1 + 0.8 * grain, 0.55, 1.45)
    tone = rgb(identity.hair[1][1]) * 0.75 + colour * 0.25
    return (colour * (1 - cover[..., None]) + tone * cover[..., None]).astype(np.float32)


def _nose(canvas: skia.Canvas, identity: Identity) -> None:
    dark, warm = identity.skin[0][1], identity.skin[1][1]
    for side in (1, -1):
        canvas.save()
        canvas.scale(side, 1)
        nostril = path(
            ("M", 3.6, 247.6),
            ("C", 5.5, 244.2, 10.5, 243.8, 12.2, 246.6),
            ("C", 10, 248.6, 6, 249.2, 3.6, 247.6),
            ("Z",),
        )
        canvas.drawPath(nostril, fill(dark, 0.55, blur=0.9))
        wing = path(("M", 14.4, 236), ("C", 17.6, 240, 17.4, 246, 13.4, 248))
        canvas.drawPath(wing, stroke(warm, 1.5, 0.30 if side > 0 else 0.18, blur=1.2))
        canvas.restore()
    canvas.drawRect(skia.Rect.MakeLTRB(-20, 246, 20, 258), soft_spot(warm, 0.30, (2, 250), 15, 0.35))
    canvas.drawRect(skia.Rect.MakeLTRB(-12, 222, 8, 242), soft_spot("#ffffff", 0.28, (-2.5, 233), 6.5, 0.8))


def paint_brows(canvas: skia.Canvas, identity: Identity, build: Build, rng: np.random.Generator) -> None:
    """A soft body and single hairs that stand up at the inner end and lie down towards the temple."""
    for side in (1, -1):
        canvas.save()
        canvas.scale(side, 1)
        _brow(canvas, identity.brow, build, rng)
        canvas.restore()


def _brow(canvas: skia.Canvas, colour: str, build: Build, rng: np.random.Generator) -> None:
    thick, arch, base = build.brow_thick, build.brow_arch, build.brow_y
    part = np.linspace(0, 1, 24)
    x = 16 + 46 * part
    spine = base - 1.2 - (2.4 + 4.0 * arch) * np.sin(np.pi * np.power(part, 1.15) * 0.9) + 3.4 * part * part
    half = 0.5 * thick * (1 - 0.75 * np.power(part, 1.8)) * np.clip(part / 0.16 + 0.40, 0, 1)
    body = smooth([*zip(x, spine - half, strict=True), *zip(x[::-1], (spine + half)[::-1], strict=True)], closed=True)
    fade = linear((15, 0), (30, 0), [(0, colour, 0.15), (1, colour, 0.74)])
    fade.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.9))
    canvas.drawPath(body, fade)
    hairs = skia.Path()
    for _ in range(90):
        at = float(np.power(rng.uniform(0, 0.95), 0.85))
        row = at * 23
        root_x, middle = float(np.interp(row, range(24), x)), float(np.interp(row, range(24), spine))
        root_y = middle + float(np.interp(row, range(24), half) * rng.uniform(-0.9, 1.0))
        tilt = (1.05 - 1.25 * at + rng.normal(0, 0.12)) * (1 if root_y > middle else 0.55)
        long = float(rng.uniform(3.5, 6.5)) * (1 - 0.35 * at)
        hairs.moveTo(root_x, root_y)
        hairs.lineTo(root_x + long * float(np.cos(tilt)), root_y - long * float(np.sin(tilt)) + 1.5 * at)
    canvas.drawPath(hairs, stroke(mix(colour, "#000000", 0.10), 0.7, 0.40))


def paint_glasses(canvas: skia.Canvas, colour: str) -> None:
    """Round-cornered frames with a breath of reflection; painted over the eyes."""
    for side in (1, -1):
        lens = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(side * 37.5 - 29, 179, 58, 47), 19, 19)
        canvas.save()
        canvas.translate(1.5, 3)
        canvas.drawRRect(lens, stroke("#3a1d14", 2.6, 0.22, blur=1.6))
        canvas.restore()
        canvas.drawRRect(
            lens,
            linear(
                (side * 37.5 - 27, 180),
                (side * 37.5 + 27, 223),
                [(0, "#ffffff", 0.16), (0.45, "#ffffff", 0.02), (1, "#ffffff", 0.07)],
            ),
        )
        canvas.drawRRect(lens, stroke(colour, 2.8))
        canvas.drawRRect(lens, stroke(mix(colour, "#ffffff", 0.5), 0.7, 0.5))
        canvas.drawPath(path(("M", side * 66.5, 193), ("L", side * 78, 190)), stroke(colour, 2.6))
    canvas.drawPath(path(("M", -8.5, 196), ("C", -4, 191, 4, 191, 8.5, 196)), stroke(colour, 2.6))
