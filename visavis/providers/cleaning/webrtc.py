"""WebRTC's echo canceller (AEC3) and noise suppressor, the ones that are in browsers.

The canceller finds the delay of an echo by itself, up to half a second. It hears a piece at once: 20 ms of sound take
0.2 ms, the suppressor a tenth of that, so neither needs a thread.
"""

from importlib.util import find_spec
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.providers.base import Traits

Samples = NDArray[np.int16]

STEP_SAMPLES = SPEECH_RATE_HZ // 100  # WebRTC works in pieces of 10 ms and fills up what is shorter
CANCELLER_LATE_SAMPLES = 128
MOSTLY_NEAR = (
    0.25  # of an echo alone it leaves a thousandth, and of a voice that is as loud as the echo often too little
)
SUPPRESSOR_LATE_SAMPLES = 96
SUPPRESSION = 2  # 18 dB at most, as in browsers


class _Cleaner:
    """A `Cleaner`."""

    def __init__(self) -> None:
        from pywebrtc_audio import EchoCanceller, NoiseSuppressor

        self._canceller: Any = EchoCanceller(sample_rate=SPEECH_RATE_HZ)
        self._suppressor: Any = NoiseSuppressor(sample_rate=SPEECH_RATE_HZ, level=SUPPRESSION)
        self._heard, self._played, self._sound = _Steps(), _Steps(), _Steps()
        self._late, self._noisy = _Late(CANCELLER_LATE_SAMPLES), _Late(SUPPRESSOR_LATE_SAMPLES)
        self._trusts = 0.0

    def cancel_echo(self, heard: AudioChunk, played: AudioChunk) -> AudioChunk:
        near, far = self._heard.push(heard), self._played.push(played)
        if not near.size:
            return _chunk(near)
        left, near = self._canceller.process(near, far), self._late.push(near)
        before, self._trusts = self._trusts, float(_power(left) > MOSTLY_NEAR * _power(near))
        return _chunk(left + (near - left.astype(np.float32)) * np.linspace(before, self._trusts, near.size))

    def suppress_noise(self, sound: AudioChunk, level: float) -> AudioChunk:
        """Sound as it is comes as late as the other, since two that are apart would cancel each other at places."""
        noisy = self._sound.push(sound)
        if not noisy.size:
            return _chunk(noisy)
        clean = self._suppressor.process(noisy)
        noisy = self._noisy.push(noisy)
        return _chunk(noisy + (clean.astype(np.float32) - noisy) * np.float32(level))


class _Steps:
    """Keeps what does not fill a step until the next push."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.int16)

    def push(self, audio: AudioChunk) -> Samples:
        if audio.rate_hz != SPEECH_RATE_HZ:
            raise ValueError(f"microphones are cleaned at {SPEECH_RATE_HZ} Hz, not {audio.rate_hz}")
        samples = np.concatenate((self._rest, np.frombuffer(audio.pcm, "<i2")))
        whole = samples.size - samples.size % STEP_SAMPLES
        self._rest = samples[whole:]
        return samples[:whole]


class _Late:
    """The same sound, later."""

    def __init__(self, samples: int) -> None:
        self._rest = np.zeros(samples, np.int16)

    def push(self, sound: Samples) -> Samples:
        late = np.concatenate((self._rest, sound))
        self._rest = late[sound.size :]
        return late[: sound.size]


def _power(sound: Samples) -> float:
    return float(np.mean(sound.astype(np.float32) ** 2))


def _chunk(samples: NDArray[Any]) -> AudioChunk:
    return AudioChunk(np.rint(samples).astype("<i2").tobytes(), SPEECH_RATE_HZ)


class WebRtc:
    """`Cleaning` by WebRTC."""

    traits: ClassVar[Traits] = Traits(
        label="WebRTC's echo canceller and noise suppressor (built-in)",
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Knows echoes that come back within half a second.",
        cost="Free; about 9 ms of processor time for a second of sound.",
    )

    class Settings(BaseModel):
        """Nothing to set."""

    @staticmethod
    def missing() -> str:
        if find_spec("pywebrtc_audio") is None:
            return "WebRTC's sound processing is not installed: pip install --no-deps pywebrtc-audio"
        return ""

    def __init__(self, settings: Settings | None = None) -> None:
        del settings

    def open(self) -> _Cleaner:
        return _Cleaner()


PROVIDER = WebRtc
