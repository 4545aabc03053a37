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
    Identity(
        name="cara", build="soft", backdrop=DAY,
        skin=FAIR, lip="#cc726a", iris="#6b4a2b",
        hair=BROWN, hair_style="waves", brow="#4f3124",
        clothes="blazer", cloth="#263f66", under="#f4f1ec",
    ),
    Identity(
        name="liv", build="soft", backdrop=SAGE,
        skin=FAIR, lip="#d27c74", iris="#4f7fa0",
        hair=BLOND, hair_style="waves", brow="#94693a",
        clothes="crew", cloth="#5f8577", under="#f7f2ea",
    ),
    Identity(
        name="mia", build="soft", backdrop=ROSE,
        skin=TAN, lip="#bf6058", iris="#4a2f1d",
        hair=DARK, hair_style="bob", brow="#221d22",
        clothes="blazer", cloth="#9c3f38", under="#f5eee6",
    ),
    Identity(
        name="anne", build="soft", backdrop=DUSK, glasses="#3b2a2a",
        skin=FAIR, lip="#c0706a", iris="#5d7f8f",
        hair=GREY, hair_style="bob", brow="#77706c",
        clothes="blazer", cloth="#3f4058", under="#f1ece4",
    ),
    Identity(
        name="bella", build="soft", backdrop=DUSK,
        skin=TAN, lip="#c46660", iris="#5a3a20",
        hair=BROWN, hair_style="long", brow="#43291d",
        clothes="vneck", cloth="#b5772f", under="#f7efe2",
    ),
    Identity(
        name="sophie", build="soft", backdrop=SAGE,
        skin=FAIR, lip="#cf7466", iris="#5f7d4c",
        hair=RED, hair_style="long", brow="#7a3520",
        clothes="blazer", cloth="#1f5a53", under="#f4efe6",
    ),
    Identity(
        name="julia", build="soft", backdrop=ROSE,
        skin=FAIR, lip="#c4616a", iris="#5b6f8c",
        hair=DARK, hair_style="tail", brow="#2a2327",
        clothes="vneck", cloth="#74324f", under="#f5ece8",
    ),
    Identity(
        name="layla", build="soft", backdrop=DAY,
        skin=DEEP, lip="#a8504e", iris="#3a2013",
        hair=DARK, hair_style="curls", brow="#1c1412",
        clothes="blazer", cloth="#d69a35", under="#fbf3e2",
    ),
    Identity(
        name="gabriel", build="strong", backdrop=DAY,
        skin=TAN, lip="#b5705f", iris="#4a2f1d",
        hair=DARK, hair_style="swept", brow="#221b1d",
        clothes="shirt", cloth="#35506b", under="#7d9bc0",
    ),
    Identity(
        name="finn", build="strong", backdrop=SAGE,
        skin=FAIR, lip="#cd8677", iris="#4f7fa0",
        hair=BLOND, hair_style="short", brow="#8a6135",
        clothes="crew", cloth="#42644f", under="#eef0ea",
    ),
    Identity(
        name="hunter", build="strong", backdrop=DUSK, beard=0.42,
        skin=FAIR, lip="#c47c6c", iris="#5f7d4c",
        hair=BROWN, hair_style="short", brow="#4a2e21",
        clothes="blazer", cloth="#30343b", under="#f0eeea",
    ),
    Identity(
        name="kevin", build="strong", backdrop=ROSE, beard=0.5,
        skin=DEEP, lip="#94584a", iris="#3a2013",
        hair=DARK, hair_style="crop", brow="#17100e",
        clothes="crew", cloth="#8a3f36", under="#f3ece2",
    ),
    Identity(
        name="richard", build="strong", backdrop=DUSK, beard=0.6, glasses="#2c2c33",
        skin=FAIR, lip="#c07c6e", iris="#5d7f8f",
        hair=GREY, hair_style="swept", brow="#77716d",
        clothes="blazer", cloth="#22324e", under="#f2f1ee",
    ),
    Identity(
        name="william", build="strong", backdrop=DAY,
        skin=FAIR, lip="#c9806f", iris="#4f6f80",
        hair=RED, hair_style="swept", brow="#80391f",
        clothes="crew", cloth="#4b5563", under="#eef0f1",
    ),
)  # fmt: skip

IDENTITIES: dict[str, Identity] = {identity.name: identity for identity in CAST}
"""The built-in people by name."""
