"""The queue of documents: every one comes to an end, whatever happens to files, servers and embedders."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from tests.media import documents
from tests.providers.fake_embeddings import FakeEmbeddings
from visavis.core.errors import Unavailable
from visavis.core.passages import Piece
from visavis.db import migrate
from visavis.db.blobs import Blobs
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup, Organization, now
from visavis.db.passages import store_for
from visavis.db.session import Database
from visavis.media.parser import DocumentParser
from visavis.providers.embeddings.openai_compatible import OpenAiEmbeddings
from visavis.resources.knowledge.ingest import ATTEMPTS_MAX, Ingest, Parser
from visavis.resources.knowledge.retrieval import Retrieval
from visavis.resources.knowledge.schemas import TYPES
from visavis.resources.knowledge.vectors import Vectors

WITHIN_S = 20.0
TEXT = "Dogs are welcome.\n\nThe pool is warm.\n\nThe code is T-300."


class Place:
    """A database with one group, a folder for files, and servers that come and go."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.blobs, self.store = database, Blobs(folder), store_for(database)
        self.wake: Callable[[], None] = lambda: None

    async def prepare(self) -> None:
        await self.store.open()
        async with self.database.writing() as session:
            session.add(Organization(id="ours", name="Ours"))
            await session.flush()
            session.add(KnowledgeGroup(id="group", organization_id="ours", name="Group"))

    async def add(self, content: bytes = TEXT.encode(), kind: str = "txt", **columns: Any) -> str:
        blob = await self.blobs.put("ours", content, f".{kind}", 1 << 30)
        given = {"status": "PROCESSING", "chunk_size": 20, "chunk_overlap": 0, "blob": blob, **columns}
        row = KnowledgeDocument(
            organization_id="ours", group_id="group", filename=f"a.{kind}", file_type=TYPES[kind], **given
        )
        async with self.database.writing() as session:
            session.add(row)
        return row.id

    @asynccontextmanager
    async def server(
        self, parser: Parser | None = None, node: str = "here", embeddings: str = "", model: str = "m", **options: int
    ) -> AsyncIterator[Retrieval]:
        embedder = None
        if embeddings:
            embedder = OpenAiEmbeddings(OpenAiEmbeddings.Settings(url=embeddings, model=model))
        vectors = Vectors(self.database, embedder, try_again_s=0.05)
        ingest = Ingest(self.database, self.blobs, self.store, parser or DocumentParser(), vectors, node, **options)
        self.wake = ingest.wake
        await ingest.start()
        try:
            yield Retrieval(self.database, self.store, vectors)
        finally:
            await ingest.stop()
            if embedder is not None:
                await embedder.close()

    async def document(self, document_id: str) -> KnowledgeDocument | None:
        async with self.database.reading() as session:
            return await session.get(KnowledgeDocument, document_id)

    async def ended(self, document_id: str) -> KnowledgeDocument:
        async with asyncio.timeout(WITHIN_S):
            while True:
                row = await self.document(document_id)
                if row is not None and row.status in ("READY", "FAILED"):
                    return row
                await asyncio.sleep(0.02)

    async def chunks(self, **where: str) -> int:
        conditions = [getattr(KnowledgeChunk, name) == value for name, value in where.items()]
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(KnowledgeChunk).where(*conditions)) or 0

    async def until_chunks(self, count: int, **where: str) -> None:
        async with asyncio.timeout(WITHIN_S):
            while await self.chunks(**where) != count:  # noqa: ASYNC110 - the table is all that tells
                await asyncio.sleep(0.02)


class Patient:
    """A `Parser` that hands over one piece and then waits to be told what to do."""

    def __init__(self) -> None:
        self.reading, self.go_on = asyncio.Event(), asyncio.Event()
        self.times = 0

    async def pieces(self, path: Path, kind: str, size: int, overlap: int) -> AsyncGenerator[list[Piece]]:
        self.times += 1
        yield [Piece("first")]
        self.reading.set()
        await self.go_on.wait()
        yield [Piece("second")]


