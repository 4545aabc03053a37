"""How busy the server is: whether a session could start now, and when one may."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db import models
from visavis.engine.host import Host
from visavis.resources.sessions.report_schemas import Concurrency

LOOK_BACK = timedelta(days=30)
SAMPLE_MAX = 1_000  # sessions whose mean length is taken for that of all


async def concurrency(host: Host, session: AsyncSession, organization_id: str, now: datetime) -> Concurrency:
    """`active` counts the organization's own sessions, the limit is one for the whole server."""
    rows = models.Session
    mine = rows.organization_id == organization_id
    running = mine & rows.end_time.is_(None)
    active, oldest = (await session.execute(select(func.count(), func.min(rows.start_time)).where(running))).one()
    free = host.live < host.sessions_max and not host.draining
    ended = (
        select(rows.start_time, rows.end_time)
        .where(mine, rows.end_time.is_not(None), rows.start_time > now - LOOK_BACK)
        .order_by(rows.start_time.desc())
        .limit(SAMPLE_MAX)
    )
    lengths: list[timedelta] = []
    if not free:
        lengths = [end - start for start, end in await session.execute(ended) if end is not None]
    return Concurrency(
        limit=host.sessions_max,
        active=active,
        can_start_session=free,
        estimated_wait_seconds=0 if free else _wait_s(lengths, oldest, now),
    )


def _wait_s(lengths: Sequence[timedelta], oldest: datetime | None, now: datetime) -> int | None:
    """The longest running session is expected to be as long as the others were."""
    if not lengths or oldest is None:
        return None
    mean = sum(lengths, timedelta()) / len(lengths)
    return max(0, round((mean - (now - oldest)).total_seconds()))
