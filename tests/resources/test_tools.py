"""What personas may do: made, read, changed and removed in both forms that clients know."""

import json
from typing import Any

from sqlalchemy import delete, select, text

from tests.resources import contract
from tests.rest import Rest
from visavis.db.models import ApiKey, KnowledgeGroup, new_id
from visavis.http.auth import hash_key

ADDRESS = "https://hooks.test/orders?kind=new"
SCHEMA = {"type": "object", "properties": {"date": {"type": "string", "description": "YYYY-MM-DD"}}}
CLIENT: dict[str, Any] = {
    "name": "open_calendar",
    "description": "Open the calendar in the page.",
    "type": "CLIENT",
    "config": {"parameters": SCHEMA},
}
WEBHOOK: dict[str, Any] = {
    "name": "place.order-1",
    "description": "Place an order.",
    "type": "SERVER_WEBHOOK",
    "disableInterruptions": True,
    "config": {
        "url": ADDRESS,
        "method": "POST",
        "headers": {"Authorization": "Bearer very-secret", "X-Shop": "very-secret-too"},
        "bodyTemplate": "{{order}}",
        "parameters": SCHEMA,
        "queryParameters": {"type": "object", "properties": {"page": {"type": ["integer", "null"]}}},
        "awaitResponse": False,
    },
}
NOBODY = "00000000-0000-4000-8000-000000000000"
BUILT_IN = {"change_language", "skip_turn", "end_call", "pause_conversation"}


async def _group(rest: Rest, group_id: str) -> None:
    async with rest.database.writing() as session:
        owner = await session.scalar(select(ApiKey.organization_id).where(ApiKey.key_hash == hash_key(rest.key)))
        session.add(KnowledgeGroup(id=group_id, organization_id=owner, name="Menus"))


async def _no_group(rest: Rest, group_id: str) -> None:
    async with rest.database.writing() as session:
        await session.execute(delete(KnowledgeGroup).where(KnowledgeGroup.id == group_id))


def group(rest: Rest) -> str:
    """A knowledge group of the organization that asks."""
    group_id = new_id()
    rest.run(_group(rest, group_id))
    return group_id


def built_in(rest: Rest) -> dict[str, Any]:
    listed = rest.ask("GET", "/v1/tools", params={"perPage": 100}).json()["data"]
    return {tool["name"]: tool for tool in listed if tool["type"] == "SYSTEM"}


