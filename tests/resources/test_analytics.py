"""Where the time goes, of one session and of many, and how busy the server is."""

import asyncio
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.resources import contract
from tests.resources.sessions.talking import start, stop, talk
from tests.rest import Rest
from visavis.core.events import Talk, TurnMeasured, UserText
from visavis.db import models
from visavis.http.auth import hash_key
from visavis.resources.sessions import aggregate
from visavis.resources.sessions.concurrency import concurrency
from visavis.resources.sessions.measured import WallTime, measured
from visavis.resources.sessions.tally import SLOWEST_PER_METRIC, latency_stats

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
WALL = WallTime(NOON, 1_000.0)
PERSONA = "00000000-0000-4000-8000-000000000001"
STATS = {"count", "avg", "p50", "p90", "p95", "p99", "max"}


def turn(**moments: float) -> TurnMeasured:
    """A turn in milliseconds since the session's start."""
    times = {name: at if isinstance(at, bool) else 1_000.0 + at for name, at in moments.items()}
    blank: dict[str, Any] = dict.fromkeys(
        ("user_started_ms", "user_ended_ms", "text_final_ms", "first_token_ms", "last_token_ms", "voice_started_ms",
         "first_audio_ms", "last_audio_ms"))  # fmt: skip
    return TurnMeasured(**{"at_ms": 0.0, "turn_id": "turn", "interrupted": False, **blank, **times})


WHOLE = turn(
    user_started_ms=0, user_ended_ms=2_300, text_final_ms=2_640, first_token_ms=3_210, last_token_ms=4_760,
    voice_started_ms=3_300, voice_ended_ms=5_100, first_audio_ms=3_690, last_audio_ms=7_200,
    endpoint_ms=2_610, first_sound_ms=3_650, first_frame_ms=3_710,
)  # fmt: skip


def seed(rest: Rest, *turns: dict[str, Any], calls: tuple[dict[str, Any], ...] = (), **fields: Any) -> str:
    """A session that has ended and was reported, with these measurements."""
    row = models.Session(**{
        "organization_id": organization_id(rest), "node": "n", "start_time": models.now(), "end_time": models.now(),
        "reported_at": models.now(), "session_type": "turnkey", **fields,
    })  # fmt: skip

    async def add() -> str:
        async with rest.database.writing() as session:
            session.add(row)
            await session.flush()
            for position, values in enumerate(turns):
                session.add(models.SessionTurn(session_id=row.id, position=position, turn_id="t", measured=values))
            for position, values in enumerate(calls):
                session.add(models.SessionToolCall(session_id=row.id, position=position, turn_id="t", called=values))
        return row.id

    return rest.run(add())


def organization_id(rest: Rest) -> str:
    async def look() -> str:
        async with rest.database.reading() as session:
            keys = models.ApiKey
            found = await session.scalar(select(keys.organization_id).where(keys.key_hash == hash_key(rest.key)))
            return found or ""

    return rest.run(look())


