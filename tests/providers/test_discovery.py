"""Language model servers on this machine are found at their usual ports, quickly, and whoever else listens is left."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.datastructures import State

from visavis.cli.server import Server
from visavis.core.minds import FoundServer
from visavis.providers import discovery
from visavis.providers.discovery import Discovery
from visavis.settings import Settings

MODELS = json.dumps({"object": "list", "data": [{"id": "llama3.2", "object": "model"}, {"id": "qwen3:8b"}]}).encode()


class Listener:
    """Somebody at a port who answers every request with one text; none means silence."""

    def __init__(self, body: bytes | None, status: str) -> None:
        self.body, self.status = body, status
        self.requests: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.body is None:
            await reader.read()
        else:
            head = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + self.body)
        writer.close()


@asynccontextmanager
async def listening(body: bytes | None = MODELS, status: str = "200 OK") -> AsyncIterator[tuple[Listener, int]]:
    listener = Listener(body, status)
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    async with server:
        yield listener, server.sockets[0].getsockname()[1]


async def test_a_server_is_found_with_its_models() -> None:
    async with listening() as (listener, port):
        found = await Discovery(usual_ports=[("Ollama", port), ("vLLM", 1)]).look()
    assert found == (FoundServer("Ollama", f"http://127.0.0.1:{port}/v1", ("llama3.2", "qwen3:8b")),)
    assert listener.requests[0].startswith("GET /v1/models HTTP/1.1")
    assert "authorization" not in listener.requests[0].lower()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>", "200 OK"),
        (b"{}", "404 Not Found"),
        (MODELS, "401 Unauthorized"),
        (b'{"data": "none"}', "200 OK"),
        (b'{"data": [{"id": 7}, 3]}', "200 OK"),
        (b"[]", "200 OK"),
        (b" " * 1_100_000, "200 OK"),
        (b"", "302 Found\r\nLocation: http://192.0.2.1/v1/models"),
    ],
)
async def test_somebody_else_is_left_alone(body: bytes, status: str) -> None:
    async with listening(body, status) as (_, port):
        assert await Discovery(usual_ports=[("Ollama", port)]).look() == ()


async def test_who_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "WITHIN_S", 0.05)
    async with listening(None) as (_, port), listening() as (_, other):
        found = await Discovery(usual_ports=[("Ollama", port), ("vLLM", other)]).look()
    assert {server.label for server in found} <= {"vLLM"}


async def test_this_server_does_not_ask_itself() -> None:
    async with listening() as (listener, port):
        assert await Discovery(usual_ports=[("vLLM", port)], own_ports={port}).look() == ()
    assert listener.requests == []


async def test_nobody_is_asked_twice_within_seconds() -> None:
    clock = {"now_s": 100.0}
    now_s: Callable[[], float] = lambda: clock["now_s"]  # noqa: E731
    async with listening() as (listener, port):
        found = Discovery(usual_ports=[("Ollama", port)], now_s=now_s)
        both = await asyncio.gather(found.look(), found.look())
        assert len(listener.requests) == 1
        assert both[0] == both[1] != ()
        clock["now_s"] += discovery.FRESH_S
        await found.look()
    assert len(listener.requests) == 2


def test_only_loopback_is_looked_at() -> None:
    assert {port for _, port in discovery.USUAL_PORTS} == {11434, 1234, 8080, 8000}


async def offered(capsys: pytest.CaptureFixture[str], found: Discovery, **settings: str) -> str:
    """What a server says about it after its start."""
    state = State({"settings": Settings(**settings), "minds": SimpleNamespace(discover=found.look)})  # type: ignore[arg-type]
    await Server(uvicorn.Config("none:at_all"), state, 0.0, lambda: None, quiet=False, link_key=None)._offer_minds()
    return capsys.readouterr().out


async def test_what_was_found_is_offered_at_the_start_and_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening() as (_, port):
        found = Discovery(usual_ports=[("Ollama", port)])
        said = await offered(capsys, found)
        assert f"Ollama at http://127.0.0.1:{port}/v1 with llama3.2, qwen3:8b. It is not used" in said
        assert f"VISAVIS_LLM_URL=http://127.0.0.1:{port}/v1 VISAVIS_LLM_MODEL=llama3.2\n" in said
        assert await offered(capsys, found, llm_url="http://a.test/v1", llm_model="m") == ""
    assert await offered(capsys, Discovery(usual_ports=[])) == ""


async def test_an_operator_may_forbid_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().discover_llms
    monkeypatch.setenv("VISAVIS_DISCOVER_LLMS", "false")
    async with listening() as (listener, port):
        assert await Discovery(Settings().discover_llms, usual_ports=[("Ollama", port)]).look() == ()
    assert listener.requests == []
