"""Rows of one organization, and transactions."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Forbidden, NotFound
from visavis.db.models import Llm, Persona, Session, now
from visavis.db.repository import Page, Repository, contains, find_each
from visavis.db.session import Database


def personas(session: AsyncSession, organization: str = "ours") -> Repository[Persona]:
    return Repository(session, Persona, organization, "persona")


async def test_rows_are_seen_by_their_organization_and_stock_by_all(database: Database) -> None:
    async with database.writing() as session:
        mine = await personas(session).add(Persona(name="Mine"))
        await personas(session, "theirs").add(Persona(name="Theirs"))
        session.add(Persona(id="stock", name="Stock"))

    async with database.reading() as session:
        found = await personas(session).list(Page())
        assert {row.name for row in found.rows} == {"Mine", "Stock"}
        assert found.total == 2
        assert await personas(session, "theirs").find(mine.id) is None
        assert set(await personas(session).get_many({mine.id, "stock", "nobody"})) == {mine.id, "stock"}
        with pytest.raises(NotFound, match=mine.id):
            await personas(session, "theirs").get(mine.id)


async def test_rows_of_several_tables_are_found_together(database: Database) -> None:
    async with database.writing() as session:
        session.add_all(
            [Persona(id="p", name="P", organization_id="ours"), Llm(id="stock", display_name="L", llm_format="x")]
        )
    async with database.reading() as session:
        llms = Repository(session, Llm, "ours", "LLM")
        persona, nobody, llm = await find_each((personas(session), "p"), (personas(session), None), (llms, "stock"))
        assert (persona.id, nobody, llm.id) == ("p", None, "stock")
        assert await find_each((personas(session, "theirs"), "p"), (llms, "nobody")) == [None, None]
        assert await find_each((llms, None)) == [None]


async def test_a_stock_row_that_was_found_outlives_a_transaction_that_fails(database: Database) -> None:
    async with database.writing() as session:
        session.add(Persona(id="stock", name="Stock"))

    async def find_and_fail() -> None:
        async with database.writing() as session:
            await personas(session).get("stock")
            await personas(session).get("nobody")

    with pytest.raises(NotFound):
        await find_and_fail()
    async with database.reading() as session:
        assert (await personas(session, "theirs").get("stock")).name == "Stock"


async def test_stock_rows_cannot_be_changed_or_removed(database: Database) -> None:
    async with database.writing() as session:
        session.add(Persona(id="stock", name="Stock"))
    async with database.writing() as session:
        with pytest.raises(Forbidden):
            await personas(session).own("stock")
        with pytest.raises(Forbidden):
            await personas(session).remove("stock")
        with pytest.raises(NotFound):
            await personas(session).remove("nobody")


async def test_pages_are_newest_first_and_stable(database: Database) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    async with database.writing() as session:
        for number in range(5):
            await personas(session).add(Persona(id=f"{number}", name="Same", created_at=moment))

    async with database.reading() as session:
        pages = [await personas(session).list(Page(number, 2)) for number in (1, 2, 3, 4)]

    assert [[row.id for row in page.rows] for page in pages] == [["0", "1"], ["2", "3"], ["4"], []]
    assert {page.total for page in pages} == {5}


async def test_search_takes_its_term_literally_and_ignores_case(database: Database) -> None:
    async with database.writing() as session:
        for name in ("100% Real", "1000 Real", "under_score", "underXscore"):
            await personas(session).add(Persona(name=name))

    async def names(term: str) -> list[str]:
        async with database.reading() as session:
            found = await personas(session).list(Page(), contains(Persona.name, term))
            return sorted(row.name for row in found.rows)

    assert await names("100%") == ["100% Real"]
    assert await names("R_S") == ["under_score"]
    assert await names("REAL") == ["100% Real", "1000 Real"]


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the transaction is what is tried
        async with database.writing() as session:
            await personas(session).add(Persona(id="p", name="Never"))
            raise RuntimeError

    async with database.reading() as session:
        assert await personas(session).find("p") is None


async def test_what_belongs_to_nobody_known_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await personas(session, "unknown").add(Persona(name="x"))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(Session(node="n"))  # a session is never stock


async def test_writers_wait_for_each_other(database: Database) -> None:
    """Each reads, hesitates and writes what it read plus one; on SQLite none may lose or fail."""
    async with database.writing() as session:
        await Repository(session, Llm, "ours", "LLM").add(Llm(id="l", display_name="0", llm_format="openai"))

    async def add_one() -> None:
        async with database.exclusive() as session:
            row = await Repository(session, Llm, "ours", "LLM").own("l")
            count = int(row.display_name)
            await asyncio.sleep(0)
            row.display_name = str(count + 1)

    await asyncio.gather(*(add_one() for _ in range(8)))

    async with database.reading() as session:
        assert (await Repository(session, Llm, "ours", "LLM").get("l")).display_name == "8"


async def test_times_keep_their_zone_and_their_milliseconds(database: Database) -> None:
    before = now()
    async with database.writing() as session:
        row = await personas(session).add(Persona(name="x"))
    async with database.reading() as session:
        found = await personas(session).get(row.id)

    assert found.created_at == row.created_at
    assert found.created_at.tzinfo is not None
    assert before <= found.created_at <= now()
    assert found.created_at.microsecond % 1000 == 0


async def test_a_database_that_is_gone_does_not_answer(database: Database) -> None:
    await database.check()
    gone = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OSError):  # noqa: PT011 - whatever the system says
        await gone.check()
    await gone.close()
