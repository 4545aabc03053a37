"""One order out of two: how close passages are in meaning, and which of the question's words they have."""

from collections.abc import Sequence

from visavis.db.passages.base import Hit


def fused(words: Sequence[Hit], meanings: Sequence[Hit], limit: int) -> list[Hit]:
    """Best first, with scores between 0 and 1."""
    best_words = max((hit.score for hit in words), default=0.0)
    shares = {hit.chunk_id: hit.score / best_words if best_words > 0 else 0.0 for hit in words}
    if not meanings:
        return [Hit(chunk_id, share) for chunk_id, share in shares.items()][:limit]
    scores = {hit.chunk_id: max(0.0, hit.score) for hit in meanings}
    return sorted((Hit(chunk_id, score) for chunk_id, score in scores.items()), key=_order)[:limit]


def _order(hit: Hit) -> tuple[float, int]:
    return (-hit.score, hit.chunk_id)
