"""The Lab's frame and its gallery of personas."""

import pytest
from playwright.sync_api import Browser, expect

from tests.clients.lab import PHONE, Lab, lab
from tests.clients.personas import new_persona
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]


def test_a_persona_is_found_copied_and_deleted_with_a_way_back(lab_server: Server, opened_lab: Lab) -> None:
    persona_id = new_persona(lab_server, name="Searched For", skipGreeting=True)
    shown = opened_lab.open("personas")
    shown.get_by_test_id("persona-search").fill("searched")
    cards = shown.get_by_test_id("persona-card")
    expect(cards).to_have_count(1)

    cards.first.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-duplicate").click()
    copy = cards.filter(has_text="Searched For (copy)")
    expect(copy).to_be_visible()
    made = lab_server.ask("GET", f"/v1/personas/{copy.get_attribute('data-persona-id')}").json()
    model = lab_server.ask("GET", f"/v1/personas/{persona_id}").json()
    assert made["id"] != persona_id
    for field in ("brain", "voiceDetectionOptions", "skipGreeting", "initialMessage", "llmId"):
        assert made[field] == model[field]

    copy.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-delete").click()
    expect(cards).to_have_count(1)
    shown.get_by_test_id("toast-action").click()  # undo
    expect(cards).to_have_count(2)
    assert lab_server.ask("GET", f"/v1/personas/{made['id']}").status == 200

    copy.get_by_test_id("persona-menu").click()
    shown.get_by_test_id("persona-delete").click()
    shown.get_by_test_id("toast").get_by_label("Dismiss").last.click()
    lab_server.wait_until("/v1/personas?search=searched", lambda found: found["meta"]["total"] == 1)


def test_a_persona_is_copied_as_a_request_and_as_code(lab_server: Server, opened_lab: Lab) -> None:
    persona_id = new_persona(lab_server, name="It's me", systemPrompt="Don't say 'no'.")
    shown = opened_lab.open("personas")
    card = shown.locator(f'[data-testid="persona-card"][data-persona-id="{persona_id}"]')
    for action, expected in {
        "persona-curl": (f"{lab_server.url}/v1/personas", r"Don'\''t say", "$VISAVIS_API_KEY"),
        "persona-sdk": (persona_id, lab_server.url, "@anam-ai/js-sdk"),
    }.items():
        card.get_by_test_id("persona-menu").click()
        shown.get_by_test_id(action).click()
        expect(shown.get_by_test_id("toast").last).to_contain_text("copied")
        copied = shown.evaluate("navigator.clipboard.readText()")
        assert [part for part in expected if part not in copied] == []
        shown.get_by_test_id("toast").last.get_by_label("Dismiss").click()


def test_a_thumbnail_lives_under_the_pointer_unless_less_motion_is_wanted(
    lab_server: Server, lab_chromium: Browser
) -> None:
    with lab(lab_server, lab_chromium) as moving:
        card = moving.open("personas").get_by_test_id("persona-row").first
        card.hover()
        expect(moving.page.get_by_test_id("living")).to_have_count(1)
    with lab(lab_server, lab_chromium, reduced_motion="reduce") as still:
        still.open("personas").get_by_test_id("persona-row").first.hover()
        expect(still.page.get_by_test_id("living")).to_have_count(0)


def test_the_keyboard_reaches_the_menu_of_a_card_and_leaves_it(opened_lab: Lab) -> None:
    shown = opened_lab.open("personas")
    menu = shown.get_by_test_id("persona-menu").first
    menu.focus()
    shown.keyboard.press("Enter")
    items = shown.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    shown.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    shown.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_a_phone_has_every_page_behind_one_button(lab_server: Server, lab_chromium: Browser) -> None:
    with lab(lab_server, lab_chromium, viewport=PHONE) as phone:
        phone.page.get_by_test_id("nav-more").click()
        phone.page.get_by_role("dialog").get_by_test_id("nav-personas").click()
        expect(phone.page.get_by_role("dialog")).to_have_count(0)
        assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab_server: Server, lab_chromium: Browser, scheme: str) -> None:
    with lab(lab_server, lab_chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        found = {place: (quiet.open(place), quiet.complaints())[1] for place in ("personas",)}
    assert found == {place: [] for place in found}
