"""What webhooks are told about sessions, written down together with what it tells."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.tools import INTERRUPTED
from visavis.db import models
from visavis.db.models import Json
from visavis.http.wire import timestamp
from visavis.resources.webhooks.service import enqueue

# without arguments, which are words that somebody said
TOLD_OF_A_CALL = (
    "toolCallId", "toolName", "toolType", "toolSubtype", "startedAt", "completedAt", "durationSeconds", "errorMessage",
)  # fmt: skip


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


async def tell_tools_failed(session: AsyncSession, session_id: str, calls: Sequence[Json]) -> None:
    """Those that a user interrupted have not failed."""
    failed = [call for call in calls if call["called"]["status"] == "failed"]
    failed = [call for call in failed if call["called"]["errorMessage"] != INTERRUPTED]
    row = await session.scalar(select(models.Session).where(models.Session.id == session_id)) if failed else None
    if row is None or row.organization_id is None:
        return
    for call in failed:
        named = {name: call["called"][name] for name in TOLD_OF_A_CALL}
        facts = {**_facts(row), "correlationId": call["turn_id"], **named}
        await enqueue(session, row.organization_id, "tool.failed", facts)


def _facts(row: models.Session) -> dict[str, Any]:
    return {
        "sessionId": row.id,
        "personaId": row.persona_id,
        "clientLabel": row.client_label,
        "startTime": timestamp(row.start_time),
    }
