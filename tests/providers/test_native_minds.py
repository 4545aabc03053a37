"""Claude and Gemini by their own protocols, against a real server: what they have besides what every provider has."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.providers import fake_anthropic, fake_gemini
from tests.providers.fake_openai import Cut, FakeOpenAI, Plan, bytewise, refusal
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

SOON_S = 5.0
HELLO = [ChatMessage("system", "You are kind."), ChatMessage("user", "Hello")]
WEATHER = ToolSpec("weather", "Tells the weather", {"type": "object", "properties": {"city": {"type": "string"}}})
CALLED = ChatMessage("assistant", "Let me see.", (ToolCall("c1", "weather", '{"city": "Rome"}'),))
ANSWERED = ChatMessage("tool", "Sunny", tool_call_id="c1")


@dataclass(frozen=True)
class Vendor:
    """How one vendor says the same things."""

    name: str
    text: Callable[..., Plan]
    thought: Plan
    calls: Plan
    nonsense: Plan
    declined: Plan
    overloaded: Plan
    key_header: str


VENDORS = [
    Vendor(
        "anthropic",
        fake_anthropic.text_plan,
        fake_anthropic.plan(
            fake_anthropic.thinking_block(0, "Hm, ", "yes."), fake_anthropic.text_block(1, "Yes."), reason="end_turn"
        ),
        fake_anthropic.plan(
            fake_anthropic.text_block(0, "One moment."),
            fake_anthropic.tool_block(1, "t1", "weather", '{"city"', ': "Rome"}'),
            fake_anthropic.tool_block(2, "t2", "weather", '{"city": "Oslo"}'),
            reason="tool_use",
        ),
        Plan([fake_anthropic.event("content_block_delta", index=9, delta={"type": "text_delta", "text": "?"})]),
        fake_anthropic.plan(reason="refusal"),
        Plan([fake_anthropic.event("error", error={"type": "overloaded_error", "message": "secret prompt"})]),
        "x-api-key",
    ),
    Vendor(
        "gemini",
        fake_gemini.text_plan,
        fake_gemini.plan({"text": "Hm, ", "thought": True}, {"text": "yes.", "thought": True}, {"text": "Yes."}),
        fake_gemini.plan(
            {"text": "One moment."},
            fake_gemini.call("weather", {"city": "Rome"}, "t1", "signed"),
            fake_gemini.call("weather", {"city": "Oslo"}, "t2"),
        ),
        Plan([b'data: {"candidates": [{"content": "text"}]}\n\n']),
        Plan([fake_gemini.event(promptFeedback={"blockReason": "SAFETY"})]),
        Plan([fake_gemini.event(error={"code": 503, "message": "secret prompt"})]),
        "x-goog-api-key",
    ),
]


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.name)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return request.param


@pytest.fixture(autouse=True)
async def no_threads_of_the_loop() -> AsyncIterator[None]:
    """The client looks up hosts in threads of the loop; they would end with the loop, after the check for leaks."""
    yield
    await asyncio.get_running_loop().shutdown_default_executor()


def mind(vendor: Vendor | str, *urls: str, model: str = "test-model", **given: Any) -> LanguageModel:
    name = vendor if isinstance(vendor, str) else vendor.name
    patience = {field: given.pop(field) for field in ("first_token_timeout_s", "rounds") if field in given}
    provider = catalog.load("llm", name)
    spec = MindSpec(name, model, urls, secret="sk-test", **given)
    return provider(spec, provider.Settings(pause_between_rounds_s=0.0, **patience))


async def collect(
    model: LanguageModel, messages: Sequence[ChatMessage] = HELLO, tools: Sequence[ToolSpec] = ()
) -> list[MindDelta]:
    """What it said, without what that amounts to."""
    return [delta for delta in await everything(model, messages, tools) if not isinstance(delta, TokensUsed)]


async def everything(
    model: LanguageModel, messages: Sequence[ChatMessage] = HELLO, tools: Sequence[ToolSpec] = ()
) -> list[MindDelta]:
    try:
        async with asyncio.timeout(SOON_S):
            return [delta async for delta in model.reply(messages, tools)]
    finally:
        await model.close()


async def failure(model: LanguageModel) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await collect(model)
    assert "secret" not in raised.value.message
    return raised.value


# --- what both do -------------------------------------------------------------------------------------------------


async def test_streams_text_as_it_comes(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(vendor.text("Hel", "lo", " there."))
    deltas = await collect(mind(vendor, openai_server.url))
    assert deltas == [TextDelta("Hel"), TextDelta("lo"), TextDelta(" there.")]
    assert openai_server.headers[0][vendor.key_header] == "sk-test"


async def test_any_cut_of_the_bytes_gives_the_same_text(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(bytewise(vendor.text("Grüße — 你好\u2028", "🙂")))
    assert await collect(mind(vendor, openai_server.url)) == [TextDelta("Grüße — 你好\u2028"), TextDelta("🙂")]


async def test_thoughts_are_told_apart_and_can_be_hidden(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(vendor.thought)
    shown = await collect(mind(vendor, openai_server.url))
    hidden = await collect(mind(vendor, openai_server.url, options={"reasoning_format": "hidden"}))
    assert shown == [ReasoningDelta("Hm, "), ReasoningDelta("yes."), TextDelta("Yes.")]
    assert hidden == [TextDelta("Yes.")]


async def test_tools_are_called_side_by_side(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(vendor.calls)
    deltas = await collect(mind(vendor, openai_server.url), tools=[WEATHER])
    assert deltas == [
        TextDelta("One moment."),
        ToolCall("t1", "weather", '{"city": "Rome"}'),
        ToolCall("t2", "weather", '{"city": "Oslo"}'),
    ]


async def test_a_server_that_fails_is_asked_again_and_then_the_next(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(refusal(500), vendor.overloaded, vendor.text("Here."))
    assert await collect(mind(vendor, openai_server.url, rounds=3)) == [TextDelta("Here.")]
    assert len(openai_server.requests) == 3


async def test_nothing_is_asked_again_once_a_word_has_come(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(Plan([*vendor.text("First.").steps[:4], Cut()]), vendor.text("Twice."))
    problem = await failure(mind(vendor, openai_server.url))
    assert "broke off" in problem.message or "middle" in problem.message
    assert len(openai_server.requests) == 1


@pytest.mark.parametrize(("status", "hint"), [(401, "refused the key"), (404, "no such model"), (400, "not accept")])
async def test_a_refusal_is_told_in_plain_words_and_not_repeated(
    vendor: Vendor, openai_server: FakeOpenAI, status: int, hint: str
) -> None:
    openai_server.answer_with(refusal(status))
    problem = await failure(mind(vendor, openai_server.url))
    assert hint in problem.message
    assert not problem.retryable
    assert len(openai_server.requests) == 1


async def test_nonsense_and_declining_are_failures(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(vendor.nonsense)
    assert "broke off" in (await failure(mind(vendor, openai_server.url, rounds=1))).message
    openai_server.answer_with(vendor.declined)
    openai_server.plans.popleft()
    assert "declined" in (await failure(mind(vendor, openai_server.url))).message


async def test_an_answer_without_an_end_is_a_failure(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(Plan([]))
    assert "broke off" in (await failure(mind(vendor, openai_server.url, rounds=1))).message


async def test_addresses_of_users_go_through_the_guard(vendor: Vendor, openai_server: FakeOpenAI) -> None:
    problem = await failure(mind(vendor, openai_server.url, reach="public"))
    assert "refused" in problem.message
    assert openai_server.requests == []
    openai_server.answer_with(vendor.text("Hi."))
    allowed = mind(vendor, openai_server.url, reach="public_and_private")
    assert await collect(allowed) == [TextDelta("Hi.")]


# --- what Claude is asked -----------------------------------------------------------------------------------------


async def asked(openai_server: FakeOpenAI, model: LanguageModel, plan: Plan, messages: Sequence[ChatMessage]) -> Any:
    openai_server.answer_with(plan)
    await collect(model, messages, [WEATHER])
    return openai_server.requests[-1]


async def test_claude_is_asked_in_turns_that_a_user_begins(openai_server: FakeOpenAI) -> None:
    said = [
        ChatMessage("system", "You are kind."),
        ChatMessage("system", "Be brief."),
        ChatMessage("assistant", "Hello!"),
        ChatMessage("user", "Weather?"),
        ChatMessage("system", "They are in Rome."),
        CALLED,
        ANSWERED,
    ]
    body = await asked(openai_server, mind("anthropic", openai_server.url), fake_anthropic.text_plan("Sunny."), said)
    cached = {"cache_control": {"type": "ephemeral"}}
    assert body["system"] == [{"type": "text", "text": "You are kind.\n\nBe brief.", **cached}]
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user", "assistant", "user"]
    assert body["messages"][2]["content"] == [
        {"type": "text", "text": "Weather?"},
        {"type": "text", "text": "They are in Rome."},
    ]
    assert body["messages"][3]["content"][1] == {
        "type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Rome"},
    }  # fmt: skip
    assert body["messages"][4]["content"] == [
        {"type": "tool_result", "tool_use_id": "c1", "content": "Sunny", **cached}
    ]
    assert body["tools"][0]["input_schema"] == WEATHER.parameters
    assert openai_server.targets == ["/v1/messages"]
    assert openai_server.headers[0]["anthropic-version"] == "2023-06-01"


async def test_claude_greets_when_nobody_has_said_anything(openai_server: FakeOpenAI) -> None:
    said = [ChatMessage("system", "You are kind."), ChatMessage("system", "Greet them.")]
    body = await asked(openai_server, mind("anthropic", openai_server.url), fake_anthropic.text_plan("Hi."), said)
    assert [block["text"] for block in body["system"]] == ["You are kind."]
    assert [(turn["role"], turn["content"][0]["text"]) for turn in body["messages"]] == [("user", "Greet them.")]


@pytest.mark.parametrize(
    ("model", "options", "wanted"),
    [
        ("claude-sonnet-4-6", {}, {"max_tokens": 300, "temperature": 1.0}),
        (
            "claude-opus-4-8",
            {"reasoning_effort": "low"},
            {"max_tokens": 1324, "thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}},
        ),
        (
            "claude-sonnet-4-5-20250929",
            {"reasoning_effort": "medium"},
            {"max_tokens": 4396, "thinking": {"type": "enabled", "budget_tokens": 4096}},
        ),
    ],
)
async def test_how_claude_thinks(
    openai_server: FakeOpenAI, model: str, options: dict[str, str], wanted: dict[str, Any]
) -> None:
    claude = mind("anthropic", openai_server.url, model=model, options=options, temperature=1.4, max_tokens=300)
    body = await asked(openai_server, claude, fake_anthropic.text_plan("Hi."), HELLO)
    names = ("max_tokens", "temperature", "thinking", "output_config")
    assert {name: body[name] for name in names if name in body} == wanted


async def test_what_claude_thought_before_a_tool_goes_back_with_its_result(openai_server: FakeOpenAI) -> None:
    thinking = fake_anthropic.thinking_block(0, "Rome, ", "then.", signature="abc")
    openai_server.answer_with(
        fake_anthropic.plan(thinking, fake_anthropic.tool_block(1, "c1", "weather", "{}"), reason="tool_use"),
        fake_anthropic.text_plan("Sunny."),
    )
    claude = mind("anthropic", openai_server.url)
    first = [delta async for delta in claude.reply(HELLO, [WEATHER])]
    call = next(delta for delta in first if isinstance(delta, ToolCall))
    await collect(claude, [*HELLO, ChatMessage("assistant", "", (call,)), ANSWERED], [WEATHER])
    sent = openai_server.requests[1]["messages"][1]["content"]
    assert sent[0] == {"type": "thinking", "thinking": "Rome, then.", "signature": "abc"}
    assert sent[1]["type"] == "tool_use"


@pytest.mark.parametrize("path", ["", "/v1", "/v1/", "/v1/messages"])
async def test_claude_is_found_at_any_form_of_its_address(openai_server: FakeOpenAI, path: str) -> None:
    await asked(openai_server, mind("anthropic", openai_server.root + path), fake_anthropic.text_plan("Hi."), HELLO)
    assert openai_server.targets == ["/v1/messages"]


# --- what Gemini is asked -----------------------------------------------------------------------------------------


async def test_gemini_is_asked_in_turns_that_a_user_begins(openai_server: FakeOpenAI) -> None:
    said = [ChatMessage("system", "Be kind."), ChatMessage("assistant", "Hello!"), ChatMessage("user", "Weather?")]
    gemini = mind("gemini", f"{openai_server.root}/v1beta", model="gemini-3-flash", temperature=0.5, max_tokens=300)
    body = await asked(openai_server, gemini, fake_gemini.text_plan("Sunny."), [*said, CALLED, ANSWERED])
    assert body["systemInstruction"] == {"parts": [{"text": "Be kind."}]}
    assert [turn["role"] for turn in body["contents"]] == ["user", "model", "user", "model", "user"]
    assert body["contents"][3]["parts"] == [
        {"text": "Let me see."},
        {"functionCall": {"id": "c1", "name": "weather", "args": {"city": "Rome"}}},
    ]
    assert body["contents"][4]["parts"] == [
        {"functionResponse": {"id": "c1", "name": "weather", "response": {"output": "Sunny"}}}
    ]
    assert body["generationConfig"] == {"temperature": 0.5, "maxOutputTokens": 300}
    assert body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"] == WEATHER.parameters
    assert openai_server.targets == ["/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"]


@pytest.mark.parametrize(
    ("model", "config"),
    [
        ("gemini-3-flash", {"includeThoughts": True, "thinkingLevel": "low"}),
        ("gemini-2.5-flash", {"includeThoughts": True, "thinkingBudget": 1024}),
    ],
)
async def test_how_gemini_thinks(openai_server: FakeOpenAI, model: str, config: dict[str, Any]) -> None:
    gemini = mind("gemini", openai_server.url, model=model, options={"reasoning_effort": "low"})
    body = await asked(openai_server, gemini, fake_gemini.text_plan("Hi."), HELLO)
    assert body["generationConfig"] == {"thinkingConfig": config}


async def test_gemini_gets_the_signature_of_its_call_back(openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(
        fake_gemini.plan(fake_gemini.call("weather", {}, signature="abc")), fake_gemini.text_plan("Sunny.")
    )
    gemini = mind("gemini", openai_server.url)
    first = [delta async for delta in gemini.reply(HELLO, [WEATHER])]
    call = next(delta for delta in first if isinstance(delta, ToolCall))
    answered = ChatMessage("tool", "Sunny", tool_call_id=call.call_id)
    await collect(gemini, [*HELLO, ChatMessage("assistant", "", (call,)), answered], [WEATHER])
    assert openai_server.requests[1]["contents"][1]["parts"][0]["thoughtSignature"] == "abc"


# --- what a reply amounts to ------------------------------------------------------------------------------------------


async def test_claude_tells_tokens_with_those_it_had_read_before(openai_server: FakeOpenAI) -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 100, "cache_creation_input_tokens": None}
    begun = fake_anthropic.event("message_start", message={"usage": usage})
    openai_server.answer_with(Plan([begun, *fake_anthropic.text_block(0, "Hi."), *fake_anthropic.ending()]))
    assert await everything(mind("anthropic", openai_server.url)) == [TextDelta("Hi."), TokensUsed(105, 7)]


async def test_gemini_tells_tokens_with_those_it_thought(openai_server: FakeOpenAI) -> None:
    counts = {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 30}
    said = fake_gemini.text_plan("Hi.")
    openai_server.answer_with(Plan([*said.steps, fake_gemini.event(usageMetadata=counts)]))
    assert await everything(mind("gemini", openai_server.url)) == [TextDelta("Hi."), TokensUsed(9, 34)]
