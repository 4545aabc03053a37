"""Something of everything, so that no page is empty; and the empty pages before that."""

from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Browser

from scripts.screenshots.camera import Camera
from tests import photos
from tests.clients.browser import page_server
from tests.clients.lab import converse
from tests.clients.personas import new_persona
from tests.clients.server import API_KEY, Server

MANUAL = "# The filter\n\nRinse the filter with cold water every month. Never use soap.\n\n# Descaling\n\nTwice a year."
SCHEMA = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}
TOOLS: dict[str, tuple[str, str]] = {
    "check_order": ("SERVER_WEBHOOK", "Looks up where an order is. Call it when somebody asks about their order."),
    "open_page": ("CLIENT", "Opens a page of the shop. Call it when somebody wants to see something."),
    "look_up_manuals": ("SERVER_RAG", "Searches the manuals of all machines. Call it for every question about one."),
}
QUESTIONS = ("Who are you?", "What can you tell me about the garden?")
DRAWN_WITHIN_S = 120


@dataclass(frozen=True, slots=True)
class Made:
    """The ids of what there is."""

    persona: str
    group: str
    avatar: str
    session: str


def empty_pages(camera: Camera) -> None:
    for place in ("sessions", "knowledge", "tools"):
        if camera.wants(f"{place}-empty"):
            camera.open(place)
            camera.shoot(f"{place}-empty")


def furnish(server: Server, chromium: Browser) -> Made:
    for avatar in server.ask("GET", "/v1/avatars?perPage=100").json()["data"]:
        httpx.get(avatar["imageUrl"], timeout=DRAWN_WITHIN_S)  # they are drawn when they are first asked for
    about = "Shows people around the garden shop"
    persona = new_persona(server, name="Mira", description=about, avatarModel="cara-4")
    group = _post(server, "/v1/knowledge/groups", {"name": "Coffee machines", "description": "All manuals"})["id"]
    documents = f"/v1/knowledge/groups/{group}/documents"
    _post(server, documents, {"filename": "manual.md", "content": MANUAL})
    _post(server, documents, {"filename": "prices.csv", "content": "machine,price\nSmall,120\nLarge,340\n"})
    _make_tools(server, group)
    model = {"displayName": "Our own model", "llmFormat": "openai", "modelName": "small-and-quick", "secret": "sk"}
    _post(server, "/v1/llms", {**model, "urls": [{"url": f"{server.url}/v1/chat/completions"}]})
    return Made(persona, group, _new_avatar(server), _talk(server, chromium))


def _make_tools(server: Server, group: str) -> None:
    configs = {
        "SERVER_WEBHOOK": {"url": f"{server.url}/healthz", "method": "POST", "parameters": SCHEMA},
        "CLIENT": {"parameters": SCHEMA},
        "SERVER_RAG": {"documentFolderIds": [group]},
    }
    for name, (kind, words) in TOOLS.items():
        _post(server, "/v1/tools", {"name": name, "description": words, "type": kind, "config": configs[kind]})


def _talk(server: Server, chromium: Browser) -> str:
    faces = {row["displayName"]: row["id"] for row in server.ask("GET", "/v1/avatars?perPage=100").json()["data"]}
    with page_server() as url:
        layla, gabriel = faces["Layla (built-in)"], faces["Gabriel (built-in)"]
        session = converse(server, chromium, url, *QUESTIONS, name="Leyla", avatarId=layla, film=True)
        converse(server, chromium, url, name="Gabriel", avatarId=gabriel)
    server.wait_until(f"/v1/sessions/{session}/recording", lambda found: "recordingUrl" in found)
    return session


def _new_avatar(server: Server) -> str:
    photo = ("ada.jpg", photos.encoded(photos.person()), "image/jpeg")
    key = {"Authorization": f"Bearer {API_KEY}"}
    form: dict[str, Any] = {"data": {"displayName": "Ada"}, "files": {"imageFile": photo}}
    answer = httpx.post(f"{server.url}/v1/avatars", headers=key, timeout=DRAWN_WITHIN_S, **form)
    made = answer.raise_for_status().json()
    httpx.get(made["imageUrl"], timeout=DRAWN_WITHIN_S)
    return str(made["id"])


def _post(server: Server, path: str, body: object) -> Any:
    answer = server.ask("POST", path, body)
    assert answer.status == 201, answer.body
    return answer.json()
