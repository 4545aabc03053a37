"""What the user has told about themselves in this conversation, ready to be said back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.providers.responding.situations import plain_words, situation_of
from visavis.providers.responding.words import listed, sentences

_NAME = r"([A-Za-z][\w'-]*(?: [A-Z][\w'-]*)?)"
_NAMED = re.compile(
    rf"\b(?i:my name is|my name's|call me|i am called|i'm called|the name is|the name's|i go by) {_NAME}"
)
_YOURS_NAMED = re.compile(rf"\b(?i:your name is|you are called) {_NAME}")
_NAME_BY_CAPITAL = re.compile(r"\b(?:I'm|I am|This is|It's) ([A-Z][a-z'-]+)(?=[.,!]|$| and | from )")
_ASKED_NAME = "What should I call you?"
_NOT_A_NAME = listed(
    "not no yes sure never nothing what why who none nobody maybe sorry the a it i ok okay hello hi thanks fine good"
)
_STATEMENT = re.compile(
    r"^(?:(?:and|so|well|but|by the way|actually|oh|hi|hello|hey)[, ]+)*"
    r"((?:i|i'm|i've|my|we|our|the|today|tomorrow|yesterday)\b.+)$", re.IGNORECASE,
)  # fmt: skip
_QUESTION = re.compile(
    r"^(?:who|what|when|where|why|which|whose|how|is|are|was|were|do|does|did|can|could|will|would|should|may|have|has|"
    r"am|tell|say|repeat|count|explain|give|show|let|please)\b|\?\s*$", re.IGNORECASE,
)  # fmt: skip
_WISH = re.compile(r"^(?:i|we) (?:want|would|wanna|need|wish|wonder|think|guess|mean|asked|said|can|could|don't)\b|"
                   r"^i(?:'d|'ll) |^my (?:question|god|bad)\b", re.IGNORECASE)  # fmt: skip
_TO_SECOND_PERSON = (
    (r"\bI am\b|\bi am\b", "you are"), (r"\bI'm\b|\bi'm\b", "you're"), (r"\bI've\b|\bi've\b", "you've"),
    (r"\bI was\b|\bi was\b", "you were"), (r"\bmyself\b", "yourself"), (r"\b[Mm]y\b", "your"), (r"\bmine\b", "yours"),
    (r"\b[Ii]\b", "you"), (r"\bme\b", "you"), (r"\b[Ww]e are\b", "you are"), (r"\b[Ww]e\b", "you"),
    (r"\b[Oo]ur\b", "your"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Memory:
    """The user's name, "" while unknown, and what they said, in the second person, oldest first."""

    name: str
    told: tuple[str, ...]


def remember(texts: Sequence[tuple[str, str]]) -> Memory:
    """From pairs of what the persona said last and what the user said then."""
    name = ""
    told: list[str] = []
    for asked, text in texts:
        name = name_in(text, asked) or name
        told.extend(second_person(statement) for statement in statements(text))
    return Memory(name, tuple(dict.fromkeys(told)))


def name_in(text: str, asked: str = "", of: str = "my") -> str:
    """The name a text gives somebody, or answers `asked` with; `of` is "your" where the text is about "you"."""
    found = _YOURS_NAMED.search(text) if of == "your" else _NAMED.search(text) or _NAME_BY_CAPITAL.search(text)
    if found is None and asked.rstrip().endswith(_ASKED_NAME):
        found = re.fullmatch(rf"\W*{_NAME}\W*", text)
    if found is None or found.group(1).split()[0].lower() in _NOT_A_NAME:
        return ""
    return " ".join(part[0].upper() + part[1:] for part in found.group(1).split())


def is_question(sentence: str) -> bool:
    return _QUESTION.search(sentence.strip()) is not None


def statements(text: str) -> list[str]:
    """The sentences in which somebody tells something worth remembering, as they said them."""
    found: list[str] = []
    for sentence in sentences(text.replace("\u2019", "'")):
        statement = _STATEMENT.match(sentence.strip())
        if statement is None or is_question(sentence) or _WISH.search(statement.group(1)):
            continue
        passing = situation_of(plain_words(sentence))  # being tired is worth an answer, not a memory
        if len(statement.group(1).split()) >= 3 and not passing and not name_in(sentence):
            found.append(statement.group(1).rstrip(".! "))
    return found


def second_person(statement: str) -> str:
    """ "my dog is called Rex" → "your dog is called Rex"."""
    for pattern, theirs in _TO_SECOND_PERSON:
        statement = re.sub(pattern, theirs, statement)
    if statement.split(" ", 1)[0] in ("The", "Today", "Tomorrow", "Yesterday"):
        statement = statement[0].lower() + statement[1:]
    return statement
