"""Speech sounds from the letters of a word, for voices that say when words are heard and nothing about sounds.

Letters are read as most languages in Latin script read them, with English spelling where languages disagree. It is
right about lips more often than about sounds, and lips are all that is wanted: which of them meet, in which order.
"""

import unicodedata
from functools import lru_cache

_WORD_CHARS_MAX = 40
_FRONT = frozenset("eiy")  # c and g are soft before these
_VOWELS = frozenset("aeiouy")
_SPELLINGS: dict[str, str] = {
    # Longer spellings are tried first. The right side is ARPAbet.
    "tion": "sh ax n", "sion": "zh ax n", "igh": "ay", "tch": "ch", "sch": "sh", "dge": "jh", "ough": "ow",
    "augh": "ao", "eigh": "ey", "th": "th", "sh": "sh", "ch": "ch", "ph": "f", "wh": "w", "ck": "k", "ng": "ng",
    "qu": "k w", "gh": "", "ee": "iy", "ea": "iy", "oo": "uw", "ou": "aw", "ow": "ow", "ai": "ey", "ay": "ey",
    "oi": "oy", "oy": "oy", "au": "ao", "aw": "ao", "ie": "iy", "ei": "ey", "ey": "iy", "ew": "uw", "oa": "ow",
    "er": "er", "ir": "er", "ur": "er", "or": "ao r", "ar": "aa r", "a": "ae", "b": "b", "c": "k", "d": "d", "e": "eh",
    "f": "f", "g": "g", "h": "hh", "i": "ih", "j": "jh", "k": "k", "l": "l", "m": "m", "n": "n", "o": "ao", "p": "p",
    "q": "k", "r": "r", "s": "s", "t": "t", "u": "ah", "v": "v", "w": "w", "x": "k s", "y": "ih", "z": "z",
}  # fmt: skip
_LONG = {"a": "ey", "e": "iy", "i": "ay", "o": "ow", "u": "uw", "y": "ay"}  # before a consonant and a silent e
_AT_THE_BEGINNING = {"kn": "n", "wr": "r", "ps": "s", "y": "y", "x": "z"}
_AT_THE_END = {"mb": "m", "y": "iy", "o": "ow", "e": "iy"}
_LONGEST = max(map(len, _SPELLINGS))


@lru_cache(maxsize=4096)
def phones_of(word: str) -> tuple[str, ...]:
    """ARPAbet phones, empty for what has no Latin letters: digits and other scripts are left to the ear."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word[:_WORD_CHARS_MAX].casefold()) if not _mark(c))
    letters = "".join(c for c in plain if "a" <= c <= "z")
    if any(c.isalnum() and not "a" <= c <= "z" for c in plain):
        return ()
    phones: list[str] = []
    at = 0
    while at < len(letters):
        spelling, sounds = _next(letters, at)
        phones += [sound for sound in sounds.split() if phones[-1:] != [sound]]
        at += len(spelling)
    return tuple(phones)


def _mark(char: str) -> bool:
    return unicodedata.combining(char) != 0


def _next(letters: str, at: int) -> tuple[str, str]:
    """The longest spelling that begins here, and how it sounds."""
    rest = letters[at:]
    if _silent_e(letters, at):
        return "e", ""
    for size in range(min(_LONGEST, len(rest)), 0, -1):
        part = rest[:size]
        if at == 0 and part in _AT_THE_BEGINNING:
            return part, _AT_THE_BEGINNING[part]
        if part == rest and at > 0 and part in _AT_THE_END:
            return part, _AT_THE_END[part]
        if size == 1 and part in _LONG and _silent_e(letters, at + 2) and letters[at + 1] not in _VOWELS:
            return part, _LONG[part]
        if part in ("c", "g") and rest[1:2] and rest[1] in _FRONT:
            return part, "s" if part == "c" else "jh"
        if part in _SPELLINGS:
            return part, _SPELLINGS[part]
    raise AssertionError("every letter has a sound")


def _silent_e(letters: str, at: int) -> bool:
    """Whether the last letter is an e that only makes the vowel before it long."""
    return at >= 3 and at == len(letters) - 1 and letters[at] == "e" and letters[at - 1] not in _VOWELS
