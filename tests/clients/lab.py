"""The Lab in a real Chromium, for tests that share one browser: signed in, watched, and looked over by axe."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.clients.browser import FLAGS, NO_MICROPHONE, chromium
from tests.clients.personas import ended_session, new_persona
from tests.clients.server import API_KEY, Server

AXE = Path(__file__).resolve().parents[2] / "lab" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 90_000  # a busy machine is no wrong answer
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ANSWERED = """(count) => named("MESSAGE_STREAM_EVENT_RECEIVED")
  .filter(({ details: [said] }) => said.role === "persona" && said.endOfSpeech).length >= count"""
GRAVE = ("serious", "critical")

expect.set_options(timeout=PATIENCE_MS)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield running
        finally:
            running.close()


def wait_until(page: Page, expression: str) -> None:
    """Until the expression is true on a page of ours, whose policy forbids the browser's own way to wait for that."""
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline_s, f"{expression} did not hold"
        page.wait_for_timeout(50)


class Lab:
    """One page of the Lab, opened with the key as by the link that a server prints."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(f"{server.url}/#key={API_KEY}")
        self.page.get_by_test_id("persona-list").wait_for()

    def open(self, place: str) -> Page:
        """Go to `place`, such as "sessions", and wait until what it shows is there."""
        self.page.goto("about:blank")  # or another fragment of the same page would load nothing anew
        self.page.goto(f"{self.server.url}/#/{place}")
        self.page.locator("main h1").first.wait_for()
        self.page.locator("main [aria-busy=true], main .spinner").first.wait_for(state="hidden")
        return self.page

    def complaints(self) -> "list[str]":
        """What axe finds serious or critical on the page as it is now."""
        self.page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate("axe.run(document).then((result) => result.violations)")
        return [
            f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'][:4])}"
            for rule in found
            if rule["impact"] in GRAVE
        ]


@contextlib.contextmanager
def lab(server: Server, chromium: Browser, **look: Any) -> Iterator[Lab]:
    """A fresh profile. `look` is what Playwright calls a context's options, such as `color_scheme`."""
    options = {"viewport": DESKTOP, "permissions": ["clipboard-read", "clipboard-write", "camera"], **look}
    context = chromium.new_context(**options)
    try:
        yield Lab(server, context)
    finally:
        context.close()


def converse(
    server: Server, chromium: Browser, page_url: str, *lines: str, film: bool = False, **persona: object
) -> str:
    """Type `lines` to a new persona, one after each answer, and leave; the id of the session that has ended."""
    request = {
        "clientLabel": "seen in the Lab",
        "personaConfig": {"personaId": new_persona(server, **persona)},
        "sessionOptions": {"sessionReplay": {"enableSessionReplay": film}},
    }
    token = server.ask("POST", "/v1/auth/session-token", request).json()["sessionToken"]
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(f"{page_url}/page.html")
        wanted = {"baseUrl": server.url, "token": token, "options": NO_MICROPHONE}
        assert page.evaluate("(wanted) => connect(wanted)", wanted) is None
        for number, line in enumerate(["", *lines], 1):
            if line:
                page.evaluate("(line) => client.sendUserMessage(line)", line)
            page.wait_for_function(ANSWERED, arg=number, timeout=PATIENCE_MS)
        session_id: str = page.evaluate("named('SESSION_READY')[0].details[0]")
    finally:
        context.close()
    server.ask("POST", f"/v1/sessions/{session_id}/stop")
    ended_session(server, session_id)
    return session_id
