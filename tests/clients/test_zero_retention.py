"""A talk with zero data retention, and then a search for its words in everything that the server has written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import leaks, postgres
from tests.clients import processes
from tests.clients.personas import DOCUMENTED, ended_session, session_token
from tests.clients.python_client import PythonClient
from tests.clients.server import Server, serve

pytestmark = pytest.mark.clients

GREETING = "Marmalade is served."
PROMPT = "You are a zeppelin captain."
TYPED = "My secret is periwinkle."
TALK = "Obsidian flamingos rule."
STREAMED = "Kaleidoscopes whisper."


@dataclass(frozen=True)
class Discreet:
    """A server and the folders that it writes to."""

    server: Server
    folders: list[Path]

    def wrote(self, *words: str) -> list[str]:
        return [found for folder in self.folders for found in found_in(folder, *words)]


@contextmanager
def discreet(folder: Path, cluster: postgres.Cluster | None = None) -> Iterator[Discreet]:
    """Everything it writes lies in `folder` and in the cluster, and it says all that it ever says."""
    (folder / "tmp").mkdir()
    settings = {"VISAVIS_RENDER_WORKERS": "1", "VISAVIS_LOG_LEVEL": "debug", "VISAVIS_RECORDINGS": "true"}
    if cluster is not None:
        settings["VISAVIS_DATABASE_URL"] = cluster.new_database()
    with serve(folder, **settings, TMPDIR=str(folder / "tmp")) as running:
        leaks.share(running.process.pid)
        yield Discreet(running, [folder, cluster.folder] if cluster else [folder])


@pytest.fixture(scope="module")
def discreet_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Discreet]:
    with discreet(tmp_path_factory.mktemp("discreet")) as running:
        yield running


@pytest.fixture(scope="module")
def discreet_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgres_cluster: postgres.Cluster
) -> Iterator[Discreet]:
    with discreet(tmp_path_factory.mktemp("discreet"), postgres_cluster) as running:
        yield running


def found_in(folder: Path, *words: str) -> list[str]:
    """Which of the words lie in which file: the database, its WAL, the log, files made and files forgotten."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [f"{word!r} in {path.name}" for word in words if word.lower().encode() in content]
    return found


@pytest.mark.parametrize(
    ("database", "stored"),
    [
        ("sqlite", False),
        pytest.param("sqlite", True, marks=pytest.mark.slow),
        pytest.param("postgresql", False, marks=pytest.mark.slow),
    ],
)
async def test_the_words_never_reach_the_disk(
    request: pytest.FixtureRequest, python_sdk: PythonClient, database: str, stored: bool
) -> None:
    running: Discreet = request.getfixturevalue(f"discreet_on_{database}")
    server = running.server
    persona = {"name": "Captain", "zeroDataRetention": True, "initialMessage": GREETING, **DOCUMENTED}
    if stored:  # what a stored persona says of itself is stored, of course
        persona_id = server.ask("POST", "/v1/personas", {**persona, "initialMessage": None}).json()["id"]
        token = session_token(server, personaId=persona_id)
    else:
        token = session_token(server, **persona, systemPrompt=PROMPT)
    answer = await python_sdk.do("connect", base_url=server.url, token=token)
    await python_sdk.wait_for("message_received")
    await python_sdk.do("send_message", text=TYPED)
    await said(python_sdk, 2)
    await python_sdk.do("talk", text=TALK)
    await said(python_sdk, 3)
    await python_sdk.do("open_stream", name="a")
    await python_sdk.do("stream", name="a", text=STREAMED, end=True)
    await said(python_sdk, 4)
    replies = [message["content"].strip() for message in python_sdk.messages("assistant")]
    assert TALK in replies
    words = (TYPED, TALK, STREAMED, *replies, *("" if stored else (PROMPT,)))
    assert running.wrote(*words) == []

    session_id = answer["session_id"]
    server.ask("POST", f"/v1/sessions/{session_id}/stop")
    record = ended_session(server, session_id)
    assert record["personaConfig"] == {"type": "stateful" if stored else "ephemeral", "zeroDataRetention": True}
    transcript = server.ask("GET", f"/v1/sessions/{session_id}/transcript").json()
    assert transcript.get("messages", []) == []
    analytics = server.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    assert analytics["summary"]["totalTurns"] >= 3  # the figures are kept
    assert server.ask("GET", f"/v1/sessions/{session_id}/recording").status == 404
    assert running.wrote(*words) == []
    assert running.wrote(session_id)  # this is where it writes


async def test_such_a_talk_ends_with_its_process(discreet_on_sqlite: Discreet, python_sdk: PythonClient) -> None:
    running, server = discreet_on_sqlite, discreet_on_sqlite.server
    persona = {"name": "Captain", "zeroDataRetention": True, "initialMessage": GREETING, **DOCUMENTED}
    token = session_token(server, **persona)
    answer = await python_sdk.do("connect", base_url=server.url, token=token)
    await python_sdk.do("send_message", text=TYPED)
    await said(python_sdk, 1)
    processes.kill(processes.program(server))
    assert ended_session(server, answer["session_id"])["exitStatus"] == "ERROR"
    assert running.wrote(GREETING, TYPED) == []


async def said(client: PythonClient, count: int) -> None:
    """The persona has said this many things."""
    await client.wait_for(lambda _: len(client.messages("assistant")) >= count)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"\0xObsidian flamingos rule.\0")
    assert found_in(tmp_path, TALK) == [f"{TALK!r} in b"]
