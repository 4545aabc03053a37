"""How many talking sessions this machine holds: `python -m bench.sessions [--sessions N] [--seconds S] [--find]`.

One server, sessions at 720x480 and 25 pictures a second, all talking, over loopback; the people who watch are a process
of their own that decodes nothing. A picture is late when it comes more than one picture's time after its moment, or not
at all (one that is shown again in place of a new one is a late one). Right after, the encoder works alone on such
pictures. `--find` raises the number until more than 2 % are late, with OpenCV alone and with the native warp.
Everything is in seconds of processor time; a run in which other programs took more than 12 % of the machine is void.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import load
from bench.run import FOREIGN_MAX
from tests.clients.server import API_KEY, Server, serve
from visavis.core.frames import FRAME_MS, FRAMES_PER_SECOND
from visavis.renderers import native

LATE_MAX = 0.02
FIND_FROM, FIND_TO = 6, 24
WARPS = ("opencv", "native")


@dataclass(frozen=True, slots=True)
class Held:
    """One run. Processor time is in cores, for each session."""

    warp: str
    sessions: int
    late: float
    slowest_fps: float
    spoke: float
    whole: float
    by_process: dict[str, float]
    receiver: float
    alone: float
    picture_s: float  # all processor time of the server for each picture that came
    foreign: float

    @property
    def void(self) -> bool:
        return self.foreign > FOREIGN_MAX

    def print(self) -> None:
        parts = ", ".join(f"{name} {cores:.3f}" for name, cores in self.by_process.items())
        print(f"{self.sessions} talking sessions, warp by {self.warp}{', VOID' if self.void else ''}")
        print(
            f"  late pictures          {self.late:.1%} (goal < {LATE_MAX:.0%}), slowest {self.slowest_fps:.1f} a second"
        )
        print(f"  each session           {self.whole:.3f} of a core: {parts}")
        whole_ms, alone_ms = self.picture_s * 1000, self.alone * 1000 / FRAMES_PER_SECOND
        times = whole_ms / alone_ms
        print(
            f"  a picture, all in all  {whole_ms:.1f} ms, encoded alone {alone_ms:.1f} ms: {times:.1f} times (goal ≤ 4)"
        )
        print(f"  the receiver, apart    {self.receiver:.3f} of a core for each session")
        print(
            f"  speaking {self.spoke:.0%} of the time; other programs took {self.foreign:.0%} of the machine",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--warp", choices=WARPS, default="native" if not native.missing() else "opencv")
    chosen = parser.parse_args()
    if not chosen.find:
        measure(chosen.warp, chosen.sessions, chosen.seconds).print()
        return
    for warp in WARPS:
        if warp == "native" and native.missing():
            print(f"native: {native.missing()}")
            continue
        print(f"{warp}: {find(warp, chosen.seconds)} sessions held")


def find(warp: str, seconds: float) -> int:
    """The most sessions with few enough late pictures."""
    held = 0
    for sessions in range(FIND_FROM, FIND_TO + 1, 2):
        run = measure(warp, sessions, seconds)
        run.print()
        if run.late > LATE_MAX:
            break
        held = sessions
    return held


def measure(warp: str, sessions: int, seconds: float) -> Held:
    with tempfile.TemporaryDirectory() as folder, warped_by(warp):
        with serve(Path(folder), VISAVIS_SESSIONS_MAX=str(sessions + 1)) as server:
            before, after, watchers, watched = run(server, sessions, seconds)
        alone = encoder_alone()
    usage, lasted_s = load.between(before.reading, after.reading), after.reading.at_s - before.reading.at_s
    each = {name: (after.by_process[name] - s) / lasted_s / sessions for name, s in before.by_process.items()}
    late = [late_share(session) for session in watched]
    return Held(
        warp=warp,
        sessions=sessions,
        late=float(np.mean(late)),
        slowest_fps=min(len(session["pictures"]) / session["lasted_s"] for session in watched),
        spoke=float(np.mean([session["spoke_s"] / session["lasted_s"] for session in watched])),
        whole=usage.server_cores / sessions,
        by_process=each,
        receiver=watchers / lasted_s / sessions,
        alone=alone,
        picture_s=usage.server_cores * lasted_s / sum(len(session["pictures"]) for session in watched),
        foreign=usage.foreign,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    reading: load.Reading
    by_process: dict[str, float]
    receiver_s: float


def run(server: Server, sessions: int, seconds: float) -> tuple[Moment, Moment, float, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "bench.receiver", server.url, API_KEY, str(sessions), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        wait_for(receiver, "talking")
        before = moment(server, receiver.pid)
        wait_for(receiver, "measured")
        after = moment(server, receiver.pid)
        watched = [json.loads(line) for line in receiver.stdout]
    return before, after, after.receiver_s - before.receiver_s, watched


def wait_for(receiver: "subprocess.Popen[str]", word: str) -> None:
    assert receiver.stdout is not None
    if receiver.stdout.readline().strip() != word:
        raise RuntimeError("the receiver failed")


def moment(server: Server, receiver_pid: int) -> Moment:
    by_process: dict[str, float] = {"server": 0.0, "drawing": 0.0, "speech": 0.0}
    for pid, own_s in load.each_s(server.process.pid):
        command = Path(f"/proc/{pid}/cmdline").read_text()
        kind = "drawing" if "render_child" in command else "speech" if "speech_child" in command else "server"
        by_process[kind] += own_s
    return Moment(load.read(server.process.pid), by_process, load.tree_s(receiver_pid))


def late_share(session: dict[str, Any]) -> float:
    """Of the pictures that were due between the first and the last."""
    came_s, media_s = np.array(session["pictures"]).T
    behind_s = came_s - media_s
    slots = round(float(media_s[-1] - media_s[0]) * FRAMES_PER_SECOND) + 1
    due = int(session["lasted_s"] * FRAMES_PER_SECOND)
    in_time = int((behind_s - np.percentile(behind_s, 2) <= FRAME_MS / 1000).sum())
    return max(0.0, 1 - in_time / max(slots, due - 1))


def encoder_alone() -> float:
    command = [sys.executable, "-m", "bench.encoder_alone"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@contextlib.contextmanager
def warped_by(warp: str) -> Iterator[None]:
    """With OpenCV alone the compiled kernel is put aside for a moment, since every process looks for it by itself."""
    file = native.library_file()
    aside = file.with_suffix(".aside")
    hide = warp == "opencv" and file.is_file()
    if hide:
        file.rename(aside)
    try:
        yield
    finally:
        if hide:
            aside.rename(file)


if __name__ == "__main__":
    started_s = time.monotonic()
    main()
    print(f"took {time.monotonic() - started_s:.0f} s")