def test_the_documented_tool_is_made_read_changed_and_removed(rest: Rest) -> None:
    made = rest.create("/v1/tools", **CLIENT)
    contract.check(made, contract.TOOL)
    assert {name: made[name] for name in CLIENT} == CLIENT
    assert (made["updatedAt"], made["usageCount"], made["disableInterruptions"]) == (None, 0, False)

    address = f"/v1/tools/{made['id']}"
    changed = rest.ask("PUT", address, {"name": "open_scheduler"}).json()
    assert {**changed, "updatedAt": None} == {**made, "name": "open_scheduler"}
    assert changed["updatedAt"] is not None
    assert rest.ask("GET", address).json() == changed

    answer = rest.ask("DELETE", address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [rest.ask(method, address, {}).status_code for method in ("GET", "PUT", "DELETE")] == [404, 404, 404]
    assert made["id"] not in rest.ask("GET", "/v1/tools", params={"perPage": 100}).text


def test_every_setting_of_a_webhook_is_kept_and_its_header_values_are_never_shown(rest: Rest) -> None:
    made = rest.create("/v1/tools", **WEBHOOK)

    shown = {"Authorization": "[REDACTED]", "X-Shop": "[REDACTED]"}
    assert made["config"] == {**WEBHOOK["config"], "headers": shown}
    assert made["disableInterruptions"] is True

    async def stored() -> str:
        async with rest.database.reading() as session:
            rows = await session.execute(text("SELECT * FROM tools"))
            return str([tuple(row) for row in rows])  # a row itself shortens what it prints

    kept = rest.run(stored())
    assert ADDRESS in kept
    for found in (rest.ask("GET", "/v1/tools").text, kept):
        assert "very-secret" not in found


def test_a_change_touches_what_it_names_and_null_takes_a_setting_away(rest: Rest) -> None:
    made = rest.create("/v1/tools", **WEBHOOK)
    address = f"/v1/tools/{made['id']}"

    changed = rest.ask("PUT", address, {"config": {"method": "GET", "bodyTemplate": None}}).json()
    expected = {**made["config"], "method": "GET"}
    del expected["bodyTemplate"]
    assert changed["config"] == expected
    assert changed["name"] == made["name"]

    other = rest.ask("PUT", address, {"type": "CLIENT", "config": {"awaitResult": True}}).json()
    assert (other["type"], other["config"]) == ("CLIENT", {"awaitResult": True})
    # the values of the headers went with the type that had them
    back = rest.ask("PUT", address, made)
    assert (back.status_code, back.json()["details"][0]["path"]) == (400, "config.headers.Authorization")


FLAT: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"type": "client", "parameters": SCHEMA, "awaitResult": True, "toolTimeoutSeconds": 2.5}, "CLIENT",
     {"parameters": SCHEMA, "awaitResult": True, "toolTimeoutSeconds": 2.5}),
    ({"type": "client", "timeout": 600, "method": "GET"}, "CLIENT", {"toolTimeoutSeconds": 600}),
    ({"type": "server", "subtype": "webhook", "url": ADDRESS, "method": "PATCH", "awaitResponse": True},
     "SERVER_WEBHOOK", {"url": ADDRESS, "method": "PATCH", "awaitResponse": True}),
    ({"type": "server", "url": ADDRESS, "method": "GET"}, "SERVER_WEBHOOK", {"url": ADDRESS, "method": "GET"}),
    ({"type": "system", "action": "interrupt"}, "SYSTEM", {"action": "interrupt"}),
    ({"type": "SYSTEM", "name": "end_call"}, "SYSTEM", {"action": "end_call"}),
    ({"type": "CLIENT", "parameters": {"properties": {}}}, "CLIENT",
     {"parameters": {"type": "object", "properties": {}}}),
]  # fmt: skip


def test_the_flat_form_of_sessions_becomes_the_stored_form(rest: Rest) -> None:
    for flat, kind, config in FLAT:
        made = rest.create("/v1/tools", **{"name": "flat", "description": "d", **flat})
        assert (made["type"], made["config"]) == (kind, config)


def test_a_flat_change_is_understood(rest: Rest) -> None:
    for change in (
        {"url": "https://other.test/", "method": "GET", "awaitResponse": True},
        {"type": "server", "url": "https://other.test/"},
        {"type": "server", "subtype": "webhook", "method": "DELETE"},
    ):
        made = rest.create("/v1/tools", **WEBHOOK)
        changed = rest.ask("PUT", f"/v1/tools/{made['id']}", change).json()
        settings = {name: value for name, value in change.items() if name not in ("type", "subtype")}
        assert changed["config"] == {**made["config"], **settings}
        assert changed["type"] == "SERVER_WEBHOOK"


def test_knowledge_tools_name_groups_that_exist(rest: Rest) -> None:
    menus = group(rest)
    for body in (
        {"type": "SERVER_RAG", "config": {"documentFolderIds": [menus]}},
        {"type": "server", "subtype": "knowledge", "folderIds": [menus]},
        {"type": "server", "subtype": "rag", "documentFolderIds": [menus]},
        {"type": "server", "documentFolderIds": [menus]},
    ):
        made = rest.create("/v1/tools", name="look_up", description="Look it up.", **body)
        assert (made["type"], made["config"]) == ("SERVER_RAG", {"documentFolderIds": [menus]})

    address = f"/v1/tools/{made['id']}"
    answer = rest.ask("PUT", address, {"config": {"documentFolderIds": [menus, NOBODY]}})
    assert answer.json()["details"][0]["path"] == "config.documentFolderIds.1"
    foreign = {"name": "x", "description": "d", "type": "SERVER_RAG", "config": {"documentFolderIds": [menus]}}
    owner, _ = rest.key, rest.new_organization()
    assert rest.ask("POST", "/v1/tools", foreign).status_code == 400
    rest.run(_no_group(rest, menus))
    assert rest.ask("PUT", address, {"name": "renamed"}, key=owner).json()["name"] == "renamed"


