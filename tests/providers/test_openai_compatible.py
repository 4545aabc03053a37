"""The client of OpenAI-compatible servers, against a real server: what it has besides what every provider has."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.providers.fake_openai import DONE, Cut, FakeOpenAI, Hold, Plan, Step, bytewise, chunk, refusal, text_plan
from visavis.core.errors import ProviderError
from visavis.core.spec import MindSpec
from visavis.providers import catalog
from visavis.providers.base import (
    ChatMessage,
    LanguageModel,
    MindDelta,
    ReasoningDelta,
    TextDelta,
    TokensUsed,
    ToolCall,
    ToolSpec,
)

OpenAICompatible = catalog.load("llm", "openai_compatible")
HELLO = [ChatMessage("system", "You are kind."), ChatMessage("user", "Hello")]
SOON_S = 5.0


@pytest.fixture(autouse=True)
async def no_threads_of_the_loop() -> AsyncIterator[None]:
    """The client looks up hosts in threads of the loop; they would end with the loop, after the check for leaks."""
    yield
    await asyncio.get_running_loop().shutdown_default_executor()


def mind(*urls: str, **settings: float) -> LanguageModel:
    patience = {"pause_between_rounds_s": 0.0, **settings}
    return OpenAICompatible(
        MindSpec("openai_compatible", "test-model", urls, secret="sk-test"), OpenAICompatible.Settings(**patience)
    )


async def collect(
    model: LanguageModel, messages: Sequence[ChatMessage] = HELLO, tools: Sequence[ToolSpec] = ()
) -> list[MindDelta]:
    try:
        async with asyncio.timeout(SOON_S):
            return [delta async for delta in model.reply(messages, tools)]
    finally:
        await model.close()


def text_of(deltas: Sequence[MindDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def failure(model: LanguageModel) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await collect(model)
    return raised.value


async def test_streams_text_as_it_comes(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(text_plan("Hel", "lo", " there."))
    deltas = await collect(mind(openai_server.url))
    assert deltas == [TextDelta("Hel"), TextDelta("lo"), TextDelta(" there.")]


async def test_characters_torn_apart_on_the_wire_are_whole_again(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(bytewise(text_plan("Grüße, ", "世界 ", "🙂")))
    assert text_of(await collect(mind(openai_server.url))) == "Grüße, 世界 🙂"


@pytest.mark.parametrize("suffix", ["/v1", "/v1/", "/v1/chat/completions", "/v1/chat/completions?api-version=7"])
async def test_a_base_address_and_a_full_endpoint_are_the_same(openai_server: FakeOpenAI, suffix: str) -> None:
    openai_server.answer_with(text_plan("Hi"))
    assert text_of(await collect(mind(openai_server.root + suffix))) == "Hi"
    query = "?api-version=7" if "?" in suffix else ""
    assert openai_server.targets == [f"/v1/chat/completions{query}"]


async def test_says_who_asks_for_what(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(text_plan("Hi"))
    spec = MindSpec(
        "openai_compatible",
        "big",
        (openai_server.url,),
        temperature=0.3,
        max_tokens=99,
        options={"top_p": 0.9, "persona_name": "Cara"},
        secret="sk-mine",
    )
    await collect(OpenAICompatible(spec))
    assert openai_server.headers[0]["authorization"] == "Bearer sk-mine"
    request = openai_server.requests[0]
    assert request == {
        "model": "big",
        "messages": [{"role": "system", "content": "You are kind."}, {"role": "user", "content": "Hello"}],
        "temperature": 0.3,
        "max_tokens": 99,
        "top_p": 0.9,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("s:Be Cara. s:Be brief. u:Hi", "system:Be Cara.\n\nBe brief. user:Hi"),
        ("s:Be Cara. s:Be brief. s:Greet.", "system:Be Cara.\n\nBe brief. user:Greet."),
        ("s:Be Cara. u:Hi a:Hello s:Ask.", "system:Be Cara. user:Hi assistant:Hello user:Ask."),
        ("s:Be Cara. u:Hi s:Context u:Well", "system:Be Cara. user:Hi system:Context user:Well"),
        ("s:Be Cara.", "system:Be Cara."),
        ("u:Hi", "user:Hi"),
    ],
)
async def test_messages_have_the_shape_that_strict_templates_ask_for(
    openai_server: FakeOpenAI, given: str, sent: str
) -> None:
    roles = {"s": "system", "u": "user", "a": "assistant"}
    parts = re.findall(r"([sua]):(.*?)(?= [sua]:|$)", given)
    openai_server.answer_with(text_plan("Hi"))
    await collect(mind(openai_server.url), [ChatMessage(roles[role], text) for role, text in parts])
    messages = openai_server.requests[0]["messages"]
    assert " ".join(f"{message['role']}:{message['content']}" for message in messages) == sent


async def test_reasoning_is_told_from_words(openai_server: FakeOpenAI) -> None:
    steps: list[Step] = [
        chunk({"reasoning_content": "Let me "}),
        chunk({"reasoning": "think."}),
        chunk({"content": "Done."}),
        DONE,
    ]
    openai_server.answer_with(Plan(steps))
    assert await collect(mind(openai_server.url)) == [
        ReasoningDelta("Let me "),
        ReasoningDelta("think."),
        TextDelta("Done."),
    ]


def piece(index: int, arguments: str, **named: str) -> bytes:
    call = {"index": index, "function": {"arguments": arguments}}
    if named:
        call |= {"id": named["id"], "type": "function"}
        call["function"] = {"name": named["name"], "arguments": arguments}
    return chunk({"tool_calls": [call]})


async def test_tool_calls_are_put_together(openai_server: FakeOpenAI) -> None:
    steps: list[Step] = [
        chunk({"content": "One moment."}),
        piece(0, "", id="call_a", name="open_page"),
        piece(0, '{"pa'),
        piece(1, "{}", id="call_b", name="bow"),
        piece(0, 'ge": 3}'),
        chunk({}, "tool_calls"),
        DONE,
    ]
    openai_server.answer_with(Plan(steps))
    tool = ToolSpec("open_page", "Opens a page", {"type": "object", "properties": {"page": {"type": "integer"}}})
    deltas = await collect(mind(openai_server.url), tools=[tool])
    assert deltas == [
        TextDelta("One moment."),
        ToolCall("call_a", "open_page", '{"page": 3}'),
        ToolCall("call_b", "bow", "{}"),
    ]
    assert openai_server.requests[0]["tools"] == [
        {
            "type": "function",
            "function": {"name": "open_page", "description": "Opens a page", "parameters": tool.parameters},
        }
    ]


async def test_half_a_tool_call_is_not_made(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(Plan([piece(0, '{"page": 1', id="call_a", name="open_page")]))
    error = await failure(mind(openai_server.url, rounds=1))
    assert error.retryable


async def test_what_a_tool_answered_goes_back_to_the_model(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(text_plan("It is 7."))
    call = ToolCall("call_a", "add", '{"a": 3}')
    messages = [
        ChatMessage("user", "Add."),
        ChatMessage("assistant", "", (call,)),
        ChatMessage("tool", "7", tool_call_id="call_a"),
    ]
    await collect(mind(openai_server.url), messages)
    assert openai_server.requests[0]["messages"][1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_a", "type": "function", "function": {"name": "add", "arguments": '{"a": 3}'}}],
        },
        {"role": "tool", "content": "7", "tool_call_id": "call_a"},
    ]


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (401, False), (404, False), (429, True), (500, True)])
async def test_a_refusal_has_a_status_and_no_prompt(openai_server: FakeOpenAI, status: int, retryable: bool) -> None:
    openai_server.answer_with(refusal(status))
    error = await failure(mind(openai_server.url))
    assert error.retryable is retryable
    assert str(status) in error.message
    assert "secret prompt" not in error.message
    assert len(openai_server.requests) == (2 if retryable else 1)


async def test_a_passing_failure_is_not_heard(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(refusal(503), text_plan("Here I am."))
    assert text_of(await collect(mind(openai_server.url))) == "Here I am."


async def test_addresses_are_tried_in_order(openai_server: FakeOpenAI) -> None:
    nobody = "http://127.0.0.1:9/v1"  # the discard port, where nothing listens
    openai_server.answer_with(refusal(401), text_plan("Second."))
    urls = (nobody, f"{openai_server.root}/first", f"{openai_server.root}/second")
    assert text_of(await collect(mind(*urls))) == "Second."
    assert openai_server.targets == ["/first/chat/completions", "/second/chat/completions"]


async def test_a_server_that_begins_and_says_nothing_is_given_up(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(Plan([chunk({"role": "assistant", "content": ""}), Hold(asyncio.Event())]))
    error = await failure(mind(openai_server.url, first_token_timeout_s=0.2, rounds=1))
    assert "took too long" in error.message


@pytest.mark.parametrize("break_", [[Cut()], [b"data: no json\n\n"]])
async def test_an_answer_that_breaks_off_is_not_begun_again(openai_server: FakeOpenAI, break_: list[Step]) -> None:
    openai_server.answer_with(Plan([chunk({"content": "Once upon"}), *break_]), text_plan("Again"))
    model = mind(openai_server.url)
    reply = aiter(model.reply(HELLO))
    assert await anext(reply) == TextDelta("Once upon")
    with pytest.raises(ProviderError):
        await anext(reply)
    await model.close()
    assert len(openai_server.requests) == 1


async def test_an_error_inside_the_stream_is_an_error(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(Plan([b'data: {"error": {"message": "secret prompt too long"}}\n\n']))
    error = await failure(mind(openai_server.url, rounds=1))
    assert "secret prompt" not in error.message


async def test_nothing_that_is_said_reaches_a_log(openai_server: FakeOpenAI, caplog: pytest.LogCaptureFixture) -> None:
    openai_server.answer_with(refusal(500), text_plan("very private answer"))
    with caplog.at_level(logging.INFO):
        await collect(mind(openai_server.url), [ChatMessage("user", "very private question")])
    assert "very private" not in caplog.text
    assert "sk-test" not in caplog.text


# --- addresses that somebody else chose -----------------------------------------------------------------------------


async def test_an_address_of_a_user_is_refused_where_it_leads_inside(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(text_plan("Hello"))
    mind = OpenAICompatible(MindSpec("openai_compatible", "m", (openai_server.url,), reach="public"))

    with pytest.raises(ProviderError, match="is refused") as raised:
        async for _ in mind.reply([ChatMessage("user", "hi")]):
            pass
    await mind.close()

    assert not raised.value.retryable
    assert openai_server.requests == []


async def test_an_address_of_a_user_is_asked_where_the_operator_opened_the_inside(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(text_plan("Hello"))
    mind = OpenAICompatible(MindSpec("openai_compatible", "m", (openai_server.url,), reach="public_and_private"))

    said = [delta async for delta in mind.reply([ChatMessage("user", "hi")])]
    await mind.close()

    assert said == [TextDelta("Hello")]


async def test_tokens_are_told_where_the_server_does(openai_server: FakeOpenAI) -> None:
    counted = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "test", "choices": []}
    counted |= {"usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}
    told = b"data: " + json.dumps(counted).encode() + b"\n\n"
    openai_server.answer_with(Plan([chunk({"content": "Hi."}), chunk({}, "stop"), told, DONE]))
    assert await collect(mind(openai_server.url)) == [TextDelta("Hi."), TokensUsed(12, 3)]
