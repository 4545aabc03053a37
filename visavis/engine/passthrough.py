"""Ready-made speech from an application: any rate, one or two channels, faster than real time.

A sequence is one persona turn without words. It is played as it arrives and may be minutes long; what waits is
bounded, and the application is told when it sends more than that.
"""

import asyncio

import numpy as np

from visavis.core.events import AgentAudio
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.engine.show import Show

AUDIO_WAITING_MAX_MS = 10 * 60 * 1000.0
AHEAD_MAX_MS = 2_000


class AgentSpeech:
    """One sequence of audio. Odd bytes are carried over to the next chunk."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[AudioChunk | None] = asyncio.Queue()
        self._waiting_ms = 0.0
        self._odd = b""

    def write(self, audio: AgentAudio) -> bool:
        """False when too much is waiting already; the chunk is dropped then."""
        frame_bytes = 2 * audio.channels
        pcm = self._odd + audio.pcm
        whole = len(pcm) - len(pcm) % frame_bytes
        self._odd = pcm[whole:]
        chunk = AudioChunk(_mono(pcm[:whole], audio.channels), audio.rate_hz)
        if self._waiting_ms + chunk.duration_ms > AUDIO_WAITING_MAX_MS:
            return False
        self._waiting_ms += chunk.duration_ms
        self._chunks.put_nowait(chunk)
        return True

    def end(self) -> None:
        self._chunks.put_nowait(None)

    async def play(self, show: Show, epoch: int, owner: str) -> None:
        """Feed the show until the sequence ends. Chunks are small, so a whole one is queued at a time."""
        while (chunk := await self._chunks.get()) is not None:
            await show.playout.room(AHEAD_MAX_MS)
            self._waiting_ms -= chunk.duration_ms
            await show.put(epoch, owner, SpeechAudio(chunk), (), last=False)
        await show.put(epoch, owner, SpeechAudio(AudioChunk(b"", 48_000)), (), last=True)


def _mono(pcm: bytes, channels: int) -> bytes:
    if channels == 1:
        return pcm
    stereo = np.frombuffer(pcm, np.int16).reshape(-1, channels)
    return stereo.mean(axis=1).astype(np.int16).tobytes()
