"""The embedded widget: what it may know without a key, and on which pages it gets a token."""

from typing import Any

import httpx

from tests.resources import contract
from tests.resources.test_session_tokens import part
from tests.rest import DOCUMENTED, URL, Rest

PAGE = "https://shop.test"
NOBODY = "00000000-0000-4000-8000-000000000000"
STOCK_PERSONA = "4314d606-bab4-5fc8-808b-878c43ae6a4c"


def embedded(rest: Rest, **config: Any) -> Any:
    return rest.persona(name="Cara", widgetConfig={"allowedOrigins": [PAGE], **config})


def ask_token(rest: Rest, persona_id: Any, origin: str | None = PAGE) -> httpx.Response:
    headers = {"origin": origin} if origin is not None else {}
    return rest.ask("POST", "/v1/auth/widget", {"agentId": persona_id}, key="", headers=headers)


def test_a_widget_reads_how_it_looks_without_a_key(rest: Rest) -> None:
    persona = embedded(rest, layout="inline", callToAction="Talk", removeWatermark=True, systemPrompt="x")

    answer = rest.ask("GET", f"/v1/personas/{persona['id']}/widget", key="")

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == {
        "persona": {
            "name": "Cara",
            "avatarImageUrl": persona["avatar"]["imageUrl"],
            "avatarVideoUrl": persona["avatar"]["videoUrl"],
        },
        # where else it is embedded is nobody's business
        "widgetConfig": {"layout": "inline", "callToAction": "Talk", "removeWatermark": True},
    }


def test_a_persona_without_a_face_has_a_widget_too(rest: Rest) -> None:
    shown = rest.ask("GET", f"/v1/personas/{rest.create('/v1/personas', name='Ann')['id']}/widget", key="").json()

    assert shown == {"persona": {"name": "Ann", "avatarImageUrl": None, "avatarVideoUrl": None}, "widgetConfig": {}}


def test_a_persona_that_cannot_be_embedded_is_not_there(rest: Rest) -> None:
    for persona_id in (NOBODY, "nobody", STOCK_PERSONA, "CUSTOMER-1"):
        for answer in (rest.ask("GET", f"/v1/personas/{persona_id}/widget", key=""), ask_token(rest, persona_id)):
            assert answer.status_code == 404
            contract.check(answer.json(), contract.ERROR)


def test_an_allowed_page_gets_a_token_that_says_what_to_show(rest: Rest) -> None:
    persona = embedded(rest, removeWatermark=True)
    rest.ask("PUT", f"/v1/personas/{persona['id']}", {"name": "Čárá ?>~ 🙂"})

    answer = ask_token(rest, persona["id"])

    assert answer.status_code == 200, answer.text
    claims = part(answer.json()["sessionToken"], 1)  # fails for characters that `atob` does not know
    assert (claims["type"], claims["personaId"]) == ("stateful", persona["id"])
    assert claims["widgetConfig"] == {
        "personaName": "Čárá ?>~ 🙂",
        "avatarImageUrl": persona["avatar"]["imageUrl"],
        "avatarVideoUrl": persona["avatar"]["videoUrl"],
        "removeWatermark": True,
    }
    assert claims["widgetConfig"]["avatarImageUrl"].startswith(URL)


def test_a_guest_starts_a_session_of_the_owner(rest: Rest) -> None:
    persona = embedded(rest)
    owner = rest.key
    rest.new_organization()

    token = ask_token(rest, persona["id"]).json()["sessionToken"]
    started = rest.ask("POST", "/v1/engine/session", {"clientMetadata": {"client": "js-sdk"}}, key=token)

    assert started.status_code == 200, started.text
    address = f"/v1/sessions/{started.json()['sessionId']}"
    assert rest.ask("GET", address).status_code == 404
    record = rest.ask("GET", address, key=owner).json()
    assert (record["personaId"], record["apiKeyId"], record["clientLabel"]) == (persona["id"], None, "widget")
    assert rest.ask("GET", "/v1/personas", key=token).status_code == 401


ORIGINS: list[tuple[dict[str, Any], str | None, bool]] = [
    ({}, PAGE, True),
    ({}, "https://SHOP.test", True),
    ({}, "https://shop.test:443", True),
    ({}, "http://shop.test", False),
    ({}, "https://shop.test:8443", False),
    ({}, "https://evil-shop.test", False),
    ({}, "https://shop.test.evil.test", False),
    ({}, "https://sub.shop.test", False),
    ({}, "null", False),
    ({}, "", False),
    ({}, None, False),
    ({}, URL, False),
    ({}, "https://[broken", False),
    ({"allowEverywhere": False}, "https://other.test", False),
    ({"allowEverywhere": True}, "https://other.test", True),
    ({"allowEverywhere": True}, None, True),
    ({"allowedOrigins": ["shop.test", "http://localhost:3000"]}, "http://localhost:3000", True),
    ({"allowedOrigins": ["http://localhost:3000/"]}, "http://localhost:3000", True),
    ({"allowedOrigins": ["shop.test"]}, PAGE, True),
    ({"allowedOrigins": []}, PAGE, False),
    ({"allowedOrigins": ["null"]}, "null", False),
]


def test_the_origin_decides(rest: Rest) -> None:
    for config, origin, allowed in ORIGINS:
        answer = ask_token(rest, embedded(rest, **config)["id"], origin)
        assert answer.status_code == (200 if allowed else 403), (config, origin, answer.text)
        if not allowed:
            contract.check(answer.json(), contract.ERROR)
            assert answer.json()["error"] == "Origin not allowed"


def test_a_persona_that_was_never_prepared_for_pages_is_embedded_nowhere(rest: Rest) -> None:
    assert ask_token(rest, rest.persona()["id"]).status_code == 403


def test_a_wrong_request_is_answered_in_json(rest: Rest) -> None:
    for body in (None, {}, {"agentId": None}, {"agentId": 7}, {"agentId": "x" * 129}, [], "x"):
        answer = rest.ask("POST", "/v1/auth/widget", body, key="", headers={"origin": PAGE})
        assert answer.status_code == 400
        contract.check(answer.json(), contract.ERROR)


def test_a_persona_that_cannot_talk_is_refused_when_its_token_is_made(rest: Rest) -> None:
    persona = rest.create("/v1/personas", widgetConfig={"allowEverywhere": True}, llmId=DOCUMENTED["llmId"])

    answer = ask_token(rest, persona["id"])

    assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, "personaConfig.avatarId")


def test_the_shape_of_the_picture_is_the_widgets(rest: Rest) -> None:
    persona = embedded(rest, orientation="portrait")
    rest.ask("PUT", f"/v1/personas/{persona['id']}", {"avatarModel": "cara-4"})
    sizes: list[tuple[int, int]] = []
    for wish in ({}, {"orientation": "landscape"}):
        asked = rest.ask(
            "POST", "/v1/auth/widget", {"agentId": persona["id"], **wish}, key="", headers={"origin": PAGE}
        )
        started = rest.ask("POST", "/v1/engine/session", {}, key=asked.json()["sessionToken"])
        face = rest.media.specs[started.json()["sessionId"]].face
        sizes.append((face.width_px, face.height_px))
    assert sizes == [(768, 1152), (1152, 768)]
