"""What every persona may be allowed to do to its own conversation, under ids that stay the same everywhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from visavis.db.models import Tool

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING_TO_SAY: dict[str, Any] = {"type": "object", "properties": {}}
# fmt: off
LANGUAGES = [
    "en", "af", "ar", "hy", "az", "be", "bs", "bg", "ca", "zh", "hr", "cs", "da", "nl", "et", "fi", "fr", "gl", "de",
    "el", "he", "hi", "hu", "is", "id", "it", "ja", "kn", "kk", "ko", "lv", "lt", "mk", "ms", "mi", "mr", "ne", "no",
    "fa", "pl", "pt", "ro", "ru", "sr", "sk", "sl", "es", "sw", "sv", "tl", "ta", "th", "tr", "uk", "ur", "vi", "cy",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Action:
    """What the mind reads about it, and what it has to say to have it done."""

    description: str
    parameters: dict[str, Any] = field(default_factory=lambda: NOTHING_TO_SAY)


ACTIONS = {
    "change_language": Action(
        "Listen in another language from now on. Call this when the person asks to speak another language, or does.",
        {
            "type": "object",
            "properties": {
                "language_code": {"type": "string", "enum": LANGUAGES, "description": "The ISO 639-1 code."}
            },
            "required": ["language_code"],
        },
    ),
    "skip_turn": Action(
        "Say nothing and give the person time, for example when they want to think or look something up.",
        {
            "type": "object",
            "properties": {
                "timeout_seconds": {
                    "type": "number",
                    "default": 30,
                    "description": "How long to stay silent unless the person speaks.",
                }
            },
        },
    ),
    "end_call": Action("End the conversation, once the person has said goodbye or asked to stop."),
    "pause_conversation": Action("Pause the conversation until the person speaks again, when they ask for a break."),
    "interrupt": Action("Stop speaking at once."),
}
IDS = {
    "change_language": "5d0c7a4e-9f0b-4c61-8a53-6d1f6f3f2a01",
    "skip_turn": "5d0c7a4e-9f0b-4c61-8a53-6d1f6f3f2a02",
    "end_call": "5d0c7a4e-9f0b-4c61-8a53-6d1f6f3f2a03",
    "pause_conversation": "5d0c7a4e-9f0b-4c61-8a53-6d1f6f3f2a04",
}


def rows() -> list[Tool]:
    return [
        Tool(
            id=row_id,
            organization_id=None,
            name=name,
            description=ACTIONS[name].description,
            type="SYSTEM",
            config={"action": name},
            created_at=FIRST - timedelta(seconds=index),
        )
        for index, (name, row_id) in enumerate(IDS.items())
    ]
