"""The description that this server gives of itself."""

from tests.rest import Rest

OURS = {"$ref": "#/components/responses/Unprocessable"}


def test_every_operation_describes_its_errors_as_they_are(rest: Rest) -> None:
    schema = rest.ask("GET", "/openapi.json", key="").json()

    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 20
    for operation in operations:
        assert "4XX" in operation["responses"]
        # the framework's own kind of error is none of ours
        assert operation["responses"].get("422", OURS) == OURS
    assert "details" in schema["components"]["schemas"]["ErrorBody"]["properties"]


def test_secrets_go_in_and_never_come_out(rest: Rest) -> None:
    schemas = rest.ask("GET", "/openapi.json", key="").json()["components"]["schemas"]

    assert "secret" in schemas["LlmBody"]["properties"]
    assert "secret" not in schemas["Llm"]["properties"]
