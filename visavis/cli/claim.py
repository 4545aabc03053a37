"""One data directory, one server: a lock that ends with its process, and the way by which others find that process."""

import fcntl
import os
import time
from pathlib import Path

NAME = "server.lock"
PREDECESSOR_GONE_WITHIN_S = 5.0  # one that was killed takes its workers with it, which takes a moment
LOOK_EVERY_S = 0.05


class Taken(Exception):
    """Another server uses this data directory; `pid` is its process, 0 where that is not known."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.pid = pid
        super().__init__(f"another server (process {pid or 'unknown'}) uses the data directory {folder}")


def claim(folder: Path, within_s: float = PREDECESSOR_GONE_WITHIN_S) -> int:
    """Take the folder for this process and those that it forks, as long as one of them lives. Raises `Taken`.

    The answer is the open file that holds the lock; nobody has to close it.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline_s = time.monotonic() + within_s
    while not _locked(handle):
        if time.monotonic() > deadline_s:
            pid = _pid(handle)
            os.close(handle)
            raise Taken(folder, pid)
        time.sleep(LOOK_EVERY_S)
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def owner(folder: Path) -> int:
    """The process whose signals the server of this folder listens to; 0 where none runs."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        return 0 if _locked(handle) else _pid(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(handle: int) -> int:
    text = os.pread(handle, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdecimal() else 0
