"""Where the time of one session went, turn by turn, and what that amounts to."""

from collections.abc import Mapping, Sequence
from typing import get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import NotFound
from visavis.db import models
from visavis.db.models import Json
from visavis.resources.sessions.called import stored_type
from visavis.resources.sessions.line_quality import av_skew, network
from visavis.resources.sessions.measured import USER_TURN_ID, completed
from visavis.resources.sessions.providers_used import Prices, shown
from visavis.resources.sessions.report_schemas import (
    AverageLatencies,
    CallCounts,
    RanWith,
    SessionAnalytics,
    SessionType,
    Summary,
    ToolCall,
    ToolCallDetail,
    Turn,
)
from visavis.resources.sessions.transcripts import messages_of

# audio passthrough is none of these: nothing here was listened to or thought
SESSION_TYPES: tuple[SessionType, ...] = get_args(SessionType)


async def tool_calls(session: AsyncSession, row: models.Session) -> list[ToolCallDetail]:
    """In the order of the conversation; empty until the session has been reported."""
    if row.reported_at is None:
        return []
    indexes = {turn.turn_id: turn.position for turn in await _turns(session, row)}
    return [
        ToolCallDetail(**_known(ToolCallDetail, call.called), **_place(call, indexes))
        for call in await _calls(session, row)
    ]


async def session_analytics(
    session: AsyncSession, row: models.Session, prices: Prices, *, with_messages: bool
) -> SessionAnalytics:
    """Raises `NotFound`, saying why there is nothing (yet)."""
    _check_reported(row)
    turns, calls = await _turns(session, row), await _calls(session, row)
    messages = await messages_of(session, row)
    said = {(message.role, message.turn_id): message.text for message in messages}
    length = row.end_time - row.start_time if row.end_time else None
    return SessionAnalytics(
        session_id=row.id,
        start_time=row.start_time,
        end_time=row.end_time,
        duration_seconds=round(length.total_seconds(), 3) if length is not None else None,
        session_type=next((kind for kind in SESSION_TYPES if kind == row.session_type), None),
        exit_status=row.exit_status,
        client_label=row.client_label,
        client_metadata=row.client_metadata,
        persona_id=row.persona_id,
        api_key_id=row.api_key_id,
        config=_ran_with(row),
        summary=_summary(row, [turn.measured for turn in turns], messages, calls),
        providers=shown(row.providers_used, prices),
        network=network(row.line_quality),
        av_skew=av_skew([turn.measured for turn in turns]),
        turns=[_turn(turn, calls, said if with_messages else {}) for turn in turns],
    )


def count_calls(counts: CallCounts, *calls: Json) -> CallCounts:
    for call in calls:
        counts.total += 1
        counts.succeeded += call.get("status") == "completed"
        counts.failed += call.get("status") == "failed"
        name = str(call.get("toolName") or "")
        counts.by_name[name] = counts.by_name.get(name, 0) + 1
    return counts


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _numbers(turns: Sequence[Json], key: str) -> list[float]:
    """What was measured under a name of the API, in the turns where it was."""
    return [value for turn in turns if isinstance(value := turn.get(key), int | float)]


def _check_reported(row: models.Session) -> None:
    if row.session_type not in SESSION_TYPES:
        raise NotFound("Sessions with audio passthrough have no analytics: nothing was listened to or thought here")
    if row.end_time is None:
        raise NotFound("The session is still in progress; its analytics come when it has ended")
    if row.reported_at is None:
        raise NotFound("No report of this session was ever received")


async def _turns(session: AsyncSession, row: models.Session) -> Sequence[models.SessionTurn]:
    table = models.SessionTurn
    found = await session.scalars(select(table).where(table.session_id == row.id).order_by(table.position))
    return found.all()


async def _calls(session: AsyncSession, row: models.Session) -> Sequence[models.SessionToolCall]:
    table = models.SessionToolCall
    found = await session.scalars(select(table).where(table.session_id == row.id).order_by(table.position))
    return found.all()


def _known(answer: type[ToolCall], called: Json) -> Json:
    """What of a stored call this answer shows; clients are never sent more than the contract names."""
    aliases = {field.alias: name for name, field in answer.model_fields.items()}
    return {aliases[key]: value for key, value in called.items() if key in aliases}


def _of_turn(called: Json) -> ToolCall:
    return ToolCall(**_known(ToolCall, {**called, "toolType": stored_type(called)}))


def _place(call: models.SessionToolCall, indexes: Mapping[str, int]) -> Json:
    return {"turn_index": indexes.get(call.turn_id, 0), "correlation_id": call.turn_id}


def _turn(
    row: models.SessionTurn, calls: Sequence[models.SessionToolCall], said: Mapping[tuple[str, str], str]
) -> Turn:
    shown = {key: value for key, value in row.measured.items() if key != USER_TURN_ID}
    user_turn_id = row.measured.get(USER_TURN_ID, row.turn_id)
    turn = Turn.model_validate(
        {
            **shown,
            "turnIndex": row.position,
            "correlationId": row.turn_id,
            "toolCalls": [_of_turn(call.called) for call in calls if call.turn_id == row.turn_id],
        },
        by_alias=True,
    )
    turn.user_message = said.get(("user", user_turn_id))
    turn.assistant_message = said.get(("persona", row.turn_id))
    return turn


def _summary(
    row: models.Session,
    turns: Sequence[Json],
    messages: Sequence[models.SessionMessage],
    calls: Sequence[models.SessionToolCall],
) -> Summary:
    done = sum(completed(turn) for turn in turns)
    interrupted = sum(bool(turn.get("wasInterrupted")) for turn in turns)
    spoken_s = _numbers(turns, "userSpeechDurationSeconds")
    return Summary(
        total_turns=len(turns),
        completed_turns=done,
        interrupted_turns=interrupted,
        interruption_rate=share(interrupted, done + interrupted),
        total_user_speech_duration_seconds=round(sum(spoken_s), 3) if spoken_s else None,
        total_user_words=_words(messages, "user") if row.keeps_transcript else None,
        total_assistant_words=_words(messages, "persona") if row.keeps_transcript else None,
        total_warnings=row.warnings,
        total_errors=row.errors,
        tool_calls=count_calls(CallCounts(by_name={}), *(call.called for call in calls)),
        average_latencies=AverageLatencies(
            transcription_latency_seconds=_mean(_numbers(turns, "transcriptionLatencySeconds")),
            llm_time_to_first_output_seconds=_mean(_numbers(turns, "llmTimeToFirstOutputSeconds")),
            tts_generation_duration_seconds=_mean(_numbers(turns, "ttsGenerationDurationSeconds")),
            first_audio_latency_seconds=_mean(_numbers(turns, "firstAudioLatencySeconds")),
        ),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _words(messages: Sequence[models.SessionMessage], role: str) -> int:
    return sum(len(message.text.split()) for message in messages if message.role == role)


def _ran_with(row: models.Session) -> RanWith:
    config = row.persona_config
    llm: Json = config.get("llmConfig") or {}
    return RanWith(
        llm_provider=llm.get("format"),
        llm_model=llm.get("modelName"),
        tts_provider=config.get("ttsProvider"),
        tts_voice=config.get("ttsProviderVoiceId"),
        avatar_key=config.get("avatarEngineKey"),
        persona_name=config.get("name"),
        language_code=config.get("languageCode"),
        transcripts_enabled=row.keeps_transcript,
    )
