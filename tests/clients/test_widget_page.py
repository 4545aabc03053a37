"""The widget on other people's pages: two websites on ports of their own, one of which may show the persona."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.clients.personas import GREETING, new_persona
from tests.clients.server import Server
from tests.clients.sites import site

pytestmark = [pytest.mark.clients, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no wrong answer
# Everything that the widget tells its page, by name and with details.
LISTEN = """<script>
  told = []
  for (const name of ["session-started", "session-ended", "message-received", "message-sent", "expanded", "collapsed",
    "transcript-opened", "transcript-closed", "error", "mic-muted", "mic-unmuted"])
    addEventListener("anam-agent:" + name, ({detail}) => told.push([name, detail]))
</script>"""


@pytest_asyncio.fixture(loop_scope="module")
async def page(strangers_chromium: Browser) -> AsyncIterator[Page]:
    context = await strangers_chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


def widget_page(server: Server, tag: str, script: str = "") -> str:
    loader = script or f'<script async src="{server.url}/widget.js"></script>'
    return f"<!doctype html><title>Shop</title><h1>Shop</h1>{LISTEN}{loader}{tag}"


def allow(server: Server, persona: str, **config: Any) -> None:
    answer = server.ask("PUT", f"/v1/personas/{persona}", {"widgetConfig": config})
    assert answer.status == 200, answer.body


async def told(page: Page, name: str) -> Any:
    """The details of the first event of that name."""
    find = "(name) => told.find(([told]) => told === name)"
    return (await (await page.wait_for_function(find, arg=name)).json_value())[1]


async def test_a_visitor_talks_on_a_page_that_may(sqlite_server: Server, page: Page) -> None:
    persona = new_persona(sqlite_server, name="Lena")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    html = widget_page(sqlite_server, f'<visavis-widget persona-id="{persona}"></visavis-widget>')
    with site(html) as origin:
        allow(sqlite_server, persona, allowedOrigins=[origin], showCaptions=True)
        await page.goto(origin)
        start = page.get_by_role("button", name="Talk to Lena")
        await start.wait_for()
        assert not [url for url in loaded if "room" in url], "nothing heavy before it is needed"

        await start.click()
        await expect(page.get_by_test_id("captions")).to_contain_text("garden")
        assert (await told(page, "session-started"))["sessionId"]
        assert await told(page, "message-received") == {"role": "agent", "content": GREETING}
        await page.get_by_test_id("mic-toggle").click()
        await told(page, "mic-muted")
        await page.get_by_test_id("transcript-toggle").click()
        await told(page, "transcript-opened")
        await page.evaluate("document.querySelector('visavis-widget').sendMessage('Who are you?')")
        assert await told(page, "message-sent") == {"content": "Who are you?"}
        await expect(page.get_by_test_id("line-user")).to_contain_text("Who are you?")

        await page.get_by_role("button", name="Minimise").click()
        await told(page, "collapsed")
        await page.get_by_role("button", name="Talk to Lena").click()
        await told(page, "expanded")
        await page.get_by_test_id("stop").click()
        assert (await told(page, "session-ended"))["reason"] == "user"


async def test_a_page_that_may_not_is_told_and_sees_no_persona(sqlite_server: Server, page: Page) -> None:
    persona = new_persona(sqlite_server, name="Lena")
    allow(sqlite_server, persona, allowedOrigins=["https://elsewhere.test"])
    with site(widget_page(sqlite_server, f'<anam-agent agent-id="{persona}"></anam-agent>')) as origin:
        await page.goto(origin)
        await page.get_by_role("button", name="Talk to Lena").click()
        error = await told(page, "error")
        assert error == {"code": "HTTP_403", "message": "This page may not show this assistant."}
        await expect(page.get_by_test_id("ending")).to_contain_text("This page may not show this assistant.")


async def test_attributes_win_over_the_owners_choice(sqlite_server: Server, page: Page) -> None:
    persona = new_persona(sqlite_server, name="Lena")
    allow(sqlite_server, persona, layout="inline", position="top-left", callToAction="Ask us")
    tag = f'<anam-agent-widget agent-id="{persona}" layout="floating" initial-state="minimized" \
position="[bottom-40,right-10%]" call-to-action="Say hello"></anam-agent-widget>'
    with site(widget_page(sqlite_server, tag)) as origin:
        await page.goto(origin)
        bubble = page.get_by_role("button", name="Say hello")
        await bubble.wait_for()
        place = (
            "(tag) => { const {bottom, right} = tag.shadowRoot.querySelector('.frame').style; return [bottom, right] }"
        )
        assert await page.locator("anam-agent-widget").evaluate(place) == ["40px", "10%"]
        await bubble.click()
        await told(page, "expanded")
        await expect(page.get_by_role("button", name="Minimise")).to_be_visible()


async def test_a_module_exports_what_others_need_and_a_token_replaces_the_id(sqlite_server: Server, page: Page) -> None:
    persona = new_persona(sqlite_server, name="Lena")
    asked = sqlite_server.ask("POST", "/v1/auth/session-token", {"personaConfig": {"personaId": persona}})
    tag = f'<my-helper session-token="{asked.json()["sessionToken"]}" agent-name="Lena" layout="inline"></my-helper>'
    script = f"""<script type="module">
      import {{registerWidget, DefaultConfig, WidgetEventNames}} from "{sqlite_server.url}/widget.mjs"
      registerWidget("my-helper"); registerWidget("my-helper")
      exported = [DefaultConfig.layout, WidgetEventNames.SESSION_STARTED]
    </script><script>exported = null</script>"""
    with site(widget_page(sqlite_server, tag, script)) as origin:
        await page.goto(origin)
        await page.get_by_role("button", name="Talk to Lena").wait_for()
        assert await page.evaluate("exported") == ["floating", "anam-agent:session-started"]
        for _ in range(2):
            await page.evaluate("told = []; document.querySelector('my-helper').start()")
            await told(page, "session-started")
            await page.evaluate("document.querySelector('my-helper').end()")
            await told(page, "session-ended")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({}, "SESSION_ERROR"),
        ({"persona-id": "00000000-0000-4000-8000-000000000000"}, "HTTP_404"),
    ],
)
async def test_a_widget_without_a_persona_says_so_to_the_page_alone(
    sqlite_server: Server, page: Page, attributes: dict[str, str], code: str
) -> None:
    written = " ".join(f"{name}={json.dumps(value)}" for name, value in attributes.items())
    with site(widget_page(sqlite_server, f"<visavis-widget {written}></visavis-widget>")) as origin:
        await page.goto(origin)
        assert (await told(page, "error"))["code"] == code
        await page.wait_for_function("document.querySelector('visavis-widget').shadowRoot.childElementCount === 0")
