"""The real app in this process, with a real database and fake media, asked over ASGI by tests that need no loop."""

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import httpx
import structlog
from fastapi import FastAPI

from visavis.app import create_app
from visavis.core.clock import MonotonicClock
from visavis.core.material import Photo, Recording
from visavis.core.spec import FaceSpec, SessionSpec, VoiceSpec
from visavis.core.voices import VoiceProvider
from visavis.db.session import Database
from visavis.engine.host import Parts
from visavis.engine.metering import Meter
from visavis.http.health import Check, PartHealth
from visavis.media.photo import examine
from visavis.media.recording import measure
from visavis.providers.base import LanguageModel
from visavis.resources.organizations.service import create_key
from visavis.settings import Settings
from visavis.telemetry.figures import MediaFigures
from visavis.testing.rehearsal import CountedPackets, Hears, Lines, LoudOrQuiet, PacedVoice, StillFaces

URL = "http://visavis.test"
DOCUMENTED = {
    "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
    "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
    "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
}


class QuietMedia:
    """Draws and speaks nothing, remembers the specs of sessions, and can pretend to be ill."""

    recogniser = "scripted"

    def __init__(self) -> None:
        self.specs: dict[str, SessionSpec] = {}
        self.minds: deque[LanguageModel] = deque()  # for the sessions to come, instead of one with nothing to say
        self.made: list[str] = []
        self.keyed: dict[str, VoiceProvider] = {}
        self.health = PartHealth(True, "quiet")

    async def open(self, settings: Settings, stack: AsyncExitStack) -> "QuietMedia":
        return self

    def speakers(self) -> dict[str, VoiceProvider]:
        """As a server has them that was given one key, and on which nothing is installed but flite."""
        remote = {name: VoiceProvider(name, name, needs_key=True) for name in ("cartesia", "elevenlabs")}
        return {
            **remote,
            **self.keyed,
            "flite": VoiceProvider("flite", "flite", ("en",), keeps_nothing=True),
            "espeak": VoiceProvider("espeak", "espeak", ("en", "es", "fr"), keeps_nothing=True),
        }

    def furnish(self, spec: SessionSpec) -> Parts:
        self.specs[spec.session_id] = spec
        meter = Meter(MonotonicClock())
        mind = self.minds.popleft() if self.minds else Lines()
        mind = meter.mind(mind, spec.mind.provider, spec.mind.model) if spec.mind else None
        voice, ears = meter.voice(PacedVoice(), "paced"), meter.ears(Hears(), "hears")
        return Parts(mind, voice, ears, LoudOrQuiet(), StillFaces(), CountedPackets(), meter=meter)

    async def make(self, face: FaceSpec, kind: Literal["image", "idle_video"], path: Path) -> None:
        self.made.append(f"{kind} of {face.identity} at {face.width_px}x{face.height_px}")
        await asyncio.sleep(0)
        path.write_bytes(b"picture")  # noqa: ASYNC240 - a few bytes

    async def write_wav(self, voice: VoiceSpec, text: str, path: Path) -> None:
        self.made.append(f"sample of {voice.voice}")
        path.write_bytes(b"RIFF")  # noqa: ASYNC240

    async def look_at_photo(self, content: bytes) -> Photo:
        """What the inspecting process does, without the process."""
        return await asyncio.to_thread(examine, content)

    async def listen_to(self, recording: Path) -> Recording:
        return await asyncio.to_thread(measure, recording)

    def figures(self) -> MediaFigures:
        return MediaFigures(frames=100, frames_late=2, restarts={"face": 1}, waiting={"voice": 3})

    def checks(self) -> Mapping[str, Check]:
        async def media() -> PartHealth:
            return self.health

        return {"media": media}


class Rest:
    """A server that lives as long as the `with` block. Requests carry `key`, unless told another."""

    def __init__(self, database_url: str, data_dir: Path, **settings: Any) -> None:
        self.media = QuietMedia()
        given: dict[str, Any] = {
            "database_url": database_url,
            "data_dir": data_dir,
            "sessions_max": 1000,
            "requests_per_minute": 0,
            "guest_requests_per_minute": 0,
            "allow_private_urls": True,
        }
        self.app: FastAPI = create_app(Settings(**{**given, **settings}), self.media.open)
        self.key = ""
        self.organization = ""
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._organizations = itertools.count(1)

    def __enter__(self) -> "Rest":
        # the default's tracebacks are beautiful and take seconds each
        structlog.configure([structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
        self._runner.run(self._start())
        self.new_organization()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()
        structlog.reset_defaults()

    async def _start(self) -> None:
        await self._stack.enter_async_context(self.app.router.lifespan_context(self.app))
        # an app that let an exception through would fail the test that caused it
        transport = httpx.ASGITransport(self.app)
        self._client = await self._stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=URL))

    @property
    def database(self) -> Database:
        return self.app.state.database

    def run(self, work: Any) -> Any:
        """Await something in the app's own loop."""
        return self._runner.run(work)

    def new_organization(self) -> str:
        """From now on requests come from an organization that has nothing yet."""
        self.organization = f"organization {next(self._organizations)}"
        self.key = self.new_key(self.organization)
        return self.key

    def new_key(self, organization: str, *permissions: str) -> str:
        async def create() -> str:
            async with self.database.writing() as session:
                return await create_key(session, organization, "test", permissions or ("*",))

        return self.run(create())

    def ask(self, method: str, path: str, json: Any = None, **request: Any) -> httpx.Response:
        """`send`, from where there is no loop."""
        return self.run(self.send(method, path, json, **request))

    async def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        key: str | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """`content` is sent as it is, for bodies that are not JSON at all."""
        credential = f"Bearer {self.key if key is None else key}".encode("latin-1")
        sent: dict[str, str | bytes] = {"authorization": credential, **(headers or {})}
        if content is not None:
            sent.setdefault("content-type", "application/json")
        return await self._client.request(method, path, json=json, content=content, headers=sent, params=params or None)

    def create(self, path: str, **fields: Any) -> Any:
        answer = self.ask("POST", path, fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def persona(self, **fields: Any) -> Any:
        return self.create("/v1/personas", **{"name": "Cara", **DOCUMENTED, **fields})
