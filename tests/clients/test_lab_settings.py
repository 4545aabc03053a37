"""The Lab's settings: keys, providers, health and colours."""

import contextlib
import subprocess

import pytest
from playwright.sync_api import Browser, expect

from tests.clients.lab import Lab, lab
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]

PARTS = ("keys", "providers", "health", "look")


def refused_soon(server: Server, key: str) -> bool:
    """A server may know a key for a second longer."""
    for _ in range(100):
        if server.ask("GET", "/v1/personas", key=key).status == 401:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(timeout=0.1)
    return False


def test_a_key_is_made_shown_once_used_and_revoked(lab_server: Server, opened_lab: Lab) -> None:
    shown = opened_lab.open("settings")
    shown.get_by_test_id("key-create").click()
    shown.get_by_test_id("key-label").fill("Our shop")
    shown.get_by_test_id("key-read").check()
    shown.get_by_test_id("form-save").click()
    key = shown.get_by_test_id("key-secret").input_value()
    shown.get_by_test_id("key-done").click()
    assert lab_server.ask("GET", "/v1/personas", key=key).status == 200
    assert lab_server.ask("POST", "/v1/personas", {"name": "X"}, key=key).status == 403

    row = shown.get_by_test_id("key-row").filter(has_text="Our shop")
    row.get_by_test_id("key-revoke").click()
    shown.get_by_test_id("key-revoke-confirm").click()
    expect(row).to_contain_text("revoked")
    assert refused_soon(lab_server, key)


def test_a_providers_key_is_stored_and_never_shown(lab_server: Server, opened_lab: Lab) -> None:
    shown = opened_lab.open("settings/providers")
    expect(shown.get_by_test_id("provider-row").filter(has_text="flite").first).to_contain_text("Ready")
    shown.get_by_test_id("secret-create").click()
    shown.get_by_test_id("secret-provider").select_option("elevenlabs")
    shown.get_by_test_id("secret-value").fill("sk_secret")
    shown.get_by_test_id("form-save").click()
    row = shown.get_by_test_id("secret-row")
    expect(row).to_contain_text("elevenlabs")
    assert "sk_secret" not in shown.content()
    row.get_by_test_id("menu").click()
    shown.get_by_test_id("secret-delete").click()
    shown.get_by_test_id("toast").last.get_by_label("Dismiss").click()
    lab_server.wait_until("/v1/provider-secrets", lambda found: found["meta"]["total"] == 0)


def test_the_server_is_examined(opened_lab: Lab) -> None:
    shown = opened_lab.open("settings/health")
    expect(shown.get_by_test_id("readiness")).to_contain_text("Sessions can start")
    expect(shown.get_by_test_id("finding").filter(has_text="voice activity")).to_contain_text("OK")


def test_colours_are_chosen_and_kept(opened_lab: Lab) -> None:
    shown = opened_lab.open("settings/look")
    shown.get_by_test_id("theme-dark").click()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = shown.evaluate(background)
    shown.reload()
    shown.get_by_test_id("theme-dark").wait_for()
    assert shown.evaluate(background) == dark
    shown.get_by_test_id("theme-light").click()
    assert shown.evaluate(background) != dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab_server: Server, lab_chromium: Browser, scheme: str) -> None:
    with lab(lab_server, lab_chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        found = {part: (quiet.open(f"settings/{part}"), quiet.complaints())[1] for part in PARTS}
    assert found == {part: [] for part in found}
