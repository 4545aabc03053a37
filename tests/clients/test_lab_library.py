"""What personas are made of, in the Lab: faces, voices, minds, tools and knowledge."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import photos
from tests.clients.lab import Lab, lab, wait_until
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]

PLACES = ("avatars", "voices", "minds", "tools", "knowledge")


def new_photo(opened: Lab, photo: bytes, name: str) -> Page:
    shown = opened.open("avatars")
    shown.get_by_test_id("avatar-create").click()
    shown.get_by_test_id("avatar-file").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo})
    shown.get_by_test_id("avatar-name").fill(name)
    shown.get_by_test_id("avatar-consent").check()
    shown.get_by_test_id("avatar-save").click()
    return shown


def dismiss(shown: Page) -> None:
    """Let what was deleted really go."""
    shown.get_by_test_id("toast").last.get_by_label("Dismiss").click()


def test_a_photo_becomes_a_face_that_talks(lab_server: Server, opened_lab: Lab) -> None:
    shown = new_photo(opened_lab, photos.encoded(photos.person()), "Ada at work")
    trial = shown.get_by_test_id("avatar-trial")
    expect(trial).to_have_attribute("data-phase", "talking")  # by itself, as it was just made
    shown.get_by_test_id("trial-stop").click()
    expect(trial).to_have_attribute("data-phase", "over")

    shown.get_by_test_id("avatar-rename").click()
    shown.get_by_test_id("rename-name").fill("Ada at home")
    shown.get_by_test_id("rename-save").click()
    expect(shown.get_by_role("heading", level=1)).to_have_text("Ada at home")
    shown.get_by_test_id("avatar-remove").click()
    dismiss(shown)
    lab_server.wait_until("/v1/avatars?search=Ada", lambda found: found["meta"]["total"] == 0)


def test_a_photo_without_a_face_is_refused_in_the_servers_words(lab_server: Server, opened_lab: Lab) -> None:
    shown = new_photo(opened_lab, photos.encoded(photos.scenery()), "Nobody")
    refused = shown.get_by_test_id("avatar-refused")
    expect(refused).to_contain_text(re.compile("face|person", re.IGNORECASE))
    shown.get_by_test_id("avatar-another").click()
    expect(shown.get_by_test_id("avatar-file")).to_be_attached()


def test_a_photo_is_taken_with_the_camera(opened_lab: Lab) -> None:
    shown = opened_lab.open("avatars")
    shown.get_by_test_id("avatar-create").click()
    shown.get_by_test_id("avatar-camera").click()
    shown.get_by_test_id("camera-open").click()
    wait_until(shown, "document.querySelector('.camera video')?.videoWidth > 0")
    shown.get_by_test_id("camera-shoot").click()
    expect(shown.get_by_role("img", name="The photo to be used")).to_be_visible()


def test_voices_are_filtered_heard_and_added(lab_server: Server, opened_lab: Lab) -> None:
    shown = opened_lab.open("voices")
    rows = shown.get_by_test_id("voice-row")
    expect(rows.first).to_be_visible()
    everybody = rows.count()
    shown.get_by_test_id("voice-gender").select_option("FEMALE")
    expect(rows).not_to_have_count(everybody)
    expect(rows.first).to_be_visible()
    with shown.expect_response(lambda answer: "sample.wav" in answer.url) as heard:
        rows.first.get_by_test_id("voice-play").click()
    assert heard.value.status in (200, 206)

    shown.get_by_test_id("voice-gender").select_option("")
    shown.get_by_test_id("voice-create").click()
    shown.get_by_test_id("voice-name").fill("Imported")
    shown.get_by_test_id("voice-field-voiceId").fill("abc123")
    shown.get_by_test_id("voice-field-country").fill("Great Britain")
    shown.get_by_test_id("form-save").click()
    expect(shown.get_by_test_id("field-error")).to_be_visible()
    shown.get_by_test_id("voice-field-country").fill("GB")
    shown.get_by_test_id("form-save").click()
    added = rows.filter(has_text="Imported")
    expect(added).to_be_visible()
    added.get_by_test_id("menu").click()
    shown.get_by_test_id("voice-delete").click()
    dismiss(shown)
    lab_server.wait_until("/v1/voices?search=Imported", lambda found: found["meta"]["total"] == 0)


def test_a_model_is_connected_tried_and_changed(lab_server: Server, opened_lab: Lab) -> None:
    shown = opened_lab.open("minds")
    shown.get_by_test_id("mind-create").click()
    shown.get_by_test_id("mind-displayName").fill("Nobody at home")
    shown.get_by_test_id("mind-modelName").fill("small")
    shown.get_by_test_id("mind-url").fill(f"{lab_server.url}/v1/chat/completions")
    shown.get_by_test_id("mind-secret").fill("sk-secret")
    shown.get_by_test_id("form-save").click()
    row = shown.get_by_test_id("mind-row").filter(has_text="Nobody at home")
    row.get_by_test_id("mind-test").click()
    expect(row.get_by_test_id("mind-trial")).to_have_class(re.compile("trial-bad"))

    row.get_by_test_id("menu").click()
    shown.get_by_test_id("mind-edit").click()
    expect(shown.get_by_test_id("mind-secret")).to_have_value("")
    shown.get_by_test_id("mind-temperature").fill("3")
    shown.get_by_test_id("form-save").click()
    expect(shown.get_by_test_id("field-error")).to_contain_text("2")
    shown.get_by_test_id("mind-temperature").fill("0.5")
    shown.get_by_test_id("form-save").click()
    expect(shown.get_by_test_id("mind-dialog")).to_have_count(0)
    [stored] = lab_server.ask("GET", "/v1/llms?search=Nobody").json()["data"]
    assert stored["temperature"] == 0.5

    built_in = shown.get_by_test_id("mind-row").filter(has_text="Built-in responder").first
    built_in.get_by_test_id("mind-test").click()
    expect(built_in.get_by_test_id("mind-trial")).to_contain_text("first word")


def test_a_model_that_runs_on_this_machine_is_added_by_one_click(lab_server: Server, opened_lab: Lab) -> None:
    # what runs here is this machine's affair, so the answer is given; what the click makes of it is real
    found = {"name": "Ollama", "url": f"{lab_server.url}/v1", "models": ["llama3.2", "qwen3"]}
    answer = {"data": [found], "usable": True}
    opened_lab.page.route("**/v1/llms/discovered", lambda route: route.fulfill(json=answer))
    shown = opened_lab.open("minds")
    row = shown.get_by_test_id("found-row").filter(has_text="llama3.2")
    row.get_by_test_id("found-add").click()
    expect(row).to_contain_text("Added")
    expect(shown.get_by_test_id("mind-row").filter(has_text="llama3.2 (Ollama)")).to_be_visible()
    [stored] = lab_server.ask("GET", "/v1/llms?search=llama3.2").json()["data"]
    assert (stored["modelName"], stored["urls"][0]["url"]) == ("llama3.2", found["url"])


def test_a_webhook_is_made_and_tried(lab_server: Server, opened_lab: Lab) -> None:
    shown = opened_lab.open("tools")
    shown.get_by_test_id("tool-create").click()
    shown.get_by_test_id("tool-type-SERVER_WEBHOOK").check()
    shown.get_by_test_id("tool-name").fill("is it alive?")
    shown.get_by_test_id("tool-description").fill("Says whether the server lives.")
    shown.get_by_test_id("tool-url").fill(f"{lab_server.url}/healthz")
    shown.get_by_test_id("tool-method").select_option("GET")
    shown.get_by_test_id("tool-example").click()
    shown.get_by_test_id("form-save").click()
    expect(shown.get_by_test_id("field-error")).to_be_visible()
    shown.get_by_test_id("tool-name").fill("is_it_alive")
    shown.get_by_test_id("form-save").click()
    row = shown.get_by_test_id("tool-row").filter(has_text="is_it_alive")
    row.get_by_test_id("tool-try").click()
    expect(shown.get_by_test_id("trial-arguments")).to_have_value(re.compile('"order"'))
    shown.get_by_test_id("form-save").click()
    expect(shown.get_by_test_id("trial-answer")).to_contain_text('"ok"')


def test_documents_are_sent_read_asked_and_deleted(lab_server: Server, opened_lab: Lab, tmp_path: Path) -> None:
    shown = opened_lab.open("knowledge")
    shown.get_by_test_id("group-create").click()
    shown.get_by_test_id("group-name").fill("Machines")
    shown.get_by_test_id("form-save").click()
    (tmp_path / "filter.md").write_text("# The filter\n\nRinse the filter with cold water every month.")
    shown.get_by_test_id("document-files").set_input_files([tmp_path / "filter.md"])
    rows = shown.get_by_test_id("document-row")
    expect(rows).to_have_attribute("data-status", "READY")

    shown.get_by_test_id("ask-input").fill("How do I clean the filter?")
    shown.get_by_test_id("ask-send").click()
    expect(shown.get_by_test_id("passage").first).to_contain_text("cold water")
    expect(shown.get_by_test_id("passage-score").first).to_contain_text("%")

    rows.get_by_test_id("menu").click()
    with shown.expect_download() as taken:
        shown.get_by_test_id("document-download").click()
    assert taken.value.suggested_filename == "filter.md"
    rows.get_by_test_id("menu").click()
    shown.get_by_test_id("document-delete").click()
    dismiss(shown)
    [group] = lab_server.ask("GET", "/v1/knowledge/groups").json()
    lab_server.wait_until(f"/v1/knowledge/groups/{group['id']}/documents", lambda found: found == [])

    shown.get_by_role("link", name="Make a tool with it").click()
    expect(shown.get_by_test_id("tool-type-SERVER_RAG")).to_be_checked()
    expect(shown.get_by_role("checkbox", name="Machines")).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab_server: Server, lab_chromium: Browser, scheme: str) -> None:
    with lab(lab_server, lab_chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        found = {place: (quiet.open(place), quiet.complaints())[1] for place in PLACES}
        quiet.page.get_by_test_id("group-create").click()
        found["a dialog"] = quiet.complaints()
    assert found == {place: [] for place in found}
