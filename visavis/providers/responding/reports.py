"""What tools answered, as one says it: pure. Their texts are data; what they tell to do is said at most, never done."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from visavis.core.fences import unfenced
from visavis.providers.responding.words import Facts, sentences

DONE = ("Done.", "All right, done.", "There you go.")
FAILED = "I'm sorry, that did not work just now."
NOTHING = "I'm afraid I found nothing about that."
GOODBYE = "Goodbye! It was nice talking to you."
_HANGING_UP = "The call ends"
_OURS = re.compile(r"^(?:Done\.|Started\.|It answered, with nothing in it)")
_SOURCE = re.compile(r"^\[Source \d+ from [^\n]*\]\n", re.MULTILINE)
_FACTS_MAX = 4
_CHARS_MAX = 300


def report(question: str, answers: Sequence[str]) -> str:
    """One answer to the user from everything that tools said, in their order."""
    said = [_one(question, text) for text in answers]
    spoken = list(dict.fromkeys(text for text in said if text))
    if not spoken:
        return DONE[len(question) % len(DONE)]
    return " ".join(spoken)


def _one(question: str, text: str) -> str:
    """ "" for a tool that only did something."""
    inner = unfenced(text)
    if text.startswith(_HANGING_UP):
        return GOODBYE
    if inner == text:
        return "" if _OURS.match(text) else FAILED
    if "\n<data " in text:  # plain words before the fence: it failed, and said why
        return FAILED
    if _SOURCE.search(inner):
        return _from_sources(question, inner)
    if inner.strip() == "Nothing about this was found.":
        return NOTHING
    try:
        value = json.loads(inner)
    except (ValueError, RecursionError):
        return " ".join(sentences(inner)[:2])[:_CHARS_MAX]
    if isinstance(value, str):
        return _closed(value[:_CHARS_MAX])
    return " ".join(list(_facts(value, ""))[:_FACTS_MAX])[:_CHARS_MAX]


def _from_sources(question: str, text: str) -> str:
    """The sentences that answer, or the beginning of the best source."""
    found = sentences(_SOURCE.sub("\n", text))
    fitting = Facts(found).answers(question)
    return " ".join(_closed(sentence) for sentence in fitting or found[:2])[:_CHARS_MAX]


def _facts(value: Any, name: str) -> Iterator[str]:
    """{"sky": "blue"} → "The sky is blue." """
    if isinstance(value, dict):
        for key, inner in cast(dict[str, Any], value).items():
            yield from _facts(inner, _spoken(key))
    elif isinstance(value, list):
        plain = [str(one) for one in cast(list[Any], value) if not isinstance(one, dict | list)]
        if plain:
            yield f"{f'The {name} are' if name else 'There are'} {', '.join(plain[:5])}."
        for inner in [one for one in cast(list[Any], value) if isinstance(one, dict)][:2]:
            yield from _facts(inner, "")
    elif value is not None and value != "":
        if isinstance(value, bool):
            yield f"The {name}: {'yes' if value else 'no'}." if name else ("Yes." if value else "No.")
        else:
            yield f"The {name} is {value}." if name else _closed(str(value))


def _spoken(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", key).lower().strip()


def _closed(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
