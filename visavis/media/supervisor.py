"""Child processes with one owner: started with a handshake, restarted when they die, stopped without a trace."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from visavis.core.tasks import cancel_and_wait
from visavis.media.channel import ChildLink, Message

_log = logging.getLogger(__name__)

READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 2.0
_BACKOFF_FIRST_S = 0.1
_BACKOFF_MAX_S = 10.0
# A child that lived this long was healthy; its death starts the backoff anew.
_HEALTHY_AFTER_S = 10.0
# More deaths than this in a row, and the supervisor calls itself unhealthy.
_DEATHS_TOLERATED = 3


class ChildFailed(Exception):
    """A child process did not get as far as its handshake."""


class Child:
    """One life of one child process.

    The first message to a child is `configure`, its first answer `ready`; everything after goes to `on_message`.
    """

    def __init__(self, module: str, on_message: Callable[[Message], None], nice: int = 0) -> None:
        self._module = module
        self._on_message = on_message
        self._nice = nice
        self._ready = asyncio.Event()
        self._link = ChildLink(self._receive)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def ready(self) -> bool:
        return self._ready.is_set() and not self._link.lost.is_set()

    @property
    def unsent_bytes(self) -> int:
        return self._link.unsent_bytes

    async def start(self, configuration: Mapping[str, Any], within_s: float = READY_WITHIN_S) -> None:
        """Returns when the child is ready. Raises `ChildFailed`; nothing is left running then."""
        try:
            async with asyncio.timeout(within_s):
                await self._spawn()
                self.send("configure", **configuration)
                await self._first_word()
        except BaseException as error:
            await self.stop()
            if isinstance(error, OSError | TimeoutError):
                raise ChildFailed(f"{self._module} did not start: {type(error).__name__}") from error
            raise

    async def _spawn(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            loop = asyncio.get_running_loop()
            await loop.create_unix_connection(lambda: self._link, sock=ours)
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", self._module, "--fd", str(theirs.fileno()), "--nice", str(self._nice)),
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
            )

    async def _first_word(self) -> None:
        ready, lost = asyncio.create_task(self._ready.wait()), asyncio.create_task(self._link.lost.wait())
        try:
            await asyncio.wait((ready, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel_and_wait(ready, lost)
        if not self._ready.is_set():
            raise ChildFailed(f"{self._module} ended before it was ready")

    def _receive(self, message: Message) -> None:
        if self._ready.is_set():
            self._on_message(message)
        elif message.kind == "ready":
            self._ready.set()

    def send(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None:
        """Never blocks; a message to a child that is gone is lost, as everything it knew is."""
        self._link.send(Message(kind, fields, payload))

    async def wait_lost(self) -> None:
        """Returns when the channel is closed: the child ended, broke the wire, or stopped reading."""
        await self._link.lost.wait()

    def kill(self) -> None:
        """At once, without waiting for the end; `stop` must still be called."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        self._link.close()

    async def stop(self) -> None:
        """End the child and see it gone, even when whoever waits for that is cancelled."""
        ending = asyncio.create_task(self._end(), name=f"stop {self._module}")
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait((ending,))
            raise

    async def _end(self) -> None:
        """Closing the channel ends a child; one that does not notice is killed."""
        self._link.close()
        if self._process is None:
            return
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def _environment() -> dict[str, str]:
    """The parent's environment, import path included; one thread for libraries that would take every core."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return {**os.environ, **threads, "PYTHONPATH": path}


class Supervisor:
    """Keeps one child alive. `on_up` and `on_down` are called on the event loop at each birth and death."""

    def __init__(
        self,
        module: str,
        configuration: Mapping[str, Any],
        on_message: Callable[[Message], None],
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
        nice: int = 0,
    ) -> None:
        self._module = module
        self._configuration = configuration
        self._on_message = on_message
        self._on_up = on_up
        self._on_down = on_down
        self._nice = nice
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None
        self._first_try_over = asyncio.Event()
        self._deaths_in_a_row = 0
        self.restarts = 0

    @property
    def up(self) -> bool:
        return self._child is not None and self._child.ready

    @property
    def healthy(self) -> bool:
        """False when it is down and restarts keep failing, or before the first start."""
        return self.up or (self._task is not None and 0 < self._deaths_in_a_row <= _DEATHS_TOLERATED)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self) -> None:
        """Returns when the first child is ready, or has failed to start and goes on being tried."""
        self._task = asyncio.create_task(self._supervise(), name=f"supervise {self._module}")
        await self._first_try_over.wait()

    def send(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None:
        if self._child is not None:
            self._child.send(kind, payload, **fields)

    def kill(self) -> None:
        """End a child that hangs; the next one follows by itself."""
        if self._child is not None:
            self._child.kill()

    async def stop(self) -> None:
        await cancel_and_wait(self._task)
        self._task = None

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        backoff_s = _BACKOFF_FIRST_S
        while True:
            born_s = loop.time()
            await self._one_life()
            if loop.time() - born_s > _HEALTHY_AFTER_S:
                backoff_s, self._deaths_in_a_row = _BACKOFF_FIRST_S, 0
            self._deaths_in_a_row += 1
            self.restarts += 1
            await asyncio.sleep(backoff_s)
            backoff_s = min(backoff_s * 2, _BACKOFF_MAX_S)

    async def _one_life(self) -> None:
        child = Child(self._module, self._on_message, self._nice)
        try:
            await child.start(self._configuration)
        except ChildFailed as error:
            _log.error("%s", error)
            self._first_try_over.set()
            return
        self._child = child
        self._first_try_over.set()
        try:
            self._on_up()
            await child.wait_lost()
            _log.error("a child process (%s, pid %s) died and will be restarted", self._module, child.pid)
        finally:
            self._child = None
            self._on_down()
            await child.stop()