def test_what_was_read_can_be_written_back(rest: Rest) -> None:
    for body in (CLIENT, WEBHOOK):
        made = rest.create("/v1/tools", **body)

        answer = rest.ask("PUT", f"/v1/tools/{made['id']}", made)

        assert answer.status_code == 200, answer.text
        assert {**answer.json(), "updatedAt": None} == made


def test_built_in_tools_are_listed_and_cannot_be_changed(rest: Rest) -> None:
    found = built_in(rest)

    assert set(found) == BUILT_IN
    for tool in found.values():
        contract.check(tool, contract.TOOL)
        assert tool["config"] == {"action": tool["name"]}
        address = f"/v1/tools/{tool['id']}"
        assert rest.ask("GET", address).json() == tool
        for method, body in (("PUT", {"name": "mine"}), ("DELETE", None)):
            answer = rest.ask(method, address, body)
            assert answer.status_code == 403
            contract.check(answer.json(), contract.ERROR)


def test_a_list_is_searched_by_name_description_and_id(rest: Rest) -> None:
    calendar, order = rest.create("/v1/tools", **CLIENT), rest.create("/v1/tools", **WEBHOOK)

    def names(search: str) -> list[str]:
        page = rest.ask("GET", "/v1/tools", params={"search": search}).json()
        contract.check(page, contract.page_of(contract.TOOL))
        assert page["meta"]["total"] == len(page["data"])
        return [tool["name"] for tool in page["data"]]

    assert names("CALENDAR") == [calendar["name"]]
    assert names("place an") == [order["name"]]
    assert names(order["id"][:13]) == [order["name"]]
    assert names("") == [order["name"], calendar["name"], *sorted(BUILT_IN, key=list(built_in(rest)).index)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "name"),
    ({"name": ""}, "name"),
    ({"name": "two words"}, "name"),
    ({"name": "x" * 65}, "name"),
    ({"name": "naïve"}, "name"),
    ({"description": None}, "description"),
    ({"description": ""}, "description"),
    ({"description": "x" * 1025}, "description"),
    ({"type": None}, "type"),
    ({"type": "MAGIC"}, "type"),
    ({"type": "server"}, "subtype"),
    ({"type": "server", "subtype": "magic"}, "subtype"),
    ({"disableInterruptions": "yes"}, "disableInterruptions"),
    ({"config": []}, "config"),
    ({"config": {"parameters": []}}, "config.parameters"),
    ({"config": {"parameters": {"type": "string"}}}, "config.parameters"),
    ({"config": {"parameters": {"type": "object", "properties": {"a": {"type": "text"}}}}}, "config.parameters"),
    ({"config": {"parameters": {"type": "object", "required": "a"}}}, "config.parameters"),
    ({"config": {"parameters": {"properties": {"a": {"pattern": "("}}}}}, "config.parameters"),
    ({"config": {"parameters": {"properties": {"a": {"$ref": "https://elsewhere.test/s"}}}}}, "config.parameters"),
    ({"config": {"parameters": {"type": "object", "description": "x" * 10_000}}}, "config.parameters"),
    ({"config": {"toolTimeoutSeconds": 0.5}}, "config.toolTimeoutSeconds"),
    ({"config": {"toolTimeoutSeconds": 601}}, "config.toolTimeoutSeconds"),
    ({"config": {"awaitResult": "yes"}}, "config.awaitResult"),
    ({"type": "SERVER_RAG", "config": {}}, "config.documentFolderIds"),
    ({"type": "SERVER_RAG", "config": {"documentFolderIds": []}}, "config.documentFolderIds"),
    ({"type": "SERVER_RAG", "config": {"documentFolderIds": ["menus"]}}, "config.documentFolderIds.0"),
    ({"type": "SERVER_RAG", "config": {"documentFolderIds": [NOBODY]}}, "config.documentFolderIds.0"),
    ({"type": "SERVER_RAG", "config": None}, "documentFolderIds"),
    ({"type": "SYSTEM", "config": {}}, "config.action"),
    ({"type": "SYSTEM", "config": {"action": "dance"}}, "config.action"),
]
WRONG_WEBHOOK: list[tuple[dict[str, Any], str]] = [
    ({"url": None}, "config.url"),
    ({"method": None}, "config.method"),
    ({"method": "HEAD"}, "config.method"),
    ({"url": "ftp://hooks.test/"}, "config.url"),
    ({"url": "/orders"}, "config.url"),
    ({"url": "http://169.254.169.254/latest/meta-data"}, "config.url"),
    ({"url": "https://name:word@hooks.test/"}, "config.url"),
    ({"headers": ["a"]}, "config.headers"),
    ({"headers": {"X": 1}}, "config.headers.X"),
    ({"headers": {"two words": "x"}}, "config.headers"),
    ({"headers": {"X": "a\r\nY: b"}}, "config.headers"),
    ({"headers": {"X": "ü"}}, "config.headers"),
    ({"headers": {"Host": "other.test"}}, "config.headers"),
    ({"headers": {"X": "1", "x": "2"}}, "config.headers"),
    ({"headers": {f"X-{number}": "" for number in range(51)}}, "config.headers"),
    ({"headers": {"X-New": "[REDACTED]"}}, "config.headers.X-New"),
    ({"queryParameters": {"type": "array"}}, "config.queryParameters"),
    ({"bodyTemplate": {"a": 1}}, "config.bodyTemplate"),
]


