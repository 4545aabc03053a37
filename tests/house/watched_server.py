"""`python -m tests.house.watched_server FILE serve …`: the server, and somebody who notes what its loop's thread does.

Every Python function that runs on the main thread, which is the loop's, is noted once; the list is written to FILE when
the server stops.
"""

import signal
import sys
from pathlib import Path
from types import CodeType, FrameType

from visavis.cli.main import app


class Watcher:
    def __init__(self) -> None:
        self._seen: dict[CodeType, str] = {}

    def watch(self) -> None:
        """From now on, on this thread only."""
        sys.setprofile(self._note)

    def stop(self) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code not in self._seen:
            self._seen[code] = f"{frame.f_globals.get('__name__')}:{code.co_qualname}"

    @property
    def seen(self) -> list[str]:
        return sorted(set(self._seen.values()))


def main() -> None:
    path = Path(sys.argv.pop(1))
    # the server ends by the signal that stopped it, which would leave nothing written
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.argv.append("--no-supervisor")  # the server has to be this process
    watcher = Watcher()
    watcher.watch()
    try:
        app()
    finally:
        watcher.stop()
        path.write_text("\n".join(watcher.seen))


if __name__ == "__main__":
    main()
