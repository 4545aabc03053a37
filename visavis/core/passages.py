"""Pieces of documents: what a reader makes of a file, and what a search finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive text of a document, small enough to be found and read as one; `place` says where it begins."""

    text: str = field(repr=False)
    place: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece that answers a question; `score` is between 0 and 1, and higher is better."""

    document_id: str
    filename: str
    chunk_index: int
    content: str = field(repr=False)
    score: float
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