def refused(rest: Rest, body: dict[str, Any], path: str) -> None:
    answer = rest.ask("POST", "/v1/tools", body)
    assert answer.status_code == 400, (body, answer.text)
    contract.check(answer.json(), contract.ERROR)
    assert answer.json()["details"][0]["path"] == path
    assert "very-secret" not in answer.text


def test_a_wrong_field_is_named(rest: Rest) -> None:
    for change, path in WRONG:
        refused(rest, {**CLIENT, **change}, path)


def test_a_wrong_setting_of_a_webhook_is_named_and_its_secrets_are_not_repeated(rest: Rest) -> None:
    for change, path in WRONG_WEBHOOK:
        settings = {name: value for name, value in {**WEBHOOK["config"], **change}.items() if value is not None}
        refused(rest, {**WEBHOOK, "config": settings}, path)
        refused(rest, {**WEBHOOK, **settings, "config": None}, path.removeprefix("config."))


def test_an_address_inside_this_network_is_refused_later_too(rest: Rest) -> None:
    made = rest.create("/v1/tools", **WEBHOOK)

    for change, path in (({"url": "http://169.254.169.254/"}, "url"), ({"config": {"url": "file:///x"}}, "config.url")):
        answer = rest.ask("PUT", f"/v1/tools/{made['id']}", change)
        assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, path)
    assert rest.ask("GET", f"/v1/tools/{made['id']}").json() == made


def test_a_malformed_id_is_a_mistake_and_an_unknown_one_is_not_there(rest: Rest) -> None:
    for tool_id in ("nobody", "x" * 200, "%00", "CUSTOMER"):
        assert rest.ask("GET", f"/v1/tools/{tool_id}").status_code == 400
    assert rest.ask("GET", f"/v1/tools/{NOBODY}").status_code == 404


def test_the_largest_schema_that_is_allowed_is_accepted(rest: Rest) -> None:
    schema = {"type": "object", "description": ""}
    schema["description"] = "x" * (10_000 - len(json.dumps(schema)))

    assert rest.create("/v1/tools", **{**CLIENT, "config": {"parameters": schema}})["config"] == {"parameters": schema}
