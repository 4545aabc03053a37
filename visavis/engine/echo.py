"""How much of what the microphone hears is the persona's own voice, come back from a loudspeaker.

What was played is known. The two are laid over each other at the delay that fits best, and compared frequency by
frequency: a loudspeaker and a room change loudness and colour, but what follows the original stays coherent with it,
and another voice never is. Works on a few hundred milliseconds, and on any level of echo that is above the noise.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

DELAY_MAX_MS = 1_500.0  # network, jitter buffers, sound card and room, there and back; a short-lived stall, too
_FRAME = 512  # 32 ms: what a room adds later counts as noise
_HOP = 128
_EARLY = 64  # the loudest reflection need not be the first
_BAND = slice(6, 128)  # 190 to 4 000 Hz, where voices are


def echo_shares(microphone: Samples, played: Samples, recent: int) -> tuple[float, float]:
    """The share (0 to 1) of the microphone's sound that follows what was played, and that of its last `recent` samples.

    `played` ends where `microphone` ends, in time, and is longer by `DELAY_MAX_MS`. Both at `SPEECH_RATE_HZ`. The delay
    is that of the whole: in a few hundred milliseconds, a vowel may fit in many places.
    """
    spare = played.size - microphone.size
    if microphone.size < 4 * _FRAME or spare < 0 or not np.any(played):
        return 0.0, 0.0
    start = max(0, _best_start(microphone, played) - _EARLY)
    original = played[start : start + microphone.size]
    whole = _coherent_share(microphone, original)
    if microphone.size <= recent:
        return whole, whole
    return whole, _coherent_share(microphone[-recent:], original[-recent:])


def _best_start(microphone: Samples, played: Samples) -> int:
    """Where in `played` the microphone's sound begins, by cross-correlation that weighs all frequencies alike."""
    size = 1 << (played.size + microphone.size).bit_length()
    spectrum = np.fft.rfft(played, size) * np.conj(np.fft.rfft(microphone, size))
    magnitude = np.abs(spectrum)
    correlation = np.fft.irfft(spectrum / (magnitude + 0.01 * magnitude.mean() + 1e-12), size)
    return int(np.argmax(correlation[: played.size - microphone.size + 1]))


def _coherent_share(microphone: Samples, played: Samples) -> float:
    heard, original = _spectra(microphone), _spectra(played[: microphone.size])
    frames = min(len(heard), len(original))
    heard, original = heard[:frames], original[:frames]
    cross = np.abs(np.mean(heard * np.conj(original), axis=0)) ** 2
    heard_power = np.mean(np.abs(heard) ** 2, axis=0)
    original_power = np.mean(np.abs(original) ** 2, axis=0)
    follows = cross / (original_power + 1e-12)
    return float(follows.sum() / (heard_power.sum() + 1e-12))


def _spectra(sound: Samples) -> NDArray[np.complex128]:
    windows = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    return np.fft.rfft(windows * np.hanning(_FRAME))[:, _BAND]
