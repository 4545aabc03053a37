"""Claude, by Anthropic's own Messages protocol: thinking, tools, and a prompt that is read once and then cached.

The conversation is brought into the shape that the protocol insists on: users and the model take turns, a user begins,
and what the application or the engine says in the middle comes as a user's words. Thinking that led to a tool is sent
back with the tool's result, which the protocol wants.
"""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias
from urllib.parse import urlsplit

from visavis.core.errors import ProviderError
from visavis.core.spec import MindSpec
from visavis.providers import asking
from visavis.providers.alternating import (
    ARGUMENTS_CHARS_MAX,
    THINKING_TOKENS,
    TOOL_CALLS_MAX,
    Part,
    alternating,
    effort_of,
)
from visavis.providers.base import (
    ChatMessage,
    MindDelta,
    ReasoningDelta,
    TextDelta,
    TokensUsed,
    ToolCall,
    ToolSpec,
    Traits,
)
from visavis.providers.json_streams import JsonStreams
from visavis.providers.remote.options import address

VERSION = "2023-06-01"
ANSWER_TOKENS_MAX = 1024  # the protocol wants a limit, and spoken answers are short
THOUGHTS_KEPT_MAX = 64
_ENDPOINT = "/messages"
_TOKENS_READ = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_CACHED = {"cache_control": {"type": "ephemeral"}}
# Models from before thinking was adaptive want the number of tokens instead of an effort.
_BUDGETED = re.compile(r"claude-(?:3|[a-z]+-4(?:-[0-5])?(?:-\d{8}|-latest)?$)")
_ERROR_STATUS = {"overloaded_error": 529, "rate_limit_error": 429, "authentication_error": 401, "api_error": 500}

Blocks: TypeAlias = list[Part]


