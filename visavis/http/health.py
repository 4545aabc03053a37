"""Whether the server is alive, and whether sessions can start."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request, Response

from visavis.http.wire import Answer

log = structlog.get_logger()
routes = APIRouter(tags=["Health"])


@dataclass(frozen=True, slots=True)
class PartHealth:
    """`fell_back` says that something lesser does the work; `ok` that the work is done."""

    ok: bool
    detail: str = ""
    fell_back: bool = False


Check = Callable[[], Awaitable[PartHealth]]


class Part(Answer):
    ok: bool
    detail: str
    fell_back: bool


class Readiness(Answer):
    ready: bool
    parts: dict[str, Part]
    fallbacks: list[str]


class Alive(Answer):
    status: str = "ok"


@routes.get("/healthz")
async def alive() -> Alive:
    return Alive()


@routes.get("/readyz")
async def ready(request: Request, response: Response) -> Readiness:
    """503 while a part that every session needs does not work; `fallbacks` lists what is not at its best."""
    checks: Mapping[str, Check] = request.app.state.checks
    parts = {name: await _ask(name, check) for name, check in checks.items()}
    answer = Readiness(
        ready=all(part.ok for part in parts.values()),
        parts=parts,
        fallbacks=[f"{name}: {part.detail}" for name, part in parts.items() if part.fell_back],
    )
    response.status_code = 200 if answer.ready else 503
    return answer


async def _ask(name: str, check: Check) -> Part:
    try:
        health = await check()
    except Exception as error:  # a part that cannot even answer is not ready, whatever its reason
        log.warning("a part does not answer", part=name, error_type=type(error).__name__)
        health = PartHealth(False, "does not answer")
    return Part(ok=health.ok, detail=health.detail, fell_back=health.fell_back)
