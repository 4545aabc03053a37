"""Every operation of the official description against the real server, with data as a customer would send it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import leaks, photos, recordings
from tests.clients import official
from tests.clients.personas import PERSONA
from tests.clients.python_client import python_client
from tests.clients.server import API_KEY, Server, serve
from tests.net.servers import Server as Vendors
from tests.net.servers import answers, serving

pytestmark = pytest.mark.clients
NOBODY = "00000000-0000-0000-0000-000000000000"
HANDBOOK = b"Parcels are returned within thirty days.\n\nThe warranty lasts two years.\n"
BOT = b'{"id": "bot-1", "status": "pending"}'
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}


class Walk:
    """Calls operations by their official names; each answer is held against the description at once."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.succeeded: set[tuple[str, str]] = set()
        self.refused: set[tuple[str, str, int]] = set()

    async def __call__(self, method: str, path: str, id: str = "", **request: Any) -> Any:
        """A success. `id` takes the place of `{id}`."""
        answer = await self._client.request(method, path.replace("{id}", id), **request)
        body = answer.json() if answer.content else None
        official.check_success(method, path, answer.status_code, body)
        self.succeeded.add((method, path))
        return body

    async def refuse(self, status: int, method: str, path: str, id: str = "", **request: Any) -> Any:
        answer = await self._client.request(method, path.replace("{id}", id), **request)
        assert answer.status_code == status, f"{method} {path} answered {answer.status_code}: {answer.text}"
        official.check_error(method, path, status)
        body = answer.json()
        assert isinstance(body["error"], str)
        assert isinstance(body["message"], str)
        self.refused.add((method, path, status))
        return body


@contextlib.asynccontextmanager
async def generous_server(folder: Path) -> AsyncIterator[tuple[Server, Vendors]]:
    """A server with everything switched on; the other companies' services are on this machine."""
    async with serving() as vendors:
        vendors.answers["/v1/voices/add"] = answers(200, b'{"voice_id": "cloned"}', content_type="application/json")
        vendors.answers["/v1/bots"] = answers(201, BOT, content_type="application/json")
        vendors.answers["/v1/bots/bot-1"] = answers(200, BOT, content_type="application/json")
        settings = {
            "VISAVIS_RECORDINGS": "true",
            "VISAVIS_ALLOW_PRIVATE_URLS": "true",
            "VISAVIS_RENDER_WORKERS": "1",
            "VISAVIS_MEETINGS_URL": vendors.url,
            "VISAVIS_MEETINGS_API_KEY": "meetings",
            "VISAVIS_VOICE_CLONING": "elevenlabs",
            "VISAVIS_VOICE_CLONING_API_KEY": "cloning",
            "VISAVIS_VOICE_CLONING_URL": vendors.url,
        }
        running = serve(folder, **settings)
        server = await asyncio.to_thread(running.__enter__)
        leaks.share(server.process.pid)
        try:
            yield server, vendors
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def test_all_operations(tmp_path: Path) -> None:
    wanted = official.operations()
    assert len(wanted) == 57
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with (
        generous_server(tmp_path) as (server, vendors),
        httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client,
    ):
        walk = Walk(client)
        await knowledge(walk, server)
        await tools(walk)
        await llms(walk)
        await voices(walk)
        await avatars(walk)
        await personas_and_share_links(walk)
        await sessions(walk, server)
        await meetings(walk, vendors)
        await without_a_key(server)
    assert wanted - walk.succeeded == set()


async def knowledge(walk: Walk, server: Server) -> None:
    groups, documents = "/v1/knowledge/groups", "/v1/knowledge/documents"
    group = await walk("POST", groups, json={"name": "Handbook", "description": "What we promise"})
    await walk("PUT", f"{groups}/{{id}}", group["id"], json={"name": "Handbooks"})
    file = {"file": ("returns.txt", HANDBOOK, "text/plain")}
    document = await walk(
        "POST", f"{groups}/{{id}}/documents", group["id"], files=file, data={"chunkSize": "200", "chunkOverlap": "20"}
    )
    path = f"{documents}/{document['id']}"
    await asyncio.to_thread(server.wait_until, path, lambda found: found["status"] in ("READY", "FAILED"))
    assert (await walk("GET", f"{documents}/{{id}}", document["id"]))["status"] == "READY"
    assert len(await walk("GET", groups)) == 1
    assert (await walk("GET", f"{groups}/{{id}}", group["id"]))["documentCount"] == 1
    assert len(await walk("GET", f"{groups}/{{id}}/documents", group["id"])) == 1
    found = await walk("POST", f"{groups}/{{id}}/search", group["id"], json={"query": "How long is the warranty?"})
    assert "warranty" in found[0]["content"]
    await walk("PUT", f"{documents}/{{id}}", document["id"], json={"filename": "promises.txt"})
    download = await walk("GET", f"{documents}/{{id}}/download", document["id"])
    async with httpx.AsyncClient() as stranger:  # the address itself is the credential
        assert (await stranger.get(download["downloadUrl"])).content == HANDBOOK
    await walk.refuse(400, "POST", groups, json={})
    await walk.refuse(400, "POST", f"{groups}/{{id}}/search", group["id"], json={"query": "x", "limit": 21})
    await walk.refuse(404, "GET", f"{groups}/{{id}}", NOBODY)
    await walk.refuse(404, "GET", f"{documents}/{{id}}", NOBODY)
    await walk("DELETE", f"{documents}/{{id}}", document["id"])
    await walk("DELETE", f"{groups}/{{id}}", group["id"])


