"""The Lab's frame and its gallery of personas."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import leaks
from tests.clients.lab import PHONE, Lab, browser, lab
from tests.clients.personas import new_persona
from tests.clients.server import Server, serve

pytestmark = [pytest.mark.clients, pytest.mark.browser]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("lab"), VISAVIS_RENDER_WORKERS="1") as running:
        leaks.share(running.process.pid)
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def page(server: Server, chromium: Browser) -> Iterator[Lab]:
    with lab(server, chromium) as opened:
        yield opened
        assert opened.troubles == []


def test_a_persona_is_found_copied_and_deleted_with_a_way_back(server: Server, page: Lab) -> None:
    persona_id = new_persona(server, name="Searched For", skipGreeting=True)
    shown = page.open("personas")
    shown.get_by_test_id("persona-search").fill("searched")
    cards = shown.get_by_test_id("persona-card")
    expect(cards).to_have_count(1)

    cards.first.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-duplicate").click()
    copy = cards.filter(has_text="Searched For (copy)")
    expect(copy).to_be_visible()
    made = server.ask("GET", f"/v1/personas/{copy.get_attribute('data-persona-id')}").json()
    model = server.ask("GET", f"/v1/personas/{persona_id}").json()
    assert made["id"] != persona_id
    for field in ("brain", "voiceDetectionOptions", "skipGreeting", "initialMessage", "llmId"):
        assert made[field] == model[field]

    copy.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-delete").click()
    expect(cards).to_have_count(1)
    shown.get_by_test_id("toast-action").click()  # undo
    expect(cards).to_have_count(2)
    assert server.ask("GET", f"/v1/personas/{made['id']}").status == 200

    copy.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-delete").click()
    shown.get_by_test_id("toast").get_by_label("Dismiss").last.click()
    server.wait_until("/v1/personas?search=searched", lambda found: found["meta"]["total"] == 1)


def test_a_persona_is_copied_as_a_request_and_as_code(server: Server, page: Lab) -> None:
    persona_id = new_persona(server, name="It's me", systemPrompt="Don't say 'no'.")
    shown = page.open("personas")
    card = shown.locator(f'[data-testid="persona-card"][data-persona-id="{persona_id}"]')
    for action, expected in {
        "persona-curl": (f"{server.url}/v1/personas", r"Don'\''t say", "$VISAVIS_API_KEY"),
        "persona-sdk": (persona_id, server.url, "@anam-ai/js-sdk"),
    }.items():
        card.get_by_test_id("persona-menu").click()
        shown.get_by_test_id(action).click()
        expect(shown.get_by_test_id("toast").last).to_contain_text("copied")
        copied = shown.evaluate("navigator.clipboard.readText()")
        assert [part for part in expected if part not in copied] == []
        shown.get_by_test_id("toast").last.get_by_label("Dismiss").click()


def test_a_thumbnail_lives_under_the_pointer_unless_less_motion_is_wanted(server: Server, chromium: Browser) -> None:
    with lab(server, chromium) as moving:
        card = moving.open("personas").get_by_test_id("persona-row").first
        card.hover()
        expect(moving.page.get_by_test_id("living")).to_have_count(1)
    with lab(server, chromium, reduced_motion="reduce") as still:
        still.open("personas").get_by_test_id("persona-row").first.hover()
        expect(still.page.get_by_test_id("living")).to_have_count(0)


def test_the_keyboard_reaches_the_menu_of_a_card_and_leaves_it(page: Lab) -> None:
    shown = page.open("personas")
    menu = shown.get_by_test_id("persona-menu").first
    menu.focus()
    shown.keyboard.press("Enter")
    items = shown.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    shown.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    shown.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_a_phone_has_every_page_behind_one_button(server: Server, chromium: Browser) -> None:
    with lab(server, chromium, viewport=PHONE) as phone:
        phone.page.get_by_test_id("nav-more").click()
        phone.page.get_by_role("dialog").get_by_test_id("nav-personas").click()
        expect(phone.page.get_by_role("dialog")).to_have_count(0)
        assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(server: Server, chromium: Browser, scheme: str) -> None:
    with lab(server, chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        found = {place: (quiet.open(place), quiet.complaints())[1] for place in ("personas",)}
    assert found == {place: [] for place in found}
