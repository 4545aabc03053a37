"""Settings, routes, errors, commands and events: tables of what the code declares."""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from visavis.app import create_app
from visavis.core import errors, events
from visavis.settings import SESSIONS_PER_CORE, Settings

SETTINGS_INTRODUCTION = """\
# Settings

Set in the environment, read once when the server starts. Lists are separated by commas; an empty value means the
default. Where the server listens and its TLS certificate are options of `visavis serve` (`visavis serve --help`).

| name | default | meaning |
|---|---|---|
"""

DEPENDS_ON_THE_MACHINE = {"sessions_max": f"{SESSIONS_PER_CORE} for each core", "render_workers": "one for each core"}


def settings_page() -> Iterator[str]:
    yield from SETTINGS_INTRODUCTION.splitlines()
    for name, option in Settings.model_fields.items():
        yield f"| `VISAVIS_{name.upper()}` | {setting_default(name, option)} | {option.description} |"


def setting_default(name: str, option: FieldInfo) -> str:
    if name in DEPENDS_ON_THE_MACHINE:
        return DEPENDS_ON_THE_MACHINE[name]
    default = option.get_default(call_default_factory=True)
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    return f"`{default}`" if default not in ("", None, []) else "empty"


API_INTRODUCTION = """\
# Routes

The same as a page to try them on is at `/docs` of a running server, and as OpenAPI at `/openapi.json`. Requests carry
`Authorization: Bearer <API key>`, except where the description says otherwise. Bodies are JSON; what cannot be
understood is answered with one of [these errors](errors.md). What travels over `/ws` is in
[protocol.md](protocol.md).
"""

METHODS = ("get", "post", "put", "patch", "delete")


def api_page() -> Iterator[str]:
    yield from API_INTRODUCTION.splitlines()
    by_tag: dict[str, list[str]] = {}
    described = create_app(Settings(data_dir=Path("unused"))).openapi()
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                row = f"| `{method.upper()} {path}` | {route_meaning(operation)} |"
                by_tag.setdefault(operation.get("tags", ["Other"])[0], []).append(row)
    for tag, rows in by_tag.items():
        yield ""
        yield f"## {tag}"
        yield ""
        yield "| route | what it does |"
        yield "|---|---|"
        yield from rows


def route_meaning(operation: dict[str, Any]) -> str:
    text = operation.get("description") or f"{operation['summary'].capitalize()}."
    deprecated = "Deprecated. " if operation.get("deprecated") else ""
    return deprecated + " ".join(text.split()).replace("|", "or")


def errors_page() -> Iterator[str]:
    yield from ERRORS_INTRODUCTION.splitlines()
    yield "| status | code | `error` | when |"
    yield "|---|---|---|---|"
    meanings = error_meanings()
    for kind in error_tree(errors.VisavisError):
        yield f"| {kind.status} | `{kind.code}` | {kind.error} | {meanings.get(kind.__name__, '')} |"


ERRORS_INTRODUCTION = """\
# Errors

Every answer that is not a success is JSON: `error` is the short text that clients compare, `message` says what to
change, and `details`, where fields are wrong, names each with its `path`, `message` and `code`. A fault of the server
itself answers 500 in the same shape and says nothing about its cause.
"""


def error_tree(root: type[errors.VisavisError]) -> Iterator[type[errors.VisavisError]]:
    yield root
    for kind in root.__subclasses__():
        yield from error_tree(kind)


def error_meanings() -> dict[str, str]:
    """The tree drawn at the top of the module says when each happens."""
    drawn = re.findall(r"[├└]── (\w+) +\d{3} *(.*)", errors.__doc__ or "")
    return {"VisavisError": "a fault of the server itself", **dict(drawn)}


def events_page() -> Iterator[str]:
    yield from EVENTS_INTRODUCTION.splitlines()
    yield from members_of(events.Command)
    yield ""
    yield "## Events"
    yield ""
    yield "`at_ms` is the time on the conversation's clock."
    yield from members_of(events.Event)


EVENTS_INTRODUCTION = """\
# Commands and events

What can be asked of a conversation and what it tells. Both lists are closed: the same events are the log, the tests'
oracle, the Lab's timeline and what becomes messages on the wire (see [protocol.md](protocol.md)).

## Commands
"""


def members_of(union: Any) -> Iterator[str]:
    for kind in typing.get_args(union):
        yield ""
        yield f"### {kind.__name__}"
        yield ""
        if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
            yield from inspect.cleandoc(kind.__doc__).splitlines()
            yield ""
        for field in dataclasses.fields(kind):
            yield f"- `{field.name}`: {type_name(field.type)}"


def type_name(kind: Any) -> str:
    if isinstance(kind, types.UnionType | types.GenericAlias) or typing.get_origin(kind) is not None:
        return str(kind).replace("typing.", "").replace("NoneType", "None").replace("visavis.core.events.", "")
    return str(getattr(kind, "__name__", kind))
