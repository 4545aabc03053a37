"""What several commands do with the database: bring it up to date, and work in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.cli.options import read_settings
from visavis.core.errors import VisavisError
from visavis.db import migrate
from visavis.db.session import Database

Result = TypeVar("Result")


def in_database(data_dir: Path | None, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Raises `typer.Exit` after saying what is wrong."""
    settings = read_settings(data_dir)

    async def run() -> Result:
        settings.make_data_dir()
        await migrate.upgrade(settings.database)
        database = Database(settings.database)
        try:
            async with database.exclusive() as session:
                return await work(session)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except VisavisError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
