"""A living server as a stage, in real time and through its public API: what a script does there is what a client does.

Times are those of this side of the network. Sound passes a jitter buffer on its way, so what is heard comes later here
than messages that left at the same moment, by about a tenth of a second.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from visavis.core.clock import Clock
from visavis.core.errors import InvalidRequest, ProviderError
from visavis.core.events import Command
from visavis.core.frames import AUDIO_TICK_MS, AudioChunk
from visavis.testing.seen import Seen, WireEye
from visavis.testing.sounds import Sound, from_pcm
from visavis.transports.client import Client

ANSWER_WITHIN_S = 30.0


class LiveStage:
    """A `Stage`: one session of a stored persona."""

    def __init__(self, url: str, key: str, persona_id: str, clock: Clock) -> None:
        self.seen: list[Seen] = []
        self._url, self._key, self._persona_id, self._clock = url.rstrip("/"), key, persona_id, clock
        self._eye = WireEye()
        self._client: Client | None = None
        self._tick_ms = 0.0
        self._over = False
        self._told_end = False

    @property
    def now_ms(self) -> float:
        return self._clock.now_ms()

    async def open(self) -> None:
        session = await self._start_session()
        scheme = "wss" if session["engineProtocol"] == "https" else "ws"
        host, path, session_id = session["engineHost"], session["signallingEndpoint"], session["sessionId"]
        address = f"{scheme}://{host}/{path.lstrip('/')}?session_id={session_id}"
        self._client = Client(self._clock, session_id, address, self._on_data, self._on_signal)
        await self._client.open()
        self._tick_ms = self.now_ms

    async def tick(self, microphone: AudioChunk) -> Sound:
        client = self._playing()
        if client.lost and not self._told_end:
            raise ProviderError("The connection to the server was lost.")
        client.say(microphone)
        self._tick_ms += AUDIO_TICK_MS
        await self._clock.sleep_until(self._tick_ms)
        return from_pcm(client.heard().tobytes())

    async def do(self, command: Command) -> None:
        await self._playing().do(command)

    async def close(self) -> None:
        """Ends the session, which is the server's own word for goodbye."""
        self._over = True
        if self._client is not None:
            await self._client.close()

    def _playing(self) -> Client:
        if self._client is None:
            raise ProviderError("The session has not begun.")
        return self._client

    async def _start_session(self) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}"}
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=ANSWER_WITHIN_S) as http:
            wanted = {"personaConfig": {"personaId": self._persona_id}, "clientLabel": "visavis eval"}
            token = await _post(http, "/v1/auth/session-token", wanted)
            http.headers["Authorization"] = f"Bearer {token['sessionToken']}"
            return await _post(http, "/v1/engine/session", {})

    def _on_data(self, message: Mapping[str, Any]) -> None:
        self._see(self._eye.data(self.now_ms, message))

    def _on_signal(self, message: Mapping[str, Any]) -> None:
        self._see(self._eye.signal(self.now_ms, str(message.get("actionType")), message.get("payload")))

    def _see(self, seen: Seen | None) -> None:
        if seen is not None and not self._over:
            self._told_end = self._told_end or seen.kind == "session ends"
            self.seen.append(seen)


async def _post(http: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        answer = await http.post(path, json=body)
        said = answer.json()
    except httpx.HTTPError as error:
        raise ProviderError(f"{http.base_url} does not answer: {type(error).__name__}.") from None
    except ValueError:
        raise ProviderError(f"{http.base_url} did not answer with JSON; is it a Visavis server?") from None
    if answer.is_error:
        raise InvalidRequest(f"{path} answered {answer.status_code}: {said.get('message', said)}")
    return said
