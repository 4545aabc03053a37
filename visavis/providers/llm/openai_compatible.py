"""Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, llama.cpp, LM Studio and many more.

What people say is sent to the server and nowhere else; errors carry a status and a host, never a text.
"""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import httpx2
import openai

from visavis.core.spec import MindSpec
from visavis.net.guard import Guard, Refused
from visavis.providers import asking
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
from visavis.providers.remote.options import address

_ENDPOINT = "/chat/completions"
_OPENAI_HOST = "api.openai.com"
_PASSED_ON = ("top_p", "seed", "presence_penalty", "frequency_penalty", "reasoning_effort", "verbosity", "service_tier")
_REASONING_FIELDS = ("reasoning_content", "reasoning")
_TELL_TOKENS = {"include_usage": True}
_REDIRECTS_MAX = 3
_TOOL_CALLS_MAX = 32
_ARGUMENTS_CHARS_MAX = 100_000


class OpenAICompatible:
    """A `LanguageModel`. `MindSpec.urls` are base addresses or full endpoints; none means `Settings.base_url`."""

    traits: ClassVar[Traits] = Traits(
        label="OpenAI-compatible server",
        note="Any server with a /chat/completions address.",
        cost="Nothing on a server of your own; elsewhere billed by the token.",
    )

    class Settings(asking.Patience):
        base_url: str = address(f"https://{_OPENAI_HOST}/v1")

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings or self.Settings()
        urls = spec.urls or (self._settings.base_url,)
        self._clients = {url: _client(url, spec, self._settings) for url in urls}

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        request = _request(self._spec, messages, tools)
        answers = asking.in_turn(tuple(self._clients), lambda url: self._ask(url, request), self._settings)
        async with aclosing(answers) as deltas:
            async for delta in deltas:
                yield delta

    async def _ask(self, url: str, request: Mapping[str, Any]) -> AsyncGenerator[MindDelta, None]:
        """One request to one address, every failure as a `ProviderError`."""
        client = self._clients[url]
        host = client.base_url.host
        begun = False
        try:
            async with aclosing(asking.watched(_answer(client, request), self._settings)) as deltas:
                async for delta in deltas:
                    begun = True
                    yield delta
        except (TimeoutError, openai.APITimeoutError):
            raise asking.too_slow(host) from None
        except openai.APIStatusError as error:
            raise asking.refusal(host, error.status_code) from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, Refused):
                raise asking.refused_address(host, error.__cause__) from None
            if begun:
                raise asking.broken_off(host) from None
            raise asking.unreachable(host, error) from None
        except (openai.OpenAIError, httpx2.HTTPError, httpx.HTTPError, ValueError):
            raise asking.broken_off(host) from None


