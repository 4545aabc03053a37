"""Webhooks: what is kept, what is sent, how often, and how a receiver knows that it was us."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import text, update

from tests.net.servers import Server, answers, serving
from tests.resources import contract
from tests.rest import DOCUMENTED, Rest
from visavis.db import models
from visavis.db.models import now
from visavis.net.signing import headers
from visavis.resources.webhooks import service
from visavis.resources.webhooks.courier import ATTEMPTS_MAX, PAUSES_S, Courier, Outcome, result
from visavis.resources.webhooks.events import EVENTS, EventType

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
SOON_S = 10.0
WEBHOOK = {
    "type": "object",
    "required": ["id", "url", "description", "events", "enabled", "createdAt", "updatedAt"],
    "properties": {"id": contract.UUID, "createdAt": contract.TIME, "updatedAt": contract.TIME_OR_NULL},
}


@pytest.fixture
def receiver(rest: Rest) -> Iterator[Server]:
    server = serving()
    running = rest.run(server.__aenter__())
    running.answers["/hook"] = answers(200)
    yield running
    rest.run(server.__aexit__(None, None, None))


def hook(rest: Rest, receiver: Server, **fields: Any) -> Any:
    return rest.create("/v1/webhooks", url=f"{receiver.url}/hook", **fields)


def tell(rest: Rest, event_type: EventType, **payload: Any) -> int:
    async def enqueue() -> int:
        async with rest.database.writing() as session:
            key = await session.scalar(
                text("SELECT id FROM organizations WHERE name = :name"), {"name": rest.organization}
            )
            return await service.enqueue(session, str(key), event_type, payload)

    return rest.run(enqueue())


def settled(rest: Rest, webhook: Any, attempts: int = 1, *, deliveries: int = 1) -> list[Any]:
    """The log of a webhook, newest first, once it is so long and every delivery was tried so often or is over."""
    address = f"/v1/webhooks/{webhook['id']}/deliveries"

    async def wait() -> list[Any]:
        async with asyncio.timeout(SOON_S):
            while True:
                rest.app.state.courier.nudge()
                rows = (await rest.send("GET", address)).json()["data"]
                tried = [row["status"] != "pending" or row["attempts"] >= attempts and row["error"] for row in rows]
                if len(rows) >= deliveries and all(tried):
                    return rows
                await asyncio.sleep(0.01)

    return rest.run(wait())


def make_due(rest: Rest, webhook: Any) -> None:
    """The pause before the next attempt is over."""

    async def change() -> None:
        async with rest.database.writing() as session:
            pending = models.WebhookDelivery.next_attempt_at.is_not(None)
            mine = models.WebhookDelivery.webhook_id == webhook["id"]
            await session.execute(update(models.WebhookDelivery).where(mine, pending).values(next_attempt_at=now()))

    rest.run(change())


# --- keeping them -------------------------------------------------------------------------------------------------


def test_a_webhook_is_made_read_changed_and_removed(rest: Rest) -> None:
    made = rest.create("/v1/webhooks", url="https://a.test/hook", description="mine", events=["session.ended"])
    contract.check(made, WEBHOOK)
    assert made["secret"].startswith("whsec_")
    address = f"/v1/webhooks/{made['id']}"

    assert rest.ask("GET", address).json() == {key: value for key, value in made.items() if key != "secret"}
    changed = rest.ask("PUT", address, {"enabled": False, "events": ["*"], "description": None, "url": None}).json()
    assert (changed["enabled"], changed["events"], changed["description"]) == (False, ["*"], None)
    assert changed["url"] == made["url"]
    assert rest.ask("GET", "/v1/webhooks").json()["data"] == [changed]
    assert rest.ask("DELETE", address).status_code == 204
    assert rest.ask("GET", address).status_code == 404
    assert rest.create("/v1/webhooks", url="https://a.test/")["events"] == ["*"]


def test_every_event_is_described(rest: Rest) -> None:
    listed = rest.ask("GET", "/v1/webhooks/event-types").json()

    assert [entry["type"] for entry in listed] == list(get_args(EventType)) == list(EVENTS)
    assert all(entry["description"].endswith(".") for entry in listed)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"url": None}, "url"),
        ({"url": ""}, "url"),
        ({"url": "ftp://a.test/"}, "url"),
        ({"url": "http://169.254.169.254/latest"}, "url"),
        ({"url": "https://me:pass@a.test/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["session.exploded"]}, "events.0"),
        ({"events": "*"}, "events"),
        ({"enabled": "yes"}, "enabled"),
        ({"description": "x" * 1001}, "description"),
    ],
)
def test_a_wrong_field_is_named(rest: Rest, change: dict[str, Any], path: str) -> None:
    made = rest.create("/v1/webhooks", url="https://a.test/hook")
    for answer in (
        rest.ask("POST", "/v1/webhooks", {"url": "https://a.test/", **change}),
        rest.ask("PUT", f"/v1/webhooks/{made['id']}", change) if change != {"url": None} else None,
    ):
        if answer is not None:
            assert answer.status_code == 400, answer.text
            contract.check(answer.json(), contract.ERROR)
            assert answer.json()["details"][0]["path"].startswith(path)


def test_there_is_an_end_to_webhooks(rest: Rest) -> None:
    for number in range(service.WEBHOOKS_MAX):
        rest.create("/v1/webhooks", url=f"https://a.test/{number}")

    assert rest.ask("POST", "/v1/webhooks", {"url": "https://a.test/more"}).status_code == 409


def test_a_stranger_finds_nothing(rest: Rest, receiver: Server) -> None:
    made = hook(rest, receiver)
    rest.ask("POST", f"/v1/webhooks/{made['id']}/test")
    (delivery,) = settled(rest, made)
    other = rest.new_key("strangers")
    address = f"/v1/webhooks/{made['id']}"
    for method, path in [
        ("GET", address),
        ("PUT", address),
        ("DELETE", address),
        ("POST", f"{address}/rotate"),
        ("POST", f"{address}/test"),
        ("GET", f"{address}/deliveries"),
        ("GET", f"{address}/deliveries/{delivery['id']}"),
        ("POST", f"{address}/deliveries/{delivery['id']}/replay"),
    ]:
        answer = rest.ask(method, path, {"enabled": False} if method == "PUT" else None, key=other)
        assert answer.status_code == 404, path
    second = hook(rest, receiver)
    assert rest.ask("GET", f"/v1/webhooks/{second['id']}/deliveries/{delivery['id']}").status_code == 404
    assert rest.ask("GET", address).json()["enabled"] is True


def test_the_secret_is_shown_once_and_sealed(rest: Rest) -> None:
    made = rest.create("/v1/webhooks", url="https://a.test/hook")
    rotated = rest.ask("POST", f"/v1/webhooks/{made['id']}/rotate").json()

    async def stored() -> str:
        async with rest.database.reading() as session:
            return str((await session.execute(text("SELECT * FROM webhooks"))).all())

    assert rotated["secret"] != made["secret"]
    for found in (rest.ask("GET", "/v1/webhooks").text, rest.run(stored())):
        assert made["secret"] not in found
        assert rotated["secret"] not in found
        assert "whsec_" not in found


# --- telling ------------------------------------------------------------------------------------------------------


def test_an_event_reaches_those_who_listen_for_it(rest: Rest, receiver: Server) -> None:
    everything = hook(rest, receiver)
    ended = hook(rest, receiver, events=["session.ended", "tool.failed"])
    hook(rest, receiver, events=["session.started"])
    hook(rest, receiver, enabled=False)

    assert tell(rest, "session.ended", sessionId="s-1") == 2
    (one,), (other,) = settled(rest, everything), settled(rest, ended)

    assert one["eventId"] == other["eventId"]
    assert (one["status"], one["responseStatus"], one["attempts"], one["nextAttemptAt"]) == ("delivered", 200, 1, None)
    assert len(receiver.requests) == 2
    body = json.loads(receiver.requests[0][1])
    assert body == one["payload"]
    assert body["type"] == "session.ended"
    assert body["data"] == {"sessionId": "s-1"}
    contract.check(body["timestamp"], contract.TIME)


def test_an_event_of_a_transaction_that_fails_is_never_told(rest: Rest, receiver: Server) -> None:
    made = hook(rest, receiver)

    async def fail() -> None:
        async with rest.database.writing() as session:
            found = await session.get(models.Webhook, made["id"])
            assert found is not None
            assert await service.enqueue(session, str(found.organization_id), "session.ended", {}) == 1
            raise RuntimeError("the work failed")

    with pytest.raises(RuntimeError):
        rest.run(fail())
    assert rest.ask("GET", f"/v1/webhooks/{made['id']}/deliveries").json()["data"] == []


def test_a_failure_is_tried_again_and_then_given_up(rest: Rest, receiver: Server) -> None:
    receiver.answers["/hook"] = answers(500)
    made = hook(rest, receiver)
    tell(rest, "tool.failed", tool="x")
    for attempt in range(1, ATTEMPTS_MAX):
        (waiting,) = settled(rest, made, attempt)
        assert (waiting["status"], waiting["attempts"], waiting["error"]) == ("pending", attempt, "answered 500")
        make_due(rest, made)

    (failed,) = settled(rest, made, ATTEMPTS_MAX)
    assert (failed["status"], failed["attempts"], failed["nextAttemptAt"]) == ("failed", ATTEMPTS_MAX, None)
    sent = {re.search(r"webhook-id: (\S+)", head)[1] for head, _ in receiver.requests}  # type: ignore[index]
    assert sent == {failed["eventId"]}

    receiver.answers["/hook"] = answers(204)
    again = rest.ask("POST", f"/v1/webhooks/{made['id']}/deliveries/{failed['id']}/replay")
    assert again.status_code == 202
    assert (again.json()["status"], again.json()["eventId"]) == ("pending", failed["eventId"])
    newest, oldest = settled(rest, made, ATTEMPTS_MAX)
    assert (newest["status"], oldest["status"]) == ("delivered", "failed")
    only = rest.ask("GET", f"/v1/webhooks/{made['id']}/deliveries", params={"status": "failed"}).json()["data"]
    assert only == [oldest]


def test_the_pauses_grow() -> None:
    moment = now()
    due = [
        result(Outcome(500, "answered 500"), attempt, moment)["next_attempt_at"] for attempt in range(1, ATTEMPTS_MAX)
    ]

    assert due == [moment + timedelta(seconds=pause_s) for pause_s in PAUSES_S]
    assert list(PAUSES_S) == sorted(PAUSES_S)


def test_a_redirect_is_not_followed_and_gone_switches_off(rest: Rest, receiver: Server) -> None:
    receiver.answers["/hook"] = answers(302, location="/elsewhere")
    made = hook(rest, receiver)
    rest.ask("POST", f"/v1/webhooks/{made['id']}/test")
    assert settled(rest, made)[0]["error"] == "answered 302"

    receiver.answers["/hook"] = answers(410)
    make_due(rest, made)
    assert settled(rest, made, 2)[0]["status"] == "failed"
    assert rest.ask("GET", f"/v1/webhooks/{made['id']}").json()["enabled"] is False
    rest.ask("POST", f"/v1/webhooks/{made['id']}/test")
    assert settled(rest, made, 2)[0]["error"] == "the webhook was switched off"
    assert len(receiver.requests) == 2


def test_an_address_that_turned_inward_is_not_asked(rest: Rest, receiver: Server, tmp_path: Path) -> None:
    """What was public when it was stored may lead anywhere when it is used."""
    with Rest("", tmp_path, allow_private_urls=False) as closed:
        made = closed.create("/v1/webhooks", url="https://a.test/")

        async def move() -> None:
            async with closed.database.writing() as session:
                row = await session.get(models.Webhook, made["id"])
                assert row is not None
                row.url = f"{receiver.url}/hook"

        closed.run(move())
        closed.ask("POST", f"/v1/webhooks/{made['id']}/test")
        assert "refused" in settled(closed, made)[0]["error"]
    assert receiver.requests == []


def test_a_delivery_waits_for_the_next_start(rest: Rest, receiver: Server) -> None:
    """The queue is the database: another courier finishes what one left behind in the middle of an attempt."""
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(_: object) -> None:
        begun.set()
        await never.wait()

    receiver.answers["/hook"] = hang
    made = hook(rest, receiver)
    tell(rest, "session.ended")

    async def crash() -> None:
        state = rest.app.state
        state.courier.nudge()
        await begun.wait()
        await state.courier.close()
        state.courier = Courier(rest.database, state.keyring, state.guard)
        never.set()
        state.courier.start()

    rest.run(crash())
    (row,) = rest.ask("GET", f"/v1/webhooks/{made['id']}/deliveries").json()["data"]
    assert (row["status"], row["attempts"], row["error"]) == ("pending", 1, None)
    receiver.answers["/hook"] = answers(200)
    make_due(rest, made)
    assert settled(rest, made, 2)[0]["status"] == "delivered"

    async def stop_the_second() -> None:
        await rest.app.state.courier.close()
        rest.app.state.courier = Courier(rest.database, rest.app.state.keyring, rest.app.state.guard)
        rest.app.state.courier.start()

    rest.run(stop_the_second())


# --- signatures ---------------------------------------------------------------------------------------------------


def test_signatures_are_those_of_the_convention() -> None:
    """The example that the convention's own libraries are tested with."""
    signed = headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_tell_that_it_was_us(rest: Rest, receiver: Server) -> None:
    """With the function that the manual tells people to use."""
    manual: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)[0], manual)
    made = hook(rest, receiver)
    rotated = rest.ask("POST", f"/v1/webhooks/{made['id']}/rotate").json()
    rest.ask("POST", f"/v1/webhooks/{made['id']}/test")
    settled(rest, made)

    head, body = receiver.requests[0]
    sent = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    assert manual["genuine"](rotated["secret"], sent, body)
    assert manual["genuine"](made["secret"], sent, body)
    assert not manual["genuine"](made["secret"], sent, body + b" ")
    assert not manual["genuine"]("whsec_" + "A" * 43 + "=", sent, body)
    assert not manual["genuine"](made["secret"], {**sent, "webhook-timestamp": "1614265330"}, body)


