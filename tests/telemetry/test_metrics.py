"""The page that Prometheus reads: what is on it, what never is, and who may read it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.sessions.talking import start, stop, talk
from tests.rest import Rest
from visavis.core.events import (
    CalledTool,
    SessionEnded,
    ToolCallCompleted,
    ToolCallFailed,
    TurnMeasured,
    UserText,
    Warned,
)
from visavis.core.spec import FaceSpec, PersonaSpec, SessionSpec
from visavis.core.tools import INTERRUPTED
from visavis.telemetry.figures import MediaFigures, Now
from visavis.telemetry.metrics import Metrics
from visavis.telemetry.steps import steps_ms

TOKEN = "a-token-for-prometheus"
SPEC = SessionSpec(
    "session", "org", PersonaSpec("Cara", "secret prompt"), FaceSpec("still", "nobody"), None, None, None
)
CALL = CalledTool("call-1", "session", "turn-1", "secret_name", "webhook", {"city": "secret"}, 0.0, 0.0)


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    with Rest("", tmp_path_factory.mktemp("metrics"), metrics_token=TOKEN, sessions_max=1) as running:
        yield running


def scrape(rest: Rest) -> dict[str, float]:
    """Each sample by its name and labels."""
    answer = rest.ask("GET", "/metrics", key=TOKEN)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return samples(answer.text)


def samples(page: str) -> dict[str, float]:
    found = (line.rpartition(" ") for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in found if "_created" not in name}


def turn(**moments: float | bool) -> TurnMeasured:
    blank = dict.fromkeys(
        ("user_started_ms", "user_ended_ms", "text_final_ms", "first_token_ms", "last_token_ms", "voice_started_ms",
         "first_audio_ms", "last_audio_ms"))  # fmt: skip
    return TurnMeasured(**{"at_ms": 0.0, "turn_id": "turn-1", "interrupted": False, **blank, **moments})  # pyright: ignore


def test_a_conversation_is_counted_and_its_steps_are_timed(rest: Rest) -> None:
    before = scrape(rest)
    session_id = start(rest, {"clientLabel": "kiosk"})
    talk(rest, session_id, UserText("A secret question"))
    during = scrape(rest)
    assert (during["visavis_sessions_live"], during["visavis_sessions_max"]) == (1, 1)
    stop(rest, session_id)

    after = scrape(rest)
    grown = {name for name, value in after.items() if value > before.get(name, 0)}
    assert {
        "visavis_sessions_admitted_total", 'visavis_sessions_ended_total{reason="stopped"}',
        'visavis_turns_total{outcome="completed"}', 'visavis_turn_step_seconds_count{step="mind"}',
        'visavis_turn_step_seconds_count{step="voice"}', 'visavis_turn_step_seconds_count{step="packet"}',
        'visavis_turn_step_seconds_count{step="reply"}',
    } <= grown  # fmt: skip
    assert after["visavis_sessions_live"] == 0


def test_a_session_too_many_is_counted(rest: Rest) -> None:
    session_id = start(rest)
    body = {"personaConfig": {"personaId": rest.persona()["id"]}}
    assert rest.ask("POST", "/v1/engine/session", body).status_code == 429
    assert scrape(rest)["visavis_sessions_refused_total"] == 1
    stop(rest, session_id)


def test_the_work_of_the_media_is_told(rest: Rest) -> None:
    found = scrape(rest)
    assert found["visavis_frames_total"] == 100
    assert found["visavis_frames_late_total"] == 2
    assert found['visavis_worker_restarts_total{worker="face"}'] == 1
    assert found['visavis_queue_depth{queue="voice"}'] == 3
    assert found['visavis_queue_depth{queue="transcripts"}'] == 0


def test_nothing_private_is_on_the_page(rest: Rest) -> None:
    session_id = start(rest, {"clientLabel": "a-label"}, name="Somebody", systemPrompt="A secret prompt")
    talk(rest, session_id, UserText("A secret question"))
    stop(rest, session_id)
    page = rest.ask("GET", "/metrics", key=TOKEN).text
    for private in (session_id, "secret", "Somebody", "a-label", rest.organization, "nothing more to say"):
        assert private not in page
    labels = set(re.findall(r"(\w+)=\"", page))
    assert labels == {"le", "step", "reason", "outcome", "worker", "queue"}


def test_every_figure_and_step_is_documented(rest: Rest) -> None:
    documented = Path(__file__).parents[2].joinpath("docs", "telemetry.md").read_text(encoding="utf-8")
    families = set(re.findall(r"^# TYPE (\w+) ", rest.ask("GET", "/metrics", key=TOKEN).text, re.MULTILINE))
    shown = {name for name in families if not name.endswith("_created")}
    assert shown == set(re.findall(r"`(visavis_\w+)`", documented))
    steps = set(steps_ms(turn(**dict.fromkeys(
        ("user_ended_ms", "endpoint_ms", "text_final_ms", "first_token_ms", "voice_started_ms", "first_sound_ms",
         "first_audio_ms", "first_frame_ms"), 1.0))))  # fmt: skip
    assert not [step for step in steps if f"`{step}`" not in documented]


@pytest.mark.parametrize("key", ["", "wrong", "a-token-for-prometheusX"])
def test_only_the_token_opens_the_page(rest: Rest, key: str) -> None:
    answer = rest.ask("GET", "/metrics", key=key)
    assert answer.status_code == 401
    assert "VISAVIS_METRICS_TOKEN" in answer.json()["message"]
    assert rest.ask("GET", "/metrics").status_code == 401  # a key of the API is another thing


def test_without_a_token_there_is_no_page(tmp_path: Path) -> None:
    with Rest("", tmp_path) as plain:
        assert plain.ask("GET", "/metrics", key="").status_code == 404


def test_outcomes_and_failures_are_told_apart() -> None:
    metrics = Metrics(lambda: Now(0, 1, 0, MediaFigures()))
    for event in (
        turn(text_final_ms=1, first_audio_ms=5.0, interrupted=True),
        turn(text_final_ms=1, interrupted=True),
        turn(text_final_ms=1, failed=True),
        turn(text_final_ms=1, answered=False),
        Warned(0, "The voice failed: secret", failure=True),
        Warned(0, "Too fast."),
        ToolCallCompleted(250.0, "e", CALL, "secret"),
        ToolCallFailed(30_000.0, "e", CALL, "It answered 500."),
        ToolCallFailed(40.0, "e", CALL, INTERRUPTED),
        SessionEnded(0, "client", "bye"),
    ):
        metrics.happened(SPEC, event)
    found = samples(metrics.page().decode())
    assert found["visavis_barge_ins_total"] == 1  # the other one was not heard yet
    assert found['visavis_turns_total{outcome="interrupted"}'] == 2
    assert found['visavis_turns_total{outcome="failed"}'] == 1
    assert found['visavis_turns_total{outcome="unanswered"}'] == 1
    assert (found["visavis_provider_errors_total"], found["visavis_warnings_total"]) == (1, 1)
    took = {name: value for name, value in found.items() if name.startswith("visavis_tool_call_seconds_sum")}
    assert took == {
        'visavis_tool_call_seconds_sum{kind="webhook",outcome="completed"}': 0.25,
        'visavis_tool_call_seconds_sum{kind="webhook",outcome="failed"}': 30.0,
        'visavis_tool_call_seconds_sum{kind="webhook",outcome="interrupted"}': 0.04,
    }
    assert "secret" not in metrics.page().decode()


def test_a_turns_steps_are_the_time_between_its_moments() -> None:
    metrics = Metrics(lambda: Now(0, 1, 0, MediaFigures()))
    metrics.happened(SPEC, turn(
        user_ended_ms=1_000, endpoint_ms=1_300, text_final_ms=1_340, first_token_ms=1_840, voice_started_ms=1_900,
        first_sound_ms=2_000, first_audio_ms=2_020, first_frame_ms=2_040,
    ))  # fmt: skip
    found = samples(metrics.page().decode())
    seconds = {step: found[f'visavis_turn_step_seconds_sum{{step="{step}"}}'] for step in (
        "endpoint", "transcript", "mind", "voice", "packet", "picture", "reply",
    )}  # fmt: skip
    assert seconds == pytest.approx({
        "endpoint": 0.3, "transcript": 0.04, "mind": 0.5, "voice": 0.1, "packet": 0.02, "picture": 0.04, "reply": 1.02,
    })  # fmt: skip
