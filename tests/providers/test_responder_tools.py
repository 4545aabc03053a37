"""The built-in mind and tools: which sentence calls which, with what, and what is said of the answers."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.fences import fenced
from visavis.core.spec import MindSpec
from visavis.providers.base import WAIT_REQUEST, ChatMessage, MindDelta, TextDelta, ToolCall, ToolSpec
from visavis.providers.llm.responder import Responder
from visavis.providers.responding.reports import report
from visavis.providers.responding.situations import plain_words
from visavis.providers.responding.tooling import wanted


def tool(name: str, description: str, *required: str, **properties: Any) -> ToolSpec:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return ToolSpec(name, description, schema)


TEXT = {"type": "string"}
OPEN = tool("open_page", "Opens a page of the shop.", "page", page={"enum": ["offers", "opening hours", "contact"]})
WEATHER = tool("get_weather", "Tells the weather in a city.", "city", city=TEXT)
LIGHT = tool("switchLight", "Switches the light on or off.", "on", on={"type": "boolean"})
ORDER = tool("order", "Orders something from the menu.", "item", item=TEXT, count={"type": "integer"})
VOLUME = tool("set_volume", "Sets the volume.", "percent", percent={"type": "number"})
MAIL = tool("send_mail", "Sends a mail.", "email", "message", email=TEXT, message=TEXT)
CLOCK = tool("get_time", "Tells what time it is.")
HANDBOOK = tool("handbook", "Looks things up in the handbook.", "query", query=TEXT)
LANGUAGE = tool("change_language", "Listens in another language.", "language_code", language_code=TEXT)
SKIP = tool("skip_turn", "Gives the person time.", timeout_seconds={"type": "number"})
OWN = [LANGUAGE, SKIP, tool("end_call", "Hangs up."), tool("pause_conversation", "Pauses.")]
ALL = [OPEN, WEATHER, LIGHT, ORDER, VOLUME, MAIL, CLOCK, *OWN]


@pytest.mark.parametrize(
    ("sentence", "name", "arguments"),
    [
        ("Open the offers page, please.", "open_page", {"page": "offers"}),
        ("Could you show me the page with the opening hours?", "open_page", {"page": "opening hours"}),
        ("What is the weather in Bern?", "get_weather", {"city": "Bern"}),
        ("Tell me the weather in New York today", "get_weather", {"city": "New York"}),
        ("switch off the light", "switchLight", {"on": False}),
        ("Please switch the light on.", "switchLight", {"on": True}),
        ("Order three espressos", "order", {"item": "three espressos", "count": 3}),
        ("I'd like to order apple pie", "order", {"item": "apple pie"}),
        ("Set the volume to 30", "set_volume", {"percent": 30}),
        (
            "Send a mail to lila@example.com: I am late",
            "send_mail",
            {"email": "lila@example.com", "message": "I am late"},
        ),
        ("What time is it?", "get_time", {}),
        ("Let's speak French", "change_language", {"language_code": "fr"}),
        ("Give me two minutes, please", "skip_turn", {"timeout_seconds": 120}),
        ("Let me think", "skip_turn", {}),
        ("Let's take a short break", "pause_conversation", {}),
        ("Okay, goodbye!", "end_call", {}),
        ("Please hang up now", "end_call", {}),
    ],
)
def test_a_sentence_calls_a_tool(sentence: str, name: str, arguments: dict[str, Any]) -> None:
    found = wanted(sentence, plain_words(sentence), ALL)
    assert found is not None
    assert (found.name, found.arguments) == (name, arguments)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello!", "How are you?", "When do you open?", "Tell me a joke", "Open the cellar", "The weather is nice",
        "Set the volume", "What is your name?", "I ordered a coffee yesterday", "", "Do you like music?",
    ],
)  # fmt: skip
def test_small_talk_calls_nothing(sentence: str) -> None:
    assert wanted(sentence, plain_words(sentence), ALL) is None


@given(st.text())
def test_nothing_anybody_says_breaks_it(sentence: str) -> None:
    found = wanted(sentence, plain_words(sentence), ALL)
    assert found is None or found.name in {one.name for one in ALL}


async def reply(messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()) -> list[MindDelta]:
    return [delta async for delta in Responder(MindSpec("responder")).reply(messages, tools)]


def text(deltas: list[MindDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


PROMPT = ChatMessage("system", "You are Cara, a guide at the garden. Tickets cost five euros.")


async def test_it_calls_waits_and_reports() -> None:
    asked = [PROMPT, ChatMessage("user", "What is the weather in Bern?")]
    (call,) = await reply(asked, ALL)
    assert isinstance(call, ToolCall)
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "Bern"})
    assert text(await reply([*asked, ChatMessage("system", WAIT_REQUEST)], ALL)) == "One moment, please."
    answered = [ChatMessage("assistant", "", (call,)), ChatMessage("tool", fenced('{"sky": "blue"}', "w", 99), (), "c")]
    assert text(await reply([*asked, *answered], ALL)) == "The sky is blue."
    later = [*asked, *answered, ChatMessage("assistant", "The sky is blue."), ChatMessage("user", "Thank you!")]
    deltas = await reply(later, ALL)
    assert text(deltas)
    assert "sky" not in text(deltas)


async def test_what_it_does_not_know_it_looks_up_where_it_can() -> None:
    question = ChatMessage("user", "Who planted the old oak?")
    (call,) = await reply([PROMPT, question], [HANDBOOK])
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {"query": "Who planted the old oak?"}
    assert text(await reply([PROMPT, question]))
    known = ChatMessage("user", "How much are the tickets?")
    assert "five euros" in text(await reply([PROMPT, known], [HANDBOOK]))


def told(*answers: str) -> str:
    return report("Who planted the oak?", [fenced(answer, "t", 1_000) for answer in answers])


def test_answers_are_said_as_one_says_them() -> None:
    assert told('{"temperature": 21, "sunIsUp": true}') == "The temperature is 21. The sun is up: yes."
    assert told('["tea", "cake"]') == "There are tea, cake."
    assert told('"Yes"') == "Yes."
    assert told("It is late. Go home. Never come back.") == "It is late. Go home."
    source = '[Source 1 from "a.txt", Relevance: 82%]\nMary planted the oak. It is old.'
    assert told(source) == "Mary planted the oak."
    assert told("Nothing about this was found.").startswith("I'm afraid")


def test_what_went_wrong_is_said_without_details() -> None:
    failed = f"It answered 500.\n{fenced('secret trace', 't', 99)}"
    assert report("x", [failed]) == report("x", ["It did not answer within 10 seconds."])
    assert "secret" not in report("x", [failed])
    assert report("x", ["Done."]) in ("Done.", "All right, done.", "There you go.")