class Refusing:
    """A `Parser` that cannot start at first."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def pieces(self, path: Path, kind: str, size: int, overlap: int) -> AsyncGenerator[list[Piece]]:
        self.asked.set()
        raise Unavailable("no processes")
        yield []


class Broken:
    async def pieces(self, path: Path, kind: str, size: int, overlap: int) -> AsyncGenerator[list[Piece]]:
        yield [Piece("first")]
        raise RuntimeError("something private")


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    await migrate.upgrade(database_url)
    database = Database(database_url)
    made = Place(database, tmp_path / "files")
    await made.prepare()
    yield made
    await database.close()


@pytest.fixture
def embeddings() -> Iterator[FakeEmbeddings]:
    with FakeEmbeddings() as running:
        yield running


# --- files --------------------------------------------------------------------------------------------------------


async def test_a_document_is_read_and_the_group_says_that_it_changed(place: Place) -> None:
    document_id = await place.add()
    async with place.server():
        row = await place.ended(document_id)

    assert (row.status, row.error_message, row.lease_until) == ("READY", None, None)
    assert await place.chunks(document_id=document_id) == 3
    async with place.database.reading() as session:
        group = await session.get(KnowledgeGroup, "group")
    assert group is not None
    assert group.revision > 0
    assert group.updated_at is None


async def test_a_bomb_fails_while_other_documents_are_read(place: Place) -> None:
    bomb = await place.add(documents.zip_bomb(60 << 20), "docx")
    small = await place.add()
    async with place.server(DocumentParser(memory_bytes=220 << 20)):
        assert (await place.ended(small)).status == "READY"
        row = await place.ended(bomb)

    assert row.status == "FAILED"
    assert row.error_message
    assert await place.chunks(document_id=bomb) == 0


async def test_a_table_of_too_many_passages_fails_with_advice(place: Place) -> None:
    document_id = await place.add(b"a,b\n" + b"1,2\n" * 20_000, "csv", chunk_size=50)
    async with place.server(chunks_max=1000):
        row = await place.ended(document_id)

    assert (row.status, "chunkSize" in (row.error_message or "")) == ("FAILED", True)
    assert await place.chunks() == 0


async def test_a_file_that_is_gone_and_an_error_of_ours_fail_without_telling_secrets(place: Place) -> None:
    gone, broken = await place.add(blob="ours/none.txt"), await place.add()
    async with place.server(Broken()):
        assert "gone" in ((await place.ended(gone)).error_message or "")
        row = await place.ended(broken)

    assert row.status == "FAILED"
    assert "private" not in (row.error_message or "")
    assert await place.chunks() == 0


async def test_a_document_that_is_deleted_while_it_is_read_leaves_nothing(place: Place) -> None:
    document_id, parser = await place.add(), Patient()
    async with place.server(parser):
        await parser.reading.wait()
        async with place.database.writing() as session:
            await session.execute(delete(KnowledgeDocument).where(KnowledgeDocument.id == document_id))
        parser.go_on.set()
        next_one = await place.add()
        place.wake()
        await place.until_chunks(2, document_id=next_one)

    assert await place.chunks(document_id=document_id) == 0


# --- servers ------------------------------------------------------------------------------------------------------


async def test_what_was_cut_off_is_read_again_from_the_beginning(place: Place) -> None:
    document_id, parser = await place.add(), Patient()
    async with place.server(parser):
        await parser.reading.wait()
    assert await place.chunks() == 1
    row = await place.document(document_id)
    assert row is not None
    assert row.status == "PROCESSING"

    async with place.server():
        assert (await place.ended(document_id)).status == "READY"
    assert await place.chunks() == 3


async def test_a_document_is_left_to_whoever_reads_it_until_the_lease_runs_out(place: Place) -> None:
    held = await place.add(worker="elsewhere", lease_until=now() + timedelta(minutes=1))
    abandoned = await place.add(worker="elsewhere", lease_until=now() - timedelta(seconds=1))
    async with place.server():
        assert (await place.ended(abandoned)).status == "READY"
        row = await place.document(held)

    assert row is not None
    assert (row.status, row.worker) == ("PROCESSING", "elsewhere")


async def test_a_document_that_takes_servers_down_is_given_up(place: Place) -> None:
    document_id = await place.add(attempts=ATTEMPTS_MAX)
    async with place.server():
        row = await place.ended(document_id)

    assert row.status == "FAILED"
    assert "cut off" in (row.error_message or "")


async def test_two_servers_never_read_the_same_document(place: Place) -> None:
    document_id, one, other = await place.add(), Patient(), Patient()
    for parser in (one, other):
        parser.go_on.set()
    async with place.server(one, "one"), place.server(other, "other"):
        await place.ended(document_id)

    assert one.times + other.times == 1


async def test_a_document_waits_while_nothing_can_be_read(place: Place) -> None:
    document_id, parser = await place.add(), Refusing()
    async with place.server(parser):
        await parser.asked.wait()
    async with place.server():
        assert (await place.ended(document_id)).status == "READY"


# --- vectors ------------------------------------------------------------------------------------------------------


async def test_meaning_finds_what_words_do_not_and_codes_still_count(place: Place, embeddings: FakeEmbeddings) -> None:
    document_id = await place.add()
    async with place.server(embeddings=embeddings.url) as retrieval:
        await place.ended(document_id)
        found = await retrieval.search("ours", ["group"], "may my puppy come", 3)
        exact = await retrieval.search("ours", ["group"], "what is T-300", 3)

    assert found[0].content == "Dogs are welcome."
    assert found[0].score > 0.5
    assert exact[0].content == "The code is T-300."
    assert all(0 <= passage.score <= 1 for passage in [*found, *exact])


async def test_an_embedder_that_is_away_delays_vectors_and_stops_nothing(
    place: Place, embeddings: FakeEmbeddings
) -> None:
    document_id = await place.add()
    embeddings.answer = (503, b"")
    async with place.server(embeddings=embeddings.url) as retrieval:
        assert (await place.ended(document_id)).status == "READY"
        assert await place.chunks(embedding_model="") == 3
        (by_words,) = await retrieval.search("ours", ["group"], "the warm pool", 1)
        assert by_words.content == "The pool is warm."
        assert await retrieval.search("ours", ["group"], "puppy", 1) == []
    embeddings.answer = None
    async with place.server(embeddings=embeddings.url) as retrieval:
        await place.until_chunks(3, embedding_model="m")


async def test_another_model_embeds_everything_anew(place: Place, embeddings: FakeEmbeddings) -> None:
    document_id = await place.add()
    async with place.server(embeddings=embeddings.url, model="old"):
        await place.ended(document_id)
    assert await place.chunks(embedding_model="old") == 3

    embeddings.size = 32
    async with place.server(embeddings=embeddings.url, model="new") as retrieval:
        await place.until_chunks(3, embedding_model="new")
        found = await retrieval.search("ours", ["group"], "puppy", 1)
    assert found[0].content == "Dogs are welcome."


async def test_a_question_does_not_wait_for_an_embedder_that_fails(place: Place, embeddings: FakeEmbeddings) -> None:
    document_id = await place.add()
    async with place.server(embeddings=embeddings.url) as retrieval:
        await place.ended(document_id)
        embeddings.answer = (500, b"")
        (passage,) = await retrieval.search("ours", ["group"], "is the pool warm", 1)

    assert passage.content == "The pool is warm."
