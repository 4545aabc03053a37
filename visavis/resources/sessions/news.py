"""What webhooks are told about sessions, written down together with what it tells."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db import models
from visavis.http.wire import timestamp
from visavis.resources.webhooks.service import enqueue


async def tell_started(session: AsyncSession, row: models.Session) -> None:
    await enqueue(session, row.organization_id or "", "session.started", _facts(row))


async def tell_ended(session: AsyncSession, session_id: str) -> None:
    """After its end is written: that it is over, and what remains of it."""
    row = await session.scalar(select(models.Session).where(models.Session.id == session_id))
    if row is None or row.organization_id is None or row.end_time is None:
        return
    facts = {**_facts(row), "endTime": timestamp(row.end_time), "exitStatus": row.exit_status}
    await enqueue(session, row.organization_id, "session.ended", facts)
    if row.keeps_transcript:
        await enqueue(session, row.organization_id, "transcript.ready", _facts(row))
    if row.recording:
        await enqueue(session, row.organization_id, "recording.ready", _facts(row))


def _facts(row: models.Session) -> dict[str, Any]:
    return {
        "sessionId": row.id,
        "personaId": row.persona_id,
        "clientLabel": row.client_label,
        "startTime": timestamp(row.start_time),
    }
