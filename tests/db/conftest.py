"""A migrated database with two organizations."""

from collections.abc import AsyncIterator

import pytest

from visavis.db import migrate
from visavis.db.models import Organization
from visavis.db.session import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await migrate.upgrade(database_url)
    database = Database(database_url)
    async with database.writing() as session:
        session.add_all([Organization(id="ours", name="Ours"), Organization(id="theirs", name="Theirs")])
    yield database
    await database.close()
