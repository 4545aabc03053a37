"""Which language model servers run on this machine: looked for at the ports they usually have, on loopback alone.

They are offered and never used by themselves. All the known ones answer `/v1/models`, whatever else they speak.
"""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

import httpx

from visavis.core.minds import FoundServer

USUAL_PORTS = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))
WITHIN_S = 0.5
FRESH_S = 10.0  # asked again sooner, the last answer is given again
MODELS_MAX = 100
NAME_CHARS_MAX = 255
_ANSWER_BYTES_MAX = 1_000_000


class Discovery:
    """Nobody is looked for where that is not `wanted`. A server need not ask itself at its `own_ports`."""

    def __init__(
        self,
        wanted: bool = True,
        own_ports: Collection[int] = (),
        usual_ports: Sequence[tuple[str, int]] = USUAL_PORTS,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ports = [(label, port) for label, port in usual_ports if wanted and port not in own_ports]
        self._now_s = now_s
        self._looking = asyncio.Lock()
        self._found: tuple[FoundServer, ...] = ()
        self._fresh_until_s = float("-inf")

    async def look(self) -> tuple[FoundServer, ...]:
        """In the order of the ports. Takes half a second at most, and fails never."""
        async with self._looking:
            if self._now_s() >= self._fresh_until_s:
                async with httpx.AsyncClient(trust_env=False, timeout=WITHIN_S) as client:
                    answers = await asyncio.gather(*(_ask(client, label, port) for label, port in self._ports))
                self._found = tuple(found for found in answers if found is not None)
                self._fresh_until_s = self._now_s() + FRESH_S
            return self._found


async def _ask(client: httpx.AsyncClient, label: str, port: int) -> FoundServer | None:
    url = f"http://127.0.0.1:{port}/v1"
    try:
        async with asyncio.timeout(WITHIN_S):
            models = _names(json.loads(await _answer(client, f"{url}/models")))
    except (
        httpx.HTTPError,
        OSError,
        ValueError,
    ):  # nobody, somebody else, or somebody slow: TimeoutError is an OSError
        return None
    return FoundServer(label, url, models) if models else None


async def _answer(client: httpx.AsyncClient, url: str) -> bytes:
    """Raises ValueError for what is no answer, or too long for one."""
    body = bytearray()
    async with client.stream("GET", url) as answer:
        if not answer.is_success:
            raise ValueError(f"{answer.status_code}")
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > _ANSWER_BYTES_MAX:
                raise ValueError("the answer is too long")
    return bytes(body)


def _names(told: Any) -> tuple[str, ...]:
    """The models of a list in OpenAI's shape; none where it has another."""
    listed = cast(dict[str, Any], told).get("data") if isinstance(told, dict) else None
    entries = cast(list[Any], listed) if isinstance(listed, list) else []
    names = [entry.get("id") for entry in entries[:MODELS_MAX] if isinstance(entry, dict)]
    return tuple(name for name in names if isinstance(name, str) and 0 < len(name) <= NAME_CHARS_MAX)
