"""Asking personas into meetings. Who really goes there is a service outside; without one nothing is promised."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Forbidden, InvalidRequest, NotFound, ProviderError, Unprocessable, VisavisError
from visavis.db import models
from visavis.db.models import now
from visavis.db.repository import Repository
from visavis.db.session import Database
from visavis.http.auth import Subject
from visavis.http.wire import timestamp
from visavis.providers.base import MeetingBot, MeetingService, MeetingState
from visavis.resources.meetings.links import recognise
from visavis.resources.meetings.schemas import MeetingBody
from visavis.resources.personas.service import Personas
from visavis.resources.sessions.grants import issue_token
from visavis.resources.sessions.schemas import LIFETIMES_S, TokenRequest
from visavis.resources.sessions.service import Desk

DAYS_AHEAD_MAX = 7
TALK_S = 3600  # how long after it was due a persona may still begin
OVER = ("cancelled", "ended", "failed")
DISCLOSED = re.compile(r"\b(?:AI|A\.I\.|artificial intelligence)(?!\w)", re.IGNORECASE)
SUFFIX = " (AI)"
UNNAMED = "Persona"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Organizer:
    """What invites are made with. A `service` of None is a server that was not told of any."""

    database: Database
    desk: Desk
    service: MeetingService | None

    async def create(self, subject: Subject, body: MeetingBody, public_url: str) -> models.MeetingInvite:
        """Nothing of an invite that the service refuses remains."""
        row = _draft(body)
        if self.service is None:
            raise Unprocessable(
                "This server cannot join meetings: VISAVIS_MEETINGS_URL names no service that takes personas there"
            )
        async with self.database.writing() as session:
            token, name = await self._token(session, subject, body, row.join_at)
            row.display_name = _disclosed(body.display_name or name)
            await _invites(session, subject).add(row)
        try:
            state = await self.service.invite(_bot(row, body, public_url, token))
        except BaseException:
            async with self.database.writing() as session:
                await _invites(session, subject).remove(row.id)
            raise
        return await self._store(subject, row.id, state)

    async def get(self, subject: Subject, invite_id: str) -> models.MeetingInvite:
        """As the service sees it now, or as it was last seen when the service does not answer."""
        row = await self._find(subject, invite_id)
        if self.service is None or row.status in OVER:
            return row
        try:
            state = await self.service.state(row.provider_ref)
        except VisavisError as error:
            log.warning("a meeting service does not tell how an invite fares", reason=error.message)
            return row
        return await self._store(subject, invite_id, state)

    async def cancel(self, subject: Subject, invite_id: str) -> None:
        """Raises `ProviderError` where the persona could not be called back."""
        row = await self._find(subject, invite_id)
        if row.status in OVER:
            return
        if self.service is None:
            raise ProviderError("Meeting service is unavailable: VISAVIS_MEETINGS_URL names none any more")
        await self.service.cancel(row.provider_ref)
        await self._store(subject, invite_id, MeetingState(row.provider_ref, "cancelled"))

    async def _token(
        self, session: AsyncSession, subject: Subject, body: MeetingBody, join_at: datetime | None
    ) -> tuple[str, str]:
        """A token for the persona's session, and the persona's name."""
        if body.persona_id is not None:
            name = await _saved_name(session, subject, body.persona_id)
            config: dict[str, object] = {"personaId": body.persona_id}
        else:
            assert body.persona_config is not None
            name = body.persona_config.name or UNNAMED
            config = body.persona_config.model_dump(mode="json", by_alias=True, exclude_unset=True)
        wanted: dict[str, object] = {"personaConfig": config, "expiresIn": _lifetime(join_at)}
        if body.client_label is not None:
            wanted["clientLabel"] = body.client_label
        if body.session_options is not None:
            wanted["sessionOptions"] = body.session_options.model_dump(by_alias=True, exclude_unset=True)
        return await issue_token(self.desk, session, subject, TokenRequest.model_validate(wanted)), name

    async def _find(self, subject: Subject, invite_id: str) -> models.MeetingInvite:
        async with self.database.reading() as session:
            return await _invites(session, subject).get(invite_id)

    async def _store(self, subject: Subject, invite_id: str, state: MeetingState) -> models.MeetingInvite:
        """What is over stays over, and what was known is not forgotten."""
        async with self.database.writing() as session:
            row = await _invites(session, subject).own(invite_id)
            if row.status not in OVER:
                row.provider_ref, row.status = state.ref, state.status
                row.session_id = state.session_id or row.session_id
                row.region = state.region or row.region
                row.join_state = state.join_state or row.join_state
                row.status_reason = state.status_reason or row.status_reason
            return row


def _invites(session: AsyncSession, subject: Subject) -> Repository[models.MeetingInvite]:
    return Repository(session, models.MeetingInvite, subject.organization_id, "meeting invite")


def _draft(body: MeetingBody) -> models.MeetingInvite:
    """Everything that can be said about the request without asking anybody. Raises `InvalidRequest`."""
    platform, url = recognise(body.meeting_url)
    config = body.persona_config
    if (body.persona_id is None) == (config is None):
        raise InvalidRequest.field("personaId", "Provide exactly one of personaId or personaConfig", "custom")
    if config is not None and config.persona_id is not None:
        raise InvalidRequest.field("personaConfig.personaId", "put it beside personaConfig, in place of it", "custom")
    if config is not None and not config.model_fields_set:
        raise InvalidRequest.field("personaConfig", "is empty; give avatarId, voiceId and llmId", "custom")
    if body.region_policy == "strict" and body.region is None:
        raise InvalidRequest.field("region", 'is required with regionPolicy "strict"', "missing")
    return models.MeetingInvite(
        provider=platform,
        provider_ref="",
        meeting_url=url,
        status="pending",
        join_at=_moment(body.join_at) if body.join_at is not None else None,
        group_call=body.group_call,
        client_label=body.client_label,
        region=body.region,
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest.field("joinAt", "is not an ISO 8601 time, such as 2026-07-04T15:00:00Z") from None
    if moment.tzinfo is None:
        raise InvalidRequest.field("joinAt", "has no zone; end it with Z or +02:00")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise InvalidRequest.field("joinAt", "is not a time that can come") from None
    if moment <= now():
        raise InvalidRequest.field("joinAt", "joinAt must be in the future")
    if moment > now() + timedelta(days=DAYS_AHEAD_MAX):
        raise InvalidRequest.field("joinAt", f"is more than {DAYS_AHEAD_MAX} days ahead")
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def _saved_name(session: AsyncSession, subject: Subject, persona_id: str) -> str:
    try:
        return (await Personas(session, subject.organization_id).get(persona_id)).name
    except NotFound:
        raise Forbidden(f'The persona "{persona_id}" is not available to this organization') from None


def _disclosed(name: str) -> str:
    """People in a meeting are told that nobody sits there."""
    name = name.strip() or UNNAMED
    return name if DISCLOSED.search(name) else f"{name[:100]}{SUFFIX}"


def _lifetime(join_at: datetime | None) -> str:
    """The shortest life of a token that lasts until the meeting has begun."""
    needed_s = ((join_at - now()).total_seconds() if join_at else 0) + TALK_S
    return next(name for name, life_s in LIFETIMES_S.items() if life_s >= needed_s)


def _bot(row: models.MeetingInvite, body: MeetingBody, public_url: str, token: str) -> MeetingBot:
    return MeetingBot(
        invite_id=row.id,
        platform=row.provider,
        meeting_url=row.meeting_url,
        display_name=row.display_name,
        join_at=timestamp(row.join_at) if row.join_at else None,
        group_call=row.group_call,
        region=row.region,
        region_is_required=body.region_policy == "strict",
        client_label=row.client_label,
        api_url=public_url,
        session_token=token,
    )
