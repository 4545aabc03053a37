"""How many invites may be made: in a minute by one key, in an hour by one organization, counted in memory."""

import math
from collections import OrderedDict
from dataclasses import dataclass

from visavis.core.errors import TooManyRequests

PER_KEY_AND_MINUTE = 10
PER_ORGANIZATION_AND_HOUR = 30
NAMES_MAX = 10_000  # the one whose window began first is forgotten


@dataclass(frozen=True, slots=True)
class _Left:
    count: int
    resets_in_s: int


class _Window:
    """A fixed window for each name; it begins with the first request after the last one ended."""

    def __init__(self, limit: int, length_s: float) -> None:
        self.limit, self._length_s = limit, length_s
        self._begun: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def left(self, name: str, now_s: float) -> _Left:
        begun_s, used = self._current(name, now_s)
        return _Left(self.limit - used, math.ceil(begun_s + self._length_s - now_s))

    def use(self, name: str, now_s: float) -> None:
        begun_s, used = self._current(name, now_s)
        self._begun[name] = (begun_s, used + 1)
        while len(self._begun) > NAMES_MAX:
            self._begun.popitem(last=False)

    def _current(self, name: str, now_s: float) -> tuple[float, int]:
        begun_s, used = self._begun.get(name, (now_s, 0))
        return (begun_s, used) if now_s < begun_s + self._length_s else (now_s, 0)


class InviteWindows:
    def __init__(self) -> None:
        self._minute = _Window(PER_KEY_AND_MINUTE, 60)
        self._hour = _Window(PER_ORGANIZATION_AND_HOUR, 3600)

    def use(self, key_id: str, organization_id: str, now_s: float) -> dict[str, str]:
        """Count one invite; the headers that tell what is left. Raises `TooManyRequests`, with them."""
        minute, hour = self._minute.left(key_id, now_s), self._hour.left(organization_id, now_s)
        full = [left for left in (minute, hour) if left.count <= 0]
        if full:
            wait_s = max(left.resets_in_s for left in full)
            raise TooManyRequests(
                f"There were too many meeting invites; try again in {wait_s} s",
                headers={**self._headers(minute, hour), "retry-after": str(wait_s)},
            )
        self._minute.use(key_id, now_s)
        self._hour.use(organization_id, now_s)
        return self._headers(self._minute.left(key_id, now_s), self._hour.left(organization_id, now_s))

    def _headers(self, minute: _Left, hour: _Left) -> dict[str, str]:
        return {
            "ratelimit-limit": str(self._minute.limit),
            "ratelimit-remaining": str(min(minute.count, hour.count)),
            "ratelimit-reset": str(minute.resets_in_s),
            "x-ratelimit-org-hour-limit": str(self._hour.limit),
            "x-ratelimit-org-hour-remaining": str(hour.count),
            "x-ratelimit-org-hour-reset": str(hour.resets_in_s),
        }
