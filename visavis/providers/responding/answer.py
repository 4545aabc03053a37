"""What the built-in responder says, as a pure function of the conversation.

It never invents: an answer is a sentence of the prompt, something the user said, a sum, or small talk, and where there
is none of these it says so. The same conversation always gets the same answer.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from visavis.providers.base import ChatMessage
from visavis.providers.responding import arithmetic, requests
from visavis.providers.responding.lines import LINES
from visavis.providers.responding.memory import Memory, is_question, name_in, remember, statements
from visavis.providers.responding.prompt import context_facts, topics, understand
from visavis.providers.responding.situations import GREETING, plain_words, situation_of
from visavis.providers.responding.words import Facts, listed, sentences, terms

MESSAGE_CHARS_MAX = 2_000
SENTENCES_MAX = 3
REPEATED_CHARS_MAX = 400

_AFTER_FACTS = listed(
    """no_weather no_clock no_news poem sing story joke twister languages where age maker part can_do see_me connect
    praise insult sorry feelings"""
)
_IN_ORDER = listed("unknown how_are_you can_do who part name")  # the first line says most, later ones less
_NO_HELP = listed("unknown noted untold unheard")
_LOST = listed("unknown no_weather no_clock no_news")

index = lru_cache(maxsize=64)(Facts)


@dataclass(frozen=True, slots=True)
class _Said:
    situation: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_lost` where a question found no answer."""

    text: str
    is_lost: bool = False


def answer(messages: Sequence[ChatMessage], persona_name: str = "") -> Answer:
    """The reply to a conversation: to its last user message, or an opening or a nudge where the user is not last."""
    return _Talk(messages, persona_name).reply()


