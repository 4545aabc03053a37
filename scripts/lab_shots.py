"""Pictures of every page of the Lab, phone and desktop, light and dark: `python -m scripts.lab_shots DIR [PLACE...]`.

On a server of its own that has something of everything; with places, such as `sessions`, only of those that begin so.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, ViewportSize

from tests import photos
from tests.clients.browser import page_server
from tests.clients.lab import PHONE, Lab, browser, converse, lab
from tests.clients.personas import new_persona
from tests.clients.server import API_KEY, Server, serve

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
HEIGHT_MAX = 2200
MANUAL = "# The filter\n\nRinse the filter with cold water every month. Never use soap.\n\n# Descaling\n\nTwice a year."
PICTURES_THERE = "() => [...document.images].every((one) => one.complete)"
SCHEMA = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}


def main() -> None:
    out, wanted = Path(sys.argv[1]), sys.argv[2:]
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), VISAVIS_RECORDINGS="true", VISAVIS_ALLOW_PRIVATE_URLS="true") as server,
        browser() as chromium,
    ):
        places = _furnish(server, chromium)
        for size_name, size in {"desktop": DESKTOP, "phone": PHONE}.items():
            for scheme in ("light", "dark"):
                with lab(server, chromium, viewport=size, color_scheme=scheme, reduced_motion="reduce") as opened:
                    _take(opened, places, wanted, out, f"{size_name}-{scheme}")


def _furnish(server: Server, chromium: Browser) -> "dict[str, str]":
    """Something of everything; where each page is, by the name of its picture."""
    empty = {"sessions-empty": "sessions", "knowledge-empty": "knowledge", "tools-empty": "tools"}
    with lab(server, chromium, viewport=DESKTOP, reduced_motion="reduce") as opened:
        for name, place in empty.items():
            opened.open(place)
            opened.page.screenshot(path=Path(sys.argv[1]) / f"{name}-desktop-light.png")
    for avatar in server.ask("GET", "/v1/avatars?perPage=100").json()["data"]:
        httpx.get(avatar["imageUrl"], timeout=120)  # they are drawn when they are first asked for
    made: dict[str, Any] = {
        "persona": new_persona(server, name="Mira", description="Shows people around the garden shop"),
        "group": _post(server, "/v1/knowledge/groups", {"name": "Coffee machines", "description": "All manuals"})["id"],
        "avatar": _avatar(server),
    }
    documents = f"/v1/knowledge/groups/{made['group']}/documents"
    _post(server, documents, {"filename": "manual.md", "content": MANUAL})
    _post(server, documents, {"filename": "prices.csv", "content": "machine,price\nSmall,120\nLarge,340\n"})
    config = {"url": f"{server.url}/healthz", "method": "POST", "parameters": SCHEMA}
    for name, kind, settings in (
        ("check_order", "SERVER_WEBHOOK", config),
        ("open_page", "CLIENT", {"parameters": SCHEMA}),
        ("look_up_manuals", "SERVER_RAG", {"documentFolderIds": [made["group"]]}),
    ):
        words = "Looks up where an order is. Call it when somebody asks about their order."
        _post(server, "/v1/tools", {"name": name, "description": words, "type": kind, "config": settings})
    model = {"displayName": "Our own model", "llmFormat": "openai", "modelName": "small-and-quick", "secret": "sk"}
    _post(server, "/v1/llms", {**model, "urls": [{"url": f"{server.url}/v1/chat/completions"}]})
    with page_server() as url:
        questions = ("Who are you?", "What can you tell me about the garden?")
        made["session"] = converse(server, chromium, url, *questions, name="Mira", film=True)
        converse(server, chromium, url, name="Gabriel")
    server.wait_until(f"/v1/sessions/{made['session']}/recording", lambda found: "recordingUrl" in found)
    return {
        "personas": "personas",
        "avatars": "avatars",
        "avatars-one": f"avatars/{made['avatar']}",
        "voices": "voices",
        "minds": "minds",
        "tools": "tools",
        "tools-new": "tools/new?type=SERVER_WEBHOOK",
        "knowledge": "knowledge",
        "knowledge-one": f"knowledge/{made['group']}",
        "sessions": "sessions",
        "sessions-one": f"sessions/{made['session']}",
        **{f"settings-{part}": f"settings/{part}" for part in ("keys", "providers", "health", "look")},
        "talk": f"personas/{made['persona']}",
    }


def _take(opened: Lab, places: "dict[str, str]", wanted: Sequence[str], out: Path, look: str) -> None:
    for name, place in places.items():
        if wanted and not any(name.startswith(part) for part in wanted):
            continue
        if look.startswith("desktop"):
            opened.page.set_viewport_size(DESKTOP)
        page = opened.open(place)
        if name == "knowledge-one":
            page.get_by_test_id("ask-input").fill("How do I clean the filter?")
            page.get_by_test_id("ask-send").click()
            page.get_by_test_id("passage").first.wait_for()
        if name == "sessions-one":
            page.wait_for_function("() => document.querySelector('video').readyState >= 2")
        if look.startswith("desktop"):
            _stretch(page)
        page.wait_for_function(PICTURES_THERE)
        page.screenshot(path=out / f"{name}-{look}.png", full_page=True)
        print(out / f"{name}-{look}.png")


def _stretch(page: Page) -> None:
    """On a desktop the page scrolls inside: make room, so that all of it is in the picture."""
    height = int(page.evaluate("document.querySelector('main').scrollHeight"))
    page.set_viewport_size({"width": 1440, "height": max(900, min(height, HEIGHT_MAX))})


def _avatar(server: Server) -> str:
    photo = ("ada.jpg", photos.encoded(photos.person()), "image/jpeg")
    key = {"Authorization": f"Bearer {API_KEY}"}
    form = {"data": {"displayName": "Ada"}, "files": {"imageFile": photo}}
    answer = httpx.post(f"{server.url}/v1/avatars", headers=key, timeout=60, **form)
    return str(answer.raise_for_status().json()["id"])


def _post(server: Server, path: str, body: object) -> Any:
    answer = server.ask("POST", path, body)
    assert answer.status == 201, answer.body
    return answer.json()


if __name__ == "__main__":
    main()
