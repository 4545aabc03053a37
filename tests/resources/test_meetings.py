"""Personas in video meetings: what is asked, what is refused, and that nothing is promised that nobody can keep."""

import base64
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.net.servers import Server, answers, serving
from tests.resources import contract
from tests.rest import DOCUMENTED, Rest
from visavis.core.errors import InvalidRequest, TooManyRequests
from visavis.resources.meetings.links import recognise
from visavis.resources.meetings.windows import PER_KEY_AND_MINUTE, PER_ORGANIZATION_AND_HOUR, InviteWindows

INVITES = "/v1/meetings/invites"
MEET = "https://meet.google.com/abc-defg-hij"
INVITE = {
    "type": "object",
    "required": [
        "id", "provider", "meetingUrl", "displayName", "status", "createdAt", "joinAt", "groupCall", "sessionId",
        "region", "joinState", "statusReason",
    ],
    "additionalProperties": False,
    "properties": {
        "id": contract.UUID,
        "provider": {"enum": ["google_meet", "zoom", "microsoft_teams"]},
        "meetingUrl": contract.URL,
        "displayName": contract.TEXT,
        "status": {"enum": ["pending", "active", "cancelled", "ended", "failed"]},
        "createdAt": contract.TIME,
        "joinAt": contract.TIME_OR_NULL,
        "groupCall": contract.FLAG,
        "sessionId": contract.TEXT_OR_NULL,
        "region": {"enum": ["eu", "us-east", "us-west", None]},
        "joinState": contract.TEXT_OR_NULL,
        "statusReason": contract.TEXT_OR_NULL,
    },
}  # fmt: skip


