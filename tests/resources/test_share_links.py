"""Addresses for guests: who they let in, until when, and how often."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.resources import contract
from tests.resources.test_session_tokens import part
from tests.rest import URL, Rest
from visavis.db.models import now

NOBODY = "00000000-0000-4000-8000-000000000000"
STOCK_PERSONA = "4314d606-bab4-5fc8-808b-878c43ae6a4c"
PAGE = "https://page.test"


def link_of(rest: Rest, **fields: Any) -> Any:
    return rest.create("/v1/share-links", **{"personaId": rest.persona()["id"], **fields})


def hours_from_now(moment: str) -> float:
    return (datetime.fromisoformat(moment) - now()) / timedelta(hours=1)


def test_the_documented_link_is_made_read_changed_and_removed(rest: Rest) -> None:
    persona = rest.persona(name="Cara")
    made = rest.create("/v1/share-links", personaId=persona["id"])
    contract.check(made, contract.SHARE_LINK)
    fresh = {
        "type": "LINK", "usageLimit": 10, "usageCount": 0, "allowedOrigins": [], "allowAllOrigins": False,
        "removeWatermark": False, "enabled": True, "isPrimary": False, "personaId": persona["id"],
        "personaName": "Cara", "name": "", "isActive": True, "url": f"{URL}/share/{made['token']}",
    }  # fmt: skip
    assert {name: made[name] for name in fresh} == fresh
    assert 167.9 < hours_from_now(made["expiresAt"]) <= 168

    address = f"/v1/share-links/{made['id']}"
    assert rest.ask("GET", address).json() == made
    changed = rest.ask("PUT", address, {"usageLimit": 50}).json()
    assert changed == {**made, "usageLimit": 50}
    later = rest.ask("PUT", address, {"expiresInHours": 0.5}).json()
    assert 0.4 < hours_from_now(later["expiresAt"]) <= 0.5
    rest.ask("PUT", f"/v1/personas/{persona['id']}", {"name": "Clara"})
    assert rest.ask("GET", address).json()["personaName"] == "Cara"

    answer = rest.ask("DELETE", address)
    assert (answer.status_code, answer.json()) == (200, {"message": "Share link deleted successfully"})
    assert [rest.ask(method, address, {}).status_code for method in ("GET", "PUT", "DELETE")] == [404, 404, 404]


def test_null_is_for_ever_and_without_end(rest: Rest) -> None:
    made = link_of(rest, expiresInHours=None, usageLimit=None)
    assert (made["expiresAt"], made["usageLimit"]) == (None, None)

    limited = rest.ask("PUT", f"/v1/share-links/{made['id']}", {"expiresInHours": 1, "usageLimit": 1}).json()
    assert limited["usageLimit"] == 1
    opened = rest.ask("PUT", f"/v1/share-links/{made['id']}", {"expiresAt": None, "usageLimit": None}).json()
    assert (opened["expiresAt"], opened["usageLimit"]) == (None, None)


def test_the_spellings_of_official_tools_are_understood(rest: Rest) -> None:
    made = link_of(rest, name="Fair", expiresAt="2031-05-01T02:00:00+02:00", maxUses=3, isActive=False)

    assert (made["name"], made["usageLimit"], made["enabled"], made["isActive"]) == ("Fair", 3, False, False)
    assert made["expiresAt"] == "2031-05-01T00:00:00.000Z"
    changed = rest.ask("PUT", f"/v1/share-links/{made['id']}", {"isActive": True, "expiresAt": "2032-01-01"}).json()
    assert (changed["enabled"], changed["expiresAt"]) == (True, "2032-01-01T00:00:00.000Z")


def test_what_was_read_can_be_written_back(rest: Rest) -> None:
    made = link_of(rest, allowedOrigins=["page.test", "http://a.test:8080"], type="PLAYER_EMBED", removeWatermark=True)

    assert made["allowedOrigins"] == [PAGE, "http://a.test:8080"]
    assert rest.ask("PUT", f"/v1/share-links/{made['id']}", made).json() == made


def test_links_are_listed_twenty_a_page_newest_first_and_searched(rest: Rest) -> None:
    persona, other = rest.persona(name="Zora"), rest.persona(name="Someone")
    for number in range(21):
        rest.create("/v1/share-links", personaId=persona["id"], name=f"Link {number}")
    rest.create("/v1/share-links", personaId=other["id"], name="Else")

    first = rest.ask("GET", "/v1/share-links").json()
    contract.check(first, contract.page_of(contract.SHARE_LINK))
    assert [link["name"] for link in first["data"][:2]] == ["Else", "Link 20"]
    assert first["meta"] == {"total": 22, "lastPage": 2, "currentPage": 1, "perPage": 20, "prev": None, "next": 2}
    of_one = rest.ask("GET", "/v1/share-links", params={"personaId": other["id"]}).json()
    assert [link["name"] for link in of_one["data"]] == ["Else"]
    assert rest.ask("GET", "/v1/share-links", params={"search": "zORA", "perPage": 5}).json()["meta"]["total"] == 21
    assert rest.ask("GET", "/v1/share-links", params={"search": "link 7"}).json()["meta"]["total"] == 1
    assert rest.ask("GET", "/v1/share-links", params={"personaId": "x"}).status_code == 400


def test_a_persona_shows_its_links_and_the_one_it_is_known_by(rest: Rest) -> None:
    persona = rest.persona()
    address = f"/v1/personas/{persona['id']}"
    assert (persona["shareLinks"], persona["primaryShareLink"]) == (None, None)

    first = rest.create("/v1/share-links", personaId=persona["id"], isPrimary=True)
    second = rest.create("/v1/share-links", personaId=persona["id"], isPrimary=True, enabled=False)
    shown = rest.ask("GET", address).json()
    contract.check(shown, contract.PERSONA)
    assert shown["shareLinks"] == [second, {**first, "isPrimary": False}]
    assert shown["primaryShareLink"] == {"token": second["token"], "enabled": False}

    rest.ask("PUT", f"/v1/share-links/{second['id']}", {"isPrimary": False})
    assert rest.ask("PUT", address, {"name": "x"}).json()["primaryShareLink"] is None
    rest.ask("DELETE", address)
    assert rest.ask("GET", f"/v1/share-links/{first['id']}").status_code == 404


def test_a_built_in_persona_is_shared_by_each_organization_for_itself(rest: Rest) -> None:
    mine = rest.create("/v1/share-links", personaId=STOCK_PERSONA, isPrimary=True)
    assert rest.ask("GET", f"/v1/personas/{STOCK_PERSONA}").json()["shareLinks"] == [mine]

    rest.new_organization()
    theirs = rest.create("/v1/share-links", personaId=STOCK_PERSONA, isPrimary=True)
    shown = rest.ask("GET", f"/v1/personas/{STOCK_PERSONA}").json()
    assert (shown["shareLinks"], shown["primaryShareLink"]["token"]) == ([theirs], theirs["token"])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"personaId": None}, "personaId"),
    ({"personaId": 7}, "personaId"),
    ({"expiresInHours": 0}, "expiresInHours"),
    ({"expiresInHours": -1}, "expiresInHours"),
    ({"expiresInHours": 87_601}, "expiresInHours"),
    ({"expiresInHours": "1"}, "expiresInHours"),
    ({"expiresAt": "tomorrow"}, "expiresAt"),
    ({"expiresAt": 1_900_000_000}, "expiresAt"),
    ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "expiresAt"),
    ({"expiresAt": "0001-01-01T00:00:00Z"}, "expiresAt"),
    ({"expiresAt": "2031-01-01", "expiresInHours": 1}, "body"),
    ({"usageLimit": 0}, "usageLimit"),
    ({"usageLimit": 1.5}, "usageLimit"),
    ({"usageLimit": 2**40}, "usageLimit"),
    ({"name": "x" * 256}, "name"),
    ({"type": "POSTER"}, "type"),
    ({"enabled": "yes"}, "enabled"),
    ({"allowedOrigins": "https://a.test"}, "allowedOrigins"),
    ({"allowedOrigins": [""]}, "allowedOrigins.0"),
]


def test_a_wrong_field_is_named(rest: Rest) -> None:
    for change, path in WRONG:
        answer = rest.ask("POST", "/v1/share-links", {"personaId": STOCK_PERSONA, **change})
        assert answer.status_code == 400, (change, answer.text)
        contract.check(answer.json(), contract.ERROR)
        assert answer.json()["details"][0]["path"] == path


def test_a_persona_that_is_not_there_cannot_be_shared(rest: Rest) -> None:
    foreign = rest.persona()["id"]
    rest.new_organization()

    for persona_id in (NOBODY, "nobody", foreign):
        assert rest.ask("POST", "/v1/share-links", {"personaId": persona_id}).status_code == 404
    assert rest.ask("GET", f"/v1/share-links/{NOBODY}").status_code == 404
    assert rest.ask("GET", "/v1/share-links/nobody").status_code == 400


# --- using one ----------------------------------------------------------------------------------------------------


async def redeem(rest: Rest, token: Any, origin: str | None = None) -> httpx.Response:
    headers = {} if origin is None else {"origin": origin}
    return await rest.send("POST", "/v1/auth/share-link", {"token": token}, key="", headers=headers)


def count(rest: Rest, link: Any) -> int:
    return rest.ask("GET", f"/v1/share-links/{link['id']}").json()["usageCount"]


def test_a_guest_with_a_link_talks_with_the_persona_of_its_owner(rest: Rest) -> None:
    link, owner = link_of(rest), rest.key
    rest.new_organization()

    answer = rest.run(redeem(rest, link["token"]))

    assert answer.status_code == 200, answer.text
    token = answer.json()["sessionToken"]
    assert part(token, 1)["personaId"] == link["personaId"]
    started = rest.ask("POST", "/v1/engine/session", {}, key=token)
    assert started.status_code == 200, started.text
    record = rest.ask("GET", f"/v1/sessions/{started.json()['sessionId']}", key=owner).json()
    assert (record["personaId"], record["apiKeyId"]) == (link["personaId"], None)
    assert record["clientLabel"] == "share-link"
    rest.key = owner
    assert count(rest, link) == 1


def look(rest: Rest, token: str) -> httpx.Response:
    return rest.ask("GET", f"/v1/auth/share-link/{token}", key="")


def test_a_guest_sees_who_waits_behind_a_link_before_using_it(rest: Rest) -> None:
    persona = rest.persona(name="Cara", widgetConfig={"showCaptions": True, "allowEverywhere": True})
    link = rest.create("/v1/share-links", personaId=persona["id"], usageLimit=2, removeWatermark=True)
    rest.run(redeem(rest, link["token"]))

    shown = look(rest, link["token"]).json()

    assert shown == {
        "persona": {
            "name": "Cara",
            "avatarImageUrl": persona["avatar"]["imageUrl"],
            "avatarVideoUrl": persona["avatar"]["videoUrl"],
        },
        "widgetConfig": {"showCaptions": True},
        "type": "LINK",
        "portrait": False,
        "removeWatermark": True,
        "expiresAt": link["expiresAt"],
        "usesLeft": 1,
        "reason": None,
    }
    assert count(rest, link) == 1
    endless = link_of(rest, usageLimit=None, expiresAt=None)
    assert [look(rest, endless["token"]).json()[name] for name in ("usesLeft", "expiresAt")] == [None, None]
    assert look(rest, "sh_unknown").status_code == 404


def test_a_guest_who_looks_is_told_why_a_link_cannot_be_used(rest: Rest) -> None:
    for change, reason in (
        ({"enabled": False}, "disabled"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expired"),
        ({"usageLimit": 1}, "used_up"),
    ):
        link = link_of(rest, usageLimit=None)
        rest.run(redeem(rest, link["token"]))
        rest.ask("PUT", f"/v1/share-links/{link['id']}", change)
        assert look(rest, link["token"]).json()["reason"] == reason


def test_a_guest_on_a_phone_gets_an_upright_picture_where_there_is_one(rest: Rest) -> None:
    for model, expected in (("cara-4", (768, 1152)), ("cara-3", (720, 480))):
        persona = rest.persona(avatarModel=model)
        link = rest.create("/v1/share-links", personaId=persona["id"])
        assert look(rest, link["token"]).json()["portrait"] is (model == "cara-4")
        body = {"token": link["token"], "orientation": "portrait"}
        token = rest.ask("POST", "/v1/auth/share-link", body, key="").json()["sessionToken"]
        session_id = rest.ask("POST", "/v1/engine/session", {}, key=token).json()["sessionId"]
        face = rest.media.specs[session_id].face
        assert (face.width_px, face.height_px) == expected


def test_links_for_frames_have_an_address_of_their_own(rest: Rest) -> None:
    for kind, path in (("LINK", "share"), ("PLAYER_EMBED", "frame"), ("ORB_EMBED", "frame")):
        made = link_of(rest, type=kind)
        assert made["url"] == f"{URL}/{path}/{made['token']}"


def test_fifty_guests_at_once_use_a_link_for_ten_exactly_ten_times(rest: Rest) -> None:
    link = link_of(rest, usageLimit=10)

    async def all_at_once() -> list[httpx.Response]:
        return await asyncio.gather(*(redeem(rest, link["token"]) for _ in range(50)))

    answers = rest.run(all_at_once())

    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [403] * 40
    assert {answer.json()["reason"] for answer in answers if answer.status_code == 403} == {"used_up"}
    assert count(rest, link) == 10


def test_a_link_that_cannot_be_used_says_why(rest: Rest) -> None:
    for change, reason in (
        ({"enabled": False}, "disabled"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expired"),
        ({"usageLimit": 1}, "used_up"),
    ):
        link = link_of(rest, usageLimit=None)
        assert rest.run(redeem(rest, link["token"])).status_code == 200
        rest.ask("PUT", f"/v1/share-links/{link['id']}", change)

        answer = rest.run(redeem(rest, link["token"]))

        contract.check(answer.json(), contract.ERROR)
        refusal = (answer.status_code, answer.json()["error"], answer.json()["reason"])
        assert refusal == (403, "Share link not usable", reason)
        assert count(rest, link) == 1


ORIGINS: list[tuple[dict[str, Any], str | None, bool]] = [
    ({}, None, True),
    ({}, URL, True),
    ({}, PAGE, False),
    ({}, "null", False),
    ({"allowedOrigins": ["page.test"]}, PAGE, True),
    ({"allowedOrigins": ["page.test"]}, "http://page.test", False),
    ({"allowedOrigins": ["page.test"]}, URL, True),
    ({"allowAllOrigins": True}, "https://anywhere.test", True),
    ({"allowAllOrigins": True}, "null", True),
]


def test_pages_of_others_need_permission(rest: Rest) -> None:
    for config, origin, allowed in ORIGINS:
        link = link_of(rest, **config)
        answer = rest.run(redeem(rest, link["token"], origin))
        assert answer.status_code == (200 if allowed else 403), (config, origin, answer.text)
        assert count(rest, link) == int(allowed)
        if not allowed:
            assert answer.json()["error"] == "Origin not allowed"


def test_a_token_that_could_not_be_made_has_used_nothing(rest: Rest) -> None:
    faceless = rest.create("/v1/personas", name="Nobody")
    link = rest.create("/v1/share-links", personaId=faceless["id"])

    assert rest.run(redeem(rest, link["token"])).status_code == 400
    assert count(rest, link) == 0


def test_what_is_no_link_is_refused(rest: Rest) -> None:
    for token in (None, 7, "", "sh_unknown", "x" * 65, "\0"):
        answer = rest.run(redeem(rest, token))
        assert answer.status_code in (400, 404)
        contract.check(answer.json(), contract.ERROR)


def test_two_choices_at_once_leave_one_primary_link(rest: Rest) -> None:
    persona = rest.persona()
    links = [rest.create("/v1/share-links", personaId=persona["id"]) for _ in range(6)]

    async def all_at_once() -> set[int]:
        chosen = (rest.send("PUT", f"/v1/share-links/{link['id']}", {"isPrimary": True}) for link in links)
        return {answer.status_code for answer in await asyncio.gather(*chosen)}

    assert rest.run(all_at_once()) == {200}
    shown = rest.ask("GET", f"/v1/personas/{persona['id']}").json()["shareLinks"]
    assert [link["isPrimary"] for link in shown].count(True) == 1
