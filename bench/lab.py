"""The Lab's weight and how soon it can be used: `python -m bench.lab`.

What the first page loads, compressed as the server sends it, and how long a fresh Chromium on this machine takes from
the request to a gallery that can be clicked. The middle one of several openings, each with an empty cache.
"""

import gzip
import re
import statistics
import tempfile
from pathlib import Path

from tests.clients.lab import browser
from tests.clients.server import API_KEY, Server, serve
from visavis.lab.pages import DIST

OPENINGS = 7
FIRST_LOAD_KB_MAX, INTERACTIVE_MS_MAX = 300, 1000
LINKED = re.compile(r'(?:src|href)="/(lab/[^"]+)"')
IMPORTED = re.compile(r'"\./([\w.-]+\.(?:js|css))"|"lab/([\w.-]+\.(?:js|css))"')


def main() -> None:
    _weigh()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        times_ms = sorted(_open(server) for _ in range(OPENINGS + 1))[:-1]  # without the one that warmed everything up
    middle_ms = statistics.median(times_ms)
    print(f"interactive after {middle_ms:.0f} ms (of {OPENINGS}: {times_ms[0]:.0f} to {times_ms[-1]:.0f})")
    print(f"  aimed at: under {INTERACTIVE_MS_MAX} ms {'✓' if middle_ms < INTERACTIVE_MS_MAX else '✗'}")


def _weigh() -> None:
    """Every file by its compressed size; those of the first page marked."""
    page = (DIST / "index.html").read_text()
    first = {DIST / name for name in LINKED.findall(page)} | {DIST / "index.html"} | _of_gallery()
    total = 0
    for path in sorted(first, key=_size, reverse=True):
        total += _size(path)
        print(f"{_size(path) / 1000:8.1f} kB  {path.name}")
    print(f"{total / 1000:8.1f} kB  first load, compressed")
    print(f"  aimed at: under {FIRST_LOAD_KB_MAX} kB {'✓' if total < FIRST_LOAD_KB_MAX * 1000 else '✗'}")
    later = [path for path in (DIST / "lab").glob("*-*.*") if path not in first and path.suffix in (".js", ".css")]
    for path in sorted(later, key=_size, reverse=True):
        print(f"{_size(path) / 1000:8.1f} kB  {path.name} (when it is needed)")


def _of_gallery() -> set[Path]:
    """The chunk of the page that opens first, and what it imports."""
    [entry] = (DIST / "lab").glob("personas-section-*.js")
    styles = set((DIST / "lab").glob("personas-section-*.css"))
    imported = {DIST / "lab" / one for pair in IMPORTED.findall(entry.read_text()) for one in pair if one}
    static = {path for path in imported if path.exists() and not path.name.startswith(("talk-view", "editor-page"))}
    return {entry, *styles, *static}


def _size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def _open(server: Server) -> float:
    """Milliseconds until the first card is there, its scripts have run and the page answers to a click."""
    with browser() as running:
        page = running.new_page()
        page.goto(f"{server.url}/#key={API_KEY}")
        page.get_by_test_id("persona-row").first.wait_for()
        taken: float = page.evaluate("performance.now()")
        return taken


if __name__ == "__main__":
    main()
