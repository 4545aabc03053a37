"""Words of a question, words of a fact, and how well the one answers the other. English, without a model.

Matching is by stems and a few synonyms, weighted by how rare a word is among the facts. A word of the question that no
fact knows counts against every answer, so that "the capital of Mongolia" is not answered with the capital of France.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?(?:[.:]\d+)*")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")


def listed(words: str) -> frozenset[str]:
    """A set of words written as a text."""
    return frozenset(words.split())


_STOP = listed(
    """a about again all also am an and any anything are as ask at be been being but by can can't cannot could did do
    does doesn't doing don't for from get give go got had has have having he her here hers him his how i i'd i'll i'm
    i've if in into is isn't it it's its just kind know let let's like list many may me mean might more much must my no
    not now of off on or our out over please really remember say should show so some someone something tell than that
    that's the their them then there there's these they this those to too told up us use want was wasn't we we're were
    what what's when where where's which who who's why will with would yes you you'd you're you've your yours
    explain describe exactly actually currently right well okay ok sort long often today exist available
    time"""
)
_VAGUE = listed(
    """compan place thing business shop store hotel team firm product servic one people bring take need find come happen
    offer provid serv allow see look visit"""
)
_SYNONYMS = (
    "price cost charge fee pay expensive cheap free dollar euro",
    "refund reimburse moneyback",
    "address locate location situated base headquarter",
    "found establish start begin create launch",
    "child kid",
    "pet dog cat",
    "wifi internet wireless",
    "email mail",
    "phone telephone call number",
    "buy purchase order",
    "car parking park garage",
    "job profession occupation work",
    "colour color",
    "favourite favorite",
    "doctor physician",
    "film movie",
    "open hour close opening",
    "boss ceo director manager",
    "speak language",
    "live home",
)
_CANONICAL = {word: group.split()[0] for group in _SYNONYMS for word in group.split()}
_HINTS = (
    (re.compile(r"^(when|what time|what year|what date|how long|how old)\b"), re.compile(r"\d|noon|midnight|day\b")),
    (re.compile(r"^(where)\b"), re.compile(r"\b(in|at|on|near|next to|behind|opposite|street|floor)\b")),
    (re.compile(r"^(how much|how many)\b"), re.compile(r"\d|free|\b(one|two|three|four|five|six|ten|dozen)\b")),
    (re.compile(r"^(who|whose)\b"), re.compile(r"(?<!^)\b[A-Z][a-z]+")),
)
_ENOUGH = 0.6  # of the question's weight; below that an answer would be a guess
_HINT_BONUS = 0.15
_VAGUE_WEIGHT = 0.3


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without bullets and headings' marks."""
    parts = (part.strip().lstrip("-*•#>0123456789.) ").strip("*_ \t") for part in _SENTENCE.split(text))
    return [part for part in parts if part]


def terms(text: str) -> list[str]:
    """The stems that carry the meaning of a text."""
    plain = text.lower().replace("\u2019", "'").replace("wi-fi", "wifi").replace("money back", "moneyback")
    return [_stem(word) for word in _WORD.findall(plain) if word not in _STOP]


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    if word in _CANONICAL:
        return _CANONICAL[word]
    for ending in ("ies", "ing", "ed", "es", "s", "er", "e", "y"):
        bare = word[: -len(ending)]
        if word.endswith(ending) and len(bare) >= 3 and not (ending == "s" and bare.endswith("s")):
            if len(bare) > 3 and bare[-1] == bare[-2] and ending in ("ing", "ed"):
                bare = bare[:-1]
            return _CANONICAL.get(bare, _CANONICAL.get(bare + "e", bare))
    return word


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that may be said, and the words it is found by."""

    text: str
    terms: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Fact":
        return cls(text, frozenset(terms(text)))


class Facts:
    """A few hundred sentences to answer from."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._facts = [Fact.of(text) for text in texts]
        self._seen = Counter(term for fact in self._facts for term in fact.terms)

    def answers(self, question: str, count_max: int = 2) -> list[str]:
        """The sentences that answer, in the order in which they were written; none where that would be a guess."""
        asked = set(terms(question))
        if not asked:
            return []
        scores = [self._score(question, asked, fact) for fact in self._facts]
        best = max(scores, default=0.0)
        if best < _ENOUGH:
            return []
        ranked = sorted(range(len(scores)), key=lambda index: -scores[index])[:count_max]
        return [self._facts[index].text for index in sorted(ranked) if scores[index] >= max(_ENOUGH, best * 0.95)]

    def _score(self, question: str, asked: set[str], fact: Fact) -> float:
        met = asked & fact.terms
        if not met or all(term in _VAGUE for term in met):
            return 0.0
        score = sum(map(self._weight, met)) / sum(map(self._weight, asked))
        expected = any(ask.search(question.lower()) and answer.search(fact.text) for ask, answer in _HINTS)
        return score + _HINT_BONUS * expected

    def _weight(self, term: str) -> float:
        if term in _VAGUE:
            return _VAGUE_WEIGHT
        return math.log(1.0 + (len(self._facts) + 1) / (self._seen[term] + 0.5))
