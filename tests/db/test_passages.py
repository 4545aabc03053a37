"""Every way of storing passages answers alike: SQLite, PostgreSQL as it comes, and PostgreSQL with pgvector."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, text

from tests import postgres
from visavis.db import migrate
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup, Organization
from visavis.db.passages import store_for
from visavis.db.passages.base import Hit, NewChunk, PassageStore, Scope, Vector, as_stored
from visavis.db.passages.matrices import Matrices
from visavis.db.session import Database

VECTORS = {"sqlite": "numpy", "postgresql": "numpy", "pgvector": "pgvector"}
OURS = Scope("ours", {"g-1": 0})


def vector(*values: float) -> Vector:
    made = np.array(values, np.float32)
    return made / np.linalg.norm(made)


EAST, NORTH, NORTH_EAST = vector(1, 0, 0), vector(0, 1, 0), vector(1, 1, 0)


class Shelf:
    """A store with two groups of one organization and one of another, each with one READY document."""

    def __init__(self, database: Database, store: PassageStore) -> None:
        self.database, self.store = database, store
        self._index = 0

    async def prepare(self) -> None:
        await self.store.open()
        async with self.database.writing() as session:
            session.add_all([Organization(id="ours", name="Ours"), Organization(id="theirs", name="Theirs")])
            await session.flush()
            for group, organization in (("g-1", "ours"), ("g-2", "ours"), ("g-3", "theirs")):
                session.add(KnowledgeGroup(id=group, organization_id=organization, name=group))
                await session.flush()
                await self.document(session, f"d{group}", group, organization)

    async def document(self, session: Any, name: str, group: str, organization: str, status: str = "READY") -> None:
        row = KnowledgeDocument(
            id=name, organization_id=organization, group_id=group, filename=name, file_type="text/plain",
            status=status, chunk_size=1000, chunk_overlap=0,
        )  # fmt: skip
        session.add(row)
        await session.flush()

    async def add(self, content: str, embedding: Vector | None = None, group: str = "g-1", **options: str) -> None:
        self._index += 1
        chunk = NewChunk(
            organization_id="theirs" if group == "g-3" else "ours", group_id=group,
            document_id=options.get("document", f"d{group}"), chunk_index=self._index, content=content,
            chunk_metadata={}, embedding=None if embedding is None else as_stored(embedding),
            embedding_model=options.get("model", "m" if embedding is not None else ""),
        )  # fmt: skip
        async with self.database.writing() as session:
            await self.store.add(session, [chunk])

    async def words(self, query: str, scope: Scope = OURS, limit: int = 10) -> list[str]:
        async with self.database.reading() as session:
            return await self._contents(session, await self.store.by_words(session, scope, query, limit))

    async def near(self, to: Vector, scope: Scope = OURS, limit: int = 10, model: str = "m") -> list[str]:
        async with self.database.reading() as session:
            hits = await self.store.by_vector(session, scope, model, to, limit)
            assert all(-1.001 <= hit.score <= 1.001 for hit in hits)
            return await self._contents(session, hits)

    async def _contents(self, session: Any, hits: list[Hit]) -> list[str]:
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        return [(await session.get(KnowledgeChunk, hit.chunk_id)).content for hit in hits]


@pytest.fixture(params=["sqlite", "postgresql", "pgvector"])
async def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shelf]:
    cluster: postgres.Cluster | None = None
    url = f"sqlite:///{tmp_path / 'visavis.db'}"
    if request.param != "sqlite":
        name = {"postgresql": "postgres_cluster", "pgvector": "pgvector_cluster"}[request.param]
        cluster = request.getfixturevalue(name)
        url = cluster.new_database()
    await migrate.upgrade(url)
    database = Database(url)
    shelf = Shelf(database, store_for(database))
    await shelf.prepare()
    assert shelf.store.vectors == VECTORS[request.param]
    yield shelf
    await database.close()
    if cluster is not None:
        cluster.drop_database(url)


# --- words --------------------------------------------------------------------------------------------------------


async def test_rare_words_weigh_more_than_common_ones(shelf: Shelf) -> None:
    for number in range(6):
        await shelf.add(f"The drill of shop {number} has a battery, a battery and a battery.")
    await shelf.add("The XK-4420 is a drill.")

    assert (await shelf.words("which battery does the drill XK-4420 have"))[0] == "The XK-4420 is a drill."
    assert await shelf.words("what is it") == []
    assert await shelf.words("unheard of") == []


async def test_forms_of_a_word_are_one_and_accents_do_not_hide_it(shelf: Shelf) -> None:
    await shelf.add("Batteries are recycled.")
    assert await shelf.words("recycling a battery") == ["Batteries are recycled."]


async def test_only_the_groups_asked_for_are_searched_and_only_their_ready_documents(shelf: Shelf) -> None:
    async with shelf.database.writing() as session:
        await shelf.document(session, "waiting", "g-1", "ours", "PROCESSING")
    for group in ("g-1", "g-2", "g-3"):
        await shelf.add(f"heliotrope {group}", EAST, group)
    await shelf.add("heliotrope waiting", EAST, document="waiting")

    both = Scope("ours", {"g-1": 0, "g-2": 0})
    assert await shelf.words("heliotrope") == await shelf.near(EAST) == ["heliotrope g-1"]
    assert set(await shelf.words("heliotrope", both)) == {"heliotrope g-1", "heliotrope g-2"}
    assert set(await shelf.near(EAST, both)) == {"heliotrope g-1", "heliotrope g-2"}
    assert await shelf.words("heliotrope", Scope("ours", {})) == await shelf.near(EAST, Scope("ours", {})) == []
    assert await shelf.words("heliotrope", Scope("ours", {"g-3": 0})) == []
    assert len(await shelf.words("heliotrope", both, limit=1)) == len(await shelf.near(EAST, both, limit=1)) == 1


@pytest.mark.parametrize(
    "query", ['"', "a' OR 1=1 --", "NEAR(x y)", "grouping : g1", "\\", "& | !", "::tsquery", "🙂", ":x"]
)
async def test_no_query_is_an_operator(shelf: Shelf, query: str) -> None:
    await shelf.add("heliotrope")
    assert await shelf.words(query) == []
    assert await shelf.words(f"{query} heliotrope") == ["heliotrope"]


async def test_what_is_deleted_is_found_by_nothing(shelf: Shelf) -> None:
    await shelf.add("heliotrope", EAST)
    await shelf.add("heliotrope", EAST, "g-2")
    async with shelf.database.writing() as session:
        await session.execute(delete(KnowledgeDocument).where(KnowledgeDocument.id == "dg-1"))
        await session.execute(delete(KnowledgeGroup).where(KnowledgeGroup.id == "g-2"))
        if shelf.database.url.get_backend_name() == "sqlite":
            # raises when the index and the table do not agree
            await session.execute(text("INSERT INTO knowledge_words (knowledge_words) VALUES ('integrity-check')"))

    scope = Scope("ours", {"g-1": 1, "g-2": 1})
    assert await shelf.words("heliotrope", scope) == await shelf.near(EAST, scope) == []


# --- vectors ------------------------------------------------------------------------------------------------------


async def test_the_nearest_comes_first(shelf: Shelf) -> None:
    await shelf.add("north", NORTH)
    await shelf.add("north-east", NORTH_EAST)
    await shelf.add("east", EAST)
    await shelf.add("no vector")

    assert await shelf.near(EAST) == ["east", "north-east", "north"]
    assert await shelf.near(EAST, limit=2) == ["east", "north-east"]


async def test_vectors_of_another_model_or_size_are_not_compared(shelf: Shelf) -> None:
    await shelf.add("ours", EAST)
    await shelf.add("other model", EAST, model="it's: other")

    assert await shelf.near(EAST) == ["ours"]
    assert await shelf.near(EAST, model="it's: other") == ["other model"]
    assert await shelf.near(vector(1, 0)) == []


async def test_a_new_model_takes_the_place_of_the_old_one(shelf: Shelf) -> None:
    await shelf.add("passage", EAST)
    assert await shelf.near(EAST) == ["passage"]
    async with shelf.database.writing() as session:
        chunk_id = (await session.scalars(text("SELECT id FROM knowledge_chunks"))).one()
        await shelf.store.embed(session, "new", {chunk_id: vector(1, 2, 3, 4)})

    later = Scope("ours", {"g-1": 1})
    assert await shelf.near(EAST, later) == []
    assert await shelf.near(vector(1, 2, 3, 4), later, model="new") == ["passage"]


async def test_a_group_is_read_anew_when_its_revision_says_so(shelf: Shelf) -> None:
    await shelf.add("first", EAST)
    assert await shelf.near(EAST) == ["first"]
    await shelf.add("second", NORTH_EAST)

    assert await shelf.near(EAST, Scope("ours", {"g-1": 1})) == ["first", "second"]


async def test_vectors_that_were_stored_before_the_extension_came_are_caught_up_with(shelf: Shelf) -> None:
    if shelf.store.vectors != "pgvector":
        assert await shelf.near(EAST) == []
        return
    await shelf.add("early", EAST)
    async with shelf.database.writing() as session:
        await session.execute(text("DELETE FROM knowledge_vectors"))
    assert await shelf.near(EAST) == []

    again = store_for(shelf.database)
    await again.open()
    assert await shelf.near(EAST) == ["early"]
    async with shelf.database.reading() as session:
        indexes = (
            await session.scalars(text("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'knowledge_v%'"))
        ).all()
    assert any("hnsw" in definition for definition in indexes)


async def test_the_schema_goes_down_with_everything_that_was_made_later(shelf: Shelf) -> None:
    await shelf.add("passage", EAST)
    await shelf.database.close()
    await migrate.downgrade(shelf.database.url.render_as_string(hide_password=False))
    await migrate.upgrade(shelf.database.url.render_as_string(hide_password=False))
    await shelf.prepare()
    assert await shelf.near(EAST, Scope("ours", {"g-1": 5})) == []


async def test_memory_for_matrices_is_bounded(shelf: Shelf) -> None:
    await shelf.add("one", EAST)
    await shelf.add("two", NORTH, "g-2")
    matrices = Matrices(memory_bytes_max=EAST.nbytes)

    async with shelf.database.reading() as session:
        hits = await matrices.find(session, Scope("ours", {"g-1": 0, "g-2": 0}), "m", EAST, 5)

    assert [round(hit.score) for hit in hits] == [1, 0]
    assert matrices.memory_bytes == EAST.nbytes
