"""The official MCP server against the real server: every tool that needs no third service, in the order of a life."""

import asyncio
import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from tests import leaks, photos
from tests.clients.mcp_client import McpClient, mcp_client
from tests.clients.personas import PERSONA
from tests.clients.python_client import python_client
from tests.clients.server import API_KEY, Server, serve

pytestmark = pytest.mark.clients

# A service of their own makes these videos, and another one joins those meetings.
ELSEWHERE = {
    "generate_avatar_video",
    "add_avatar_to_meeting",
    "get_meeting_bot_status",
    "remove_avatar_from_meeting",
    "list_meeting_bots",
}


@pytest.fixture(scope="module")
def recording_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It keeps recordings, and fetches pictures from this machine."""
    settings = {
        "VISAVIS_RECORDINGS": "true",
        "VISAVIS_ALLOW_PRIVATE_URLS": "true",
        "VISAVIS_RENDER_WORKERS": "1",
    }
    with serve(tmp_path_factory.mktemp("recording-server"), **settings) as running:
        leaks.share(running.process.pid)
        yield running


@contextlib.contextmanager
def served(picture: bytes) -> Iterator[str]:
    """The address of a picture on this machine."""

    class Pictures(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(picture)))
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, format: str, *args: object) -> None:
            """The test's own output says enough."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/face.jpg"
        finally:
            server.shutdown()
            thread.join()


async def test_every_tool_of_the_mcp_server_works(recording_server: Server) -> None:
    async with mcp_client(recording_server.url) as mcp:
        tools = await mcp.tools()
        await knowledge_and_tools(mcp, recording_server)
        await faces_voices_and_minds(mcp)
        await personas_and_links(mcp)
        await sessions(mcp, recording_server)
        assert mcp.called == set(tools) - ELSEWHERE


async def knowledge_and_tools(mcp: McpClient, server: Server) -> None:
    folder = await mcp.make("create_knowledge_folder", name="Handbook", description="What we promise")
    assert (await mcp.read("get_knowledge_group", group_id=folder))["name"] == "Handbook"
    await mcp.call("update_knowledge_group", group_id=folder, name="Handbooks")
    assert "Handbooks" in await mcp.call("list_knowledge_folders")

    text = "Parcels are returned within thirty days. The warranty lasts two years."
    document = await mcp.make(
        "upload_knowledge_document", group_id=folder, name="returns.txt", content=text, content_type="text/plain"
    )
    path = f"/v1/knowledge/documents/{document}"
    await asyncio.to_thread(server.wait_until, path, lambda found: found["status"] in ("READY", "FAILED"))
    assert (await mcp.read("get_knowledge_document", document_id=document))["status"] == "READY"
    assert "warranty" in (await mcp.read("search_knowledge_group", group_id=folder, query="warranty"))[0]["content"]
    await mcp.call("update_knowledge_document", document_id=document, name="promises.txt")
    assert "promises.txt" in await mcp.call("list_knowledge_documents", group_id=folder)
    assert (await mcp.read("get_knowledge_document_download", document_id=document))["filename"] == "promises.txt"

    weather = await mcp.make(
        "create_webhook_tool", name="weather", description="Says the weather", url="http://127.0.0.1:8099/weather"
    )
    lookup = await mcp.make("create_knowledge_tool", name="lookup", description="Looks things up", folder_ids=[folder])
    assert (await mcp.read("get_tool", tool_id=lookup))["type"] == "SERVER_RAG"
    await mcp.call("update_tool", tool_id=weather, method="GET", await_response=False)
    assert (await mcp.read("get_tool", tool_id=weather))["config"]["method"] == "GET"
    assert "weather" in await mcp.call("list_tools")
    for tool in (weather, lookup):
        await mcp.call("delete_tool", tool_id=tool)
    await mcp.call("delete_knowledge_document", document_id=document)
    await mcp.call("delete_knowledge_group", group_id=folder)


async def faces_voices_and_minds(mcp: McpClient) -> None:
    with served(photos.encoded(photos.person())) as picture_url:
        avatar = await mcp.make("create_avatar", name="Somebody", image_url=picture_url)
    await mcp.call("update_avatar", avatar_id=avatar, display_name="Somebody else")
    assert (await mcp.read("get_avatar", avatar_id=avatar))["displayName"] == "Somebody else"
    assert avatar in await mcp.call("list_avatars")
    assert avatar in await mcp.call("search_avatars", query="somebody else")
    await mcp.call("delete_avatar", avatar_id=avatar)

    voice = await mcp.make(
        "create_voice", display_name="Nova", provider="ELEVENLABS", provider_voice_id="EXAVITQu4vr4xnSDxMaL"
    )
    await mcp.call("update_voice", voice_id=voice, display_name="Nova Two")
    assert (await mcp.read("get_voice", voice_id=voice))["displayName"] == "Nova Two"
    assert voice in await mcp.call("list_voices")
    assert voice in await mcp.call("search_voices", query="nova two")
    await mcp.call("delete_voice", voice_id=voice)

    llm = await mcp.make("create_llm", name="Mine", provider="openai", model="gpt-5", api_key="secret-of-mine")
    await mcp.call("update_llm", llm_id=llm, temperature=0.3)
    found = await mcp.call("get_llm", llm_id=llm)
    assert "0.3" in found
    assert "secret-of-mine" not in found
    assert "Mine" in await mcp.call("list_llms")
    await mcp.call("delete_llm", llm_id=llm)


async def personas_and_links(mcp: McpClient) -> None:
    persona = await mcp.make(
        "create_persona",
        name="Cara",
        avatar_id=PERSONA["avatarId"],
        voice_id=PERSONA["voiceId"],
        system_prompt="You are Cara.",
    )
    await mcp.call("update_persona", persona_id=persona, name="Carla")
    assert (await mcp.read("get_persona", persona_id=persona))["name"] == "Carla"
    assert "Carla" in await mcp.call("list_personas")

    link = await mcp.make("create_share_link", persona_id=persona, name="For guests", max_uses=3)
    await mcp.call("update_share_link", link_id=link, is_active=False)
    assert (await mcp.read("get_share_link", link_id=link))["isActive"] is False
    assert "For guests" in await mcp.call("list_share_links")
    await mcp.call("delete_share_link", link_id=link)
    assert "Full token" in await mcp.call("create_session_token", persona_id=persona)
    await mcp.call("delete_persona", persona_id=persona)


async def sessions(mcp: McpClient, server: Server) -> None:
    async with python_client() as client:
        inline = {
            "name": "Cara",
            "avatar_id": PERSONA["avatarId"],
            "voice_id": PERSONA["voiceId"],
            "llm_id": PERSONA["llmId"],
        }
        started = await client.do("connect", base_url=server.url, key=API_KEY, persona=inline)
        await client.wait_for("first_picture")
        await client.wait_for("message_received")
        await client.do("close")
    session_id = str(started["session_id"])
    await asyncio.to_thread(server.wait_until, f"/v1/sessions/{session_id}", lambda found: found["endTime"])
    assert session_id in await mcp.call("list_sessions")
    assert (await mcp.read("get_session", session_id=session_id))["id"] == session_id
    await asyncio.to_thread(
        server.wait_until, f"/v1/sessions/{session_id}/recording", lambda found: "recordingUrl" in found
    )
    recording = await mcp.read("get_session_recording", session_id=session_id)
    path = recording["recordingUrl"].removeprefix(server.url)
    assert server.ask("GET", path, key="").body[4:8] == b"ftyp"
