"""Servers, personas and pages for the official clients."""

from collections.abc import AsyncIterator, Generator, Iterator

import pytest
import pytest_asyncio
from playwright import async_api
from playwright.sync_api import Browser

from tests import leaks, postgres
from tests.clients.browser import FLAGS, chromium, page_server
from tests.clients.lab import Lab, browser, lab
from tests.clients.proxy import Proxy, proxy
from tests.clients.python_client import PythonClient, older_python_client, pipecat_pipeline, python_client
from tests.clients.server import Server, serve

LINES_SHOWN = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its servers and clients said last."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Server):
                report.sections.append(("server log", "\n".join(value.log.splitlines()[-LINES_SHOWN:])))
            if isinstance(value, PythonClient):
                told = [f"{event['at_s']:.2f} {str(event)[:200]}" for event in value.events[-LINES_SHOWN:]]
                report.sections.append(("client events", "\n".join(told)))
    return report


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # clients' own minds and tools are on this machine, too
    with serve(tmp_path_factory.mktemp("server-on-sqlite"), VISAVIS_ALLOW_PRIVATE_URLS="true") as running:
        leaks.share(running.process.pid)
        yield running


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: postgres.Cluster) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server-on-postgresql")
    # with one worker, so that the usual number is not the only one that was ever seen
    settings = {"VISAVIS_DATABASE_URL": postgres_cluster.new_database(), "VISAVIS_RENDER_WORKERS": "1"}
    with serve(folder, **settings) as running:
        leaks.share(running.process.pid)
        yield running


@pytest.fixture(scope="session")
def particular_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Set up as few people do: one session at a time, VP8, behind a path, and quick with heartbeats and idlers."""
    settings = {
        "VISAVIS_SESSIONS_MAX": "1",
        "VISAVIS_VIDEO_CODEC": "vp8",
        "VISAVIS_PUBLIC_URL": "http://127.0.0.1:{port}/some/path",
        "VISAVIS_HEARTBEAT_SECONDS": "2",
        "VISAVIS_TALK_IDLE_SECONDS": "2",
        "VISAVIS_RENDER_WORKERS": "1",
    }
    with serve(tmp_path_factory.mktemp("particular-server"), **settings) as running:
        leaks.share(running.process.pid)
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    """The same server on each database, for the conversations that matter most."""
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that films and whose models and tools are on this machine, for every page of the Lab."""
    settings = {"VISAVIS_RENDER_WORKERS": "1", "VISAVIS_RECORDINGS": "true", "VISAVIS_ALLOW_PRIVATE_URLS": "true"}
    with serve(tmp_path_factory.mktemp("lab-server"), **settings) as running:
        leaks.share(running.process.pid)
        yield running


@pytest.fixture(scope="module")
def lab_chromium() -> Iterator[Browser]:
    """Ended with the module: its driver keeps a loop of its own, beside which tests with another cannot run."""
    with browser() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strangers_chromium() -> AsyncIterator[async_api.Browser]:
    """For tests in a module's own loop, of pages that need no key."""
    async with async_api.async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        await running.close()


@pytest.fixture
def opened_lab(lab_server: Server, lab_chromium: Browser) -> Iterator[Lab]:
    with lab(lab_server, lab_chromium) as opened:
        yield opened
        assert opened.troubles == []


@pytest.fixture(scope="session")
def page_url() -> Iterator[str]:
    with page_server() as url:
        yield url


@pytest.fixture
async def python_sdk() -> AsyncIterator[PythonClient]:
    async with python_client() as client:
        yield client


@pytest.fixture
async def older_python_sdk() -> AsyncIterator[PythonClient]:
    async with older_python_client() as client:
        yield client


@pytest.fixture(
    params=[pytest.param(python_client, id="0.12"), pytest.param(older_python_client, id="0.6", marks=pytest.mark.slow)]
)
async def any_python_sdk(request: pytest.FixtureRequest) -> AsyncIterator[PythonClient]:
    async with request.param() as client:
        yield client


@pytest.fixture
async def pipecat() -> AsyncIterator[PythonClient]:
    async with pipecat_pipeline() as pipeline:
        yield pipeline


@pytest.fixture
async def server_proxy(sqlite_server: Server) -> AsyncIterator[Proxy]:
    async with proxy(sqlite_server.port) as running:
        yield running
