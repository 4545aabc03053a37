"""What people wear, one function for each kind of garment."""

from functools import partial

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.anatomy import shoulder_y
from visavis.renderers.drawing.brush import fill, linear, mirrored, mix, path, stroke
from visavis.renderers.drawing.relief import Box
from visavis.renderers.drawing.torso import body_outline, cast, cloth_box, panel, throat, torso_relief
from visavis.renderers.person import Person


def paint_clothes(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    garments = {
        "blazer": _blazer, "suit": _suit, "crew": _crew, "shirt": _shirt, "vneck": _vneck, "rollneck": _rollneck,
    }  # fmt: skip
    garments[person.body.clothes](canvas, person, bottom)


def _main(canvas: skia.Canvas, shape: skia.Path, person: Person, bottom: float) -> None:
    """The largest piece of a garment."""
    body = person.body
    panel(canvas, shape, cloth_box(person, bottom), torso_relief(person), body.cloth, person, body.weave)


def _crew(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A sweater with a ribbed collar."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.cloth
    hole = path(
        ("M", -neck - 15, top - 44), ("C", -neck - 8, top - 12, -neck + 6, top + 6, 0, top + 7),
        ("C", neck - 6, top + 6, neck + 8, top - 12, neck + 15, top - 44),
    )  # fmt: skip
    outer = skia.Path(hole)
    outer.close()
    body = skia.Op(body_outline(person, bottom), outer, skia.PathOp.kDifference_PathOp)
    cast(canvas, body, throat(person), -2, 3.0, 0.45)
    _main(canvas, body, person, bottom)
    canvas.save()
    canvas.clipPath(body_outline(person, bottom), True)
    canvas.drawPath(hole, stroke(mix(cloth, "#080a14", 0.5), 14, 0.5, blur=2))
    canvas.drawPath(hole, stroke(mix(cloth, "#000000", 0.10), 11))
    ribs = stroke(mix(cloth, "#000000", 0.30), 9, 0.35)
    ribs.setStrokeCap(skia.Paint.kButt_Cap)
    ribs.setPathEffect(skia.DashPathEffect.Make([1.0, 2.2], 0))
    canvas.drawPath(hole, ribs)
    canvas.drawPath(hole, stroke(mix(cloth, "#ffffff", 0.22), 2.5, 0.5, blur=1.4))
    canvas.restore()


def _rollneck(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A fine sweater whose collar stands up to the chin."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.cloth
    _main(canvas, body_outline(person, bottom), person, bottom)
    roll = path(
        ("M", -neck - 5, top - 49), ("C", -neck * 0.5, top - 40, neck * 0.5, top - 40, neck + 5, top - 49),
        ("C", neck + 9, top - 34, neck + 12, top - 22, neck + 17, top - 12),
        ("C", neck * 0.5, top + 9, -neck * 0.5, top + 9, -neck - 17, top - 12),
        ("C", -neck - 12, top - 22, -neck - 9, top - 34, -neck - 5, top - 49), ("Z",),
    )  # fmt: skip
    cast(canvas, roll, body_outline(person, bottom), 4, 4.0, 0.45)
    place = Box(-neck - 24, top - 60, neck + 24, top + 14, 2.0)
    panel(canvas, roll, place, partial(_roll_relief, person), cloth, person, person.body.weave)


def _roll_relief(person: Person, x: Floats, y: Floats) -> Floats:
    around = np.clip(1 - np.square(x / (person.body.neck + 19)), 0, 1)
    fold = np.sin((y - shoulder_y(person)) / 5.5)
    return 30 * np.sqrt(around) + 1.6 * fold + 0.10 * (y - shoulder_y(person))


def _vneck(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A soft blouse with a V."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.cloth
    hole = path(
        ("M", -neck - 17, top - 42), ("C", -neck - 6, top - 8, -12, top + 22, 0, top + 34),
        ("C", 12, top + 22, neck + 6, top - 8, neck + 17, top - 42), ("Z",),
    )  # fmt: skip
    body = skia.Op(body_outline(person, bottom), hole, skia.PathOp.kDifference_PathOp)
    cast(canvas, body, throat(person), -2, 3.0, 0.40)
    _main(canvas, body, person, bottom)
    canvas.save()
    canvas.clipPath(body, True)
    canvas.drawPath(hole, stroke(mix(cloth, "#080a14", 0.35), 7, 0.35, blur=1.5))
    canvas.drawPath(hole, stroke(mix(cloth, "#ffffff", 0.35), 2.0, 0.55, blur=0.6))
    canvas.restore()


def _collar(canvas: skia.Canvas, person: Person, spread: float) -> None:
    """The two wings of a shirt collar, standing around the neck and folded down."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.under
    wing = path(
        ("M", neck - 1, top - 58), ("C", neck + 12, top - 48, neck + 19, top - 34, neck + 17, top - 21),
        ("L", spread + 10, top + 22), ("C", spread, top + 14, 8, top, 1.5, top - 12),
        ("C", 14, top - 20, neck - 8, top - 36, neck - 1, top - 58), ("Z",),
    )  # fmt: skip
    place = Box(-neck - 30, top - 64, neck + 30, top + 30, 1.5)
    for shape in (wing, mirrored(wing)):
        cast(canvas, shape, body_outline(person, top + 90), 3, 3.5, 0.38)
        panel(canvas, shape, place, lambda x, y: 20 - 0.010 * np.square(x) + 0.10 * (y - top), cloth, person)
        canvas.drawPath(shape, stroke(mix(cloth, "#1a2030", 0.35), 0.8, 0.5))


def _shirt(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A shirt with an open collar."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.under
    hole = path(("M", -neck - 8, top - 46), ("L", 0, top + 4), ("L", neck + 8, top - 46), ("Z",))
    body = skia.Op(body_outline(person, bottom), hole, skia.PathOp.kDifference_PathOp)
    panel(canvas, body, cloth_box(person, bottom), torso_relief(person), cloth, person)
    canvas.drawPath(path(("M", 0, top + 2), ("L", 0, bottom)), stroke(mix(cloth, "#10162a", 0.55), 1.0, 0.5))
    for y in range(int(top + 34), int(bottom) + 60, 46):
        canvas.drawCircle(0, y, 2.2, fill(mix(cloth, "#10162a", 0.35)))
        canvas.drawCircle(-0.5, y - 0.5, 1.4, fill(mix(cloth, "#ffffff", 0.5)))
    _collar(canvas, person, 22)


def _tie(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    top, colour = shoulder_y(person), person.body.accent
    knot = path(("M", -9, top - 7), ("L", 9, top - 7), ("L", 5.5, top + 10), ("L", -5.5, top + 10), ("Z",))
    blade = path(
        ("M", -5, top + 9), ("L", 5, top + 9), ("C", 9, top + 50, 14, top + 90, 15, bottom), ("L", -15, bottom),
        ("C", -14, top + 90, -9, top + 50, -5, top + 9), ("Z",),
    )  # fmt: skip
    place = Box(-22, top - 14, 22, bottom, 1.5)
    for shape in (blade, knot):
        cast(canvas, shape, body_outline(person, bottom), 2, 3.0, 0.35)
        panel(canvas, shape, place, lambda x, y: 10 - 0.05 * np.square(x), colour, person)
    canvas.save()
    canvas.clipPath(blade, True)
    for y in range(int(top), int(bottom) + 40, 13):
        canvas.drawLine(-20, y + 14, 20, y - 10, stroke(mix(colour, "#ffffff", 0.45), 1.6, 0.45))
    canvas.restore()


def _blazer(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A jacket over a top with a round neck."""
    top, cloth = shoulder_y(person), person.body.under
    under = path(
        ("M", -80, top - 20), ("C", -40, top + 24, 40, top + 24, 80, top - 20), ("L", 80, bottom), ("L", -80, bottom),
        ("Z",),
    )  # fmt: skip
    under = skia.Op(under, body_outline(person, bottom), skia.PathOp.kIntersect_PathOp)
    cast(canvas, under, throat(person), -1.5, 2.5, 0.3)
    panel(canvas, under, cloth_box(person, bottom), torso_relief(person), cloth, person)
    canvas.save()
    canvas.clipPath(under, True)
    canvas.drawPath(under, stroke(mix(cloth, "#1a2030", 0.25), 2.4, 0.5, blur=0.6))
    canvas.restore()
    _jacket(canvas, person, bottom)


def _suit(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """A jacket over a shirt, with a tie where there is an accent."""
    _shirt(canvas, person, bottom)
    if person.body.accent:
        _tie(canvas, person, bottom)
        _collar(canvas, person, 22)
    _jacket(canvas, person, bottom)


def _jacket(canvas: skia.Canvas, person: Person, bottom: float) -> None:
    """Notched lapels that roll open."""
    top, neck, cloth = shoulder_y(person), person.body.neck, person.body.cloth
    opening = path(
        ("M", -neck - 12, top - 46), ("C", -neck - 14, top - 10, -34, top + 50, -2, top + 118),
        ("L", 2, top + 118), ("C", 34, top + 50, neck + 14, top - 10, neck + 12, top - 46), ("Z",),
    )  # fmt: skip
    jacket = skia.Op(body_outline(person, bottom), opening, skia.PathOp.kDifference_PathOp)
    cast(canvas, jacket, opening, 1, 4.0, 0.5)
    _main(canvas, jacket, person, bottom)
    lapel = path(
        ("M", neck + 10, top - 44), ("C", neck + 30, top - 34, neck + 40, top - 22, neck + 42, top - 6),
        ("L", neck + 28, top + 2), ("L", neck + 46, top + 12), ("C", neck + 36, top + 56, 24, top + 92, 3, top + 118),
        ("C", 30, top + 60, neck + 12, top + 0, neck + 10, top - 44), ("Z",),
    )  # fmt: skip
    pale = mix(cloth, "#ffffff", 0.04)
    for side, shape in ((1, lapel), (-1, mirrored(lapel))):
        cast(canvas, shape, body_outline(person, bottom), 4, 4.5, 0.42)
        relief = partial(_lapel_relief, person, side)
        panel(canvas, shape, cloth_box(person, bottom), relief, pale, person, person.body.weave)
        canvas.drawPath(shape, stroke(mix(cloth, "#ffffff", 0.30), 0.7, 0.35))
    seam = path(("M", neck + 52, top + 60), ("L", neck + 92, top + 55))
    canvas.drawPath(seam, stroke(mix(cloth, "#000000", 0.4), 1.6, 0.5, blur=0.5))
    edge = linear((0, top), (0, bottom), [(0, "#ffffff", 0.0), (1, "#000000", 0.10)])
    canvas.save()
    canvas.clipPath(jacket, True)
    canvas.drawPath(jacket, edge)
    canvas.restore()


def _lapel_relief(person: Person, side: int, x: Floats, y: Floats) -> Floats:
    """A lapel rolls away from the neck and lies flat further down."""
    return 18 - 0.004 * np.square(side * x - person.body.neck - 6) + 0.05 * (y - shoulder_y(person))
