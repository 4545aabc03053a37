"""Pictures of every page with a conversation, and of the API's page: `python -m scripts.screenshots OUT_DIR`.

Phone and desktop, light and dark, from a server of its own.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.clients.browser import FLAGS, chromium
from tests.clients.personas import new_persona
from tests.clients.server import API_KEY, Server, serve

SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
PATIENCE_MS = 60_000
SOME_WORDS = re.compile(r"(\w+\W+){8}")
QUESTION = "Who are you, and what can you do?"
PARTS = ("character", "face", "voice", "mind", "listening")

Shoot = Callable[[str], Awaitable[None]]


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        persona = new_persona(server, name="Lena", avatarModel="cara-4")
        asyncio.run(take(server, persona, out))


async def take(server: Server, persona: str, out: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for size, viewport in SIZES.items():
            for scheme in SCHEMES:
                context = await browser.new_context(viewport=viewport, color_scheme=scheme)
                context.set_default_timeout(PATIENCE_MS)
                page = await context.new_page()

                async def shoot(name: str, page: Page = page, size: str = size, scheme: str = scheme) -> None:
                    path = out / f"{name}-{size}-{scheme}.png"
                    await page.screenshot(path=path)
                    print(path)

                await page.goto(f"{server.url}/#key={API_KEY}")
                await page.get_by_test_id("persona-list").wait_for()
                for walk in (editor, conversation, sharing, guests, demo, api):
                    await walk(server, persona, page, shoot)
                await context.close()
        await browser.close()


async def editor(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    await page.goto(f"{server.url}/#/personas/{persona}/edit")
    for part in PARTS:
        await page.get_by_test_id(f"editor-part-{part}").click()
        await page.wait_for_load_state("networkidle")  # the pictures of the people, too
        await shoot(f"editor-{part}")


async def conversation(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    """Start a conversation and stop in the middle of an answer."""
    await page.goto(f"{server.url}/#/personas/{persona}")
    await page.get_by_test_id("start").wait_for()
    await shoot("talk-before")
    await page.get_by_test_id("start").click()
    await page.locator('[data-testid="line-persona"][aria-busy="false"]').first.wait_for()
    await page.get_by_test_id("composer-input").fill(QUESTION)
    await page.get_by_test_id("composer-send").click()
    answer = page.get_by_test_id("line-persona").nth(1)
    await expect(answer).to_contain_text(SOME_WORDS, timeout=PATIENCE_MS)
    await shoot("talk")
    await page.get_by_test_id("stop").click()


async def sharing(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    await page.get_by_test_id("persona-share").click()
    await page.get_by_test_id("share-create").click()
    await page.get_by_test_id("share-row").first.wait_for()
    for way in ("link", "frame", "widget"):
        await page.get_by_test_id(f"share-{way}").click()
        await shoot(f"share-{way}")


async def guests(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    link = server.ask("POST", "/v1/share-links", {"personaId": persona, "usageLimit": 2}).json()
    await page.goto(link["url"])
    await page.get_by_test_id("start").wait_for()
    await page.wait_for_load_state("networkidle")
    await shoot("guest-before")
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("captions")).to_contain_text(re.compile(r"\w+ \w+"), timeout=PATIENCE_MS)
    await shoot("guest")
    await page.get_by_test_id("transcript-toggle").click()
    await page.get_by_test_id("typing-toggle").click()
    await shoot("guest-transcript")
    await page.get_by_test_id("stop").click()
    await shoot("guest-after")
    server.ask("PUT", f"/v1/share-links/{link['id']}", {"enabled": False})
    await page.reload()
    await page.get_by_test_id("guest-closed").wait_for()
    await shoot("guest-closed")


async def demo(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    server.ask("PUT", f"/v1/personas/{persona}", {"widgetConfig": {"allowedOrigins": [server.url]}})
    await page.goto(f"{server.url}/demo?persona={persona}")
    button = page.get_by_role("button", name="Talk to Lena")
    await button.wait_for()
    await shoot("widget-before")
    await button.click()
    await expect(page.get_by_test_id("room-state")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    await shoot("widget")
    await page.get_by_role("button", name="Minimise").click()
    await shoot("widget-minimised")
    for kind in ("inline", "player", "orb"):
        await page.get_by_test_id(f"demo-{kind}").click()
        await page.wait_for_load_state("networkidle")
        await shoot(f"widget-{kind}")


async def api(server: Server, persona: str, page: Page, shoot: Shoot) -> None:
    await page.goto(f"{server.url}/docs")
    await page.locator("#operations-Personas-create_persona").click()
    await shoot("docs")


if __name__ == "__main__":
    main()
