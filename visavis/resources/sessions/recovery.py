"""After a crash: which sessions go on in this process, and the end of all others."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.events import EndReason
from visavis.core.spec import SessionSpec
from visavis.core.tasks import TaskSet
from visavis.db import models
from visavis.db.keyring import Keyring
from visavis.db.session import Database
from visavis.engine.host import Host
from visavis.engine.memory import Memory
from visavis.resources.sessions.checkpoints import forget, unseal
from visavis.resources.sessions.news import tell_ended
from visavis.resources.sessions.scribe import EXIT_STATUS, Scribe

SIGN_OF_LIFE_EVERY_S = 2.0
# A start takes a while where much else is going on, and clients wait in the socket meanwhile.
RESUMED_WITHIN = timedelta(minutes=2)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Survivor:
    """A session that goes on, and how many messages, turns and calls of tools it has left so far."""

    row: models.Session
    spec: SessionSpec
    memory: Memory
    written: tuple[int, int, int]


async def find_survivors(
    database: Database, keyring: Keyring, node_file: Path, chores: TaskSet
) -> tuple[str, list[Survivor]]:
    """What this server is called in the database, the same after every start, and the sessions that a crash left.

    `node_file` keeps the name; from now on its age says how long this process has been dead.
    """
    node = _name(node_file)
    async with database.writing() as session:
        survivors = await recover(session, node, keyring, last_life(node_file))
    chores.start(show_life(node_file), "show-life")
    return node, survivors


def _name(node_file: Path) -> str:
    if not node_file.exists():
        node_file.write_text(models.new_id())
    return node_file.read_text().strip()


async def show_life(path: Path) -> None:
    """Until cancelled, touch this file: by it the next process knows when this one died."""
    while True:
        os.utime(path)
        await asyncio.sleep(SIGN_OF_LIFE_EVERY_S)


def last_life(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


async def recover(session: AsyncSession, node: str, keyring: Keyring, alive_at: datetime) -> list[Survivor]:
    """Sessions of this node that a crash left open. Those that nobody waits for any more are closed.

    `alive_at` is the last sign of life of the process that died.
    """
    rows, checkpoints, now = models.Session, models.SessionCheckpoint, models.now()
    found = await session.execute(
        select(rows, checkpoints.sealed)
        .outerjoin(checkpoints, checkpoints.session_id == rows.id)
        .where(rows.node == node, rows.end_time.is_(None))
    )
    in_time = now - alive_at <= RESUMED_WITHIN
    survivors: list[Survivor] = []
    for row, sealed in found.all():
        checkpoint = await asyncio.to_thread(unseal, sealed, keyring) if sealed and in_time else None
        if checkpoint is None or checkpoint.spec.session_id != row.id:
            await _close(session, row, "failed", max(row.start_time, min(alive_at, now)))
            continue
        memory = checkpoint.at(now)
        limit_ms = checkpoint.spec.max_length_ms
        if limit_ms is not None and memory.joined_ms is not None and memory.joined_ms >= limit_ms:
            await _close(session, row, "max_length", max(row.start_time, min(alive_at, now)))
            continue
        # its film ends with the process that made it, and that it died is an error of the session
        spec = replace(checkpoint.spec, may_be_recorded=checkpoint.spec.may_be_recorded and not memory.ready)
        memory = replace(memory, failures=memory.failures + 1)
        survivors.append(Survivor(row, spec, memory, await _written(session, row.id)))
    return survivors


async def go_on(host: Host, scribe: Scribe, database: Database, survivors: Sequence[Survivor]) -> None:
    """Give them a process again. A session that cannot be had here any more ends, and the others do not mind."""
    for survivor in survivors:
        try:
            conversation = host.resume(survivor.spec, survivor.memory)
        except Exception as error:  # such as a provider that is not installed any more
            log.error("a session could not go on after a crash", reason=type(error).__name__)
            async with database.writing() as session:
                row = await session.get_one(models.Session, survivor.row.id)
                await _close(session, row, "failed", models.now())
            continue
        scribe.open(survivor.row, conversation.past.started_ms, *survivor.written)
    if survivors:
        log.warning("sessions go on after a crash", count=len(survivors))


async def _close(session: AsyncSession, row: models.Session, reason: EndReason, at: datetime) -> None:
    row.end_time, row.exit_status, row.reported_at = at, EXIT_STATUS[reason], models.now()
    row.errors += 1
    await forget(session, row.id)
    await session.flush()
    await tell_ended(session, row.id)


async def _written(session: AsyncSession, session_id: str) -> tuple[int, int, int]:
    async def count(table: type[models.SessionMessage | models.SessionTurn | models.SessionToolCall]) -> int:
        last = await session.scalar(select(func.max(table.position)).where(table.session_id == session_id))
        return 0 if last is None else last + 1

    return await count(models.SessionMessage), await count(models.SessionTurn), await count(models.SessionToolCall)
