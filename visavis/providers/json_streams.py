"""A POST whose answer is a stream of JSON objects, as server-sent events: how vendors' own model protocols answer.

Failures are `ProviderError`s that carry a status and a host, never a text of the conversation.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from visavis.core.spec import Reach
from visavis.net.guard import Guard, Refused
from visavis.providers import asking

EVENT_BYTES_MAX = 1_000_000
_REDIRECTS_MAX = 3

# Reading the certificates takes 50 ms, too long for the event loop of a live conversation; loading is done before.
_TLS = httpx.create_ssl_context()


class JsonStreams:
    """Keeps connections open between requests, so that the second one starts sooner."""

    def __init__(self, reach: Reach, patience: asking.Patience) -> None:
        self._client = _client(reach, patience)

    async def close(self) -> None:
        await self._client.aclose()

    async def post(
        self, url: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The events of one answer. Closing the generator closes the connection, which stops the model."""
        host = urlsplit(url).hostname or url
        try:
            async with self._client.stream("POST", url, headers=headers, json=body) as response:
                if not response.is_success:
                    raise asking.refusal(host, response.status_code)
                async for event in _events(response.aiter_bytes()):
                    yield event
        except Refused as refused:
            raise asking.refused_address(host, refused) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise asking.unreachable(host, error) from None
        except httpx.TimeoutException:
            raise asking.too_slow(host) from None
        except (httpx.HTTPError, httpx.StreamError, ValueError):
            raise asking.broken_off(host) from None


async def _events(body: AsyncIterator[bytes]) -> AsyncGenerator[dict[str, Any], None]:
    """Raises ValueError for what is no JSON object, or too long. Only `data:` matters here: it repeats the rest."""
    pending, data = b"", bytearray()
    async for piece in body:
        *lines, pending = (pending + piece).split(b"\n")
        if len(pending) + len(data) > EVENT_BYTES_MAX:
            raise ValueError("an event is too long")
        for line in lines:
            line = line.rstrip(b"\r")
            if line.startswith(b"data:"):
                data += line[5:].removeprefix(b" ")
            elif not line and data:
                yield _parsed(data)
                data.clear()
    if data and not pending.strip():  # some servers leave out the last empty line
        yield _parsed(data)


def _parsed(data: bytearray) -> dict[str, Any]:
    event = json.loads(bytes(data))
    if not isinstance(event, dict):
        raise ValueError("an event is no JSON object")
    return event


def _client(reach: Reach, patience: asking.Patience) -> httpx.AsyncClient:
    """Through the guard, where an address is somebody else's choice than the operator's."""
    if reach == "anywhere":
        timeout = httpx.Timeout(patience.stall_timeout_s, connect=patience.connect_timeout_s)
        return httpx.AsyncClient(verify=_TLS, timeout=timeout)
    guard = Guard(allow_private=reach == "public_and_private", tls=_TLS)
    return guard.client(timeout_s=patience.stall_timeout_s, redirects_max=_REDIRECTS_MAX)
