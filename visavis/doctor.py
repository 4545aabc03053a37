"""What works on this machine: looked at without starting the server."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from visavis.core.errors import ProviderError, Unavailable
from visavis.db import migrate
from visavis.db.session import Database
from visavis.lab.pages import DIST
from visavis.local_media import BUILT_IN_VOICE, END_OF_TURN, VOICE_ACTIVITY, load_renderer
from visavis.media.inspections import Inspector
from visavis.providers import catalog
from visavis.providers.catalog import Kind
from visavis.resources.server.schemas import KnownServer
from visavis.settings import Settings

Mark = Literal["ok", "fallback", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    mark: Mark
    part: str
    text: str


async def examine(settings: Settings) -> list[Finding]:
    """Everything, also what a server that runs has for itself: its database."""
    return [await _database(settings), *look(settings)]


def look(settings: Settings) -> list[Finding]:
    """What a running server may ask as well; it takes a moment, since it loads what it looks at."""
    return [
        _provider("tts", BUILT_IN_VOICE, "voice", "replies are silent"),
        _provider("tts", ("festival", "flite"), "richer voice", "no voice but flite's"),
        _provider("tts", ("espeak",), "other languages", "personas speak English"),
        _provider("stt", (settings.ears,), "recogniser", "nobody listens"),
        _provider("vad", VOICE_ACTIVITY, "voice activity", "speech is not noticed"),
        _provider("end_of_turn", (END_OF_TURN,), "ends of turns", "silence alone ends a turn"),
        _photos(),
        _mouths(settings),
        _mind(settings),
        _knowledge(settings),
        _lab(),
        _ports(settings),
    ]


def known_server(settings: Settings, version: str) -> KnownServer:
    """What a running server tells about itself."""
    limits = {
        "sessionsMax": settings.sessions_max,
        "requestsPerMinute": settings.requests_per_minute,
        "guestRequestsPerMinute": settings.guest_requests_per_minute,
        "bodyBytesMax": settings.body_limit_bytes,
        "tokenSeconds": settings.token_seconds,
        "retentionDays": settings.retention_days,
    }
    features = {"recordings": settings.recordings, "voiceCloning": bool(settings.voice_cloning)}
    return KnownServer(version, limits, features, partial(look, settings), list_providers)


@dataclass(frozen=True, slots=True)
class Provider:
    """`missing` is "" for one that can work here, otherwise a sentence that says what to install."""

    kind: str
    name: str
    label: str
    needs_key: bool
    missing: str


def list_providers() -> list[Provider]:
    """Every provider of every kind. The first time it imports them all, which takes a second or two."""
    return [_described(kind, name) for kind in catalog.KINDS for name in catalog.names(kind)]


def _described(kind: Kind, name: str) -> Provider:
    try:
        known = catalog.traits(kind, name)
    except ProviderError as error:  # its library is what it is described in
        return Provider(kind, name, name, False, error.message)
    return Provider(kind, name, known.label, known.needs_key, catalog.missing(kind, name))


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database)
    name = database.url.render_as_string(hide_password=True)
    try:
        settings.make_data_dir()
        await migrate.upgrade(settings.database)
        await database.check()
    except Exception as error:  # whatever a driver raises is what the operator wants to read
        return Finding("broken", "database", f"{name}: {error}")
    finally:
        await database.close()
    return Finding("ok", "database", name)


def _provider(kind: Kind, names: Sequence[str], part: str, otherwise: str) -> Finding:
    """The first of these names is what a server should have; the others stand in for it."""
    hint = catalog.missing(kind, names[0])
    if not hint:
        return Finding("ok", part, names[0])
    stand_in = next((name for name in names[1:] if not catalog.missing(kind, name)), "")
    return Finding("fallback", part, f"{f'{stand_in} stands in' if stand_in else otherwise}: {hint}")


def _photos() -> Finding:
    hint = Inspector.missing()
    if hint:
        return Finding("fallback", "photos", f"avatars are made without looking for a face: {hint}")
    return Finding("ok", "photos", "faces are looked for")


def _mouths(settings: Settings) -> Finding:
    if settings.mouth_model is None:
        return Finding("ok", "mouths", "drawn; VISAVIS_MOUTH_MODEL lets a network draw those of photos")
    try:
        load_renderer("portrait", settings)
    except Unavailable as error:
        return Finding("broken", "mouths", error.message)
    return Finding("ok", "mouths", f"those of photos by {settings.mouth_model}")


def _mind(settings: Settings) -> Finding:
    if settings.llm_url:
        return Finding("ok", "mind", f"{settings.llm_model} at {settings.llm_url}")
    return Finding("ok", "mind", "the built-in responder; VISAVIS_LLM_URL connects a language model")


def _knowledge(settings: Settings) -> Finding:
    if settings.embeddings_url:
        return Finding("ok", "knowledge", f"words, and {settings.embeddings_model} at {settings.embeddings_url}")
    if not settings.embeddings:
        return Finding("ok", "knowledge", "words; VISAVIS_EMBEDDINGS_URL or VISAVIS_EMBEDDINGS find by meaning, too")
    if hint := catalog.missing("embeddings", settings.embeddings):
        return Finding("fallback", "knowledge", f"words alone: {hint}")
    return Finding("ok", "knowledge", f"words, and {settings.embeddings}")


def _lab() -> Finding:
    if (DIST / "index.html").exists():
        return Finding("ok", "lab", str(DIST))
    return Finding("fallback", "lab", "not built, the API works without it: install Node.js and run `make setup`")


def _ports(settings: Settings) -> Finding:
    if settings.udp_ports is None:
        return Finding("ok", "media ports", "any UDP port; VISAVIS_UDP_PORTS gives firewalls a range")
    first, last = settings.udp_ports
    taken = [port for port in range(first, last + 1) if not _free(port)]
    if taken:
        mark = "broken" if len(taken) == last - first + 1 else "fallback"
        return Finding(mark, "media ports", f"{len(taken)} of {first}-{last} are taken")
    return Finding("ok", "media ports", f"UDP {first}-{last}")


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
