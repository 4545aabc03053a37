"""Which word a speech sound belongs to, and which token a word comes from, where a voice does not say so itself."""

import re
from collections.abc import Callable, Sequence

_VOWELS = frozenset(
    ("aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "el", "em", "en", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw")
)
_GAP_COST = 0.7
_PUNCTUATION = re.compile(r"[^a-z0-9]")


def words_of_phones(heard: Sequence[str], expected: Sequence[Sequence[str]]) -> list[int]:
    """For each phone that was heard the index of its word, given how each word is pronounced alone.

    Connected speech differs from single words ("the" before a vowel, a dropped t), so this is the cheapest alignment
    of the two sequences, in which a vowel rather stands for another vowel than for a consonant.
    """
    spelled = [(phone, word) for word, phones in enumerate(expected) for phone in phones]
    if not spelled:
        return [0] * len(heard)
    costs = _costs(heard, [phone for phone, _ in spelled])
    owners = [0] * len(heard)
    row, column = len(heard), len(spelled)
    while row:
        here = costs[row][column]
        if column and here == costs[row - 1][column - 1] + _swap(heard[row - 1], spelled[column - 1][0]):
            row, column = row - 1, column - 1
            owners[row] = spelled[column][1]
        elif column and here == costs[row][column - 1] + _GAP_COST:
            column -= 1
        else:
            row -= 1
            owners[row] = spelled[max(column - 1, 0)][1]
    return owners


def _costs(heard: Sequence[str], spelled: Sequence[str]) -> list[list[float]]:
    costs = [[column * _GAP_COST for column in range(len(spelled) + 1)]]
    for row, phone in enumerate(heard):
        above = costs[row]
        line = [above[0] + _GAP_COST]
        for column, other in enumerate(spelled):
            line.append(
                min(above[column] + _swap(phone, other), above[column + 1] + _GAP_COST, line[column] + _GAP_COST)
            )
        costs.append(line)
    return costs


def _swap(phone: str, other: str) -> float:
    if phone == other:
        return 0.0
    return 0.5 if (phone in _VOWELS) == (other in _VOWELS) else 1.3


def tokens_of_words(words: Sequence[str], tokens: Sequence[str], spoken: Callable[[str], int]) -> list[int]:
    """For each spoken word the index of the token it comes from.

    Ordinary words are found by their letters. What stands between two of them ("$29.50", "3rd, 1999") is shared out
    by `spoken`, the number of words that a token has when it is said alone.
    """
    owners: list[int] = []
    token = 0
    while len(owners) < len(words) and token < len(tokens):
        length = _same_letters(words, len(owners), tokens[token])
        if length:
            owners += [token] * length
            token += 1
            continue
        next_word, next_token = _next_anchor(words, len(owners), tokens, token)
        owners += _shared_out(next_word - len(owners), range(token, next_token), tokens, spoken)
        token = next_token
    return owners + [max(len(tokens) - 1, 0)] * (len(words) - len(owners))


def _letters(text: str) -> str:
    return _PUNCTUATION.sub("", text.lower())


def _same_letters(words: Sequence[str], at: int, token: str) -> int:
    """How many words from `at` on spell the token, 0 when they do not ("it" and "'s" spell "it's")."""
    wanted = _letters(token)
    spelled = ""
    for length, word in enumerate(words[at : at + 4], start=1):
        spelled += _letters(word)
        if spelled == wanted:
            return length if wanted else 0
        if not wanted.startswith(spelled):
            return 0
    return 0


def _next_anchor(words: Sequence[str], word: int, tokens: Sequence[str], token: int) -> tuple[int, int]:
    """The nearest pair of a word and a token behind both places that spell the same."""
    for distance in range(1, len(tokens) - token):
        for later in range(word, len(words)):
            if _same_letters(words, later, tokens[token + distance]):
                return later, token + distance
    return len(words), len(tokens)


def _shared_out(count: int, between: range, tokens: Sequence[str], spoken: Callable[[str], int]) -> list[int]:
    if len(between) == 1:
        return [between[0]] * count
    shares = [(index, spoken(tokens[index])) for index in between]
    owners = [index for index, share in shares for _ in range(share)]
    if not owners:
        return [between[0]] * count
    return owners[:count] + [owners[-1]] * (count - len(owners))
