"""One turn on the engine's clock → what the API says about it: moments of the day and durations in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from visavis.core.events import TurnMeasured
from visavis.db.models import Json
from visavis.http.wire import timestamp

# the user's own id for the turn, where the answer has another; never part of an answer of the API
USER_TURN_ID = "userTurnId"


@dataclass(frozen=True, slots=True)
class WallTime:
    """What time it was when the engine's clock showed something, by one look at both clocks."""

    started_at: datetime
    started_ms: float

    def at(self, engine_ms: float) -> datetime:
        """In whole milliseconds, as everything that is stored."""
        return self.started_at + timedelta(milliseconds=int(engine_ms - self.started_ms))


def measured(turn: TurnMeasured, wall: WallTime) -> Json:
    """Every key that an analytics turn has of its own, null where nothing happened."""

    def moment(at_ms: float | None) -> str | None:
        return None if at_ms is None else timestamp(wall.at(at_ms))

    return {
        "userSpeechStartTime": moment(turn.user_started_ms),
        "userSpeechEndTime": moment(turn.user_ended_ms),
        "userSpeechDurationSeconds": _seconds(turn.user_started_ms, turn.user_ended_ms),
        "endpointTime": moment(turn.endpoint_ms),
        "endpointLatencySeconds": _seconds(turn.user_ended_ms, turn.endpoint_ms),
        "userTranscriptionTime": moment(turn.text_final_ms),
        "transcriptionLatencySeconds": _seconds(turn.user_ended_ms, turn.text_final_ms),
        "llmFirstOutputTime": moment(turn.first_token_ms),
        "llmFinalOutputTime": moment(turn.last_token_ms),
        "llmTimeToFirstOutputSeconds": _seconds(turn.text_final_ms, turn.first_token_ms),
        "llmGenerationDurationSeconds": _seconds(turn.first_token_ms, turn.last_token_ms),
        "ttsStartTime": moment(turn.voice_started_ms),
        "ttsEndTime": moment(turn.voice_ended_ms),
        "ttsGenerationDurationSeconds": _seconds(turn.voice_started_ms, turn.voice_ended_ms),
        "ttsTimeToFirstAudioSeconds": _seconds(turn.voice_started_ms, turn.first_audio_ms),
        "personaStartSpeakingTime": moment(turn.first_audio_ms),
        "personaStopSpeakingTime": moment(turn.last_audio_ms),
        "firstAudioLatencySeconds": _seconds(turn.user_ended_ms, turn.first_audio_ms),
        "firstFrameLatencySeconds": _seconds(turn.user_ended_ms, turn.first_frame_ms),
        "speakingDurationSeconds": _seconds(turn.first_audio_ms, turn.last_audio_ms),
        "finishReason": _finish_reason(turn),
        "wasInterrupted": turn.interrupted,
        "interruptedStage": _stage(turn) if turn.interrupted else None,
        "waterfallMs": waterfall_ms(turn),
        "avSkewMs": _rounded(turn.av_skew_ms),
        "avSkewWorstMs": _rounded(turn.av_skew_worst_ms),
        **({USER_TURN_ID: turn.user_turn_id} if turn.user_turn_id else {}),
    }


def waterfall_ms(turn: TurnMeasured) -> dict[str, int | None]:
    """How long after the user stopped each step was reached; after the words of who typed, or else the first step."""
    steps = {
        "endpoint": turn.endpoint_ms,
        "transcript": turn.text_final_ms,
        "firstToken": turn.first_token_ms,
        "firstAudio": turn.first_sound_ms,
        "firstFrame": turn.first_frame_ms,
        "firstPacket": turn.first_audio_ms,
    }
    begins = (turn.user_ended_ms, turn.text_final_ms, turn.first_token_ms, turn.voice_started_ms, turn.first_audio_ms)
    zero_ms = next((at_ms for at_ms in begins if at_ms is not None), 0.0)
    return {step: None if at_ms is None else max(0, round(at_ms - zero_ms)) for step, at_ms in steps.items()}


def completed(turn: Mapping[str, Any]) -> bool:
    return turn.get("finishReason") == "completed"


def _seconds(from_ms: float | None, until_ms: float | None) -> float | None:
    return None if from_ms is None or until_ms is None else max(0.0, round((until_ms - from_ms) / 1000, 3))


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)


def _finish_reason(turn: TurnMeasured) -> str | None:
    if turn.interrupted:
        return "interrupted"
    return None if turn.failed or not turn.answered else "completed"


def _stage(turn: TurnMeasured) -> str:
    if turn.first_audio_ms is not None:
        return "while_speaking"
    if turn.first_token_ms is None and turn.voice_started_ms is None:
        return "before_llm_output"
    return "during_llm_generation" if turn.voice_started_ms is None else "before_audio"
