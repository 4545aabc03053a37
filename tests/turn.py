"""A TURN server on loopback that takes the credentials this server hands out."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

SECRET = "shared with coturn"
PATIENCE_S = 20.0

needs_coturn = pytest.mark.skipif(not shutil.which("turnserver"), reason="coturn is not installed; see the Makefile")


@contextlib.asynccontextmanager
async def turn_server(folder: Path) -> AsyncIterator[str]:
    """The distribution's coturn on loopback, without a configuration file, log or database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
        "--allow-loopback-peers", "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=visavis.test",
        "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", f"--pidfile={folder / 'turn.pid'}",
        f"--userdb={folder / 'turn.db'}", cwd=folder,
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
