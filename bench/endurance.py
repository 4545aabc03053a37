"""Two hours of talk, wound by hand: `python -m bench.endurance [--minutes N]`.

The real engine with fake parts (`tests/engine/long_talk.py`): people ask, think aloud, interrupt, cough, type and
mute, the application talks and stops her, and tools are called, in an order from a seed. After each exchange, in
silence, it counts what there is. Nothing may drift, grow, wait or be left.
"""

import argparse
import asyncio
import resource
import time
from collections.abc import Sequence
from statistics import median

from tests.engine.long_talk import LongTalk, Look

TENTHS = 10


def row(name: str, looks: Sequence[Look]) -> str:
    return (
        f"{name:12} {max(look.tasks for look in looks):6} {max(look.queued for look in looks):7} "
        f"{median(look.objects for look in looks):9.0f} {max(abs(look.drift_ms) for look in looks):7.1f} ms "
        f"{median(look.answered_after_ms for look in looks):8.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Hours of talk, wound by hand.")
    parser.add_argument("--minutes", type=float, default=120.0)
    minutes = parser.parse_args().minutes
    talk, began_s = LongTalk(), time.process_time()

    async def whole() -> int:
        await talk.last(minutes * 60_000)
        return len(asyncio.all_tasks()) - 1

    left = asyncio.run(whole())
    print(f"{'':12} {'tasks':>6} {'queued':>7} {'objects':>9} {'drift':>10} {'answered after':>11}")
    size = max(1, len(talk.looks) // TENTHS)
    for start in range(0, len(talk.looks), size):
        part = talk.looks[start : start + size]
        print(row(f"minute {part[-1].at_ms / 60_000:4.0f}", part))
    happened = ", ".join(f"{kind} {times}" for kind, times in talk.kinds.most_common())
    print(f"\n{len(talk.looks)} exchanges: {happened}")
    print(f"tasks left at the end: {left}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most {peak_mb:.0f} MB; {time.process_time() - began_s:.0f} s of processor")


if __name__ == "__main__":
    main()
