"""The one door for every URL that somebody sent us, so that no request of ours reaches where its sender could not.

A name is resolved once for each connection, all its addresses are judged, and the connection goes to an address that
was judged: a name that answers differently a moment later gains nothing. The name stays what TLS verifies and what the
Host header says. Redirects are new requests and meet the same rules.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpcore
import httpx

from visavis.core.errors import InvalidRequest
from visavis.net.addresses import permitted

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

RESOLVE_TIMEOUT_S = 5.0
ADDRESSES_TRIED_MAX = 4
REDIRECTS_MAX = 5
URL_CHARS_MAX = 2000
PORTS = {"http": 80, "https": 443}
LOWEST_FREE_PORT = 1024  # below it lie mail, shells and the like, which must not be sent our requests
HIGHEST_PORT = 65_535


class Refused(httpx.ConnectError):
    """The address is not one that a URL from outside may lead to. Callers that catch `httpx.HTTPError` have it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    content: bytes = field(repr=False)
    content_type: str


async def system_resolver(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """`allow_private` also opens loopback and private networks. `resolve` and `tls` are the system's unless given."""

    def __init__(self, allow_private: bool, *, resolve: Resolve = system_resolver, tls: Any = None) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        # reading the certificates takes 50 ms, so all clients share them
        self._tls = tls or httpx.create_ssl_context()

    async def check(self, url: str) -> None:
        """Raises `InvalidRequest` where the URL must not be asked.

        A name that has no address at the moment passes: it may have one later, and connecting judges again.
        """
        try:
            parsed = self._parse(url)
            async with asyncio.timeout(RESOLVE_TIMEOUT_S):
                await self._judged(parsed.host, parsed.port or PORTS[parsed.scheme])
        except Refused as error:
            raise InvalidRequest.field("url", str(error), "address_refused") from None
        except (OSError, UnicodeError):  # no address; TimeoutError is one of these
            return

    def client(self, *, timeout_s: float, redirects_max: int = 0) -> httpx.AsyncClient:
        """A client without any other way out: no proxies, no credentials from the environment.

        `timeout_s` is for each step of a request; the whole is the caller's to limit, and so is the size.
        """
        return httpx.AsyncClient(
            transport=_GuardedTransport(self._tls, _Backend(self._reach), self.inspect),
            timeout=timeout_s,
            follow_redirects=redirects_max > 0,
            max_redirects=redirects_max,
            trust_env=False,
        )

    async def fetch(self, url: str, *, max_bytes: int, timeout_s: float) -> Fetched:
        """What lies at the URL. Raises `InvalidRequest`, whatever the reason: somebody else has to change something."""
        try:
            self._parse(url)
            async with (
                asyncio.timeout(timeout_s),
                self.client(timeout_s=timeout_s, redirects_max=REDIRECTS_MAX) as client,
                client.stream("GET", url, headers={"accept-encoding": "identity"}) as response,
            ):
                return await _read(response, max_bytes)
        except Refused as error:
            raise InvalidRequest.field("url", str(error), "address_refused") from None
        except TimeoutError:
            raise _unusable(f"does not answer completely within {timeout_s:g} seconds") from None
        except httpx.TooManyRedirects:
            raise _unusable(f"redirects more than {REDIRECTS_MAX} times") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise _unusable("cannot be reached") from None

    def inspect(self, url: httpx.URL) -> None:
        """The rules that need no resolver. Raises `Refused`."""
        if url.scheme not in PORTS or not url.host:
            raise Refused('give a whole address that begins with "https://" or "http://"')
        if "%" in url.host:
            raise Refused("is not a web address: its host has a character that no name has")
        if url.userinfo:
            raise Refused("take the name and password out of the address")
        port = url.port if url.port is not None else PORTS[url.scheme]
        if port not in PORTS.values() and not LOWEST_FREE_PORT <= port <= HIGHEST_PORT:
            raise Refused(f"port {port} is not for web servers; use 80, 443 or {LOWEST_FREE_PORT} to {HIGHEST_PORT}")

    def _parse(self, url: str) -> httpx.URL:
        if len(url) > URL_CHARS_MAX:
            raise Refused(f"has more than {URL_CHARS_MAX} characters")
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise Refused(f"is not a web address: {error}") from None
        self.inspect(parsed)
        return parsed

    async def _reach(self, host: str, port: int) -> Sequence[str]:
        """The addresses to connect to, as `httpcore` wants to hear of failures."""
        try:
            return await self._judged(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from None

    async def _judged(self, host: str, port: int) -> Sequence[str]:
        addresses = await self._resolve(host, port)
        # one bad address is enough: who mixes them wants us to pick the wrong one
        if not all(permitted(address, self._allow_private) for address in addresses):
            advice = "" if self._allow_private else "; VISAVIS_ALLOW_PRIVATE_URLS opens loopback and private networks"
            raise Refused(f'"{host}" is not a public internet address{advice}')
        return addresses


class _Backend(httpcore.AsyncNetworkBackend):
    """Opens connections to addresses that `reach` has judged, and to nothing else."""

    def __init__(self, reach: Resolve) -> None:
        self._reach = reach
        self._sockets: Any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._first_of(await self._reach(host, port), port, timeout)
        except TimeoutError:
            raise httpcore.ConnectTimeout("no connection in time") from None

    async def _first_of(
        self, addresses: Sequence[str], port: int, timeout_s: float | None
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        tried = addresses[:ADDRESSES_TRIED_MAX]
        share_s = timeout_s / len(tried) if timeout_s and tried else None
        for address in tried:
            try:
                return await self._sockets.connect_tcp(address, port, share_s)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise Refused("is not a web address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """The library's own transport with our way of connecting, which it has no argument for."""

    def __init__(self, tls: Any, backend: _Backend, inspect: Callable[[httpx.URL], None]) -> None:
        super().__init__(verify=tls, trust_env=False)
        # a release that keeps its pool elsewhere must fail here, not connect unguarded
        if not isinstance(getattr(self, "_pool", None), httpcore.AsyncConnectionPool):
            raise TypeError("this httpx cannot be guarded")
        self._pool = httpcore.AsyncConnectionPool(ssl_context=tls, keepalive_expiry=5.0, network_backend=backend)
        self._inspect = inspect

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Each redirect comes through here, too."""
        self._inspect(request.url)
        return await super().handle_async_request(request)


async def _read(response: httpx.Response, max_bytes: int) -> Fetched:
    if not response.is_success:
        raise _unusable(f"answers {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unusable("answers compressed, which was not asked for")  # and could unpack to any size
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > max_bytes:
            raise InvalidRequest.field("url", f"has more than {max_bytes} bytes", "too_large")
    return Fetched(bytes(content), response.headers.get("content-type", ""))


def _unusable(reason: str) -> InvalidRequest:
    return InvalidRequest.field("url", reason, "unreachable")
