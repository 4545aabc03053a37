"""The seam for what turns texts into vectors, so that texts of like meaning lie close together."""

from collections.abc import Sequence
from typing import Protocol

from visavis.db.passages.base import Vector


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """Vectors of one name can be compared, those of two cannot. At most 128 characters."""
        ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """One vector of unit length for each text. Raises `ProviderError`."""
        ...
