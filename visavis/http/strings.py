"""Text and JSON that databases and other programs can hold: no NUL, no half characters, no infinite numbers."""

import json
import math
import re
from typing import Any, cast

from visavis.core.errors import InvalidRequest

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DEPTH_MAX = 64


def clean(text: str) -> str:
    """The text itself. Raises `ValueError`, which validation turns into an error that names the field."""
    if UNSTORABLE.search(text):
        raise ValueError("remove NUL characters and unpaired surrogates")
    return text


def storable(text: str) -> str:
    """The text, with a sign in place of what cannot be held: what a mind or an application writes may be anything."""
    return UNSTORABLE.sub("\ufffd", text)


def parse_json(body: bytes) -> Any:
    """Standard JSON and nothing beyond it. Raises `InvalidRequest` naming the place."""
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest.field("body", f"is not valid JSON: {_reason(error)}", "json_invalid") from None
    _check(value, "body", 0)
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _check(value: Any, path: str, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise InvalidRequest.field(path, f"is nested deeper than {DEPTH_MAX} levels")
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, float) and not math.isfinite(value) or isinstance(value, int) and abs(value) >= 2**63:
        raise InvalidRequest.field(path, "is too large a number")
    elif isinstance(value, dict):
        for key, item in cast(dict[str, Any], value).items():
            _check_text(key, path)
            _check(item, _join(path, key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(cast(list[Any], value)):
            _check(item, _join(path, str(index)), depth + 1)


def _join(path: str, name: str) -> str:
    return name if path == "body" else f"{path}.{name}"


def _check_text(text: str, path: str) -> None:
    if UNSTORABLE.search(text):
        raise InvalidRequest.field(path, "remove NUL characters and unpaired surrogates")