class Anthropic:
    """A `LanguageModel`. `MindSpec.urls` are base addresses or full endpoints; none means `Settings.base_url`.

    The option `reasoning_effort` (low, medium, high) lets the model think first, and `reasoning_format` "hidden" keeps
    that to itself.
    """

    traits: ClassVar[Traits] = Traits(
        label="Anthropic Claude",
        note="Anthropic's own protocol, with prompt caching.",
        cost="Billed by the token; what was cached costs less.",
    )

    class Settings(asking.Patience):
        base_url: str = address("https://api.anthropic.com/v1")

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings or self.Settings()
        self._urls = [_endpoint(url) for url in spec.urls or (self._settings.base_url,)]
        self._streams = JsonStreams(spec.reach, self._settings)
        self._thoughts: dict[str, Blocks] = {}  # what was thought before a tool call, by the call's id

    async def close(self) -> None:
        await self._streams.close()

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        body = self._body(messages, tools)
        async with aclosing(asking.in_turn(self._urls, lambda url: self._ask(url, body), self._settings)) as deltas:
            async for delta in deltas:
                yield delta

    def _ask(self, url: str, body: dict[str, Any]) -> AsyncGenerator[MindDelta, None]:
        host = urlsplit(url).hostname or url
        return asking.understood(host, self._answer(url, host, body), self._settings)

    async def _answer(self, url: str, host: str, body: dict[str, Any]) -> AsyncGenerator[MindDelta, None]:
        headers = {"x-api-key": self._spec.secret, "anthropic-version": VERSION}
        hides = self._spec.options.get("reasoning_format") == "hidden"
        answer = _Answer()
        async with aclosing(self._streams.post(url, headers, body)) as events:
            async for event in events:
                if event["type"] == "error":
                    raise asking.refusal(host, _ERROR_STATUS.get(event["error"]["type"], 400))
                delta = answer.take(event)
                if delta is not None and not (hides and isinstance(delta, ReasoningDelta)):
                    yield delta
        if answer.stop_reason == "":
            raise asking.broken_off(host)
        if answer.stop_reason == "refusal" and not answer.spoke:
            raise ProviderError(f"The language model at {host} declined to answer.", retryable=False)
        if answer.used is not None:
            yield answer.used
        for call in answer.calls():
            self._remember(call.call_id, answer.thoughts())
            yield call

    def _remember(self, call_id: str, thoughts: Blocks) -> None:
        if thoughts:
            self._thoughts[call_id] = thoughts
        while len(self._thoughts) > THOUGHTS_KEPT_MAX:
            del self._thoughts[next(iter(self._thoughts))]

    def _body(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> dict[str, Any]:
        spec = self._spec
        system, turns = alternating(messages, self._blocks)
        last = turns[-1][1]
        last[-1] = {**last[-1], **_CACHED}  # so that the next request finds it read
        body: dict[str, Any] = {
            "model": spec.model,
            "max_tokens": spec.max_tokens or ANSWER_TOKENS_MAX,
            "messages": [{"role": "assistant" if who == "model" else who, "content": said} for who, said in turns],
            "stream": True,
            **_thinking(spec),
        }
        if system:
            body["system"] = [{"type": "text", "text": system, **_CACHED}]
        if tools:
            body["tools"] = [_tool(tool) for tool in tools]
        return body

    def _blocks(self, message: ChatMessage) -> Blocks:
        if message.role == "tool":
            return [{"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.text}]
        blocks: Blocks = []
        if message.tool_calls:
            blocks += self._thoughts.get(message.tool_calls[0].call_id, [])
        if message.text.strip():
            blocks.append({"type": "text", "text": message.text})
        return blocks + [
            {"type": "tool_use", "id": call.call_id, "name": call.name, "input": json.loads(call.arguments or "{}")}
            for call in message.tool_calls
        ]


@dataclass(slots=True)
class _Answer:
    """One answer as it arrives: blocks of text, thinking and tool use, each in pieces."""

    blocks: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]], repr=False)
    arguments: dict[int, str] = field(default_factory=dict[int, str], repr=False)
    stop_reason: str = ""
    spoke: bool = False
    read: int | None = None
    used: TokensUsed | None = None

    def take(self, event: dict[str, Any]) -> MindDelta | None:
        match event["type"]:
            case "message_start":
                self.read = _tokens_read(event.get("message", {}).get("usage", {}))
            case "content_block_start":
                self.blocks[event["index"]] = dict(event["content_block"])
                if len(self.blocks) > 4 * TOOL_CALLS_MAX:
                    raise ValueError("the answer has too many parts")
            case "content_block_delta":
                return self._piece(event["index"], event["delta"])
            case "message_delta":
                self.stop_reason = event["delta"].get("stop_reason") or self.stop_reason
                written = event.get("usage", {}).get("output_tokens")
                if self.read is not None and written is not None:
                    self.used = TokensUsed(self.read, written)
        return None

    def _piece(self, index: int, delta: dict[str, Any]) -> MindDelta | None:
        block = self.blocks[index]
        match delta["type"]:
            case "text_delta" if delta["text"]:
                self.spoke = True
                return TextDelta(delta["text"])
            case "thinking_delta":
                block["thinking"] = block.get("thinking", "") + delta["thinking"]
                return ReasoningDelta(delta["thinking"]) if delta["thinking"] else None
            case "signature_delta":
                block["signature"] = block.get("signature", "") + delta["signature"]
            case "input_json_delta":
                self.arguments[index] = self.arguments.get(index, "") + delta["partial_json"]
                if len(self.arguments[index]) > ARGUMENTS_CHARS_MAX:
                    raise ValueError("the arguments of a tool call are too long")
        return None

    def calls(self) -> list[ToolCall]:
        """Raises ValueError where the end of one is missing."""
        calls: list[ToolCall] = []
        for index, block in sorted(self.blocks.items()):
            if block["type"] == "tool_use":
                arguments = self.arguments.get(index) or "{}"
                json.loads(arguments)
                calls.append(ToolCall(block["id"], block["name"], arguments))
        return calls

    def thoughts(self) -> Blocks:
        return [block for _, block in sorted(self.blocks.items()) if block["type"].endswith("thinking")]


def _tokens_read(usage: dict[str, Any]) -> int | None:
    """Those that were found read are told apart."""
    counts = [usage.get(name) for name in _TOKENS_READ]
    return None if counts[0] is None else sum(count or 0 for count in counts)


def _thinking(spec: MindSpec) -> dict[str, Any]:
    """Nobody who thinks may have a temperature, and what is thought counts as answer tokens."""
    effort = effort_of(spec.options.get("reasoning_effort"))
    if effort is None:
        return {} if spec.temperature is None else {"temperature": min(1.0, spec.temperature)}
    limit = (spec.max_tokens or ANSWER_TOKENS_MAX) + THINKING_TOKENS[effort]
    if _BUDGETED.match(spec.model):
        return {"thinking": {"type": "enabled", "budget_tokens": THINKING_TOKENS[effort]}, "max_tokens": limit}
    return {"thinking": {"type": "adaptive"}, "output_config": {"effort": effort}, "max_tokens": limit}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}


def _endpoint(url: str) -> str:
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/").removesuffix(_ENDPOINT)
    if not path.endswith("/v1"):
        path += "/v1"
    return parts._replace(path=path + _ENDPOINT, fragment="").geturl()


PROVIDER = Anthropic
