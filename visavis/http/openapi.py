"""How this server describes itself: what FastAPI writes, and what every route shares."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from visavis.core import errors
from visavis.http.errors import error_body

METHODS = ("get", "put", "post", "delete")
NAMES = {"llm": "LLM", "llms": "LLMs"}

INTRODUCTION = """\
Realtime AI personas: a face, a voice and a mind, wire-compatible with Anam's API and SDKs.

- **Bodies** are JSON in camelCase. Unknown keys are ignored, so that clients of other versions work; a value that is
  not understood is refused and named. In answers every key is always there, null when empty.
- **Ids** are text; most are UUIDs. What belongs to another organization is answered 404.
- **Lists** take `page` and `perPage` and answer `data` and `meta`; walk on while `meta.next` is not null.
- **Errors** have one shape: `error` for programs, `message` for people, `details` for each field.
- **Idempotency-Key** on a POST makes it safe to send again: for 24 hours the same key and request get the first answer,
  with `Idempotent-Replayed: true`. The same key with another request is 422.
- **ETag** comes with JSON that was read; send it back as `If-None-Match` to get 304 where nothing has changed.
- **RateLimit-Limit, -Remaining and -Reset** (seconds) say how many requests a key has left; beyond them it is 429 with
  `Retry-After`.
- **X-Request-Id** is in every answer and in the server's log; one that is sent is kept.
"""

TAGS = {
    "Personas": "Who people talk with: a face, a voice, a mind and how they behave.",
    "Avatars": "Faces: built-in ones, and those made from a photo.",
    "Voices": "Built-in voices, and those made from a recording.",
    "Provider secrets": "An organization's own keys for those who speak.",
    "LLMs": "Minds: servers that think for personas.",
    "Tools": "What a persona can do besides talking.",
    "Knowledge": "Documents that personas look things up in.",
    "Share links": "Addresses under which somebody without a key can talk with a persona.",
    "Sessions": "Conversations: tokens to start them, and what remains of them.",
    "Meetings": "Personas that are asked into meetings elsewhere.",
    "Webhooks": "Addresses that are told what happens.",
    "Keys": "The API keys of an organization.",
    "Server": "What this server is, how it is and what it lacks.",
    "Engine": "What clients ask of a running conversation.",
    "Uploads": "Files that are sent to an address given before.",
    "Health": "Whether the server works.",
}

# what may happen besides success, and an example of each; `complete` knows where
PROBLEMS: dict[str, errors.VisavisError] = {
    "BadRequest": errors.InvalidRequest.field("name", "is required", "missing"),
    "Unauthorized": errors.Unauthorized("This API key is not valid here; `visavis keys create` makes one"),
    "Forbidden": errors.Forbidden('This API key lacks the permission "personas:write"'),
    "NotFound": errors.NotFound('There is no persona "5f0c" in this organization'),
    "Conflict": errors.Conflict("The first request with this Idempotency-Key is still at work, or was cut off"),
    "Unprocessable": errors.Unprocessable("Idempotency-Key: was used for another request within 24 hours"),
    "TooManyRequests": errors.TooManyRequests("This API key has used up its requests; try again in 3 s"),
    "ProviderError": errors.ProviderError("The provider did not answer"),
    "Unavailable": errors.Unavailable("The provider has no room at the moment"),
}
# what is done there is done with somebody else's help
HELPED_BY_OTHERS = ("/v1/meetings/", "/v1/voices", "/v1/engine/session", "/assets/voices/")

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of your own, new for each thing you want done; sending it again does it once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
SCHEMES = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of this server. Each route names the permission it needs.",
    },
    "sessionToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token from `POST /v1/auth/session-token`, for browsers. It starts sessions and nothing else.",
    },
}


def install(app: FastAPI) -> None:
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            complete(written())
        return app.openapi_schema or {}

    app.openapi = openapi


def complete(schema: dict[str, Any]) -> None:
    """Add, in place, what no route says about itself. Routes say what they ask of a key as `x-visavis`."""
    schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    components = schema.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    components["responses"] = {name: _problem(error) for name, error in PROBLEMS.items()}
    used: set[str] = set()
    for path, _, operation in _operations(schema):
        asked: dict[str, Any] = operation.pop("x-visavis", {})
        name = asked.get("name") or operation["summary"].lower().replace(" ", "_")
        operation["summary"] = _summary(name)
        if name not in used:  # an alias keeps its long name
            operation["operationId"] = name
        used.add(name)
        _describe_access(operation, asked)
        for status, problem in _problems(path, operation, asked):
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{problem}"})
    tags = {tag for *_, operation in _operations(schema) for tag in operation.get("tags", [])}
    schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in tags]


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if method in operations:
                yield path, method, operations[method]


def _summary(name: str) -> str:
    words = [NAMES.get(word, word) for word in name.split("_")]
    return " ".join([words[0].capitalize(), *words[1:]])


def _describe_access(operation: dict[str, Any], asked: dict[str, Any]) -> None:
    operation.pop("security", None)
    permission = asked.get("permission")
    if not permission:
        return
    operation["security"] = [{"apiKey": [permission]}, *([{"sessionToken": []}] if asked["token"] else [])]
    needs = f"Needs the permission `{permission}`{', or a session token' if asked['token'] else ''}."
    operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
    if asked["idempotent"]:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _problems(path: str, operation: dict[str, Any], asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation.get("parameters") or "requestBody" in operation:
        yield "400", "BadRequest"
    if asked.get("permission"):
        yield "401", "Unauthorized"
        yield "403", "Forbidden"
        yield "429", "TooManyRequests"
    if "{" in path:
        yield "404", "NotFound"
    if path.startswith(HELPED_BY_OTHERS):
        yield "502", "ProviderError"
        yield "503", "Unavailable"
    if asked.get("idempotent"):
        yield "409", "Conflict"
        yield "422", "Unprocessable"


def _problem(error: errors.VisavisError) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    content = {"application/json": {"schema": schema, "example": error_body(error)}}
    return {"description": f"{error.error}.", "content": content}
