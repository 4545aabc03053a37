"""Speech sounds as different voices call them, in the two alphabets that faces know: ARPAbet and fifteen visemes.

What matters is what the lips do. Sounds that English lacks become the English sound that looks most alike: a French
"u" is as round as the one in "food", a Spanish tapped "r" is made with the tongue like a "d".
"""

import re

SILENCE = "pau"
UNKNOWN = "ax"  # a small, unremarkable opening

_NAMES = """aa ae ah ao aw ax axr ay b ch d dh dx eh el em en er ey f g hh ih ix iy jh k l m n ng nx ow oy p pau r s sh
t th uh uw ux v w y z zh"""
ARPABET = frozenset(_NAMES.split())

# fmt: off
_IPA = {
    # two signs that are one sound, as espeak, Piper and Kokoro write them
    "t͡ʃ": "ch", "tʃ": "ch", "ʧ": "ch", "tɕ": "ch", "ʈʂ": "ch", "d͡ʒ": "jh", "dʒ": "jh", "ʤ": "jh", "dʑ": "jh",
    "ɖʐ": "jh", "ts": "s", "ʦ": "s", "dz": "z", "ʣ": "z", "pf": "f",
    "aɪ": "ay", "aj": "ay", "aʊ": "aw", "aw": "aw", "eɪ": "ey", "ej": "ey", "ɛɪ": "ey", "ɛj": "ey", "oʊ": "ow",
    "əʊ": "ow", "ow": "ow", "ɔɪ": "oy", "ɔʏ": "oy", "ɔø": "oy", "ɔy": "oy", "œy": "oy", "ʌʊ": "ow", "ɪə": "iy",
    "iə": "iy", "eə": "eh", "ɛə": "eh", "ʊə": "uh", "ɑ̃": "aa", "ɔ̃": "ao", "ɛ̃": "ae", "œ̃": "ah", "ɐ̃": "ah",
    # vowels
    "i": "iy", "ɪ": "ih", "ɨ": "ih", "y": "uw", "ʏ": "uh", "e": "eh", "ɛ": "eh", "æ": "ae", "a": "aa", "ɑ": "aa",
    "ɒ": "ao", "ɔ": "ao", "o": "ao", "ʊ": "uh", "u": "uw", "ʉ": "uw", "ɯ": "ih", "ʌ": "ah", "ɐ": "ah", "ə": "ax",
    "ɘ": "ax", "ɵ": "uh", "ɜ": "er", "ɝ": "er", "ɚ": "er", "ø": "uh", "œ": "ao", "ɤ": "ah", "ᵻ": "ih", "ɶ": "ao",
    # kokoro's own signs for diphthongs
    "A": "ey", "I": "ay", "W": "aw", "Y": "oy", "O": "ow", "Q": "ow",
    # consonants
    "p": "p", "b": "b", "β": "b", "m": "m", "ɱ": "m", "f": "f", "v": "v", "ɸ": "f", "ʋ": "v", "θ": "th", "ð": "dh",
    "t": "t", "d": "d", "ʈ": "t", "ɖ": "d", "ɾ": "dx", "T": "dx", "ɽ": "dx", "n": "n", "ɳ": "n", "ɲ": "n", "ŋ": "ng",
    "l": "l", "ɫ": "l", "ɭ": "l", "ʎ": "y", "ɬ": "l", "r": "dx", "ɹ": "r", "ɻ": "r", "ʁ": "hh", "ʀ": "hh", "s": "s",
    "z": "z", "ʃ": "sh", "ʒ": "zh", "ɕ": "sh", "ʑ": "zh", "ʂ": "sh", "ʐ": "zh", "ç": "hh", "ʝ": "y", "x": "hh",
    "χ": "hh", "ɣ": "g", "h": "hh", "ɦ": "hh", "ħ": "hh", "ʕ": "hh", "ʔ": "t", "k": "k", "c": "k", "q": "k", "g": "g",
    "ɡ": "g", "ɟ": "g", "j": "y", "w": "w", "ʍ": "w", "ɥ": "w", "ɰ": "w",
}
_PAUSES = frozenset(" _.,;:!?…-–—\"'()“”«»¿¡|^$")
_MARKS = re.compile(r"[ˈˌˑː'`ʲʰʷˠˤ˞̯̩̪̥̬̝̞̟̠̤̰̺̻͜͡0-9]")

# Azure's viseme numbers
_AZURE = (
    "sil", "aa", "aa", "oh", "E", "RR", "ih", "ou", "oh", "aa", "oh", "aa", "kk", "RR", "nn", "SS", "CH", "TH", "FF",
    "DD", "kk", "PP",
)
# fmt: on


def phone_of_ipa(symbol: str) -> str:
    """The ARPAbet phone that looks like a sound of any language; what is no sound at all is silence.

    A name of several letters that ARPAbet has is left as it is.
    """
    bare = _MARKS.sub("", symbol)
    if symbol in _IPA or bare in _IPA:
        return _IPA.get(symbol) or _IPA[bare]
    if not bare or set(bare) <= _PAUSES:
        return SILENCE
    if len(bare) > 1 and bare.lower() in ARPABET:
        return bare.lower()
    if bare[:2] in _IPA:
        return _IPA[bare[:2]]
    return _IPA.get(bare[0], UNKNOWN)


def viseme_of_azure(number: int) -> str:
    """One of the fifteen visemes; "sil" for a number that is none."""
    return _AZURE[number] if 0 <= number < len(_AZURE) else "sil"
