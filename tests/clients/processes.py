"""The processes of a running server, for tests that kill one of them."""

import os
import signal
from pathlib import Path

from tests.clients.server import Server


def program(server: Server) -> int:
    """The process that serves, below the supervisor that was started."""
    (child,) = children(server.process.pid)
    return child


def workers(server: Server, kind: str) -> list[int]:
    """Those that draw (`render_child`), or speak and listen (`speech_child`)."""
    return [pid for pid in children(program(server)) if kind in _command(pid)]


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (thread / "children").read_text().split())
    return found


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
