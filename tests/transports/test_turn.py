"""A client that can only be reached through a TURN server, with the credentials this server hands out."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiortc import RTCIceServer

from tests.transports.conftest import PATIENCE_S, Client, TestLine, connect
from visavis.resources.sessions.ice import IceServers
from visavis.transports.webrtc import WebRtcPeers

SECRET = "shared with coturn"

pytestmark = pytest.mark.skipif(not shutil.which("turnserver"), reason="coturn is not installed; see the Makefile")


@pytest.fixture
async def turn_url(tmp_path: Path) -> AsyncIterator[str]:
    """The distribution's coturn on loopback, without a configuration file, log or database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
        "--allow-loopback-peers", "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=visavis.test",
        "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", f"--pidfile={tmp_path / 'turn.pid'}",
        f"--userdb={tmp_path / 'turn.db'}", cwd=tmp_path,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await _listens(port):
                assert process.returncode is None, "coturn did not start"
        yield f"turn:127.0.0.1:{port}?transport=udp"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


class RelayedClient(Client):
    """Behind a firewall: it offers no address but the relay's."""

    async def offer(self) -> str:
        lines = (await super().offer()).splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("a=candidate:") or " typ relay" in line)


async def test_w12_a_client_connects_through_the_relay_alone(turn_url: str, peers: WebRtcPeers, line: TestLine) -> None:
    (server,) = IceServers(turn_urls=[turn_url], turn_secret=SECRET).for_client()
    client = RelayedClient(ice_servers=[RTCIceServer(server["urls"], server["username"], server["credential"])])
    answer = await connect(peers, line, client)
    async with asyncio.timeout(PATIENCE_S):
        picture = await client.tracks["video"].recv()
    assert picture.width > 0  # type: ignore[union-attr]
    await client.close()
    await answer.peer.close()
