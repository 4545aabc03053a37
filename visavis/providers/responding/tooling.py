"""Which tool a sentence asks for, and what it says about the arguments: pure, English, without a model.

A tool is called for an imperative ("open the offers page") whose words are those of its name and description, or for a
question when the tool is one that tells things. Where a required argument is not in the sentence nothing is called.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from visavis.providers.base import ToolSpec
from visavis.providers.responding.situations import situation_of
from visavis.providers.responding.words import listed, terms

_POLITE = re.compile(
    r"^(?:(?:please|now|ok|okay|so|and|then|hey|can you|could you|would you|will you|i want you to|i'd like you to|"
    r"i want to|i would like to|i'd like to|let's|let us|go ahead and)\s+)+"
)
_QUESTION = re.compile(r"^(?:what|which|who|whose|when|where|why|how|is|are|was|do|does|did|can i|could i|will)\b")
_VERBS = listed(
    """open show go take navigate scroll play start stop turn switch set put add remove delete cancel book reserve order
    buy get fetch find search look check tell give send call write note save remember remind make create change update
    close select choose pick ask count calculate convert translate run list read schedule"""
)
_TELLING = listed("tell give get look find search check fetch show return list answer read know search retriev lookup")
_WHOLE = listed("query question search request q topic keyword")
_REST = listed("text message note content body comment reminder title subject")
_PREPOSITION = r"(?:in|for|of|to|at|on|about|named|called|by|with|near|from|as)"
_PHRASE = re.compile(
    rf"\b{_PREPOSITION}\s+(?:the |a |an |my |our )?(.+?)(?=\s+{_PREPOSITION}\b|\s+(?:please|now|today|tomorrow)\b|$)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NUMBERS: dict[str, float] = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NUMBERS |= {"nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "thirty": 30, "sixty": 60, "hundred": 100, "a": 1}
_NUMBER = re.compile(rf"-?\d+(?:\.\d+)?|\b(?:{'|'.join(word for word in _NUMBERS if len(word) > 2)})\b")
_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "polish": "pl",
    "portuguese": "pt", "swedish": "sv", "turkish": "tr", "russian": "ru", "japanese": "ja", "chinese": "zh",
    "korean": "ko", "arabic": "ar", "hindi": "hi",
}  # fmt: skip
_HANG_UP = re.compile(r"\bhang up\b|\b(?:end|finish|close) (?:the|this|our) (?:call|conversation|session|chat)\b")
_SPEAK = re.compile(rf"\b(?:speak|talk|switch|change|continue|in|to) (?:to |in )?({'|'.join(_LANGUAGES)})\b")
_WAIT = re.compile(
    r"\b(?:give me|wait|hold on|need|just|take)\b.{0,20}?\b(?:(\w+) )?(second|sec|minute|moment|bit|while)s?\b|"
    r"\blet me (?:think|check|look|see)\b"
)
_PAUSE = re.compile(r"\bpause\b|\b(?:take|have) a (?:short )?break\b|\bbe right back\b")
_SECONDS = {"second": 1, "sec": 1, "minute": 60}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that a sentence asks for."""

    name: str
    arguments: dict[str, Any] = field(repr=False)


def wanted(sentence: str, plain: str, tools: Sequence[ToolSpec]) -> Wanted | None:
    """`plain` are the words of the sentence as `plain_words` gives them."""
    return _of_conversation(plain, tools) or _of_application(sentence, plain, tools)


def look_up(sentence: str, tools: Sequence[ToolSpec]) -> Wanted | None:
    """For a question that nothing else answers: a tool that takes nothing but a question."""
    for tool in tools:
        names = list(_properties(tool))
        if len(names) == 1 and names[0] in _WHOLE:
            return Wanted(tool.name, {names[0]: sentence.strip()})
    return None


# --- what a persona does to its own conversation --------------------------------------------------------------------


def _of_conversation(plain: str, tools: Sequence[ToolSpec]) -> Wanted | None:
    names = {tool.name for tool in tools}
    if "end_call" in names and (_HANG_UP.search(plain) or situation_of(plain) == "bye"):
        return Wanted("end_call", {})
    if "change_language" in names and (found := _SPEAK.search(plain)):
        return Wanted("change_language", {"language_code": _LANGUAGES[found.group(1)]})
    if "pause_conversation" in names and _PAUSE.search(plain):
        return Wanted("pause_conversation", {})
    if "skip_turn" in names and (found := _WAIT.search(plain)):
        return Wanted("skip_turn", _for_how_long(found.group(1), found.group(2)))
    return None


def _for_how_long(count: str | None, unit: str | None) -> dict[str, Any]:
    seconds = _SECONDS.get(unit or "")
    number = _number(count or "a")
    return {"timeout_seconds": number * seconds} if seconds and number and number * seconds >= 5 else {}


# --- what an application can do -------------------------------------------------------------------------------------


