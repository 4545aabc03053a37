"""What a client can notice of a conversation, in the words of a script, from the engine's events or from the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from visavis.core.events import (
    Event,
    PersonaSaid,
    SessionEnded,
    TalkInterrupted,
    ToolCallCompleted,
    ToolCallFailed,
    ToolCallStarted,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    Warned,
)
from visavis.testing.script import Kind
from visavis.testing.sounds import Sound

LOUD = 0.005  # of full scale; the silence between sayings is digital
PAUSE_MS = 400.0  # a shorter gap belongs to what is being said
GAP_MS = 60.0  # between two replies


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that happened. `at_ms` is on the stage's clock; the other fields are there where the kind has them."""

    at_ms: float
    kind: Kind
    text: str = field(default="", repr=False)
    interrupted: bool = False
    tool: str = ""
    details: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    tag: str = ""


class Sayings:
    """Puts together what the persona says in pieces."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def piece(self, at_ms: float, message_id: str, text: str, final: bool, interrupted: bool) -> Seen | None:
        self._texts.setdefault(message_id, []).append(text)
        if not final:
            return None
        return Seen(at_ms, "persona finishes", "".join(self._texts.pop(message_id)), interrupted)


class EventEye:
    """Sees the engine's events."""

    def __init__(self) -> None:
        self._sayings = Sayings()

    def see(self, event: Event) -> Seen | None:
        match event:
            case UserSpeechStarted(at_ms):
                return Seen(at_ms, "user starts")
            case UserSpeechEnded(at_ms):
                return Seen(at_ms, "user stops")
            case UserSaid(at_ms, text=text):
                return Seen(at_ms, "user heard", text)
            case PersonaSaid(at_ms):
                return self._sayings.piece(at_ms, event.message_id, event.text, event.final, event.interrupted)
            case ToolCallStarted(at_ms, _, call):
                return Seen(at_ms, "tool called", tool=call.name, details=call.arguments)
            case ToolCallCompleted(at_ms, _, call):
                return Seen(at_ms, "tool answered", tool=call.name, details=call.arguments)
            case ToolCallFailed(at_ms, _, call):
                return Seen(at_ms, "tool failed", tool=call.name, details=call.arguments)
            case TalkInterrupted(at_ms):
                return Seen(at_ms, "talk interrupted")
            case Warned(at_ms, text):
                return Seen(at_ms, "warning", text)
            case SessionEnded(at_ms, _, text):
                return Seen(at_ms, "session ends", text)
            case _:
                return None


class WireEye:
    """Sees what a server tells its client. Messages of the future are not seen, and break nothing."""

    def __init__(self) -> None:
        self._sayings = Sayings()

    def data(self, at_ms: float, message: Mapping[str, Any]) -> Seen | None:
        data = message.get("data")
        if not isinstance(data, Mapping):
            return None
        match message.get("messageType"):
            case "userSpeechStarted":
                return Seen(at_ms, "user starts")
            case "userSpeechEnded":
                return Seen(at_ms, "user stops")
            case "speechText" if data.get("role") == "user":
                return Seen(at_ms, "user heard", str(data.get("content", "")))
            case "speechText":
                told = (str(data.get("message_id")), str(data.get("content", "")))
                return self._sayings.piece(at_ms, *told, bool(data.get("end_of_speech")), bool(data.get("interrupted")))
            case "directorNoteCueApplied":
                return Seen(at_ms, "cue applied", tag=str(data.get("cue_tag", "")))
            case "personaConfigUpdateApplied":
                return Seen(at_ms, "settings changed", details=_after(data.get("changed_fields")))
            case other:
                return _tool(at_ms, str(other), data)

    def signal(self, at_ms: float, action: str, payload: object) -> Seen | None:
        match action:
            case "warning":
                return Seen(at_ms, "warning", str(payload))
            case "endsession":
                return Seen(at_ms, "session ends", str(payload))
            case "talkinputstreaminterrupted":
                return Seen(at_ms, "talk interrupted")
            case _:
                return None


def _after(changed: object) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = changed if isinstance(changed, Mapping) else {}
    return {name: change.get("after") for name, change in fields.items() if isinstance(change, Mapping)}


def _tool(at_ms: float, message_type: str, data: Mapping[str, Any]) -> Seen | None:
    kinds: dict[str, Kind] = {
        "toolCallStarted": "tool called",
        "toolCallCompleted": "tool answered",
        "toolCallFailed": "tool failed",
    }
    kind = kinds.get(message_type)
    if kind is None:
        return None
    arguments = data.get("arguments")
    details = arguments if isinstance(arguments, Mapping) else {}
    return Seen(at_ms, kind, tool=str(data.get("tool_name", "")), details=details)


class Ear:
    """Hears when the persona begins and stops making a sound."""

    def __init__(self) -> None:
        self._loud_until_ms: float | None = None
        self._loud_since_ms: float | None = None
        self._pause_ms = PAUSE_MS

    @property
    def loud_since_ms(self) -> float | None:
        """When what is being said began to be heard; None in silence."""
        return self._loud_since_ms

    def reply_over(self) -> None:
        """All words of a reply were told, so even a short gap is its end now; the next sound is another reply."""
        self._pause_ms = GAP_MS

    def hear(self, sound: Sound, at_ms: float) -> Sequence[Seen]:
        """`sound` ended at `at_ms`."""
        if sound.size and float(np.abs(sound).max()) >= LOUD:
            self._loud_until_ms = at_ms
            if self._loud_since_ms is None:
                self._loud_since_ms, self._pause_ms = at_ms, PAUSE_MS
                return [Seen(at_ms, "persona starts")]
        elif self._loud_until_ms is not None and at_ms - self._loud_until_ms >= self._pause_ms:
            stopped_ms, self._loud_until_ms, self._loud_since_ms = self._loud_until_ms, None, None
            return [Seen(stopped_ms, "persona stops")]
        return []
