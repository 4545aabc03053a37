"""What living sessions need to go on after a crash: written when something was said, together with the transcript.

A checkpoint is one sealed row for each session, small enough to be written again after every turn. Sessions of personas
with zero data retention have none, and end with the process that they live in.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

import structlog
from cryptography.fernet import InvalidToken
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.spec import SessionSpec
from visavis.db import models
from visavis.db.keyring import Keyring
from visavis.engine.conversation import Conversation
from visavis.engine.memory import Memory

BYTES_MAX = 1_000_000  # of one session; with more, what was said first is forgotten first

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Who talks with whom, what was said, and when that was so."""

    spec: SessionSpec = field(repr=False)
    memory: Memory
    taken_at: datetime

    def at(self, moment: datetime) -> Memory:
        """The memory, as old as it is then."""
        return self.memory.aged(max(0.0, (moment - self.taken_at).total_seconds() * 1000))


@runtime_checkable
class LinePeer(Protocol):
    """A peer that can say by what another process would know its client again."""

    @property
    def keepsake(self) -> str: ...


_ADAPTER = TypeAdapter(Checkpoint)


def _whole(text: str) -> str:
    """Without halves of characters, which no encoding can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def seal(checkpoint: Checkpoint, keyring: Keyring) -> str:
    """As it is stored; "" where even the last of what was said is too much. It computes: not on the event loop."""
    said = tuple(replace(message, text=_whole(message.text)) for message in checkpoint.memory.said)
    checkpoint = replace(checkpoint, memory=replace(checkpoint.memory, said=said))
    while True:
        text = _ADAPTER.dump_json(checkpoint)
        if len(text) <= BYTES_MAX:
            return keyring.seal(text.decode())
        if not checkpoint.memory.said:
            return ""
        checkpoint = replace(checkpoint, memory=checkpoint.memory.shorter())


def unseal(sealed: str, keyring: Keyring) -> Checkpoint | None:
    """None for one that cannot be used: damaged, of another version, or sealed with a key that is gone."""
    try:
        return _ADAPTER.validate_json(keyring.unseal(sealed))
    except InvalidToken:
        log.warning("a checkpoint cannot be opened: it is damaged, or the key that sealed it is gone")
    except ValidationError as error:
        log.warning("a checkpoint cannot be used: it was written by another version", problems=error.error_count())
    return None


class Checkpoints:
    """Which sessions have something new to remember. `note` never waits; the scribe does the writing."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._changed: dict[str, Conversation] = {}
        self._taken: dict[str, Conversation] = {}

    def note(self, conversation: Conversation) -> None:
        if not conversation.spec.zero_data_retention:
            self._changed[conversation.spec.session_id] = conversation

    async def first(self, session: AsyncSession, spec: SessionSpec) -> None:
        """Of a session that begins, in the transaction that begins it."""
        if not spec.zero_data_retention:
            checkpoint = Checkpoint(spec, Memory(), models.now())
            await write(session, {spec.session_id: await asyncio.to_thread(seal, checkpoint, self._keyring)})

    async def take(self) -> dict[str, str]:
        """What has changed since the last time, sealed. `written` or `not_written` comes next."""
        self._taken, self._changed = self._changed, {}
        taken = {session_id: _of(conversation) for session_id, conversation in self._taken.items()}
        if not taken:
            return {}
        return await asyncio.to_thread(lambda: {name: seal(it, self._keyring) for name, it in taken.items()})

    def written(self) -> None:
        self._taken = {}

    def not_written(self) -> None:
        self._changed = {**self._taken, **self._changed}


async def write(session: AsyncSession, sealed: Mapping[str, str]) -> None:
    """Each in the place of the one before. A session that is gone has none."""
    if not sealed:
        return
    await forget(session, *sealed)
    for session_id, text in sealed.items():
        if text:
            with suppress(IntegrityError):
                async with session.begin_nested():
                    await session.execute(insert(models.SessionCheckpoint).values(session_id=session_id, sealed=text))


async def forget(session: AsyncSession, *session_ids: str) -> None:
    rows = models.SessionCheckpoint
    await session.execute(delete(rows).where(rows.session_id.in_(session_ids)))


def _of(conversation: Conversation) -> Checkpoint:
    memory, peer = conversation.remember(), conversation.peer
    line = peer.keepsake if isinstance(peer, LinePeer) else ""
    return Checkpoint(conversation.spec, replace(memory, line=line or memory.line), models.now())
