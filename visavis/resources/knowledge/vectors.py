"""Vectors of passages and questions, as far as somebody makes them: search goes on without."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from sqlalchemy import select

from visavis.core.errors import ProviderError
from visavis.db.models import KnowledgeChunk, KnowledgeDocument
from visavis.db.passages.base import PassageStore, Vector, as_stored
from visavis.db.session import Database
from visavis.resources.knowledge.embedding import Embedder
from visavis.resources.knowledge.service import touch

QUESTION_WITHIN_S = 3.0  # somebody waits for the answer, and words find something too
TRY_AGAIN_S = 60.0
RENEW_CHUNKS = 64

log = structlog.get_logger()


class Vectors:
    """`embedder` is None where only words are searched."""

    def __init__(self, database: Database, embedder: Embedder | None, try_again_s: float = TRY_AGAIN_S) -> None:
        self._database, self._embedder, self._try_again_s = database, embedder, try_again_s
        self._renewing = asyncio.Lock()
        # nothing is known at the start: another model may have been used before
        self._some_missing = embedder is not None
        self._not_before_s = 0.0

    @property
    def model(self) -> str:
        return self._embedder.model if self._embedder else ""

    @property
    def complete(self) -> bool:
        """Whether every passage is known to have its vector."""
        return not self._some_missing

    async def of_question(self, text: str) -> Vector | None:
        """None where there is none in time."""
        if self._embedder is None:
            return None
        try:
            async with asyncio.timeout(QUESTION_WITHIN_S):
                return (await self._embedder.embed([text]))[0]
        except (ProviderError, TimeoutError) as error:
            log.warning("a question is searched for by its words alone", reason=str(error) or type(error).__name__)
            return None

    async def stored(self, texts: Sequence[str]) -> tuple[str, Sequence[bytes | None]]:
        """The model and a vector for each text; "" and none where they have to follow later."""
        if self._embedder is None or time.monotonic() < self._not_before_s:
            return "", [None] * len(texts)
        try:
            return self._embedder.model, [as_stored(vector) for vector in await self._embedder.embed(texts)]
        except ProviderError as error:
            self._put_off(error)
            return "", [None] * len(texts)

    def _put_off(self, error: ProviderError) -> None:
        log.warning("passages get their vectors later", reason=error.message)
        self._some_missing, self._not_before_s = True, time.monotonic() + self._try_again_s

    async def renew_one(self, store: PassageStore) -> bool:
        """Give one document's passages the vectors of the present model. False when there is nothing to do now."""
        if not self._some_missing or self._renewing.locked() or time.monotonic() < self._not_before_s:
            return False
        async with self._renewing:
            try:
                return await self._renew(store)
            except ProviderError as error:
                self._put_off(error)
                return False

    async def _renew(self, store: PassageStore) -> bool:
        document = await self._document_without()
        if document is None:
            self._some_missing = False
            return False
        while chunks := await self._chunks_without(document.id):
            assert self._embedder is not None
            vectors = await self._embedder.embed(list(chunks.values()))
            async with self._database.writing() as session:
                await store.embed(session, self.model, dict(zip(chunks, vectors, strict=True)))
        async with self._database.writing() as session:
            await touch(session, document.organization_id or "", document.group_id)
        return True

    async def _document_without(self) -> KnowledgeDocument | None:
        query = (
            select(KnowledgeDocument)
            .join(KnowledgeChunk, KnowledgeChunk.document_id == KnowledgeDocument.id)
            .where(KnowledgeDocument.status == "READY", KnowledgeChunk.embedding_model != self.model)
        )
        async with self._database.reading() as session:
            return await session.scalar(query.limit(1))

    async def _chunks_without(self, document_id: str) -> dict[int, str]:
        query = select(KnowledgeChunk.id, KnowledgeChunk.content).where(
            KnowledgeChunk.document_id == document_id, KnowledgeChunk.embedding_model != self.model
        )
        async with self._database.reading() as session:
            rows = await session.execute(query.order_by(KnowledgeChunk.id).limit(RENEW_CHUNKS))
            return {row.id: row.content for row in rows}
