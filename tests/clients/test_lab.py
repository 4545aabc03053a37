"""The Lab as a person uses it: in a real Chromium, on the real server, from its own origin."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.clients.browser import FLAGS, chromium
from tests.clients.personas import DOCUMENTED, GREETING, new_persona
from tests.clients.server import API_KEY, Server
from tests.providers.fake_openai import FakeOpenAI, calls_plan, chunk, text_plan

pytestmark = [pytest.mark.clients, pytest.mark.browser]

PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no wrong answer
SPOKEN = re.compile(r"\w+ \w+")


@pytest.fixture
async def page(sqlite_server: Server) -> AsyncIterator[Page]:
    """Signed in by the kind of link that a server prints when it starts for the first time."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{sqlite_server.url}/#key={API_KEY}")
        await page.get_by_test_id("persona-row").first.wait_for()
        yield page
        await browser.close()


async def test_somebody_talks_with_a_persona(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Lena")
    await page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
    await page.get_by_test_id("start").click()
    lines = page.get_by_test_id("line-persona")
    await expect(lines.first).to_contain_text(GREETING)
    await expect(page.get_by_test_id("connection-state")).to_contain_text("Live")

    await page.get_by_test_id("composer-input").fill("Who are you?")
    await page.get_by_test_id("composer-send").click()
    await expect(page.get_by_test_id("line-user")).to_contain_text("Who are you?")
    await expect(lines.nth(1)).to_contain_text(SPOKEN)

    await page.get_by_test_id("interrupt").click()
    await expect(lines.nth(1)).to_have_attribute("aria-busy", "false")
    picture = await page.get_by_test_id("stage-video").evaluate("(video) => [video.videoWidth, video.videoHeight]")
    assert picture[0] * 2 == picture[1] * 3  # smaller where the machine is busy, never of another shape
    await page.get_by_test_id("stop").click()
    await expect(page.get_by_test_id("start")).to_be_visible()


async def test_what_a_mind_thinks_and_calls_is_shown(sqlite_server: Server, page: Page) -> None:
    schema = {"type": "object", "properties": {"page": {"type": "string"}}}
    described = {
        "name": "open_offers",
        "description": "Opens a page.",
        "type": "CLIENT",
        "config": {"parameters": schema},
    }
    tool = sqlite_server.ask("POST", "/v1/tools", described).json()
    async with FakeOpenAI() as mind:
        thinking = text_plan("Here you are.")
        thinking.steps.insert(1, chunk({"reasoning_content": "They want offers."}))
        mind.answer_with(calls_plan(("open_offers", {"page": "offers"})), thinking)
        llm = {"displayName": "Mine", "llmFormat": "openai", "modelName": "test", "url": mind.url, "secret": "key"}
        llm_id = sqlite_server.ask("POST", "/v1/llms", llm).json()["id"]
        persona_id = new_persona(sqlite_server, name="Clever", llmId=llm_id, toolIds=[tool["id"]], skipGreeting=True)
        await page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
        await page.get_by_test_id("start").click()
        await expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
        await page.get_by_test_id("composer-input").fill("What is on offer?")
        await page.get_by_test_id("composer-send").click()
        called = page.get_by_test_id("line-tool")
        await expect(called).to_contain_text("open_offers")
        await called.click()
        await expect(called).to_contain_text('"page": "offers"')
        await expect(page.get_by_test_id("line-persona")).to_contain_text("Here you are.")
        await page.get_by_test_id("line-thought").click()
        await expect(page.get_by_test_id("line-thought")).to_contain_text("They want offers.")
        await page.get_by_test_id("stop").click()


async def test_the_page_says_who_really_thinks_and_speaks(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Honest")
    assert DOCUMENTED["voiceId"]  # a voice of another provider in the documents, spoken here by the built-in one
    await page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
    await expect(page.get_by_test_id("served-by")).to_contain_text("Built-in voice")
    await expect(page.get_by_test_id("served-by")).to_contain_text("Built-in responder")


async def test_the_api_is_described_on_a_page_that_needs_nobody_else(sqlite_server: Server, page: Page) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("request", lambda sent: None if sent.url.startswith(sqlite_server.url) else troubles.append(sent.url))
    await page.goto(f"{sqlite_server.url}/docs")

    create = page.locator("#operations-Personas-create_persona")
    await create.click()
    await expect(create).to_contain_text("personas:write")
    # the key that the Lab knows is used here, too
    await page.locator("#operations-Personas-list_personas").click()
    await page.locator("#operations-Personas-list_personas .execute").click()
    await expect(page.locator("#operations-Personas-list_personas .live-responses-table")).to_contain_text("lastPage")
    assert troubles == []
