"""The command line: serve, talk, make keys, migrate, look for what is wrong."""

import asyncio
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.datastructures import State

from visavis.app import create_app
from visavis.cli import keys
from visavis.cli.doctor import examine
from visavis.cli.options import DataDir, read_settings
from visavis.cli.talk import talk
from visavis.core.errors import VisavisError
from visavis.db import migrate as migrations
from visavis.http import logs
from visavis.transports.wire import SIGNALLING_BYTES_MAX

app = typer.Typer(no_args_is_help=True, help="Realtime AI personas on your own server.", pretty_exceptions_enable=False)
app.add_typer(keys.app, name="keys")

PING_SECONDS = 20
DRAIN_SECONDS = 10


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes any.")] = 8000,
    data_dir: DataDir = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="PEM certificate chain; browsers off this machine need it.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM key of the certificate.")] = None,
) -> None:
    """Serve the API, the sessions and the Lab."""
    settings = read_settings(data_dir)
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together")
    logs.configure(settings.log_level, settings.log_format)
    application = create_app(settings)
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        ws_max_size=SIGNALLING_BYTES_MAX * 2,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
    )
    _Server(config, application.state).run()


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="A revision, or `head` for the newest.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go back to the revision; `base` removes everything.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring the database to a schema; `serve` does this by itself."""
    settings = read_settings(data_dir)
    settings.make_data_dir()
    step = migrations.downgrade if down else migrations.upgrade
    asyncio.run(step(settings.database, revision))
    print(f"The database is at {revision}.")


@app.command("talk")
def talk_in_terminal(
    persona: Annotated[str | None, typer.Option(help="The id of a persona; without it, a built-in one.")] = None,
    prompt: Annotated[str | None, typer.Option(help="Who it shall be: a system prompt for this talk only.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Talk to a persona in this terminal. An empty line interrupts, Ctrl-D ends."""
    if persona and prompt:
        raise typer.BadParameter("use --persona or --prompt, not both")
    settings = read_settings(data_dir)
    logs.configure("warning", settings.log_format)
    try:
        asyncio.run(talk(settings, persona, prompt))
    except VisavisError as error:
        print(error.message)
        raise typer.Exit(1) from None


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say which parts work here, what has fallen back, and what to do about it."""
    findings = asyncio.run(examine(read_settings(data_dir)))
    for finding in findings:
        print(f"{finding.mark:<9} {finding.part:<16} {finding.text}")
    if any(finding.mark == "broken" for finding in findings):
        raise typer.Exit(1)


class _Server(uvicorn.Server):
    """Says where it is once it listens, and ends sessions politely before it goes."""

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._state = state

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # clients that are told about the end do not try to come back, as they would after a socket that just closes
        await self._state.desk.host.close()
        await super().shutdown(sockets)

    def _announce(self) -> None:
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        url = self._state.public_url or f"{'https' if self.config.ssl else 'http'}://{shown}:{port}"
        key: str | None = self._state.first_key
        print(f"Lab      {url}/{f'#key={key}' if key else ''}")
        print(f"API      {url}/v1")
        if key:
            print(f"API key  {key}  (shown once; `visavis keys create` makes more)")
        print(flush=True, end="")
