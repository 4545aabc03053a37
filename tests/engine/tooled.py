"""Tools, scripted minds that call them, and what tests look at afterwards."""

import json
from typing import Any

from visavis.core.events import ClientToolCalled, Event, ToolCallCompleted, ToolCallFailed, ToolCallStarted
from visavis.core.fences import unfenced
from visavis.core.spec import MindSpec, ToolSpec, WebhookSpec
from visavis.providers.base import ChatMessage, ToolCall
from visavis.providers.llm.script import Script, Step
from visavis.testing.rehearsal import Rehearsal

PAGE: dict[str, Any] = {
    "type": "object", "properties": {"page": {"type": "string", "enum": ["offers", "help"]}}, "required": ["page"],
}  # fmt: skip
OPEN = ToolSpec("open_page", "Opens a page.", "client", PAGE)
ASK = ToolSpec("ask_user", "Shows a form.", "client", PAGE, awaits_result=True, timeout_ms=5_000)
GET = WebhookSpec("https://weather.example", "GET")
WEATHER = ToolSpec("weather", "Tells the weather.", "webhook", {"type": "object"}, True, 60_000, webhook=GET)
ORDER = ToolSpec(
    "order", "Orders.", "webhook", {"type": "object"}, True, 60_000, webhook=WebhookSpec("https://shop.example", "POST")
)
DOCS = ToolSpec("handbook", "Looks it up.", "knowledge", {"type": "object"}, True, 60_000, folder_ids=("f",))


def system(action: str) -> ToolSpec:
    parameters = {"type": "object", "properties": {"language_code": {"type": "string"}}}
    return ToolSpec(action, action, "system", parameters, action=action)


def call(name: str, call_id: str = "c1", **arguments: object) -> ToolCall:
    return ToolCall(call_id, name, json.dumps(arguments))


def scripted(*turns: "list[Step]") -> Script:
    return Script(MindSpec("script"), turns=turns)


def results(messages: "tuple[ChatMessage, ...] | list[ChatMessage]") -> list[str]:
    return [unfenced(message.text) for message in messages if message.role == "tool"]


def of_tools(r: Rehearsal) -> list[Event]:
    kinds = ToolCallStarted | ClientToolCalled | ToolCallCompleted | ToolCallFailed
    return [event for event in r.peer.events if isinstance(event, kinds)]


def assert_every_call_has_its_answer(messages: "tuple[ChatMessage, ...]") -> None:
    """What models refuse otherwise: a call without an answer right behind it, or an answer without a call."""
    expected: list[str] = []
    for message in messages:
        if message.role == "tool":
            assert message.tool_call_id == expected.pop(0)
            continue
        assert not expected
        expected = [one.call_id for one in message.tool_calls]
    assert not expected


async def talk(r: Rehearsal, text: str = "Please", for_ms: float = 3_000) -> None:
    await r.connect()
    await r.say_typed(text)
    await r.pass_time(for_ms)
