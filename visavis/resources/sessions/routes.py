"""HTTP for sessions: tokens, starting one, talking in one from outside, looking at them, ending one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator

from visavis.core.errors import NotSupported
from visavis.core.events import Talk
from visavis.http.addresses import Addressing
from visavis.http.auth import Caller, Credential, Onlooker, is_token, key_subject
from visavis.http.deps import Paging, PublicUrl, Reading, Search, Writing
from visavis.http.origins import Origin
from visavis.http.routing import router
from visavis.http.strings import clean
from visavis.http.wire import UUID, Message, PageOf, UuidId, page_of
from visavis.resources.sessions import grants, guests, service
from visavis.resources.sessions.analytics import tool_calls
from visavis.resources.sessions.schemas import (
    EngineRequest,
    EngineSession,
    Invitation,
    Session,
    SessionDetail,
    SessionToken,
    ShareLinkTokenRequest,
    TalkRequest,
    TokenRequest,
    WidgetTokenRequest,
)

routes = router(tag="Sessions")
engine: APIRouter = router(tag="Engine", prefix="")
Uuid = Annotated[str, Query(pattern=f"^{UUID}$")]


def _desk(request: Request) -> service.Desk:
    return request.app.state.desk


@routes.post("/auth/session-token")
async def create_session_token(
    body: TokenRequest, request: Request, caller: Caller, transaction: Writing
) -> SessionToken:
    """A token for one persona, for browsers; it may be used until it expires."""
    return SessionToken(session_token=await grants.issue_token(_desk(request), transaction, caller, body))


@routes.post("/auth/widget")
async def create_widget_token(
    body: WidgetTokenRequest, request: Request, origin: Origin, transaction: Writing, addresses: Addressing
) -> SessionToken:
    """A token for the widget of a persona, on the pages that its `widgetConfig` allows; needs no key."""
    token = await guests.admit_by_widget(
        _desk(request), transaction, body.agent_id, body.orientation, origin, addresses
    )
    return SessionToken(session_token=token)


@routes.post("/auth/share-link")
async def redeem_share_link(
    body: ShareLinkTokenRequest, request: Request, origin: Origin, transaction: Writing, public_url: PublicUrl
) -> SessionToken:
    """Use a share link once: its token for a session token. Needs no key; 403 says why a link cannot be used."""
    token = await guests.admit_by_link(_desk(request), transaction, body.token, body.orientation, origin, public_url)
    return SessionToken(session_token=token)


@routes.get("/auth/share-link/{token}")
async def look_at_share_link(
    token: Annotated[str, Path(max_length=64), AfterValidator(clean)], transaction: Reading, addresses: Addressing
) -> Invitation:
    """Who can be talked with by a share link, and why not; uses nothing of it and needs no key."""
    return await guests.look_at_link(transaction, token, addresses)


@routes.get("/auth/session-token", deprecated=True)
async def create_unbound_session_token(caller: Caller) -> SessionToken:
    raise NotSupported("Tokens without a persona are gone; POST the persona's personaConfig to this address")


@routes.post("/engine/session")
async def start_session(
    request: Request,
    credential: Credential,
    transaction: Writing,
    public_url: PublicUrl,
    body: EngineRequest | None = None,
) -> EngineSession:
    """Start a session: with a session token, or with an API key and the same body as for a token."""
    desk, call = _desk(request), body or EngineRequest()
    if is_token(credential):
        subject, wanted = await grants.redeem(desk, transaction, credential)
    else:
        subject, wanted = await key_subject(request, credential), call
    return await service.open_session(desk, transaction, subject, wanted, call, public_url)


@routes.post("/engine/session/{id}/kill")
@routes.post("/sessions/{id}/stop")
async def stop_session(session_id: UuidId, request: Request, caller: Caller, transaction: Reading) -> Message:
    return Message(message=await service.stop(_desk(request), transaction, caller, session_id))


@routes.get("/sessions")
async def list_sessions(
    caller: Onlooker,
    transaction: Reading,
    page: Paging,
    search: Search = "",
    apiKeyId: Uuid | None = None,  # noqa: N803 - the contract's names
    personaId: Uuid | None = None,  # noqa: N803
    active: bool | None = None,
) -> PageOf[Session]:
    """Newest first; `search` looks at ids and client labels, `active` is our addition."""
    filters = service.matching(search, apiKeyId, personaId, active)
    found = await service.repository(transaction, caller).list(page, *filters)
    return page_of([Session.of(row) for row in found.rows], found)


@routes.get("/sessions/{id}")
async def get_session(session_id: UuidId, caller: Caller, transaction: Reading) -> SessionDetail:
    row = await service.repository(transaction, caller).get(session_id)
    return SessionDetail.of(row, await tool_calls(transaction, row))


@routes.post("/metrics/client", status_code=204)
async def receive_client_metrics() -> Response:
    """Official clients report here; nothing is kept."""
    return Response(status_code=204)


@engine.post("/talk")
@engine.post("/{prefix:path}/talk", include_in_schema=False)  # where the public address has a path that no proxy strips
async def talk(body: TalkRequest, request: Request, session_id: Annotated[str, Query(max_length=128)]) -> Message:
    """Say this, word for word. The session's id is the credential."""
    _desk(request).host.get(session_id).receive(Talk(body.content))
    return Message(message="Spoken as soon as it is its turn")
