"""The server, with a probe on its event loop: `python -m bench.probe FILE serve …` is `visavis serve …`.

Measures the processor time each callback takes on the loop's thread, which other programs on the machine cannot spoil,
and writes the percentiles to FILE when the server stops. Nothing of this is in the server itself.
"""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from visavis.cli.main import app

SAMPLES_MAX = 5_000_000
SLOW_MS = 5.0


class LoopProbe:
    def __init__(self) -> None:
        self.times_ms: list[float] = []
        self.slow: Counter[str] = Counter()

    def install(self) -> None:
        run = asyncio.Handle._run

        def measured(handle: Any) -> None:
            started_s = time.thread_time()
            run(handle)
            took_ms = (time.thread_time() - started_s) * 1000
            if len(self.times_ms) < SAMPLES_MAX:
                self.times_ms.append(took_ms)
            if took_ms > SLOW_MS:
                self.slow[describe(handle)] += 1

        asyncio.Handle._run = measured  # type: ignore[method-assign]

    def write(self, path: Path) -> None:
        times_ms = sorted(self.times_ms) or [0.0]
        percentiles = {f"p{rank:g}": times_ms[int((len(times_ms) - 1) * rank / 100)] for rank in (50, 99, 99.9)}
        slow = [{"callback": name, "times": times} for name, times in self.slow.most_common(8)]
        facts = {"count": len(times_ms), "longest": times_ms[-1], **percentiles, "slow": slow}
        path.write_text(json.dumps(facts))


def describe(handle: Any) -> str:
    callback = handle._callback
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"task {getattr(task.get_coro(), '__qualname__', task.get_name())}"
    return str(getattr(callback, "__qualname__", repr(callback)))


def main() -> None:
    path = Path(sys.argv.pop(1))
    # the server ends by the signal that stopped it, which would leave nothing written
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.argv.append("--no-supervisor")  # the server has to be this process
    probe = LoopProbe()
    probe.install()
    try:
        app()
    finally:
        probe.write(path)


if __name__ == "__main__":
    main()