def ask(rest: Rest, **query: Any) -> Any:
    answer = rest.ask("GET", "/v1/sessions/analytics", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_turn_has_the_durations_of_the_contract() -> None:
    shown = measured(WHOLE, WALL)

    assert (shown["userSpeechStartTime"], shown["personaStopSpeakingTime"]) == (
        "2026-04-20T12:00:00.000Z", "2026-04-20T12:00:07.200Z",
    )  # fmt: skip
    assert shown["userSpeechDurationSeconds"] == 2.3
    assert shown["transcriptionLatencySeconds"] == 0.34
    assert shown["llmTimeToFirstOutputSeconds"] == 0.57
    assert shown["llmGenerationDurationSeconds"] == 1.55
    assert shown["ttsGenerationDurationSeconds"] == 1.8
    assert shown["ttsTimeToFirstAudioSeconds"] == 0.39
    assert shown["firstAudioLatencySeconds"] == 1.39
    assert shown["speakingDurationSeconds"] == 3.51
    assert (shown["finishReason"], shown["wasInterrupted"], shown["interruptedStage"]) == ("completed", False, None)


def test_a_turn_has_a_waterfall_of_its_steps() -> None:
    shown = measured(WHOLE, WALL)

    assert (shown["endpointTime"], shown["endpointLatencySeconds"]) == ("2026-04-20T12:00:02.610Z", 0.31)
    assert shown["firstFrameLatencySeconds"] == 1.41
    assert shown["waterfallMs"] == {
        "endpoint": 310, "transcript": 340, "firstToken": 910, "firstAudio": 1350, "firstFrame": 1410,
        "firstPacket": 1390,
    }  # fmt: skip


def test_a_waterfall_begins_with_what_there_is() -> None:
    typed = turn(text_final_ms=100, first_token_ms=400, first_audio_ms=600)
    greeting = turn(voice_started_ms=100, first_sound_ms=150, first_audio_ms=160)

    assert measured(typed, WALL)["waterfallMs"]["firstToken"] == 300
    assert measured(typed, WALL)["waterfallMs"]["endpoint"] is None
    assert measured(greeting, WALL)["waterfallMs"]["firstPacket"] == 60
    assert set(measured(turn(), WALL)["waterfallMs"].values()) == {None}


@pytest.mark.parametrize(
    ("moments", "stage"),
    [
        ({}, "before_llm_output"),
        ({"first_token_ms": 1}, "during_llm_generation"),
        ({"first_token_ms": 1, "voice_started_ms": 2}, "before_audio"),
        ({"first_token_ms": 1, "voice_started_ms": 2, "first_audio_ms": 3}, "while_speaking"),
        ({"voice_started_ms": 2}, "before_audio"),  # a ready-made line
    ],
)
def test_an_interruption_has_a_stage(moments: dict[str, float], stage: str) -> None:
    shown = measured(turn(interrupted=True, **moments), WALL)

    assert (shown["finishReason"], shown["interruptedStage"]) == ("interrupted", stage)


@pytest.mark.parametrize("change", [{"failed": True}, {"answered": False}])
def test_a_turn_without_an_answer_has_no_finish(change: dict[str, bool]) -> None:
    assert measured(turn(text_final_ms=1, **change), WALL)["finishReason"] is None


def test_one_session_turn_by_turn(rest: Rest) -> None:
    session_id = start(rest, {"clientLabel": "kiosk"}, languageCode="en")
    talk(rest, session_id, UserText("Tell me a story"), Talk("Now this.", "from-outside"))
    assert rest.ask("GET", f"/v1/sessions/{session_id}/analytics").status_code == 404
    record = stop(rest, session_id)

    plain = rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    told = rest.ask("GET", f"/v1/sessions/{session_id}/analytics", params={"includeMessages": "true"}).json()

    assert (plain["sessionType"], plain["exitStatus"], plain["clientLabel"]) == ("turnkey", "CLOSED_BY_ENGINE", "kiosk")
    assert (plain["startTime"], plain["endTime"]) == (record["startTime"], record["endTime"])
    assert (plain["config"]["personaName"], plain["config"]["languageCode"]) == ("Cara", "en")
    assert plain["config"]["transcriptsEnabled"]
    assert [shown["turnIndex"] for shown in plain["turns"]] == [0, 1]
    first, second = plain["turns"]
    assert first["llmTimeToFirstOutputSeconds"] >= 0
    assert (first["userSpeechStartTime"], first["transcriptionLatencySeconds"]) == (None, None)
    assert (second["correlationId"], second["userTranscriptionTime"], second["toolCalls"]) == ("from-outside", None, [])
    assert all(shown["finishReason"] == "completed" for shown in plain["turns"])
    contract.check(first["personaStartSpeakingTime"], contract.TIME)
    assert "userMessage" not in first
    assert "assistantMessage" not in first
    assert (told["turns"][0]["userMessage"], told["turns"][1]["assistantMessage"]) == ("Tell me a story", "Now this.")
    assert "userMessage" not in told["turns"][1]
    summary = plain["summary"]
    assert (summary["totalTurns"], summary["completedTurns"], summary["interruptionRate"]) == (2, 2, 0)
    assert (summary["totalUserWords"], summary["totalAssistantWords"]) == (4, 8)
    assert summary["totalUserSpeechDurationSeconds"] is None
    assert summary["toolCalls"] == {"total": 0, "succeeded": 0, "failed": 0, "byName": {}}
    assert summary["averageLatencies"]["transcriptionLatencySeconds"] is None


def test_what_an_application_says_belongs_to_what_it_answers(rest: Rest) -> None:
    session_id = start(rest, llmId="CUSTOMER_CLIENT_V1")
    line = rest.app.state.desk.host.get(session_id)

    async def hear() -> None:
        line.receive(UserText("Are you there?"))
        await asyncio.sleep(0)

    rest.run(hear())
    talk(rest, session_id, Talk("I am.", "mine"))
    stop(rest, session_id)

    found = rest.ask("GET", f"/v1/sessions/{session_id}/analytics", params={"includeMessages": "true"})

    (shown,) = found.json()["turns"]
    assert found.json()["sessionType"] == "custom_llm_client"
    assert (shown["correlationId"], shown["userMessage"], shown["assistantMessage"]) == (
        "mine",
        "Are you there?",
        "I am.",
    )
    assert shown["llmTimeToFirstOutputSeconds"] is not None
    assert "userTurnId" not in found.text


def test_sessions_without_a_report_say_why(rest: Rest) -> None:
    cases = {
        "in progress": seed(rest, end_time=None, reported_at=None),
        "No report": seed(rest, reported_at=None),
        "passthrough": seed(rest, session_type="audio_passthrough"),
    }

    for words, session_id in cases.items():
        answer = rest.ask("GET", f"/v1/sessions/{session_id}/analytics")
        assert answer.status_code == 404
        assert words in answer.json()["message"]


def test_session_types_follow_who_thinks(rest: Rest) -> None:
    own = rest.create("/v1/llms", displayName="Mine", llmFormat="openai", modelName="m", url="http://a.test/v1")

    async def type_of(session_id: str) -> str:
        async with rest.database.reading() as session:
            row = await session.get(models.Session, session_id)
            assert row is not None
            return row.session_type

    assert rest.run(type_of(start(rest))) == "turnkey"
    assert rest.run(type_of(start(rest, llmId=own["id"]))) == "custom_llm_server"
    assert rest.run(type_of(start(rest, llmId="CUSTOMER_CLIENT_V1"))) == "custom_llm_client"
    assert rest.run(type_of(start(rest, enableAudioPassthrough=True))) == "audio_passthrough"


def test_tool_calls_are_shown_with_their_turn_and_counted(rest: Rest) -> None:
    called = {
        "toolCallId": "fc_1", "toolName": "lookup", "toolType": "server", "toolSubtype": "webhook",
        "status": "completed", "startedAt": "2026-04-20T12:00:00.000Z", "completedAt": "2026-04-20T12:00:00.700Z",
        "durationSeconds": 0.7, "errorMessage": None, "arguments": {"q": "x"}, "result": "found", "secret": "hidden",
    }  # fmt: skip
    failed = {"toolName": "lookup", "status": "failed", "errorMessage": "timed out"}
    session_id = seed(rest, measured(WHOLE, WALL), calls=(called, failed))

    detail = rest.ask("GET", f"/v1/sessions/{session_id}").json()["toolCalls"]
    analytics = rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()

    assert (detail[0]["turnIndex"], detail[0]["correlationId"], detail[0]["result"]) == (0, "t", "found")
    assert (detail[1]["arguments"], detail[1]["documentsAccessed"], detail[1]["errorMessage"]) == (
        None,
        None,
        "timed out",
    )
    assert "secret" not in detail[0]
    assert [call["toolName"] for call in analytics["turns"][0]["toolCalls"]] == ["lookup", "lookup"]
    assert "arguments" not in analytics["turns"][0]["toolCalls"][0]
    assert analytics["summary"]["toolCalls"] == {"total": 2, "succeeded": 1, "failed": 1, "byName": {"lookup": 2}}


def test_many_sessions_together(rest: Rest) -> None:
    cut = measured(turn(text_final_ms=0, first_token_ms=900, interrupted=True), WALL)
    first = seed(rest, measured(WHOLE, WALL), cut, errors=2, client_label="kiosk")
    seed(rest, measured(WHOLE, WALL), warnings=1, persona_id=PERSONA)
    seed(rest, session_type="audio_passthrough")
    seed(rest, start_time=models.now() - timedelta(days=2))  # before the last 24 hours

    found = ask(rest)

    assert (found["sessionCount"], found["sessionsWithReports"], found["turnCount"]) == (3, 2, 3)
    assert not found["truncated"]
    assert set(found["latencies"]) == {
        "transcriptionLatencySeconds", "llmTimeToFirstOutputSeconds", "llmGenerationDurationSeconds",
        "ttsGenerationDurationSeconds", "ttsTimeToFirstAudioSeconds", "firstAudioLatencySeconds",
        "speakingDurationSeconds", "userSpeechDurationSeconds",
        "endpointLatencySeconds", "firstFrameLatencySeconds",  # ours
    }  # fmt: skip
    assert found["latencies"]["endpointLatencySeconds"]["p50"] == 0.31
    first_output = found["latencies"]["llmTimeToFirstOutputSeconds"]
    assert set(first_output) == STATS
    assert (first_output["count"], first_output["p50"], first_output["max"]) == (3, 0.57, 0.9)
    counts = found["counts"]
    assert (counts["completedTurns"], counts["interruptedTurns"], counts["interruptedBeforeAudioTurns"]) == (2, 1, 1)
    assert (counts["totalErrors"], counts["sessionsWithErrors"]) == (2, 1)
    assert (counts["totalWarnings"], counts["sessionsWithWarnings"]) == (1, 1)
    assert found["rates"] == {
        "interruptionRate": 0.3333, "interruptedBeforeAudioRate": 0.3333, "errorSessionRate": 0.5,
        "warningSessionRate": 0.5, "toolCallFailureRate": None,
    }  # fmt: skip
    slowest = [slow for slow in found["slowestTurns"] if slow["metric"] == "llmTimeToFirstOutputSeconds"]
    assert slowest[0]["valueSeconds"] == 0.9
    assert (slowest[0]["sessionId"], slowest[0]["clientLabel"], slowest[0]["personaId"]) == (first, "kiosk", None)
    assert len(slowest) <= SLOWEST_PER_METRIC
    assert ask(rest, clientLabel="kiosk")["turnCount"] == 2
    assert ask(rest, clientLabel="kio")["sessionCount"] == 0
    by_persona = ask(rest, personaId=PERSONA)
    assert by_persona["turnCount"] == 1
    assert by_persona["filters"] == {"personaId": PERSONA, "apiKeyId": None, "clientLabel": None, "sessionType": None}
    assert ask(rest, sessionType="custom_llm_client")["sessionCount"] == 0
    assert ask(rest, apiKeyId=PERSONA)["sessionCount"] == 0
    days_ago = (models.now() - timedelta(days=3)).isoformat()
    assert ask(rest, **{"from": days_ago})["sessionCount"] == 4


def test_nothing_to_measure_is_no_error(rest: Rest) -> None:
    found = ask(rest)

    assert (found["sessionCount"], found["turnCount"], found["slowestTurns"]) == (0, 0, [])
    assert found["latencies"]["firstAudioLatencySeconds"] == {"count": 0, **dict.fromkeys(STATS - {"count"})}
    assert set(found["rates"].values()) == {None}
    contract.check(found["from"], contract.TIME)
    contract.check(found["to"], contract.TIME)


def test_only_the_newest_sessions_are_looked_at(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "SESSIONS_MAX", 2)
    for hour in (3, 2, 1):
        seed(rest, measured(WHOLE, WALL), start_time=models.now() - timedelta(hours=hour), client_label=f"-{hour}h")

    found = ask(rest)

    assert (found["sessionCount"], found["sessionsWithReports"], found["truncated"]) == (3, 2, True)
    assert {slow["clientLabel"] for slow in found["slowestTurns"]} == {"-1h", "-2h"}


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-01-01T00:00:00Z", "to": "2026-02-02T00:00:00Z"},
        {"from": "2026-02-02T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
        {"from": "yesterday"}, {"to": "0001-01-01T00:00:00+14:00"}, {"to": "9999-12-31T23:59:59-12:00"},
        {"to": "1e20"}, {"sessionType": "unknown"}, {"personaId": "x"}, {"clientLabel": "\x00"},
    ],
)  # fmt: skip
def test_wrong_filters_are_refused(rest: Rest, query: dict[str, str]) -> None:
    answer = rest.ask("GET", "/v1/sessions/analytics", params=query)

    assert answer.status_code == 400
    contract.check(answer.json(), contract.ERROR)


