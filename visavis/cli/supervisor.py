"""The process above the server: starts it again when it dies, passes on what it is told, and leaves nothing behind.

The listening sockets are made here and inherited, so that connections which come while a server is being started again
wait for it instead of being refused. The program is loaded here once, too: a new server is a fork of it, which saves
the seconds that its imports take.
"""

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import FrameType

import structlog

# How long to wait after the first death, the second, ... within `FORGIVEN_AFTER_S`; after one more than that, give up.
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
FORGIVEN_AFTER_S = 60.0
LOOK_EVERY_S = 0.05
POLITE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger()


class Supervisor:
    """`serve(up, again)` is the server: it runs in a child, calls `up` once it listens, and returns when it has ended.

    `again` says that it is not the first one. What has to outlive it is made before.
    """

    def __init__(self, serve: Callable[[Callable[[], None], bool], None], pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._serve = serve
        self._pauses_s = pauses_s
        self._pid = 0
        self._told = False
        self._deaths_s: list[float] = []

    def run(self) -> int:
        """Until the server ends by itself or cannot be kept alive; what this program has to exit with."""
        for number in POLITE:
            signal.signal(number, self._pass_on)
        again = False
        while True:
            status, was_up = self._one_life(again)
            if self._told or status == 0:
                return max(status, 0)
            if not (was_up or again):
                return _exit_status(status)  # it has said why, and would say it again
            again = True
            pause_s = self._pause_s()
            if pause_s is None:
                log.error("the server dies again and again; giving up", deaths=len(self._deaths_s))
                return _exit_status(status)
            log.error("the server died and is started again", status=status, pause_s=pause_s)
            self._wait(pause_s)
            if self._told:
                return 0

    def _one_life(self, again: bool) -> tuple[int, bool]:
        """The child's exit status, negative for a signal, and whether it ever listened."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                # a signal must find either our handler and the child's number, or the child's own handler
                signal.pthread_sigmask(signal.SIG_BLOCK, POLITE)
                sys.stdout.flush()
                self._pid = os.fork()
                if self._pid == 0:
                    ours.close()
                    self._be_the_server(theirs, again)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, POLITE)
            _, raw = os.waitpid(self._pid, 0)
            self._pid = 0
            ours.setblocking(False)
            with suppress(BlockingIOError, ConnectionError):
                return os.waitstatus_to_exitcode(raw), bool(ours.recv(1))
            return os.waitstatus_to_exitcode(raw), False

    def _be_the_server(self, lifeline: socket.socket, again: bool) -> None:
        """In the child, and never back into what the parent was doing."""
        status: int | str | None = 1
        try:
            # a terminal signals its whole group, and then the parent passes it on once more
            os.setpgid(0, 0)
            for number in POLITE:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, POLITE)
            threading.Thread(target=_die_with_parent, args=(lifeline,), name="die-with-parent", daemon=True).start()
            self._serve(partial(_tell, lifeline), again)
            status = 0
        except SystemExit as end:
            status = end.code
        except BaseException:
            log.exception("the server failed")
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status if isinstance(status, int) else 0 if status is None else 1)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        self._told = True
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)

    def _pause_s(self) -> float | None:
        now_s = time.monotonic()
        self._deaths_s = [at_s for at_s in self._deaths_s if now_s - at_s < FORGIVEN_AFTER_S] + [now_s]
        number = len(self._deaths_s) - 1
        return self._pauses_s[number] if number < len(self._pauses_s) else None

    def _wait(self, pause_s: float) -> None:
        until_s = time.monotonic() + pause_s
        while not self._told and time.monotonic() < until_s:
            time.sleep(LOOK_EVERY_S)


def _tell(lifeline: socket.socket) -> None:
    """That the server listens. There may be no supervisor any more, and then this process is about to end."""
    with suppress(OSError):
        lifeline.send(b"u")


def _die_with_parent(lifeline: socket.socket) -> None:
    """At once: a server whose supervisor was killed would hold the port against the next one."""
    poll = select.poll()
    poll.register(lifeline, select.POLLRDHUP)
    poll.poll()
    os._exit(1)


def _exit_status(status: int) -> int:
    """As shells tell of signals."""
    return 128 - status if status < 0 else status
