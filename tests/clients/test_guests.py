"""People without a key: the page of a share link and the frames of others, in a real Chromium on the real server."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.clients.personas import GREETING, new_persona
from tests.clients.server import Server
from tests.clients.sites import site

pytestmark = [pytest.mark.clients, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no wrong answer
PHONE = {"width": 390, "height": 844}
SPOKEN = re.compile(r"\w+ \w+")


@pytest_asyncio.fixture(loop_scope="module")
async def page(strangers_chromium: Browser) -> AsyncIterator[Page]:
    """Somebody who was never here before."""
    context = await strangers_chromium.new_context(viewport=PHONE)
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


def new_link(server: Server, **fields: Any) -> Any:
    persona = fields.pop("personaId", None) or new_persona(server, name="Lena")
    answer = server.ask("POST", "/v1/share-links", {"personaId": persona, **fields})
    assert answer.status == 201, answer.body
    return answer.json()


def uses(server: Server, link: Any) -> int:
    return server.ask("GET", f"/v1/share-links/{link['id']}").json()["usageCount"]


async def heard(room: Page | FrameLocator, text: str | re.Pattern[str] = GREETING) -> None:
    """The persona says it, and is seen."""
    await expect(room.get_by_test_id("captions")).to_contain_text(text)
    await expect(room.get_by_test_id("room-state")).to_have_attribute("data-state", "live")


async def test_a_guest_talks_on_a_phone_and_the_link_counts_it(sqlite_server: Server, page: Page) -> None:
    persona = new_persona(sqlite_server, name="Lena", avatarModel="cara-4")
    link = new_link(sqlite_server, personaId=persona, usageLimit=2)
    await page.goto(link["url"])
    await expect(page.get_by_role("heading", name="Lena")).to_be_visible()
    await expect(page.get_by_test_id("room-note")).to_contain_text("2 conversations left")
    assert uses(sqlite_server, link) == 0

    await page.get_by_test_id("start").click()
    await heard(page, SPOKEN)
    assert uses(sqlite_server, link) == 1
    picture = await page.get_by_test_id("room-video").evaluate("(video) => [video.videoWidth, video.videoHeight]")
    assert picture[0] * 3 == picture[1] * 2  # smaller where the machine is busy, never of another shape
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]

    await page.get_by_test_id("transcript-toggle").click()
    await page.get_by_test_id("typing-toggle").click()
    await page.get_by_test_id("composer-input").fill("Who are you?")
    await page.get_by_test_id("composer-send").click()
    await expect(page.get_by_test_id("line-user")).to_contain_text("Who are you?")
    await expect(page.get_by_test_id("line-persona").nth(1)).to_contain_text(SPOKEN)
    await page.get_by_test_id("stop").click()
    await expect(page.get_by_test_id("start")).to_contain_text("Talk again")
    await expect(page.get_by_test_id("room-note")).to_contain_text("One conversation left")


async def test_the_last_conversation_of_a_link_ends_kindly(sqlite_server: Server, page: Page) -> None:
    link = new_link(sqlite_server, usageLimit=1)
    await page.goto(link["url"])
    await page.get_by_test_id("start").click()
    await heard(page, SPOKEN)
    await page.get_by_test_id("stop").click()
    await expect(page.get_by_test_id("guest-closed")).to_contain_text("That was the last conversation")


async def test_a_link_that_is_used_up_meanwhile_says_so(sqlite_server: Server, page: Page) -> None:
    link = new_link(sqlite_server, usageLimit=1)
    await page.goto(link["url"])
    await page.get_by_test_id("start").wait_for()
    answer = sqlite_server.ask("POST", "/v1/auth/share-link", {"token": link["token"]}, key="")
    assert answer.status == 200
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("guest-closed")).to_have_attribute("data-reason", "used_up")


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expired", "has expired"),
        ({"enabled": False}, "disabled", "switched off"),
        (None, "unknown", "nothing behind this link"),
    ],
)
async def test_a_closed_link_gives_a_friendly_reason(
    sqlite_server: Server, page: Page, change: Any, reason: str, words: str
) -> None:
    link = new_link(sqlite_server, **(change or {}))
    if change is None:
        sqlite_server.ask("DELETE", f"/v1/share-links/{link['id']}")
    await page.goto(link["url"])
    closed = page.get_by_test_id("guest-closed")
    await expect(closed).to_contain_text(words)
    await expect(closed).to_have_attribute("data-reason", reason)


@pytest.mark.parametrize("kind", ["PLAYER_EMBED", "ORB_EMBED"])
async def test_a_page_that_may_holds_the_persona_in_a_frame(sqlite_server: Server, page: Page, kind: str) -> None:
    link = new_link(sqlite_server, type=kind)
    frame = f'<iframe src="{link["url"]}" width="360" height="360" allow="microphone"></iframe>'
    told = "<script>told = []; onmessage = ({data}) => data.source === 'visavis' && told.push(data.name)</script>"
    with site(told + frame) as origin:
        sqlite_server.ask("PUT", f"/v1/share-links/{link['id']}", {"allowedOrigins": [origin]})
        await page.goto(origin)
        room = page.frame_locator("iframe")
        await room.get_by_test_id("start").click()
        await heard(room, SPOKEN)
        await expect(room.get_by_test_id("watermark")).to_be_visible()
        await page.wait_for_function("told.includes('session-started')")
        await room.get_by_test_id("stop").click()
        await expect(room.get_by_test_id("start")).to_be_visible()


async def test_a_page_that_was_not_allowed_shows_no_frame(sqlite_server: Server, page: Page) -> None:
    link = new_link(sqlite_server, type="PLAYER_EMBED", allowedOrigins=["https://elsewhere.test"])
    with site(f'<iframe src="{link["url"]}"></iframe>') as origin:
        async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            await page.goto(origin)
        await page.wait_for_function("document.querySelector('iframe').contentDocument === null")
    assert uses(sqlite_server, link) == 0