def test_a_time_without_a_zone_is_utc(rest: Rest) -> None:
    found = ask(rest, **{"from": "2026-01-01T00:00:00", "to": "2026-01-02T01:00:00+01:00"})

    assert (found["from"], found["to"]) == ("2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z")


@given(st.lists(st.floats(0, 100), min_size=2, max_size=50))
def test_percentiles_are_those_of_the_library(values: list[float]) -> None:
    found = latency_stats(values)

    cuts = statistics.quantiles(values, n=100, method="inclusive")
    assert found.p50 == pytest.approx(cuts[49], abs=0.001)
    assert found.p95 == pytest.approx(cuts[94], abs=0.001)
    assert found.p99 == pytest.approx(cuts[98], abs=0.001)
    assert found.max == max(values)


def test_a_full_server_says_how_long_it_may_take(tmp_path: Path) -> None:
    with Rest("", tmp_path, sessions_max=1) as rest:
        mine = organization_id(rest)
        free = rest.ask("GET", "/v1/sessions/concurrency").json()
        session_id = start(rest)
        unknown = rest.ask("GET", "/v1/sessions/concurrency").json()
        began = datetime.fromisoformat(rest.ask("GET", f"/v1/sessions/{session_id}").json()["startTime"])
        seed(rest, start_time=began - timedelta(minutes=20), end_time=began - timedelta(minutes=10))

        async def at(moment: datetime) -> int | None:
            async with rest.database.reading() as session:
                host = rest.app.state.desk.host
                return (await concurrency(host, session, mine, moment)).estimated_wait_seconds

        waits = [rest.run(at(began + timedelta(minutes=minutes))) for minutes in (4, 30)]
        rest.new_organization()
        stranger = rest.ask("GET", "/v1/sessions/concurrency").json()

    assert free == {"limit": 1, "active": 0, "canStartSession": True, "estimatedWaitSeconds": 0}
    assert unknown == {"limit": 1, "active": 1, "canStartSession": False, "estimatedWaitSeconds": None}
    assert waits == [360, 0]
    assert stranger == {"limit": 1, "active": 0, "canStartSession": False, "estimatedWaitSeconds": None}
