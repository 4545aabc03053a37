"""A talk with zero data retention, and then a search for its words in everything that the server has written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgres
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
class Written:
    """The folders that a server writes to, and the settings that make it do so."""

    folders: list[Path]
    settings: dict[str, str]

    def holds(self, *words: str) -> list[str]:
        return [found for folder in self.folders for found in found_in(folder, *words)]


@pytest.fixture(params=["sqlite", "postgresql"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    """Where a server with each database writes: everything lies in `tmp_path` and in the database's folder."""
    if request.param == "sqlite":
        return Written([tmp_path], {})
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    return Written([tmp_path, cluster.folder], {"VISAVIS_DATABASE_URL": cluster.new_database()})


@pytest.fixture
def discreet_server(written: Written, tmp_path: Path) -> Iterator[Server]:
    """It says all that it ever says."""
    (tmp_path / "tmp").mkdir()
    settings = {"VISAVIS_RENDER_WORKERS": "1", "VISAVIS_LOG_LEVEL": "debug", "VISAVIS_RECORDINGS": "true"}
    with serve(tmp_path, **settings, **written.settings, TMPDIR=str(tmp_path / "tmp")) as running:
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
    ("written", "stored"), [("sqlite", False), ("sqlite", True), ("postgresql", False)], indirect=["written"]
)
async def test_the_words_never_reach_the_disk(
    discreet_server: Server, python_sdk: PythonClient, written: Written, stored: bool
) -> None:
    server = discreet_server
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
    assert written.holds(*words) == []

    session_id = answer["session_id"]
    server.ask("POST", f"/v1/sessions/{session_id}/stop")
    record = ended_session(server, session_id)
    assert record["personaConfig"] == {"type": "stateful" if stored else "ephemeral", "zeroDataRetention": True}
    transcript = server.ask("GET", f"/v1/sessions/{session_id}/transcript").json()
    assert transcript.get("messages", []) == []
    analytics = server.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    assert analytics["summary"]["totalTurns"] >= 3  # the figures are kept
    assert server.ask("GET", f"/v1/sessions/{session_id}/recording").status == 404
    assert written.holds(*words) == []
    assert written.holds(session_id)  # this is where it writes


@pytest.mark.parametrize("written", ["sqlite"], indirect=True)
async def test_such_a_talk_ends_with_its_process(
    discreet_server: Server, python_sdk: PythonClient, written: Written
) -> None:
    persona = {"name": "Captain", "zeroDataRetention": True, "initialMessage": GREETING, **DOCUMENTED}
    token = session_token(discreet_server, **persona)
    answer = await python_sdk.do("connect", base_url=discreet_server.url, token=token)
    await python_sdk.do("send_message", text=TYPED)
    await said(python_sdk, 1)
    processes.kill(processes.program(discreet_server))
    assert ended_session(discreet_server, answer["session_id"])["exitStatus"] == "ERROR"
    assert written.holds(GREETING, TYPED) == []


async def said(client: PythonClient, count: int) -> None:
    """The persona has said this many things."""
    await client.wait_for(lambda _: len(client.messages("assistant")) >= count)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"\0xObsidian flamingos rule.\0")
    assert found_in(tmp_path, TALK) == [f"{TALK!r} in b"]
