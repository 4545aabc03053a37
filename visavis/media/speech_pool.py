"""Voices and recognisers that compute, in child processes that yield to everything with a deadline."""

import itertools
from collections.abc import Mapping
from typing import Any

from visavis.core.spec import VoiceSpec
from visavis.media.recognisers import PooledEars, Recognisers
from visavis.media.voice_workers import PooledVoice, VoiceWorkers

# Enough to let a picture go first; more would starve a recogniser on a busy machine, and somebody waits for its words.
_NICE = 2


class SpeechPool:
    """`dotted` names a class, "package.module:Class", that is loaded in the children only.

    `options` are the settings of such classes, by the same name.
    """

    def __init__(
        self,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        voice_workers: int = 1,
        recognisers_max: int = 4,
    ) -> None:
        self._voices = VoiceWorkers(voice_workers, _NICE, options or {})
        self._recognisers = Recognisers(recognisers_max, _NICE, options or {})
        self._lines = itertools.count(1)

    async def start(self) -> None:
        await self._voices.start()

    async def close(self) -> None:
        await self._voices.close()
        await self._recognisers.close()

    @property
    def healthy(self) -> bool:
        """False while a voice child cannot be brought up; for readiness checks."""
        return self._voices.healthy

    @property
    def pids(self) -> list[int]:
        """The children that live, voices first."""
        return self._voices.pids + self._recognisers.pids

    @property
    def waiting(self) -> tuple[int, int]:
        """How many clauses wait for a voice, and how many utterances for a recogniser."""
        return self._voices.waiting, self._recognisers.waiting

    @property
    def restarts(self) -> tuple[int, int]:
        """How often a child of each kind had to be started again."""
        return self._voices.restarts, self._recognisers.restarts

    def voice(self, dotted: str, spec: VoiceSpec) -> PooledVoice:
        """One session's voice; the children load its class now, so that the first sentence does not wait for it."""
        self._voices.load(dotted)
        return PooledVoice(self._voices, next(self._lines), dotted, spec)

    def ears(self, dotted: str) -> PooledEars:
        """Ears for any number of sessions; the first call starts a recogniser that waits ready."""
        self._recognisers.prewarm(dotted)
        return PooledEars(self._recognisers, dotted)
