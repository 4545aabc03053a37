"""Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, llama.cpp, LM Studio and many more.

Several addresses are tried in order, and a request is repeated, only as long as no token has arrived: a listener must
never hear a reply begin twice. What people say is sent to the server and nowhere else; errors carry a status and a
host, never a text.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import httpx2
import openai
from pydantic import BaseModel, Field

from visavis.core.errors import ProviderError
from visavis.core.spec import MindSpec
from visavis.net.guard import Guard, Refused
from visavis.providers.base import ChatMessage, MindDelta, ReasoningDelta, TextDelta, ToolCall, ToolSpec, Traits

_ENDPOINT = "/chat/completions"
_OPENAI_HOST = "api.openai.com"
_PASSED_ON = ("top_p", "seed", "presence_penalty", "frequency_penalty", "reasoning_effort", "verbosity", "service_tier")
_REASONING_FIELDS = ("reasoning_content", "reasoning")
_REDIRECTS_MAX = 3
_TOOL_CALLS_MAX = 32
_ARGUMENTS_CHARS_MAX = 100_000
_HINTS = {
    400: "it did not accept the request",
    401: "it refused the key",
    403: "the key may not do this",
    404: "it knows no such model or address",
    413: "the conversation is too long for it",
    422: "it did not accept the request",
    429: "it is asked too often or the quota is used up",
}
_RETRYABLE = frozenset({408, 409, 425, 429})


class OpenAICompatible:
    """A `LanguageModel`. `MindSpec.urls` are base addresses or full endpoints; none means `Settings.base_url`."""

    traits: ClassVar[Traits] = Traits(
        label="OpenAI-compatible server", note="Any server with a /chat/completions address."
    )

    class Settings(BaseModel):
        base_url: str = f"https://{_OPENAI_HOST}/v1"
        connect_timeout_s: float = Field(default=5.0, gt=0)
        first_token_timeout_s: float = Field(default=20.0, gt=0)
        stall_timeout_s: float = Field(default=20.0, gt=0, description="Longest silence between two tokens.")
        rounds: int = Field(default=2, ge=1, le=5, description="How often the list of addresses is gone through.")
        pause_between_rounds_s: float = Field(default=0.3, ge=0)

    def __init__(self, spec: MindSpec, settings: Settings | None = None) -> None:
        self._spec = spec
        self._settings = settings or self.Settings()
        urls = spec.urls or (self._settings.base_url,)
        self._clients = [_client(url, spec, self._settings) for url in urls]

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        request = _request(self._spec, messages, tools)
        candidates = list(self._clients)
        failure = ProviderError("No language model could be asked.")
        for round_number in range(self._settings.rounds):
            if round_number and candidates:
                await asyncio.sleep(self._settings.pause_between_rounds_s)
            for client in tuple(candidates):
                begun = False
                try:
                    async with aclosing(self._ask(client, request)) as deltas:
                        async for delta in deltas:
                            begun = True
                            yield delta
                    return
                except ProviderError as error:
                    if begun:
                        raise
                    failure = error
                    if not error.retryable:
                        candidates.remove(client)
        raise failure

    async def _ask(self, client: openai.AsyncOpenAI, request: Mapping[str, Any]) -> AsyncGenerator[MindDelta, None]:
        """One request to one address, every failure as a `ProviderError`."""
        host = client.base_url.host
        try:
            async with aclosing(_answer(client, request)) as deltas:
                async with asyncio.timeout(self._settings.first_token_timeout_s):
                    first = await anext(deltas, None)
                if first is not None:
                    yield first
                async for delta in deltas:
                    yield delta
        except (TimeoutError, openai.APITimeoutError):
            raise ProviderError(f"The language model at {host} took too long to answer.") from None
        except openai.APIStatusError as error:
            raise _refusal(host, error.status_code) from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, Refused):
                message = f"The address of the language model at {host} is refused: {error.__cause__}."
                raise ProviderError(message, retryable=False) from None
            raise ProviderError(f"The language model at {host} cannot be reached.") from None
        except (openai.OpenAIError, httpx2.HTTPError, httpx.HTTPError, ValueError):
            raise ProviderError(f"The language model at {host} broke off in the middle of its answer.") from None


async def _answer(client: openai.AsyncOpenAI, request: Mapping[str, Any]) -> AsyncGenerator[MindDelta, None]:
    """The deltas of one streamed completion; tool calls come whole, at the end. Closing it closes the connection."""
    calls: dict[int, _PartialCall] = {}
    stream = await client.chat.completions.create(**_for_host(client.base_url.host, request), stream=True)
    async with stream:
        async for chunk in stream:
            for choice in chunk.choices[:1]:
                if thought := _reasoning(choice.delta):
                    yield ReasoningDelta(thought)
                if choice.delta.content:
                    yield TextDelta(choice.delta.content)
                for piece in choice.delta.tool_calls or ():
                    _add(calls, piece)
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


def _refusal(host: str, status: int) -> ProviderError:
    hint = _HINTS.get(status, "it has a problem of its own" if status >= 500 else "it refused")
    retryable = status in _RETRYABLE or status >= 500
    return ProviderError(f"The language model at {host} answered {status}: {hint}.", retryable=retryable)


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
    """OpenAI's own newer models refuse the name by which everybody else knows the limit."""
    renamed = {"max_tokens": "max_completion_tokens"} if host == _OPENAI_HOST else {}
    return {renamed.get(name, name): value for name, value in request.items()}


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
