"""The built-in people: one data file each. `docs/characters.md` explains the format."""

import tomllib
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from visavis.renderers.person import HAIR_LIGHT, SKIN_LIGHT, Person

_FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def person(name: str) -> Person:
    """One of `NAMES`. Raises `ValueError`, saying which file is wrong, where a description is."""
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    try:
        return described(name, data)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}.toml: {error}") from error


def described(name: str, data: dict[str, Any]) -> Person:
    """The person that one file's tables describe; `based_on` names somebody who lends what is not said."""
    data = dict(data)
    base = data.pop("based_on", None)
    values: dict[str, Any] = {"name": name}
    hints = get_type_hints(Person)
    for key, given in data.items():
        if key not in hints or key == "name":
            raise ValueError(f"nobody knows what {key!r} is")
        before = getattr(person(base), key) if base else None
        values[key] = _value(key, given, hints[key], before)
    return replace(person(base), **values) if base else Person(**values)


def _value(key: str, given: Any, kind: Any, before: Any) -> Any:
    if key in ("skin", "hair"):
        light = SKIN_LIGHT if key == "skin" else HAIR_LIGHT
        return tuple(zip(light, given, strict=True))
    if not isinstance(given, dict):
        return given
    table = next((part for part in get_args(kind) if hasattr(part, "__dataclass_fields__")), kind)
    unknown = set(given) - {one.name for one in fields(table)}
    if unknown:
        raise ValueError(f"nobody knows what {sorted(unknown)} is in {key!r}")
    given = {name: tuple(part) if isinstance(part, list) else part for name, part in given.items()}
    return replace(before, **given) if before is not None else table(**given)
