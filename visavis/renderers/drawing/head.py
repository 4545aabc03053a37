"""The head without eyes and mouth: ears, lit skin with its blushes and lines, nostrils, and earrings."""

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing import anatomy
from visavis.renderers.drawing.beard import stubble
from visavis.renderers.drawing.brush import blurred, fill, linear, mix, path, rgb, smooth, soft_spot, stroke
from visavis.renderers.drawing.relief import Box, Bump, Light, bumps, inflated, lit
from visavis.renderers.person import Person

_FRAME_BOX = (-104.0, 72.0, 104.0, 336.0)


def paint_ears(canvas: skia.Canvas, person: Person) -> None:
    skin = [colour for _, colour in person.skin]
    head = person.head
    outer = path(("M", 75, 192), ("C", 80, 174, 96, 176, 95, 201), ("C", 94, 220, 88, 241, 78, 239), ("Z",))
    helix = path(("M", 79, 189), ("C", 85, 179, 93, 184, 92, 202), ("C", 91, 214, 88, 222, 84, 228))
    hollow = path(("M", 79, 200), ("C", 86, 193, 89, 206, 85, 214), ("C", 83, 221, 80, 224, 78, 222), ("Z",))
    lobe = path(("M", 79, 228), ("C", 84, 226, 88, 230, 82, 237), ("C", 80, 238, 78, 236, 78, 232), ("Z",))
    for side in (1, -1):
        bright = 0.75 if side < 0 else 0.2
        canvas.save()
        canvas.scale(side, 1)
        canvas.translate(head.cheek - 80, head.ear_y)
        canvas.scale(1.0, head.ear)
        canvas.translate(0, -207)
        canvas.drawPath(outer, linear((76, 185), (96, 215), [(0, skin[2], 1), (1, mix(skin[2], skin[4], bright), 1)]))
        canvas.drawPath(lobe, fill(mix(skin[2], "#d8604c", 0.25), 0.35, blur=2.0))
        canvas.drawPath(hollow, fill(skin[1], 0.65, blur=1.8))
        canvas.drawPath(helix, stroke(skin[1], 2.2, 0.40, blur=1.0))
        canvas.drawPath(outer, stroke(mix(skin[5], person.scene.rim, 0.5), 1.4, 0.35 if side > 0 else 0.15, blur=0.7))
        canvas.restore()


def paint_earrings(canvas: skia.Canvas, person: Person) -> None:
    colour, head = person.body.earrings, person.head
    x, y = head.cheek + 2.5, head.ear_y + 33 * head.ear
    for side in (1, -1):
        canvas.drawCircle(side * x, y + 1, 3.4, fill("#1a0d08", 0.35, blur=1.2))
        canvas.drawCircle(side * x, y, 3.2, fill(mix(colour, "#3a2410", 0.25)))
        canvas.drawCircle(side * x - 0.6, y - 0.6, 2.2, fill(colour))
        canvas.drawCircle(side * x - 1.0, y - 1.2, 0.9, fill("#ffffff", 0.9))


def paint_face(canvas: skia.Canvas, person: Person, scale: float, hair: skia.Path | None) -> None:
    """Lit skin inside the outline; `hair` throws its shadow on the forehead."""
    box = Box(*_FRAME_BOX, scale)
    x, y = box.mesh()
    outline = anatomy.outline(person)
    height = inflated(
        [(1.02 * px, 1.02 * py - 4.1) for px, py in outline], anatomy.FACE_CENTRE, anatomy.DEPTH, x, y
    ) + bumps(anatomy.relief(person), x, y)
    height -= _lines(person, box)
    light = Light(shine=0.06, rim_amount=0.30, rim_colour=person.scene.rim)
    colour = lit(height, scale, person.skin, light, _shadow(box, hair))
    colour *= _blush(person, x, y)
    colour *= _texture(person, x, y, scale)
    colour *= 0.80 + 0.20 * rgb(person.scene.key)
    if person.beard:
        colour = stubble(colour, person, person.beard, x, y)
    canvas.save()
    canvas.clipPath(smooth(outline, closed=True), True)
    box.draw(canvas, colour)
    _nose(canvas, person)
    if person.eyes.shadow:
        _eye_shadow(canvas, person)
    canvas.restore()


def _shadow(box: Box, hair: skia.Path | None) -> Floats | float:
    if hair is None:
        return 1.0
    cast = np.roll(box.mask(hair), (round(7 * box.scale), round(4 * box.scale)), (0, 1))
    return (1 - 0.50 * blurred(cast, 6 * box.scale)).astype(np.float32)