def state(status: str = "pending", **fields: Any) -> bytes:
    return json.dumps({"id": "bot-1", "status": status, **fields}).encode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rest, Server]]:
    """The app and the service that it was told of, in one loop; on SQLite, as nothing here depends on the database."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with Rest("", tmp_path_factory.mktemp("meetings"), meetings_url=url, meetings_api_key="bot-key") as rest:
        server = serving(listener=listener)
        yield rest, rest.run(server.__aenter__())
        rest.run(server.__aexit__(None, None, None))


@pytest.fixture
def bots(running: tuple[Rest, Server]) -> Server:
    rest, server = running
    rest.new_organization()
    rest.app.state.invite_windows = InviteWindows()
    server.requests.clear()
    server.answers = {"/v1/bots": answers(201, state()), "/v1/bots/bot-1": answers(200, state())}
    return server


@pytest.fixture
def rest(running: tuple[Rest, Server], bots: Server) -> Rest:
    return running[0]


def invite(rest: Rest, **fields: Any) -> Any:
    return rest.create(INVITES, **{"meetingUrl": MEET, "personaConfig": DOCUMENTED, **fields})


def in_future(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


# --- with a service -----------------------------------------------------------------------------------------------


def test_a_saved_persona_is_asked_into_a_meeting(rest: Rest, bots: Server) -> None:
    persona = rest.persona(name="Cara")

    answer = rest.ask("POST", INVITES, {"meetingUrl": MEET, "personaId": persona["id"], "region": "eu"})

    assert answer.status_code == 201, answer.text
    made = answer.json()
    contract.check(made, INVITE)
    assert (made["status"], made["displayName"], made["provider"]) == ("pending", "Cara (AI)", "google_meet")
    assert (made["joinAt"], made["groupCall"], made["region"], made["sessionId"]) == (None, True, "eu", None)
    head, body = bots.requests[0]
    assert "authorization: Bearer bot-key" in head
    asked = json.loads(body)
    token = asked.pop("sessionToken")
    assert asked == {
        "id": made["id"],
        "platform": "google_meet",
        "meetingUrl": MEET,
        "displayName": "Cara (AI)",
        "joinAt": None,
        "groupCall": True,
        "region": "eu",
        "regionIsRequired": False,
        "clientLabel": None,
        "apiUrl": "http://visavis.test",
    }
    started = rest.ask("POST", "/v1/engine/session", key=token)
    assert started.status_code == 200, started.text


def test_an_invite_follows_what_happens_in_the_meeting(rest: Rest, bots: Server) -> None:
    made = invite(rest)
    address = f"{INVITES}/{made['id']}"
    bots.answers["/v1/bots/bot-1"] = answers(
        200, state("active", joinState="in_call", sessionId="s-1", region="us-west")
    )

    seen = rest.ask("GET", address).json()
    contract.check(seen, INVITE)
    assert (seen["status"], seen["joinState"], seen["sessionId"]) == ("active", "in_call", "s-1")
    bots.answers["/v1/bots/bot-1"] = answers(500)
    assert rest.ask("GET", address).json() == seen
    bots.answers["/v1/bots/bot-1"] = answers(200, state("ended", joinState="left", statusReason="removed_by_host"))
    over = rest.ask("GET", address).json()
    assert (over["status"], over["statusReason"], over["sessionId"]) == ("ended", "removed_by_host", "s-1")
    bots.requests.clear()
    assert rest.ask("GET", address).json() == over
    assert bots.requests == []


def test_a_persona_is_called_back_once(rest: Rest, bots: Server) -> None:
    made = invite(rest)
    address = f"{INVITES}/{made['id']}"
    bots.answers["/v1/bots/bot-1"] = answers(500)
    assert rest.ask("DELETE", address).status_code == 502
    bots.answers["/v1/bots/bot-1"] = answers(204)
    bots.requests.clear()

    for _ in range(2):
        answer = rest.ask("DELETE", address)
        assert (answer.status_code, answer.content) == (204, b"")

    assert [head.split(" ")[0] for head, _ in bots.requests] == ["DELETE"]
    assert rest.ask("GET", address).json()["status"] == "cancelled"


def test_invites_are_listed_by_what_became_of_them(rest: Rest, bots: Server) -> None:
    first, second = invite(rest), invite(rest, groupCall=False)
    bots.answers["/v1/bots/bot-1"] = answers(204)
    rest.ask("DELETE", f"{INVITES}/{first['id']}")

    def ids(**params: Any) -> list[str]:
        page = rest.ask("GET", INVITES, params=params).json()
        contract.check(page, contract.page_of(INVITE))
        return [row["id"] for row in page["data"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(status="cancelled") == [first["id"]]
    assert ids(status="failed") == []
    assert rest.ask("GET", INVITES, params={"status": "lost"}).status_code == 400
    other = rest.new_key("strangers to meetings")
    assert rest.ask("GET", INVITES, key=other).json()["data"] == []
    assert rest.ask("GET", f"{INVITES}/{second['id']}", key=other).status_code == 404
    assert rest.ask("DELETE", f"{INVITES}/{second['id']}", key=other).status_code == 404


def test_a_later_meeting_gets_a_token_that_lasts_until_then(rest: Rest, bots: Server) -> None:
    made = invite(rest, joinAt=in_future(days=6, hours=23))
    payload = json.loads(bots.requests[0][1])["sessionToken"].split(".")[1]
    expires_s = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]

    contract.check(made["joinAt"], contract.TIME)
    assert expires_s >= datetime.fromisoformat(made["joinAt"]).timestamp() + 3599  # tokens count in whole seconds
    assert json.loads(bots.requests[0][1])["joinAt"] == made["joinAt"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Cara", "Cara (AI)"),
        ("Cara AI", "Cara AI"),
        ("Ai-da (ai)", "Ai-da (ai)"),
        ("Aisha", "Aisha (AI)"),
        (" ", "Persona (AI)"),
    ],
)
def test_people_are_told_that_nobody_sits_there(rest: Rest, name: str, shown: str) -> None:
    assert invite(rest, displayName=name)["displayName"] == shown


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (answers(422, b'{"message": "the meeting is locked"}'), 422, "the meeting is locked"),
        (answers(404, b"nothing"), 422, "answered 404"),
        (answers(401), 502, "refused the key"),
        (answers(500), 502, "unavailable"),
        (answers(200, b"[]"), 502, "no sense"),
        (answers(201, b'{"id": "x", "status": "flying"}'), 502, "no sense"),
        (answers(503), 503, "capacity"),
    ],
)
def test_what_the_service_refuses_leaves_nothing_behind(
    rest: Rest, bots: Server, answer: Any, status: int, text: str
) -> None:
    bots.answers["/v1/bots"] = answer

    refused = rest.ask("POST", INVITES, {"meetingUrl": MEET, "personaConfig": DOCUMENTED})

    assert refused.status_code == status, refused.text
    assert text in refused.json()["message"]
    assert rest.ask("GET", INVITES).json()["data"] == []


def test_a_full_service_says_when_to_come_back(rest: Rest, bots: Server) -> None:
    bots.answers["/v1/bots"] = answers(503, retry_after="7")
    body = {"meetingUrl": MEET, "personaConfig": DOCUMENTED}

    assert rest.ask("POST", INVITES, body).headers["retry-after"] == "7"
    bots.answers["/v1/bots"] = answers(429, retry_after="soon")
    assert rest.ask("POST", INVITES, body).headers["retry-after"] == "30"


# --- bad requests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"meetingUrl": None}, "meetingUrl"),
        ({"meetingUrl": ""}, "meetingUrl"),
        ({"meetingUrl": "https://example.com/j/1"}, "meetingUrl"),
        ({"personaId": "00000000-0000-0000-0000-000000000000"}, "personaId"),
        ({"personaConfig": None}, "personaId"),
        ({"personaConfig": {}}, "personaConfig"),
        ({"personaConfig": {"personaId": "x"}}, "personaConfig.personaId"),
        ({"personaConfig": {**DOCUMENTED, "llmId": "nobody"}}, "personaConfig.llmId"),
        ({"displayName": "x" * 101}, "displayName"),
        ({"clientLabel": "x" * 129}, "clientLabel"),
        ({"region": "mars"}, "region"),
        ({"regionPolicy": "strict"}, "region"),
        ({"regionPolicy": "maybe"}, "regionPolicy"),
        ({"groupCall": "yes"}, "groupCall"),
        ({"joinAt": "tomorrow"}, "joinAt"),
        ({"joinAt": "2100-01-01T00:00:00"}, "joinAt"),
        ({"joinAt": "2020-01-01T00:00:00Z"}, "joinAt"),
        ({"joinAt": "0001-01-01T00:00:00+14:00"}, "joinAt"),
        ({"joinAt": in_future(days=8)}, "joinAt"),
    ],
)
def test_a_wrong_field_is_named(rest: Rest, bots: Server, change: dict[str, Any], path: str) -> None:
    answer = rest.ask("POST", INVITES, {"meetingUrl": MEET, "personaConfig": DOCUMENTED, **change})

    assert answer.status_code == 400, answer.text
    contract.check(answer.json(), contract.ERROR)
    assert answer.json()["details"][0]["path"] == path
    assert bots.requests == []


def test_a_persona_of_somebody_else_is_not_available(rest: Rest) -> None:
    persona = rest.persona()
    rest.new_organization()

    answer = rest.ask("POST", INVITES, {"meetingUrl": MEET, "personaId": persona["id"]})

    assert answer.status_code == 403
    assert rest.ask("GET", INVITES).json()["data"] == []


def test_without_a_service_nothing_is_promised(tmp_path: Path) -> None:
    with Rest("", tmp_path) as bare:
        refused = bare.ask("POST", INVITES, {"meetingUrl": MEET, "personaConfig": DOCUMENTED})
        wrong = bare.ask("POST", INVITES, {"meetingUrl": "nowhere", "personaConfig": DOCUMENTED})
        listed = bare.ask("GET", INVITES)

    assert refused.status_code == 422
    assert "VISAVIS_MEETINGS_URL" in refused.json()["message"]
    assert wrong.status_code == 400
    assert listed.json()["data"] == []


# --- limits -------------------------------------------------------------------------------------------------------


def test_a_key_may_ask_ten_times_a_minute(rest: Rest) -> None:
    body = {"meetingUrl": MEET, "personaConfig": DOCUMENTED}
    first = rest.ask("POST", INVITES, body)
    expected = {
        "ratelimit-limit": "10",
        "ratelimit-remaining": "9",
        "x-ratelimit-org-hour-limit": "30",
        "x-ratelimit-org-hour-remaining": "29",
    }
    assert {name: first.headers[name] for name in expected} == expected
    assert 0 < int(first.headers["ratelimit-reset"]) <= 60
    assert 0 < int(first.headers["x-ratelimit-org-hour-reset"]) <= 3600
    for _ in range(PER_KEY_AND_MINUTE - 1):
        assert rest.ask("POST", INVITES, body).status_code == 201

    refused = rest.ask("POST", INVITES, body)

    assert (refused.status_code, refused.json()["error"]) == (429, "Too many requests")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-remaining"] == "0"
    another = rest.new_key(rest.organization)
    assert rest.ask("POST", INVITES, body, key=another).headers["x-ratelimit-org-hour-remaining"] == "19"


def test_an_organization_may_ask_thirty_times_an_hour() -> None:
    windows = InviteWindows()
    for number in range(PER_ORGANIZATION_AND_HOUR):
        left = windows.use(f"key {number // PER_KEY_AND_MINUTE}", "us", 100.0 + number)
    assert (left["ratelimit-remaining"], left["x-ratelimit-org-hour-reset"]) == ("0", "3571")

    with pytest.raises(TooManyRequests) as raised:
        windows.use("another key", "us", 200.0)
    assert raised.value.headers["retry-after"] == "3500"
    assert windows.use("key 0", "them", 200.0)["x-ratelimit-org-hour-remaining"] == "29"
    assert windows.use("key 0", "us", 3700.0)["x-ratelimit-org-hour-remaining"] == "29"


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "platform", "url"),
    [
        ("meet.google.com/abc-defg-hij", "google_meet", MEET),
        ("HTTP://Meet.Google.com/abc-defg-hij?authuser=0#x", "google_meet", f"{MEET}?authuser=0"),
        ("https://company.zoom.us/j/123456789?pwd=a", "zoom", "https://company.zoom.us/j/123456789?pwd=a"),
        ("zoom.us/my/somebody", "zoom", "https://zoom.us/my/somebody"),
        (
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
            "microsoft_teams",
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
        ),
        ("teams.live.com/meet/9312345678", "microsoft_teams", "https://teams.live.com/meet/9312345678"),
    ],
)
def test_meetings_are_recognised(text: str, platform: str, url: str) -> None:
    assert recognise(text) == (platform, url)


@pytest.mark.parametrize(
    "text",
    [
        "https://meet.google.com/", "https://meet.google.com.evil.test/abc-defg-hij", "https://evilzoom.us/j/1",
        "https://me:pass@zoom.us/j/1", "https://zoom.us:8443/j/1", "javascript://zoom.us/j/1", "https://[zoom.us/j/1",
        "https://zoom.us/", "https://zoom.us:99999/j/1", "file:///j/1", "https://zoom.us/j/" + "1" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_meeting_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="Only Google Meet, Zoom, and Microsoft Teams"):
        recognise(text)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://zoom.us/", "//"]))
def test_any_text_is_a_meeting_or_refused(text: str, before: str) -> None:
    try:
        platform, url = recognise(before + text)
    except InvalidRequest:
        return
    assert platform in ("google_meet", "zoom", "microsoft_teams")
    assert url.startswith("https://")
