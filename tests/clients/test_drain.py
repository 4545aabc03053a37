"""A server that is told to end while somebody talks."""

import asyncio
import signal
import subprocess
from pathlib import Path

import pytest

from tests.clients.personas import PERSONA, ended_session, new_persona
from tests.clients.python_client import ClientError, PythonClient
from tests.clients.server import API_KEY, VISAVIS, serve

pytestmark = pytest.mark.clients

INLINE = {"name": "Cara", "avatar_id": PERSONA["avatarId"], "voice_id": PERSONA["voiceId"], "llm_id": PERSONA["llmId"]}


def visavis(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([VISAVIS, *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.slow
async def test_a_server_drains_and_a_second_signal_ends_it_at_once(tmp_path: Path, python_sdk: PythonClient) -> None:
    with serve(tmp_path, VISAVIS_RENDER_WORKERS="1", VISAVIS_DRAIN_SECONDS="3000") as server:
        persona = {"persona_id": new_persona(server, skipGreeting=True)}
        answer = await python_sdk.do("connect", base_url=server.url, key=API_KEY, persona=persona)
        await python_sdk.wait_for("session_ready")
        data_dir = str(tmp_path / "data")

        # two servers would end each other's sessions
        second = await asyncio.to_thread(visavis, "serve", "--port", "0", "--data-dir", data_dir)
        assert second.returncode == 3
        assert "another server" in second.stdout

        told = await asyncio.to_thread(visavis, "drain", "--no-wait", "--data-dir", data_dir)
        assert told.returncode == 0, told.stdout
        readiness = server.wait_until("/readyz", lambda found: not found["ready"])
        assert readiness["parts"]["sessions"]["detail"].startswith("draining: 1 of ")
        assert server.ask("GET", "/readyz").status == 503
        assert server.ask("GET", "/healthz").status == 200

        refused = server.ask("POST", "/v1/engine/session", {"personaConfig": PERSONA})
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["error"] == "Service unavailable"
        with pytest.raises(ClientError) as error:
            await python_sdk.do("connect", base_url=server.url, key=API_KEY, persona=INLINE)
        assert error.value.facts["code"] == "service_busy"

        # who talks goes on
        await python_sdk.do("talk", text="I have not finished.")
        await python_sdk.wait_for("message_received")

        server.process.send_signal(signal.SIGTERM)
        closed = await python_sdk.wait_for("connection_closed")
        assert closed["arguments"][0] == "server_closed"
        assert await asyncio.to_thread(server.process.wait, 60) == 0

    with serve(tmp_path, VISAVIS_RENDER_WORKERS="1") as server:
        assert ended_session(server, answer["session_id"])["exitStatus"] == "CLOSED_BY_ENGINE"


async def test_a_server_ends_by_itself_when_the_last_one_has_left(tmp_path: Path, python_sdk: PythonClient) -> None:
    with serve(tmp_path, VISAVIS_RENDER_WORKERS="1", VISAVIS_DRAIN_SECONDS="3000") as server:
        await python_sdk.do("connect", base_url=server.url, key=API_KEY, persona=INLINE)
        await python_sdk.wait_for("session_ready")
        server.process.send_signal(signal.SIGTERM)
        server.wait_until("/readyz", lambda found: not found["ready"])
        await python_sdk.do("close")
        assert await asyncio.to_thread(server.process.wait, 60) == 0
    assert visavis("drain", "--data-dir", str(tmp_path / "data")).returncode == 1
