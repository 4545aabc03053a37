"""Pictures of the Lab and of the API's page, from a server of its own: `python -m scripts.screenshots OUT_DIR`."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.clients.browser import FLAGS, chromium
from tests.clients.server import API_KEY, Server, serve

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 60_000
SOME_WORDS = re.compile(r"(\w+\W+){8}")
QUESTION = "Who are you, and what can you do?"


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        asyncio.run(take(server, out))


async def take(server: Server, out: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport=DESKTOP)
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{server.url}/#key={API_KEY}")
        await page.get_by_test_id("persona-row").first.wait_for()
        await shoot(page, out / "start.png")
        await page.get_by_test_id("persona-create").click()
        await page.get_by_role("dialog").wait_for()
        await page.get_by_test_id("editor-name").wait_for()
        await page.wait_for_load_state("networkidle")  # the pictures of the people, too
        await shoot(page, out / "editor.png")
        await page.reload()
        await talk(page)
        await shoot(page, out / "conversation.png")
        await page.set_viewport_size(PHONE)
        await shoot(page, out / "conversation-phone.png")
        await page.set_viewport_size(DESKTOP)
        await page.goto(f"{server.url}/docs")
        await page.locator("#operations-Personas-create_persona").click()
        await shoot(page, out / "docs.png")
        await browser.close()


async def talk(page: Page) -> None:
    """Start a conversation and stop in the middle of an answer."""
    await page.get_by_test_id("persona-row").first.click()
    await page.get_by_test_id("start").click()
    await page.locator('[data-testid="line-persona"][aria-busy="false"]').first.wait_for()
    await page.get_by_test_id("composer-input").fill(QUESTION)
    await page.get_by_test_id("composer-send").click()
    answer = page.get_by_test_id("line-persona").nth(1)
    await expect(answer).to_contain_text(SOME_WORDS, timeout=PATIENCE_MS)


async def shoot(page: Page, path: Path) -> None:
    await page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    main()
