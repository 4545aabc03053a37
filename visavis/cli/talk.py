"""Talk to a persona in the terminal: the whole program, and a peer in memory instead of a browser."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable

from pydantic import SecretStr
from sqlalchemy import select
from starlette.datastructures import State

from visavis.app import OpenMedia, create_app
from visavis.core.clock import MonotonicClock
from visavis.core.events import Interrupt, PersonaSaid, SessionEnded, UserSaid, UserText, Warned
from visavis.core.tasks import cancel_and_wait
from visavis.db.models import ApiKey, Organization
from visavis.engine.conversation import Conversation
from visavis.http.auth import Subject
from visavis.resources.organizations.service import DEFAULT_ORGANIZATION
from visavis.resources.personas.stock import PEOPLE
from visavis.resources.sessions import service
from visavis.resources.sessions.schemas import EngineRequest, SessionRequest
from visavis.settings import Settings
from visavis.transports.loopback import LoopbackPeer

ANSWER_WITHIN_S = 120.0

Write = Callable[[str], None]


async def talk(
    settings: Settings,
    persona_id: str | None,
    prompt: str | None,
    lines: AsyncIterator[str] | None = None,
    write: Write | None = None,
    open_media: OpenMedia | None = None,
) -> None:
    """Until the lines end and the last of them is answered. An empty line interrupts, at a terminal any line does.

    `prompt` makes a persona for this conversation only. Raises `InvalidRequest` for a persona that is not there.
    """
    write = write or _to_terminal
    application = create_app(_beside(settings), open_media)
    async with application.router.lifespan_context(application):
        if application.state.first_key:
            write(f"API key  {application.state.first_key}  (shown once; `visavis keys create` makes more)\n\n")
        conversation = await _open(application.state, _persona(persona_id, prompt))
        peer = LoopbackPeer(conversation, MonotonicClock())
        peer.open()
        try:
            patient = lines is not None or not sys.stdin.isatty()
            await _Terminal(conversation, peer, write, patient).run(lines or _typed_lines())
        finally:
            await peer.close()


def _beside(settings: Settings) -> Settings:
    """The same database and secret in a folder of its own, so that a server that runs there is left alone."""
    keys = settings.secret_keys
    secret = settings.data_dir / "secret.key"
    if not keys and secret.exists():
        keys = [SecretStr(key) for key in secret.read_text().split()]
    if not keys:
        return settings
    changes = {"data_dir": settings.data_dir / "talk", "database_url": settings.database, "secret_keys": keys}
    return settings.model_copy(update=changes)


def _persona(persona_id: str | None, prompt: str | None) -> dict[str, str]:
    """A `personaConfig` as clients send it."""
    first = PEOPLE[0]
    if prompt is None:
        return {"personaId": persona_id or first["id"]}
    return {
        "name": "Visavis",
        "avatarId": first["avatar_id"],
        "voiceId": first["voice_id"],
        "systemPrompt": prompt,
    }


async def _open(state: State, persona: dict[str, str]) -> Conversation:
    """A session like any other: resolved, admitted and recorded."""
    desk: service.Desk = state.desk
    async with state.database.writing() as session:
        keys = select(ApiKey).join(Organization).where(Organization.name == DEFAULT_ORGANIZATION)
        key = (await session.scalars(keys.order_by(ApiKey.created_at).limit(1))).one()
        call = EngineRequest.model_validate({"clientLabel": "visavis talk"})
        request = SessionRequest.model_validate({"personaConfig": persona})
        answer = await service.open_session(
            desk, session, Subject(key.organization_id, key.id), request, call, "http://127.0.0.1"
        )
    return desk.host.get(answer.session_id)


class _Terminal:
    """Writes what the persona says as it is heard, and passes on what is typed; `patient` waits for each answer."""

    def __init__(self, conversation: Conversation, peer: LoopbackPeer, write: Write, patient: bool) -> None:
        self._conversation, self._peer, self._write, self._patient = conversation, peer, write, patient
        self._typed = 0
        self._asking: str | None = None
        self._speaker: str | None = None
        self._answered = asyncio.Event()
        self._answered.set()

    async def run(self, lines: AsyncIterator[str]) -> None:
        reading = asyncio.create_task(self._read(lines), name="talk-read")
        showing = asyncio.create_task(self._show(), name="talk-show")
        try:
            done, _ = await asyncio.wait({reading, showing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancel_and_wait(reading, showing)

    async def _read(self, lines: AsyncIterator[str]) -> None:
        async for line in lines:
            if line.strip():
                self._typed += 1
                self._answered.clear()
                self._conversation.receive(UserText(line.strip()))
            else:
                self._conversation.receive(Interrupt())
            if self._patient:
                await self._wait_for_answer()
        await self._wait_for_answer()

    async def _wait_for_answer(self) -> None:
        try:
            await asyncio.wait_for(self._answered.wait(), ANSWER_WITHIN_S)
        except TimeoutError:
            self._write("No answer came.\n")

    async def _show(self) -> None:
        while True:
            match await self._peer.events.get():
                case PersonaSaid() as said:
                    self._say(said)
                case UserSaid(turn_id=turn_id, typed=True):
                    self._typed -= 1
                    self._asking = turn_id
                case Warned(text=text):
                    self._write(f"[{text}]\n")
                case SessionEnded(text=text):
                    self._write(f"{text}\n")
                    return
                case _:
                    pass

    def _say(self, said: PersonaSaid) -> None:
        if said.text and self._speaker != said.message_id:
            self._speaker = said.message_id
            self._write(f"{self._conversation.spec.persona.name}: ")
        self._write(said.text)
        if said.final:
            self._write("\n" if self._speaker == said.message_id else "")
            if said.turn_id == self._asking and not self._typed:
                self._answered.set()


async def _typed_lines() -> AsyncIterator[str]:
    """The lines of standard input, whatever it is: terminal, pipe or file."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(arrived.put_nowait, line)
        loop.call_soon_threadsafe(arrived.put_nowait, "")

    # a thread that waits for a person cannot be cancelled, so it must not keep the program alive
    threading.Thread(target=read, name="talk-stdin", daemon=True).start()
    while line := await arrived.get():
        yield line


def _to_terminal(text: str) -> None:
    print(text, end="", flush=True)
