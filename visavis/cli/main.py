"""The command line: serve, drain, talk, perform conversations, keys, faces, models, migrations, the doctor."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from visavis.cli import avatars, claim, keys, models, organizations, server
from visavis.cli.database import in_database
from visavis.cli.evaluate import eval_conversations
from visavis.cli.options import DataDir, read_settings
from visavis.cli.provider_check import ask_all
from visavis.cli.supervisor import Supervisor
from visavis.cli.talk import talk
from visavis.core.errors import VisavisError
from visavis.db import migrate as migrations
from visavis.doctor import examine
from visavis.http import logs
from visavis.resources.organizations.service import link_key

app = typer.Typer(no_args_is_help=True, help="Realtime AI personas on your own server.", pretty_exceptions_enable=False)
app.add_typer(keys.app, name="keys")
app.add_typer(organizations.app, name="organizations")
app.add_typer(avatars.app, name="avatars")
app.add_typer(models.app, name="models")
app.command("eval")(eval_conversations)

DRAINED_LOOK_EVERY_S = 0.2


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes any.")] = 8000,
    data_dir: DataDir = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="PEM certificate chain; browsers off this machine need it.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM key of the certificate.")] = None,
    supervised: Annotated[
        bool,
        typer.Option(
            "--supervisor/--no-supervisor", help="Start the server again when it dies; or leave that to others."
        ),
    ] = True,
    link: Annotated[
        bool,
        typer.Option("--link", help="Print a link that signs in to the Lab; that of the start before stops working."),
    ] = False,
) -> None:
    """Serve the API, the sessions and the Lab. SIGTERM lets sessions end first, a second one does not wait."""
    settings = read_settings(data_dir)
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together")
    logs.configure(settings.log_level, settings.log_format)
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    settings.make_data_dir()
    try:
        claim.claim(settings.data_dir)
        sockets = server.bind(host, port)
    except claim.Taken as taken:
        print(f"Cannot start: {taken}; stop it, or give this one its own --data-dir")
        raise typer.Exit(3) from None
    except OSError as error:
        print(f"Cannot listen on {host}:{port}: {error.strerror or error}")
        raise typer.Exit(3) from None
    key = in_database(data_dir, link_key) if link else None
    if not supervised:
        server.run(settings, sockets, tls, up=lambda: None, link_key=key)
        return
    server.preload()
    child = Supervisor(lambda up, again: server.run(settings, sockets, tls, up, quiet=again, link_key=key))
    raise typer.Exit(child.run())


@app.command()
def drain(
    data_dir: DataDir = None,
    wait: Annotated[bool, typer.Option(help="Return only when the server has ended.")] = True,
) -> None:
    """Have a running server admit nobody any more, let its sessions end (VISAVIS_DRAIN_SECONDS), and end itself."""
    folder = read_settings(data_dir).data_dir
    pid = claim.owner(folder)
    if not pid:
        print(f"No server uses the data directory {folder}.")
        raise typer.Exit(1)
    os.kill(pid, signal.SIGTERM)
    print("The server starts no new sessions and ends when those it has are over.")
    while wait and claim.owner(folder):
        time.sleep(DRAINED_LOOK_EVERY_S)


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
def doctor(
    what: Annotated[
        Literal["machine", "providers"],
        typer.Argument(help="`providers` makes one cheap call to each voice, ear and mind that is set up."),
    ] = "machine",
    data_dir: DataDir = None,
) -> None:
    """Say which parts work here, what has fallen back, and what to do about it."""
    settings = read_settings(data_dir)
    findings = asyncio.run(examine(settings) if what == "machine" else ask_all(settings))
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        print(f"{finding.mark:<9} {finding.part:<{width}} {finding.text}")
    if any(finding.mark == "broken" for finding in findings):
        raise typer.Exit(1)
