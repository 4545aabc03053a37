"""Builds the program: settings, database, media, host, routes. The only file that knows everyone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from fastapi import FastAPI

from visavis.core.clock import MonotonicClock
from visavis.core.material import VoiceCloner
from visavis.core.spec import MindSpec, Reach, SessionSpec
from visavis.core.tasks import TaskSet
from visavis.core.voices import VoiceProvider
from visavis.db import migrate
from visavis.db.blobs import Blobs
from visavis.db.keyring import Keyring
from visavis.db.passages import store_for
from visavis.db.session import Database
from visavis.doctor import known_server
from visavis.engine.host import Host, Limits, Parts
from visavis.http import auth, errors, health, middleware, openapi, uploads
from visavis.http.etags import ETags
from visavis.http.files import FileCache
from visavis.http.health import Check, PartHealth
from visavis.http.rate import RateLimit
from visavis.http.signed import Signer
from visavis.lab.pages import lab_router
from visavis.local_media import open_local_media
from visavis.media.embedders import EmbeddingWorker
from visavis.media.parser import DocumentParser
from visavis.media.recorder import Recorders
from visavis.net.guard import Guard
from visavis.providers import catalog
from visavis.providers.base import MeetingService
from visavis.providers.discovery import Discovery
from visavis.providers.trial import first_word_ms
from visavis.resources.avatars import routes as avatars
from visavis.resources.avatars.assets import Pictures, PictureShelf
from visavis.resources.avatars.stock import rows as stock_avatars
from visavis.resources.knowledge import document_routes as documents
from visavis.resources.knowledge import routes as knowledge
from visavis.resources.knowledge.embedding import Embedder
from visavis.resources.knowledge.ingest import Ingest
from visavis.resources.knowledge.retrieval import Retrieval
from visavis.resources.knowledge.vectors import Vectors
from visavis.resources.llms import routes as llms
from visavis.resources.llms.service import Minds
from visavis.resources.llms.stock import rows as stock_llms
from visavis.resources.meetings import routes as meetings
from visavis.resources.meetings.windows import InviteWindows
from visavis.resources.organizations import routes as keys
from visavis.resources.organizations import service as organizations
from visavis.resources.personas import routes as personas
from visavis.resources.personas.stock import rows as stock_personas
from visavis.resources.provider_secrets import routes as provider_secrets
from visavis.resources.server import routes as server
from visavis.resources.sessions import past_routes as past_sessions
from visavis.resources.sessions import routes as sessions
from visavis.resources.sessions import service as session_service
from visavis.resources.sessions import signalling
from visavis.resources.sessions.checkpoints import Checkpoints
from visavis.resources.sessions.errands import Workshop
from visavis.resources.sessions.guests import frames
from visavis.resources.sessions.ice import IceServers
from visavis.resources.sessions.recordings import adopt_left_behind
from visavis.resources.sessions.recovery import find_survivors, go_on
from visavis.resources.sessions.retention import Keeping, keep_erasing
from visavis.resources.sessions.scribe import Scribe
from visavis.resources.sessions.tokens import TokenSigner
from visavis.resources.share_links import routes as share_links
from visavis.resources.tools import routes as tools
from visavis.resources.tools.service import Toolbox
from visavis.resources.tools.stock import rows as stock_tools
from visavis.resources.tools.webhooks import Webhooks
from visavis.resources.voices import routes as voices
from visavis.resources.voices.assets import SampleShelf, Speaker
from visavis.resources.voices.cloning import Studio
from visavis.resources.voices.speakers import Speakers
from visavis.resources.voices.stock import rows as stock_voices
from visavis.resources.webhooks import routes as webhooks
from visavis.resources.webhooks.courier import Courier
from visavis.settings import Settings
from visavis.telemetry.figures import MediaFigures, Now
from visavis.telemetry.opening import open_watchers
from visavis.transports.ice import IceServer
from visavis.transports.webrtc import WebRtcPeers
from visavis.voice_options import trust

NODE = "node"  # the file with this server's name in the database
UPLOADS = {**uploads.UPLOADS, **documents.UPLOADS, **avatars.UPLOADS, **voices.UPLOADS}


class Media(Pictures, Speaker, Protocol):
    """What draws, speaks and hears for all sessions of this process."""

    @property
    def recogniser(self) -> str: ...

    def furnish(self, spec: SessionSpec) -> Parts: ...

    def speakers(self) -> Mapping[str, VoiceProvider]: ...

    def checks(self) -> Mapping[str, Check]: ...

    def figures(self) -> MediaFigures: ...


Furnish: TypeAlias = Callable[[SessionSpec], Parts]
OpenMedia: TypeAlias = Callable[[Settings, AsyncExitStack], Awaitable[Media]]


def create_app(settings: Settings, open_media: OpenMedia | None = None) -> FastAPI:
    """Nothing runs before the application's lifespan begins, and everything it started ends with it.

    `open_media` replaces the child processes that draw and speak, where a program brings its own.
    """
    app = FastAPI(
        title="Visavis",
        description=openapi.INTRODUCTION,
        version=version("visavis"),
        lifespan=_lifespan,
        # the ready-made pages load their scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=errors.RESPONSES,
    )
    app.state.open_media = open_media or open_local_media
    app.state.settings = settings
    app.state.public_url = settings.public_url
    app.state.own_ports = frozenset[int]()
    errors.install(app)
    auth.install(app)
    openapi.install(app)
    for routes in (personas.routes, avatars.routes, voices.routes, llms.routes, past_sessions.routes, sessions.routes):
        app.include_router(routes)
    for routes in (tools.routes, knowledge.routes, share_links.routes, webhooks.routes, meetings.routes):
        app.include_router(routes)
    for routes in (provider_secrets.routes, keys.routes, server.routes):
        app.include_router(routes)
    for routes in (sessions.engine, avatars.files, voices.files, documents.routes, uploads.routes, health.routes):
        app.include_router(routes)
    app.include_router(lab_router(urls=[settings.public_url] if settings.public_url else [], frames=frames))
    # the last one added meets a request first
    app.add_middleware(errors.Unexpected)
    app.add_middleware(middleware.BodyLimit, limit_bytes=settings.body_limit_bytes, uploads=UPLOADS)
    app.add_middleware(
        RateLimit,
        per_minute=settings.requests_per_minute,
        guests_per_minute=settings.guest_requests_per_minute,
    )
    app.add_middleware(ETags)
    app.add_middleware(middleware.Paths)
    app.add_middleware(middleware.Cors)
    app.add_middleware(middleware.Requests)
    app.add_middleware(middleware.Proxies, trusted=settings.trusted_proxies)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    settings.make_data_dir()
    async with AsyncExitStack() as stack:
        keyring = keyring_of(settings)
        app.state.minds = minds = minds_of(settings, keyring, app.state.own_ports)
        database = await _open_database(settings, stack)
        media: Media = await app.state.open_media(settings, stack)
        clock = MonotonicClock()
        limits = _limits(settings)
        chores = TaskSet()
        stack.push_async_callback(chores.close)
        app.state.blobs = blobs = Blobs(settings.data_dir / "files")
        checkpoints = Checkpoints(keyring)
        scribe = Scribe(database, blobs, checkpoints)
        scribe.start()
        stack.push_async_callback(scribe.stop)
        films = settings.data_dir / "recordings"
        await adopt_left_behind(database, blobs, films)
        furnish = _filmed(media.furnish, films, stack) if settings.recordings else media.furnish
        look = partial(_look, app, media)
        watchers = open_watchers(app, settings.metrics_token, settings.traces_url, clock, look, stack)
        node, survivors = await find_survivors(database, keyring, settings.data_dir / NODE, chores)
        app.state.ingest, app.state.retrieval, knowing = await _open_knowledge(settings, database, blobs, node, stack)
        app.state.guard = guard = Guard(settings.allow_private_urls)
        app.state.tool_webhooks = Webhooks(guard, app.version)
        furnish = _equipped(furnish, app.state.tool_webhooks, app.state.retrieval, stack)
        host = Host(clock, limits, furnish, scribe.end, scribe.note, scribe.changed, watchers)
        stack.push_async_callback(host.close)
        app.state.first_key = await _prepare(database, settings)
        app.state.database = database
        app.state.keyring = keyring
        app.state.keeping = keeping = Keeping(settings.recordings, settings.retention_days)
        chores.start(keep_erasing(database, blobs, keeping), "keep-erasing")
        app.state.known_server = known_server(settings, app.version)
        app.state.toolbox = toolbox = Toolbox(keyring, guard)
        app.state.signer = Signer(keyring.signing_keys("signed addresses"))
        app.state.speakers = speakers = Speakers(media.speakers(), keyring)
        app.state.inspector = media
        app.state.pictures = PictureShelf(media, FileCache(settings.data_dir / "pictures" / app.version), blobs)
        app.state.studio = Studio(settings.voice_cloning, _cloner(settings, stack), media)
        app.state.samples = SampleShelf(media, FileCache(settings.data_dir / "samples" / app.version))
        app.state.desk = session_service.Desk(
            host=host,
            scribe=scribe,
            checkpoints=checkpoints,
            signer=TokenSigner(keyring.signing_keys("session tokens")),
            minds=minds,
            speakers=speakers,
            toolbox=toolbox,
            files=blobs,
            ice=IceServers(settings.stun_urls, settings.turn_urls, settings.turn_secret.get_secret_value()),
            ears=media.recogniser,
            node=node,
            version=app.version,
            region=settings.region,
            trust=trust(settings),
            prices=settings.prices,
            token_seconds=settings.token_seconds,
            heartbeat_seconds=settings.heartbeat_seconds,
        )
        app.state.meetings = _meetings(settings, stack)
        app.state.invite_windows = InviteWindows()
        app.state.courier = Courier(database, keyring, app.state.guard)
        stack.push_async_callback(app.state.courier.close)
        app.state.courier.start()
        app.state.checks = {"knowledge": knowing, **_own_checks(database, host), **media.checks()}
        await go_on(host, scribe, database, survivors)
        app.include_router(signalling.make_router(host, _peers(settings, clock), clock))
        yield


def _look(app: FastAPI, media: Media) -> Now:
    host, scribe = app.state.desk.host, app.state.desk.scribe
    return Now(host.live, host.sessions_max, scribe.waiting, media.figures())


def _cloner(settings: Settings, stack: AsyncExitStack) -> VoiceCloner | None:
    """Whom the operator chose to make voices from recordings. Raises what the catalog says of a wrong name."""
    if not settings.voice_cloning:
        return None
    kind = catalog.load("cloning", settings.voice_cloning)
    options: dict[str, Any] = {"api_key": settings.voice_cloning_api_key}
    if settings.voice_cloning_url:
        options["base_url"] = settings.voice_cloning_url
    cloner: VoiceCloner = kind(kind.Settings(**options))
    stack.push_async_callback(cloner.close)
    return cloner


def _filmed(furnish: Furnish, folder: Path, stack: AsyncExitStack) -> Furnish:
    """The same parts, and somebody who films, where the session may be."""
    recorders = Recorders(folder)
    stack.callback(recorders.close)

    def furnished(spec: SessionSpec) -> Parts:
        recorder = recorders.open(spec.session_id) if spec.may_be_recorded else None
        return replace(furnish(spec), recorder=recorder)

    return furnished


def _equipped(furnish: Furnish, webhooks: Webhooks, retrieval: Retrieval, stack: AsyncExitStack) -> Furnish:
    """The same parts, and somebody who carries out the session's tools, where it has any."""
    stack.push_async_callback(webhooks.close)
    workshop = Workshop(webhooks, retrieval)
    return lambda spec: replace(furnish(spec), tools=workshop.open(spec)) if spec.tools else furnish(spec)


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.sessions_max,
        connect_within_ms=settings.session_connect_seconds * 1000,
        regain_within_ms=settings.session_regain_seconds * 1000,
        talk_idle_ms=settings.talk_idle_seconds * 1000,
    )


