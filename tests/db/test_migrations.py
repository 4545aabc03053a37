"""The schema goes up and down on both databases, and is what the models say."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from visavis.db import migrate
from visavis.db.models import Base, Organization
from visavis.db.session import Database, complete, make_engine


async def look(url: str, at: Any) -> Any:
    engine = make_engine(complete(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(at)
    finally:
        await engine.dispose()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


# What one database has and the other has not, so that no model can say it: migration 0003.
ONE_DATABASE_ALONE = ("knowledge_words", "knowledge_vectors", "words")


def differences(connection: Connection) -> list[Any]:
    def is_common(name: str | None, kind: str, parents: Any) -> bool:
        return not (name or "").startswith(ONE_DATABASE_ALONE)

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_common})
    return compare_metadata(context, Base.metadata)


async def test_up_down_and_up_again(database_url: str) -> None:
    await migrate.upgrade(database_url)
    assert set(Base.metadata.tables) <= await look(database_url, tables)
    assert await look(database_url, differences) == []

    await migrate.downgrade(database_url)
    assert await look(database_url, tables) <= {"alembic_version"}

    await migrate.upgrade(database_url)
    await migrate.upgrade(database_url)
    assert await look(database_url, differences) == []


async def test_servers_that_start_together_do_not_disturb_each_other(database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(database_url) for _ in range(3)))

    assert await look(database_url, differences) == []


async def test_what_is_stored_survives_an_upgrade(database_url: str) -> None:
    await migrate.upgrade(database_url)
    database = Database(database_url)
    async with database.writing() as session:
        session.add(Organization(id="o", name="Kept"))
    await database.close()

    await migrate.upgrade(database_url)

    database = Database(database_url)
    async with database.reading() as session:
        kept = await session.get(Organization, "o")
    await database.close()
    assert kept is not None
    assert kept.name == "Kept"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("postgres://u@h/n", "postgresql+asyncpg"),
        ("postgresql://u@h/n", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@h/n", "postgresql+asyncpg"),
    ],
)
def test_addresses_are_completed_with_our_drivers(given: str, driver: str) -> None:
    assert complete(given).drivername == driver
