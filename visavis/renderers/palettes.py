"""Who the built-in people are, as data: colours, hair, clothes, build. Drawing turns it into pictures."""

from dataclasses import dataclass
from typing import Literal

Stops = tuple[tuple[float, str], ...]
"""A ramp of paint: amount of light (0 to 1) and the colour it makes, dark to bright."""

Hair = Literal["long", "waves", "bob", "tail", "curls", "short", "swept", "crop"]
Clothes = Literal["blazer", "crew", "shirt", "vneck"]


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    build: Literal["soft", "strong"]
    skin: Stops
    hair: Stops
    hair_style: Hair
    brow: str
    iris: str
    lip: str
    clothes: Clothes
    cloth: str
    under: str
    backdrop: tuple[str, str, str]
    beard: float = 0.0
    glasses: str = ""


FAIR: Stops = (
    (0.10, "#6d3a31"), (0.30, "#a9664f"), (0.46, "#d6977a"), (0.62, "#efbb9c"), (0.80, "#fbd9c1"), (1.05, "#fff1e4"),
)  # fmt: skip
TAN: Stops = (
    (0.10, "#4c2418"), (0.30, "#8a4f36"), (0.46, "#b97a56"), (0.62, "#d9a078"), (0.80, "#ecc19d"), (1.05, "#fbe3ca"),
)  # fmt: skip
DEEP: Stops = (
    (0.10, "#24100a"), (0.30, "#4f2a1c"), (0.46, "#7b4630"), (0.62, "#9f6345"), (0.80, "#bf845f"), (1.05, "#e2b492"),
)  # fmt: skip

BROWN: Stops = ((0.0, "#1a0d0a"), (0.25, "#3d241b"), (0.5, "#6b422e"), (0.75, "#a06c4b"), (1.0, "#e2b78f"))
DARK: Stops = ((0.0, "#08070a"), (0.25, "#17141a"), (0.5, "#2c272e"), (0.75, "#544c55"), (1.0, "#a39aa4"))
BLOND: Stops = ((0.0, "#4a2f17"), (0.25, "#80592f"), (0.5, "#b98a4d"), (0.75, "#dfba7d"), (1.0, "#fbe9c2"))
RED: Stops = ((0.0, "#2a0d08"), (0.25, "#5a2114"), (0.5, "#8f3d22"), (0.75, "#c06a3d"), (1.0, "#f0b283"))
GREY: Stops = ((0.0, "#2a2a2d"), (0.25, "#55555a"), (0.5, "#85858b"), (0.75, "#b4b4b9"), (1.0, "#ececef"))

DAY = ("#dfe6ea", "#b9c7d0", "#f6ead8")
DUSK = ("#c9d3e2", "#93a5bd", "#ffe3c4")
ROSE = ("#efe2dc", "#d2b9ae", "#fff3e6")
SAGE = ("#dde5da", "#aebfac", "#fbf3df")


CAST = (
    Identity("cara", "soft", FAIR, BROWN, "waves", "#4f3124", "#6b4a2b", "#cc726a", "blazer", "#263f66", "#f4f1ec", DAY),
    Identity("liv", "soft", FAIR, BLOND, "waves", "#94693a", "#4f7fa0", "#d27c74", "crew", "#5f8577", "#f7f2ea", SAGE),
    Identity("mia", "soft", TAN, DARK, "bob", "#221d22", "#4a2f1d", "#bf6058", "blazer", "#9c3f38", "#f5eee6", ROSE),
    Identity("anne", "soft", FAIR, GREY, "bob", "#77706c", "#5d7f8f", "#c0706a", "blazer", "#3f4058", "#f1ece4", DUSK,
             glasses="#3b2a2a"),
    Identity("bella", "soft", TAN, BROWN, "long", "#43291d", "#5a3a20", "#c46660", "vneck", "#b5772f", "#f7efe2", DUSK),
    Identity("sophie", "soft", FAIR, RED, "long", "#7a3520", "#5f7d4c", "#cf7466", "blazer", "#1f5a53", "#f4efe6", SAGE),
    Identity("julia", "soft", FAIR, DARK, "tail", "#2a2327", "#5b6f8c", "#c4616a", "vneck", "#74324f", "#f5ece8", ROSE),
    Identity("layla", "soft", DEEP, DARK, "curls", "#1c1412", "#3a2013", "#a8504e", "blazer", "#d69a35", "#fbf3e2", DAY),
    Identity("gabriel", "strong", TAN, DARK, "swept", "#221b1d", "#4a2f1d", "#b5705f", "shirt", "#35506b", "#7d9bc0", DAY),
    Identity("finn", "strong", FAIR, BLOND, "short", "#8a6135", "#4f7fa0", "#cd8677", "crew", "#42644f", "#eef0ea", SAGE),
    Identity("hunter", "strong", FAIR, BROWN, "short", "#4a2e21", "#5f7d4c", "#c47c6c", "blazer", "#30343b", "#f0eeea",
             DUSK, beard=0.42),
    Identity("kevin", "strong", DEEP, DARK, "crop", "#17100e", "#3a2013", "#94584a", "crew", "#8a3f36", "#f3ece2", ROSE,
             beard=0.5),
    Identity("richard", "strong", FAIR, GREY, "swept", "#77716d", "#5d7f8f", "#c07c6e", "blazer", "#22324e", "#f2f1ee",
             DUSK, beard=0.6, glasses="#2c2c33"),
    Identity("william", "strong", FAIR, RED, "swept", "#80391f", "#4f6f80", "#c9806f", "crew", "#4b5563", "#eef0f1", DAY),
)  # fmt: skip
"""The built-in people, in the order their names came up."""

IDENTITIES: dict[str, Identity] = {identity.name: identity for identity in CAST}
