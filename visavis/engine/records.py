"""The transcript and the measurements of one session, gathered as events go by."""

from dataclasses import dataclass, field
from typing import Literal

from visavis.core.events import EndReason, Event, PersonaSaid, TurnMeasured, UserSaid

MESSAGES_MAX = 5_000
TURNS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    role: Literal["user", "persona"]
    text: str = field(repr=False)
    at_ms: float
    turn_id: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class SessionReport:
    """What remains of a conversation. Times are on the engine's clock; `connected` says whether anybody came."""

    session_id: str
    reason: EndReason
    text: str
    started_ms: float
    ended_ms: float
    connected: bool
    messages: tuple[ReportedMessage, ...]
    turns: tuple[TurnMeasured, ...]


class Record:
    """A listener that remembers. Bounded: a session of days keeps its latest part."""

    def __init__(self) -> None:
        self.messages: list[ReportedMessage] = []
        self.turns: list[TurnMeasured] = []
        self._persona_text: dict[str, list[str]] = {}

    def deliver(self, event: Event) -> None:
        match event:
            case UserSaid():
                self.messages.append(ReportedMessage("user", event.text, event.at_ms, event.turn_id))
            case PersonaSaid():
                self._persona(event)
            case TurnMeasured():
                self.turns.append(event)
            case _:
                return
        del self.messages[:-MESSAGES_MAX]
        del self.turns[:-TURNS_MAX]

    def _persona(self, event: PersonaSaid) -> None:
        parts = self._persona_text.setdefault(event.message_id, [])
        parts.append(event.text)
        if event.final:
            text = "".join(self._persona_text.pop(event.message_id))
            self.messages.append(ReportedMessage("persona", text, event.at_ms, event.turn_id, event.interrupted))
