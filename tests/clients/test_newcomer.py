"""The newcomer's path as one script: from an empty folder to a conversation that somebody else has."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clients.lab import PATIENCE_MS, PHONE, browser, wait_until
from tests.clients.server import Server, serve
from tests.photos import encoded, person

pytestmark = [pytest.mark.clients, pytest.mark.browser]

LINK = re.compile(r"^Lab +(http://\S+#key=\S+)$", re.MULTILINE)
GREETING = "Hello, I am glad that you are here."
# Notes, from now on, when what the browser plays is loud enough to be a voice.
LISTEN = """async (video) => {
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(video.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const look = () => {
    analyser.getFloatTimeDomainData(samples);
    if (Math.max(...samples) >= 0.02) window.heard = true;
    else setTimeout(look, 20);
  };
  look();
}"""
WORDS = re.compile(r"\w+ \w+")


@pytest.fixture
def newcomers_server(tmp_path: Path) -> Iterator[Server]:
    """Nothing is set and nothing was there: the server makes its first key and prints the link."""
    with serve(tmp_path, VISAVIS_API_KEY="", VISAVIS_RENDER_WORKERS="1") as running:
        yield running


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def test_from_an_empty_folder_to_a_shared_conversation(
    newcomers_server: Server, chromium: Browser, tmp_path: Path
) -> None:
    printed = LINK.search(newcomers_server.log)
    assert printed, newcomers_server.log
    page = new_page(chromium)
    page.goto(printed[1])
    expect(page.get_by_test_id("persona-card").first).to_contain_text("Built-in")
    assert "#key=" not in page.url, "a key must not stay in the address"

    upload_photo(page, tmp_path)
    write_persona(page)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("line-persona").first).to_contain_text("Hello")
    page.get_by_test_id("stage-video").evaluate(LISTEN)
    page.get_by_test_id("composer-input").fill("Who are you?")
    page.get_by_test_id("composer-send").click()
    expect(page.get_by_test_id("line-persona").nth(1)).to_contain_text(WORDS)
    wait_until(page, "window.heard")
    page.get_by_test_id("stop").click()

    page.get_by_test_id("persona-share").click()
    page.get_by_test_id("share-create").click()
    shared = page.get_by_test_id("share-url").text_content()
    guest = new_page(chromium, viewport=PHONE)
    guest.goto(shared or "")
    guest.get_by_test_id("start").click()
    expect(guest.get_by_test_id("captions")).to_contain_text("Hello")
    guest.get_by_test_id("room-video").evaluate(LISTEN)
    guest.get_by_test_id("typing-toggle").click()
    guest.get_by_test_id("composer-input").fill("Who are you?")
    guest.get_by_test_id("composer-send").click()
    wait_until(guest, "window.heard")
    guest.get_by_test_id("stop").click()
    expect(guest.get_by_test_id("start")).to_contain_text("Talk again")


def new_page(chromium: Browser, **look: object) -> Page:
    page = chromium.new_context(**look).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    return page


def upload_photo(page: Page, folder: Path) -> None:
    photo = folder / "me.jpg"
    photo.write_bytes(encoded(person("liv")))
    page.get_by_test_id("nav-avatars").first.click()
    page.get_by_test_id("avatar-create").click()
    page.get_by_test_id("avatar-file").set_input_files(photo)
    page.get_by_test_id("avatar-name").fill("My own face")
    page.get_by_test_id("avatar-consent").check()
    page.get_by_test_id("avatar-save").click()
    expect(page.locator("main h1")).to_have_text("My own face")


def write_persona(page: Page) -> None:
    page.get_by_test_id("nav-personas").first.click()
    page.get_by_test_id("persona-create").click()
    page.get_by_test_id("editor-name").fill("Nora")
    page.get_by_test_id("editor-prompt").fill("You are Nora, and you help people who are new here.")
    page.get_by_test_id("editor-opening").select_option("line")
    page.get_by_test_id("editor-greeting").fill(GREETING)
    page.get_by_test_id("editor-part-face").click()
    page.get_by_title("My own face").click()
    page.get_by_test_id("editor-save").click()
    page.get_by_test_id("talk").wait_for()
