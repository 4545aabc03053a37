"""Searching groups for passages that answer a question."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.passages import Passage
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup
from visavis.db.passages.base import Hit, PassageStore, Scope
from visavis.db.session import Database
from visavis.resources.knowledge.ranking import fused
from visavis.resources.knowledge.vectors import Vectors

# by each way of searching, before the two are brought together
CANDIDATES = 50


class Retrieval:
    def __init__(self, database: Database, store: PassageStore, vectors: Vectors) -> None:
        self._database, self._store, self._vectors = database, store, vectors

    async def search(self, organization_id: str, group_ids: Collection[str], query: str, limit: int) -> list[Passage]:
        """Best first. Groups of other organizations are as good as absent."""
        vector = await self._vectors.of_question(query)
        async with self._database.reading() as session:
            scope = await _scope(session, organization_id, group_ids)
            words = await self._store.by_words(session, scope, query, CANDIDATES)
            meanings: list[Hit] = []
            if vector is not None:
                meanings = await self._store.by_vector(session, scope, self._vectors.model, vector, CANDIDATES)
            return await _passages(session, scope, fused(words, meanings, limit))


async def _scope(session: AsyncSession, organization_id: str, group_ids: Collection[str]) -> Scope:
    query = select(KnowledgeGroup.id, KnowledgeGroup.revision).where(
        KnowledgeGroup.organization_id == organization_id, KnowledgeGroup.id.in_(group_ids)
    )
    return Scope(organization_id, {row.id: row.revision for row in await session.execute(query)})


async def _passages(session: AsyncSession, scope: Scope, hits: list[Hit]) -> list[Passage]:
    query = (
        select(KnowledgeChunk, KnowledgeDocument.filename)
        .join(KnowledgeDocument, KnowledgeDocument.id == KnowledgeChunk.document_id)
        .where(
            KnowledgeChunk.organization_id == scope.organization_id,
            KnowledgeChunk.id.in_([hit.chunk_id for hit in hits]),
            KnowledgeDocument.status == "READY",
        )
    )
    found = {chunk.id: (chunk, filename) for chunk, filename in await session.execute(query)}
    return [
        Passage(
            document_id=chunk.document_id,
            filename=filename,
            chunk_index=chunk.chunk_index,
            content=chunk.content,
            score=round(hit.score, 4),
            metadata=chunk.chunk_metadata,
        )
        for hit in hits
        if hit.chunk_id in found
        for chunk, filename in [found[hit.chunk_id]]
    ]
