"""`visavis eval` against a living server: over its public API, over WebRTC, with the persona that is stored there."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.clients.personas import GREETING, LONG_TALK, ended_session, new_persona
from tests.clients.server import API_KEY, Server
from visavis.cli.evaluate import Server as Living
from visavis.cli.evaluate import evaluate
from visavis.testing import reports
from visavis.testing.script import parse

pytestmark = pytest.mark.clients

# no word of the user's has to be understood: that is the recogniser's affair, and of the machine's leisure
TALK = f"""
never: [warning]
steps:
  - expect: persona finishes
    within: 60 s
    says: {GREETING}
    interrupted: false
  - context: The user's name is Robin.
  - type: What is my name?
  - expect: persona starts
    within: 60 s
  - expect: persona finishes
    within: 60 s
    contains: Robin
  - talk: ["This is short ", "and ready."]
  - expect: persona finishes
    within: 60 s
    says: This is short and ready.
  - talk: "{LONG_TALK}"
  - do: interrupt
    into_reply: 1 s
  - expect: persona stops
    within: 60 s
  - expect: persona finishes
    within: 60 s
    interrupted: true
  - expect: talk interrupted
    within: 60 s
"""


def living(server: Server, persona_id: str, key: str = API_KEY) -> Living:
    return Living(server.url, SecretStr(key), persona_id)


async def test_a_conversation_is_performed_on_a_living_server(sqlite_server: Server) -> None:
    script = parse(TALK, Path("talk.yaml"))
    [outcome] = await evaluate([script], living(sqlite_server, new_persona(sqlite_server)), None)
    assert outcome.passed, reports.table([outcome])
    sessions = sqlite_server.ask("GET", "/v1/sessions?perPage=100").json()["data"]
    session_id = next(session["id"] for session in sessions if session["clientLabel"] == "visavis eval")
    ended_session(sqlite_server, session_id)
    turns = sqlite_server.ask("GET", f"/v1/sessions/{session_id}/analytics").json()["turns"]
    thought = next(turn["waterfallMs"] for turn in turns if turn["llmFirstOutputTime"])
    assert None not in [
        thought[step] for step in ("transcript", "firstToken", "firstAudio", "firstFrame", "firstPacket")
    ]
    assert thought["firstToken"] <= thought["firstAudio"] <= thought["firstPacket"]
    assert thought["firstAudio"] <= thought["firstFrame"]


async def test_the_users_voice_reaches_the_server(sqlite_server: Server) -> None:
    script = parse(
        "never: []\nsteps:\n- user: Hello, is anybody there?\n- {expect: user starts, within: 60 s}", Path("v")
    )
    [outcome] = await evaluate([script], living(sqlite_server, new_persona(sqlite_server, skipGreeting=True)), None)
    assert outcome.passed, reports.table([outcome])


@pytest.mark.parametrize(
    ("key", "persona_id", "said"),
    [
        ("wrong", "4314d606-bab4-5fc8-808b-878c43ae6a4c", "answered 401"),
        (API_KEY, "00000000-0000-4000-8000-000000000000", "answered 40"),
    ],
)
async def test_what_the_server_refuses_is_said(sqlite_server: Server, key: str, persona_id: str, said: str) -> None:
    script = parse(TALK, Path("talk.yaml"))
    [outcome] = await evaluate([script], living(sqlite_server, persona_id, key), None)
    assert said in outcome.trouble
