"""The transcript and the measurements of one session, gathered as events go by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from visavis.core.events import EndReason, Event, PersonaSaid, PersonaSpeaking, TurnMeasured, UserSaid, Warned

MESSAGES_MAX = 5_000
TURNS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """`at_ms` is when it began to be said, `speaking_ms` how long that took; None for what was typed."""

    role: Literal["user", "persona"]
    text: str = field(repr=False)
    at_ms: float
    turn_id: str
    interrupted: bool = False
    speaking_ms: float | None = None


# what is worth keeping as soon as it is known
Entry: TypeAlias = ReportedMessage | TurnMeasured


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


class Record:
    """A listener that remembers, and passes each entry on. Bounded: a session of days keeps its latest part.

    `on_event` is told everything as it happens, for those who watch and are no part of the conversation.
    """

    def __init__(self, on_entry: Callable[[Entry], None], on_event: Callable[[Event], None]) -> None:
        self.messages: list[ReportedMessage] = []
        self.turns: list[TurnMeasured] = []
        self.warnings = 0
        self.failures = 0
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
            case Warned(failure=failure):
                self.failures += failure
                self.warnings += not failure
            case _:
                return
        del self.messages[:-MESSAGES_MAX]
        del self.turns[:-TURNS_MAX]

    def report(
        self, session_id: str, reason: EndReason, text: str, span_ms: tuple[float, float], connected: bool
    ) -> SessionReport:
        """All of it. `span_ms` is when the session began and ended."""
        return SessionReport(
            session_id, reason, text, *span_ms, connected,
            tuple(self.messages), tuple(self.turns), self.warnings, self.failures,
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

    def _add(self, message: ReportedMessage) -> None:
        self.messages.append(message)
        self._on_entry(message)
