"""A client that can only be reached through a TURN server, with the credentials this server hands out."""

import asyncio
from pathlib import Path

from aiortc import RTCIceServer

from tests.transports.conftest import PATIENCE_S, Client, TestLine, connect
from tests.turn import SECRET, needs_coturn, turn_server
from visavis.resources.sessions.ice import IceServers
from visavis.transports.webrtc import WebRtcPeers

pytestmark = needs_coturn


class RelayedClient(Client):
    """Behind a firewall: it offers no address but the relay's."""

    async def offer(self) -> str:
        lines = (await super().offer()).splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("a=candidate:") or " typ relay" in line)


async def test_w12_a_client_connects_through_the_relay_alone(
    tmp_path: Path, peers: WebRtcPeers, line: TestLine
) -> None:
    async with turn_server(tmp_path) as turn_url:
        (server,) = IceServers(turn_urls=[turn_url], turn_secret=SECRET).for_client()
        client = RelayedClient(ice_servers=[RTCIceServer(server["urls"], server["username"], server["credential"])])
        answer = await connect(peers, line, client)
        async with asyncio.timeout(PATIENCE_S):
            picture = await client.tracks["video"].recv()
        assert picture.width > 0  # type: ignore[union-attr]
        await client.close()
        await answer.peer.close()