async def tools(walk: Walk) -> None:
    config = {"parameters": PARAMETERS, "awaitResult": True, "toolTimeoutSeconds": 5}
    wanted = {"name": "open_map", "description": "Opens a map", "type": "CLIENT", "config": config}
    tool = await walk("POST", "/v1/tools", json=wanted)
    await walk("GET", "/v1/tools", params={"search": "open_map"})
    await walk("GET", "/v1/tools/{id}", tool["id"])
    await walk("PUT", "/v1/tools/{id}", tool["id"], json={"description": "Opens a map of a city"})
    await walk.refuse(400, "POST", "/v1/tools", json={**wanted, "name": "no spaces"})
    await walk.refuse(404, "GET", "/v1/tools/{id}", NOBODY)
    found = await walk("GET", "/v1/tools", params={"search": "end_call"})
    await walk.refuse(403, "DELETE", "/v1/tools/{id}", found["data"][0]["id"])
    await walk("DELETE", "/v1/tools/{id}", tool["id"])


async def llms(walk: Walk) -> None:
    wanted = {
        "displayName": "Mine",
        "urls": [{"url": "https://llm.example.com/v1/chat/completions"}],
        "llmFormat": "openai",
        "modelName": "gpt-5",
        "secret": "secret-of-mine",
    }
    llm = await walk("POST", "/v1/llms", json=wanted)
    await walk("GET", "/v1/llms", params={"includeDefaults": "true"})
    await walk("GET", "/v1/llms/{id}", llm["id"])
    await walk("PUT", "/v1/llms/{id}", llm["id"], json={"temperature": 0.4})
    await walk.refuse(400, "POST", "/v1/llms", json={"displayName": "Incomplete"})
    await walk.refuse(403, "DELETE", "/v1/llms/{id}", PERSONA["llmId"])
    await walk.refuse(404, "GET", "/v1/llms/{id}", NOBODY)
    await walk("DELETE", "/v1/llms/{id}", llm["id"])


async def voices(walk: Walk) -> None:
    imported = {"displayName": "Nova", "provider": "ELEVENLABS", "providerVoiceId": "EXAVITQu4vr4xnSDxMaL"}
    clone = {"audioFile": ("me.wav", recordings.recording(8.0), "audio/wav")}
    await walk("POST", "/v1/voices", data={"name": "My own"}, files=clone)
    voice = await walk("POST", "/v1/voices", json=imported)
    await walk("GET", "/v1/voices")
    await walk("GET", "/v1/voices/{id}", voice["id"])
    await walk("PUT", "/v1/voices/{id}", voice["id"], json={"displayName": "Nova Two"})
    clip = {"filename": "me.wav", "contentType": "audio/wav", "fileSize": 1000}
    await walk("POST", "/v1/voices/presigned-upload", json=clip)
    await walk.refuse(400, "POST", "/v1/voices/presigned-upload", json={**clip, "contentType": "text/plain"})
    await walk.refuse(400, "GET", "/v1/voices/{id}", "not-a-uuid")
    await walk.refuse(404, "GET", "/v1/voices/{id}", NOBODY)
    await walk("DELETE", "/v1/voices/{id}", voice["id"])


async def avatars(walk: Walk) -> None:
    file = {"imageFile": ("me.jpg", photos.encoded(photos.person()), "image/jpeg")}
    avatar = await walk("POST", "/v1/avatars", data={"displayName": "Somebody"}, files=file)
    await walk("GET", "/v1/avatars", params={"onlyOneShot": "true"})
    await walk("GET", "/v1/avatars/{id}", avatar["id"])
    await walk("PUT", "/v1/avatars/{id}", avatar["id"], json={"displayName": "Somebody else"})
    nonsense = {"imageFile": ("me.jpg", b"not a picture", "image/jpeg")}
    await walk.refuse(400, "POST", "/v1/avatars", data={"displayName": "Nobody"}, files=nonsense)
    await walk.refuse(400, "GET", "/v1/avatars/{id}", "not-a-uuid")
    await walk.refuse(404, "GET", "/v1/avatars/{id}", NOBODY)
    await walk.refuse(403, "PUT", "/v1/avatars/{id}", PERSONA["avatarId"], json={"displayName": "Not mine"})
    await walk("DELETE", "/v1/avatars/{id}", avatar["id"], params={"hard": "true"})


