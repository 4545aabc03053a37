"""Vectors in PostgreSQL's extension pgvector, where it is installed: a copy of what the chunks carry."""

from collections.abc import Mapping
from hashlib import sha256

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.passages.base import Hit, Scope, Vector, as_vector
from visavis.db.session import Database

log = structlog.get_logger()

# beyond this many numbers pgvector has no index and compares one by one
INDEXED_NUMBERS_MAX = 2000
CATCH_UP_ROWS = 500

_TABLE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    """
    CREATE TABLE IF NOT EXISTS knowledge_vectors (
        chunk_id integer PRIMARY KEY REFERENCES knowledge_chunks (id) ON DELETE CASCADE,
        group_id varchar(64) NOT NULL, model varchar(128) NOT NULL, embedding vector NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS ix_knowledge_vectors_group_id ON knowledge_vectors (group_id)",
)
_STORE = text(
    """
    INSERT INTO knowledge_vectors (chunk_id, group_id, model, embedding)
    SELECT id, group_id, CAST(:model AS varchar), CAST(CAST(:vector AS text) AS vector)
    FROM knowledge_chunks WHERE id = :chunk_id
    ON CONFLICT (chunk_id) DO UPDATE SET model = excluded.model, embedding = excluded.embedding
    """
)
_MISSING = text(
    """
    SELECT id, embedding, embedding_model FROM knowledge_chunks AS chunk
    WHERE embedding IS NOT NULL AND NOT EXISTS (SELECT FROM knowledge_vectors WHERE chunk_id = chunk.id)
    ORDER BY id LIMIT :limit
    """
)
# the index finds neighbours of everybody; it is to go on until enough of them are in these groups
_GO_ON = text("SET LOCAL hnsw.iterative_scan = strict_order")


class PgVector:
    """`usable` is false until `open` found the extension."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexed: set[tuple[str, int]] = set()
        self.usable = False

    async def open(self) -> None:
        try:
            async with self._database.exclusive() as session:
                for statement in _TABLE:
                    await session.execute(text(statement))
                await session.execute(_GO_ON)
        except DBAPIError as error:  # not installed, too old, or not allowed to this account
            log.info("vectors are compared in memory, without pgvector", reason=str(error.orig).partition("\n")[0])
            return
        self.usable = True
        await self._catch_up()

    async def _catch_up(self) -> None:
        """What was embedded before the extension was there."""
        more = True
        while more:
            async with self._database.writing() as session:
                rows = (await session.execute(_MISSING, {"limit": CATCH_UP_ROWS})).all()
                for row in rows:
                    await self.store(session, row.embedding_model, {row.id: as_vector(row.embedding)})
            more = len(rows) == CATCH_UP_ROWS

    async def store(self, session: AsyncSession, model: str, vectors: Mapping[int, Vector]) -> None:
        if not self.usable or not vectors:
            return
        size = len(next(iter(vectors.values())))
        await self._make_index(session, model, size)
        rows = [{"chunk_id": chunk_id, "model": model, "vector": _written(v)} for chunk_id, v in vectors.items()]
        await session.execute(_STORE, rows)

    async def _make_index(self, session: AsyncSession, model: str, size: int) -> None:
        """One for each model, because vectors of different sizes fit in no common one."""
        if size > INDEXED_NUMBERS_MAX or (model, size) in self._indexed:
            return
        name = f"knowledge_vectors_{sha256(f'{model} {size}'.encode()).hexdigest()[:16]}"
        quoted = model.replace("'", "''")
        await session.execute(
            text(
                f"CREATE INDEX IF NOT EXISTS {name} ON knowledge_vectors "
                f"USING hnsw ((embedding::vector({size})) vector_cosine_ops) WHERE model = '{_plain(quoted)}'"
            )
        )
        self._indexed.add((model, size))

    async def find(self, session: AsyncSession, scope: Scope, model: str, vector: Vector, limit: int) -> list[Hit]:
        await session.execute(_GO_ON)
        given = {"vector": _written(vector), "groups": list(scope.groups), "limit": limit, "size": len(vector)}
        rows = await session.execute(_nearest(model, len(vector)), given)
        return [Hit(row.chunk_id, 1 - row.distance) for row in rows]


def _nearest(model: str, size: int) -> TextClause:
    # the model and the size stand in the statement, because the planner matches them with an index
    quoted = _plain(model.replace("'", "''"))
    return text(
        f"""
        SELECT chunk_id, (embedding::vector({size})) <=> CAST(CAST(:vector AS text) AS vector({size})) AS distance
        FROM knowledge_vectors AS found
        WHERE model = '{quoted}' AND vector_dims(embedding) = :size AND group_id = ANY(:groups)
        AND EXISTS (
            SELECT FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document
            ON document.id = chunk.document_id WHERE chunk.id = found.chunk_id AND document.status = 'READY'
        )
        ORDER BY distance LIMIT :limit
        """
    )


def _plain(value: str) -> str:
    """A colon in a statement would begin a parameter."""
    return value.replace(":", "\\:")


def _written(vector: Vector) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
