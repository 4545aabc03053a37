"""What a system prompt says about the persona: its name, its part, and the facts it may tell.

Prompts mix three things: who the persona is ("You are Cara, a guide at ..."), how it should behave ("Keep answers
short"), and what it should know ("Breakfast is from 7 to 10"). The first becomes an introduction, the second is dropped
since nobody wants to hear it read out, the third is kept in the first person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from visavis.providers.responding.words import listed, sentences

PROMPT_CHARS_MAX = 20_000
FACTS_MAX = 300
_FACT_CHARS_MAX = 300
_FACT_WORDS_MIN = 3

_CAPITALISED = r"(?:Dr\.? |Mr\.? |Mrs\.? |Ms\.? |Prof\.? )?[A-Z][\w'-]*(?: (?:van |de |von )?[A-Z][\w'-]*){0,2}"
_NAME = (
    re.compile(rf"\b[Yy]our name is ({_CAPITALISED})"),
    re.compile(rf"\b[Yy]ou(?: are|'re) (?:called |named )({_CAPITALISED})"),
    re.compile(rf"\b(?:called|named) ({_CAPITALISED})"),
    re.compile(rf"\b[Yy]ou(?: are|'re) ({_CAPITALISED})(?=[,.;:!\n]|$| from | and | the | an? | who )"),
    re.compile(rf"^(?:Act as|Play|Be) ({_CAPITALISED})(?=[,.;:!\n]|$)"),
)
_ROLE = (
    re.compile(rf"\b[Yy]ou(?: are|'re)(?: {_CAPITALISED},?)? (?:also )?((?:an?|the|our|my) [^.;:!?\n]{{2,120}})"),
    re.compile(r"\b(?:[Aa]ct as|[Pp]lay the (?:role|part) of|[Bb]ehave like) ((?:an?|the) [^.;:!?\n]{2,120})"),
)
_VANITY = re.compile(
    r"^(an?) (?:(?:very |highly |truly )?(?:helpful|friendly|warm|polite|professional|knowledgeable|empathetic|kind|"
    r"patient|smart|concise|cheerful|engaging|approachable|courteous|enthusiastic|caring|supportive|world-class|"
    r"conversational|intelligent|experienced|expert)(?:, | and |,? and | ))+"
)
_NAMING = re.compile(rf",? (?:called|named|whose name is) {_CAPITALISED}")
_ASSISTANT = re.compile(r"^(?:an?|the) (?:virtual |personal |digital |voice |video |ai )?assistant$", re.IGNORECASE)

_INSTRUCTION = re.compile(
    r"""^(?:please\b|always|never|do\s+not|don't|avoid|keep|be\s|stay|speak|respond|reply|answer|use\s|ask\s|act\s|play\s|
    make\s+sure|ensure|remember|try\s|only\s|if\s|when(?:ever)?\s|before\s|after\s|greet|introduce|help|assist|provide|
    offer|encourage|focus|maintain|follow|respect|refer|redirect|explain|write|talk|tell|say|start|end\s|begin|mention|
    limit|listen|let\s|treat|think|pretend|imagine|note\s|important|under\s+no|this\s+is\s+a\s+(?:voice|video)|
    your\s+(?:goal|job|task|role|purpose|tone|style|responses?|answers?|replies|aim|mission|main|primary|name)\b|
    you\s+(?:are|should|must|will|can|cannot|can't|may|need|shall|always|never|do\s+not|don't|only|'re)\b|you're\b|
    the\s+(?:user|customer|caller)s?\s+(?:may|might|will|can|should)\b|everything\s+you\b|no\s+(?:markdown|emoji)|
    \w+ly\s|.*\b(?:you|your\s+\w+)\s+(?:must|should|shall)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT_SELF = re.compile(
    r"^you\s+(?:are\s+(?:\d+|[\w-]+\s+years|based|from|located|married|born|fluent|originally|fond|allergic|in\s|at\s)|"
    r"can\s+speak|will\s+be\s+at)", re.IGNORECASE,
)  # fmt: skip
_SECRET = re.compile(
    r"\b(?:secret|confidential|internal use|(?:do not|don't|never) (?:share|reveal|tell|mention|disclose))",
    re.IGNORECASE,
)
_PROHIBITION = re.compile(
    r"^(?:please )?(?:never|do not|don't|you must not|you must never)\b.{0,30}"
    r"\b(?:reveal|share|disclose|mention|tell)\b.{0,30}?\b(?:(it|this|that|them)\b|(?:the|your|our|any) (\w{3,}))",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^[\[<#].*|^[A-Z][\w /&'-]{0,40}:?$")
_SUBJECT = re.compile(
    r"^(?:the |our |a |an |my )?((?:[\w'-]+ ){0,3}?[\w'-]+?)(?: is| are| was| were| costs?| starts?| opens?| closes?| "
    r"begins?| lasts?| has| have| comes?| includes?| takes?| can be| must| may)\b", re.IGNORECASE,
)  # fmt: skip
_NO_TOPIC = listed("i we he she it they this that there here you everything all who what which people")

_OBJECT_BEFORE_YOU = re.compile(
    r"\b(to|for|with|of|at|by|from|about|like|than|loves?|calls?|helps?|gives?|asks?|tells?|sees?|knows?|makes?|made|"
    r"created|built|hired|near|around|behind|between|taught|visit|see|call|ask|reach|contact) $", re.IGNORECASE
)  # fmt: skip
_SECOND_PERSON = (
    (re.compile(r"\b(Y|y)ou are\b"), "I am"), (re.compile(r"\b(Y|y)ou were\b"), "I was"),
    (re.compile(r"\b(Y|y)ou're\b"), "I'm"), (re.compile(r"\b(Y|y)ou've\b"), "I've"),
    (re.compile(r"\b(Y|y)ourself\b"), "myself"), (re.compile(r"\bYours?\b"), "My"), (re.compile(r"\byours\b"), "mine"),
    (re.compile(r"\byour\b"), "my"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Persona:
    """Who speaks. `name` and `role` may be "", `facts` are sentences in the first person."""

    name: str
    role: str
    facts: tuple[str, ...]

    @property
    def introduction(self) -> str:
        """One sentence in character, such as "I'm Cara, a guide at the City Museum."."""
        role = "your assistant" if _ASSISTANT.match(self.role) or not self.role else self.role
        if self.name and not self.role:
            return f"I'm {self.name}."
        return f"I'm {self.name}, {role}." if self.name else f"I'm {role}."

    @property
    def part(self) -> str:
        """The role alone, to answer what the persona does."""
        return f"I'm {self.role}." if self.role and not _ASSISTANT.match(self.role) else "I'm here to help you."


@lru_cache(maxsize=256)
def understand(prompt: str, name: str = "") -> Persona:
    """Read a prompt. A `name` from elsewhere is used where the prompt gives none."""
    text = prompt[:PROMPT_CHARS_MAX].replace("\u2019", "'")
    return Persona(_name(text) or name, _role(text), tuple(_facts(text)))


def topics(facts: Sequence[str], count_max: int = 3) -> list[str]:
    """What the facts are about, in words that fit after "ask me about"."""
    found: list[str] = []
    for fact in facts:
        subject = _SUBJECT.match(fact)
        if subject is None or subject.group(1).split()[0].lower() in _NO_TOPIC:
            continue
        topic = _as_topic(fact, subject)
        if topic.lower() not in (known.lower() for known in found):
            found.append(topic)
    return found[:count_max]


def _as_topic(fact: str, subject: re.Match[str]) -> str:
    topic = subject.group(1)
    article = fact[: subject.start(1)].lower()
    if not article and topic[1:2].islower() and _is_common(topic, fact):
        topic = topic[0].lower() + topic[1:]
    return ("the " if article in ("the ", "our ") else article) + topic


def _is_common(topic: str, fact: str) -> bool:
    """A capital at the beginning of a sentence says nothing; other signs tell an ordinary word from a name."""
    first, _, rest = topic.partition(" ")
    if rest:
        return rest.islower()
    return "-" in first or first.endswith(("s", "ing", "fast", "er", "ion")) or f" {first.lower()}" in fact


_USER = re.compile(r"\b[Tt]he (?:user|customer|visitor|caller|guest|client)('s\b)?(?: (\w+))?")
_USER_VERBS = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't"}


def context_facts(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """What an application adds during a conversation: facts about the world, and about the user as "you ..."."""
    world: list[str] = []
    user: list[str] = []
    for sentence in sentences("\n".join(texts)[-PROMPT_CHARS_MAX:].replace("\u2019", "'")):
        if _USER.match(sentence):
            user.append(_USER.sub(_as_you, sentence).rstrip(".!"))
        elif _is_fact(sentence):
            world.append(_closed(sentence))
    return world[-FACTS_MAX:], user[-FACTS_MAX:]


def _as_you(found: re.Match[str]) -> str:
    """ "The user's plan" → "your plan", "the user lives" → "you live"."""
    word = found.group(2) or ""
    if found.group(1):
        return f"your {word}".rstrip()
    if word not in _USER_VERBS and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return f"you {_USER_VERBS.get(word, word)}".rstrip()


def first_person(sentence: str) -> str:
    """ "You work at the desk." → "I work at the desk." """
    for pattern, own in _SECOND_PERSON:
        sentence = pattern.sub(own, sentence)
    parts = re.split(r"\b([Yy]ou)\b", sentence)
    for index in range(1, len(parts), 2):
        parts[index] = "me" if _OBJECT_BEFORE_YOU.search(parts[index - 1]) else "I"
    return "".join(parts)


def _name(text: str) -> str:
    for pattern in _NAME:
        if found := pattern.search(text):
            return found.group(1).strip()
    return ""


def _role(text: str) -> str:
    for pattern in _ROLE:
        if found := pattern.search(text):
            return _modest(found.group(1))
    return ""


def _modest(role: str) -> str:
    """A role as one would say it about oneself: without praise, without the name, on one line."""
    role = _NAMING.sub("", role).strip().rstrip(",")
    role = re.split(r",? (?:and|but) you\b|,? (?:and|who|that) (?:always|never|must|should)\b", role)[0]
    role = _VANITY.sub(lambda praise: praise.group(1) + " ", role)
    role = re.sub(r"^an?(?= [aeioAEIO])", "an", role)
    return re.sub(r"^an?(?= [^aeioAEIO\W])", "a", first_person(role)).strip()


def _facts(text: str) -> list[str]:
    facts: list[str] = []
    hidden: set[str] = set()
    for sentence in sentences(text):
        if prohibition := _PROHIBITION.search(sentence):
            what_before, thing = prohibition.groups()
            if what_before and facts:
                facts.pop()
            hidden.add((thing or "").lower())
        elif _is_fact(sentence):
            facts.append(_closed(first_person(sentence)))
    return [fact for fact in facts if not hidden & set(re.findall(r"\w+", fact.lower()))][:FACTS_MAX]


def _is_fact(sentence: str) -> bool:
    if len(sentence.split()) < _FACT_WORDS_MIN or len(sentence) > _FACT_CHARS_MAX:
        return False
    if _SECRET.search(sentence) or _HEADING.fullmatch(sentence) or sentence.endswith("?"):
        return False
    return _ABOUT_SELF.match(sentence) is not None or _INSTRUCTION.match(sentence) is None


def _closed(sentence: str) -> str:
    sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "!", "?")) else sentence.rstrip(",;:") + "."
