"""What routes ask for: a transaction, a page, the address people reach this server at.

Everything that is asked for is `async`, whether it waits or not: for a plain function the framework takes a thread.
"""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from visavis.core.errors import InvalidRequest
from visavis.db.answers import Claim
from visavis.db.blobs import Blobs
from visavis.db.keyring import Keyring
from visavis.db.repository import Page
from visavis.db.session import Database
from visavis.http.strings import clean
from visavis.net.guard import Guard

PER_PAGE_MAX = 100
PAGE_MAX = 1_000_000  # keeps row offsets far inside what databases count
CLAIM = "visavis.claim"  # where a request carries what its transaction is to claim first
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def database(connection: HTTPConnection) -> Database:
    return connection.app.state.database


async def blobs(connection: HTTPConnection) -> Blobs:
    return connection.app.state.blobs


async def guard(connection: HTTPConnection) -> Guard:
    return connection.app.state.guard


def keyring(connection: HTTPConnection) -> Keyring:
    return connection.app.state.keyring


async def _secrets(connection: HTTPConnection) -> Keyring:
    return keyring(connection)


async def _tables(connection: HTTPConnection) -> Database:
    return database(connection)


async def _reading(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    async with database(connection).reading() as session:
        yield session


async def writing(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    claim: Claim | None = connection.scope.get(CLAIM)
    async with database(connection).writing() as session:
        if claim is not None:
            await claim.take(session)
        yield session


# scope="function": the transaction is committed before the response leaves, so nothing is acknowledged and then lost
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
Writing = Annotated[AsyncSession, Depends(writing, scope="function")]


async def _page(
    page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
    perPage: Annotated[int, Query(ge=1, le=PER_PAGE_MAX)] = 10,  # noqa: N803 - the contract's name
) -> Page:
    return Page(page, perPage)


Paging = Annotated[Page, Depends(_page)]
Search = Annotated[str, Query(max_length=200, description="Part of a name, any case."), AfterValidator(clean)]


async def public_url(connection: HTTPConnection) -> str:
    """Scheme, host and perhaps a path, without a trailing slash. Raises `InvalidRequest` for a strange Host header."""
    configured: str = connection.app.state.public_url
    if configured:
        return configured
    host = connection.headers.get("host", "")
    if not HOST.fullmatch(host):
        raise InvalidRequest.field("Host", "is not a host name; set VISAVIS_PUBLIC_URL or correct the header")
    secure = connection.scope["scheme"] in ("https", "wss")
    return f"{'https' if secure else 'http'}://{host}"


PublicUrl = Annotated[str, Depends(public_url)]
Tables = Annotated[Database, Depends(_tables)]  # for what is not one transaction
Files = Annotated[Blobs, Depends(blobs)]
Secrets = Annotated[Keyring, Depends(_secrets)]
Outgoing = Annotated[Guard, Depends(guard)]
