"""Glasses, painted over the eyes."""

import skia

from visavis.renderers.drawing.brush import fill, linear, mix, path, stroke
from visavis.renderers.person import Glasses, Person


def _lens(shape: str) -> skia.Path:
    """The right lens round an eye at the origin."""
    if shape == "round":
        return skia.Path().addOval(skia.Rect.MakeLTRB(-25, -20.5, 25, 25))
    if shape == "cat":
        return path(
            ("M", -25, -13), ("C", -20, -21, 8, -22, 31, -21), ("C", 32, -4, 26, 20, 6, 22),
            ("C", -16, 23, -28, 6, -25, -13), ("Z",),
        )  # fmt: skip
    return skia.Path().addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-27, -19, 28, 22), 9, 9))


def paint_glasses(canvas: skia.Canvas, person: Person, glasses: Glasses) -> None:
    """Frames with thickness, their shadow on the cheeks, and a breath of reflection."""
    eye, lens = person.eyes, _lens(glasses.shape)
    edge = 25 if glasses.shape == "round" else 28
    for side in (1, -1):
        canvas.save()
        canvas.translate(side * eye.x, eye.y)
        canvas.scale(side, 1)
        canvas.save()
        canvas.translate(1.5 * side, 3.4)
        canvas.drawPath(lens, stroke("#2a120c", glasses.thick, 0.26, blur=1.6))
        canvas.restore()
        glare = [(0, "#ffffff", 0.20), (0.30, "#ffffff", 0.03), (0.62, "#ffffff", 0.0), (1, "#dfeaff", 0.12)]
        canvas.drawPath(lens, linear((-22 * side, -20), (20 * side, 24), glare))
        arm = path(("M", edge, -9), ("L", person.head.cheek - eye.x + 3, -11))
        canvas.drawPath(arm, stroke(mix(glasses.colour, "#000000", 0.2), glasses.thick * 1.1))
        canvas.drawPath(lens, stroke(glasses.colour, glasses.thick))
        canvas.save()
        canvas.translate(-0.5 * side, -0.6)
        canvas.drawPath(lens, stroke(mix(glasses.colour, "#ffffff", 0.55), 0.7, 0.55))
        canvas.restore()
        canvas.restore()
    inner = eye.x - (24.5 if glasses.shape == "round" else 25.5)
    bridge = path(("M", -inner, eye.y - 6), ("C", -inner / 2, eye.y - 12, inner / 2, eye.y - 12, inner, eye.y - 6))
    canvas.save()
    canvas.translate(1, 3)
    canvas.drawPath(bridge, stroke("#2a120c", glasses.thick, 0.22, blur=1.4))
    canvas.restore()
    canvas.drawPath(bridge, stroke(glasses.colour, glasses.thick))
    canvas.drawCircle(0, eye.y - 11, 0.5, fill("#ffffff", 0.5))
