"""A model in a child process: answers in order, and failures that stay with whoever caused them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.media.waiting import eventually
from visavis.core.errors import ProviderError
from visavis.media.embedders import EmbeddingWorker


@pytest.fixture
async def worker() -> AsyncIterator[EmbeddingWorker]:
    running = EmbeddingWorker("tests.media.fake_embedders:Letters", "letters")
    await running.start()
    yield running
    await running.close()


async def test_many_texts_of_many_askers_come_back_in_order(worker: EmbeddingWorker) -> None:
    long, short = [("x" * number) for number in range(10)], ["yy", "yyy"]

    found = await asyncio.gather(worker.embed(long), worker.embed(short))

    assert [[int(vector[0]) for vector in vectors] for vectors in found] == [list(range(10)), [2, 3]]


async def test_a_failure_and_a_death_are_told_and_the_next_one_is_served(worker: EmbeddingWorker) -> None:
    with pytest.raises(ProviderError, match="ValueError"):
        await worker.embed(["fail"])
    with pytest.raises(ProviderError, match="ended"):
        await worker.embed(["die"])
    await eventually(lambda: worker.healthy and worker._supervisor.up)
    assert len(await worker.embed(["again"])) == 1


async def test_one_that_hangs_is_ended() -> None:
    worker = EmbeddingWorker("tests.media.fake_embedders:Letters", "letters", slice_within_s=0.3)
    await worker.start()
    with pytest.raises(ProviderError, match="too long"):
        await worker.embed(["hang"])
    await worker.close()


async def test_an_asker_who_leaves_disturbs_nobody(worker: EmbeddingWorker) -> None:
    leaving = asyncio.create_task(worker.embed(["x" * 9] * 40))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert [int(vector[0]) for vector in await worker.embed(["abc"])] == [3]
