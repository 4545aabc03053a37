"""Bringing a database to the present schema, or back; run at every start and safe to run twice at once."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, text

from visavis.db.session import EXCLUSIVE_LOCK, WRITES, complete, make_engine

SCRIPTS = "visavis.db:migrations"


async def upgrade(url: str, revision: str = "head") -> None:
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str = "base") -> None:
    await _run(url, lambda config: command.downgrade(config, revision))


async def _run(url: str, step: Callable[[Config], None]) -> None:
    engine = make_engine(complete(url), foreign_keys=False, poolclass=NullPool)
    try:
        async with engine.execution_options(**{WRITES: True}).begin() as connection:
            await connection.run_sync(_locked, step)
    finally:
        await engine.dispose()


def _locked(connection: Connection, step: Callable[[Config], None]) -> None:
    # the migration tool keeps its state in a global place: nobody else may be in it, not even in this process
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EXCLUSIVE_LOCK})
    else:
        connection.execute(text("SELECT 1"))  # with which the transaction takes SQLite's lock
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    step(config)
