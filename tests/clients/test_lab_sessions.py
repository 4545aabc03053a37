"""What the Lab shows of conversations that were."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.clients.lab import Lab, converse, lab, wait_until
from tests.clients.personas import GREETING
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser]

QUESTION = "Who are you?"


@pytest.fixture(scope="module")
def filmed(lab_server: Server, lab_chromium: Browser, page_url: str) -> str:
    session_id = converse(lab_server, lab_chromium, page_url, QUESTION, name="Filmed", film=True)
    lab_server.wait_until(f"/v1/sessions/{session_id}/recording", lambda found: "recordingUrl" in found)
    return session_id


def test_a_session_is_found_and_watched_with_its_captions(opened_lab: Lab, filmed: str) -> None:
    shown = opened_lab.open("sessions")
    rows = shown.get_by_test_id("session-row")
    expect(rows.filter(has_text="Filmed")).to_be_visible()
    shown.get_by_test_id("session-search").fill("nobody's label")
    expect(shown.get_by_test_id("empty")).to_contain_text("No session matches")
    shown.get_by_test_id("session-search").fill(filmed)
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()

    film = shown.get_by_test_id("film")
    wait_until(shown, "document.querySelector('video')?.textTracks[0]?.cues?.length >= 2")
    cues: list[str] = film.evaluate("(video) => [...video.textTracks[0].cues].map((cue) => cue.text)")
    assert cues[:2] == [GREETING, QUESTION]
    shown.get_by_test_id("said-user").get_by_role("button").click()
    wait_until(shown, "document.querySelector('video').currentTime > 0")


def test_each_turn_shows_where_its_time_went(lab_server: Server, opened_lab: Lab, filmed: str) -> None:
    shown = opened_lab.open(f"sessions/{filmed}")
    turns = lab_server.ask("GET", f"/v1/sessions/{filmed}/analytics").json()["turns"]
    bars = shown.get_by_test_id("waterfall-turn")
    expect(bars).to_have_count(len(turns))
    told = bars.last.get_by_role("img").get_attribute("aria-label") or ""
    assert [stage for stage in ("Think", "Speak", "Send") if stage not in told] == []


def test_a_session_shows_how_good_the_line_was_and_how_the_picture_went_with_the_sound(
    lab_server: Server, opened_lab: Lab, filmed: str
) -> None:
    measured = lab_server.ask("GET", f"/v1/sessions/{filmed}/analytics").json()
    network, skew = measured["network"], measured["avSkew"]
    assert network["packetsSent"] > 0 <= network["packetsLost"]
    assert network["sentBitsPerSecond"] > 0
    assert 0 <= network["roundTripMs"]["p50"] <= network["roundTripMs"]["max"]
    assert network["jitterMs"]["p50"] >= 0
    assert abs(skew["meanMs"]) <= abs(skew["worstMs"])
    shown = opened_lab.open(f"sessions/{filmed}")
    expect(shown.get_by_test_id("session-network")).to_contain_text(f"of {network['packetsSent']:,}")
    expect(shown.get_by_text("Lip sync")).to_be_visible()


def test_a_session_is_taken_away_as_json_and_as_captions(opened_lab: Lab, filmed: str, tmp_path: Path) -> None:
    shown = opened_lab.open(f"sessions/{filmed}")
    with shown.expect_download() as taken:
        shown.get_by_test_id("export-json").click()
    taken.value.save_as(tmp_path / "session.json")
    kept = json.loads((tmp_path / "session.json").read_text())
    assert kept["session"]["id"] == filmed
    assert kept["transcript"]["messages"][0]["message"] == GREETING
    assert kept["analytics"]["turns"]
    assert kept["analytics"]["network"]["packetsSent"] > 0

    shown.get_by_role("main").get_by_test_id("menu").click()
    with shown.expect_download() as taken:
        shown.get_by_test_id("export-vtt").click()
    taken.value.save_as(tmp_path / "session.vtt")
    assert (tmp_path / "session.vtt").read_text().startswith("WEBVTT")


def test_a_session_that_was_not_filmed_says_why_and_can_be_deleted(
    lab_server: Server, lab_chromium: Browser, page_url: str, opened_lab: Lab
) -> None:
    session_id = converse(lab_server, lab_chromium, page_url, name="Not filmed")
    shown = opened_lab.open(f"sessions/{session_id}")
    expect(shown.get_by_test_id("film-none")).to_contain_text("This session was not recorded")
    shown.get_by_role("main").get_by_test_id("menu").click()
    shown.get_by_test_id("session-delete").click()
    shown.get_by_test_id("toast").get_by_label("Dismiss").click()
    lab_server.wait_until("/v1/sessions", lambda found: session_id not in {row["id"] for row in found["data"]})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab_server: Server, lab_chromium: Browser, filmed: str, scheme: str) -> None:
    with lab(lab_server, lab_chromium, color_scheme=scheme, reduced_motion="reduce") as quiet:
        places = ("sessions", f"sessions/{filmed}")
        found = {place: (quiet.open(place), quiet.complaints())[1] for place in places}
    assert found == {place: [] for place in found}
