"""The real server as a child process, the way a person starts it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

VISAVIS = Path(sys.executable).with_name("visavis")
API_KEY = "test-key-of-the-client-tests"
READY_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0


class Server:
    """A running server: where it listens, and what it said."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str = API_KEY,
        headers: "Mapping[str, str] | None" = None,
    ) -> "Answer":
        """One request. Answers of any status are returned, never raised."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        request = urllib.request.Request(self.url + path, data, {**sent, **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def wait_until_ready(self) -> None:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline_s:
            with contextlib.suppress(OSError):
                if self.ask("GET", "/readyz").status == 200:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self.process.wait(timeout=0.1)
                raise RuntimeError(f"the server ended with {status}:\n{self.log}")
        raise RuntimeError(f"the server was not ready within {READY_WITHIN_S:.0f} s:\n{self.log}")

    def wait_until(self, path: str, holds: Any, within_s: float = 60.0) -> Any:
        """The JSON at `path` once `holds(json)` is true."""
        deadline_s = time.monotonic() + within_s
        while True:
            found = self.ask("GET", path).json()
            if holds(found):
                return found
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{path} was still {found!r} after {within_s:.0f} s")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.1)


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)


@contextlib.contextmanager
def serve(
    folder: Path,
    *options: str,
    program: "tuple[str, ...]" = (str(VISAVIS),),
    **settings: str,
) -> Iterator[Server]:
    """A server with an empty data folder and the given settings, in which `{port}` stands for its own port.

    It is ended by its process id.
    """
    port = _free_port()
    log = folder / "server.log"
    command = [
        *program,
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--data-dir",
        str(folder / "data"),
        *options,
    ]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VISAVIS_")}
    chosen = {name: value.format(port=port) for name, value in settings.items()}
    environment = {**inherited, "VISAVIS_API_KEY": API_KEY, **chosen}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    try:
        server = Server(process, port, log)
        server.wait_until_ready()
        yield server
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    # unlike SIGTERM, this does not wait for the sessions of clients that tests have killed
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
