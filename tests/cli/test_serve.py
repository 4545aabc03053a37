"""The server as people start it: one command, one process, and what happens when it ends."""

import asyncio
import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.clients.server import serve
from tests.rest import DOCUMENTED

VISAVIS = Path(sys.executable).with_name("visavis")
WAIT_S = 60.0


@pytest.mark.slow  # tests/cli/test_kill.py kills more often
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, database_url: str) -> None:
    settings = {"VISAVIS_DATABASE_URL": database_url, "VISAVIS_RENDER_WORKERS": "1"}
    with serve(tmp_path, **settings) as server:
        made = [server.ask("POST", "/v1/personas", {"name": f"P{number}", **DOCUMENTED}) for number in range(5)]
        changed = server.ask("PUT", f"/v1/personas/{made[0].json()['id']}", {"name": "Changed"})
        session = server.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}).json()
        token = server.ask("POST", "/v1/auth/session-token", {"personaConfig": DOCUMENTED}).json()["sessionToken"]
        server.process.kill()
        server.process.wait(timeout=WAIT_S)

    with serve(tmp_path, **settings) as server:
        for answer in (changed, *made[1:]):
            stored = server.ask("GET", f"/v1/personas/{answer.json()['id']}").json()
            assert (stored["name"], stored["updatedAt"]) == (answer.json()["name"], answer.json()["updatedAt"])
        record = server.ask("GET", f"/v1/sessions/{session['sessionId']}").json()
        assert (record["exitStatus"], record["endTime"]) == (None, None)  # its client may still come
        assert server.ask("POST", "/v1/engine/session", {}, key=token).status == 200


def test_the_first_start_prints_a_key_once_and_a_polite_end_is_recorded(tmp_path: Path) -> None:
    asyncio.run(_first_and_second_start(tmp_path))


async def _first_and_second_start(folder: Path) -> None:
    certificate, key_file = _self_signed(folder)
    trusting = ssl.create_default_context(cafile=str(certificate))
    options = ("--tls-cert", str(certificate), "--tls-key", str(key_file))

    async with _started(folder, *options) as (process, said):
        lab = re.search(r"Lab      (https://127\.0\.0\.1:(\d+)/)#key=(vv_[\w-]+)\n", said)
        assert lab is not None, said
        assert f"API key  {lab[3]} " in said
        async with httpx.AsyncClient(verify=trusting, headers={"authorization": f"Bearer {lab[3]}"}) as client:
            started = (await client.post(f"{lab[1]}v1/engine/session", json={"personaConfig": DOCUMENTED})).json()
        assert (started["engineProtocol"], started["engineHost"]) == ("https", f"127.0.0.1:{lab[2]}")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), WAIT_S) in (0, -signal.SIGTERM)

    async with _started(folder, "--link") as (_, said):
        assert "API key" not in said
        link = re.search(r"#key=(vv_[\w-]+)\n", said)
        assert link is not None, said
        assert link[1] != lab[3]
        url = re.search(r"API      (http://\S+)", said)
        assert url is not None
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {lab[3]}"}) as client:
            record = (await client.get(f"{url[1]}/sessions/{started['sessionId']}")).json()
            by_link = await client.get(f"{url[1]}/personas", headers={"authorization": f"Bearer {link[1]}"})
        assert by_link.status_code == 200
        assert record["exitStatus"] == "CLOSED_BY_ENGINE"


@asynccontextmanager
async def _started(folder: Path, *options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server on any port, and what it said on standard output until it was ready."""
    command = [str(VISAVIS), "serve", "--port", "0", "--data-dir", str(folder / "data"), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VISAVIS_")}
    environment |= {"VISAVIS_RENDER_WORKERS": "1", "VISAVIS_LOG_LEVEL": "error"}
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    assert process.stdout is not None
    try:
        said = ""
        while "API  " not in said:
            line = await asyncio.wait_for(process.stdout.readline(), WAIT_S)
            assert line, "the server ended before it was ready"
            said += line.decode()
        if "#key=" in said and "--link" not in options:  # a link of a later start is no key to write down
            said += (await asyncio.wait_for(process.stdout.readline(), WAIT_S)).decode()
        yield process, said
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), WAIT_S)


def _self_signed(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        capture_output=True, timeout=WAIT_S,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return certificate, key
