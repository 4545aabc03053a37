"""How long what was said and shown is kept, and erasing it when its time is over."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db import models
from visavis.db.blobs import Blobs
from visavis.db.session import Database

LOOK_EVERY_S = 3600.0
SESSIONS_AT_ONCE = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keeping:
    """The operator's choices. 0 `days` keeps everything for ever."""

    recordings: bool
    days: int

    def is_over(self, row: models.Session, now: datetime) -> bool:
        return row.end_time is not None and self.days > 0 and row.end_time < self.limit(now)

    def limit(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days)


async def keep_erasing(database: Database, blobs: Blobs, keeping: Keeping) -> None:
    """Every hour, until cancelled."""
    while keeping.days:
        try:
            while await erase_old(database, blobs, keeping.limit(models.now())) == SESSIONS_AT_ONCE:
                pass
        except Exception as error:  # the next look may work
            log.error("old transcripts and recordings could not be erased", reason=type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


async def erase_old(database: Database, blobs: Blobs, before: datetime) -> int:
    """Erase what was said and shown in some of the sessions that ended before then; how many. The figures stay."""
    rows, messages, calls = models.Session, models.SessionMessage, models.SessionToolCall
    has_something = or_(
        rows.recording != "",
        exists().where(messages.session_id == rows.id),
        exists().where(calls.session_id == rows.id),
    )
    async with database.writing() as session:
        query = select(rows).where(rows.end_time < before, has_something).limit(SESSIONS_AT_ONCE)
        old = (await session.scalars(query)).all()
        ids, recordings = [row.id for row in old], [row.recording for row in old]
        await session.execute(delete(messages).where(messages.session_id.in_(ids)))
        await session.execute(delete(calls).where(calls.session_id.in_(ids)))
        for row in old:
            row.recording = ""
    for name in recordings:
        await blobs.remove(name)
    return len(ids)


async def erase(session: AsyncSession, blobs: Blobs, row: models.Session) -> None:
    """A session with everything that is left of it."""
    await blobs.remove(row.recording)
    await session.delete(row)
    await session.flush()
