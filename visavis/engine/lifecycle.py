"""When a session ends: pure, time is an argument. created → signalling → connected → ended.

A socket that goes away is not the end, and neither is a network that breaks: each may come back within `regain`.
Both gone at once means that the person has left.
"""

from dataclasses import dataclass

from visavis.core.events import EndReason


@dataclass(frozen=True, slots=True)
class Limits:
    """What a host allows. `talk_idle_ms` is how long an open talk stream may stay without text."""

    sessions_max: int
    connect_within_ms: float = 60_000
    regain_within_ms: float = 30_000
    talk_idle_ms: float = 15_000


class Lifecycle:
    """Remembers who is there and since when somebody is missing."""

    def __init__(self, limits: Limits, max_length_ms: float | None, now_ms: float) -> None:
        self._limits = limits
        self._created_ms = now_ms
        self._max_length_ms = max_length_ms
        self._connected_ms: float | None = None
        self._socket = False
        self._peer = False
        self._socket_lost_ms: float | None = None
        self._peer_lost_ms: float | None = None
        self._awaited = False

    @classmethod
    def regained(
        cls, limits: Limits, max_length_ms: float | None, created_ms: float, joined_ms: float | None, now_ms: float
    ) -> "Lifecycle":
        """Of a session whose process died: whoever was there is missing since now, and may come back."""
        made = cls(limits, max_length_ms, created_ms)
        if joined_ms is not None:
            made._connected_ms, made._awaited = joined_ms, True
            made._socket_lost_ms = made._peer_lost_ms = now_ms
        return made

    @property
    def connected(self) -> bool:
        """Whether the line was ever open."""
        return self._connected_ms is not None

    @property
    def connected_ms(self) -> float | None:
        return self._connected_ms

    @property
    def ends_ms(self) -> float | None:
        """When the session reaches its maximum length, if it has one."""
        if self._max_length_ms is None or self._connected_ms is None:
            return None
        return self._connected_ms + self._max_length_ms

    def socket_opened(self) -> None:
        self._socket, self._socket_lost_ms = True, None

    def socket_lost(self, now_ms: float) -> None:
        self._socket, self._socket_lost_ms = False, now_ms

    def peer_opened(self, now_ms: float) -> None:
        self._peer, self._peer_lost_ms, self._awaited = True, None, False
        if self._connected_ms is None:
            self._connected_ms = now_ms

    def peer_lost(self, now_ms: float) -> None:
        self._peer, self._peer_lost_ms = False, now_ms

    def verdict(self, now_ms: float) -> EndReason | None:
        """Why the session is over, or None while it lives."""
        if self._connected_ms is None:
            return "never_connected" if now_ms >= self._created_ms + self._limits.connect_within_ms else None
        if not self._socket and not self._peer and not self._awaited:
            return "client"
        if any(lost + self._limits.regain_within_ms <= now_ms for lost in self._missing()):
            return "failed" if self._awaited else "connection_lost"
        return "max_length" if self.ends_ms is not None and now_ms >= self.ends_ms else None

    @property
    def wake_ms(self) -> float:
        if self._connected_ms is None:
            return self._created_ms + self._limits.connect_within_ms
        wakes = [lost + self._limits.regain_within_ms for lost in self._missing()]
        if self.ends_ms is not None:
            wakes.append(self.ends_ms)
        return min(wakes, default=float("inf"))

    def _missing(self) -> list[float]:
        return [lost for lost in (self._socket_lost_ms, self._peer_lost_ms) if lost is not None]
