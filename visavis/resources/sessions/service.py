"""Opening, listing and ending sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest, NotFound
from visavis.core.spec import MindSpec, SessionSpec, VoiceSpec
from visavis.db import models
from visavis.db.blobs import Blobs
from visavis.db.repository import Repository, contains
from visavis.engine.host import Host
from visavis.http.auth import Subject
from visavis.http.errors import under
from visavis.resources.llms.service import Minds
from visavis.resources.llms.stock import DEFAULT as DEFAULT_LLM
from visavis.resources.personas.service import Personas, References
from visavis.resources.sessions import resolve, zero_retention
from visavis.resources.sessions.checkpoints import Checkpoints
from visavis.resources.sessions.ice import IceServers
from visavis.resources.sessions.inline import check_urls, tool_specs
from visavis.resources.sessions.news import tell_started
from visavis.resources.sessions.providers_used import Prices, Unit
from visavis.resources.sessions.schemas import (
    ClientConfig,
    EngineRequest,
    EngineSession,
    PersonaConfig,
    SessionOptions,
    SessionRequest,
)
from visavis.resources.sessions.scribe import Scribe
from visavis.resources.sessions.snapshot import persona_snapshot, session_type
from visavis.resources.sessions.tokens import TokenKind, TokenSigner
from visavis.resources.tools.service import Toolbox, Tools
from visavis.resources.voices.speakers import Speakers

SIGNALLING_PATH = "/ws"
RECONNECTIONS_MAX = 20  # clients wait a little longer before each: enough for a server that is started again


@dataclass(frozen=True, slots=True)
class Desk:
    """What sessions are opened with. `node` names this server in the database, `ears` is the recogniser's name."""

    host: Host
    scribe: Scribe
    checkpoints: Checkpoints
    signer: TokenSigner
    minds: Minds
    speakers: Speakers
    toolbox: Toolbox
    files: Blobs
    ice: IceServers
    ears: str
    node: str
    version: str
    region: str = "local"
    token_seconds: int = 3600
    heartbeat_seconds: int = 5
    trust: zero_retention.Trust = zero_retention.Trust()
    prices: Prices = field(default_factory=dict[str, Mapping[Unit, float]])


@dataclass(frozen=True, slots=True)
class Resolved:
    """A request that has been found to make a session."""

    row: models.Persona
    found: References
    spec: SessionSpec
    kind: TokenKind


async def open_session(
    desk: Desk, session: AsyncSession, subject: Subject, request: SessionRequest, call: EngineRequest, public_url: str
) -> EngineSession:
    """Admit and record a session that waits for its client. Raises `SessionLimitReached`."""
    client = str((call.client_metadata or {}).get("client", ""))
    resolved = await resolve_request(desk, session, subject, request, models.new_id(), client)
    spec = resolve.with_sensitivity(resolved.spec, _sensitivity(call))
    answer = _answer(desk, spec.session_id, public_url)
    row = models.Session(
        id=spec.session_id,
        organization_id=subject.organization_id,
        api_key_id=subject.api_key_id,
        persona_id=resolved.row.id if resolved.kind == "stateful" else None,
        client_label=request.client_label or call.client_label,
        client_metadata=call.client_metadata or {},
        persona_config=persona_snapshot(resolved.row, resolved.found, spec, resolved.kind),
        engine_host=answer.engine_host,
        engine_protocol=answer.engine_protocol,
        engine_version=desk.version,
        node=desk.node,
        session_type=session_type(resolved.found, spec),
        keeps_transcript=not resolved.row.zero_data_retention,
    )
    session.add(row)
    await session.flush()
    await desk.checkpoints.first(session, spec)
    await tell_started(session, row)
    # last, so that nothing can fail after admission; an answer that is lost leaves a session that expires by itself
    desk.scribe.open(row, desk.host.open(spec).past.started_ms)
    return answer


async def stop(desk: Desk, session: AsyncSession, subject: Subject, session_id: str) -> str:
    """End a session and say so. Raises `NotFound`."""
    row = await repository(session, subject).get(session_id)
    if row.end_time is not None:
        return "Session already ended"
    if row.node != desk.node:
        raise NotFound("This session lives on another server; stop it there")
    try:
        await desk.host.stop(session_id, "stopped", "The session was stopped by its owner")
    except NotFound:
        return "Session already ended"
    return "Session stopped"


def repository(session: AsyncSession, subject: Subject) -> Repository[models.Session]:
    return Repository(session, models.Session, subject.organization_id, "session")


def matching(search: str, api_key_id: str | None, persona_id: str | None, active: bool | None) -> list[Any]:
    rows = models.Session
    filters: list[ColumnElement[bool]] = []
    if search:
        filters.append(or_(contains(rows.id, search), contains(rows.client_label, search)))
    if api_key_id is not None:
        filters.append(rows.api_key_id == api_key_id)
    if persona_id is not None:
        filters.append(rows.persona_id == persona_id)
    if active is not None:
        filters.append(rows.end_time.is_(None) if active else rows.end_time.is_not(None))
    return filters


