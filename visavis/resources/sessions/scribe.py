"""Writes down what sessions leave behind while they live, so that a crash costs the last seconds and not the talk.

What is said and measured waits in memory for a moment; then that of all sessions goes to the database together.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.events import EndReason, LineMeasured, TurnMeasured
from visavis.core.tasks import TaskSet
from visavis.db import models
from visavis.db.blobs import Blobs
from visavis.db.models import Json
from visavis.db.session import Database
from visavis.engine.conversation import Conversation
from visavis.engine.host import SessionReport
from visavis.engine.metering import ProviderCall
from visavis.engine.records import Entry, ReportedMessage, ReportedToolCall
from visavis.http.strings import storable
from visavis.resources.sessions.called import called
from visavis.resources.sessions.checkpoints import Checkpoints, forget, write
from visavis.resources.sessions.line_quality import LineQuality
from visavis.resources.sessions.measured import WallTime, measured
from visavis.resources.sessions.news import tell_ended, tell_tools_failed
from visavis.resources.sessions.providers_used import ProvidersUsed
from visavis.resources.sessions.recordings import adopt

FLUSH_EVERY_S = 0.25
ENTRIES_PER_SESSION_MAX = 20_000  # weeks of talking; what comes after is not kept
WAITING_MAX = 100_000  # entries of all sessions while the database does not answer
EXIT_STATUS: Mapping[EndReason, str] = {
    "client": "NORMAL_EXIT",
    "connection_lost": "NORMAL_EXIT",
    "never_connected": "CLOSED_BY_ENGINE",
    "stopped": "CLOSED_BY_ENGINE",
    "max_length": "CLOSED_BY_ENGINE",
    "user_silence": "CLOSED_BY_ENGINE",
    "hung_up": "NORMAL_EXIT",
    "failed": "ERROR",
}

log = structlog.get_logger()


@dataclass(slots=True)
class _Notes:
    """What of one session is not written yet, and how much of it was noted in all. `end` is there when it has ended."""

    wall: WallTime
    keeps_words: bool
    messages: list[Json] = field(default_factory=list[Json], repr=False)
    turns: list[Json] = field(default_factory=list[Json])
    calls: list[Json] = field(default_factory=list[Json], repr=False)
    used: ProvidersUsed = field(default_factory=ProvidersUsed)
    line: LineQuality = field(default_factory=LineQuality)
    end: Json | None = None
    messages_noted: int = 0
    turns_noted: int = 0
    calls_noted: int = 0

    @property
    def entries(self) -> int:
        return len(self.messages) + len(self.turns) + len(self.calls)


class Scribe:
    """`note` and `end` are what the host tells; `open` comes first, `start` and `stop` frame everything."""

    def __init__(self, database: Database, blobs: Blobs, checkpoints: Checkpoints) -> None:
        self._database, self._blobs, self._checkpoints = database, blobs, checkpoints
        self._notes: dict[str, _Notes] = {}
        self._waiting = 0
        self._noted = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._tasks = TaskSet()

    def start(self) -> None:
        self._tasks.start(self._flush_now_and_then(), "scribe")

    async def stop(self) -> None:
        await self._tasks.close()
        await self.flush()

    def open(self, row: models.Session, started_ms: float, messages: int = 0, turns: int = 0, calls: int = 0) -> None:
        """From here on a session's entries are kept. `started_ms` is its start on the engine's clock.

        `messages`, `turns` and `calls` are how many of each were written by a process that died.
        """
        wall = WallTime(row.start_time, started_ms)
        notes = self._notes[row.id] = _Notes(wall, row.keeps_transcript)
        notes.messages_noted, notes.turns_noted, notes.calls_noted = messages, turns, calls
        notes.used, notes.line = ProvidersUsed(row.providers_used), LineQuality(row.line_quality)

    def changed(self, conversation: Conversation) -> None:
        """Somebody said something: write down what this conversation has to remember."""
        self._checkpoints.note(conversation)
        self._noted.set()

    def note(self, session_id: str, entry: Entry) -> None:
        notes = self._notes.get(session_id)
        if notes is None or self._waiting >= WAITING_MAX:
            return
        match entry:
            case ProviderCall():  # written with whatever is noted next, or with the end, as is the next kind
                notes.used.add(entry)
                return
            case LineMeasured():
                notes.line.add(entry)
                return
            case ReportedMessage() if notes.keeps_words and notes.messages_noted < ENTRIES_PER_SESSION_MAX:
                notes.messages.append(_message(session_id, notes.messages_noted, entry, notes.wall))
                notes.messages_noted += 1
            case TurnMeasured() if notes.turns_noted < ENTRIES_PER_SESSION_MAX:
                notes.turns.append(_turn(session_id, notes.turns_noted, entry, notes.wall))
                notes.turns_noted += 1
            case ReportedToolCall() if notes.calls_noted < ENTRIES_PER_SESSION_MAX:
                notes.calls.append(_call(session_id, notes.calls_noted, entry, notes))
                notes.calls_noted += 1
            case _:
                return
        self._waiting += 1
        self._noted.set()

    @property
    def waiting(self) -> int:
        """How many entries are not in the database yet."""
        return self._waiting

    async def end(self, report: SessionReport) -> None:
        """All there will ever be of this session is in the database when this returns, or as soon as it answers."""
        if report.film:
            await self._keep_film(report)
        notes = self._notes.get(report.session_id)
        if notes is not None:
            notes.end = _end(report, notes.wall)
            await self._try_to_flush()

    async def flush(self) -> None:
        """Write down what has been noted. Raises what the database raises, and then nothing is forgotten."""
        async with self._one_at_a_time:
            batch = {
                session_id: replace(
                    notes, messages=list(notes.messages), turns=list(notes.turns), calls=list(notes.calls)
                )
                for session_id, notes in self._notes.items()
                if notes.entries or notes.end
            }
            try:
                remembered = await self._checkpoints.take()
                if not batch and not remembered:
                    return
                async with self._database.writing() as session:
                    await write(session, remembered)
                    for session_id, notes in batch.items():
                        await _write(session, session_id, notes)
            except BaseException:
                self._checkpoints.not_written()
                raise
            self._checkpoints.written()
            for session_id, written in batch.items():
                self._forget(session_id, written)

    def _forget(self, session_id: str, written: _Notes) -> None:
        notes = self._notes[session_id]
        del notes.messages[: len(written.messages)]
        del notes.turns[: len(written.turns)]
        del notes.calls[: len(written.calls)]
        self._waiting -= written.entries
        if written.end is not None:  # nothing follows
            del self._notes[session_id]

    async def _keep_film(self, report: SessionReport) -> None:
        try:
            await adopt(self._database, self._blobs, report.session_id, Path(report.film))
        except Exception as error:  # without its film, a session has still ended
            log.error("a recording could not be kept", reason=type(error).__name__)

    async def _flush_now_and_then(self) -> None:
        while True:
            await self._noted.wait()
            self._noted.clear()
            await self._try_to_flush()
            # at once where it is quiet, and not more often than this where it is not
            await asyncio.sleep(FLUSH_EVERY_S)

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except Exception as error:  # whatever ails the database, the next try may work
            log.error("transcripts could not be written; trying again", reason=type(error).__name__)
            self._noted.set()


async def _write(session: AsyncSession, session_id: str, notes: _Notes) -> None:
    """What one session leaves must not keep the others' from being written: one whose row is gone leaves nothing."""
    try:
        async with session.begin_nested():
            if notes.messages:
                await session.execute(insert(models.SessionMessage), notes.messages)
            if notes.turns:
                await session.execute(insert(models.SessionTurn), notes.turns)
            if notes.calls:
                await session.execute(insert(models.SessionToolCall), notes.calls)
                await tell_tools_failed(session, session_id, notes.calls)
    except (IntegrityError, DataError) as error:
        log.error("a part of a transcript was refused by the database", reason=type(error).__name__)
    # a sign of life, by which a start after a crash knows when the session ended
    figures = {"providers_used": notes.used.stored, "line_quality": notes.line.stored}
    changes = {**(notes.end or {"updated_at": models.now()}), **figures}
    await session.execute(update(models.Session).where(models.Session.id == session_id).values(**changes))
    if notes.end is not None:
        await forget(session, session_id)
        await tell_ended(session, session_id)


def _end(report: SessionReport, wall: WallTime) -> Json:
    failed = report.reason == "failed"
    return {
        "end_time": wall.at(report.ended_ms),
        "exit_status": EXIT_STATUS[report.reason],
        "reported_at": models.now(),
        "warnings": report.warnings,
        "errors": max(report.failures, 1) if failed else report.failures,
    }


def _message(session_id: str, position: int, message: ReportedMessage, wall: WallTime) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "position": position,
        "role": message.role,
        "text": storable(message.text),
        "said_at": wall.at(message.at_ms),
        "turn_id": storable(message.turn_id),
        "speaking_ms": message.speaking_ms,
        "interrupted": message.interrupted,
    }


def _turn(session_id: str, position: int, turn: TurnMeasured, wall: WallTime) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "position": position,
        "turn_id": storable(turn.turn_id),
        "measured": measured(turn, wall),
    }


def _call(session_id: str, position: int, entry: ReportedToolCall, notes: _Notes) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "position": position,
        "turn_id": storable(entry.call.turn_id),
        "called": called(entry, notes.wall, keeps_words=notes.keeps_words),
    }
