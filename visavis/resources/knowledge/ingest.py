"""Reading documents in the background: a few at a time, the oldest first, and every one to an end.

The queue is the table itself. Who reads a document holds a lease on it and renews it, so that a document whose server
went away is taken up again: by that server when it starts, or by another one when the lease has run out.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from visavis.core.errors import Unavailable, VisavisError
from visavis.core.passages import Piece
from visavis.core.tasks import TaskSet, cancel_and_wait
from visavis.db.blobs import Blobs
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, now
from visavis.db.passages.base import NewChunk, PassageStore
from visavis.db.session import Database
from visavis.resources.knowledge.schemas import TYPES
from visavis.resources.knowledge.service import touch
from visavis.resources.knowledge.vectors import Vectors

AT_ONCE = 2
LEASE_S = 60.0
LOOK_AGAIN_S = 30.0
ATTEMPTS_MAX = 3
UPLOADS_KEPT_S = 24 * 3600.0  # addresses for them are good for an hour
CHUNKS_MAX = 100_000
KINDS = {media_type: kind for kind, media_type in TYPES.items()}

log = structlog.get_logger()


class Parser(Protocol):
    def pieces(self, path: Path, kind: str, size: int, overlap: int) -> AsyncGenerator[list[Piece]]:
        """Raises `Unprocessable` for a file that cannot be read, `Unavailable` when nothing can be read now."""
        ...


class Ingest:
    """`node` is what this server is called in the database."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        store: PassageStore,
        parser: Parser,
        vectors: Vectors,
        node: str,
        chunks_max: int = CHUNKS_MAX,
    ) -> None:
        self._chunks_max = chunks_max
        self._database, self._blobs, self._store = database, blobs, store
        self._parser, self._vectors, self._node = parser, vectors, node
        self._tasks = TaskSet()
        self._news = asyncio.Event()

    async def start(self) -> None:
        await self._blobs.sweep(UPLOADS_KEPT_S)
        async with self._database.writing() as session:
            mine = update(KnowledgeDocument).where(
                KnowledgeDocument.worker == self._node, KnowledgeDocument.status == "PROCESSING"
            )
            await session.execute(mine.values(lease_until=None))
        for number in range(AT_ONCE):
            self._tasks.start(self._work(), f"read documents {number}")

    async def stop(self) -> None:
        await self._tasks.close()

    def wake(self) -> None:
        """There is something to read."""
        self._news.set()

    async def _work(self) -> None:
        while True:
            # before looking, so that no news is missed between looking and resting
            self._news.clear()
            try:
                if await self._one() or await self._vectors.renew_one(self._store):
                    continue
            except Exception as error:  # one document or a database that is away must not end the queue
                log.error("reading documents stumbled", error_type=type(error).__name__, exc_info=True)
            await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._news.wait()
        except TimeoutError:
            return

    async def _one(self) -> bool:
        document = await self._claim()
        if document is None:
            return False
        renewing = asyncio.create_task(self._keep(document.id), name="keep a document")
        try:
            await self._read(document)
        except Unavailable:
            await self._change(document.id, lease_until=None)
            return False
        except IntegrityError:
            log.info("a document was deleted while it was read")
        except VisavisError as error:
            await self._fail(document.id, error.message)
        except Exception as error:
            log.error("a document could not be read", error_type=type(error).__name__, exc_info=True)
            await self._fail(document.id, "Something failed inside the server; its log has the details")
        finally:
            await cancel_and_wait(renewing)
        return True

    async def _claim(self) -> KnowledgeDocument | None:
        waiting = (
            KnowledgeDocument.status == "PROCESSING",
            or_(KnowledgeDocument.lease_until.is_(None), KnowledgeDocument.lease_until < now()),
        )
        async with self._database.reading() as session:
            if await session.scalar(select(KnowledgeDocument.id).where(*waiting).limit(1)) is None:
                return None
        oldest = select(KnowledgeDocument).where(*waiting).order_by(KnowledgeDocument.created_at).limit(1)
        async with self._database.writing() as session:
            document = await session.scalar(oldest.with_for_update(skip_locked=True))
            if document is not None:
                document.worker, document.lease_until = self._node, _lease()
                document.attempts += 1
        return document

    async def _keep(self, document_id: str) -> None:
        while True:
            await asyncio.sleep(LEASE_S / 3)
            await self._change(document_id, lease_until=_lease())

    async def _read(self, document: KnowledgeDocument) -> None:
        if document.attempts > ATTEMPTS_MAX:
            return await self._fail(document.id, f"Reading this file was cut off {ATTEMPTS_MAX} times")
        await self._forget(document.id)
        path = await asyncio.to_thread(self._blobs.path, document.blob)
        kind, chunks = KINDS[document.file_type], 0
        async with aclosing(self._parser.pieces(path, kind, document.chunk_size, document.chunk_overlap)) as batches:
            async for pieces in batches:
                await self._add(document, chunks, pieces)
                chunks += len(pieces)
                if chunks > self._chunks_max:
                    await self._forget(document.id)
                    advice = f"This file makes more than {self._chunks_max} passages; ask for a larger chunkSize"
                    return await self._fail(document.id, advice)
        await self._change(document.id, status="READY", error_message=None, lease_until=None)

    async def _add(self, document: KnowledgeDocument, chunks_before: int, pieces: Sequence[Piece]) -> None:
        if not pieces:
            return
        # outside of the transaction, which others would wait for
        model, embedded = await self._vectors.stored([piece.text for piece in pieces])
        async with self._database.writing() as session:
            await self._store.add(
                session,
                [
                    NewChunk(
                        organization_id=document.organization_id or "",
                        group_id=document.group_id,
                        document_id=document.id,
                        chunk_index=chunks_before + index,
                        content=piece.text,
                        chunk_metadata=piece.place,
                        embedding=embedding,
                        embedding_model=model,
                    )
                    for index, (piece, embedding) in enumerate(zip(pieces, embedded, strict=True))
                ],
            )

    async def _forget(self, document_id: str) -> None:
        """What an earlier attempt left."""
        async with self._database.writing() as session:
            await session.execute(delete(KnowledgeChunk).where(KnowledgeChunk.document_id == document_id))

    async def _fail(self, document_id: str, reason: str) -> None:
        await self._forget(document_id)
        await self._change(document_id, status="FAILED", error_message=reason, lease_until=None)

    async def _change(self, document_id: str, **values: Any) -> None:
        async with self._database.writing() as session:
            document = await session.get(KnowledgeDocument, document_id)
            if document is None:
                return
            for name, value in values.items():
                setattr(document, name, value)
            if "status" in values:
                await touch(session, document.organization_id or "", document.group_id)


def _lease() -> Any:
    return now() + timedelta(seconds=LEASE_S)
