"""The pages with a conversation: the Lab's, those of share links, and the widget on a page that may show it."""

import re

from playwright.sync_api import Page, expect

from scripts.screenshots.camera import Camera
from scripts.screenshots.furnish import Made

SOME_WORDS = re.compile(r"(\w+\W+){8}")
SPOKEN = re.compile(r"\w+ \w+")
QUESTION = "Who are you, and what can you do?"


def walk_talks(camera: Camera, made: Made) -> None:
    if camera.wants("talk", "talk-before"):
        _talk(camera, made)
    if camera.wants("share-link", "share-frame", "share-widget"):
        _sharing(camera, made)
    if camera.wants("guest", "guest-before", "guest-transcript", "guest-after", "guest-closed"):
        _guest(camera, made)
    if camera.wants("frame-player", "frame-orb"):
        _frames(camera, made)
    if camera.wants("widget", "widget-before", "widget-minimised", "widget-inline", "widget-player", "widget-orb"):
        _widget(camera, made)


def _talk(camera: Camera, made: Made) -> None:
    """Stopped in the middle of an answer."""
    page = camera.open(f"personas/{made.persona}")
    page.get_by_test_id("start").wait_for()
    camera.shoot("talk-before")
    page.get_by_test_id("start").click()
    page.locator('[data-testid="line-persona"][aria-busy="false"]').first.wait_for()
    page.get_by_test_id("composer-input").fill(QUESTION)
    page.get_by_test_id("composer-send").click()
    expect(page.get_by_test_id("line-persona").nth(1)).to_contain_text(SOME_WORDS)
    camera.shoot("talk")
    page.get_by_test_id("stop").click()
    page.get_by_test_id("start").wait_for()


def _sharing(camera: Camera, made: Made) -> None:
    page = camera.open(f"personas/{made.persona}")
    page.get_by_test_id("persona-share").click()
    page.get_by_test_id("share-create").click()
    page.get_by_test_id("share-row").first.wait_for()
    for way in ("link", "frame", "widget"):
        page.get_by_test_id(f"share-{way}").click()
        camera.shoot(f"share-{way}")


def _new_link(camera: Camera, made: Made, **fields: object) -> dict[str, str]:
    answer = camera.server.ask("POST", "/v1/share-links", {"personaId": made.persona, **fields})
    assert answer.status == 201, answer.body
    link: dict[str, str] = answer.json()
    return link


def _guest(camera: Camera, made: Made) -> None:
    page, link = camera.page, _new_link(camera, made, usageLimit=2)
    page.goto(link["url"])
    page.get_by_test_id("start").wait_for()
    camera.shoot("guest-before")
    page.get_by_test_id("start").click()
    _hear(page)
    camera.shoot("guest")
    page.get_by_test_id("transcript-toggle").click()
    page.get_by_test_id("typing-toggle").click()
    page.get_by_test_id("line-persona").first.wait_for()
    camera.shoot("guest-transcript")
    page.get_by_test_id("stop").click()
    expect(page.get_by_test_id("room-note")).to_contain_text("One conversation left")
    camera.shoot("guest-after")
    camera.server.ask("PUT", f"/v1/share-links/{link['id']}", {"enabled": False})
    page.reload()
    page.get_by_test_id("guest-closed").wait_for()
    camera.shoot("guest-closed")


def _frames(camera: Camera, made: Made) -> None:
    """As large as a page would make them: here they fill the window."""
    for name, kind in (("frame-player", "PLAYER_EMBED"), ("frame-orb", "ORB_EMBED")):
        camera.page.goto(_new_link(camera, made, type=kind)["url"])
        camera.page.get_by_test_id("start").wait_for()
        camera.shoot(name)


def _widget(camera: Camera, made: Made) -> None:
    page, server = camera.page, camera.server
    server.ask(
        "PUT", f"/v1/personas/{made.persona}", {"widgetConfig": {"allowedOrigins": [server.url], "showCaptions": True}}
    )
    page.goto(f"{server.url}/demo?persona={made.persona}")
    button = page.get_by_role("button", name="Talk to Mira")
    button.wait_for()
    camera.shoot("widget-before")
    button.click()
    _hear(page)
    camera.shoot("widget")
    page.get_by_test_id("stop").click()
    page.get_by_role("button", name="Minimise").click()
    camera.shoot("widget-minimised")
    page.get_by_test_id("demo-inline").click()
    button.first.wait_for()
    camera.shoot("widget-inline")
    for kind in ("player", "orb"):
        page.get_by_test_id(f"demo-{kind}").click()
        page.frame_locator("iframe").get_by_test_id("start").wait_for()
        camera.shoot(f"widget-{kind}")


def _hear(page: Page) -> None:
    expect(page.get_by_test_id("room-state")).to_have_attribute("data-state", "live")
    expect(page.get_by_test_id("captions")).to_contain_text(SPOKEN)
