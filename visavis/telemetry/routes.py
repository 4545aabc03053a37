"""`/metrics`, for whoever has the token."""

import secrets

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from visavis.core.errors import Unauthorized
from visavis.telemetry.metrics import Metrics

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_router(metrics: Metrics, token: SecretStr) -> APIRouter:
    """One route; it stands outside the API and its keys, since it tells about all organizations together."""
    router = APIRouter(include_in_schema=False)
    expected = f"Bearer {token.get_secret_value()}".encode()

    @router.get("/metrics")
    async def show(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            raise Unauthorized("Send the VISAVIS_METRICS_TOKEN of this server as a bearer token")
        return Response(metrics.page(), media_type=TEXT_FORMAT)

    return router
