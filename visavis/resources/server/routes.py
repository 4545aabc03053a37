"""HTTP for what an operator wants to know of a running server. Secrets are no part of it."""

import asyncio
from typing import Annotated

from fastapi import Depends, Request

from visavis.http.auth import Caller
from visavis.http.routing import router
from visavis.resources.server.schemas import Finding, Health, KnownServer, Provider, Providers, Server

routes = router(tag="Server")


async def _known(request: Request) -> KnownServer:
    return request.app.state.known_server


Known = Annotated[KnownServer, Depends(_known)]


@routes.get("/server")
async def get_server(caller: Caller, known: Known) -> Server:
    """Its version, the limits that the operator set, and what is switched on."""
    return Server(version=known.version, limits=dict(known.limits), features=dict(known.features))


@routes.get("/server/health")
async def get_server_health(caller: Caller, known: Known) -> Health:
    """What `visavis doctor` says, looked at now; whether sessions can start is what `/readyz` knows."""
    found = await asyncio.to_thread(known.examine)
    return Health(findings=[Finding(mark=it.mark, part=it.part, text=it.text) for it in found])


@routes.get("/server/providers")
async def list_server_providers(caller: Caller, known: Known) -> Providers:
    """Who could listen, think, speak and so on here; `missing` says what to install for those that cannot yet."""
    found = await asyncio.to_thread(known.providers)
    return Providers(
        providers=[
            Provider(
                kind=it.kind,
                name=it.name,
                label=it.label,
                needs_key=it.needs_key,
                usable=not it.missing,
                missing=it.missing,
            )
            for it in found
        ]
    )
