"""The seam for stores of passages. Both databases answer the same questions, and only they know how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import KnowledgeChunk

Vector: TypeAlias = NDArray[np.float32]


# a word that so many passages have tells nothing about any of them
COMMON_CHUNKS = 5000


class Hit(NamedTuple):
    """Scores of words only order; those of vectors are cosines."""

    chunk_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: groups of one organization, each with its revision. Only READY documents are found."""

    organization_id: str
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewChunk:
    organization_id: str
    group_id: str
    document_id: str
    chunk_index: int
    content: str
    chunk_metadata: Mapping[str, int]
    embedding: bytes | None
    embedding_model: str


class PassageStore(Protocol):
    @property
    def vectors(self) -> str:
        """What compares vectors here, for people."""
        ...

    async def open(self) -> None:
        """Make ready what depends on the database as it is today."""
        ...

    async def add(self, session: AsyncSession, chunks: Sequence[NewChunk]) -> None: ...

    async def embed(self, session: AsyncSession, model: str, vectors: Mapping[int, Vector]) -> None:
        """Give chunks that are there the vectors of another model, by their ids."""
        ...

    async def by_words(self, session: AsyncSession, scope: Scope, query: str, limit: int) -> list[Hit]:
        """Best first. Any word may match; rare ones weigh more."""
        ...

    async def by_vector(self, session: AsyncSession, scope: Scope, model: str, vector: Vector, limit: int) -> list[Hit]:
        """Best first, among chunks that the same model embedded."""
        ...


def as_vector(stored: bytes) -> Vector:
    """What a chunk's column holds: little-endian float32, whatever the machine."""
    return np.frombuffer(stored, np.dtype("<f4"))


def as_stored(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


async def set_vectors(session: AsyncSession, model: str, vectors: Mapping[int, Vector]) -> None:
    changes = [
        {"id": chunk_id, "embedding": as_stored(vector), "embedding_model": model}
        for chunk_id, vector in vectors.items()
    ]
    await session.execute(update(KnowledgeChunk), changes)
