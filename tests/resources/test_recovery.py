"""What a server finds of its sessions when it starts after a crash, and what it makes of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select, update

from tests.resources.sessions.talking import start, stop, talk
from tests.rest import Rest
from visavis.core.events import UserText
from visavis.db import models
from visavis.db.keyring import Keyring
from visavis.resources.sessions import checkpoints, recovery, scribe
from visavis.resources.sessions.recovery import Survivor


class Crash:
    """One session, as a server leaves it that dies now; the living one is told nothing."""

    def __init__(self, rest: Rest, node: str = "", **persona: Any) -> None:
        self.rest, self.keyring = rest, rest.app.state.keyring
        self.node = node or models.new_id()
        self.session_id = start(rest, **persona)

    def happens(self) -> None:
        """The row is that of a server of another name, so that the living one does not write to it any more."""
        rows = models.Session
        self.rest.run(self._write(update(rows).where(rows.id == self.session_id).values(node=self.node)))

    def recovered(self, alive_at: datetime | None = None, keyring: Keyring | None = None) -> list[Survivor]:
        async def recover() -> list[Survivor]:
            async with self.rest.database.writing() as session:
                return await recovery.recover(session, self.node, keyring or self.keyring, alive_at or models.now())

        return self.rest.run(recover())

    def checkpoint(self) -> str | None:
        async def read() -> str | None:
            rows = models.SessionCheckpoint
            async with self.rest.database.reading() as session:
                return await session.scalar(select(rows.sealed).where(rows.session_id == self.session_id))

        return self.rest.run(read())

    def put(self, sealed: str) -> None:
        rows = models.SessionCheckpoint
        self.rest.run(self._write(update(rows).where(rows.session_id == self.session_id).values(sealed=sealed)))

    def lose_checkpoint(self) -> None:
        rows = models.SessionCheckpoint
        self.rest.run(self._write(delete(rows).where(rows.session_id == self.session_id)))

    async def _write(self, statement: Any) -> None:
        async with self.rest.database.writing() as session:
            await session.execute(statement)

    def record(self) -> Any:
        return self.rest.ask("GET", f"/v1/sessions/{self.session_id}").json()


def flush(rest: Rest) -> None:
    rest.run(rest.app.state.desk.scribe.flush())


def test_a_session_that_lived_goes_on_with_all_that_was_said(rest: Rest) -> None:
    crash = Crash(rest)
    spec = rest.media.specs[crash.session_id]
    talk(rest, crash.session_id, UserText("My name is Ada."), UserText("What is my name?"))
    flush(rest)
    crash.happens()
    (survivor,) = crash.recovered()
    assert survivor.spec == replace(spec, may_be_recorded=False)  # a film ends with its process
    assert [(message.role, message.text) for message in survivor.memory.said][::2] == [
        ("user", "My name is Ada."),
        ("user", "What is my name?"),
    ]
    assert survivor.written == (4, 2, 0)
    assert survivor.memory.ready
    assert survivor.memory.failures == 1  # that its process died
    assert crash.record()["endTime"] is None


def test_one_that_nobody_had_joined_goes_on_from_the_beginning(rest: Rest) -> None:
    crash = Crash(rest)
    crash.happens()
    (survivor,) = crash.recovered()
    assert (survivor.memory.ready, survivor.memory.joined_ms, survivor.memory.said) == (False, None, ())


def test_nobody_waits_for_a_server_that_was_away_for_long(rest: Rest) -> None:
    crash = Crash(rest)
    crash.happens()
    alive_at = models.now() - timedelta(minutes=5)
    assert crash.recovered(alive_at) == []
    record = crash.record()
    assert record["exitStatus"] == "ERROR"
    assert record["endTime"] == record["startTime"]  # it began after that server was last seen
    assert crash.checkpoint() is None


@pytest.mark.parametrize("damage", ["cut", "lost", "emptied", "of another session"])
def test_a_checkpoint_that_cannot_be_used_ends_its_session_and_no_other(rest: Rest, damage: str) -> None:
    crash = Crash(rest)
    other = Crash(rest, crash.node)
    sealed = crash.checkpoint()
    assert sealed
    if damage == "lost":
        crash.lose_checkpoint()
    else:
        crash.put({"cut": sealed[:100], "emptied": "", "of another session": other.checkpoint() or ""}[damage])
    crash.happens()
    other.happens()
    assert [survivor.row.id for survivor in crash.recovered()] == [other.session_id]
    assert (crash.record()["exitStatus"], other.record()["exitStatus"]) == ("ERROR", None)


def test_a_rotated_key_opens_what_the_old_one_sealed(rest: Rest) -> None:
    crash = Crash(rest)
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = crash.checkpoint()
    assert sealed
    found = checkpoints.unseal(sealed, crash.keyring)
    assert found is not None
    crash.put(checkpoints.seal(found, Keyring([old])))
    crash.happens()
    assert len(crash.recovered(keyring=Keyring([new, old]))) == 1
    assert crash.recovered(keyring=Keyring([new])) == []
    assert crash.record()["exitStatus"] == "ERROR"


def test_one_whose_time_was_up_meanwhile_has_ended(rest: Rest) -> None:
    crash = Crash(rest, maxSessionLengthSeconds=60)
    sealed = crash.checkpoint()
    assert sealed
    found = checkpoints.unseal(sealed, crash.keyring)
    assert found is not None
    lived = replace(found.memory, joined_ms=59_000.0, ready=True)
    crash.put(
        checkpoints.seal(replace(found, memory=lived, taken_at=found.taken_at - timedelta(seconds=2)), crash.keyring)
    )
    crash.happens()
    assert crash.recovered() == []
    assert crash.record()["exitStatus"] == "CLOSED_BY_ENGINE"


def test_the_sessions_of_other_servers_are_theirs(rest: Rest) -> None:
    crash = Crash(rest)
    assert crash.recovered() == []  # nothing of that name
    assert crash.record()["endTime"] is None
    crash.happens()
    answer = rest.ask("POST", f"/v1/sessions/{crash.session_id}/stop")
    assert answer.status_code == 404
    assert "another server" in answer.json()["message"]


def test_a_session_that_cannot_be_had_here_any_more_ends(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = Crash(rest)
    crash.happens()
    survivors = crash.recovered()
    desk = rest.app.state.desk

    def refuse(*_: object) -> None:
        raise ValueError("private words")

    monkeypatch.setattr(desk.host, "resume", refuse)
    rest.run(recovery.go_on(desk.host, desk.scribe, rest.database, survivors))
    assert crash.record()["exitStatus"] == "ERROR"


def test_a_crash_while_a_checkpoint_is_written_leaves_the_one_before(
    rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = Crash(rest)
    before = crash.checkpoint()

    async def dies(*_: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(scribe, "_write", dies)
        talk(rest, crash.session_id, UserText("Hello?"))
        with pytest.raises(OSError, match="no space"):
            flush(rest)
        assert crash.checkpoint() == before
    flush(rest)
    after = checkpoints.unseal(crash.checkpoint() or "", crash.keyring)
    assert after is not None
    assert after.memory.said[0].text == "Hello?"


def test_a_session_that_has_ended_leaves_no_checkpoint(rest: Rest) -> None:
    crash = Crash(rest)
    talk(rest, crash.session_id, UserText("Goodbye."))
    stop(rest, crash.session_id)
    flush(rest)
    assert crash.checkpoint() is None


def test_zero_data_retention_has_no_checkpoint_at_any_time(rest: Rest) -> None:
    crash = Crash(rest, zeroDataRetention=True)
    assert crash.checkpoint() is None
    talk(rest, crash.session_id, UserText("Do not write this down."))
    flush(rest)
    assert crash.checkpoint() is None
    crash.happens()
    assert crash.recovered() == []
    assert crash.record()["exitStatus"] == "ERROR"