def _lines(person: Person, box: Box) -> Floats | float:
    """Depth of the folds that years have left: round the eyes, on the forehead, from nose and mouth downwards."""
    amount, eye, lips = person.years.lines, person.eyes, person.lips
    if not amount:
        return 0.0
    fine, soft = skia.Path(), skia.Path()
    for side in (1, -1):
        outer = side * (eye.x + 22)
        for rise, long in ((-7, 11), (-1, 13), (6, 12), (12, 9)):
            fine.moveTo(outer, eye.y + 0.5 * rise)
            fine.quadTo(outer + side * long * 0.5, eye.y + 0.7 * rise, outer + side * long, eye.y + 1.6 * rise)
        fine.moveTo(side * (eye.x - 15), eye.y + 14)
        fine.quadTo(side * eye.x, eye.y + 22, side * (eye.x + 16), eye.y + 15)
        soft.moveTo(side * 15, person.nose.y - 1)
        soft.cubicTo(side * 27, person.nose.y + 6, side * 34, lips.y - 10, side * 36, lips.y + 3)
        soft.moveTo(side * (lips.half + 3), lips.y + 5)
        soft.quadTo(side * (lips.half + 7), lips.y + 14, side * (lips.half + 6), lips.y + 26)
        fine.moveTo(side * 5, person.brows.y + 6)
        fine.quadTo(side * 4, person.brows.y, side * 5.5, person.brows.y - 5)
    for rise, wide in ((-24, 42), (-35, 46), (-46, 36)):
        y = person.brows.y + rise
        fine.moveTo(-wide, y + 3)
        fine.cubicTo(-wide * 0.4, y - 2, -wide * 0.2, y + 2, 0, y + 1)
        fine.cubicTo(wide * 0.2, y + 2, wide * 0.5, y - 3, wide, y + 3)
    folds = 3.0 * blurred(box.mask(_outlined(soft, 3.0)), 2.6 * box.scale)
    folds += 1.2 * blurred(box.mask(_outlined(fine, 1.2)), 0.85 * box.scale)
    return (amount * 1.1 * folds).astype(np.float32)


def _outlined(lines: skia.Path, width: float) -> skia.Path:
    result = skia.Path()
    stroke("#000000", width).getFillPath(lines, result)
    return result


def _blush(person: Person, x: Floats, y: Floats) -> Floats:
    """What blood under the skin does: less green and blue on cheeks, nose, lids and at the ears."""
    eye, nose = person.eyes, person.nose
    warm = (
        (Bump(47, 238, 16, 11, 13, 1.0), 0.080),
        (Bump(0, nose.y, 10, 9, 6, 1.0), 0.07),
        (Bump(eye.x, eye.y - 11, 16, 6, 8, 1.0), 0.06),
        (Bump(78, 205, 8, 20, 20, 1.0), 0.08),
        (Bump(0, person.head.chin_y - 12, 12, 8, 8, 1.0), 0.05),
    )
    total = sum(amount * bumps((bump,), x, y) for bump, amount in warm) * person.blush * 1.3
    return (1 - np.asarray(total)[..., None] * np.array([0.10, 1.0, 0.85], np.float32)).astype(np.float32)


def _texture(person: Person, x: Floats, y: Floats, scale: float) -> Floats:
    """Pores, uneven colour and freckles; without them skin looks like wax."""
    rng = np.random.default_rng(13)
    fine = rng.normal(0, 1, x.shape).astype(np.float32)
    broad = blurred(rng.normal(0, 1, x.shape), 5 * scale)
    grain = 1 + 0.010 * blurred(fine, 0.7) + 0.9 * broad / max(float(np.abs(broad).max()), 1e-6) * 0.012
    tone = np.repeat(grain[..., None], 3, axis=2)
    if person.freckles:
        spots = blurred(rng.normal(0, 1, x.shape), 0.75 * scale)
        spots = np.clip(spots / float(spots.std()) - 1.35, 0, 1.2)
        where = bumps((Bump(34, 232, 20, 12, 12, 1.0), Bump(0, 228, 14, 12, 8, 0.8)), x, y)
        cover = person.freckles * 0.42 * spots * np.clip(where, 0, 1)
        tone = tone * (1 - cover[..., None] * np.array([0.28, 0.62, 0.85], np.float32))
    return tone.astype(np.float32)


def _nose(canvas: skia.Canvas, person: Person) -> None:
    dark, warm = person.skin[0][1], person.skin[1][1]
    nose = person.nose
    canvas.save()
    canvas.translate(0, nose.y - 241)
    wide = nose.wing / 10
    for side in (1, -1):
        canvas.save()
        canvas.scale(side * wide, 1)
        nostril = path(
            ("M", 3.6, 247.6),
            ("C", 5.5, 244.2, 10.5, 243.8, 12.2, 246.6),
            ("C", 10, 248.6, 6, 249.2, 3.6, 247.6),
            ("Z",),
        )
        canvas.drawPath(nostril, fill(dark, 0.62, blur=0.8))
        wing = path(("M", 14.4, 236), ("C", 17.6, 240, 17.4, 246, 13.4, 248))
        canvas.drawPath(wing, stroke(warm, 1.5, 0.38 if side > 0 else 0.24, blur=1.0))
        canvas.restore()
    canvas.drawRect(skia.Rect.MakeLTRB(-20, 246, 20, 258), soft_spot(warm, 0.32, (2, 250), 15, 0.35))
    shine = soft_spot("#ffffff", 0.24, (-2.5, 233), 6.0, 0.8)
    canvas.drawRect(skia.Rect.MakeLTRB(-12, 222, 8, 242), shine)
    canvas.restore()


def _eye_shadow(canvas: skia.Canvas, person: Person) -> None:
    eye = person.eyes
    paint = soft_spot(mix(person.skin[1][1], "#5a2a3a", 0.5), eye.shadow, (0, 0), 24, 0.45)
    for side in (1, -1):
        canvas.save()
        canvas.translate(side * (eye.x + 2), eye.y - 9)
        canvas.drawRect(skia.Rect.MakeLTRB(-26, -13, 26, 12), paint)
        canvas.restore()
