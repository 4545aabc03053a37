"""Requests and rows that are valid and as small as they can be, made from what the program says about itself."""

from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import Boolean, DateTime, Float, Integer, LargeBinary

from tests.rest import URL
from visavis.db.models import new_id

FORMATS = {"uri": "https://a.test/x", "date-time": "2030-01-01T00:00:00.000Z", "uuid": new_id(), "binary": "text"}
DEPTH_MAX = 8


def row(model: Any, **given: Any) -> Any:
    """A row of that table with something in every column that must have something."""
    for column in model.__table__.columns:
        if column.name not in given and not column.nullable and column.default is None and not column.primary_key:
            given[column.name] = _cell(column.type)
    return model(**given)


def _cell(kind: Any) -> Any:
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Float):
        return 1
    if isinstance(kind, LargeBinary):
        return b""
    if isinstance(getattr(kind, "impl", kind), DateTime):
        return datetime(2030, 1, 1, tzinfo=UTC)
    return {} if type(kind).__name__ == "JSON" else new_id()[:16]


def body(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    """The smallest value that a schema of the OpenAPI document allows, where it can be told."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return body(document["components"]["schemas"][name], document, depth)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return body(schema[choice][0], document, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", []) if depth < DEPTH_MAX else []
        return {name: body(schema["properties"][name], document, depth + 1) for name in required}
    if kind == "array":
        return [body(schema["items"], document, depth + 1)] * schema.get("minItems", 0)
    if kind == "string":
        return FORMATS.get(schema.get("format", ""), "name".ljust(schema.get("minLength", 1), "e"))
    if kind == "integer":
        return int(schema.get("minimum", 1))
    return {"boolean": True, "null": None}.get(kind, schema.get("minimum", 1))


def request(
    operation: dict[str, Any], document: dict[str, Any], changes: dict[str, Any]
) -> tuple[bytes | None, dict[str, str]]:
    """Content and headers of the smallest request, with some fields of one's own."""
    if "requestBody" not in operation:
        return None, {}
    content = operation["requestBody"]["content"]
    [media_type, described] = next(iter(sorted(content.items())))
    value = {**body(described["schema"], document), **changes}
    if media_type == "multipart/form-data":
        files = {"file": ("a.txt", b"some text", "text/plain")}
        texts = {name: str(text) for name, text in value.items() if name not in files}
        made = httpx.Request("POST", URL, data=texts, files=files)
    else:
        made = httpx.Request("POST", URL, json=value)
    return made.read(), {"content-type": made.headers["content-type"]}


def fields(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """The names at the top of what may be sent."""
    names: list[str] = []
    for content in operation.get("requestBody", {}).get("content", {}).values():
        names += _fields(content["schema"], document)
    return names


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        return _fields(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    inner = [name for choice in schema.get("anyOf", []) + schema.get("oneOf", []) for name in _fields(choice, document)]
    return [*schema.get("properties", {}), *inner]
