"""Whether what was seen is what was expected, and if not, why, in words."""

import re
from collections.abc import Mapping
from typing import Any

from visavis.testing.script import Expect
from visavis.testing.seen import Seen

_WORD = re.compile(r"[\w']+")


def differs(expected: Expect, seen: Seen) -> str:
    """Empty where it is as expected."""
    for found in (
        _text(expected, seen.text),
        _interrupted(expected, seen),
        _tool(expected, seen),
        _within("changes", expected.changes, seen.details),
    ):
        if found:
            return found
    if expected.tag is not None and expected.tag != seen.tag:
        return f"the cue was {seen.tag!r}"
    return ""


def _text(expected: Expect, text: str) -> str:
    said = _plain(text)
    if expected.says is not None and said != _plain(expected.says):
        return f"it was {said!r} instead of {_plain(expected.says)!r}"
    lower = said.lower()
    for part in expected.contains or ():
        if _plain(part).lower() not in lower:
            return f"{said!r} does not contain {part!r}"
    if expected.matches is not None and re.search(expected.matches, said, re.IGNORECASE) is None:
        return f"{said!r} does not match {expected.matches!r}"
    words = set(_WORD.findall(lower))
    missing = [word for word in expected.words or () if word.lower() not in words]
    return f"{said!r} does not have the words {', '.join(missing)}" if missing else ""


def _interrupted(expected: Expect, seen: Seen) -> str:
    if expected.interrupted is None or expected.interrupted == seen.interrupted:
        return ""
    was = "interrupted" if seen.interrupted else "not interrupted"
    return f"it was {was}, after {_plain(seen.text)!r}"


def _tool(expected: Expect, seen: Seen) -> str:
    if expected.tool is not None and expected.tool != seen.tool:
        return f"the tool was {seen.tool!r}"
    return _within("arguments", expected.arguments, seen.details)


def _within(what: str, expected: Mapping[str, Any] | None, found: Mapping[str, Any]) -> str:
    """Every key that is expected has to be there; others may be."""
    for key, value in (expected or {}).items():
        if key not in found:
            return f"{what} has no {key!r}"
        if found[key] != value:
            return f"{what}.{key} is {found[key]!r} instead of {value!r}"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split())
