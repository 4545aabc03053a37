"""`visavis keys`: who may use this server's API."""

import time
from typing import Annotated, TypeVar

import typer

from visavis.cli.database import in_database
from visavis.cli.options import DataDir
from visavis.db.models import ApiKey, Organization
from visavis.http.auth import KEY_TRUSTED_S
from visavis.http.permissions import EVERYTHING
from visavis.resources.organizations import service

Result = TypeVar("Result")
COLUMNS = ("id", "organization", "label", "prefix", "permissions", "created", "revoked")

app = typer.Typer(no_args_is_help=True, help="API keys.")


@app.command("create")
def create(
    organization: Annotated[
        str, typer.Option(help="Whose key; made when it does not exist yet.")
    ] = service.DEFAULT_ORGANIZATION,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    permission: Annotated[
        list[str] | None, typer.Option(help="What it may do, such as `personas:read`; repeat it for several.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a new API key. It cannot be shown again."""
    granted = permission or [EVERYTHING]
    print(in_database(data_dir, lambda session: service.create_key(session, organization, label, granted)))


@app.command("list")
def show(
    organization: Annotated[str | None, typer.Option(help="Only the keys of this one.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Say which keys there are; never the keys themselves."""
    found = in_database(data_dir, lambda session: service.list_keys(session, organization))
    rows = [COLUMNS, *(_cells(key, owner) for key, owner in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, or its prefix: the first characters of the key.")],
    data_dir: DataDir = None,
) -> None:
    """Make a key and the session tokens it asked for worthless, for good. When this ends, no server takes it."""
    revoked = in_database(data_dir, lambda session: service.revoke_key(session, key))
    time.sleep(KEY_TRUSTED_S)
    print(f'Revoked {revoked.id} ("{revoked.label}").')


def _cells(key: ApiKey, owner: Organization) -> tuple[str, ...]:
    revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "-"
    granted = " ".join(key.permissions)
    return key.id, owner.name, key.label, key.prefix or "-", granted, f"{key.created_at:%Y-%m-%d %H:%M}", revoked
