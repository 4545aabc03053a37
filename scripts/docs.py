"""Write the pages of docs/ that follow from the code: `make docs`. A test compares them with what is committed."""

import dataclasses
import importlib
import importlib.metadata
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from visavis.core import errors, events
from visavis.providers import catalog
from visavis.settings import SESSIONS_PER_CORE, Settings
from visavis.transports import wire

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GENERATED = "<!-- Written by `make docs`; change the code, not this page. -->"
SESSION_ID = "6f1c2a9e-0b1d-4c7e-9f52-3a1f0c9d7e21"


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Every generated page, by its name in docs/."""
    made: dict[str, Callable[[], Iterator[str]]] = {
        "settings.md": settings_page,
        "errors.md": errors_page,
        "events.md": events_page,
        "protocol.md": protocol_page,
        "providers.md": providers_page,
        "licences.md": licences_page,
    }
    return {name: "\n".join([GENERATED, "", *page()]) + "\n" for name, page in made.items()}


# --- settings -----------------------------------------------------------------------------------------------------

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


# --- errors -------------------------------------------------------------------------------------------------------


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


# --- events -------------------------------------------------------------------------------------------------------


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


# --- protocol -----------------------------------------------------------------------------------------------------


def protocol_page() -> Iterator[str]:
    yield "# The protocol between a client and a conversation"
    yield ""
    yield from inspect.cleandoc(wire.__doc__ or "").split("\n\n", 1)[1].replace(ASIDE, ":").splitlines()
    yield ""
    yield f"A message on the socket may have {wire.SIGNALLING_BYTES_MAX // 2**20} MiB, one on the data channel"
    yield f"{wire.DATA_BYTES_MAX // 1024} KiB, and a text in it {wire.TEXT_CHARS_MAX:,} characters. A message that"
    yield "cannot be used changes nothing; on the socket it is answered with a `warning`."
    yield ""
    yield "## From the server"
    yield ""
    yield "`answer` follows an offer. Everything else follows from an event of the conversation:"
    for event in sample_events():
        yield from outgoing(event)
    yield ""
    yield "## From the client, on the socket"
    for text in SOCKET_EXAMPLES:
        yield from incoming(text, wire.parse_signalling(text))
    yield ""
    yield "## From the client, on the data channel"
    for text in CHANNEL_EXAMPLES:
        yield from incoming(text, wire.parse_data_channel(text))
    yield ""
    yield "Statistics (`remote_rtp_stats`) and messages of unknown types are accepted and change nothing."


ASIDE = ", and why the functions below look as they do:"


def sample_events() -> Iterator[events.Event]:
    """One of each event, with values that look like real ones."""
    for kind in typing.get_args(events.Event):
        yield kind(**{field.name: sample_value(field) for field in dataclasses.fields(kind) if needed(field)})


def needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING or field.name in ("utterance_id", "final")


SAMPLES: dict[str, Any] = {
    "turn_id": "9d2b5c1e-turn",
    "message_id": "41c0aa83",
    "correlation_id": "k3v9s0x2m1q",
    "utterance_id": "3f2c1b7a-1111-4222-8333-abcdefabcdef",
    "text": "Good morning.",
    "index": 0,
    "reason": "client",
    "shown": True,
    "typed": False,
    "final": True,
    "interrupted": False,
}


def sample_value(field: "dataclasses.Field[Any]") -> Any:
    return SAMPLES.get(field.name, 1234.0)


def outgoing(event: events.Event) -> Iterator[str]:
    roads = {
        "socket": wire.signalling_message(event, SESSION_ID),
        "data channel": wire.data_channel_message(event, datetime(2026, 1, 1, tzinfo=UTC)),
    }
    for road, text in roads.items():
        if text is not None:
            yield ""
            yield f"`{type(event).__name__}`, on the {road}:"
            yield from block(text)


def incoming(text: str, meaning: object) -> Iterator[str]:
    name = type(meaning).__name__
    yield ""
    yield f"Becomes `{name}`:" if name != "NoneType" else "Changes nothing:"
    yield from block(text)


def block(text: str) -> Iterator[str]:
    yield ""
    yield "```json"
    yield from json.dumps(json.loads(text), indent=2).splitlines()
    yield "```"


def socket_example(action: str, payload: object) -> str:
    return json.dumps({"actionType": action, "sessionId": SESSION_ID, "payload": payload})


def channel_example(message_type: str, **fields: object) -> str:
    return json.dumps({"message_type": message_type, "session_id": SESSION_ID, **fields})


TALK = {"content": "Hello ", "startOfSpeech": True, "endOfSpeech": False, "correlationId": "k3v9s0x2m1q"}
AUDIO = {"audioData": "AAAA", "encoding": "pcm_s16le", "sampleRate": 24000, "channels": 1, "sequenceNumber": 0}
CANDIDATE = {"candidate": "candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
SOCKET_EXAMPLES = [
    socket_example("offer", {"connectionDescription": {"type": "offer", "sdp": "v=0…"}, "userUid": SESSION_ID}),
    socket_example("icecandidate", CANDIDATE),
    socket_example("heartbeat", ""),
    socket_example("talkstream", TALK),
    socket_example("agentaudioinput", AUDIO),
    socket_example("agentaudioinputend", {}),
    socket_example("endsession", {}),
]
CHANNEL_EXAMPLES = [
    channel_example("speech", content="Who are you?", timestamp="2026-01-01T00:00:00.000"),
    channel_example("interrupt"),
    channel_example("context", content="The shop closes at six."),
    channel_example("director_note_cue", cue={"tag": "warm"}, in_seconds=1.5),
    channel_example("tool_result", tool_call_id="call-1", result="ok"),
    channel_example("persona_config", data={"languageCode": "en"}),
]


# --- providers ----------------------------------------------------------------------------------------------------

KIND_TITLES = {"tts": "Voices", "stt": "Recognisers", "llm": "Minds", "vad": "Voice activity detectors"}


def providers_page() -> Iterator[str]:
    yield "# Providers"
    yield ""
    yield "Each is one class in one file, found by its name. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add one."
    for kind in catalog.KINDS:
        yield ""
        yield f"## {KIND_TITLES[kind]} (`{kind}`)"
        for name in catalog.names(kind):
            yield from provider(kind, name)


def provider(kind: catalog.Kind, name: str) -> Iterator[str]:
    traits = catalog.traits(kind, name)
    yield ""
    yield f"### {name}"
    yield ""
    yield f"{traits.label}. {traits.note}".strip()
    yield ""
    facts = {
        "languages": ", ".join(traits.languages).replace("*", "any"),
        "word times": traits.gives_word_times,
        "phone times": traits.gives_phone_times,
        "runs in a speech worker": traits.runs_in_worker,
        "keeps no data": traits.zero_retention,
    }
    yield "; ".join(f"{fact}: {yes_or_no(value)}" for fact, value in facts.items())
    yield from options_of(class_at(catalog.dotted(kind, name)).Settings)


def class_at(dotted: str) -> Any:
    module, _, name = dotted.partition(":")
    return getattr(importlib.import_module(module), name)


def yes_or_no(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def options_of(model: type[BaseModel]) -> Iterator[str]:
    if model.model_fields:
        yield ""
        yield "| option | default | meaning |"
        yield "|---|---|---|"
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
        yield f"| `{name}` | {default} | {field.description or ''} |"


# --- licences -----------------------------------------------------------------------------------------------------


def licences_page() -> Iterator[str]:
    yield "# Licences of what is installed for running"
    yield ""
    yield "As the packages state them. What they mean for redistribution is in"
    yield "[decision 0006](decisions/0006-licences.md), which also names what their binary wheels carry besides."
    yield ""
    yield "| package | licence |"
    yield "|---|---|"
    for name in sorted({*locked("requirements.lock"), *locked("models.lock")}):
        yield f"| {name} | {licence_of(name)} |"


def locked(lock: str) -> Iterator[str]:
    """Packages of a lock, without those that only other systems need."""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z0-9._-]+)==", line)
        if match and not re.search(r"sys_platform|platform_system|python_full_version >=|emscripten", line):
            yield match.group(1)


def licence_of(name: str) -> str:
    facts = importlib.metadata.metadata(name)
    stated = facts.get("License-Expression") or (facts.get("License") or "").splitlines()
    if isinstance(stated, list):
        stated = stated[0] if stated and len(stated[0]) < 60 else ""
    kinds = [entry.split(" :: ")[-1] for entry in facts.get_all("Classifier") or [] if entry.startswith("License")]
    return stated or ", ".join(kinds) or "see the package"


if __name__ == "__main__":
    main()
