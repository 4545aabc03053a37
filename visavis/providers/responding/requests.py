"""What people ask a conversation partner to do with the conversation itself: say this, say it again, remember me."""

import re

from visavis.providers.responding.words import listed

_POLITE = r"(?:(?:please|now|can you|could you|would you|i want you to)\s+)*"
_SAY = re.compile(
    rf"^\W*{_POLITE}(?:say|repeat after me|repeat|read (?:this|aloud|out))\s*[:,]?\s+"
    r"(?!that\b|it\b|this again|again|something|anything|what\b|please\b|yourself|more\b|your name|my name)(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_SAY_AGAIN = re.compile(
    r"^(?:(?:can|could) you )?(?:(?:say|repeat) (?:that|it|this)(?: again)?|say again|repeat|pardon(?: me)?|come again|"
    r"what did you (?:just )?say|once more|again|what|sorry what)$"
)
_WHAT_I_SAID = re.compile(r"\bwhat (?:did|have) i (?:just |last )?(?:say|said|ask|asked|tell you|told you)(?: you)?$")
_MY_NAME = re.compile(
    r"\b(?:what(?:'s| is| was)|do you (?:know|remember)|say|remember|tell me|know) my name\b|\bwho am i$"
)
_ABOUT_ME = re.compile(
    r"\bwhat (?:do|can) you (?:know|remember|tell me) about me\b|\bwhat (?:have|did) i (?:tell|told) you about\b"
)
_ASKS_OWN = re.compile(
    r"^(?:do you (?:know|remember) )?(?:what|who|which|when|where|how)(?:'s| is| are| was| old is)? my\b|"
    r"\b(?:what|where) do i (?:do|live|work|like|love)\b"
)
_MORE = re.compile(
    r"^(?:(?:can you )?tell me )?(?:more|something else|what else|anything else|and|go on|continue)"
    r"(?: about (?:it|that|this))?$"
)
_FIRST_PERSON = re.compile(r"\b(?:my|mine|i|me|we|our|i'm)\b")
_FOREIGN = listed(
    """ich und der die das nicht ist ein eine wie geht du sie wir haben bitte danke guten tag hallo que el la los las es
    como estas por para hola gracias buenos dias je tu il nous vous est les des une bonjour merci comment ca va ciao
    sono come stai grazie buongiorno ola tudo bem voce namaste konnichiwa salut servus"""
)


def to_say(sentence: str) -> str:
    """ "say: good night" → "good night"; "" where nobody asks for anything to be said."""
    said = _SAY.match(sentence)
    return said.group(1).strip(" \"'") if said else ""


def asks_to_repeat(plain: str) -> bool:
    return _SAY_AGAIN.search(plain) is not None


def asks_what_they_said(plain: str) -> bool:
    return _WHAT_I_SAID.search(plain) is not None


def asks_their_name(plain: str) -> bool:
    return _MY_NAME.search(plain) is not None


def asks_about_themselves(plain: str) -> bool:
    """Everything that is known about the user."""
    return _ABOUT_ME.search(plain) is not None


def asks_own_detail(plain: str) -> bool:
    """A detail that nobody but the user can know."""
    return _ASKS_OWN.search(plain) is not None


def asks_for_more(plain: str) -> bool:
    return _MORE.match(plain) is not None


def concerns_user(plain: str) -> bool:
    return _FIRST_PERSON.search(plain) is not None


def is_foreign(plain: str) -> bool:
    """Whether most of the words are of another language than English."""
    words = plain.split()
    foreign = sum(word in _FOREIGN or not word.isascii() for word in words)
    return foreign > len(words) / 2
