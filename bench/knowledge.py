"""Measure the search of knowledge: `python -m bench.knowledge [relevance | reading | embedding | searching]`.

Relevance asks the questions of `knowledge.json`, by words alone, by meaning alone and by both. The others
measure speed, and searching takes its time: it fills three databases first, and pgvector indexes as it is filled.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from tests import postgres
from tests.media.documents import pdf
from visavis.db import migrate
from visavis.db.models import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup, Organization
from visavis.db.passages import store_for
from visavis.db.passages.base import Hit, NewChunk, PassageStore, Scope, Vector, as_stored
from visavis.db.session import Database
from visavis.media.parser import DocumentParser
from visavis.providers.embeddings.minilm import MiniLm
from visavis.resources.knowledge.ranking import names_and_codes
from visavis.resources.knowledge.retrieval import CANDIDATES, Question, best

QUESTIONS = Path(__file__).with_name("knowledge.json")
SCOPE = Scope("bench", {"group": 0})
PDF_PAGES = 1000
CHUNKS_TO_EMBED = 1000
CHUNKS_TO_SEARCH = 100_000
VECTOR_NUMBERS = 384
SEARCHES = 30
SEED = 1
PAGE = "\n".join(["A line of a page as long as lines of pages are, with a dozen of words in it."] * 40)


def main() -> None:
    parts = {"relevance": relevance, "reading": reading, "embedding": embedding, "searching": searching}
    for name in sys.argv[1:] or parts:
        asyncio.run(parts[name]())


# --- relevance ----------------------------------------------------------------------------------------------------


async def relevance() -> None:
    asked = json.loads(QUESTIONS.read_text())
    passages, questions = asked["passages"], asked["questions"]
    embed = embedder()
    vectors = embed(list(passages.values())) if embed else None
    asking = embed([question for question, *_ in questions]) if embed else None
    print(f"{len(questions)} questions over {len(passages)} passages\n")
    print(row("", "", "recall@1", "recall@3", "MRR", "@1 spoken", "@1 exact"))
    for name, opened in stores():
        async with opened() as (database, store):
            await fill(database, store, list(passages.values()), vectors)
            for way in ways(asking is not None):
                ranks = [
                    await rank(database, store, question, None if asking is None else asking[number], way, at)
                    for number, (question, at, _) in enumerate(
                        (asked, list(passages).index(answer), kind) for asked, answer, kind in questions
                    )
                ]
                kinds = [kind for *_, kind in questions]
                print(row(name, way, *summary(ranks, kinds)))


def ways(by_meaning: bool) -> list[str]:
    return ["words", "meaning", "both"] if by_meaning else ["words"]


async def rank(
    database: Database, store: PassageStore, question: str, vector: Vector | None, way: str, answer: int
) -> int:
    """Where the right passage stands, from 1; 0 where it is not found. Passages carry their numbers."""
    async with database.reading() as session:
        for place, hit in enumerate(await find(session, store, question, vector, way), 1):
            chunk = await session.get(KnowledgeChunk, hit.chunk_id)
            if chunk is not None and chunk.chunk_index == answer:
                return place
    return 0


async def find(session: Any, store: PassageStore, question: str, vector: Vector | None, way: str) -> list[Hit]:
    if way == "words":
        return await store.by_words(session, SCOPE, question, CANDIDATES)
    if way == "meaning":
        assert vector is not None
        return await store.by_vector(session, SCOPE, "m", vector, CANDIDATES)
    return await best(session, store, SCOPE, Question(question, names_and_codes(question), "m", vector), CANDIDATES)


def summary(ranks: list[int], kinds: list[str]) -> list[str]:
    def share(limit: int, kind: str = "") -> str:
        counted = [place for place, of in zip(ranks, kinds, strict=True) if of.startswith(kind)]
        return f"{sum(0 < place <= limit for place in counted) / len(counted):.2f}"

    mrr = statistics.fmean(1 / place if place else 0 for place in ranks)
    return [share(1), share(3), f"{mrr:.2f}", share(1, "paraphrase"), share(1, "exact")]


def row(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, (12, 8, 9, 9, 5, 10, 9), strict=False))


def embedder() -> Callable[[Sequence[str]], Any] | None:
    if hint := MiniLm.missing():
        print(f"only words are searched: {hint}")
        return None
    return MiniLm().embed


# --- speed --------------------------------------------------------------------------------------------------------


async def reading() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.pdf"
        path.write_bytes(pdf([PAGE] * PDF_PAGES))  # noqa: ASYNC240
        started_s, pieces = time.perf_counter(), 0
        async for batch in DocumentParser().pieces(path, "pdf", 1000, 200):
            pieces += len(batch)
        took_s = time.perf_counter() - started_s
    print(
        f"reading a PDF of {PDF_PAGES} pages: {took_s:.1f} s, {PDF_PAGES / took_s:.0f} pages a second, {pieces} pieces"
    )


async def embedding() -> None:
    if embed := embedder():
        started_s = time.perf_counter()
        embed([f"{number} {PAGE[:1000]}" for number in range(CHUNKS_TO_EMBED)])
        took_s = time.perf_counter() - started_s
        each_ms = took_s / CHUNKS_TO_EMBED * 1000
        print(f"embedding {CHUNKS_TO_EMBED} passages of 1,000 characters: {took_s:.0f} s, {each_ms:.0f} ms each")


async def searching() -> None:
    for name, opened in stores():
        async with opened() as (database, store):
            await searching_in(name, database, store)


async def searching_in(name: str, database: Database, store: PassageStore) -> None:
    random = np.random.default_rng(SEED)
    made = random.standard_normal((CHUNKS_TO_SEARCH, VECTOR_NUMBERS)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    texts = [f"Passage {number} about topic {number % 997} and colour {number % 31}." for number in range(len(made))]
    started_s = time.perf_counter()
    await fill(database, store, texts, made)
    print(f"{name}: storing {CHUNKS_TO_SEARCH} passages: {time.perf_counter() - started_s:.0f} s")

    async def by_words(number: int) -> None:
        async with database.reading() as session:
            await store.by_words(session, SCOPE, f"what colour has topic {number * 17}", CANDIDATES)

    async def by_meaning(number: int) -> None:
        async with database.reading() as session:
            await store.by_vector(session, SCOPE, "m", made[number * 1000 % len(made)] + 0.1 * made[7], CANDIDATES)

    for way, search in (("words", by_words), ("meaning", by_meaning)):
        first_ms = await timed(search, 0)
        took_ms = [await timed(search, number) for number in range(1, SEARCHES)]
        p50, p95 = np.percentile(took_ms, (50, 95))
        print(f"{name}: {way} among {CHUNKS_TO_SEARCH}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, first {first_ms:.0f} ms")


async def timed(search: Callable[[int], Awaitable[None]], number: int) -> float:
    started_s = time.perf_counter()
    await search(number)
    return (time.perf_counter() - started_s) * 1000


# --- stores -------------------------------------------------------------------------------------------------------

Opened = Callable[[], Any]


def stores() -> list[tuple[str, Opened]]:
    return [
        ("sqlite", lambda: opened("")),
        ("postgresql", lambda: opened_on(None)),
        ("pgvector", lambda: opened_on(postgres.with_pgvector())),
    ]


@asynccontextmanager
async def opened_on(binaries: Path | None) -> AsyncIterator[tuple[Database, PassageStore]]:
    with running(binaries) as cluster:
        async with opened(cluster.new_database()) as both:
            yield both


@contextmanager
def running(binaries: Path | None) -> Any:
    with postgres.cluster(binaries) as cluster:
        yield cluster


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Database, PassageStore]]:
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/bench.db"
        await migrate.upgrade(url)
        database = Database(url)
        store = store_for(database)
        try:
            await store.open()
            yield database, store
        finally:
            await database.close()


async def fill(database: Database, store: PassageStore, texts: Sequence[str], vectors: Any) -> None:
    async with database.writing() as session:
        session.add(Organization(id="bench", name="Bench"))
        await session.flush()
        session.add(KnowledgeGroup(id="group", organization_id="bench", name="Bench"))
        await session.flush()
        session.add(
            KnowledgeDocument(
                id="document", organization_id="bench", group_id="group", filename="a", file_type="text/plain",
                status="READY", chunk_size=1000, chunk_overlap=0,
            )
        )  # fmt: skip
    for first in range(0, len(texts), 1000):
        chunks = [
            NewChunk(
                "bench", "group", "document", index, texts[index], {},
                None if vectors is None else as_stored(vectors[index]), "" if vectors is None else "m",
            )
            for index in range(first, min(first + 1000, len(texts)))
        ]  # fmt: skip
        async with database.writing() as session:
            await store.add(session, chunks)
    if database.url.get_backend_name() == "postgresql":
        # which a server that runs on does by itself within a minute
        async with database.writing() as session:
            await session.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