async def personas_and_share_links(walk: Walk) -> None:
    persona = await walk("POST", "/v1/personas", json=PERSONA)
    await walk("GET", "/v1/personas")
    await walk("GET", "/v1/personas/{id}", persona["id"])
    link = await walk("POST", "/v1/share-links", json={"personaId": persona["id"]})
    await walk("GET", "/v1/share-links", params={"personaId": persona["id"]})
    await walk("GET", "/v1/share-links/{id}", link["id"])
    await walk("PUT", "/v1/share-links/{id}", link["id"], json={"usageLimit": 3})
    await walk.refuse(404, "POST", "/v1/share-links", json={"personaId": NOBODY})
    await walk("DELETE", "/v1/share-links/{id}", link["id"])
    await walk("PUT", "/v1/personas/{id}", persona["id"], json={"name": "Carla"})
    await walk.refuse(400, "PUT", "/v1/personas/{id}", persona["id"], json={"voiceId": NOBODY})
    await walk.refuse(404, "GET", "/v1/personas/{id}", NOBODY)
    await walk("DELETE", "/v1/personas/{id}", persona["id"])


async def sessions(walk: Walk, server: Server) -> None:
    inline = {key: value for key, value in PERSONA.items() if key != "description"}
    await walk("POST", "/v1/auth/session-token", json={"personaConfig": inline})
    await walk.refuse(400, "POST", "/v1/auth/session-token", json={"personaConfig": {"personaId": NOBODY}})
    waiting = await walk("POST", "/v1/engine/session", json={"personaConfig": inline, "clientLabel": "never came"})
    await walk("POST", "/v1/sessions/{id}/stop", waiting["sessionId"], json={})
    session_id = await talked(server)
    await walk("GET", "/v1/sessions", params={"search": session_id})
    await walk("GET", "/v1/sessions/{id}", session_id)
    transcript = await walk("GET", "/v1/sessions/{id}/transcript", session_id)
    assert [message["role"] for message in transcript["messages"]] == ["persona", "user", "persona"]
    await walk("GET", "/v1/sessions/{id}/recording", session_id)
    analytics = await walk("GET", "/v1/sessions/{id}/analytics", session_id)
    assert len(analytics["turns"]) == 2
    await walk("GET", "/v1/sessions/analytics")
    await walk("GET", "/v1/sessions/concurrency")
    await walk.refuse(400, "GET", "/v1/sessions/{id}", "not-a-uuid")
    await walk.refuse(404, "GET", "/v1/sessions/{id}/transcript", NOBODY)
    await walk.refuse(400, "GET", "/v1/sessions/analytics", params={"from": "2020-01-01T00:00:00Z"})


async def talked(server: Server) -> str:
    """A session in which both sides said something, with its recording."""
    names = {"name": "name", "avatar_id": "avatarId", "voice_id": "voiceId", "llm_id": "llmId"}
    async with python_client() as client:
        persona = {key: PERSONA[name] for key, name in names.items()}
        started = await client.do("connect", base_url=server.url, key=API_KEY, persona=persona)
        await client.wait_for("session_ready")
        await client.wait_for(reply)
        seen = len(client.events)
        await client.do("send_message", text="What is your name?")
        await client.wait_for(reply, after=seen)
        await client.do("close")
    session_id = str(started["session_id"])
    path = f"/v1/sessions/{session_id}"
    await asyncio.to_thread(server.wait_until, path, lambda found: found["endTime"])
    await asyncio.to_thread(server.wait_until, f"{path}/recording", lambda found: "recordingUrl" in found)
    return session_id


def reply(event: dict[str, Any]) -> bool:
    return event["event"] == "message_received" and event["arguments"][0]["role"] == "assistant"


async def meetings(walk: Walk, vendors: Vendors) -> None:
    path = "/v1/meetings/invites"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    config = {key: PERSONA[key] for key in ("name", "avatarId", "voiceId", "llmId")}
    wanted = {"meetingUrl": "https://meet.google.com/abc-defg-hij", "personaConfig": config, "joinAt": tomorrow}
    invite = await walk("POST", path, json=wanted)
    await walk("GET", path)
    await walk("GET", f"{path}/{{id}}", invite["id"])
    await walk.refuse(400, "POST", path, json={**wanted, "meetingUrl": "https://example.com/room"})
    await walk.refuse(404, "GET", f"{path}/{{id}}", NOBODY)
    vendors.answers["/v1/bots/bot-1"] = answers(204)
    await walk("DELETE", f"{path}/{{id}}", invite["id"])


async def without_a_key(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        walk = Walk(client)
        for method, path in sorted(official.operations()):
            await walk.refuse(401, method, path, NOBODY)
        assert len(walk.refused) == 57