# --- sessions -----------------------------------------------------------------------------------------------------


def test_the_beginning_and_the_end_of_a_session_are_told(rest: Rest, receiver: Server) -> None:
    made = hook(rest, receiver)
    body = {"personaConfig": DOCUMENTED, "clientLabel": "shop"}
    session_id = rest.ask("POST", "/v1/engine/session", body).json()["sessionId"]
    (started,) = settled(rest, made)
    assert (started["eventType"], started["payload"]["data"]["sessionId"]) == ("session.started", session_id)
    assert started["payload"]["data"]["clientLabel"] == "shop"

    rest.ask("POST", f"/v1/sessions/{session_id}/stop")
    told = {row["eventType"]: row["payload"]["data"] for row in settled(rest, made, deliveries=3)}

    assert set(told) == {"session.started", "session.ended", "transcript.ready"}
    assert told["session.ended"]["exitStatus"] == "CLOSED_BY_ENGINE"
    contract.check(told["session.ended"]["endTime"], contract.TIME)


def test_what_nobody_listens_for_is_not_written_down(rest: Rest) -> None:
    made = rest.create("/v1/webhooks", url="https://a.test/", events=["tool.failed"])
    rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED})

    assert rest.ask("GET", f"/v1/webhooks/{made['id']}/deliveries").json()["meta"]["total"] == 0
