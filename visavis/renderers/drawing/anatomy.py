"""From a description to a head: its outline and its relief, in design units (a frame is about 440 units tall)."""

from visavis.renderers.drawing.brush import Point
from visavis.renderers.drawing.relief import Bump
from visavis.renderers.person import Person

FACE_CENTRE: Point = (0.0, 206.0)
DEPTH = 66.0  # how far the middle of the face stands before its outline
THROAT = 55.0  # from the chin down to the shoulders


def shoulder_y(person: Person) -> float:
    return person.head.chin_y + THROAT


def outline(person: Person) -> list[Point]:
    """The head from the front, clockwise from the crown; ears and hair come on top."""
    h = person.head
    top, fall, low = h.crown_y, h.jaw_y - h.cheek_y, h.chin_y - h.jaw_y
    profile = (
        (top, 0.0), (top + 3, 0.31 * h.temple), (top + 14, 0.61 * h.temple), (top + 34, 0.84 * h.temple),
        (top + 61, 0.96 * h.temple), (178.0, 0.5 * (h.temple + h.cheek) + 1), (h.cheek_y, h.cheek),
        (h.cheek_y + 0.48 * fall, 0.56 * h.cheek + 0.44 * h.jaw + 1.5), (h.jaw_y, h.jaw),
        (h.jaw_y + 0.52 * low, 0.50 * h.jaw + 0.50 * h.chin + 1.5), (h.chin_y - 7, h.chin),
        (h.chin_y - 1.5, 0.46 * h.chin), (h.chin_y, 0.0),
    )  # fmt: skip
    right = [(half, y) for y, half in profile]
    return right + [(-half, y) for y, half in reversed(profile) if half > 0]


def relief(person: Person) -> tuple[Bump, ...]:
    """Hills and dents of the face."""
    head, eye, nose, lips, years = person.head, person.eyes, person.nose, person.lips, person.years
    ex, ey = eye.x, eye.y
    brow = person.brows.y
    return (
        Bump(ex, ey - 3, 21, 13, 14, -7),  # sockets
        Bump(ex, ey, 13.5 * eye.size, 9.0, 9.0, 7.2),  # eyeballs under their lids
        Bump(ex - 2, ey - 13, 17, 4.5, 4.5, 2.6 * eye.hood),
        Bump(ex, ey + 14, 15, 4, 5, 3.2 * years.bags),
        Bump(ex, ey + 20, 17, 3, 5, -2.4 * years.bags),
        Bump(ex - 2, brow + 3, 21, 7, 6, 2 + 3.2 * head.ridge),
        Bump(0, brow + 5, 9, 8, 8, 2.0 * head.ridge),
        Bump(0, ey + 3, nose.bridge, 26, 32, nose.high),
        Bump(0, nose.y - 4.5, nose.tip, 13, 7.6, nose.out),
        Bump(nose.wing, nose.y + 1, 4.0, 5.5, 4.5, 4.8),
        Bump(46, 234, 20, 14, 19, 4.5 + 5 * head.bones),  # cheeks
        Bump(48, 258, 14, 12, 14, -3.2 * head.bones),
        Bump(27, 262, 5, 14, 14, -1.6 - 1.6 * years.lines),  # the fold from nose to mouth
        Bump(0, lips.y - 1, 28, 14, 15, 6),
        Bump(0, 0.5 * (nose.y + lips.y), 3.2, 6, 6, -1.3),
        Bump(0, lips.y + 18, 17, 4.5, 5, -3),
        Bump(0, head.chin_y - 12, 12 + 0.25 * head.chin, 8, 8, 3 + 4 * head.chin_out),
        Bump(0.78 * head.jaw, head.jaw_y + 6, 11, 12, 13, 4.5 * years.sag),
        Bump(70, 166, 13, 25, 25, -4 - 3 * years.lines),
    )
