"""Who the built-in people are, as data: colours, hair, clothes, build. Drawing turns it into pictures."""

from dataclasses import dataclass
from typing import Literal

Stops = tuple[tuple[float, str], ...]
"""A ramp of paint: amount of light (0 to 1) and the colour it makes, dark to bright."""

Hair = Literal["long", "bob", "short"]
Clothes = Literal["blazer", "crew"]


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
    lash_width: float = 2.6


FAIR: Stops = (
    (0.10, "#6d3a31"), (0.30, "#a9664f"), (0.46, "#d6977a"), (0.62, "#efbb9c"), (0.80, "#fbd9c1"), (1.05, "#fff1e4"),
)  # fmt: skip
TAN: Stops = (
    (0.10, "#4c2418"), (0.30, "#8a4f36"), (0.46, "#b97a56"), (0.62, "#d9a078"), (0.80, "#ecc19d"), (1.05, "#fbe3ca"),
)  # fmt: skip
DEEP: Stops = (
    (0.10, "#24100a"), (0.30, "#4f2a1c"), (0.46, "#7b4630"), (0.62, "#9f6345"), (0.80, "#bf845f"), (1.05, "#e2b492"),
)  # fmt: skip

BROWN: Stops = ((0.0, "#140b09"), (0.25, "#33201a"), (0.5, "#5c3a2b"), (0.75, "#8d5f45"), (1.0, "#d0a27e"))
DARK: Stops = ((0.0, "#08070a"), (0.25, "#17141a"), (0.5, "#2c272e"), (0.75, "#544c55"), (1.0, "#a39aa4"))
BLOND: Stops = ((0.0, "#4a2f17"), (0.25, "#80592f"), (0.5, "#b98a4d"), (0.75, "#dfba7d"), (1.0, "#fbe9c2"))
RED: Stops = ((0.0, "#2a0d08"), (0.25, "#5a2114"), (0.5, "#8f3d22"), (0.75, "#c06a3d"), (1.0, "#f0b283"))
GREY: Stops = ((0.0, "#2a2a2d"), (0.25, "#55555a"), (0.5, "#85858b"), (0.75, "#b4b4b9"), (1.0, "#ececef"))

DAY = ("#dfe6ea", "#b9c7d0", "#f6ead8")
DUSK = ("#c9d3e2", "#93a5bd", "#ffe3c4")
ROSE = ("#efe2dc", "#d2b9ae", "#fff3e6")
SAGE = ("#dde5da", "#aebfac", "#fbf3df")


def _woman(name: str, skin: Stops, hair: Stops, style: Hair, iris: str, lip: str, cloth: str, under: str,
           backdrop: tuple[str, str, str], clothes: Clothes = "blazer") -> Identity:  # fmt: skip
    return Identity(name, "soft", skin, hair, style, hair[1][1], iris, lip, clothes, cloth, under, backdrop)


def _man(name: str, skin: Stops, hair: Stops, iris: str, lip: str, cloth: str, under: str,
         backdrop: tuple[str, str, str], clothes: Clothes = "crew") -> Identity:  # fmt: skip
    return Identity(name, "strong", skin, hair, "short", hair[1][1], iris, lip, clothes, cloth, under, backdrop, 1.6)


IDENTITIES: dict[str, Identity] = {
    identity.name: identity
    for identity in (
        _woman("cara", FAIR, BROWN, "long", "#6b4a2b", "#c4676a", "#2f4f7d", "#f4f1ec", DAY),
        _woman("liv", FAIR, BLOND, "long", "#4f7fa0", "#cf7473", "#6f8f83", "#f7f2ea", SAGE, "crew"),
        _woman("mia", TAN, DARK, "bob", "#4a2f1d", "#b9565a", "#a5483f", "#f5eee6", ROSE),
        _woman("anne", FAIR, GREY, "bob", "#5d7f8f", "#bd6a6a", "#4a4a63", "#f1ece4", DUSK),
        _woman("bella", TAN, BROWN, "long", "#5a3a20", "#c25a60", "#c9a24f", "#f7efe2", DUSK, "crew"),
        _woman("sophie", FAIR, RED, "long", "#5f7d4c", "#cb6d63", "#2f6b62", "#f4efe6", SAGE),
        _woman("julia", FAIR, DARK, "long", "#5b6f8c", "#bf5a64", "#7c3f58", "#f5ece8", ROSE, "crew"),
        _woman("layla", DEEP, DARK, "long", "#3a2013", "#a8484f", "#e0b15a", "#fbf3e2", DAY),
        _man("gabriel", TAN, DARK, "#4a2f1d", "#b4706a", "#35506b", "#e9edf0", DAY),
        _man("finn", FAIR, BLOND, "#4f7fa0", "#c27f76", "#54705e", "#eef0ea", SAGE),
        _man("hunter", FAIR, BROWN, "#5f7d4c", "#b97268", "#3b3f46", "#f0eeea", DUSK, "blazer"),
        _man("kevin", DEEP, DARK, "#3a2013", "#8f4f46", "#8a3f36", "#f3ece2", ROSE),
        _man("richard", FAIR, GREY, "#5d7f8f", "#b5736a", "#2c3e5c", "#f2f1ee", DUSK, "blazer"),
        _man("william", FAIR, RED, "#4f6f80", "#bd7a70", "#5b6472", "#eef0f1", DAY),
    )
}
