"""The error tree as responses; the only place that writes error bodies.

Every body is JSON with `error` (short, compared by clients), `message` (what to change), `code`, `details` and
`summary`, whatever went wrong.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.core.errors import Detail, InvalidRequest, MethodNotAllowed, NotFound, Unprocessable, VisavisError
from visavis.http.wire import Answer

DETAILS_SHOWN = 5  # in one sentence; `details` has them all

log = structlog.get_logger()


class ErrorDetail(Answer):
    path: str
    message: str
    code: str


class ErrorBody(Answer):
    """Some errors add fields of their own, such as `supportedDimensions`."""

    error: str
    message: str
    code: str
    details: list[ErrorDetail]
    summary: str


RESPONSES: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorBody, "description": "What to change."}}


def install(app: FastAPI) -> None:
    app.add_exception_handler(VisavisError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def error_response(error: VisavisError) -> JSONResponse:
    challenge = {"www-authenticate": "Bearer"} if error.status == 401 else {}
    return JSONResponse(error_body(error), error.status, {**error.headers, **challenge})


def error_body(error: VisavisError) -> dict[str, Any]:
    body = ErrorBody(
        error=error.error,
        message=error.message,
        code=error.code,
        details=[ErrorDetail(path=item.path, message=item.message, code=item.code) for item in error.details],
        summary=error.message,
    )
    return {**body.model_dump(), **error.extra}


def invalid_request(problems: Sequence[Mapping[str, Any]]) -> InvalidRequest:
    """What pydantic found, without the values that were sent: they may be private."""
    details = [Detail(_path(problem["loc"]), _advice(problem), problem["type"]) for problem in problems]
    return InvalidRequest(_summary(details), details)


@contextmanager
def under(path: str) -> Generator[None]:
    """Errors raised inside name fields below `path`."""
    try:
        yield
    except InvalidRequest as error:
        details = [replace(item, path=f"{path}.{item.path}") for item in error.details]
        raise type(error)(_summary(details) or error.message, details, error.extra) from None


@contextmanager
def blaming(field: str) -> Generator[None]:
    """Errors raised inside name `field`, whatever those who raised them call what it brought."""
    try:
        yield
    except (InvalidRequest, Unprocessable) as error:
        details = [replace(item, path=field) for item in error.details]
        summary = error.message if isinstance(error, Unprocessable) else _summary(details)
        raise type(error)(summary or error.message, details, error.extra) from None


def _summary(details: Sequence[Detail]) -> str:
    return "; ".join(f"{item.path}: {item.message}" for item in details[:DETAILS_SHOWN])


def _path(location: Sequence[str | int]) -> str:
    # only the first part says where; a field may be called the same
    within = location[1:] if len(location) > 1 and location[0] in ("body", "query", "path", "header") else location
    return ".".join(map(str, within)) or "body"


def _advice(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "missing":
        return "is required"
    if problem["loc"] == ("body",) and problem["type"] in ("model_attributes_type", "dict_type", "model_type"):
        return "send a JSON object with the header Content-Type: application/json"
    return problem["msg"].removeprefix("Value error, ")


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, VisavisError)
    return error_response(error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return error_response(invalid_request(error.errors()))


async def _http(request: Request, error: Exception) -> JSONResponse:
    """What the framework raises by itself: an unknown route, a wrong method."""
    assert isinstance(error, HTTPException)
    route = f"{request.method} {request.url.path}"
    if error.status_code == 405:
        response = error_response(MethodNotAllowed(f"{route} is not offered; PUT changes, and it may be partial"))
        response.headers.update(error.headers or {})
        return response
    if error.status_code == 404:
        return error_response(NotFound(f"{route} is not a route of this server"))
    failure = InvalidRequest(str(error.detail))
    return JSONResponse(error_body(failure), error.status_code, error.headers)


class Unexpected:
    """Turns whatever nobody expected into a 500 that says nothing about the inside; the log says everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            log.info("client left before its request was complete")
        except VisavisError as error:
            if not started:
                await error_response(error)(scope, receive, send)
        except Exception as error:
            log.error("unexpected error", error_type=type(error).__name__, exc_info=True)
            if started:
                raise
            await error_response(VisavisError("Something failed inside the server; its log has the details"))(
                scope, receive, send
            )
