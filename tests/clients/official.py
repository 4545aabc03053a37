"""The official description of the API, where this machine has it, as a judge of answers.

It is not part of this project; tests that need it say by name that they were skipped.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DESCRIPTION = Path(__file__).resolve().parents[3] / "shared" / "spec" / "anam-openapi.json"
NAME = "urn:official"
# what is there only when it was asked for, or only for one side
OPTIONAL = {"userMessage", "assistantMessage", "wasInterrupted"}
# these come back as they were sent
ECHOED = {
    "voiceDetectionOptions",
    "voiceGenerationOptions",
    "widgetConfig",
    "config",
    "personaConfig",
    "clientMetadata",
}


@cache
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip(f"the official description of the API ({DESCRIPTION.name}) is not beside this checkout")
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return found


def operations() -> set[tuple[str, str]]:
    """(method, path) of each."""
    verbs = ("get", "post", "put", "delete")
    return {(verb.upper(), path) for path, item in description()["paths"].items() for verb in item if verb in verbs}


def check_success(method: str, path: str, status: int, body: Any) -> None:
    """The status is the documented one, and the body is what the documentation says, with every key it names."""
    responses = description()["paths"][path][method.lower()]["responses"]
    expected = next(code for code in responses if code.startswith("2"))
    assert str(status) == expected, f"{method} {path} answered {status}: {body}"
    content = responses[expected].get("content")
    if content is None:
        assert body is None
        return
    schema = content["application/json"]["schema"]
    _validator(schema).validate(body)
    _check_complete(schema, body, f"{method} {path}")


def check_error(method: str, path: str, status: int) -> None:
    responses = description()["paths"][path][method.lower()]["responses"]
    assert str(status) in responses, f"{method} {path} answered {status}, which is not documented"


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(NAME, DRAFT202012.create_resource(description()))
    absolute = json.loads(json.dumps(schema).replace('"#/', f'"{NAME}#/'))
    return jsonschema.Draft202012Validator(absolute, registry=registry)


def _check_complete(schema: dict[str, Any], value: Any, place: str) -> None:
    schema = _resolved(schema)
    for part in schema.get("allOf", ()):
        _check_complete(part, value, place)
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            assert name in value or name in OPTIONAL, f"{place} lacks {name}"
            if name not in ECHOED:
                _check_complete(inner, value.get(name), f"{place}.{name}")
    if isinstance(value, list):
        for item in value:
            _check_complete(schema.get("items", {}), item, f"{place}[]")


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = description()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        schema = found
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if "$ref" in choice:
            return _resolved(choice)
    return schema
