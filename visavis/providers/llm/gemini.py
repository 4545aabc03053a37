"""Gemini, by Google's own protocol: thinking, tools, and the signatures that newer models want back with a call."""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

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

SIGNATURES_KEPT_MAX = 64
_BUDGETED = re.compile(r"gemini-(?:1|2)\b")  # older models want a number of tokens instead of a level
_TOKENS_WRITTEN = ("candidatesTokenCount", "thoughtsTokenCount")
_FINE = {"STOP", "MAX_TOKENS", ""}


class Gemini:
    """A `LanguageModel`. `MindSpec.urls` are base addresses such as `…/v1beta`; none means `Settings.base_url`.

    The option `reasoning_effort` (low, medium, high) says how long the model thinks; `reasoning_format` "hidden" keeps
    that to itself.
    """

    traits: ClassVar[Traits] = Traits(label="Google Gemini", note="Google's own protocol.", cost="Billed by the token.")

    class Settings(asking.Patience):
        base_url: str = address("https://generativelanguage.googleapis.com/v1beta")

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings or self.Settings()
        self._urls = [_endpoint(url, spec.model) for url in spec.urls or (self._settings.base_url,)]
        self._streams = JsonStreams(spec.reach, self._settings)
        self._signatures: dict[str, str] = {}  # by the id of the tool call that each belongs to

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
        hides = self._spec.options.get("reasoning_format") == "hidden"
        calls, finish, spoke, used = 0, None, False, None
        async with aclosing(self._streams.post(url, {"x-goog-api-key": self._spec.secret}, body)) as events:
            async for event in events:
                if "error" in event:
                    raise asking.refusal(host, int(event["error"].get("code", 500)))
                if blocked := event.get("promptFeedback", {}).get("blockReason"):
                    raise _declined(host, blocked)
                used = _tokens(event.get("usageMetadata")) or used
                candidate = (event.get("candidates") or [{}])[0]
                finish = candidate.get("finishReason", finish)
                for part in candidate.get("content", {}).get("parts", ()):
                    delta = self._delta(part)
                    calls += isinstance(delta, ToolCall)
                    if calls > TOOL_CALLS_MAX:
                        raise ValueError("the tool calls of one reply are too many")
                    if delta is not None and not (hides and isinstance(delta, ReasoningDelta)):
                        spoke = spoke or not isinstance(delta, ReasoningDelta)
                        yield delta
        if finish is None:
            raise asking.broken_off(host)
        if finish not in _FINE and not spoke:
            raise _declined(host, finish)
        if used is not None:
            yield used

    def _delta(self, part: dict[str, Any]) -> MindDelta | None:
        if "functionCall" in part:
            return self._call(part)
        text = part.get("text")
        if not text:
            return None
        return ReasoningDelta(text) if part.get("thought") else TextDelta(text)

    def _call(self, part: dict[str, Any]) -> ToolCall:
        call = part["functionCall"]
        call_id = call.get("id") or f"call_{uuid4().hex}"
        arguments = json.dumps(call.get("args") or {}, ensure_ascii=False)
        if len(arguments) > ARGUMENTS_CHARS_MAX:
            raise ValueError("the arguments of a tool call are too long")
        if signature := part.get("thoughtSignature"):
            self._signatures[call_id] = signature
            while len(self._signatures) > SIGNATURES_KEPT_MAX:
                del self._signatures[next(iter(self._signatures))]
        return ToolCall(call_id, call["name"], arguments)

    def _body(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> dict[str, Any]:
        names = {call.call_id: call.name for message in messages for call in message.tool_calls}
        system, turns = alternating(messages, lambda message: self._parts(message, names))
        body: dict[str, Any] = {"contents": [{"role": who, "parts": said} for who, said in turns]}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        if tools:
            body["tools"] = [{"functionDeclarations": [_tool(tool) for tool in tools]}]
        if config := _generation(self._spec):
            body["generationConfig"] = config
        return body

    def _parts(self, message: ChatMessage, names: dict[str, str]) -> list[Part]:
        if message.role == "tool":
            name = names.get(message.tool_call_id, message.tool_call_id)
            response = {"id": message.tool_call_id, "name": name, "response": {"output": message.text}}
            return [{"functionResponse": response}]
        parts: list[Part] = [{"text": message.text}] if message.text.strip() else []
        return parts + [self._called(call) for call in message.tool_calls]

    def _called(self, call: ToolCall) -> Part:
        made = {"id": call.call_id, "name": call.name, "args": json.loads(call.arguments or "{}")}
        signature = self._signatures.get(call.call_id)
        return {"functionCall": made, **({"thoughtSignature": signature} if signature else {})}


def _tokens(usage: dict[str, Any] | None) -> TokensUsed | None:
    """Every event tells the sums so far."""
    if not usage or "promptTokenCount" not in usage:
        return None
    return TokensUsed(usage["promptTokenCount"], sum(usage.get(name, 0) for name in _TOKENS_WRITTEN))


def _declined(host: str, reason: str) -> ProviderError:
    return ProviderError(f"The language model at {host} declined to answer ({reason}).", retryable=False)


def _generation(spec: MindSpec) -> dict[str, Any]:
    effort = effort_of(spec.options.get("reasoning_effort"))
    config: dict[str, Any] = {}
    if spec.temperature is not None:
        config["temperature"] = spec.temperature
    if spec.max_tokens is not None:
        config["maxOutputTokens"] = spec.max_tokens
    if effort is not None:
        budgeted = _BUDGETED.match(spec.model)
        amount = {"thinkingBudget": THINKING_TOKENS[effort]} if budgeted else {"thinkingLevel": effort}
        config["thinkingConfig"] = {"includeThoughts": True, **amount}
        if spec.max_tokens is not None:  # what is thought counts as answer tokens
            config["maxOutputTokens"] = spec.max_tokens + THINKING_TOKENS[effort]
    return config


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}


def _endpoint(url: str, model: str) -> str:
    """`…/v1beta` → `…/v1beta/models/<model>:streamGenerateContent?alt=sse`; whole addresses stay, but stream."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    base, found, _ = path.partition("/models/")
    if found:
        path = path.rpartition(":")[0] if ":" in path.rpartition("/")[2] else path
    else:
        path = f"{base or '/v1beta'}/models/{quote(model.removeprefix('models/'), safe='')}"
    return parts._replace(path=f"{path}:streamGenerateContent", query="alt=sse", fragment="").geturl()


PROVIDER = Gemini
