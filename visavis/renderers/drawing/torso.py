"""Neck and shoulders, and pieces of cloth that lie on them."""

from collections.abc import Callable

import numpy as np
import skia

from visavis.renderers.arrays import Floats
from visavis.renderers.drawing.anatomy import shoulder_y
from visavis.renderers.drawing.brush import blurred, fill, mix, path, rgb
from visavis.renderers.drawing.relief import Box, Bump, Light, bumps, lit
from visavis.renderers.person import Person, Stops

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


def paint_neck(canvas: skia.Canvas, person: Person, scale: float) -> None:
    """Neck and upper chest, with the soft shadow of the chin."""
    box = Box(-120, 255, 120, 470, scale)
    x, y = box.mesh()
    half, top, chin_y = person.body.neck, shoulder_y(person), person.head.chin_y
    flare = half + 3 + 17 / (1 + np.exp(-(y - top + 34) / 7)) - 3 * np.exp(-np.square((y - 330) / 25))
    around = np.clip(1 - np.square(x / flare), 0, 1)
    low = 1 / (1 + np.exp(-(top - 2 - y) / 5))  # the strings of the neck end at the collar bones
    strings = (
        (2.2 + 2.0 * person.years.lines)
        * np.exp(-0.5 * np.square((np.abs(x) - (7 + 0.30 * (top - y))) / 5))
        * np.clip((y - 312) / 40, 0, 1)
    )
    bones = bumps((Bump(30, top + 5, 22, 4, 5, 3.0), Bump(0, top + 2, 6, 8, 8, -3.5)), x, y)
    height = (46 * np.sqrt(around) + strings * low + bones).astype(np.float32)
    low_y, jaw = chin_y + 33, person.head.jaw
    chin = path(
        ("M", -84, 240), ("C", -1.25 * jaw, 300, -0.9 * jaw, low_y - 5, 4, low_y),
        ("C", 0.95 * jaw, low_y - 5, 1.35 * jaw, 300, 88, 240), ("Z",),
    )  # fmt: skip
    dark = blurred(box.mask(chin), 8 * scale)
    colour = lit(
        height,
        scale,
        person.skin,
        Light(rim_amount=0.25, rim_colour=person.scene.rim),
        (1 - 0.72 * dark).astype(np.float32),
    )
    colour *= (1 - dark[..., None] * np.array([0.10, 0.17, 0.19], np.float32)).astype(np.float32)
    colour *= 0.80 + 0.20 * rgb(person.scene.key)
    edge = np.clip((flare - np.abs(x)) * scale, 0, 1).astype(np.float32)
    box.draw(canvas, colour, edge)


Relief = Callable[[Floats, Floats], Floats]


def panel(
    canvas: skia.Canvas,
    shape: skia.Path,
    place: Box,
    relief: Relief,
    colour: str,
    person: Person,
    weave: str = "smooth",
) -> None:
    """One piece of cloth: its outline filled with lit relief."""
    x, y = place.mesh()
    painted = lit(
        relief(x, y).astype(np.float32),
        place.scale,
        cloth_stops(colour),
        Light(key_amount=0.62, ambient=0.20, rim_amount=0.45, rim_colour=person.scene.rim),
    )
    canvas.save()
    canvas.clipPath(shape, True)
    place.draw(canvas, painted * _woven(weave, x, y)[..., None])
    canvas.restore()


def _woven(weave: str, x: Floats, y: Floats) -> Floats:
    """What the threads of a cloth do to its light, about 1."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 1, x.shape).astype(np.float32)
    if weave == "knit":  # columns of small Vs
        column = np.abs((x / 3.6) % 1 - 0.5)
        return (1 + 0.055 * np.cos(2 * np.pi * (y / 3.4 + 1.1 * column)) * np.sqrt(2 * column) + 0.008 * noise).astype(
            np.float32
        )
    if weave == "tweed":
        bone = np.abs(((x + 600) / 7.0) % 2 - 1)
        return (1 + 0.05 * np.cos(2 * np.pi * ((y + 7 * bone) / 3.2)) + 0.03 * blurred(noise, 0.7)).astype(np.float32)
    return (1 + 0.006 * noise).astype(np.float32)


def cast(canvas: skia.Canvas, shape: skia.Path, within: skia.Path, drop: float, blur: float, alpha: float) -> None:
    """The shadow a piece of cloth throws on what lies `within`."""
    canvas.save()
    canvas.clipPath(within, True)
    canvas.translate(0, drop)
    canvas.drawPath(shape, fill("#080a12", alpha, blur=blur))
    canvas.restore()


def throat(person: Person) -> skia.Path:
    """Where bare skin may show above clothes."""
    half, top = person.body.neck + 14, shoulder_y(person)
    return path(("M", -half, top - 70), ("L", half, top - 70), ("L", half, top + 60), ("L", -half, top + 60), ("Z",))


def body_outline(person: Person, bottom: float) -> skia.Path:
    """Shoulders from collar to collar, closed far below the frame."""
    wide, top, neck = person.body.shoulder, shoulder_y(person), person.body.neck
    return path(
        ("M", -wide - 16, bottom), ("C", -wide - 12, top + 60, -wide - 6, top + 26, -wide + 34, top + 6),
        ("C", -wide + 62, top - 8, -neck - 44, top - 18, -neck - 12, top - 36),
        ("L", neck + 12, top - 36), ("C", neck + 44, top - 18, wide - 62, top - 8, wide - 34, top + 6),
        ("C", wide + 6, top + 26, wide + 12, top + 60, wide + 16, bottom), ("Z",),
    )  # fmt: skip


def torso_relief(person: Person) -> Relief:
    wide, top = person.body.shoulder, shoulder_y(person)

    def relief(x: Floats, y: Floats) -> Floats:
        side = np.clip(1 - np.power(np.abs(x) / (wide + 18), 2.6), 0, 1)
        slope = 26 * np.tanh((y - top + 26 - 14 * np.square(x / wide)) / 26)
        arm = wide - 58 - 0.10 * (y - top)  # where sleeve and body meet, and the creases that begin there
        below = np.clip((y - top - 26) / 50, 0, 1)
        folds = -5.0 * below * np.exp(-np.square((np.abs(x) - arm) / 7))
        folds += (
            1.6 * below * np.sin((np.abs(x) * 0.55 + y * 0.8) / 9.0) * np.exp(-np.square((np.abs(x) - arm + 20) / 26))
        )
        chest = bumps((Bump(52, top + 84, 40, 34, 40, 9.0),), x, y)
        return 62 * np.power(side, 0.6) + slope + folds + chest

    return relief


def cloth_box(person: Person, bottom: float) -> Box:
    wide = person.body.shoulder + 30
    return Box(-wide, shoulder_y(person) - 62, wide, bottom, _CLOTH_SCALE)
