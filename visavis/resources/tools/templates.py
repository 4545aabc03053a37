"""Filling what a mind wrote into addresses, headers and bodies: pure, and each place by its own rules.

A placeholder is `{{name}}`, or `{{name.inner}}` for what lies deeper. `{{$session.id}}` and `{{$user.id}}` are the
conversation's. Whatever is filled in stays a value: it cannot end a path, a string or a header and begin another.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import quote

PLACEHOLDER = re.compile(r"\{\{\s*(\$?\w[\w-]*(?:\.[\w-]+)*)\s*\}\}")
FORM = "application/x-www-form-urlencoded"
_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_LINE_END = re.compile(r"[\x00-\x1f\x7f]")


class Unfit(ValueError):
    """A value that cannot stand where the template wants it, in words."""


def names_in(template: str) -> set[str]:
    """The arguments that a template uses."""
    return {name.partition(".")[0] for name in PLACEHOLDER.findall(template)}


def filled_url(template: str, values: Mapping[str, Any]) -> str:
    """Raises `Unfit` for what would change where the address leads."""
    path_end = min((at for sign in "?#" if (at := template.find(sign)) >= 0), default=len(template))
    path = _filled(template[:path_end], values, _in_path)
    return path + _filled(template[path_end:], values, lambda name, value: quote(_plain(value), safe=""))


def filled_header(template: str, values: Mapping[str, Any]) -> str:
    """Raises `Unfit` for what would begin another header."""
    return _filled(template, values, _in_header)


def filled_body(template: str, values: Mapping[str, Any], content_type: str) -> str:
    """JSON unless the type says otherwise. Raises `Unfit` where the result is not what the type says."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == FORM:
        return _filled(template, values, lambda name, value: quote(_plain(value), safe=""))
    if kind not in ("", "application/json") and not kind.endswith("+json"):
        return _filled(template, values, lambda name, value: _plain(value))
    body = _filled_json(template, values)
    try:
        json.loads(body)
    except ValueError:
        raise Unfit("its body template does not make valid JSON") from None
    return body


def _filled_json(template: str, values: Mapping[str, Any]) -> str:
    """Between quotes a placeholder becomes a part of the text, elsewhere a whole value."""
    parts: list[str] = []
    end = 0
    quotes = 0
    for found in PLACEHOLDER.finditer(template):
        before = template[end : found.start()]
        quotes += len(_QUOTE.findall(before))
        value = _looked_up(found.group(1), values)
        written = json.dumps(_plain(value))[1:-1] if quotes % 2 else json.dumps(value)
        parts += [before, written]
        end = found.end()
    return "".join([*parts, template[end:]])


def _filled(template: str, values: Mapping[str, Any], write: Callable[[str, Any], str]) -> str:
    return PLACEHOLDER.sub(lambda found: write(found.group(1), _looked_up(found.group(1), values)), template)


def _looked_up(name: str, values: Mapping[str, Any]) -> Any:
    """None for what nobody gave."""
    value: Any = values
    for part in name.split("."):
        if isinstance(value, Mapping):
            value = cast(Mapping[str, Any], value).get(part)
        elif isinstance(value, list) and part.isdecimal():
            value = next(iter(cast(list[Any], value)[int(part) : int(part) + 1]), None)
        else:
            return None
    return value


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


def _in_path(name: str, value: Any) -> str:
    text = _plain(value)
    if text in ("", ".", ".."):
        raise Unfit(f'"{name}" is a part of the address, and cannot be "{text}"')
    return quote(text, safe="")


def _in_header(name: str, value: Any) -> str:
    text = _plain(value)
    if _LINE_END.search(text) or not text.isascii():
        raise Unfit(f'"{name}" is a part of a header, and must be one line of ASCII characters')
    return text
