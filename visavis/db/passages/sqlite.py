"""Passages in SQLite: words by FTS5, which migration 0003 keeps up to date, vectors by matrices in memory."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import KnowledgeChunk
from visavis.db.passages.base import COMMON_CHUNKS, Hit, NewChunk, Scope, Vector, set_vectors
from visavis.db.passages.matrices import Matrices

QUERY_WORDS_MAX = 32
_WORD = re.compile(r"\w(?:[\w'’.@/+-]*\w)?")
# Words that ask and join; PostgreSQL leaves them out by itself.
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "a about am an and any are as at be because been but by can could did do does for from get got had has have "
        "how i i'd i'll i'm i've if in into is it it's its just me my of on or our please should so some tell than "
        "that the their them then there these they this those to too us was we were what what's when where which who "
        "why will with would you your"
    )
)
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM knowledge_words WHERE knowledge_words MATCH :words LIMIT :common) AS several"
)
_FIND = text(
    """
    SELECT chunk.id, -bm25(knowledge_words, 0.0, 1.0) AS score
    FROM knowledge_words
    JOIN knowledge_chunks AS chunk ON chunk.id = knowledge_words.rowid
    JOIN knowledge_documents AS document ON document.id = chunk.document_id
    WHERE knowledge_words MATCH :words AND chunk.organization_id = :organization_id AND document.status = 'READY'
    ORDER BY score DESC, chunk.id LIMIT :limit
    """
)


class SqlitePassages:
    vectors = "numpy"

    def __init__(self) -> None:
        self._matrices = Matrices()

    async def open(self) -> None:
        """The migration made everything."""

    async def add(self, session: AsyncSession, chunks: Sequence[NewChunk]) -> None:
        await session.execute(insert(KnowledgeChunk), [asdict(chunk) for chunk in chunks])

    async def embed(self, session: AsyncSession, model: str, vectors: Mapping[int, Vector]) -> None:
        await set_vectors(session, model, vectors)

    async def by_words(self, session: AsyncSession, scope: Scope, query: str, limit: int) -> list[Hit]:
        groups = " OR ".join(f'"{group_id.replace("-", "")}"' for group_id in scope.groups)
        words = await _telling(session, groups, _quoted(query)) if groups else []
        if not words:
            return []
        given = {"words": _within(groups, words), "organization_id": scope.organization_id, "limit": limit}
        return [Hit(row.id, row.score) for row in await session.execute(_FIND, given)]

    async def by_vector(self, session: AsyncSession, scope: Scope, model: str, vector: Vector, limit: int) -> list[Hit]:
        return await self._matrices.find(session, scope, model, vector, limit)


def _quoted(query: str) -> list[str]:
    """Each word in quotes, in which FTS5 takes nothing for an operator; "XK-44" is then two words side by side."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(query))
    return [f'"{word}"' for word in words if word not in _EMPTY_WORDS][:QUERY_WORDS_MAX]


async def _telling(session: AsyncSession, groups: str, words: list[str]) -> list[str]:
    """Without those that very many passages have, where others are there: ranking all those passages takes long."""
    hits = {word: await _hits(session, _within(groups, [word])) for word in words}
    return [word for word in words if 0 < hits[word] < COMMON_CHUNKS] or [word for word in words if hits[word]]


async def _hits(session: AsyncSession, words: str) -> int:
    return await session.scalar(_COUNT, {"words": words, "common": COMMON_CHUNKS}) or 0


def _within(groups: str, words: list[str]) -> str:
    return f"grouping : ({groups}) AND content : ({' OR '.join(words)})"
