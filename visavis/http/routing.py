"""Routes whose JSON bodies are read strictly and whose errors keep our shape."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from visavis.http.strings import parse_json


class _JsonRequest(Request):
    parsed: Any = None

    async def json(self) -> Any:
        return self.parsed


class JsonRoute(APIRoute):
    """Reads the body before FastAPI does, which would report our errors as its own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_then_handle(request: Request) -> Response:
            wrapped = _JsonRequest(request.scope, request.receive)
            form = wrapped.headers.get("content-type", "").startswith("multipart/")
            if self.body_field is not None and not form and (body := await wrapped.body()):
                wrapped.parsed = parse_json(body)
            return await handle(wrapped)

        return read_then_handle


def router(*, tag: str, prefix: str = "/v1") -> APIRouter:
    return APIRouter(prefix=prefix, tags=[tag], route_class=JsonRoute, strict_content_type=False)
