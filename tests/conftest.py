"""What every test gets: a check that it leaves nothing behind, and databases to run on."""

import gc
import inspect
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import leaks, postgres


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        function = getattr(item, "function", None)
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(function):
            # first set up, so last torn down: what a test's own fixtures close is not a leak
            item.fixturenames.insert(0, "no_leaked_tasks")


def pytest_collection_finish() -> None:
    """Thousands of tests are held until the end: looking through them for garbage would cost more than most tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    yield
    leaked = await leaks.leaked_tasks()
    assert not leaked, f"left running: {leaked}"


@pytest.fixture(autouse=True)
def no_leaked_threads_or_processes() -> Iterator[None]:
    threads, children = set(threading.enumerate()), leaks.children()
    yield
    leaked = leaks.leaked_threads(threads) + leaks.leaked_children(children)
    assert not leaked, f"left running: {leaked}"


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """One throw-away PostgreSQL server for the whole run; each test takes its own database from it."""
    with postgres.cluster() as running:
        leaks.share(running.pid)
        yield running


@pytest.fixture(scope="session")
def pgvector_cluster() -> Iterator[postgres.Cluster]:
    """The same, of a server that has the extension pgvector."""
    with postgres.cluster(postgres.with_pgvector()) as running:
        leaks.share(running.pid)
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on each of the two systems we support."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'visavis.db'}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.new_database()
    yield url
    cluster.drop_database(url)
