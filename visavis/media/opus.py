"""Speech to Opus packets in bulk, off the event loop: mono, 48 kHz, 20 ms, 32 kb/s.

All encoders share one thread: a second of speech takes about 10 ms in one go, a fraction of what encoding at 20 ms
ticks costs, and one thread keeps the calls of a session in order.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import av
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from visavis.core.frames import AUDIO_TICK_MS, PLAYOUT_RATE_HZ, AudioChunk

BITRATE_BPS = 32_000
_PACKET_SAMPLES = PLAYOUT_RATE_HZ * AUDIO_TICK_MS // 1000
_TIME_BASE = Fraction(1, PLAYOUT_RATE_HZ)
# The encoder looks ahead this far, so the last samples of an utterance are heard in the packet after.
_LOOKAHEAD_SAMPLES = 312
_FADE_SAMPLES = _PACKET_SAMPLES // 2
_LOWERED = 0.22  # -13 dB: still understood, clearly giving way

Samples = NDArray[np.int16]


class OpusEncoders:
    """Satisfies `SpeechEncoders`. `close` ends the thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="opus")
        self._silence = _encode(_new_encoder(), np.zeros(_PACKET_SAMPLES, np.int16))[0]

    def open(self) -> "OpusSession":
        return OpusSession(self._thread)

    @property
    def silence(self) -> bytes:
        """One packet of digital silence.

        The first one after speech still carries the decoder's fade of what was heard last (a few milliseconds); from
        the second on, every sample is zero. It fits between the utterances of any session.
        """
        return self._silence

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


class OpusSession:
    """One session's speech. Calls come one after the other; the work happens in the shared thread."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._utterance = _Utterance()

    async def encode(self, audio: AudioChunk, last: bool) -> list[bytes]:
        """The packets that are complete; a remainder waits for the next call, and is padded when `last`."""
        utterance = self._utterance
        if last:
            self.reset()
        return await asyncio.get_running_loop().run_in_executor(self._thread, utterance.encode, audio, last)

    async def quieter(self, before: Sequence[bytes], packets: Sequence[bytes], *, fade: bool) -> list[bytes]:
        """Decoded, lowered and encoded again, only when somebody speaks over the persona: 0.3 ms a packet.

        Going back to the originals needs no care: a decoder that comes from quieter packets finds its way to their
        level within a few, which sounds like a short fade.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, _lowered, before, packets, fade)

    def reset(self) -> None:
        self._utterance = _Utterance()


class _Utterance:
    """Speech without a gap: resampler, encoder and the samples that do not fill a packet yet.

    Packets are coded relative to the ones before. An utterance therefore begins as if silence had been sent before it
    and ends with a packet of silence, so that utterances and silences can be put together in any order.
    """

    def __init__(self) -> None:
        self._encoder: AudioCodecContext | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._rate_hz = PLAYOUT_RATE_HZ
        self._rest: Samples = np.zeros(0, np.int16)

    def encode(self, audio: AudioChunk, last: bool) -> list[bytes]:
        samples = np.concatenate((self._rest, *self._resampled(audio, last)))
        if last and (samples.size or self._encoder):
            missing = -(samples.size + _LOOKAHEAD_SAMPLES) % _PACKET_SAMPLES
            samples = np.pad(samples, (0, _LOOKAHEAD_SAMPLES + missing + _PACKET_SAMPLES))
        whole = samples.size - samples.size % _PACKET_SAMPLES
        self._rest = samples[whole:].copy()
        if self._encoder is None and whole:
            self._encoder = _new_encoder()
            _encode(self._encoder, np.zeros(_PACKET_SAMPLES, np.int16))
        return _encode(self._encoder, samples[:whole]) if self._encoder else []

    def _resampled(self, audio: AudioChunk, last: bool) -> list[Samples]:
        pieces: list[Samples] = []
        if audio.rate_hz != self._rate_hz:
            pieces.append(self._drained())
            self._rate_hz = audio.rate_hz
            if audio.rate_hz != PLAYOUT_RATE_HZ:
                self._resampler = soxr.ResampleStream(audio.rate_hz, PLAYOUT_RATE_HZ, 1, dtype="int16")
        samples = np.frombuffer(audio.pcm, np.int16)
        pieces.append(self._resampler.resample_chunk(samples) if self._resampler else samples)
        if last:
            pieces.append(self._drained())
        return pieces

    def _drained(self) -> Samples:
        """What the resampler still holds; it delays by a few milliseconds."""
        if self._resampler is None:
            return np.zeros(0, np.int16)
        tail = self._resampler.resample_chunk(np.zeros(0, np.int16), last=True)
        self._resampler = None
        return tail


def _lowered(before: Sequence[bytes], packets: Sequence[bytes], fade: bool) -> list[bytes]:
    decoder, encoder = _new_decoder(), _new_encoder()
    # what a decoder gives lags behind by the encoder's look-ahead, and encoding it again would add that once more
    sound = np.concatenate([_decode(decoder, packet) for packet in (*before, *packets)])[_LOOKAHEAD_SAMPLES:]
    sound = np.pad(sound, (0, _LOOKAHEAD_SAMPLES))
    gains = np.full(sound.size, _LOWERED, np.float32)
    loud = len(before) * _PACKET_SAMPLES - _LOOKAHEAD_SAMPLES
    if fade and before:
        gains[:loud] = 1.0
        gains[loud : loud + _FADE_SAMPLES] = np.linspace(1.0, _LOWERED, _FADE_SAMPLES)
    quiet = np.rint(sound * gains).astype(np.int16)
    return _encode(encoder, quiet)[len(before) :]


def _decode(decoder: AudioCodecContext, packet: bytes) -> Samples:
    return np.concatenate(
        [np.frombuffer(bytes(f.planes[0]), np.int16, f.samples) for f in decoder.decode(av.Packet(packet))]
    )


def _new_decoder() -> AudioCodecContext:
    decoder = av.CodecContext.create("libopus", "r")
    decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", PLAYOUT_RATE_HZ
    return decoder


def _new_encoder() -> AudioCodecContext:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.bit_rate = BITRATE_BPS
    encoder.format, encoder.layout, encoder.sample_rate = "s16", "mono", PLAYOUT_RATE_HZ
    encoder.time_base = _TIME_BASE
    # "audio" rather than "voip": no SILK layer means 0.17 instead of 0.4 ms a packet, at no audible loss at this rate,
    # and a silence that is digital. Unconstrained, it would take half as many bits again.
    encoder.options = {
        "application": "audio",
        "compression_level": "3",
        "vbr": "constrained",
        "frame_duration": str(AUDIO_TICK_MS),
    }
    return encoder


def _encode(encoder: AudioCodecContext, samples: Samples) -> list[bytes]:
    """Whole packets of samples to packets, one each."""
    packets: list[bytes] = []
    for start in range(0, samples.size, _PACKET_SAMPLES):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + _PACKET_SAMPLES], format="s16", layout="mono")
        frame.sample_rate = PLAYOUT_RATE_HZ
        frame.time_base = _TIME_BASE
        packets += (bytes(packet) for packet in encoder.encode(frame))
    return packets
