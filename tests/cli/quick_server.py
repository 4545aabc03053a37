"""The real server on a real socket, without the children that draw and speak: up in a moment, for tests that kill it.

Importing the program takes seconds. One process does it once, and every server is forked from that.
"""

import contextlib
import multiprocessing
import socket
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn

from tests.rest import QuietMedia
from visavis.app import create_app
from visavis.http import logs
from visavis.settings import Settings

API_KEY = "test-key-of-the-quick-server"
READY_WITHIN_S = 60.0


class QuickServer:
    def __init__(self, process: multiprocessing.process.BaseProcess, port: int) -> None:
        self._process, self.url = process, f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        """SIGKILL, and wait until it is dead."""
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def quick_server(data_dir: Path, database_url: str) -> Iterator[QuickServer]:
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    ours, theirs = forking.Pipe()
    process = forking.Process(target=_serve, args=(data_dir, database_url, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(READY_WITHIN_S), "the server was not ready in time"
        yield QuickServer(process, ours.recv())
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _serve(data_dir: Path, database_url: str, parent: Connection) -> None:
    logs.configure("error", "console")
    given = {"data_dir": data_dir, "database_url": database_url, "api_key": API_KEY, "requests_per_minute": 0}
    app = create_app(Settings(**given), QuietMedia().open)  # type: ignore[arg-type]
    _Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="on"), parent).run()


class _Server(uvicorn.Server):
    """Tells its port once it listens."""

    def __init__(self, config: uvicorn.Config, parent: Connection) -> None:
        super().__init__(config)
        self._parent = parent

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._parent.send(self.servers[0].sockets[0].getsockname()[1])
