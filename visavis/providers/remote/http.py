"""Speech over HTTP: one client for a voice, whose connection is opened before the first sentence and kept."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import cache
from typing import Any

import httpx

from visavis.core.errors import ProviderError
from visavis.core.tasks import TaskSet
from visavis.providers.remote.failures import broke_off, nonsense, refusal, too_slow, unreachable

_KEPT_S = 120.0  # how long an idle connection stays open; the library's 5 s are shorter than a pause in a conversation
_CONNECT_S = 5.0


class HttpVoice:
    """`label` is what errors call the server. `ping` is a path that costs nothing and wants the key."""

    def __init__(
        self, label: str, base_url: str, headers: Mapping[str, str], ping: str, first_s: float, stall_s: float
    ) -> None:
        self.label = label
        self._ping = ping
        self._first_s, self._stall_s = first_s, stall_s
        limits = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=_KEPT_S)
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers=dict(headers),
            timeout=httpx.Timeout(None, connect=_CONNECT_S),
            limits=limits,
            verify=certificates(),
            trust_env=False,
        )
        self._tasks = TaskSet()

    async def warm(self) -> None:
        """Have a connection before the first sentence needs one; trouble is that sentence's to report."""
        try:
            await self.check()
        except ProviderError:
            return

    async def check(self) -> None:
        """Raises `ProviderError` where the server cannot be reached or does not want the key."""
        try:
            async with asyncio.timeout(self._first_s):
                answer = await self._client.get(self._ping)
        except TimeoutError:
            raise too_slow(self.label) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise unreachable(self.label, error) from None
        if not answer.is_success:
            raise refusal(self.label, answer.status_code)

    async def stream(self, path: str, **content: Any) -> AsyncGenerator[bytes, None]:
        """The body of an answer as it comes. Leaving it early closes the connection, which stops the server."""
        finished = False
        try:
            async with aclosing(self._pieces(path, content)) as pieces:
                async for piece in pieces:
                    yield piece
                finished = True
        finally:
            if not finished:
                self._tasks.start(self.warm(), "voice-connect-again")

    async def lines(self, path: str, **content: Any) -> AsyncGenerator[str, None]:
        """The same, cut at line ends."""
        rest = b""
        async with aclosing(self.stream(path, **content)) as pieces:
            async for piece in pieces:
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    if line.strip():
                        yield line.decode("utf-8", "replace")
        if rest.strip():
            yield rest.decode("utf-8", "replace")

    async def _pieces(self, path: str, content: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
        begun = False
        try:
            request = self._client.build_request("POST", path, **content)
            async with asyncio.timeout(self._first_s):
                answer = await self._client.send(request, stream=True)
            try:
                self._judge(answer)
                body = answer.aiter_bytes()
                while True:
                    async with asyncio.timeout(self._stall_s if begun else self._first_s):
                        piece = await anext(body, None)
                    if piece is None:
                        return
                    begun = True
                    yield piece
            finally:
                await answer.aclose()
        except (TimeoutError, httpx.TimeoutException):
            raise (broke_off if begun else too_slow)(self.label) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise (broke_off(self.label) if begun else unreachable(self.label, error)) from None

    def _judge(self, answer: httpx.Response) -> None:
        if not answer.is_success:
            raise refusal(self.label, answer.status_code)
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise nonsense(self.label)  # the page of some proxy

    async def close(self) -> None:
        await self._tasks.close()
        await self._client.aclose()


@cache
def certificates() -> ssl.SSLContext:
    """Reading them takes 50 ms, so all clients share them."""
    return httpx.create_ssl_context()
