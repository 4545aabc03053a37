"""The latencies of many sessions together: how they are spread, how often something went wrong, which were slowest."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Any, get_args

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.db import models
from visavis.db.models import Json
from visavis.resources.sessions.aggregate_schemas import (
    Aggregate,
    Counts,
    Filters,
    Latencies,
    LatencyStats,
    Rates,
    SlowTurn,
)
from visavis.resources.sessions.analytics import SESSION_TYPES, count_calls, numbers, share
from visavis.resources.sessions.measured import completed
from visavis.resources.sessions.report_schemas import Metric

RANGE_DEFAULT = timedelta(hours=24)
RANGE_MAX = timedelta(days=31)
SESSIONS_MAX = 1_000
TURNS_MAX = 100_000
TURNS_AT_ONCE = 500  # are read before others get their turn: a few milliseconds
SLOWEST_PER_METRIC = 5
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True)
class Range:
    since: datetime
    until: datetime


@dataclass(slots=True)
class _Found:
    """What the database has of the sessions that are looked at."""

    sessions: Mapping[str, models.Session]
    turns: list[tuple[str, str, Json]] = field(default_factory=list[tuple[str, str, Json]])
    calls: list[Json] = field(default_factory=list[Json])


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
    """Of the newest sessions that match; `truncated` tells that there were more."""
    rows = models.Session
    where = [rows.organization_id == organization_id, rows.start_time >= span.since, rows.start_time <= span.until]
    where += _matching(filters)
    total = await session.scalar(select(func.count()).select_from(rows).where(*where)) or 0
    where.append(rows.session_type.in_(SESSION_TYPES))
    query = select(rows).where(*where).order_by(rows.start_time.desc(), rows.id).limit(SESSIONS_MAX + 1)
    newest = (await session.scalars(query)).all()
    found = await _read(session, [row for row in newest[:SESSIONS_MAX] if row.reported_at is not None])
    truncated = len(newest) > SESSIONS_MAX or len(found.turns) == TURNS_MAX
    return await asyncio.to_thread(_sum_up, found, span, filters, total, truncated)


def _matching(filters: Filters) -> list[ColumnElement[bool]]:
    rows = models.Session
    wanted = {
        rows.persona_id: filters.persona_id,
        rows.api_key_id: filters.api_key_id,
        rows.client_label: filters.client_label,
        rows.session_type: filters.session_type,
    }
    return [column == value for column, value in wanted.items() if value is not None]


async def _read(session: AsyncSession, sessions: Sequence[models.Session]) -> _Found:
    found = _Found({row.id: row for row in sessions})
    turns, calls = models.SessionTurn, models.SessionToolCall
    query = (
        select(turns.session_id, turns.turn_id, turns.measured)
        .where(turns.session_id.in_(found.sessions))
        .order_by(turns.session_id, turns.position)
        .limit(TURNS_MAX)
    )
    async for part in (await session.stream(query)).partitions(TURNS_AT_ONCE):
        found.turns += [(session_id, turn_id, measured) for session_id, turn_id, measured in part]
        await asyncio.sleep(0)
    result = await session.scalars(select(calls.called).where(calls.session_id.in_(found.sessions)).limit(TURNS_MAX))
    found.calls += result.all()
    return found


def _sum_up(found: _Found, span: Range, filters: Filters, total: int, truncated: bool) -> Aggregate:
    measured = [turn for _, _, turn in found.turns]
    counts = _counts(found, measured)
    replies = counts.completed_turns + counts.interrupted_turns
    reports = len(found.sessions)
    return Aggregate(
        since=span.since,
        to=span.until,
        filters=filters,
        session_count=total,
        sessions_with_reports=reports,
        truncated=truncated,
        turn_count=len(measured),
        latencies=_latencies(measured),
        counts=counts,
        rates=Rates(
            interruption_rate=share(counts.interrupted_turns, replies),
            interrupted_before_audio_rate=share(counts.interrupted_before_audio_turns, replies),
            error_session_rate=share(counts.sessions_with_errors, reports),
            warning_session_rate=share(counts.sessions_with_warnings, reports),
            tool_call_failure_rate=share(counts.tool_calls.failed, counts.tool_calls.total),
        ),
        slowest_turns=[slow for metric in METRICS for slow in _slowest(found, metric)],
    )


def _counts(found: _Found, turns: Sequence[Json]) -> Counts:
    sessions = found.sessions.values()
    interrupted = [turn for turn in turns if turn.get("wasInterrupted")]
    return Counts(
        completed_turns=sum(completed(turn) for turn in turns),
        interrupted_turns=len(interrupted),
        interrupted_before_audio_turns=sum(turn.get("interruptedStage") != "while_speaking" for turn in interrupted),
        total_errors=sum(row.errors for row in sessions),
        total_warnings=sum(row.warnings for row in sessions),
        sessions_with_errors=sum(row.errors > 0 for row in sessions),
        sessions_with_warnings=sum(row.warnings > 0 for row in sessions),
        tool_calls=count_calls(found.calls),
    )


def _latencies(turns: Sequence[Json]) -> Latencies:
    fields = Latencies.model_fields.items()
    return Latencies.model_validate({name: latency_stats(numbers(turns, item.alias or name)) for name, item in fields})


def latency_stats(values: Sequence[float]) -> LatencyStats:
    """Percentiles lie on the line between the two measurements around them."""
    ranked = sorted(values)
    if not ranked:
        return LatencyStats(count=0, avg=None, p50=None, p90=None, p95=None, p99=None, max=None)
    p50, p90, p95, p99 = (_percentile(ranked, part) for part in (0.5, 0.9, 0.95, 0.99))
    mean = round(sum(ranked) / len(ranked), 3)
    return LatencyStats(count=len(ranked), avg=mean, p50=p50, p90=p90, p95=p95, p99=p99, max=ranked[-1])


def _percentile(ranked: Sequence[float], part: float) -> float:
    place = (len(ranked) - 1) * part
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return round(ranked[below] + (ranked[above] - ranked[below]) * (place - below), 3)


def _slowest(found: _Found, metric: Metric) -> list[SlowTurn]:
    def seconds(turn: tuple[str, str, Mapping[str, Any]]) -> float:
        return turn[2][metric]

    measured = [turn for turn in found.turns if isinstance(turn[2].get(metric), int | float)]
    return [
        SlowTurn(
            session_id=session_id,
            correlation_id=turn_id,
            metric=metric,
            value_seconds=turn[metric],
            session_start_time=found.sessions[session_id].start_time,
            persona_id=found.sessions[session_id].persona_id,
            client_label=found.sessions[session_id].client_label,
        )
        for session_id, turn_id, turn in nlargest(SLOWEST_PER_METRIC, measured, key=seconds)
    ]
