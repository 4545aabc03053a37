"""Processor time: of a server and its children, of everybody else, and of the whole machine."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Reading:
    at_s: float
    busy_s: float
    server_s: float
    ours_s: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Between two readings. `foreign` is the part of the machine that neither the server nor the bench used."""

    lasted_s: float
    server_cores: float
    foreign: float


def read(server_pid: int) -> Reading:
    return Reading(time.monotonic(), _machine_busy_s(), tree_s(server_pid), tree_s(os.getpid()))


def between(first: Reading, last: Reading) -> Usage:
    lasted_s = last.at_s - first.at_s
    # the server is a child of the bench, so its time is in `ours_s` already
    foreign_s = (last.busy_s - first.busy_s) - (last.ours_s - first.ours_s)
    return Usage(lasted_s, (last.server_s - first.server_s) / lasted_s, max(0.0, foreign_s) / (lasted_s * CORES))


def _machine_busy_s() -> float:
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _idle, _waiting, irq, softirq, *_ = fields
    return (user + nice + system + irq + softirq) / TICKS_PER_S


def tree_s(pid: int) -> float:
    """A process, its live descendants, and those of its children that it has collected."""
    return sum(own_s for _, own_s in each_s(pid))


def each_s(pid: int) -> Iterator[tuple[int, float]]:
    """The same, process by process."""
    for member in _tree(pid):
        with contextlib.suppress(OSError):
            # the program's name may hold spaces; what follows its closing bracket does not
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            user, system, children_user, children_system = (int(field) for field in fields[11:15])
            yield member, (user + system + children_user + children_system) / TICKS_PER_S


def _tree(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{member}/task").iterdir():
                members += [int(child) for child in (thread / "children").read_text().split()]
    return members
