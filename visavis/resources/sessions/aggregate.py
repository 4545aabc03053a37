"""The latencies of many sessions together: how they are spread, how often something went wrong, which were slowest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.db import models
from visavis.resources.sessions.aggregate_schemas import Aggregate, Filters
from visavis.resources.sessions.analytics import SESSION_TYPES, count_calls
from visavis.resources.sessions.tally import Reported, Tally, rates

RANGE_DEFAULT = timedelta(hours=24)
RANGE_MAX = timedelta(days=31)
SESSIONS_MAX = 1_000
TURNS_MAX = 100_000
ROWS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Range:
    since: datetime
    until: datetime


def time_range(since: datetime | None, until: datetime | None, now: datetime) -> Range:
    """Raises `InvalidRequest` for one that ends before it begins, or is too long."""
    until = until or now
    since = since or until - RANGE_DEFAULT
    if since > until:
        raise InvalidRequest.field("from", "has to be before `to`", "invalid_range")
    if until - since > RANGE_MAX:
        raise InvalidRequest.field("from", f"may be at most {RANGE_MAX.days} days before `to`", "range_too_long")
    return Range(since, until)


async def aggregate(session: AsyncSession, organization_id: str, span: Range, filters: Filters) -> Aggregate:
    """Of the newest sessions that match and can have reports; `truncated` tells that there were more."""
    rows = models.Session
    where = [rows.organization_id == organization_id, rows.start_time >= span.since, rows.start_time <= span.until]
    where += _matching(filters)
    total = await session.scalar(select(func.count()).select_from(rows).where(*where)) or 0
    newest = select(rows.id).where(*where, rows.session_type.in_(SESSION_TYPES))
    newest = newest.order_by(rows.start_time.desc(), rows.id)
    more = await session.scalar(newest.offset(SESSIONS_MAX).limit(1)) is not None
    tally = await _read(session, newest.limit(SESSIONS_MAX))
    counts = tally.counts()
    return Aggregate(
        since=span.since,
        to=span.until,
        filters=filters,
        session_count=total,
        sessions_with_reports=len(tally.sessions),
        truncated=more or tally.turns == TURNS_MAX,
        turn_count=tally.turns,
        latencies=await asyncio.to_thread(tally.latencies),
        counts=counts,
        rates=rates(counts, len(tally.sessions)),
        slowest_turns=tally.slowest_turns(),
    )


def _matching(filters: Filters) -> list[ColumnElement[bool]]:
    rows = models.Session
    wanted = {
        rows.persona_id: filters.persona_id,
        rows.api_key_id: filters.api_key_id,
        rows.client_label: filters.client_label,
        rows.session_type: filters.session_type,
    }
    return [column == value for column, value in wanted.items() if value is not None]


async def _read(session: AsyncSession, newest: Select[str]) -> Tally:
    tally, rows, turns, calls = Tally(), models.Session, models.SessionTurn, models.SessionToolCall
    reported = rows.id.in_(select(newest.subquery().c.id)) & rows.reported_at.is_not(None)
    about = select(rows.id, rows.start_time, rows.persona_id, rows.client_label, rows.errors, rows.warnings)
    async for row in _slowly(session, about.where(reported)):
        tally.sessions[row[0]] = Reported(*row[1:])
    measured = select(turns.session_id, turns.turn_id, turns.measured).join(rows, rows.id == turns.session_id)
    async for row in _slowly(session, measured.where(reported).limit(TURNS_MAX)):
        tally.add(*row)
    called = select(calls.called).join(rows, rows.id == calls.session_id)
    async for row in _slowly(session, called.where(reported).limit(TURNS_MAX)):
        count_calls(tally.calls, row[0])
    return tally


async def _slowly(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> AsyncIterator[Row[*tuple[Any, ...]]]:
    """Rows, with a chance for others now and then: sound is due every 20 ms."""
    async for part in (await session.stream(query)).partitions(ROWS_AT_ONCE):
        for row in part:
            yield row
        await asyncio.sleep(0)
