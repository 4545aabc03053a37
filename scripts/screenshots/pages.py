"""The pages that only show and manage."""

from playwright.sync_api import Page

from scripts.screenshots.camera import Camera
from scripts.screenshots.furnish import Made

EDITOR_PARTS = ("character", "face", "voice", "mind", "listening")
FOUND = {"name": "Ollama", "url": "http://127.0.0.1:11434/v1", "models": ["llama3.2", "qwen3:8b"]}


def walk_pages(camera: Camera, made: Made) -> None:
    # what runs on the machine that takes the pictures is of no interest
    camera.page.route("**/v1/llms/discovered", lambda route: route.fulfill(json={"data": [FOUND], "usable": True}))
    for name, place in _places(made).items():
        if camera.wants(name):
            _prepare(name, camera.open(place))
            camera.shoot(name, whole=not name.endswith("-new"))
    _dialogs(camera)
    _editor(camera, made)
    _api(camera)


def _places(made: Made) -> dict[str, str]:
    return {
        "personas": "personas",
        "avatars": "avatars",
        "avatars-one": f"avatars/{made.avatar}",
        "voices": "voices",
        "minds": "minds",
        "tools": "tools",
        "tools-new": "tools/new?type=SERVER_WEBHOOK",
        "knowledge": "knowledge",
        "knowledge-one": f"knowledge/{made.group}",
        "sessions": "sessions",
        "sessions-one": f"sessions/{made.session}",
        **{f"settings-{part}": f"settings/{part}" for part in ("keys", "providers", "health", "look")},
    }


def _prepare(name: str, page: Page) -> None:
    """Do what makes a page show something."""
    if name == "knowledge-one":
        page.get_by_test_id("ask-input").fill("How do I clean the filter?")
        page.get_by_test_id("ask-send").click()
        page.get_by_test_id("passage").first.wait_for()
    if name == "sessions-one":
        page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
        page.locator(".waterfall-table summary").click()
    if name.endswith("-new"):
        page.get_by_role("dialog").wait_for()
    if name == "minds":
        page.get_by_test_id("found-row").first.wait_for()


def _dialogs(camera: Camera) -> None:
    for name, place, button in (
        ("avatars-new", "avatars", "avatar-create"),
        ("voices-new", "voices", "voice-create"),
        ("minds-new", "minds", "mind-create"),
        ("settings-new-key", "settings", "key-create"),
    ):
        if camera.wants(name):
            camera.open(place).get_by_test_id(button).click()
            camera.page.get_by_role("dialog").wait_for()
            camera.shoot(name)


def _editor(camera: Camera, made: Made) -> None:
    names = [f"editor-{part}" for part in EDITOR_PARTS]
    if not camera.wants(*names):
        return
    page = camera.open(f"personas/{made.persona}/edit")
    for part, name in zip(EDITOR_PARTS, names, strict=True):
        page.get_by_test_id(f"editor-part-{part}").click()
        camera.shoot(name)


def _api(camera: Camera) -> None:
    if camera.wants("docs"):
        camera.page.goto(f"{camera.server.url}/docs")
        camera.page.locator("#operations-Personas-create_persona").click()
        camera.shoot("docs")
