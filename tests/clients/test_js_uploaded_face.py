"""A face made of an uploaded photo, which the official JavaScript client shows in Chromium while it talks."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from tests.clients.browser import NO_MICROPHONE, js_client
from tests.clients.personas import LONG_TALK, new_persona, session_token
from tests.clients.server import API_KEY, Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]


def astronaut() -> bytes:
    """The one photo of a real face that the tests install."""
    package = find_spec("skimage")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0], "data", "astronaut.png").read_bytes()


async def uploaded(server: Server) -> str:
    form = {"imageFile": ("astronaut.png", await asyncio.to_thread(astronaut), "image/png")}
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        authorization = {"Authorization": f"Bearer {API_KEY}"}
        answer = await http.post("/v1/avatars", data={"displayName": "Eileen"}, files=form, headers=authorization)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_face_of_an_uploaded_photo_talks(sqlite_server: Server, page_url: str, tmp_path: Path) -> None:
    avatar_id = await uploaded(sqlite_server)
    persona_id = new_persona(sqlite_server, name="Eileen", avatarId=avatar_id, skipGreeting=True)
    token = session_token(sqlite_server, personaId=persona_id)
    async with js_client(page_url) as client:
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.run("(text) => client.talk(text)", LONG_TALK)
        await client.wait_until("heard().loud > 20")
        await client.run("forget()")
        await client.wait_until("lookedAt().count > 25")
        looked_at = await client.run("lookedAt()")
        assert (looked_at["width"], looked_at["height"]) == (720, 480)
        assert looked_at["moving"] > 0.5
        await client.page.screenshot(path=tmp_path / "talking.png")  # for people, who look at it
