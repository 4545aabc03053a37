"""What a drawn person is made of: the description that a data file in `people/` fills in.

Lengths are design units (a head is about 230 tall; see docs/characters.md), colours '#rrggbb', everything else a
share from 0 to 1 unless said. A field left out has the value given here.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Stops: TypeAlias = tuple[tuple[float, str], ...]
"""A ramp of paint: amount of light (0 to 1) and the colour it makes, dark to bright."""

SKIN_LIGHT = (0.10, 0.30, 0.46, 0.62, 0.80, 1.05)
HAIR_LIGHT = (0.0, 0.25, 0.5, 0.75, 1.0)

Clothes: TypeAlias = Literal["blazer", "suit", "crew", "shirt", "vneck", "rollneck"]
Room: TypeAlias = Literal["window", "office", "shelves", "plants", "studio"]


@dataclass(frozen=True, slots=True)
class Head:
    """The outline from the front: half widths at temples, cheek bones, the corner of the jaw and the chin."""

    temple: float = 79.0
    cheek: float = 80.0
    cheek_y: float = 208.0
    jaw: float = 58.0
    jaw_y: float = 270.0
    chin: float = 21.0
    chin_y: float = 311.0
    crown_y: float = 82.0
    bones: float = 0.5  # how far cheek bones stand out
    ridge: float = 0.0  # of the brow
    chin_out: float = 0.4
    ear: float = 1.0  # size
    ear_y: float = 207.0


@dataclass(frozen=True, slots=True)
class EyeLook:
    iris: str = "#6b4a2b"
    x: float = 36.5
    y: float = 201.0
    size: float = 0.94
    tall: float = 1.0  # of the opening, against its width
    tilt: float = 3.0  # degrees; outer corners up
    fold: float = 1.0  # height of the crease over the lid; 0 hides it
    hood: float = 0.0  # how far the upper lid hangs over
    lash: float = 2.2
    wing: float = 1.6
    shadow: float = 0.0  # make-up


@dataclass(frozen=True, slots=True)
class Nose:
    bridge: float = 6.5  # half width
    high: float = 8.5  # how far the bridge stands out
    tip: float = 8.2
    out: float = 12.0
    wing: float = 10.0
    y: float = 241.0  # of the nostrils' upper edge


@dataclass(frozen=True, slots=True)
class Lips:
    colour: str = "#cc726a"
    half: float = 25.0
    upper: float = 7.0
    lower: float = 9.8
    gloss: float = 0.30
    y: float = 271.0
    rest: float = 0.55  # how much of a smile there is when nothing happens


@dataclass(frozen=True, slots=True)
class Brows:
    colour: str = "#4f3124"
    thick: float = 6.4
    arch: float = 0.5
    slope: float = 0.0  # outer ends up (above 0) or down
    y: float = 169.0
    length: float = 46.0
    bushy: float = 0.3


@dataclass(frozen=True, slots=True)
class Years:
    """What time writes into a face."""

    lines: float = 0.0  # forehead, eyes, mouth
    bags: float = 0.1
    sag: float = 0.0  # along the jaw


@dataclass(frozen=True, slots=True)
class Beard:
    """`cover` is how much skin it hides; from 0.7 on it is drawn hair by hair."""

    colour: str
    cover: float = 0.4
    long: float = 5.0
    chin_only: bool = False


@dataclass(frozen=True, slots=True)
class Glasses:
    colour: str
    shape: Literal["round", "square", "cat"] = "round"
    thick: float = 2.6


@dataclass(frozen=True, slots=True)
class Body:
    neck: float = 31.0
    shoulder: float = 182.0
    slope: float = 0.0  # degrees by which the left shoulder is lower
    clothes: Clothes = "crew"
    cloth: str = "#263f66"
    under: str = "#f4f1ec"
    accent: str = ""  # a tie, a scarf or a brooch, where the clothes have one
    weave: Literal["smooth", "knit", "tweed"] = "smooth"
    earrings: str = ""


@dataclass(frozen=True, slots=True)
class Pose:
    """How somebody holds their head, in degrees."""

    yaw: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """The room behind: its colours are wall, shade and lamp light."""

    room: Room = "window"
    colours: tuple[str, str, str] = ("#dfe6ea", "#b9c7d0", "#f6ead8")
    key: str = "#fff1e0"  # colour of the light
    rim: str = "#e6eeff"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    skin: Stops
    hair: Stops
    hair_style: str
    head: Head = field(default_factory=Head)
    eyes: EyeLook = field(default_factory=EyeLook)
    nose: Nose = field(default_factory=Nose)
    lips: Lips = field(default_factory=Lips)
    brows: Brows = field(default_factory=Brows)
    years: Years = field(default_factory=Years)
    body: Body = field(default_factory=Body)
    pose: Pose = field(default_factory=Pose)
    scene: Scene = field(default_factory=Scene)
    beard: Beard | None = None
    glasses: Glasses | None = None
    blush: float = 0.6
    freckles: float = 0.0
