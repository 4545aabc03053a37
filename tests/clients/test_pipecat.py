"""The official Pipecat plugin against the real server: a pipeline whose speech the persona's face speaks."""

import pytest

from tests.clients.personas import DOCUMENTED, ended_session
from tests.clients.proxy import Proxy
from tests.clients.python_client import PythonClient
from tests.clients.server import API_KEY, Server

pytestmark = [pytest.mark.clients, pytest.mark.slow]

# nothing but a face: who speaks and who thinks is the pipeline's own business
FACE = {"avatar_id": DOCUMENTED["avatarId"], "enable_audio_passthrough": True}


async def running(pipecat: PythonClient, base_url: str, **wanted: object) -> None:
    await pipecat.do("start", base_url=base_url, key=API_KEY, persona=FACE, **wanted)
    await pipecat.wait_for(lambda event: "Anam session ready" in event.get("text", ""))


def session_id(pipecat: PythonClient) -> str:
    ready = next(event["text"] for event in pipecat.named("logged") if "Anam session ready" in event["text"])
    return str(ready.partition("session_id=")[2].rstrip(")"))


async def test_h8_h19_s6_s8_a5_a_pipeline_with_the_plugins_own_defaults_starts(
    sqlite_server: Server, server_proxy: Proxy, pipecat: PythonClient
) -> None:
    """Its default for the API's version is none at all, and the persona has neither voice nor mind."""
    await running(pipecat, server_proxy.url)
    posted = [request.split(" ")[1] for request in server_proxy.requests if request.startswith("POST")]
    assert posted == ["/None/engine/session"]
    assert not pipecat.named("error")


async def test_a1_a2_a6_a_sentence_is_heard_whole_in_its_pitch_and_then_it_is_silent(
    sqlite_server: Server, pipecat: PythonClient
) -> None:
    await running(pipecat, sqlite_server.url, api_version="v1")
    await pipecat.do("forget")
    await pipecat.do("speak", hertz=440.0, duration_ms=1_500)
    heard = await pipecat.do("heard_out", hertz=440.0)
    assert heard["tone_ms"] == pytest.approx(1_500, abs=150)
    assert (await pipecat.do("idle"))["peak"] <= 20
    assert heard["pictures"] > 0
    assert heard["size"] == [720, 480]
    assert not pipecat.named("error")


async def test_a3_an_interruption_silences_the_old_sentence_and_loses_nothing_of_the_new(
    sqlite_server: Server, pipecat: PythonClient
) -> None:
    await running(pipecat, sqlite_server.url, api_version="v1")
    await pipecat.do("speak", hertz=440.0, duration_ms=20_000)
    await pipecat.wait_for("sound_started")
    await pipecat.do("forget")
    await pipecat.do("interrupt")
    old = await pipecat.do("heard_out", hertz=440.0)
    assert old["tone_ms"] < 10_000
    await pipecat.do("forget")
    await pipecat.do("speak", hertz=880.0, duration_ms=1_000)
    assert (await pipecat.do("heard_out", hertz=880.0))["tone_ms"] == pytest.approx(1_000, abs=150)


async def test_a3_an_answer_right_behind_the_interruption_is_heard_whole(
    sqlite_server: Server, pipecat: PythonClient
) -> None:
    await running(pipecat, sqlite_server.url, api_version="v1")
    await pipecat.do("speak", hertz=440.0, duration_ms=20_000)
    await pipecat.wait_for("sound_started")
    await pipecat.do("forget")
    await pipecat.do("interrupt_and_speak", hertz=880.0, duration_ms=2_000)
    assert (await pipecat.do("heard_out", hertz=880.0))["tone_ms"] == pytest.approx(2_000, abs=150)


async def test_a4_an_interruption_of_nothing_is_no_error(sqlite_server: Server, pipecat: PythonClient) -> None:
    """The plugin ends a sequence then that it never began."""
    await running(pipecat, sqlite_server.url, api_version="v1")
    await pipecat.do("interrupt")
    await pipecat.do("speak", hertz=440.0, duration_ms=500)
    assert (await pipecat.do("heard_out", hertz=440.0))["tone_ms"] == pytest.approx(500, abs=150)
    assert not pipecat.named("error")


async def test_s10_a_pipeline_is_told_why_its_session_ends(sqlite_server: Server, pipecat: PythonClient) -> None:
    await running(pipecat, sqlite_server.url, api_version="v1")
    sqlite_server.ask("POST", f"/v1/sessions/{session_id(pipecat)}/stop")
    closed = "Anam connection closed: server_closed - "
    told = await pipecat.wait_for(lambda event: event.get("text", "").startswith(closed))
    assert told["text"] != closed
    ended_session(sqlite_server, session_id(pipecat))


async def test_a_pipeline_that_ends_leaves_no_session_behind(sqlite_server: Server, pipecat: PythonClient) -> None:
    await running(pipecat, sqlite_server.url, api_version="v1")
    await pipecat.do("stop")
    ended_session(sqlite_server, session_id(pipecat), within_s=20)
