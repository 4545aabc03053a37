"""What the built-in responder says, as a pure function of the conversation.

It never invents: an answer is a sentence of the prompt, something the user said, a sum, or small talk, and where there
is none of these it says so. The same conversation always gets the same answer.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from visavis.providers.base import ChatMessage
from visavis.providers.responding import arithmetic, smalltalk
from visavis.providers.responding.memory import Memory, is_question, name_in, remember, statements
from visavis.providers.responding.prompt import Persona, context_facts, topics, understand
from visavis.providers.responding.words import Facts, sentences, terms

MESSAGE_CHARS_MAX = 2_000
SENTENCES_MAX = 3
REPEATED_CHARS_MAX = 400

_AFTER_FACTS = frozenset(
    "no_weather no_clock no_news poem sing story joke twister languages where age maker part can_do see_me connect "
    "praise insult sorry".split()
)
_UNHELPFUL = frozenset(("unknown", "noted", "untold"))
_SAY = re.compile(
    r"^\W*(?:(?:please|now|can you|could you|would you|i want you to)\s+)*(?:say|repeat after me|repeat|read (?:this|aloud|out))"
    r"\s*[:,]?\s+(?!that\b|it\b|this again|again|something|anything|what\b|please\b|yourself|more\b)(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_SAY_AGAIN = re.compile(
    r"^(?:(?:can|could) you )?(?:(?:say|repeat) (?:that|it|this)(?: again)?|say again|repeat|pardon(?: me)?|come again|"
    r"what did you (?:just )?say|once more|again|what)$"
)
_WHAT_I_SAID = re.compile(r"\bwhat (?:did|have) i (?:just |last )?(?:say|said|ask|asked|tell you|told you)(?: you)?$")
_MY_NAME = re.compile(r"\b(?:what(?:'s| is)|do you (?:know|remember)|say|remember|tell me|know) my name\b|\bwho am i$")
_ABOUT_ME = re.compile(
    r"\bwhat (?:do|can) you (?:know|remember|tell me) about me\b|\bwhat (?:have|did) i (?:tell|told) you\b"
)
_ABOUT_USER = re.compile(r"\b(?:my|mine|i|me|we|our|i'm)\b")
_ASKS_OWN = re.compile(r"^(?:do you (?:know|remember) )?(?:what|who|which|when|where|how)(?:'s| is| are| was| old is)? my\b|"
                       r"\b(?:what|where) do i (?:do|live|work|like|love)\b")  # fmt: skip
_MORE = re.compile(r"^(?:(?:can you |please )?tell me )?(?:more|something else|what else|anything else|and|go on|continue)"
                   r"(?: about (?:it|that|this))?$")  # fmt: skip
_FOREIGN = frozenset(
    """ich und der die das nicht ist ein eine wie geht du sie wir haben bitte danke guten tag hallo que el la los las es
    como estas por para hola gracias buenos dias je tu il nous vous est les des une bonjour merci comment ca ciao sono
    come stai grazie buongiorno ola tudo bem voce""".split()
)
_FOREIGN_GREETINGS = frozenset("hallo hola bonjour ciao ola namaste konnichiwa salut servus".split())


@dataclass(frozen=True, slots=True)
class _Said:
    situation: str
    text: str


def answer(messages: Sequence[ChatMessage], persona_name: str = "") -> str:
    """The reply to a conversation: to its last user message, or an opening or a nudge where the user is not last."""
    return _Talk(messages, persona_name).reply()


class _Talk:
    def __init__(self, messages: Sequence[ChatMessage], persona_name: str) -> None:
        self._messages = messages
        self._system = [message.text for message in messages if message.role == "system"]
        self._persona_name = persona_name
        self._spoken = [message.text for message in messages if message.role == "assistant"]

    # --- what is known ------------------------------------------------------------------------------------------

    @cached_property
    def _persona(self) -> Persona:
        return understand(self._system[0] if self._system else "", self._persona_name)

    @cached_property
    def _context(self) -> tuple[list[str], list[str]]:
        """Facts the application added: about the world, and about the user in the second person."""
        return context_facts(self._system[1:])

    @cached_property
    def _facts(self) -> list[str]:
        return [*self._persona.facts, *self._context[0]]

    @cached_property
    def _user_texts(self) -> list[str]:
        return [message.text[:MESSAGE_CHARS_MAX] for message in self._messages if message.role == "user"]

    @cached_property
    def _memory(self) -> Memory:
        pairs: list[tuple[str, str]] = []
        asked = ""
        for message in self._messages:
            if message.role == "assistant":
                asked = message.text
            elif message.role == "user":
                pairs.append((asked, message.text[:MESSAGE_CHARS_MAX]))
        return remember(pairs)

    @property
    def _you(self) -> str:
        return self._memory.name or name_in(". ".join(self._context[1]))

    # --- the reply ----------------------------------------------------------------------------------------------

    def reply(self) -> str:
        last = next((message.role for message in reversed(self._messages)), "system")
        if not self._user_texts:
            return self._line("opening")
        return self._line("nudge") if last == "system" and self._asked_to_nudge else self._to_user()

    @property
    def _asked_to_nudge(self) -> bool:
        """A system message after our own last words is a request to speak up, not context for the next answer."""
        turns = [message.role for message in self._messages if message.role != "system"]
        return turns[-1] == "assistant"

    def _to_user(self) -> str:
        parts = [self._to_sentence(sentence) for sentence in sentences(self._user_texts[-1])[:SENTENCES_MAX]]
        helpful = [said for said in parts if said.situation not in _UNHELPFUL] or parts[-1:]
        texts = list(dict.fromkeys(said.text for said in helpful)) or [self._line("unheard")]
        return " ".join(texts)

    def _to_sentence(self, sentence: str) -> _Said:
        plain = smalltalk.plain_words(sentence, self._persona.name)
        greeting = smalltalk.GREETING.match(plain)
        if greeting is None:
            return self._respond(sentence, plain)
        rest = plain[greeting.end() :].strip()
        if not rest:
            return self._greet(greeting.group("time") or "")
        said = self._respond(_tail(sentence, rest), rest)
        if self._spoken or said.situation in ("met", "unknown"):
            return said
        return _Said(said.situation, f"Hello! {said.text}")

    def _greet(self, time: str) -> _Said:
        situation = time if time in smalltalk.LINES else "greet_again" if self._spoken else "greet_first"
        return _Said("greet", self._line(situation))

    def _respond(self, sentence: str, plain: str) -> _Said:
        if not plain:
            return _Said("unheard", self._line("unheard"))
        situation = smalltalk.situation_of(plain)
        tries: tuple[Callable[[], _Said | None], ...] = (
            lambda: self._repeated(sentence, plain),
            lambda: self._reckoned(plain),
            lambda: self._introduced(sentence, plain),
            lambda: self._recalled(plain),
            lambda: self._small(situation) if situation not in _AFTER_FACTS else None,
            lambda: self._looked_up(sentence, plain),
            lambda: self._small(situation),
            lambda: self._more(plain),
            lambda: self._acknowledged(sentence),
        )
        for attempt in tries:
            if (said := attempt()) is not None:
                return said
        return self._at_a_loss(plain)

    # --- one way of answering each ------------------------------------------------------------------------------

    def _repeated(self, sentence: str, plain: str) -> _Said | None:
        if _SAY_AGAIN.search(plain):
            return _Said("repeat", self._spoken[-1] if self._spoken else self._line("nothing_to_repeat"))
        if _WHAT_I_SAID.search(plain):
            before = self._user_texts[-2] if len(self._user_texts) > 1 else ""
            return _Said("recall", f"You said: {before}" if before else self._line("nothing_said"))
        if said := _SAY.match(sentence):
            return _Said("say", _sentence(said.group(1).strip(" \"'")[:REPEATED_CHARS_MAX]))
        return None

    def _reckoned(self, plain: str) -> _Said | None:
        if counting := arithmetic.counted(plain):
            return _Said("count", counting)
        result = arithmetic.sum_of(plain)
        return _Said("sum", f"That's {result}.") if result else None

    def _introduced(self, sentence: str, plain: str) -> _Said | None:
        asked = self._spoken[-1] if self._spoken else ""
        name = "" if is_question(plain) else name_in(sentence, asked)
        return _Said("met", self._line("met", you=name)) if name else None

    def _recalled(self, plain: str) -> _Said | None:
        if _MY_NAME.search(plain):
            text = f"Your name is {self._you}." if self._you else self._line("name_unknown")
            return _Said("recall", text)
        if _ABOUT_ME.search(plain):
            known = [f"Your name is {self._you}."] if self._you else []
            known += [f"You said that {told}." for told in self._told_before()[-3:]]
            known += [_sentence(fact) for fact in self._context[1][:3]]
            return _Said("recall", " ".join(known) or self._line("nothing_known"))
        return None

    def _small(self, situation: str) -> _Said | None:
        if not situation:
            return None
        if situation == "name" and not self._persona.name:
            situation = "no_name"
        if situation == "joke" and all(self._was_said(joke) for joke in smalltalk.LINES["joke"]):
            situation = "no_joke"
        return _Said(situation, self._line(situation))

    def _looked_up(self, sentence: str, plain: str) -> _Said | None:
        if not (is_question(sentence) or is_question(plain)) and not terms(plain):
            return None
        if statements(sentence):
            return None
        told = self._from_told(plain)
        if told and _ABOUT_USER.search(plain):
            return told
        found = Facts(self._facts).answers(plain)
        if found:
            return _Said("fact", " ".join(found))
        if told:
            return told
        return _Said("untold", self._line("untold")) if _ASKS_OWN.search(plain) else None

    def _from_told(self, plain: str) -> _Said | None:
        told = self._told_before()
        verb = re.search(r"\bdo i (\w+)", plain)
        found = Facts([*told, *self._context[1]]).answers(plain, count_max=1)
        if not found and verb:
            found = [text for text in told if f"you {verb.group(1)}" in text][-1:]
        if not found:
            return None
        return _Said("recall", f"You said that {found[0]}." if found[0] in told else _sentence(found[0]))

    def _told_before(self) -> list[str]:
        """Newest last; what was said later about the same thing counts."""
        return list(dict.fromkeys(self._memory.told))

    def _more(self, plain: str) -> _Said | None:
        if not _MORE.match(plain):
            return None
        fresh = [fact for fact in self._facts if not self._was_said(fact)]
        return _Said("fact", fresh[0] if fresh else self._line("no_more"))

    def _acknowledged(self, sentence: str) -> _Said | None:
        if is_question(sentence) or not statements(sentence):
            return None
        return _Said("noted", self._line("noted"))

    def _at_a_loss(self, plain: str) -> _Said:
        words = plain.split()
        foreign = sum(word in _FOREIGN for word in words)
        if not plain.isascii() or foreign > len(words) / 2 or any(word in _FOREIGN_GREETINGS for word in words[:1]):
            return _Said("not_english", self._line("not_english"))
        return _Said("unknown", self._line("unknown"))

    # --- wording ------------------------------------------------------------------------------------------------

    def _line(self, situation: str, you: str = "") -> str:
        """One of the lines for a situation, chosen by the conversation itself, not said before if that can be."""
        lines = smalltalk.LINES[situation]
        unsaid = [line for line in lines if not self._was_said(line)] or list(lines)
        if situation == "unknown":
            line = unsaid[0]  # the first one explains most, the later ones are shorter
        else:
            seed = f"{situation}|{self._system[:1]}|{self._user_texts[-1:]}"
            line = random.Random(seed).choice(unsaid)
        name = you or self._you
        filled = line.format(
            intro=self._persona.introduction,
            part=self._persona.part,
            name=self._persona.name,
            you=f", {name}" if name else "",
            ask=self._suggestion(),
        )
        return re.sub(r"\s+", " ", filled).strip()

    def _suggestion(self) -> str:
        subjects = topics(self._facts)
        if not subjects or (self._spoken and "ask me about" in self._spoken[-1]):
            return ""
        listed = ", ".join(subjects[:-1]) + (" or " if len(subjects) > 1 else "") + subjects[-1]
        return f"You can ask me about {listed}."

    def _was_said(self, line: str) -> bool:
        """By its longest piece of fixed text, since placeholders were filled in."""
        fixed = max(re.split(r"\{\w+\}", line), key=len).strip()
        return bool(fixed) and any(fixed in spoken for spoken in self._spoken)


def _tail(sentence: str, rest: str) -> str:
    """The end of the sentence as it was written, from the word with which `rest` begins."""
    start = sentence.lower().replace("\u2019", "'").find(rest.split()[0])
    return sentence[start:] if start > 0 else sentence


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
