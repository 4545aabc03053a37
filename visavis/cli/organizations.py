"""`visavis organizations`: who shares this server, and what each wants."""

from typing import Annotated

import typer

from visavis.cli.database import in_database
from visavis.cli.options import DataDir
from visavis.resources.organizations import service

app = typer.Typer(no_args_is_help=True, help="Organizations: who owns personas, keys and sessions.")


@app.command("list")
def show(data_dir: DataDir = None) -> None:
    """Say which there are, and whether their sessions are filmed."""
    found = in_database(data_dir, service.list_organizations)
    rows = [("id", "films", "name"), *((one.id, "yes" if one.films_sessions else "no", one.name) for one in found)]
    for identity, films, name in rows:
        print(f"{identity:<36}  {films:<5}  {name}")


@app.command("change")
def change(
    name: Annotated[str, typer.Argument(help="The organization's name.")],
    film: Annotated[
        bool,
        typer.Option("--film/--no-film", help="Whether sessions are filmed that do not say what they want."),
    ],
    data_dir: DataDir = None,
) -> None:
    """Change what an organization wants. Sessions that already run stay as they began."""
    in_database(data_dir, lambda session: service.film_sessions(session, name, film))
    print(f'Sessions of "{name}" are {"filmed" if film else "not filmed"} unless they say otherwise.')
