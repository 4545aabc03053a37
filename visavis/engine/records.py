"""The transcript and the measurements of one session, gathered as events go by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from visavis.core.events import (
    CalledTool,
    EndReason,
    Event,
    LineMeasured,
    PersonaSaid,
    PersonaSpeaking,
    ToolCallCompleted,
    ToolCallFailed,
    TurnMeasured,
    UserSaid,
    Warned,
)
from visavis.engine.metering import ProviderCall

MESSAGES_MAX = 5_000
TURNS_MAX = 5_000
TOOL_CALLS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """`at_ms` is when it began to be said, `speaking_ms` how long that took; None for what was typed."""

    role: Literal["user", "persona"]
    text: str = field(repr=False)
    at_ms: float
    turn_id: str
    interrupted: bool = False
    speaking_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ReportedToolCall:
    """A call that is over; of `result` and `error` the one that applies is set."""

    call: CalledTool
    status: Literal["completed", "failed"]
    ended_ms: float
    result: str = field(default="", repr=False)
    error: str = field(default="", repr=False)
    documents: tuple[str, ...] = ()


# what is worth keeping as soon as it is known
Entry: TypeAlias = ReportedMessage | TurnMeasured | LineMeasured | ReportedToolCall | ProviderCall


@dataclass(frozen=True, slots=True)
class SessionReport:
    """What remains of a conversation. Times are on the engine's clock; `connected` says whether anybody came.

    `film` is the path of its recording, which belongs to whoever is handed the report; empty where there is none.
    """

    session_id: str
    reason: EndReason
    text: str
    started_ms: float
    ended_ms: float
    connected: bool
    messages: tuple[ReportedMessage, ...]
    turns: tuple[TurnMeasured, ...]
    warnings: int = 0
    failures: int = 0
    film: str = ""
    tool_calls: tuple[ReportedToolCall, ...] = ()


class Record:
    """A listener that remembers, and passes each entry on. Bounded: a session of days keeps its latest part.

    `on_event` is told everything as it happens, for those who watch and are no part of the conversation.
    """

    def __init__(
        self,
        on_entry: Callable[[Entry], None],
        on_event: Callable[[Event], None],
        warnings: int = 0,
        failures: int = 0,
    ) -> None:
        self.messages: list[ReportedMessage] = []
        self.turns: list[TurnMeasured] = []
        self.tool_calls: list[ReportedToolCall] = []
        self.warnings, self.failures = warnings, failures
        self._on_entry, self._on_event = on_entry, on_event
        self._persona_text: dict[str, list[str]] = {}
        self._persona_began: tuple[str, float] = "", 0.0

    def deliver(self, event: Event) -> None:
        self._on_event(event)
        match event:
            case UserSaid():
                self._user(event)
            case PersonaSpeaking():
                self._persona_began = event.turn_id, event.at_ms
            case PersonaSaid():
                self._persona(event)
            case TurnMeasured():
                self.turns.append(event)
                self._on_entry(event)
            case LineMeasured():
                self._on_entry(event)
            case ToolCallCompleted(at_ms, _, call, result, documents):
                self._called(ReportedToolCall(call, "completed", at_ms, result, "", documents))
            case ToolCallFailed(at_ms, _, call, error):
                self._called(ReportedToolCall(call, "failed", at_ms, "", error))
            case Warned(failure=failure):
                self.failures += failure
                self.warnings += not failure
            case _:
                return
        del self.messages[:-MESSAGES_MAX]
        del self.turns[:-TURNS_MAX]
        del self.tool_calls[:-TOOL_CALLS_MAX]

    def provider_called(self, call: ProviderCall) -> None:
        """Nothing that anybody in the conversation is told."""
        self._on_entry(call)

    def report(
        self, session_id: str, reason: EndReason, text: str, span_ms: tuple[float, float], connected: bool
    ) -> SessionReport:
        """All of it. `span_ms` is when the session began and ended."""
        return SessionReport(
            session_id, reason, text, *span_ms, connected,
            tuple(self.messages), tuple(self.turns), self.warnings, self.failures, tool_calls=tuple(self.tool_calls),
        )  # fmt: skip

    def _user(self, event: UserSaid) -> None:
        began_ms, ended_ms = event.spoken_from_ms, event.spoken_until_ms
        if began_ms is None or ended_ms is None:
            self._add(ReportedMessage("user", event.text, event.at_ms, event.turn_id))
        else:
            spoken_ms = ended_ms - began_ms
            self._add(ReportedMessage("user", event.text, began_ms, event.turn_id, speaking_ms=spoken_ms))

    def _persona(self, event: PersonaSaid) -> None:
        parts = self._persona_text.setdefault(event.message_id, [])
        parts.append(event.text)
        if event.final:
            text = "".join(self._persona_text.pop(event.message_id))
            turn_id, began_ms = self._persona_began
            if turn_id != event.turn_id:  # words without a sound
                self._add(ReportedMessage("persona", text, event.at_ms, event.turn_id, event.interrupted))
                return
            spoken_ms = event.at_ms - began_ms
            self._add(ReportedMessage("persona", text, began_ms, event.turn_id, event.interrupted, spoken_ms))

    def _called(self, called: ReportedToolCall) -> None:
        self.tool_calls.append(called)
        self._on_entry(called)

    def _add(self, message: ReportedMessage) -> None:
        self.messages.append(message)
        self._on_entry(message)
