"""A conversation in the shape that some vendors insist on: users and the model take turns, and a user begins.

What the model is told at the beginning stands apart. What the application or the engine says later, and what tools
answered, comes as a user's words.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from visavis.providers.base import ChatMessage

OPENING = "(The conversation begins.)"
THINKING_TOKENS = {"low": 1024, "medium": 4096, "high": 16_384}  # how long a model may think, by its effort
TOOL_CALLS_MAX = 32
ARGUMENTS_CHARS_MAX = 100_000

Part: TypeAlias = dict[str, Any]
Turn: TypeAlias = tuple[Literal["user", "model"], list[Part]]


def alternating(
    messages: Sequence[ChatMessage], parts_of: Callable[[ChatMessage], list[Part]]
) -> tuple[str, list[Turn]]:
    """What the model is told first, and the turns, each with at least one part."""
    count = next((at for at, message in enumerate(messages) if message.role != "system"), len(messages))
    if count == len(messages) > 1:
        count -= 1  # a request of the engine, with nothing said yet
    turns: list[Turn] = []
    for message in messages[count:]:
        role = "model" if message.role == "assistant" else "user"
        parts = parts_of(message)
        if turns and turns[-1][0] == role:
            turns[-1][1].extend(parts)
        elif parts:
            turns.append((role, parts))
    if not turns or turns[0][0] != "user":
        turns.insert(0, ("user", parts_of(ChatMessage("user", OPENING))))
    return "\n\n".join(message.text for message in messages[:count]), turns


def effort_of(option: object) -> str | None:
    """How hard the model shall think, None where that is its own choice."""
    return option if isinstance(option, str) and option in THINKING_TOKENS else None