def keyring_of(settings: Settings) -> Keyring:
    if settings.secret_keys:
        return Keyring([key.get_secret_value() for key in settings.secret_keys])
    return Keyring.from_folder(settings.data_dir)


def minds_of(settings: Settings, keyring: Keyring, own_ports: frozenset[int]) -> Minds:
    reach: Reach = "public_and_private" if settings.allow_private_urls else "public"
    return Minds(stock_mind(settings), keyring, reach, first_word_ms, Discovery(settings.discover_llms, own_ports).look)


def stock_mind(settings: Settings) -> MindSpec:
    """Who thinks for built-in LLMs."""
    if not settings.llm_url:
        return MindSpec("responder", "built-in")
    secret = settings.llm_api_key.get_secret_value()
    return MindSpec("openai_compatible", settings.llm_model, (settings.llm_url,), secret=secret)


def _meetings(settings: Settings, stack: AsyncExitStack) -> MeetingService | None:
    """Who takes personas into meetings, None where nobody does."""
    if not settings.meetings_url:
        return None
    kind = catalog.load("meetings", "bot_service")
    service: MeetingService = kind(kind.Settings(base_url=settings.meetings_url, api_key=settings.meetings_api_key))
    stack.push_async_callback(service.close)
    return service


async def _open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    await migrate.upgrade(settings.database)
    database = Database(settings.database)
    stack.push_async_callback(database.close)
    return database


