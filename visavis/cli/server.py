"""The web server around the app: where it listens, what it says there, and how it ends."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.datastructures import State

from visavis.app import create_app
from visavis.core.tasks import cancel_and_wait
from visavis.providers import catalog
from visavis.settings import Settings
from visavis.transports.wire import SIGNALLING_BYTES_MAX

PING_SECONDS = 20
CONNECTIONS_CLOSED_WITHIN_S = 10
MODELS_SHOWN = 3
GARBAGE_LOOKED_FOR_AFTER = 10_000  # new objects; the default of 700 is less than a request makes


def preload() -> None:
    """Load now what a server would load when it starts, so that those that follow find it loaded."""
    catalog.load("llm", "openai_compatible")


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets for every address of the host, not listening yet. Raises `OSError`."""
    found: dict[tuple[int, str], socket.socket] = {}
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        made = socket.socket(family, kind, protocol)
        found[family, str(address[0])] = made
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            made.bind(address)
        except OSError:
            for opened in found.values():
                opened.close()
            raise
    return list(found.values())


def run(
    settings: Settings,
    sockets: Sequence[socket.socket],
    tls: tuple[Path, Path] | None,
    up: Callable[[], None],
    quiet: bool = False,
    link_key: str | None = None,
) -> None:
    """Serve until told to end. `up` is called when it listens; `quiet` leaves out where that is.

    `link_key` is the key in the link to the Lab, where the server has had keys before.
    """
    application = create_app(settings)
    application.state.own_ports = frozenset(sock.getsockname()[1] for sock in sockets)
    config = uvicorn.Config(
        application,
        ssl_certfile=tls[0] if tls else None,
        ssl_keyfile=tls[1] if tls else None,
        ws_max_size=SIGNALLING_BYTES_MAX * 2,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        timeout_graceful_shutdown=CONNECTIONS_CLOSED_WITHIN_S,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
    )
    Server(config, application.state, settings.drain_seconds * 1000, up, quiet, link_key).run(list(sockets))


def _spare_the_collector() -> None:
    """What was loaded so far stays for good: looking through it again and again would hold up pictures and requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_LOOKED_FOR_AFTER)


class Server(uvicorn.Server):
    """A first SIGTERM admits nobody any more and lets sessions end; a second one, or SIGINT, does not wait for them."""

    def __init__(
        self,
        config: uvicorn.Config,
        state: State,
        drain_ms: float,
        up: Callable[[], None],
        quiet: bool,
        link_key: str | None,
    ) -> None:
        super().__init__(config)
        self._state, self._drain_ms = state, drain_ms
        self._up, self._quiet, self._link_key = up, quiet, link_key
        self._loop: asyncio.AbstractEventLoop | None = None
        self._draining: asyncio.Task[None] | None = None
        self._offering: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self.started:
            _spare_the_collector()
            if not self._quiet:
                self._announce()
                self._offering = asyncio.create_task(self._offer_minds(), name="offer-minds")
            self._up()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Not the original's, which ends the process by the signal once more after everything is over."""
        if self.should_exit:
            self.force_exit = self.force_exit or sig == signal.SIGINT
        elif sig == signal.SIGTERM and self._draining is None and self.started and self._loop is not None:
            self._loop.call_soon_threadsafe(self._drain)
        else:
            self.should_exit = True

    def _drain(self) -> None:
        if self._draining is None:
            self._draining = asyncio.create_task(self._end_when_drained(), name="drain")

    async def _end_when_drained(self) -> None:
        try:
            await self._state.desk.host.drain(self._drain_ms)
        finally:
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # clients that are told about the end do not try to come back, as they would after a socket that just closes
        await cancel_and_wait(self._offering)
        await self._state.desk.host.close()
        await super().shutdown(sockets)

    async def _offer_minds(self) -> None:
        """Language models on this machine, where the operator chose none. The start does not wait for them."""
        if self._state.settings.llm_url:
            return
        for found in await self._state.minds.discover():
            models = ", ".join(found.models[:MODELS_SHOWN])
            print(f"Found    {found.label} at {found.url} with {models}. It is not used: to let it think, set")
            print(f"         VISAVIS_LLM_URL={found.url} VISAVIS_LLM_MODEL={found.models[0]}", flush=True)

    def _announce(self) -> None:
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        url = self._state.public_url or f"{'https' if self.config.ssl else 'http'}://{shown}:{port}"
        key: str | None = self._state.first_key
        signed_in = key or self._link_key
        print(f"Lab      {url}/{f'#key={signed_in}' if signed_in else ''}")
        print(f"API      {url}/v1")
        if key:
            print(f"API key  {key}  (shown once; `visavis keys create` makes more)")
        print(flush=True, end="")
