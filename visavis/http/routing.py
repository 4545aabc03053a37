"""Routes whose JSON bodies are read strictly, whose errors keep our shape, and which know what they ask of a key."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from visavis.http import auth, deps, idempotency, permissions
from visavis.http.strings import parse_json

# tokens are credentials, and a session is of the moment it was asked for
FLEETING = ("/v1/auth/", "/v1/engine/")


class _JsonRequest(Request):
    parsed: Any = None

    async def json(self) -> Any:
        return self.parsed


class JsonRoute(APIRoute):
    """Reads the body before FastAPI does, which would report our errors as its own.

    `permission` is what a key needs here; "" where no key is asked for. `keeps_answers` says that a repeated request
    may get its first answer.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        # for `http/openapi.py`, which turns it into what the standard has for this
        asked = {
            "name": self.name,
            "permission": self.permission,
            "token": depends_on(self.dependant, auth.credential),
            "idempotent": self.keeps_answers,
        }
        self.openapi_extra = {**(self.openapi_extra or {}), "x-visavis": asked}

    @property
    def permission(self) -> str:
        if not any(depends_on(self.dependant, way) for way in (auth.caller, auth.credential, auth.offered)):
            return ""
        [method] = list(self.methods or ())
        return permissions.needed(method, self.path)

    @property
    def keeps_answers(self) -> bool:
        return self.methods == {"POST"} and bool(self.permission) and not self.path.startswith(FLEETING)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        repeatable = self.keeps_answers
        one_transaction = depends_on(self.dependant, deps.writing)

        async def read_then_handle(request: Request) -> Response:
            wrapped = _JsonRequest(request.scope, request.receive)
            form = wrapped.headers.get("content-type", "").startswith("multipart/")
            # a form is read piece by piece, and so is whatever a route without a body wants to read by itself
            if self.body_field is not None and not form and (body := await wrapped.body()):
                wrapped.parsed = parse_json(body)
            if repeatable and not form and idempotency.HEADER in wrapped.headers:
                subject, body = await auth.caller(wrapped), await wrapped.body()
                return await idempotency.once(wrapped, subject, body, handle, one_transaction=one_transaction)
            return await handle(wrapped)

        return read_then_handle


def depends_on(dependant: Dependant, call: Callable[..., Any]) -> bool:
    return any(child.call is call or depends_on(child, call) for child in dependant.dependencies)


def router(*, tag: str, prefix: str = "/v1") -> APIRouter:
    return APIRouter(prefix=prefix, tags=[tag], route_class=JsonRoute, strict_content_type=False)