def _of_application(sentence: str, plain: str, tools: Sequence[ToolSpec]) -> Wanted | None:
    asked = _POLITE.sub("", plain)
    verb = asked.partition(" ")[0]
    is_question = _QUESTION.match(asked) is not None
    best, wants = 0.0, None
    for tool in tools:
        if not (verb in _VERBS or (is_question and _tells(tool))):
            continue
        score = _likeness(asked, tool)
        if score > best and (arguments := _arguments(sentence, asked, tool)) is not None:
            best, wants = score, Wanted(tool.name, arguments)
    return wants


def _tells(tool: ToolSpec) -> bool:
    """By the first word of what it says about itself, or of its name."""
    first = (*_raw(tool.description)[:1], *_raw(tool.name)[:1])
    return any(word in _TELLING or word.removesuffix("s") in _TELLING for word in first)


def _likeness(asked: str, tool: ToolSpec) -> float:
    """How many of the words are the tool's; its name counts twice, and one word of its description is too little."""
    said = set(_words(asked))
    name = set(_words(" ".join(_raw(tool.name))))
    described = set(_words(tool.description)) - name
    score = 2.0 * len(said & name) + len(said & described)
    return score if score >= 2 else 0.0


def _words(text: str) -> list[str]:
    return terms(text) or _raw(text)


def _raw(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())


# --- arguments ------------------------------------------------------------------------------------------------------


def _properties(tool: ToolSpec) -> Mapping[str, Any]:
    found = tool.parameters.get("properties")
    return found if isinstance(found, dict) else {}


def _arguments(sentence: str, asked: str, tool: ToolSpec) -> dict[str, Any] | None:
    """None where something is missing that the tool cannot do without."""
    required = tool.parameters.get("required") or ()
    phrases = _Phrases(sentence, asked, tool)
    arguments: dict[str, Any] = {}
    for name, schema in _properties(tool).items():
        must = isinstance(required, list | tuple) and name in required
        value = _argument(name, schema if isinstance(schema, dict) else {}, phrases, must)
        if value is not None:
            arguments[name] = value
        elif must:
            return None
    return arguments


def _argument(name: str, schema: Mapping[str, Any], phrases: "_Phrases", must: bool) -> Any:
    kind = schema.get("type", "string")
    if options := schema.get("enum"):
        return next((option for option in options if _names(str(option), phrases.asked)), None)
    if kind in ("integer", "number"):
        found = _NUMBER.search(phrases.asked)
        number = _number(found.group()) if found else None
        return int(number) if number is not None and kind == "integer" else number
    if kind == "boolean":
        return re.search(r"\b(?:not|no|off|without|don't)\b", phrases.asked) is None if must else None
    if kind == "array":
        return [phrase] if must and (phrase := phrases.next()) else None
    if kind != "string" or not must:
        return None
    if schema.get("format") == "email" or "email" in name.lower():
        found = _EMAIL.search(phrases.sentence)
        return found.group() if found else None
    words = _raw(name)
    if words and words[-1] in _WHOLE:
        return phrases.sentence
    return phrases.rest() if words and words[-1] in _REST else phrases.next()


def _names(option: str, asked: str) -> bool:
    """Whether the sentence has all the words of one of the values, one or many of each."""
    said = {word.removesuffix("s") for word in _raw(asked)}
    words = {word.removesuffix("s") for word in _raw(option)}
    return bool(words) and words <= said


def _number(text: str) -> float | None:
    if text in _NUMBERS:
        return _NUMBERS[text]
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return None


class _Phrases:
    """The noun phrases of a sentence, each given once: those after a preposition first, then what the verb is about."""

    def __init__(self, sentence: str, asked: str, tool: ToolSpec) -> None:
        self.sentence = sentence.strip().rstrip(".!?").strip()
        self.asked = asked
        tail = self._tail()
        self._left = [found.strip() for found in _PHRASE.findall(tail)]
        objects = re.sub(rf"\s+{_PREPOSITION}\b.*$", "", tail, flags=re.IGNORECASE).split(" ")[1:]
        known = set(_raw(tool.name)) | listed("the a an my me us our some any please")
        if thing := " ".join(word for word in objects if word.lower() not in known):
            self._left.append(thing)

    def next(self) -> str | None:
        return self._left.pop(0) if self._left else None

    def rest(self) -> str | None:
        """Everything after the verb, or after a colon or "that"."""
        tail = self._tail()
        for sign in (r":\s*", r"\bthat\s+", r"\bto\s+", r"\s+"):
            if rest := re.split(sign, tail, maxsplit=1)[1:]:
                return rest[0].strip() or None
        return None

    def _tail(self) -> str:
        """The sentence as it was written, from its verb on."""
        verb = self.asked.partition(" ")[0]
        start = self.sentence.lower().find(verb) if verb else 0
        return self.sentence[max(start, 0) :]
