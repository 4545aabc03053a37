"""What a test may not leave behind: tasks, threads and child processes."""

import asyncio
import contextlib
import os
import select
import threading
import time
from pathlib import Path

GRACE_S = 3.0

# Python keeps helper processes, for shared memory and for forking, as long as the interpreter lives.
KEPT_BY_PYTHON = (b"resource_tracker", b"multiprocessing.forkserver")

# The loop's own threads for blocking calls end when the loop is closed, which is after this is asked.
ENDED_WITH_THE_LOOP = "asyncio_"

_shared: set[int] = set()


def share(pid: int) -> None:
    """Say that this process belongs to a fixture that several tests use; that fixture ends it."""
    _shared.add(pid)


def children() -> dict[int, bytes]:
    """Direct children of this process that still run, without those that tests share: pid and command line."""
    found: dict[int, bytes] = {}
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for pid in map(int, (thread / "children").read_text().split()):
                command = _command(pid)
                if command and pid not in _shared and not any(name in command for name in KEPT_BY_PYTHON):
                    found[pid] = command
    return found


def leaked_children(before: dict[int, bytes]) -> list[str]:
    """Children that are new and do not end by themselves within the grace time."""
    deadline_s = time.monotonic() + GRACE_S
    leaked: list[str] = []
    for pid, command in children().items():
        if pid not in before and not _ended_by(pid, deadline_s):
            leaked.append(f"process {pid}: {command.replace(bytes(1), b' ').decode(errors='replace').strip()}")
    return leaked


def leaked_threads(before: set[threading.Thread]) -> list[str]:
    """Threads that are new, would keep the interpreter alive and do not end by themselves within the grace time."""
    deadline_s = time.monotonic() + GRACE_S
    leaked: list[str] = []
    for thread in threading.enumerate():
        if thread in before or thread.daemon or thread.name.startswith(ENDED_WITH_THE_LOOP):
            continue
        thread.join(timeout=max(0.0, deadline_s - time.monotonic()))
        if thread.is_alive():
            leaked.append(f"thread {thread.name}")
    return leaked


async def leaked_tasks() -> list[str]:
    """Tasks of this loop, other than the one that asks, that do not end by themselves within the grace time."""
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    if pending:
        _, pending = await asyncio.wait(pending, timeout=GRACE_S)
    return [f"task {task.get_name()}: {task.get_coro()!r}" for task in pending]


def _command(pid: int) -> bytes:
    """Empty for a process that is gone or only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _ended_by(pid: int, deadline_s: float) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline_s - time.monotonic()))
        return bool(ready)
    finally:
        os.close(descriptor)