async def _prepare(database: Database, settings: Settings) -> str | None:
    """What every start makes sure of; the answer is a first API key where there was none."""
    async with database.exclusive() as session:
        for row in (*stock_avatars(), *stock_voices(), *stock_llms(), *stock_tools(), *stock_personas()):
            await session.merge(row)
        await organizations.honour_environment_key(session, settings.api_key.get_secret_value())
        return await organizations.first_key(session)


async def _open_knowledge(
    settings: Settings, database: Database, blobs: Blobs, node: str, stack: AsyncExitStack
) -> tuple[Ingest, Retrieval, Check]:
    store = store_for(database)
    await store.open()
    embedder = await _embedder(settings, stack)
    vectors = Vectors(database, embedder)
    ingest = Ingest(database, blobs, store, DocumentParser(), vectors, node)
    stack.push_async_callback(ingest.stop)
    await ingest.start()

    async def check() -> PartHealth:
        if embedder is not None:
            return PartHealth(True, f"words, and {embedder.model} by {store.vectors}")
        hint = catalog.missing("embeddings", settings.embeddings) if settings.embeddings else ""
        return PartHealth(True, f"words alone: {hint}" if hint else "words", bool(hint))

    return ingest, Retrieval(database, store, vectors), check


async def _embedder(settings: Settings, stack: AsyncExitStack) -> Embedder | None:
    """Who finds knowledge by meaning: a server, a model in a child process, or nobody."""
    if settings.embeddings_url:
        kind = catalog.load("embeddings", "openai_compatible")
        options = {
            "url": settings.embeddings_url,
            "model": settings.embeddings_model,
            "api_key": settings.embeddings_api_key,
        }
        server = kind(kind.Settings(**options))
        stack.push_async_callback(server.close)
        return server
    if not settings.embeddings or catalog.missing("embeddings", settings.embeddings):
        return None
    kind = catalog.load("embeddings", settings.embeddings)
    worker = EmbeddingWorker(catalog.dotted("embeddings", settings.embeddings), kind.model)
    stack.push_async_callback(worker.close)
    await worker.start()
    return worker


def _own_checks(database: Database, host: Host) -> Mapping[str, Check]:
    async def stored() -> PartHealth:
        await database.check()
        return PartHealth(True)

    async def sessions() -> PartHealth:
        count = f"{host.live} of {host.sessions_max}"
        return PartHealth(not host.draining, f"draining: {count} are left" if host.draining else count)

    return {"database": stored, "sessions": sessions}


def _peers(settings: Settings, clock: MonotonicClock) -> WebRtcPeers:
    servers = [IceServer(tuple(settings.stun_urls))] if settings.stun_urls else []
    return WebRtcPeers(settings.video_codec, clock, settings.udp_ports, settings.announced_ip, servers)
