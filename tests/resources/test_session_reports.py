"""What remains of a session: transcript, captions, deletion, and what a crash leaves."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from tests.resources import contract
from tests.resources.sessions.talking import PATIENCE_S, start, stop, talk
from tests.rest import Rest
from visavis.core.events import Talk, UserText
from visavis.db import models
from visavis.engine.records import ReportedMessage
from visavis.resources.sessions.retention import erase_old

ANSWER = "I have nothing more to say."
REMAINS = ("transcript", "recording", "analytics")


def transcript(rest: Rest, session_id: str, **headers: str) -> Any:
    answer = rest.ask("GET", f"/v1/sessions/{session_id}/transcript", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def count(rest: Rest, model: type[models.Base], session_id: str) -> int:
    async def look() -> int:
        async with rest.database.reading() as session:
            where = model.session_id == session_id  # type: ignore[attr-defined]
            return await session.scalar(select(func.count()).select_from(model).where(where)) or 0

    return rest.run(look())


def test_the_transcript_has_what_was_said_in_order(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, UserText("Hello there"), UserText("Tell me more"))
    record = stop(rest, session_id)

    found = transcript(rest, session_id)

    assert [(said["role"], said["message"]) for said in found["messages"]] == [
        ("user", "Hello there"), ("persona", ANSWER), ("user", "Tell me more"), ("persona", ANSWER),
    ]  # fmt: skip
    assert (found["sessionId"], found["personaName"], found["totalMessages"]) == (session_id, "Cara", 4)
    assert found["transcriptsEnabled"]
    assert (found["startTime"], found["endTime"]) == (record["startTime"], record["endTime"])
    assert found["durationMs"] == record["sessionLengthMs"]
    user, persona = found["messages"][:2]
    assert set(user) == {"role", "message", "timestamp", "speakingDurationSeconds"}
    assert set(persona) == {*user, "wasInterrupted"}
    times = [found["startTime"], *(said["timestamp"] for said in found["messages"]), found["endTime"]]
    assert times == sorted(times)
    for moment in times:
        contract.check(moment, contract.TIME)


def test_captions_come_where_they_are_asked_for(rest: Rest) -> None:
    session_id = start(rest, name="<Cara> & co")
    talk(rest, session_id, UserText("Is 1 < 2?\n\nYes --> no"))
    stop(rest, session_id)

    captions = rest.ask("GET", f"/v1/sessions/{session_id}/transcript", headers={"accept": "text/vtt, */*"})

    assert captions.headers["content-type"].startswith("text/vtt")
    header, first, second = captions.text.strip().split("\n\n")
    assert header == "WEBVTT"
    assert first.splitlines()[2] == "<v User>Is 1 &lt; 2? Yes --&gt; no"
    assert second.splitlines()[2] == f"<v &lt;Cara&gt; &amp; co>{ANSWER}"
    began, ended = second.splitlines()[1].split(" --> ")
    assert began < ended
    for accept in (
        "*/*",
        "application/json",
        "application/json, text/vtt;q=0.5",
        "text/vtt;q=0",
        "text/vtt;q=x",
        ";;,",
    ):
        answer = rest.ask("GET", f"/v1/sessions/{session_id}/transcript", headers={"accept": accept})
        assert answer.headers["content-type"] == "application/json", accept


def test_nothing_that_was_said_is_kept_where_that_was_asked_for(rest: Rest) -> None:
    session_id = start(rest, zeroDataRetention=True, systemPrompt="private")
    talk(rest, session_id, UserText("A secret"))
    stop(rest, session_id)

    found = transcript(rest, session_id)

    assert (found["messages"], found["transcriptsEnabled"], found["personaName"]) == ([], False, "")
    assert count(rest, models.SessionMessage, session_id) == 0
    analytics = rest.ask("GET", f"/v1/sessions/{session_id}/analytics", params={"includeMessages": "true"})
    assert "secret" not in analytics.text
    assert "private" not in analytics.text
    assert analytics.json()["summary"]["totalTurns"] == 1
    assert analytics.json()["summary"]["totalUserWords"] is None


def test_what_databases_cannot_hold_does_not_stop_a_transcript(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, Talk("zero \x00 and half \ud800", "stream \x00"))
    stop(rest, session_id)

    (said,) = transcript(rest, session_id)["messages"]

    assert said["message"] == "zero \ufffd and half \ufffd"


def test_a_crash_costs_the_end_of_a_session_and_not_its_transcript(database_url: str, tmp_path: Path) -> None:
    with Rest(database_url, tmp_path) as crashed:
        session_id = start(crashed)
        talk(crashed, session_id, UserText("Remember me"))
        crashed.run(_until_written(crashed, session_id))

        with Rest(database_url, tmp_path, session_regain_seconds=0.1) as again:
            again.key = crashed.key
            record = again.run(_until_over(again, session_id))
            found = transcript(again, session_id)
            analytics = again.ask("GET", f"/v1/sessions/{session_id}/analytics")

    assert record["exitStatus"] == "ERROR"
    assert found["messages"][0]["message"] == "Remember me"
    assert found["messages"][-1]["timestamp"] <= record["endTime"]  # when it was last alive, not when it was noticed
    assert analytics.json()["summary"]["totalErrors"] == 1


async def _until_over(rest: Rest, session_id: str) -> dict[str, Any]:
    """A session goes on after a crash, until nobody has come back to it for a while."""
    async with asyncio.timeout(PATIENCE_S):
        while (record := (await rest.send("GET", f"/v1/sessions/{session_id}")).json())["endTime"] is None:
            pass
    return record


async def _until_written(rest: Rest, session_id: str) -> None:
    """By itself, a little later: nobody asks for it."""
    async with asyncio.timeout(PATIENCE_S):
        while (await rest.send("GET", f"/v1/sessions/{session_id}/transcript")).json()["totalMessages"] < 2:
            pass


def test_a_database_that_fails_for_a_while_loses_nothing(rest: Rest) -> None:
    session_id, scribe = start(rest), rest.app.state.desk.scribe
    talk(rest, session_id, UserText("Still here"))

    async def rename(old: str, new: str) -> None:
        async with rest.database.writing() as session:
            await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    rest.run(rename("session_messages", "hidden"))
    try:
        with pytest.raises(Exception, match="session_messages"):
            rest.run(scribe.flush())
        assert rest.ask("POST", f"/v1/sessions/{session_id}/stop").status_code == 200
        assert rest.ask("GET", f"/v1/sessions/{session_id}").json()["endTime"] is None
    finally:
        rest.run(rename("hidden", "session_messages"))
    record = stop(rest, session_id)  # only waits: it has ended, and that is written by itself

    assert record["exitStatus"] == "CLOSED_BY_ENGINE"
    assert transcript(rest, session_id)["totalMessages"] == 2


def test_a_session_that_is_gone_does_not_keep_others_from_being_written(rest: Rest) -> None:
    gone, kept = start(rest), start(rest)
    row = models.Session(id="gone", start_time=models.now(), keeps_transcript=True)
    scribe = rest.app.state.desk.scribe
    scribe.open(row, 0.0)
    scribe.note("gone", ReportedMessage("user", "to nobody", 1.0, "turn"))
    talk(rest, kept, UserText("Hello"))

    rest.run(scribe.flush())

    assert transcript(rest, kept)["totalMessages"] == 2
    assert transcript(rest, gone)["totalMessages"] == 0
    assert count(rest, models.SessionMessage, "gone") == 0


def test_a_stopped_session_is_over_within_a_second(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, UserText("Go on"))
    rest.app.state.desk.host.get(session_id).receive(Talk("word " * 200))

    began_s = time.monotonic()
    stop(rest, session_id)

    assert time.monotonic() - began_s < 1.0
    assert rest.ask("POST", f"/talk?session_id={session_id}", {"content": "x"}).status_code == 404


def test_a_session_on_another_server_cannot_be_stopped_here(rest: Rest) -> None:
    session_id = start(rest)

    async def move() -> None:
        async with rest.database.writing() as session:
            await session.execute(update(models.Session).where(models.Session.id == session_id).values(node="other"))

    rest.run(move())

    answer = rest.ask("POST", f"/v1/sessions/{session_id}/stop")
    assert answer.status_code == 404
    assert "another server" in answer.json()["message"]


def test_deleting_leaves_nothing_and_waits_for_the_end(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, UserText("Forget me"))
    blob = rest.run(rest.app.state.blobs.put("org", b"film", ".mp4", 10))

    refused = rest.ask("DELETE", f"/v1/sessions/{session_id}")
    assert refused.status_code == 409
    assert refused.json()["message"] == "Session data can only be deleted after the session ends"
    contract.check(refused.json(), contract.ERROR)
    stop(rest, session_id)

    async def film() -> None:
        async with rest.database.writing() as session:
            await session.execute(update(models.Session).where(models.Session.id == session_id).values(recording=blob))

    rest.run(film())
    assert rest.app.state.blobs.path(blob).is_file()
    answer = rest.ask("DELETE", f"/v1/sessions/{session_id}")

    assert answer.status_code == 200
    assert isinstance(answer.json()["message"], str)
    assert rest.ask("GET", f"/v1/sessions/{session_id}").status_code == 404
    assert rest.ask("DELETE", f"/v1/sessions/{session_id}").status_code == 404
    assert count(rest, models.SessionMessage, session_id) == count(rest, models.SessionTurn, session_id) == 0
    assert not list((rest.app.state.settings.data_dir / "files").rglob(blob.split("/")[1]))


def test_words_are_erased_after_their_time_and_figures_stay(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, UserText("Long ago"))
    stop(rest, session_id)
    long_ago = models.now() - timedelta(days=31)

    async def age() -> int:
        async with rest.database.writing() as session:
            where = models.Session.id == session_id
            await session.execute(update(models.Session).where(where).values(start_time=long_ago, end_time=long_ago))
        await erase_old(rest.database, rest.app.state.blobs, models.now() - timedelta(days=30))
        return await erase_old(rest.database, rest.app.state.blobs, models.now() - timedelta(days=30))

    assert rest.run(age()) == 0  # the second look finds nothing more
    assert count(rest, models.SessionMessage, session_id) == 0
    answer = rest.ask("GET", f"/v1/sessions/{session_id}/transcript")
    assert answer.status_code == 404
    assert "30 days" in answer.json()["message"]
    assert rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()["summary"]["totalTurns"] == 1


def test_where_nothing_is_recorded_the_answer_says_how_to_change_that(rest: Rest) -> None:
    answer = rest.ask("GET", f"/v1/sessions/{start(rest)}/recording")

    assert answer.status_code == 404
    assert "VISAVIS_RECORDINGS" in answer.json()["message"]


def test_what_remains_is_nobody_elses(rest: Rest) -> None:
    session_id = start(rest)
    talk(rest, session_id, UserText("Mine"))
    stop(rest, session_id)
    owner = rest.key
    rest.new_organization()

    for what in REMAINS:
        assert rest.ask("GET", f"/v1/sessions/{session_id}/{what}").status_code == 404
    assert rest.ask("DELETE", f"/v1/sessions/{session_id}").status_code == 404
    assert rest.ask("GET", f"/v1/sessions/{session_id}", key=owner).status_code == 200
    for what in ("concurrency", "analytics"):
        answer = rest.ask("GET", f"/v1/sessions/{what}", params={"organizationId": "another"})
        assert answer.status_code == 403


@pytest.mark.parametrize("what", REMAINS)
def test_unknown_and_malformed_ids_of_what_remains(rest: Rest, what: str) -> None:
    assert rest.ask("GET", f"/v1/sessions/00000000-0000-4000-8000-000000000000/{what}").status_code == 404
    assert rest.ask("GET", f"/v1/sessions/nobody/{what}").status_code == 400
    assert rest.ask("DELETE", "/v1/sessions/concurrency").status_code == 400
