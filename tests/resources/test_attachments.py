"""The tools of a persona, from their ids on the persona to what a conversation is told of them."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.resources import contract
from tests.resources.test_tools import CLIENT, NOBODY, WEBHOOK, built_in, group
from tests.rest import DOCUMENTED, Rest
from visavis.core.spec import SessionSpec, ToolSpec

SECRETS = {"Authorization": "Bearer very-secret", "X-Shop": "very-secret-too"}


def tool(rest: Rest, body: dict[str, Any], **fields: Any) -> Any:
    return rest.create("/v1/tools", **{**body, **fields})


def knowledge_tool(rest: Rest, **fields: Any) -> Any:
    given = {"name": "look_up", "description": "Look up.", "type": "SERVER_RAG", **fields}
    return rest.create("/v1/tools", **given)


def spec_of(rest: Rest, config: dict[str, Any], through_token: bool = True) -> SessionSpec:
    """What the engine is told, by way of a token."""
    body: Any = {"personaConfig": config}
    key = rest.key
    if through_token:
        answer = rest.ask("POST", "/v1/auth/session-token", body)
        assert answer.status_code == 200, answer.text
        key, body = answer.json()["sessionToken"], {}
    started = rest.ask("POST", "/v1/engine/session", body, key=key)
    assert started.status_code == 200, started.text
    return rest.media.specs[started.json()["sessionId"]]


def tools_of(rest: Rest, config: dict[str, Any]) -> list[ToolSpec]:
    return list(spec_of(rest, config).tools)


def test_tools_are_attached_by_their_ids_and_shown_as_sessions_take_them(rest: Rest) -> None:
    menus = group(rest)
    calendar, order = tool(rest, CLIENT), tool(rest, WEBHOOK)
    look_up = knowledge_tool(rest, config={"documentFolderIds": [menus]})
    end_call = built_in(rest)["end_call"]
    ids = [order["id"], end_call["id"], calendar["id"], look_up["id"]]

    persona = rest.persona(toolIds=[*ids, order["id"]])

    contract.check(persona, contract.PERSONA)
    assert persona["toolIds"] == [shown["_toolId"] for shown in persona["tools"]] == ids
    assert [(shown["type"], shown.get("subtype"), shown["name"]) for shown in persona["tools"]] == [
        ("server", "webhook", "place.order-1"), ("system", None, "end_call"), ("client", None, "open_calendar"),
        ("server", "knowledge", "look_up"),
    ]  # fmt: skip
    assert persona["tools"][0] == {
        "type": "server", "subtype": "webhook", "name": "place.order-1", "description": "Place an order.",
        **WEBHOOK["config"], "headers": dict.fromkeys(SECRETS, "[REDACTED]"), "disableInterruptions": True,
        "_toolId": order["id"],
    }  # fmt: skip
    assert persona["knowledge"] == [{"id": menus, "name": "Menus", "description": None}]
    assert rest.ask("GET", f"/v1/personas/{persona['id']}").json() == persona
    assert [rest.ask("GET", f"/v1/tools/{tool_id}").json()["usageCount"] for tool_id in ids] == [1, 1, 1, 1]


def test_an_update_replaces_the_whole_set_or_leaves_it(rest: Rest) -> None:
    calendar, order = tool(rest, CLIENT), tool(rest, WEBHOOK)
    persona = rest.persona(toolIds=[calendar["id"]])
    address = f"/v1/personas/{persona['id']}"

    def ids(change: dict[str, Any]) -> list[str]:
        answer = rest.ask("PUT", address, change)
        assert answer.status_code == 200, answer.text
        assert rest.ask("GET", address).json() == answer.json()
        return answer.json()["toolIds"]

    assert ids({"name": "Clara"}) == [calendar["id"]]
    assert ids({"toolIds": None}) == [calendar["id"]]
    assert ids({"toolIds": [order["id"], calendar["id"]]}) == [order["id"], calendar["id"]]
    assert ids({"toolIds": [calendar["id"]]}) == [calendar["id"]]
    assert ids({"toolIds": []}) == []


def test_a_removed_tool_leaves_its_personas(rest: Rest) -> None:
    calendar, order = tool(rest, CLIENT), tool(rest, WEBHOOK)
    persona = rest.persona(toolIds=[calendar["id"], order["id"]])

    rest.ask("DELETE", f"/v1/tools/{order['id']}")

    address = f"/v1/personas/{persona['id']}"
    assert rest.ask("GET", address).json()["toolIds"] == [calendar["id"]]
    assert [spec.name for spec in tools_of(rest, {"personaId": persona["id"]})] == ["open_calendar"]
    assert rest.ask("PUT", address, {"toolIds": [order["id"]]}).status_code == 400


def test_usage_counts_the_personas_of_one_organization_only(rest: Rest) -> None:
    end_call = built_in(rest)["end_call"]["id"]
    kept, removed = rest.persona(toolIds=[end_call]), rest.persona(toolIds=[end_call])
    assert built_in(rest)["end_call"]["usageCount"] == 2

    rest.ask("DELETE", f"/v1/personas/{removed['id']}")
    assert rest.ask("GET", f"/v1/tools/{end_call}").json()["usageCount"] == 1
    rest.new_organization()
    assert built_in(rest)["end_call"]["usageCount"] == 0
    assert kept["toolIds"] == [end_call]


def test_two_sets_at_once_do_not_become_one(rest: Rest) -> None:
    sets = [[tool(rest, CLIENT, name=f"tool_{number}")["id"] for number in range(at, at + 3)] for at in range(0, 9, 3)]
    address = f"/v1/personas/{rest.persona()['id']}"

    async def all_at_once() -> list[int]:
        answers = await asyncio.gather(*(rest.send("PUT", address, {"toolIds": ids}) for ids in sets * 3))
        return [answer.status_code for answer in answers]

    assert rest.run(all_at_once()) == [200] * 9
    assert rest.ask("GET", address).json()["toolIds"] in sets


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_tool_that_cannot_be_used_is_named(rest: Rest, method: str) -> None:
    foreign = tool(rest, CLIENT)["id"]
    rest.new_organization()
    one, same_name = tool(rest, CLIENT)["id"], tool(rest, CLIENT)["id"]
    address = "/v1/personas" if method == "POST" else f"/v1/personas/{rest.persona()['id']}"

    for ids, path in (
        ([one, foreign], "toolIds.1"),
        ([NOBODY], "toolIds.0"),
        ([one, same_name], "toolIds.0"),
        ([""], "toolIds.0"),
        ("all", "toolIds"),
        ([one] * 101, "toolIds"),
    ):
        answer = rest.ask(method, address, {**DOCUMENTED, "toolIds": ids})
        assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, path)


# --- what a conversation is told ---------------------------------------------------------------------------------


def test_the_engine_is_told_everything_about_a_tool_and_prints_no_secret(rest: Rest) -> None:
    menus = group(rest)
    ids = [
        tool(rest, CLIENT, config={"awaitResult": True, "toolTimeoutSeconds": 3})["id"],
        tool(rest, WEBHOOK)["id"],
        knowledge_tool(rest, config={"documentFolderIds": [menus]})["id"],
        built_in(rest)["change_language"]["id"],
    ]

    client, webhook, knowledge, system = tools_of(rest, {"personaId": rest.persona(toolIds=ids)["id"]})

    assert (client.kind, client.awaits_result, client.timeout_ms) == ("client", True, 3000)
    assert client.parameters == {"type": "object", "properties": {}}
    assert (webhook.kind, webhook.awaits_result, webhook.disable_interruptions) == ("webhook", False, True)
    wanted, query = WEBHOOK["config"]["parameters"], WEBHOOK["config"]["queryParameters"]
    assert webhook.parameters == {**wanted, "properties": {**query["properties"], **wanted["properties"]}}
    assert webhook.webhook is not None
    assert webhook.webhook.headers == SECRETS
    assert (webhook.webhook.url, webhook.webhook.method) == (WEBHOOK["config"]["url"], "POST")
    assert webhook.webhook.query_parameters == WEBHOOK["config"]["queryParameters"]
    assert webhook.webhook.body_template == "{{order}}"
    assert "secret" not in repr(webhook)
    assert (knowledge.kind, knowledge.folder_ids, knowledge.awaits_result) == ("knowledge", (menus,), True)
    assert knowledge.parameters["required"] == ["query"]
    assert (system.kind, system.action) == ("system", "change_language")
    assert "en" in system.parameters["properties"]["language_code"]["enum"]


def test_tools_of_the_session_alone_are_checked_and_sealed_like_stored_ones(rest: Rest) -> None:
    flat = {
        "type": "server", "subtype": "webhook", "name": "order", "url": "https://hooks.test/x", "method": "PUT",
        "headers": {"X-Key": "unseen-value"}, "awaitResponse": True, "disableInterruptions": True,
    }  # fmt: skip
    nested = {"type": "SERVER_WEBHOOK", "name": "other", "config": {**WEBHOOK["config"]}}
    config = {**DOCUMENTED, "tools": [flat, nested, {"type": "system", "name": "skip_turn"}]}

    for through_token in (True, False):
        order, other, skip = spec_of(rest, config, through_token).tools
        assert order.webhook is not None
        assert order.webhook.headers == {"X-Key": "unseen-value"}
        assert (order.description, order.awaits_result, order.timeout_ms) == ("", True, 60_000)
        assert other.webhook is not None
        assert other.webhook.headers == SECRETS
        assert skip.description

    async def stored() -> str:
        async with rest.database.reading() as session:
            rows = await session.execute(text("SELECT request FROM session_grants"))
            return str([tuple(row) for row in rows])  # a row itself shortens what it prints

    kept = rest.run(stored())
    assert "hooks.test/x" in kept
    assert "unseen-value" not in kept
    assert "very-secret" not in kept


def test_a_persona_that_was_read_brings_its_tools_along_once(rest: Rest) -> None:
    order, end_call = tool(rest, WEBHOOK), built_in(rest)["end_call"]
    persona = rest.persona(toolIds=[order["id"], end_call["id"]])
    config = {**DOCUMENTED, "tools": persona["tools"]}

    by_form = tools_of(rest, config)
    twice = tools_of(rest, {**config, "toolIds": persona["toolIds"]})

    assert by_form == twice == tools_of(rest, {"personaId": persona["id"]})
    assert by_form[0].webhook is not None
    assert by_form[0].webhook.headers == SECRETS


def test_header_values_are_not_lent_to_another_address(rest: Rest) -> None:
    order = tool(rest, WEBHOOK)
    shown = rest.persona(toolIds=[order["id"]])["tools"][0]

    for change in ({"url": "https://elsewhere.test/"}, {"_toolId": NOBODY}, {"_toolId": {"x": 1}}):
        body = {"personaConfig": {**DOCUMENTED, "tools": [{**shown, **change}]}}
        answer = rest.ask("POST", "/v1/auth/session-token", body)
        assert answer.status_code == 400
        assert answer.json()["details"][0]["path"] == "personaConfig.tools.0.headers.Authorization"
    changed = rest.ask("PUT", f"/v1/tools/{order['id']}", {"config": {"headers": {"x-shop": "[REDACTED]", "New": "1"}}})
    assert changed.json()["config"]["headers"] == {"x-shop": "[REDACTED]", "New": "[REDACTED]"}
    [spec] = tools_of(rest, {**DOCUMENTED, "toolIds": [order["id"]]})
    assert spec.webhook is not None
    assert spec.webhook.headers == {"x-shop": "very-secret-too", "New": "1"}


def test_what_stands_beside_a_saved_persona_is_ignored(rest: Rest) -> None:
    config = {"personaId": rest.persona()["id"], "toolIds": [NOBODY], "tools": [{"type": "client"}]}

    assert tools_of(rest, config) == []


WRONG: list[tuple[list[Any], str]] = [
    ([{"type": "client"}], "tools.0.name"),
    ([{"name": "x"}], "tools.0.type"),
    ([{"type": "client", "name": "x"}, {"type": "magic", "name": "y"}], "tools.1.type"),
    ([{"type": "client", "name": "x"}, {"type": "system", "name": "x", "action": "end_call"}], "tools.1.name"),
    ([{"type": "client", "name": "x", "description": "y" * 1025}], "tools.0.description"),
    ([{"type": "client", "name": "x", "parameters": {"type": "string"}}], "tools.0.parameters"),
    ([{"type": "server", "name": "x"}], "tools.0.subtype"),
    ([{"type": "server", "subtype": "webhook", "name": "x", "method": "GET"}], "tools.0.url"),
    ([{"type": "server", "subtype": "webhook", "name": "x", "method": "GET", "url": "http://169.254.169.254/"}],
     "tools.0.url"),
    ([{"type": "server", "name": "x", "config": {"method": "GET", "url": "gopher://x"}}], "tools.0.config.url"),
    ([{"type": "server", "subtype": "knowledge", "name": "x", "documentFolderIds": [NOBODY]}],
     "tools.0.documentFolderIds.0"),
    ([{"type": "system", "name": "dance"}], "tools.0.action"),
    ([{"type": "client", "name": "x"}] * 101, "tools"),
]  # fmt: skip


def test_a_tool_that_cannot_work_is_named_when_the_token_is_made(rest: Rest) -> None:
    for tools, path in WRONG:
        answer = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": {**DOCUMENTED, "tools": tools}})
        assert answer.status_code == 400, (tools, answer.text)
        contract.check(answer.json(), contract.ERROR)
        assert answer.json()["details"][0]["path"] == f"personaConfig.{path}"