class _Talk:
    def __init__(self, messages: Sequence[ChatMessage], persona_name: str) -> None:
        self._messages = messages
        self._system = [message.text for message in messages if message.role == "system"]
        self._spoken = [message.text for message in messages if message.role == "assistant"]
        self._heard = [message.text[:MESSAGE_CHARS_MAX] for message in messages if message.role == "user"]
        self._persona = understand(self._system[0] if self._system else "", persona_name)

    # --- what is known ----------------------------------------------------------------------------------------------

    @cached_property
    def _context(self) -> tuple[list[str], list[str]]:
        """Facts the application added: about the world, and about the user in the second person."""
        return context_facts(self._system[1:])

    @cached_property
    def _facts(self) -> tuple[str, ...]:
        return (*self._persona.facts, *self._context[0])

    @cached_property
    def _memory(self) -> Memory:
        """Each user message is read together with what was asked before it."""
        exchanges: list[tuple[str, str]] = []
        asked = ""
        for message in self._messages:
            if message.role == "user":
                exchanges.append((asked, message.text[:MESSAGE_CHARS_MAX]))
            elif message.role == "assistant":
                asked = message.text
        return remember(exchanges)

    @cached_property
    def _user_name(self) -> str:
        return self._memory.name or name_in(". ".join(self._context[1]), of="your")

    # --- the reply --------------------------------------------------------------------------------------------------

    def reply(self) -> Answer:
        if not self._heard:
            return Answer(self._line("nudge" if self._spoken else "opening"))
        return Answer(self._line("nudge")) if self._user_was_answered else self._to_user()

    @property
    def _user_was_answered(self) -> bool:
        """Then whatever the system adds is a request to speak up, not context for an answer."""
        turns = [message.role for message in self._messages if message.role != "system"]
        return turns[-1] == "assistant"

    def _to_user(self) -> Answer:
        parts = [self._to_sentence(sentence) for sentence in sentences(self._heard[-1])[:SENTENCES_MAX]]
        parts = [said for said in parts if said.situation not in _NO_HELP] or parts[-1:]
        if len(parts) > 1:
            parts = [self._briefly(said) for said in parts[:-1]] + parts[-1:]
        text = " ".join(dict.fromkeys(said.text for said in parts)) or self._line("unheard")
        return Answer(text, is_lost=any(said.situation in _LOST for said in parts))

    def _briefly(self, said: _Said) -> _Said:
        """Before another answer, without the question that would invite one."""
        statement = re.sub(r"(?<=[.!]) [^.!?]*\?$", "", said.text)
        return _Said(said.situation, statement)

    def _to_sentence(self, sentence: str) -> _Said:
        plain = plain_words(sentence, self._persona.name)
        greeting = GREETING.match(plain)
        if greeting is None:
            return self._respond(sentence, plain)
        rest = plain[greeting.end() :]
        if not rest:
            time = f"good_{greeting.group('time')}"
            return _Said("greet", self._line(time if time in LINES else "greet_again" if self._spoken else "greet"))
        said = self._respond(_tail(sentence, rest), rest)
        if self._spoken or said.situation in ("met", "unknown"):
            return said
        return _Said(said.situation, f"Hello! {said.text}")

    def _respond(self, sentence: str, plain: str) -> _Said:
        situation = situation_of(plain)
        ways: tuple[Callable[[], _Said | None], ...] = (
            lambda: None if plain else _Said("unheard", self._line("unheard")),
            lambda: self._repeated(sentence, plain),
            lambda: self._reckoned(plain),
            lambda: self._introduced(sentence, plain),
            lambda: self._remembered(plain),
            lambda: None if situation in _AFTER_FACTS else self._small(situation),
            lambda: self._looked_up(sentence, plain),
            lambda: self._small(situation),
            lambda: self._more(plain),
            lambda: self._acknowledged(sentence),
        )
        for way in ways:
            if (said := way()) is not None:
                return said
        situation = "not_english" if requests.is_foreign(plain) else "unknown"
        return _Said(situation, self._line(situation))

    # --- the ways of answering --------------------------------------------------------------------------------------

    def _repeated(self, sentence: str, plain: str) -> _Said | None:
        if requests.asks_to_repeat(plain):
            return _Said("repeat", self._spoken[-1] if self._spoken else self._line("nothing_to_repeat"))
        if requests.asks_what_they_said(plain):
            return _Said("recall", f"You said: {self._heard[-2]}" if self._heard[1:] else self._line("nothing_said"))
        words = requests.to_say(sentence)
        return _Said("say", _sentence(words[:REPEATED_CHARS_MAX])) if words else None

    def _reckoned(self, plain: str) -> _Said | None:
        if counting := arithmetic.counted(plain):
            return _Said("count", counting)
        result = arithmetic.sum_of(plain)
        return _Said("sum", f"That's {result}.") if result else None

    def _introduced(self, sentence: str, plain: str) -> _Said | None:
        name = "" if is_question(plain) else name_in(sentence, self._spoken[-1] if self._spoken else "")
        return _Said("met", self._line("met", user_name=name)) if name else None

    def _remembered(self, plain: str) -> _Said | None:
        if requests.asks_their_name(plain):
            return _Said(
                "recall", f"Your name is {self._user_name}." if self._user_name else self._line("name_unknown")
            )
        if not requests.asks_about_themselves(plain):
            return None
        known = [f"Your name is {self._user_name}."] if self._memory.name else []
        known += [_sentence(fact) for fact in self._context[1][-3:]]
        known += [f"You said that {told}." for told in self._memory.told[-3:]]
        return _Said("recall", " ".join(known) or self._line("nothing_known"))

    def _small(self, situation: str) -> _Said | None:
        if not situation:
            return None
        if situation == "name" and not self._persona.name:
            situation = "no_name"
        if situation == "joke" and all(map(self._was_said, LINES["joke"])):
            situation = "no_joke"
        return _Said(situation, self._line(situation))

    def _looked_up(self, sentence: str, plain: str) -> _Said | None:
        """From the prompt, the context or the user's own words; questions about the user prefer the latter."""
        asked = is_question(sentence) or is_question(plain) or len(terms(plain)) <= 2
        if not asked or statements(sentence):
            return None
        told = self._from_user(plain)
        if told is not None and requests.concerns_user(plain):
            return told
        if found := index(self._facts).answers(plain):
            return _Said("fact", " ".join(found))
        if told is not None:
            return told
        return _Said("untold", self._line("untold")) if requests.asks_own_detail(plain) else None

    def _from_user(self, plain: str) -> _Said | None:
        told = self._memory.told
        found = Facts((*told, *self._context[1])).answers(plain, count_max=1)
        verb = re.search(r"\bdo i (\w+)", plain)
        if not found and verb:
            found = [text for text in told if f"you {verb.group(1)}" in text][-1:]
        if not found:
            return None
        return _Said("recall", f"You said that {found[0]}." if found[0] in told else _sentence(found[0]))

    def _more(self, plain: str) -> _Said | None:
        if not requests.asks_for_more(plain):
            return None
        fresh = next((fact for fact in self._facts if not self._was_said(fact)), "")
        return _Said("fact", fresh or self._line("no_more"))

    def _acknowledged(self, sentence: str) -> _Said | None:
        told = not is_question(sentence) and statements(sentence)
        return _Said("noted", self._line("noted")) if told else None

    # --- wording ----------------------------------------------------------------------------------------------------

    def _line(self, situation: str, user_name: str = "") -> str:
        """One of the lines for a situation, chosen by the conversation itself, a fresh one if there is one."""
        lines = [line for line in LINES[situation] if not self._was_said(line)] or LINES[situation]
        seed = f"{situation}|{self._system[:1]}|{self._heard[-1:]}"
        line = lines[0] if situation in _IN_ORDER else random.Random(seed).choice(lines)
        user_name = user_name or self._user_name
        filled = line.format(
            intro=self._persona.introduction,
            part=self._persona.part,
            name=self._persona.name,
            you=f", {user_name}" if user_name else "",
            ask=self._suggestion(),
        )
        return " ".join(filled.split())

    def _suggestion(self) -> str:
        subjects = topics(self._facts)
        if not subjects or (self._spoken and "ask me about" in self._spoken[-1]):
            return ""
        listed_up = ", ".join(subjects[:-1]) + " or " + subjects[-1] if subjects[1:] else subjects[0]
        return f"You can ask me about {listed_up}."

    def _was_said(self, line: str) -> bool:
        """By its longest piece of fixed text, since placeholders were filled in."""
        fixed = max(re.split(r"\{\w+\}", line), key=len).strip()
        return bool(fixed) and any(fixed in spoken for spoken in self._spoken)


def _tail(sentence: str, rest: str) -> str:
    """The end of the sentence as it was written, from the word with which `rest` begins."""
    start = sentence.lower().replace("\u2019", "'").find(rest.split()[0])
    return sentence[max(start, 0) :]


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
