"""Where the time of a turn went, as spans between two moments."""

from typing import Literal

from visavis.core.events import ToolCallCompleted, ToolCallFailed, TurnMeasured
from visavis.core.tools import INTERRUPTED

Span = tuple[float, float]


def tool_outcome(event: ToolCallCompleted | ToolCallFailed) -> Literal["completed", "failed", "interrupted"]:
    """How a call of a tool ended; a user who does not wait is nobody's failure."""
    if isinstance(event, ToolCallCompleted):
        return "completed"
    return "interrupted" if event.error == INTERRUPTED else "failed"


def steps_ms(turn: TurnMeasured) -> dict[str, Span]:
    """Each step that the turn had: when it began and ended, on the engine's clock.

    `reply` is what a person waits for: from the end of their speech, or the arrival of their message, to the first
    packet of sound.
    """
    spans = {
        "endpoint": (turn.user_ended_ms, turn.endpoint_ms),
        "transcript": (turn.endpoint_ms, turn.text_final_ms),
        "mind": (turn.text_final_ms, turn.first_token_ms),
        "voice": (turn.voice_started_ms, turn.first_sound_ms),
        "picture": (turn.first_sound_ms, turn.first_frame_ms),
        "packet": (turn.first_sound_ms, turn.first_audio_ms),
        "reply": (turn.text_final_ms if turn.user_ended_ms is None else turn.user_ended_ms, turn.first_audio_ms),
    }
    known = {step: (begun, ended) for step, (begun, ended) in spans.items() if begun is not None and ended is not None}
    return {step: (begun, max(begun, ended)) for step, (begun, ended) in known.items()}
