"""A network that is too narrow, between a client and a server on this machine: a relay that drops what does not fit."""

import asyncio
import re
from typing import Any

QUEUE_S = 0.25  # what a router keeps before it drops


class NarrowLink:
    """Carries datagrams between one client and one server; towards the client at `bits_per_s` at most."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.bits_per_s = float("inf")
        self.port = 0
        self._server = server
        self._client: Any = None
        self._free_s = 0.0
        self._front: asyncio.DatagramTransport | None = None
        self._back: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._front, _ = await loop.create_datagram_endpoint(lambda: _End(self._upwards), local_addr=("127.0.0.1", 0))
        self._back, _ = await loop.create_datagram_endpoint(lambda: _End(self._downwards), local_addr=("127.0.0.1", 0))
        self.port = self._front.get_extra_info("sockname")[1]

    def close(self) -> None:
        for end in (self._front, self._back):
            if end is not None:
                end.close()

    def _upwards(self, data: bytes, sender: Any) -> None:
        assert self._back is not None
        self._client = sender
        self._back.sendto(data, self._server)

    def _downwards(self, data: bytes, _: Any) -> None:
        now_s = asyncio.get_running_loop().time()
        starts_s = max(now_s, self._free_s)
        if starts_s - now_s > QUEUE_S:
            return
        self._free_s = starts_s + len(data) * 8 / self.bits_per_s
        asyncio.get_running_loop().call_at(self._free_s, self._deliver, data)

    def _deliver(self, data: bytes) -> None:
        if self._front is not None and not self._front.is_closing():
            self._front.sendto(data, self._client)


class _End(asyncio.DatagramProtocol):
    def __init__(self, pass_on: Any) -> None:
        self._pass_on = pass_on

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._pass_on(data, addr)


def without_candidates(sdp: str) -> str:
    """An offer whose addresses the server is not told, so that it answers on the way it was reached."""
    return "".join(line for line in sdp.splitlines(keepends=True) if not line.startswith("a=candidate"))


async def through_narrow_link(answer_sdp: str) -> tuple[NarrowLink, str]:
    """The link, open, and the answer with the link in place of the server's own addresses."""
    found = re.search(r"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host", answer_sdp)
    assert found is not None
    link = NarrowLink(("127.0.0.1", int(found[1])))
    await link.open()
    kept = [
        line.replace(f" {found[1]} typ", f" {link.port} typ")
        for line in answer_sdp.splitlines(keepends=True)
        if not line.startswith("a=candidate") or f"127.0.0.1 {found[1]} typ" in line
    ]
    return link, "".join(kept)
