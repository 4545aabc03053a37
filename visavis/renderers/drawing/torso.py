"""Neck, shoulders and what people wear."""

from collections.abc import Callable
from functools import partial

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.anatomy import Build
from visavis.renderers.drawing.brush import blurred, fill, mirrored, mix, path, rgb, stroke
from visavis.renderers.drawing.relief import Box, Bump, Light, bumps, lit
from visavis.renderers.palettes import Identity, Stops

_CLOTH_SCALE = 1.25  # cloth is soft: more pixels a unit would show nothing more


def cloth_stops(colour: str) -> Stops:
    """A ramp of one cloth's paint; pale cloth keeps light shadows."""
    deep = 1 - 0.45 * float(rgb(colour).mean()) ** 2
    return (
        (0.15, mix(colour, "#05060c", 0.80 * deep)),
        (0.40, mix(colour, "#070a16", 0.50 * deep)),
        (0.68, mix(colour, "#0a1020", 0.14 * deep)),
        (0.85, mix(colour, "#ffffff", 0.06)),
        (1.05, mix(colour, "#fff4e6", 0.26)),
    )


def paint_neck(canvas: skia.Canvas, identity: Identity, build: Build, scale: float) -> None:
    """Neck and upper chest, with the soft shadow of the chin."""
    box = Box(-120, 255, 120, 470, scale)
    x, y = box.mesh()
    half, top = build.neck, build.shoulder_y
    flare = half + 3 + 17 / (1 + np.exp(-(y - top + 34) / 7)) - 3 * np.exp(-np.square((y - 330) / 25))
    around = np.clip(1 - np.square(x / flare), 0, 1)
    low = 1 / (1 + np.exp(-(top - 2 - y) / 5))  # the strings of the neck end at the collar bones
    strings = 2.2 * np.exp(-0.5 * np.square((np.abs(x) - (7 + 0.30 * (top - y))) / 5)) * np.clip((y - 312) / 40, 0, 1)
    bones = bumps((Bump(30, top + 5, 22, 4, 5, 3.0), Bump(0, top + 2, 6, 8, 8, -3.5)), x, y)
    height = (46 * np.sqrt(around) + strings * low + bones).astype(np.float32)
    chin = path(("M", -84, 240), ("C", -78, 300, -52, 341, 4, 346), ("C", 56, 341, 84, 300, 88, 240), ("Z",))
    dark = blurred(box.mask(chin), 8 * scale)
    colour = lit(height, scale, identity.skin, Light(rim_amount=0.15), (1 - 0.72 * dark).astype(np.float32))
    colour *= (1 - dark[..., None] * np.array([0.10, 0.17, 0.19], np.float32)).astype(np.float32)
    edge = np.clip((flare - np.abs(x)) * scale, 0, 1).astype(np.float32)
    box.draw(canvas, colour, edge)


Relief = Callable[[Floats, Floats], Floats]


def _panel(
    canvas: skia.Canvas, shape: skia.Path, box: Box, relief: Relief, colour: str, dim: Floats | float = 1.0
) -> None:
    """One piece of cloth: its outline filled with lit relief."""
    x, y = box.mesh()
    painted = lit(
        relief(x, y).astype(np.float32),
        box.scale,
        cloth_stops(colour),
        Light(key_amount=0.62, ambient=0.20, rim_amount=0.20),
        dim,
    )
    weave = np.random.default_rng(3).normal(0, 0.004, x.shape).astype(np.float32)
    canvas.save()
    canvas.clipPath(shape, True)
    box.draw(canvas, painted + weave[..., None])
    canvas.restore()


def _cast(canvas: skia.Canvas, shape: skia.Path, within: skia.Path, drop: float, blur: float, alpha: float) -> None:
    """The shadow a piece of cloth throws on what lies `within`."""
    canvas.save()
    canvas.clipPath(within, True)
    canvas.translate(0, drop)
    canvas.drawPath(shape, fill("#080a12", alpha, blur=blur))
    canvas.restore()


def _throat(build: Build) -> skia.Path:
    """Where bare skin may show above clothes."""
    half, top = build.neck + 14, build.shoulder_y
    return path(("M", -half, top - 70), ("L", half, top - 70), ("L", half, top + 60), ("L", -half, top + 60), ("Z",))


