"""Session tokens and what they stand for. What a token allows lies here; the token itself only names it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Unauthorized
from visavis.db import models
from visavis.http.auth import Subject
from visavis.resources.sessions.inline import sealed, unsealed
from visavis.resources.sessions.schemas import LIFETIMES_S, SessionRequest, TokenRequest
from visavis.resources.sessions.service import Desk, resolve_request
from visavis.resources.sessions.zero_retention import hidden, shown


async def issue_token(
    desk: Desk, session: AsyncSession, subject: Subject, request: TokenRequest, widget: dict[str, Any] | None = None
) -> str:
    """Everything is checked now, while the application that can correct it is still listening."""
    resolved = await resolve_request(desk, session, subject, request, models.new_id())
    issued_at = models.now()
    lifetime_s = LIFETIMES_S[request.expires_in] if request.expires_in else desk.token_seconds
    await session.execute(delete(models.SessionGrant).where(models.SessionGrant.expires_at < issued_at))
    stored = sealed(request.model_dump(mode="json", by_alias=True, exclude_unset=True), desk.toolbox.keyring)
    if resolved.spec.zero_data_retention:
        stored = hidden(stored, desk.toolbox.keyring)
    grant = models.SessionGrant(
        organization_id=subject.organization_id,
        api_key_id=subject.api_key_id,
        request=stored,
        expires_at=issued_at + timedelta(seconds=lifetime_s),
    )
    session.add(grant)
    await session.flush()
    return desk.signer.sign(
        grant_id=grant.id,
        organization_id=subject.organization_id,
        kind=resolved.kind,
        persona_id=resolved.row.id if resolved.kind == "stateful" else None,
        widget=widget,
        issued_at=issued_at,
        expires_at=grant.expires_at,
    )


async def redeem(desk: Desk, session: AsyncSession, token: str) -> tuple[Subject, SessionRequest]:
    """What a token stands for. Raises `Unauthorized`."""
    grants, keys = models.SessionGrant, models.ApiKey
    grant = await session.scalar(
        select(grants)
        .outerjoin(keys, keys.id == grants.api_key_id)  # a guest's has no key that could be revoked
        .where(grants.id == desk.signer.grant_of(token), keys.revoked_at.is_(None))
    )
    if grant is None:
        raise Unauthorized("The session token was withdrawn; ask for a new one")
    stored = unsealed(shown(grant.request, desk.toolbox.keyring), desk.toolbox.keyring)
    request = SessionRequest.model_validate(stored)
    return Subject(grant.organization_id, grant.api_key_id), request
