"""Vectors of whole groups in memory, compared by one multiplication: 0.2 ms for 10,000, 10 ms for 100,000.

A group's matrix is good for one revision of the group, and is read anew after that.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import KnowledgeChunk, KnowledgeDocument
from visavis.db.passages.base import Hit, Scope, Vector

MEMORY_BYTES_MAX = 512 << 20
# between two batches the event loop gets its turn
BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class _Matrix:
    revision: int
    chunk_ids: np.ndarray
    vectors: Vector


class Matrices:
    def __init__(self, memory_bytes_max: int = MEMORY_BYTES_MAX) -> None:
        self._memory_bytes_max = memory_bytes_max
        self._kept: OrderedDict[tuple[str, str], _Matrix] = OrderedDict()
        # two searches that need the same matrix read it once
        self._reading = asyncio.Lock()

    @property
    def memory_bytes(self) -> int:
        return sum(matrix.vectors.nbytes for matrix in self._kept.values())

    async def find(self, session: AsyncSession, scope: Scope, model: str, vector: Vector, limit: int) -> list[Hit]:
        matrices = [await self._of(session, scope, group_id, model) for group_id in scope.groups]
        return await asyncio.to_thread(_best, matrices, vector, limit)

    async def _of(self, session: AsyncSession, scope: Scope, group_id: str, model: str) -> _Matrix:
        revision = scope.groups[group_id]
        async with self._reading:
            kept = self._kept.get((group_id, model))
            if kept is None or kept.revision != revision:
                kept = await _read(session, scope.organization_id, group_id, model, revision)
                self._kept[group_id, model] = kept
            self._kept.move_to_end((group_id, model))
            self._make_room()
        return kept

    def _make_room(self) -> None:
        """The one just used stays, however large it is."""
        while self.memory_bytes > self._memory_bytes_max and len(self._kept) > 1:
            self._kept.popitem(last=False)


async def _read(session: AsyncSession, organization_id: str, group_id: str, model: str, revision: int) -> _Matrix:
    query = (
        select(KnowledgeChunk.id, KnowledgeChunk.embedding)
        .join(KnowledgeDocument, KnowledgeDocument.id == KnowledgeChunk.document_id)
        .where(
            KnowledgeChunk.organization_id == organization_id,
            KnowledgeChunk.group_id == group_id,
            KnowledgeChunk.embedding_model == model,
            KnowledgeChunk.embedding.is_not(None),
            KnowledgeDocument.status == "READY",
        )
    )
    chunk_ids, parts = list[int](), list[bytes]()
    rows = await session.stream(query.execution_options(yield_per=BATCH_ROWS))
    async for batch in rows.partitions():
        chunk_ids += [row.id for row in batch]
        parts.append(b"".join(row.embedding for row in batch))
    return await asyncio.to_thread(_assemble, chunk_ids, parts, revision)


def _assemble(chunk_ids: list[int], parts: list[bytes], revision: int) -> _Matrix:
    flat = np.frombuffer(b"".join(parts), np.dtype("<f4"))
    return _Matrix(revision, np.array(chunk_ids), flat.reshape(len(chunk_ids), -1) if chunk_ids else flat)


def _best(matrices: list[_Matrix], vector: Vector, limit: int) -> list[Hit]:
    hits: list[Hit] = []
    for matrix in matrices:
        # a model that changed its size under the same name finds nothing until its chunks are embedded again
        if matrix.vectors.ndim != 2 or matrix.vectors.shape[1] != len(vector):
            continue
        cosines = matrix.vectors @ vector
        best = np.argpartition(-cosines, min(limit, len(cosines)) - 1)[:limit]
        hits += [Hit(int(matrix.chunk_ids[index]), float(cosines[index])) for index in best]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:limit]
