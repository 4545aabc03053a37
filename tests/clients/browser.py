"""A real Chromium with a page that uses the official JavaScript client, seen from a test."""

import base64
import contextlib
import functools
import http.server
import shutil
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, async_playwright

from tests.clients import environments
from tests.clients.sites import serving

HERE = Path(__file__).resolve().parent
RECORDING_RATE_HZ = 16_000
NO_MICROPHONE = {"disableInputAudio": True}
FLAGS = [
    "--headless=new",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",
]


class JsClient:
    """The page: run an expression in it, or wait until one holds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.console: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))

    async def run(self, expression: str, argument: object = None) -> Any:
        return await self.page.evaluate(expression, argument)

    async def wait_until(self, expression: str, within_s: float = 60.0, argument: object = None) -> Any:
        """The value of the expression once it is true."""
        try:
            handle = await self.page.wait_for_function(expression, arg=argument, timeout=within_s * 1000)
        except BrowserError:
            names = await self.run("events.map((event) => event.name)")
            raise AssertionError(
                f"{expression} did not hold within {within_s:.0f} s; events: {names}; console: {self.console}"
            ) from None
        return await handle.json_value()

    async def wait_for(self, event: str, within_s: float = 60.0, count: int = 1) -> "list[Any]":
        """The details of the event's `count`-th occurrence."""
        expression = "([name, count]) => named(name).length >= count && named(name)[count - 1].details"
        return await self.wait_until(expression, within_s, [event, count])

    async def connect(self, **wanted: object) -> Any:
        return await self.run("(wanted) => connect(wanted)", wanted)

    async def ready(self, **wanted: object) -> str:
        """Connect and wait until the session is ready; its id."""
        assert await self.connect(**wanted) is None
        told: list[str] = await self.wait_for("SESSION_READY")
        return told[0]

    async def message(self, role: str, count: int) -> "dict[str, Any]":
        """The message that is the `count`-th one of that role in the client's history, complete."""
        expression = """([role, count]) => {
          const messages = history().filter((message) => message.role === role);
          return messages.length >= count && messages[count - 1];
        }"""
        found: dict[str, Any] = await self.wait_until(expression, argument=[role, count])
        return found

    async def save_sound(self, path: Path) -> Path:
        pcm = base64.b64decode(await self.run("recording()"))
        with wave.open(str(path), "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(RECORDING_RATE_HZ)
            recording.writeframes(pcm)
        return path


@contextlib.asynccontextmanager
async def js_client(page_url: str, microphone: Path | None = None) -> AsyncIterator[JsClient]:
    """A fresh browser on the page. `microphone` is a WAV that the browser plays over and over as its microphone."""
    flags = list(FLAGS)
    if microphone is not None:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=flags, ignore_default_args=["--mute-audio"]
        )
        try:
            page = await browser.new_page()
            client = JsClient(page)
            await page.goto(f"{page_url}/page.html")
            yield client
        finally:
            await browser.close()


def chromium() -> str:
    """The distribution's browser; the one that the driver would download is not used."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise environments.ClientMissing("Chromium is missing; `make setup-tests` installs it")
    return found


class _Pages(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/anam.js":
            content = environments.js_sdk().read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """The test's own output says enough."""


@contextlib.contextmanager
def page_server() -> Iterator[str]:
    """Serves the page from a port of its own, so that it is a stranger to the server's origin."""
    handler = functools.partial(_Pages, directory=str(HERE / "js_sdk"))
    with serving(handler) as origin:
        yield origin
