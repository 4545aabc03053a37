"""How many requests a key may make, and a guest's address: buckets of tokens, refilled evenly, in memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.core.errors import TooManyRequests
from visavis.http.auth import hash_key, is_token
from visavis.http.errors import error_response

COUNTED = "/v1/"
# what a running conversation asks for, and what browsers send without a key
UNCOUNTED = ("/v1/engine/", "/v1/metrics/")
# what somebody without a key begins with; tokens of links are guessed here, if anywhere
GUESTS = ("/v1/auth/share-link", "/v1/auth/widget")
KEYS_MAX = 10_000  # the one that was silent longest is forgotten, which only fills its bucket


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left after one request. `wait_s` is 0 where the request may pass."""

    limit: int
    left: int
    wait_s: int
    full_in_s: int

    @property
    def headers(self) -> dict[str, str]:
        shown = {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(self.left),
            "ratelimit-reset": str(self.full_in_s),
        }
        return shown | ({"retry-after": str(self.wait_s)} if self.wait_s else {})


class Buckets:
    """A bucket holds the requests of one minute, all of which may come at once."""

    def __init__(self, per_minute: int) -> None:
        self._limit, self._per_s = per_minute, per_minute / 60
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now_s: float) -> Allowance:
        tokens, at_s = self._filled.pop(name, (float(self._limit), now_s))
        tokens = min(self._limit, tokens + (now_s - at_s) * self._per_s)
        wait_s = 0 if tokens >= 1 else math.ceil((1 - tokens) / self._per_s)
        tokens -= 0 if wait_s else 1
        self._filled[name] = (tokens, now_s)
        if len(self._filled) > KEYS_MAX:
            self._filled.popitem(last=False)
        return Allowance(self._limit, int(tokens), wait_s, math.ceil((self._limit - tokens) / self._per_s))


class RateLimit:
    """Counts requests by their key, before anybody looks whether it is one; 0 a minute switches it off."""

    def __init__(
        self, app: ASGIApp, per_minute: int, guests_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app, self._clock = app, clock
        self._keys = Buckets(per_minute) if per_minute else None
        self._guests = Buckets(guests_per_minute) if guests_per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["path"].startswith(GUESTS):
            # by address: behind a proxy that is the guest's own where the proxy is trusted to say it
            buckets, name = self._guests, (scope.get("client") or ("",))[0]
            who, setting = "This address", "VISAVIS_GUEST_REQUESTS_PER_MINUTE"
        else:
            buckets, name = self._keys, _key_name(scope)
            who, setting = "This API key", "VISAVIS_REQUESTS_PER_MINUTE"
        if buckets is None or not name:
            return await self._app(scope, receive, send)
        allowance = buckets.take(name, self._clock())
        if allowance.wait_s:
            message = f"{who} has used up its requests; try again in {allowance.wait_s} s ({setting})"
            response = error_response(TooManyRequests(message))
            response.headers.update(allowance.headers)
            return await response(scope, receive, send)

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "ratelimit-limit" not in headers:  # a route's own limit is the narrower one
                    headers.update(allowance.headers)
            await send(message)

        await self._app(scope, receive, stamp)


def _key_name(scope: Scope) -> str:
    """Whose bucket: a hash, so that no key lies around. "" for requests that are not counted."""
    if not scope["path"].startswith(COUNTED) or scope["path"].startswith(UNCOUNTED):
        return ""
    scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
    given = given.strip()
    return hash_key(given) if scheme.lower() == "bearer" and given and not is_token(given) else ""
