"""What was said in a session: as the API gives it, and as captions (WebVTT)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import NotFound
from visavis.db import models
from visavis.resources.sessions.report_schemas import Transcript, TranscriptMessage
from visavis.resources.sessions.retention import Keeping
from visavis.resources.sessions.schemas import Session

# how long a caption stays that was not spoken: long enough to be read
READING_MS_PER_CHAR = 60.0
READING_MS_MIN = 1_000.0


async def messages_of(session: AsyncSession, row: models.Session) -> Sequence[models.SessionMessage]:
    table = models.SessionMessage
    found = await session.scalars(select(table).where(table.session_id == row.id).order_by(table.position))
    return found.all()


async def transcript(session: AsyncSession, row: models.Session, keeping: Keeping) -> Transcript:
    """Also of a session that still runs: what was said until a moment ago. Raises `NotFound` for one that is erased."""
    if keeping.is_over(row, models.now()):
        raise NotFound(f"The transcript is gone: this server keeps them for {keeping.days} days")
    messages = [_message(said) for said in await messages_of(session, row)]
    shown = Session.of(row)
    return Transcript(
        session_id=row.id,
        persona_name=row.persona_config.get("name") or "",
        start_time=row.start_time,
        end_time=row.end_time,
        duration_ms=shown.session_length_ms,
        total_messages=len(messages),
        transcripts_enabled=row.keeps_transcript,
        messages=messages,
    )


def _message(said: models.SessionMessage) -> TranscriptMessage:
    return TranscriptMessage(
        role="persona" if said.role == "persona" else "user",
        message=said.text,
        timestamp=said.said_at,
        speaking_duration_seconds=None if said.speaking_ms is None else round(said.speaking_ms / 1000, 3),
        was_interrupted=said.interrupted if said.role == "persona" else None,
    )


def web_vtt(transcript: Transcript) -> str:
    """The same as captions, timed from the start of the session."""
    cues = [f"{number}\n{_cue(transcript, said)}\n" for number, said in enumerate(transcript.messages, 1)]
    return "\n".join(["WEBVTT\n", *cues])


def prefers_vtt(accept: str) -> bool:
    """Whether an Accept header ranks captions above JSON."""
    weights = dict(_ranked(part) for part in accept.lower().split(","))
    return weights.get("text/vtt", 0.0) > weights.get("application/json", 0.0)


def _ranked(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, float(value)
            except ValueError:
                return name, 0.0
    return name, 1.0


def _cue(transcript: Transcript, said: TranscriptMessage) -> str:
    speaker = "User" if said.role == "user" else transcript.persona_name or "Persona"
    return f"{_span(transcript.start_time, said)}\n<v {_line(speaker)}>{_line(said.message)}"


def _span(started_at: datetime, said: TranscriptMessage) -> str:
    from_ms = max(0.0, ((said.timestamp or started_at) - started_at) / timedelta(milliseconds=1))
    spoken_ms = (said.speaking_duration_seconds or 0.0) * 1000
    return f"{_clock(from_ms)} --> {_clock(from_ms + (spoken_ms or _reading_ms(said.message)))}"


def _reading_ms(text: str) -> float:
    return max(READING_MS_MIN, len(text) * READING_MS_PER_CHAR)


def _clock(at_ms: float) -> str:
    seconds, milliseconds = divmod(round(at_ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{milliseconds:03d}"


def _line(text: str) -> str:
    """On one line, since an empty one would end the cue, and without anything that reads as markup."""
    text = " ".join(text.split())
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
