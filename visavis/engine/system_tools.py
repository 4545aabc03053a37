"""What a persona may do to its own conversation: hang up, wait, listen in another language, be quiet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SKIP_TURN_S = 30.0
SKIP_TURN_S_MAX = 3_600.0
# said where a mind hangs up without a word, in the language of the ears
CLOSING_LINES = {
    "en": "Goodbye!", "de": "Auf Wiederhören!", "es": "¡Adiós!", "fr": "Au revoir !", "it": "Arrivederci!",
    "nl": "Tot ziens!", "pt": "Adeus!",
}  # fmt: skip

ANSWERS = {
    "end_call": "The call ends as soon as you have said your next words. Say goodbye in one short sentence.",
    "skip_turn": "Done. Say nothing now.",
    "pause_conversation": "Done. Say nothing until the person speaks.",
    "interrupt": "Done. You are silent.",
    "change_language": "Done. From now on you listen in this language; speak it, too.",
}
# after these the persona has nothing more to say
SILENCING = frozenset(("skip_turn", "pause_conversation", "interrupt"))


@dataclass(frozen=True, slots=True)
class SystemCall:
    """The persona wants this done to the conversation, in the turn it is replying to."""

    turn_id: str
    action: str
    arguments: Mapping[str, Any]

    @property
    def patience_ms(self) -> float:
        """How long the persona stays silent unless the person speaks."""
        if self.action == "pause_conversation":
            return float("inf")
        wanted_s = self.arguments.get("timeout_seconds", SKIP_TURN_S)
        return min(max(float(wanted_s), 0.0), SKIP_TURN_S_MAX) * 1000


def closing_line(language: str) -> str:
    return CLOSING_LINES.get(language or "en", "")
