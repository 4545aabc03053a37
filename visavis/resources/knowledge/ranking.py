"""One order out of two: how close passages are in meaning, and whether they have the names and codes asked for.

People ask in other words than documents answer in, so meaning decides. But to a model "T-300" and "T-310" mean almost
the same, so passages with such words of the question are moved up.
"""

import re
from collections.abc import Sequence

from visavis.db.passages.base import Hit

# what a full match of names and codes closes of the gap between a passage's likeness and 1
EXACT_WEIGHT = 0.3

_WORD = re.compile(r"[\w'’./+-]*\w")
_I = re.compile(r"I(['’]\w+)?")


def names_and_codes(query: str) -> str:
    """The words that stand for one thing: with a digit, in capitals, or with a capital where no sentence begins."""
    found: list[str] = []
    for number, match in enumerate(_WORD.finditer(query)):
        word = match.group()
        begins = number == 0 or query[: match.start()].rstrip().endswith((".", "!", "?"))
        rest = word[1:] if begins else word
        if any(letter.isdigit() for letter in word) or (rest != rest.lower() and not _I.fullmatch(word)):
            found.append(word)
    return " ".join(found)


def by_words_alone(words: Sequence[Hit], limit: int) -> list[Hit]:
    """Best first, with scores relative to the best: how well words match has no natural scale."""
    return [Hit(hit.chunk_id, share) for hit, share in zip(words, _shares(words), strict=True)][:limit]


def fused(meanings: Sequence[Hit], exact: Sequence[Hit], limit: int) -> list[Hit]:
    """Best first, with scores between 0 and 1. `exact` was found by names and codes."""
    scores = {hit.chunk_id: min(1.0, max(0.0, hit.score)) for hit in meanings}
    for hit, share in zip(exact, _shares(exact), strict=True):
        likeness = scores.get(hit.chunk_id, 0.0)
        scores[hit.chunk_id] = likeness + (1 - likeness) * EXACT_WEIGHT * share
    return sorted((Hit(*item) for item in scores.items()), key=lambda hit: (-hit.score, hit.chunk_id))[:limit]


def _shares(hits: Sequence[Hit]) -> list[float]:
    best = max((hit.score for hit in hits), default=0.0)
    return [hit.score / best if best > 0 else 1.0 for hit in hits]
