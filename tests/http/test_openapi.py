"""The description that this server gives of itself."""

from typing import Any

import pytest

from tests.resources.owner import IN_FIELD, Owner
from tests.rest import Rest
from visavis.http.openapi import TAGS

OURS = {"$ref": "#/components/responses/Unprocessable"}
# what an example needs that a bare server has not, and how it says so
REFUSED = {"/v1/meetings/invites": 422, "/v1/tools/{id}/test": 400}


@pytest.fixture(scope="module")
def document(rest: Rest) -> dict[str, Any]:
    return rest.ask("GET", "/openapi.json", key="").json()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_operation_describes_its_errors_as_they_are(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert len(operations(document)) > 20
    for operation in operations(document):
        assert "4XX" in operation["responses"]
        # the framework's own kind of error is none of ours
        assert operation["responses"].get("422", OURS) == OURS
    assert "details" in document["components"]["schemas"]["ErrorBody"]["properties"]


def test_every_operation_has_a_name_and_a_place(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(set(names)) == len(names)
    for operation in operations(document):
        assert operation["summary"][0].isupper()
        assert set(operation["tags"]) <= set(TAGS), "say in TAGS of http/openapi.py what it is about"
        assert "x-visavis" not in operation
    assert [tag["name"] for tag in document["tags"]] == list(TAGS)


def test_secrets_go_in_and_never_come_out(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "secret" in schemas["LlmBody"]["properties"]
    assert "secret" not in schemas["Llm"]["properties"]


def test_every_example_works(rest: Rest, document: dict[str, Any]) -> None:
    owner, tried = Owner(rest), 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for example in examples(operation, document):
                if path == "/v1/share-links":  # built-in personas, whom every server knows, have none
                    example = {**example, "personaId": owner.ids[IN_FIELD["personaId"]]}
                answer = rest.ask(method.upper(), owner.address(path), example)
                assert answer.is_success or answer.status_code == REFUSED.get(path), (method, path, answer.text)
                tried += 1
    assert tried >= 10


def examples(operation: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schemas = [content.get("schema", {}), *content.get("schema", {}).get("anyOf", [])]
    named = [schema["$ref"].rpartition("/")[2] for schema in schemas if "$ref" in schema]
    return [example for name in named for example in document["components"]["schemas"][name].get("examples", [])]