async def _answer(client: openai.AsyncOpenAI, request: Mapping[str, Any]) -> AsyncGenerator[MindDelta, None]:
    """The deltas of one streamed completion; tool calls come whole, at the end. Closing it closes the connection."""
    calls: dict[int, _PartialCall] = {}
    used: TokensUsed | None = None
    stream = await client.chat.completions.create(**_for_host(client.base_url.host, request), stream=True)
    async with stream:
        async for chunk in stream:
            if chunk.usage is not None:
                used = TokensUsed(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
            for choice in chunk.choices[:1]:
                if thought := _reasoning(choice.delta):
                    yield ReasoningDelta(thought)
                if choice.delta.content:
                    yield TextDelta(choice.delta.content)
                for piece in choice.delta.tool_calls or ():
                    _add(calls, piece)
    if used is not None:
        yield used
    for index in sorted(calls):
        yield calls[index].whole(index)


def _reasoning(delta: Any) -> str:
    """Servers do not agree on a name for it, and some send the same text under two."""
    texts = (getattr(delta, name, None) for name in _REASONING_FIELDS)
    return next((text for text in texts if isinstance(text, str) and text), "")


@dataclass(slots=True)
class _PartialCall:
    """A tool call whose name and arguments arrive in pieces."""

    call_id: str = ""
    name: str = ""
    arguments: str = field(default="", repr=False)

    def whole(self, index: int) -> ToolCall:
        """Raises ValueError where the end is missing."""
        json.loads(self.arguments or "{}")
        return ToolCall(self.call_id or f"call_{index}", self.name, self.arguments or "{}")


def _add(calls: dict[int, _PartialCall], piece: Any) -> None:
    call = calls.setdefault(piece.index, _PartialCall())
    call.call_id = piece.id or call.call_id
    if piece.function is not None:
        call.name += piece.function.name or ""
        call.arguments += piece.function.arguments or ""
    if len(calls) > _TOOL_CALLS_MAX or len(call.arguments) > _ARGUMENTS_CHARS_MAX:
        raise ValueError("the tool calls of one reply are too many or too long")


def _request(spec: MindSpec, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """The arguments of a completion, without those that nobody set.

    The option `key_header` names another header for the key than the usual one.
    """
    request: dict[str, Any] = {"model": spec.model, "messages": [_message(message) for message in _regular(messages)]}
    if spec.temperature is not None:
        request["temperature"] = spec.temperature
    if spec.max_tokens is not None:
        request["max_tokens"] = spec.max_tokens
    if key_header := spec.options.get("key_header"):
        request["extra_headers"] = {str(key_header): spec.secret, "Authorization": openai.Omit()}
    if tools:
        request["tools"] = [_tool(tool) for tool in tools]
    request.update({name: spec.options[name] for name in _PASSED_ON if spec.options.get(name) is not None})
    return request


def _for_host(host: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's own newer models refuse the name by which everybody else knows the limit, and tell tokens if asked; some
    servers refuse the question."""
    if host != _OPENAI_HOST:
        return dict(request)
    renamed = {"max_tokens": "max_completion_tokens"}
    return {renamed.get(name, name): value for name, value in request.items()} | {"stream_options": _TELL_TOKENS}


def _regular(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The conversation in the shape that the chat templates of small models insist on.

    They know one system message, at the beginning, and answer nothing but a user: so what is said to the model at the
    beginning is joined, and a request at the end (to greet, to ask whether somebody is there) comes as a user's.
    """
    count = next((at for at, message in enumerate(messages) if message.role != "system"), len(messages))
    asked = messages[-1:] if count > 1 and count == len(messages) else ()
    beginning = [message.text for message in messages[: count - len(asked)]]
    regular = [ChatMessage("system", "\n\n".join(beginning))] if beginning else []
    regular += messages[count - len(asked) :]
    if len(regular) > 1 and regular[-1].role == "system":
        regular[-1] = ChatMessage("user", regular[-1].text)
    return regular


def _message(message: ChatMessage) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "content": message.text, "tool_call_id": message.tool_call_id}
    if not message.tool_calls:
        return {"role": message.role, "content": message.text}
    calls = [
        {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.tool_calls
    ]
    return {"role": message.role, "content": message.text or None, "tool_calls": calls}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


# Reading the certificates takes 50 ms, too long for the event loop of a live conversation; loading is done before.
_TLS = httpx2.create_ssl_context()


def _client(url: str, spec: MindSpec, settings: OpenAICompatible.Settings) -> openai.AsyncOpenAI:
    parts = urlsplit(url.strip())
    base = parts._replace(path=parts.path.rstrip("/").removesuffix(_ENDPOINT), query="", fragment="").geturl()
    return openai.AsyncOpenAI(
        api_key=spec.secret or "none",  # local servers want none, the client insists on one
        base_url=base,
        default_query=dict(parse_qsl(parts.query)),
        max_retries=0,
        timeout=httpx2.Timeout(settings.stall_timeout_s, connect=settings.connect_timeout_s),
        http_client=_connections(spec, settings),
    )


def _connections(spec: MindSpec, settings: OpenAICompatible.Settings) -> Any:
    """Through the guard, where an address is somebody else's choice than the operator's."""
    if spec.reach == "anywhere":
        return openai.DefaultAsyncHttpx2Client(verify=_TLS)
    guard = Guard(allow_private=spec.reach == "public_and_private", tls=_TLS)
    return guard.client(timeout_s=settings.stall_timeout_s, redirects_max=_REDIRECTS_MAX)


PROVIDER = OpenAICompatible
