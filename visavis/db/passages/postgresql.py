"""Passages in PostgreSQL: words by tsvector, vectors by pgvector or, without it, by matrices in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import KnowledgeChunk
from visavis.db.passages.base import COMMON_CHUNKS, Hit, NewChunk, Scope, Vector, as_vector, set_vectors
from visavis.db.passages.matrices import Matrices
from visavis.db.passages.pgvector import PgVector
from visavis.db.session import Database

QUERY_WORDS_MAX = 32
CHUNKS_COUNTED_MAX = 20_000

# ts_rank knows nothing of rarity, so each word is ranked by itself and weighed by how few passages have it. Words that
# very many have are left out where others are there, and no word is looked up in more passages than that.
_WORDS = text(
    r"""
    WITH query AS (
        SELECT DISTINCT ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS word
        FROM unnest(to_tsvector('english', :query)) LIMIT :words_max
    ), size AS (
        SELECT count(*) AS chunks FROM (
            SELECT FROM knowledge_chunks WHERE group_id = ANY(:groups) LIMIT :chunks_counted
        ) AS several
    ), known AS MATERIALIZED (
        SELECT word, (
            SELECT count(*) FROM (
                SELECT FROM knowledge_chunks WHERE words @@ word AND group_id = ANY(:groups) LIMIT :common
            ) AS several
        ) AS hits FROM query
    ), telling AS (
        SELECT word, ln(1 + (chunks - hits + 0.5) / (hits + 0.5)) AS weight FROM known CROSS JOIN size
        WHERE hits > 0 AND (hits < :common OR NOT EXISTS (SELECT FROM known WHERE hits BETWEEN 1 AND :common - 1))
    )
    SELECT chunk.id, sum(weight * ts_rank(chunk.words, word, 1)) AS score
    FROM telling CROSS JOIN LATERAL (
        SELECT id, words FROM knowledge_chunks
        WHERE words @@ word AND organization_id = :organization_id AND group_id = ANY(:groups) AND document_id IN (
            SELECT id FROM knowledge_documents WHERE group_id = ANY(:groups) AND status = 'READY'
        )
        LIMIT :common
    ) AS chunk
    GROUP BY chunk.id ORDER BY score DESC, chunk.id LIMIT :limit
    """
)


class PostgresPassages:
    def __init__(self, database: Database) -> None:
        self._index = PgVector(database)
        self._matrices = Matrices()

    @property
    def vectors(self) -> str:
        return "pgvector" if self._index.usable else "numpy"

    async def open(self) -> None:
        await self._index.open()

    async def add(self, session: AsyncSession, chunks: Sequence[NewChunk]) -> None:
        statement = insert(KnowledgeChunk).returning(KnowledgeChunk.id, sort_by_parameter_order=True)
        chunk_ids = (await session.scalars(statement, [asdict(chunk) for chunk in chunks])).all()
        added = zip(chunk_ids, chunks, strict=True)
        embedded = {chunk_id: as_vector(chunk.embedding) for chunk_id, chunk in added if chunk.embedding is not None}
        await self._index.store(session, chunks[0].embedding_model, embedded)

    async def embed(self, session: AsyncSession, model: str, vectors: Mapping[int, Vector]) -> None:
        await set_vectors(session, model, vectors)
        await self._index.store(session, model, vectors)

    async def by_words(self, session: AsyncSession, scope: Scope, query: str, limit: int) -> list[Hit]:
        given = {
            "query": query,
            "organization_id": scope.organization_id,
            "groups": list(scope.groups),
            "words_max": QUERY_WORDS_MAX,
            "common": COMMON_CHUNKS,
            "chunks_counted": CHUNKS_COUNTED_MAX,
            "limit": limit,
        }
        return [Hit(row.id, row.score) for row in await session.execute(_WORDS, given)]

    async def by_vector(self, session: AsyncSession, scope: Scope, model: str, vector: Vector, limit: int) -> list[Hit]:
        where = self._index if self._index.usable else self._matrices
        return await where.find(session, scope, model, vector, limit)