def body_outline(build: Build, bottom: float) -> skia.Path:
    """Shoulders from collar to collar, closed far below the frame."""
    wide, top, neck = build.shoulder, build.shoulder_y, build.neck
    return path(
        ("M", -wide - 16, bottom), ("C", -wide - 12, top + 60, -wide - 6, top + 26, -wide + 34, top + 6),
        ("C", -wide + 62, top - 8, -neck - 44, top - 18, -neck - 12, top - 36),
        ("L", neck + 12, top - 36), ("C", neck + 44, top - 18, wide - 62, top - 8, wide - 34, top + 6),
        ("C", wide + 6, top + 26, wide + 12, top + 60, wide + 16, bottom), ("Z",),
    )  # fmt: skip


def _torso_relief(build: Build) -> Relief:
    wide, top = build.shoulder, build.shoulder_y

    def relief(x: Floats, y: Floats) -> Floats:
        side = np.clip(1 - np.power(np.abs(x) / (wide + 18), 2.6), 0, 1)
        slope = 26 * np.tanh((y - top + 26 - 14 * np.square(x / wide)) / 26)
        folds = bumps((Bump(96, top + 70, 7, 40, 60, 3.0), Bump(120, top + 66, 6, 34, 60, -3.0)), x, y)
        chest = bumps((Bump(52, top + 84, 40, 34, 40, 9.0),), x, y)
        return 62 * np.power(side, 0.6) + slope + folds + chest

    return relief


def paint_clothes(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float, scale: float) -> None:
    {"blazer": _blazer, "crew": _crew, "shirt": _shirt, "vneck": _vneck}[identity.clothes](
        canvas, identity, build, bottom
    )


def _box(build: Build, bottom: float) -> Box:
    wide = build.shoulder + 30
    return Box(-wide, build.shoulder_y - 50, wide, bottom, _CLOTH_SCALE)


def _crew(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float) -> None:
    """A fine sweater with a ribbed collar."""
    top, neck = build.shoulder_y, build.neck
    hole = path(
        ("M", -neck - 15, top - 44), ("C", -neck - 8, top - 12, -neck + 6, top + 6, 0, top + 7),
        ("C", neck - 6, top + 6, neck + 8, top - 12, neck + 15, top - 44),
    )  # fmt: skip
    outer = skia.Path(hole)
    outer.close()
    body = skia.Op(body_outline(build, bottom), outer, skia.PathOp.kDifference_PathOp)
    _cast(canvas, body, _throat(build), -2, 3.0, 0.45)
    _panel(canvas, body, _box(build, bottom), _torso_relief(build), identity.cloth)
    canvas.save()
    canvas.clipPath(body_outline(build, bottom), True)
    canvas.drawPath(hole, stroke(mix(identity.cloth, "#080a14", 0.5), 13, 0.5, blur=2))
    canvas.drawPath(hole, stroke(mix(identity.cloth, "#000000", 0.10), 10))
    canvas.drawPath(hole, stroke(mix(identity.cloth, "#ffffff", 0.22), 2.5, 0.5, blur=1.4))
    canvas.restore()


def _vneck(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float) -> None:
    """A soft blouse with a shallow V."""
    top, neck = build.shoulder_y, build.neck
    hole = path(
        ("M", -neck - 17, top - 42), ("C", -neck - 6, top - 8, -12, top + 22, 0, top + 34),
        ("C", 12, top + 22, neck + 6, top - 8, neck + 17, top - 42), ("Z",),
    )  # fmt: skip
    body = skia.Op(body_outline(build, bottom), hole, skia.PathOp.kDifference_PathOp)
    _cast(canvas, body, _throat(build), -2, 3.0, 0.40)
    _panel(canvas, body, _box(build, bottom), _torso_relief(build), identity.cloth)
    canvas.save()
    canvas.clipPath(body, True)
    canvas.drawPath(hole, stroke(mix(identity.cloth, "#080a14", 0.35), 7, 0.35, blur=1.5))
    canvas.drawPath(hole, stroke(mix(identity.cloth, "#ffffff", 0.35), 2.0, 0.55, blur=0.6))
    canvas.restore()


