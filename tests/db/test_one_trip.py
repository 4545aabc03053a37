"""SQLite asked once for each statement: what it says is what the plain driver says, with fewer questions."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from visavis.db import migrate
from visavis.db.models import Organization
from visavis.db.session import Database

NAMES = ("first", "second", "third")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path / 'v.db'}"
    await migrate.upgrade(url)
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the driver's threads were asked to do."""
    made: list[str] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, fn: Any, *arguments: Any, **options: Any) -> Any:
        made.append(fn.__name__)
        return await execute(self, fn, *arguments, **options)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return made


async def test_a_statement_is_one_trip(database: Database, trips: list[str]) -> None:
    async with database.writing() as session:  # the first one also opens a connection
        await session.execute(text("SELECT 1"))
    trips.clear()

    async with database.writing() as session:
        await session.execute(select(Organization))
    assert len(trips) == 2, "the statement that begins, and commit"
    trips.clear()

    async with database.writing() as session:
        await session.connection()
    assert trips == []
    trips.clear()

    assert await database.look(select(Organization.name), {}) is None
    assert len(trips) == 1


async def test_rows_come_as_they_are_asked_for(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(Organization), [{"id": name, "name": name} for name in NAMES])
        changed = await session.execute(update(Organization).values(name="new").where(Organization.id == "first"))
        assert changed.rowcount == 1  # type: ignore[attr-defined]
    async with database.reading() as session:
        found = await session.execute(select(Organization.id).order_by(Organization.id))
        assert (found.fetchone(), found.fetchmany(1), found.fetchall()) == (("first",), [("second",)], [("third",)])
    wanted = select(Organization.name).where(Organization.id == bindparam("wanted"))
    assert await database.look(wanted, {"wanted": "first"}) == ("new",)
    assert await database.look(wanted, {"wanted": "nobody"}) is None


async def test_errors_keep_their_kind_and_undo_the_transaction(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(insert(Organization), [{"id": "a", "name": "a"}, {"id": "a", "name": "b"}])
    with pytest.raises(OperationalError, match="no such table"):
        await write_and_fail(database)
    async with database.reading() as session:
        assert (await session.scalars(select(Organization))).all() == []


async def write_and_fail(database: Database) -> None:
    async with database.writing() as session:
        session.add(Organization(id="c", name="c"))
        await session.flush()
        await session.execute(text("SELECT * FROM no_such_table"))
