"""The Lab's weight and how soon it can be used: `python -m bench.lab`.

What a fresh Chromium really loads for the first page, compressed as the server sends it, and how long it takes on this
machine from the request to a gallery that can be clicked. The middle one of several openings, each with an empty cache.
"""

import gzip
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.clients.lab import browser
from tests.clients.server import API_KEY, Server, serve
from visavis.lab.pages import DIST

OPENINGS = 7
FIRST_LOAD_KB_MAX, INTERACTIVE_MS_MAX = 300, 1000
LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => !/\\/(v1|assets)\\//.test(name))
  .map(({ name, encodedBodySize }) => [new URL(name).pathname.split("/").pop() || "index.html", encodedBodySize])"""


@dataclass(frozen=True, slots=True)
class Opening:
    """Until the first card is there and its scripts have run; and every file that was loaded, with its bytes."""

    taken_ms: float
    loaded: dict[str, int]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        openings = [_open(server) for _ in range(OPENINGS + 1)][1:]  # the first one warms everything up
    _weigh(openings[-1].loaded)
    times_ms = sorted(opening.taken_ms for opening in openings)
    middle_ms = statistics.median(times_ms)
    print(f"interactive after {middle_ms:.0f} ms (of {OPENINGS}: {times_ms[0]:.0f} to {times_ms[-1]:.0f})")
    print(f"  aimed at: under {INTERACTIVE_MS_MAX} ms {'✓' if middle_ms < INTERACTIVE_MS_MAX else '✗'}")
    print(f"  the machine's load was {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _weigh(loaded: dict[str, int]) -> None:
    """Every file by its compressed size, those of the first page first."""
    for name, size in sorted(loaded.items(), key=lambda one: -one[1]):
        print(f"{size / 1000:8.1f} kB  {name}")
    total = sum(loaded.values())
    print(f"{total / 1000:8.1f} kB  first load, compressed")
    print(f"  aimed at: under {FIRST_LOAD_KB_MAX} kB {'✓' if total < FIRST_LOAD_KB_MAX * 1000 else '✗'}")
    files = {path.name: _size(path) for path in (DIST / "lab").iterdir() if path.suffix in (".js", ".css")}
    for name, size in sorted(files.items(), key=lambda one: -one[1]):
        if name not in loaded:
            print(f"{size / 1000:8.1f} kB  {name} (when it is needed)")


def _size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def _open(server: Server) -> Opening:
    with browser() as running:
        page = running.new_page()
        page.goto(f"{server.url}/#key={API_KEY}")
        page.get_by_test_id("persona-row").first.wait_for()
        taken_ms: float = page.evaluate("performance.now()")
        page.wait_for_load_state("load")
        return Opening(taken_ms, {name: int(size) for name, size in page.evaluate(LOADED)})


if __name__ == "__main__":
    main()
