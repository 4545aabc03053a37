"""The Lab's editor with its live preview, the conversation, and sharing, each on a fresh profile of one browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clients.lab import PHONE, Lab, browser, lab, wait_until
from tests.clients.personas import GREETING, new_persona
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]

SPOKEN = re.compile(r"\w+ \w+")
EDITOR_PARTS = ("character", "face", "voice", "mind", "listening")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def page(sqlite_server: Server, chromium: Browser) -> Iterator[Page]:
    with lab(sqlite_server, chromium) as opened:
        yield opened.page
        assert opened.troubles == []


def test_a_draft_talks_before_it_is_saved(sqlite_server: Server, page: Page) -> None:
    page.get_by_test_id("persona-create").click()
    page.get_by_test_id("editor-name").fill("Draft of Nora")
    page.get_by_test_id("editor-template").select_option("Reception")
    expect(page.get_by_test_id("editor-prompt")).to_have_value(re.compile("receptionist"))
    page.get_by_test_id("editor-opening").select_option("line")
    page.get_by_test_id("editor-greeting").fill(GREETING)
    page.get_by_test_id("editor-part-listening").click()
    for silence in ("silenceBeforeSkipTurnSeconds", "silenceBeforeSessionEndSeconds"):
        page.get_by_test_id(f"editor-{silence}").fill("0")
    page.get_by_test_id("editor-part-character").click()

    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("line-persona").first).to_contain_text(GREETING)
    found = sqlite_server.ask("GET", "/v1/personas?search=Draft+of+Nora").json()
    assert found["meta"]["total"] == 0, "nothing is stored by talking"

    page.get_by_test_id("editor-greeting").fill("Welcome back to us.")
    page.get_by_test_id("preview-restart").click()
    expect(page.get_by_test_id("line-persona").first).to_contain_text("Welcome back")
    page.get_by_test_id("stop").click()

    page.get_by_test_id("editor-save").click()
    page.get_by_test_id("talk").wait_for()
    [row] = sqlite_server.ask("GET", "/v1/personas?search=Draft+of+Nora").json()["data"]
    saved = sqlite_server.ask("GET", f"/v1/personas/{row['id']}").json()
    assert saved["initialMessage"] == "Welcome back to us."
    assert saved["voiceDetectionOptions"]["silenceBeforeSkipTurnSeconds"] == 0


def test_only_what_was_changed_is_sent(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Careful", avatarModel="cara-4", maxSessionLengthSeconds=600)
    before = sqlite_server.ask("GET", f"/v1/personas/{persona_id}").json()
    page.goto(f"{sqlite_server.url}/#/personas/{persona_id}/edit")
    page.get_by_test_id("editor-part-face").click()
    page.get_by_test_id("editor-style").select_option("warm")
    page.get_by_test_id("editor-expressivity").fill("0.8")
    page.get_by_test_id("editor-part-voice").click()
    page.get_by_test_id("editor-option-speed").fill("1.1")
    voices = take_over(page, "voice", 2)
    page.get_by_role("button", name=f"Move {voices[1]} up").press("Enter")
    expect(page.get_by_role("button", name=f"Move {voices[1]} down")).to_be_focused()  # it cannot go further up
    page.get_by_test_id("editor-part-mind").click()
    minds = take_over(page, "mind", 1)
    with page.expect_request(lambda request: request.method == "PUT") as sent:
        page.get_by_test_id("editor-save").click()
    changes = sent.value.post_data_json
    chosen = changes.pop("fallbackVoiceIds"), changes.pop("fallbackLlmIds")
    assert changes == {
        "directorNotes": {"presetStyle": "warm", "expressivity": 0.8},
        "voiceGenerationOptions": {"speed": 1.1},
    }
    expect(page.get_by_test_id("editor-state")).to_have_text("All changes saved")
    after = sqlite_server.ask("GET", f"/v1/personas/{persona_id}").json()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"directorNotes", "voiceGenerationOptions", "fallbackVoiceIds", "fallbackLlmIds", "updatedAt"}
    assert (after["fallbackVoiceIds"], after["fallbackLlmIds"]) == chosen

    page.reload()
    page.get_by_test_id("editor-part-mind").click()
    expect(page.get_by_test_id("editor-stand-in")).to_contain_text(minds)
    page.get_by_role("button", name=f"Remove {minds[0]}").click()
    expect(page.get_by_test_id("editor-stand-in-add-mind")).to_be_focused()
    page.get_by_test_id("editor-part-voice").click()
    expect(page.get_by_test_id("editor-stand-in")).to_contain_text(voices[::-1])


def take_over(page: Page, kind: str, count: int) -> list[str]:
    """Choose the first ones that may take over, one after the other; their names."""
    add, names = page.get_by_test_id(f"editor-stand-in-add-{kind}"), list[str]()
    for number in range(count):
        names.append(add.locator("option").nth(1).inner_text())
        add.select_option(index=1)
        expect(page.get_by_test_id("editor-stand-in")).to_have_count(number + 1)
    return names


def test_what_the_server_refuses_is_shown_where_it_is(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Wrong")
    page.goto(f"{sqlite_server.url}/#/personas/{persona_id}/edit")
    page.get_by_test_id("editor-language").fill("english!")
    page.get_by_test_id("editor-part-voice").click()
    page.get_by_test_id("editor-save").click()
    expect(page.get_by_test_id("field-error")).to_contain_text("ISO 639-1")
    expect(page.get_by_test_id("editor-part-character")).to_have_attribute("aria-selected", "true")


def test_unsaved_changes_are_not_lost_by_a_click(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Unsaved")
    page.goto(f"{sqlite_server.url}/#/personas/{persona_id}/edit")
    page.get_by_test_id("editor-prompt").fill("Something else.")
    for _ in range(2):
        page.get_by_test_id("nav-sessions").first.click()
        page.get_by_test_id("leave-stay").click()
        expect(page.get_by_test_id("editor-prompt")).to_have_value("Something else.")
    page.go_back()
    page.get_by_test_id("leave-discard").click()
    expect(page.get_by_test_id("editor-prompt")).to_have_count(0)
    assert sqlite_server.ask("GET", f"/v1/personas/{persona_id}").json()["brain"]["systemPrompt"] != "Something else."


def test_a_built_in_persona_becomes_ones_own(sqlite_server: Server, page: Page) -> None:
    [built_in] = sqlite_server.ask("GET", "/v1/personas?search=Anika+(built-in)").json()["data"][:1]
    page.goto(f"{sqlite_server.url}/#/personas/{built_in['id']}/edit")
    page.get_by_test_id("editor-save").click()
    page.get_by_test_id("talk").wait_for()
    expect(page.locator("main h1")).to_have_text("Anika")
    assert built_in["id"] not in page.url


def test_a_phone_that_is_held_upright_shows_an_upright_picture(sqlite_server: Server, chromium: Browser) -> None:
    persona_id = new_persona(sqlite_server, name="Tall", avatarModel="cara-4")
    with lab(sqlite_server, chromium, viewport=PHONE) as phone:
        page = phone.page
        page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
        page.get_by_test_id("start").click()
        expect(page.get_by_test_id("line-persona").first).to_contain_text(SPOKEN)
        wait_until(page, "document.querySelector('[data-testid=stage-video]').videoWidth > 0")
        size = page.get_by_test_id("stage-video").evaluate("(video) => [video.videoWidth, video.videoHeight]")
        assert size[0] * 3 == size[1] * 2
        page.get_by_test_id("devices").click()
        expect(page.get_by_test_id("device-microphone")).to_contain_text("Fake")
        page.get_by_test_id("device-microphone").select_option(index=1)
        expect(page.get_by_test_id("mic-state")).to_have_attribute("data-state", "on")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_link_is_made_switched_off_and_deleted(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Shared")
    page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
    page.get_by_test_id("persona-share").click()
    page.get_by_test_id("share-create").click()
    row = page.get_by_test_id("share-row")
    row.wait_for()
    [made] = sqlite_server.ask("GET", f"/v1/share-links?personaId={persona_id}").json()["data"]
    expect(row.get_by_test_id("share-url")).to_have_text(made["url"])
    row.get_by_text("Switch off").click()
    expect(row).to_have_attribute("data-state", "disabled")
    row.get_by_label("Delete link").click()
    expect(row).to_have_count(0)

    page.get_by_test_id("share-widget").click()
    page.get_by_test_id("widget-origins").fill("https://example.com\nhttp://localhost:3000")
    page.get_by_test_id("widget-save").click()
    expect(page.get_by_test_id("widget-save")).to_have_text("Saved")
    config = sqlite_server.ask("GET", f"/v1/personas/{persona_id}").json()["widgetConfig"]
    assert config["allowedOrigins"] == ["https://example.com", "http://localhost:3000"]


def test_the_demo_shows_the_widget_once_it_may(sqlite_server: Server, page: Page) -> None:
    persona_id = new_persona(sqlite_server, name="Shown")
    page.goto(f"{sqlite_server.url}/demo?persona={persona_id}")
    page.get_by_role("button", name="Talk to Shown").click()
    page.get_by_test_id("demo-allow").click()
    page.get_by_role("button", name="Talk to Shown").click()
    expect(page.get_by_test_id("room-state")).to_have_attribute("data-state", "live")
    page.get_by_test_id("demo-player").click()
    expect(page.frame_locator("iframe").get_by_test_id("start")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(sqlite_server: Server, chromium: Browser, scheme: str) -> None:
    persona_id = new_persona(sqlite_server, name="Looked Over")
    link = sqlite_server.ask("POST", "/v1/share-links", {"personaId": persona_id}).json()
    found: dict[str, list[str]] = {}
    with lab(sqlite_server, chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        page = quiet.page
        page.goto(f"{sqlite_server.url}/#/personas/{persona_id}/edit")
        for part in EDITOR_PARTS:
            page.get_by_test_id(f"editor-part-{part}").click()
            found[part] = quiet.complaints()
        page.goto(f"{sqlite_server.url}/#/personas/{persona_id}")
        page.get_by_test_id("start").wait_for()
        found["talk"] = quiet.complaints()
        page.get_by_test_id("persona-share").click()
        for way in ("link", "frame", "widget"):
            page.get_by_test_id(f"share-{way}").click()
            found[way] = quiet.complaints()
        found |= guests(quiet, sqlite_server, persona_id, link)
    assert found == {place: [] for place in found}


def guests(quiet: Lab, server: Server, persona_id: str, link: "dict[str, str]") -> "dict[str, list[str]]":
    page, found = quiet.page, dict[str, list[str]]()
    page.goto(f"{server.url}/demo?persona={persona_id}")
    page.get_by_role("button", name="Talk to Looked Over").wait_for()
    found["demo"] = quiet.complaints()
    page.goto(link["url"])
    page.get_by_test_id("start").wait_for()
    found["guest"] = quiet.complaints()
    server.ask("DELETE", f"/v1/share-links/{link['id']}")
    page.reload()
    page.get_by_test_id("guest-closed").wait_for()
    found["closed"] = quiet.complaints()
    return found