async def resolve_request(
    desk: Desk, session: AsyncSession, subject: Subject, request: SessionRequest, session_id: str, client: str = ""
) -> Resolved:
    config = request.persona_config
    if config is None:
        raise InvalidRequest.field(
            "personaConfig", "is required: a personaId, or avatarId, voiceId and llmId", "missing"
        )
    resolve.check_supported(request, desk.region)
    inline = [] if config.persona_id else config.tools or []
    # names are resolved before the first query: a transaction that writes must not wait for them
    with under("personaConfig"):
        await check_urls(inline, desk.toolbox.guard)
    personas = Personas(session, subject.organization_id)
    with under("personaConfig"):
        row, found = await _persona(personas, config)
    # one that leaves thinking to the client cannot take over, and is not asked what it keeps
    others = [llm for llm in found.fallback_llms if desk.minds.outline(llm) is not None]
    found = replace(found, fallback_llms=others)
    owner = await session.get(models.Organization, subject.organization_id)
    with under("personaConfig"):
        tools = await tool_specs(Tools(session, subject.organization_id, desk.toolbox), found.tools, inline)
    spec = resolve.session_spec(
        session_id,
        subject.organization_id,
        row,
        found,
        _minds(desk, found),
        desk.ears,
        request.session_options or SessionOptions(),
        desk.files,
        tools=tools,
        passthrough=bool(config.enable_audio_passthrough),  # the one key that counts beside a personaId
        client=client,
        voices=await _voices(desk, session, subject, row, found),
        films=owner is not None and owner.films_sessions,
    )
    zero_retention.check(spec, found, desk.trust)
    kind: TokenKind = "stateful" if config.persona_id else "ephemeral"
    return Resolved(row, found, resolve.with_sensitivity(spec, _sensitivity(request)), kind)


async def _voices(
    desk: Desk, session: AsyncSession, subject: Subject, row: models.Persona, found: References
) -> list[VoiceSpec]:
    """Whoever can speak for this persona, the best first: its voice's chain, then those of its fall-backs."""
    rows = [voice for voice in (found.voice, *found.fallback_voices) if voice is not None]
    cast = await desk.speakers.of(session, subject.organization_id, rows)
    options, language = row.voice_generation_options or {}, row.language_code or ""
    chains = [cast.specs(voice, options, row.voice_speed, language, discreet=row.zero_data_retention) for voice in rows]
    # own providers first: a voice that was chosen to fall back to comes before one that merely stands in
    own = [spec for chain in chains for spec in chain[:1]]
    return own + [spec for chain in chains[:1] for spec in chain[1:] if spec not in own]


def _minds(desk: Desk, found: References) -> list[MindSpec]:
    """Who thinks, and who does where they fail; nobody where the persona's own LLM leaves that to the client."""
    own = desk.minds.of(found.llm) if found.llm else None
    others = (desk.minds.of(llm) for llm in found.fallback_llms)
    return [own, *(mind for mind in others if mind is not None)] if own is not None else []


async def _persona(personas: Personas, config: PersonaConfig) -> tuple[models.Persona, References]:
    if config.persona_id:
        row, found = await _saved(personas, config.persona_id)
    else:
        row, found = await personas.draft(_modern(config))
    if row.llm_id is None:
        return row, replace(found, llm=await personas.llm(DEFAULT_LLM))
    if found.llm is None:
        raise InvalidRequest.field("llmId", f'the LLM "{row.llm_id}" of this persona is gone', "not_found")
    return row, found


async def _saved(personas: Personas, persona_id: str) -> tuple[models.Persona, References]:
    try:
        row = await personas.get(persona_id)
    except NotFound as error:
        raise InvalidRequest.field("personaId", error.message, "not_found") from None
    return row, await personas.references(row)


def _modern(config: PersonaConfig) -> PersonaConfig:
    """Old spellings: one that still means something, one that never did what people hoped."""
    if config.id is not None and config.avatar_id is None:
        raise InvalidRequest.field("id", 'rename this key to "personaId"', "renamed")
    if config.llm_id is None and config.brain_type is not None:
        return config.model_copy(update={"llm_id": config.brain_type})
    return config


def _sensitivity(request: SessionRequest) -> float | None:
    detection = request.session_options.voice_detection if request.session_options else None
    if isinstance(request, EngineRequest) and request.voice_detection is not None:
        detection = request.voice_detection
    return detection.end_of_speech_sensitivity if detection else None


def _answer(desk: Desk, session_id: str, public_url: str) -> EngineSession:
    address = urlsplit(public_url)
    return EngineSession(
        session_id=session_id,
        region=desk.region,
        engine_host=f"{address.netloc}{address.path}",
        engine_protocol="https" if address.scheme == "https" else "http",
        signalling_endpoint=f"{address.path}{SIGNALLING_PATH}",
        client_config=ClientConfig(
            heartbeat_interval_seconds=desk.heartbeat_seconds,
            max_ws_reconnection_attempts=RECONNECTIONS_MAX,
            expected_heartbeat_interval_secs=desk.heartbeat_seconds,
            max_ws_reconnect_attempts=RECONNECTIONS_MAX,
            ice_servers=desk.ice.for_client(),
        ),
    )
