"""What the app answers to, asked of the app itself, so that a route added tomorrow is tried too."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from visavis.http.routing import JsonRoute


def routes(app: FastAPI) -> Iterator[Any]:
    """Every route, also those of routers that were included."""
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop(0)
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            waiting[:0] = included.routes


def keyed_routes(app: FastAPI) -> list[JsonRoute]:
    """Those that take an API key."""
    return [route for route in routes(app) if isinstance(route, JsonRoute) and route.permission]
