"""Searching groups for passages that answer a question."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.passages import Passage
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup
from visavis.db.passages.base import Hit, PassageStore, Scope, Vector
from visavis.db.session import Database
from visavis.resources.knowledge.ranking import by_words_alone, fused, names_and_codes
from visavis.resources.knowledge.vectors import Vectors

# by each way of searching, before the two are brought together
CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Question:
    """`exact` are the words that have to be there; `vector` is what `model` made of the text, None without one."""

    text: str = field(repr=False)
    exact: str = field(repr=False)
    model: str
    vector: Vector | None


class Retrieval:
    def __init__(self, database: Database, store: PassageStore, vectors: Vectors) -> None:
        self._database, self._store, self._vectors = database, store, vectors

    async def search(self, organization_id: str, group_ids: Collection[str], query: str, limit: int) -> list[Passage]:
        """Best first. Groups of other organizations are as good as absent."""
        vector = await self._vectors.of_question(query)
        async with self._database.reading() as session:
            scope = await _scope(session, organization_id, group_ids)
            # as long as some passages have no vector, all words count, or those could not be found
            exact = names_and_codes(query) if self._vectors.complete else query
            hits = await best(session, self._store, scope, Question(query, exact, self._vectors.model, vector), limit)
            return await _passages(session, scope, hits)


async def best(session: AsyncSession, store: PassageStore, scope: Scope, question: Question, limit: int) -> list[Hit]:
    """By meaning, with an eye on names and codes; by words where there is no vector to compare."""
    meanings: list[Hit] = []
    if question.vector is not None:
        meanings = await store.by_vector(session, scope, question.model, question.vector, CANDIDATES)
    if not meanings:
        return by_words_alone(await store.by_words(session, scope, question.text, CANDIDATES), limit)
    exact = await store.by_words(session, scope, question.exact, CANDIDATES) if question.exact else []
    return fused(meanings, exact, limit)


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