def _collar(canvas: skia.Canvas, identity: Identity, build: Build, spread: float) -> None:
    """The two wings of a shirt collar, standing around the neck and folded down."""
    top, neck = build.shoulder_y, build.neck
    wing = path(
        ("M", neck - 1, top - 58), ("C", neck + 12, top - 48, neck + 19, top - 34, neck + 17, top - 21),
        ("L", spread + 10, top + 22), ("C", spread, top + 14, 8, top, 1.5, top - 12),
        ("C", 14, top - 20, neck - 8, top - 36, neck - 1, top - 58), ("Z",),
    )  # fmt: skip
    box = Box(-neck - 30, top - 64, neck + 30, top + 30, 1.5)
    for shape in (wing, mirrored(wing)):
        _cast(canvas, shape, body_outline(build, top + 90), 3, 3.5, 0.38)
        _panel(canvas, shape, box, lambda x, y: 20 - 0.010 * np.square(x) + 0.10 * (y - top), identity.under)
        canvas.drawPath(shape, stroke(mix(identity.under, "#1a2030", 0.35), 0.8, 0.5))


def _shirt_front(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float, colour: str) -> None:
    top, neck = build.shoulder_y, build.neck
    hole = path(("M", -neck - 8, top - 46), ("L", 0, top + 4), ("L", neck + 8, top - 46), ("Z",))
    body = skia.Op(body_outline(build, bottom), hole, skia.PathOp.kDifference_PathOp)
    _panel(canvas, body, _box(build, bottom), _torso_relief(build), colour)
    canvas.drawPath(path(("M", 0, top + 2), ("L", 0, bottom)), stroke(mix(colour, "#10162a", 0.55), 1.0, 0.5))
    for y in range(int(top + 34), int(bottom) + 60, 46):
        canvas.drawCircle(0, y, 2.2, fill(mix(colour, "#10162a", 0.35)))
        canvas.drawCircle(-0.5, y - 0.5, 1.4, fill(mix(colour, "#ffffff", 0.5)))


def _shirt(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float) -> None:
    """A shirt with an open collar."""
    _shirt_front(canvas, identity, build, bottom, identity.under)
    _collar(canvas, identity, build, 22)


def _blazer(canvas: skia.Canvas, identity: Identity, build: Build, bottom: float) -> None:
    """A jacket with notched lapels over a blouse or a shirt."""
    top, neck = build.shoulder_y, build.neck
    if identity.build == "strong":
        _shirt(canvas, identity, build, bottom)
    else:
        under = path(
            ("M", -80, top - 20),
            ("C", -40, top + 24, 40, top + 24, 80, top - 20),
            ("L", 80, bottom),
            ("L", -80, bottom),
            ("Z",),
        )
        under = skia.Op(under, body_outline(build, bottom), skia.PathOp.kIntersect_PathOp)
        _cast(canvas, under, _throat(build), -1.5, 2.5, 0.3)
        _panel(canvas, under, _box(build, bottom), _torso_relief(build), identity.under)
    opening = path(
        ("M", -neck - 12, top - 46), ("C", -neck - 14, top - 10, -34, top + 50, -2, top + 118),
        ("L", 2, top + 118), ("C", 34, top + 50, neck + 14, top - 10, neck + 12, top - 46), ("Z",),
    )  # fmt: skip
    jacket = skia.Op(body_outline(build, bottom), opening, skia.PathOp.kDifference_PathOp)
    _cast(canvas, jacket, opening, 1, 4.0, 0.5)
    _panel(canvas, jacket, _box(build, bottom), _torso_relief(build), identity.cloth)
    lapel = path(
        ("M", neck + 10, top - 44), ("C", neck + 30, top - 34, neck + 40, top - 22, neck + 42, top - 6),
        ("L", neck + 28, top + 2), ("L", neck + 46, top + 12), ("C", neck + 36, top + 56, 24, top + 92, 3, top + 118),
        ("C", 30, top + 60, neck + 12, top + 0, neck + 10, top - 44), ("Z",),
    )  # fmt: skip
    pale = mix(identity.cloth, "#ffffff", 0.04)
    for side, shape in ((1, lapel), (-1, mirrored(lapel))):
        _cast(canvas, shape, body_outline(build, bottom), 4, 4.5, 0.42)
        _panel(canvas, shape, _box(build, bottom), partial(_lapel_relief, build, side), pale)
        canvas.drawPath(shape, stroke(mix(identity.cloth, "#ffffff", 0.30), 0.7, 0.35))


def _lapel_relief(build: Build, side: int, x: Floats, y: Floats) -> Floats:
    """A lapel rolls away from the neck and lies flat further down."""
    return 18 - 0.004 * np.square(side * x - build.neck - 6) + 0.05 * (y - build.shoulder_y)
