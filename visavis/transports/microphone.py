"""What the client's microphone sends: Opus packets in, mono sound for the ears out.

This stands where aiortc has its jitter buffer. That one holds four packets back before anything is heard, and a single
lost packet makes it hold back sixteen for the rest of the session; a third of a second is too long to wait for every
reply. Here a packet is decoded when it arrives, in about 0.1 ms; a late one gets a short chance, a lost one is silence.
"""

from typing import TypeAlias

import av
import numpy as np
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket
from av.audio.codeccontext import AudioCodecContext
from av.error import FFmpegError
from numpy.typing import NDArray

from visavis.core.clock import Clock
from visavis.core.frames import AUDIO_TICK_MS, PLAYOUT_RATE_HZ, SPEECH_RATE_HZ, AudioChunk
from visavis.transports.allowance import Allowance
from visavis.transports.base import Line

HELD_MAX = 3  # packets that wait for one that is missing: 60 ms
LOST_MAX = 10  # a longer gap is a new source or a pause, not loss, and is not filled
PACKETS_PER_S_MAX = 400  # Opus packets carry 2.5 ms at least
_SEQUENCES = 1 << 16
_TAPS = 96  # flat to 6 kHz, -46 dB at 8 kHz, and one millisecond of delay
_FACTOR = PLAYOUT_RATE_HZ // SPEECH_RATE_HZ

Samples: TypeAlias = NDArray[np.int16]
_SILENCE: Samples = np.zeros(PLAYOUT_RATE_HZ * AUDIO_TICK_MS // 1000, np.int16)


class Microphone:
    """Satisfies aiortc's jitter buffer: `add` takes each packet and never gives one back to be decoded there."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._allowance = Allowance(PACKETS_PER_S_MAX, clock)
        self._decoder = _new_decoder()
        self._decimator = Decimator()
        self._source: int | None = None
        self._next = 0
        self._held: dict[int, RtpPacket] = {}

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        if self._allowance.take():
            self._take(packet)
        return False, None

    def _take(self, packet: RtpPacket) -> None:
        if packet.ssrc != self._source:
            self._restart(packet)
        behind = (self._next - packet.sequence_number) % _SEQUENCES
        ahead = (packet.sequence_number - self._next) % _SEQUENCES
        if ahead > LOST_MAX and behind > LOST_MAX:
            self._restart(packet)
        elif behind and behind <= LOST_MAX:
            return  # it comes too late: its place has been filled
        self._held[packet.sequence_number] = packet
        self._play_what_is_due()

    def _restart(self, packet: RtpPacket) -> None:
        """Another device or a long pause: what came before belongs to something else."""
        self._source, self._next = packet.ssrc, packet.sequence_number
        self._held.clear()
        self._decimator = Decimator()

    def _play_what_is_due(self) -> None:
        while self._held:
            packet = self._held.pop(self._next, None)
            if packet is None and len(self._held) <= HELD_MAX:
                return
            self._next = (self._next + 1) % _SEQUENCES
            self._hear(self._decoded(packet))

    def _decoded(self, packet: RtpPacket | None) -> Samples:
        if packet is None or not packet.payload:
            return _SILENCE
        try:
            frames = self._decoder.decode(av.Packet(packet.payload))
        except FFmpegError:
            return _SILENCE
        sounds = [np.frombuffer(bytes(frame.planes[0]), np.int16, frame.samples) for frame in frames]
        return np.concatenate(sounds) if sounds else _SILENCE

    def _hear(self, sound: Samples) -> None:
        self._line.hear(AudioChunk(self._decimator.take(sound).tobytes(), SPEECH_RATE_HZ))


class Decimator:
    """Playout rate to speech rate, one third, with nothing held back: a streaming resampler keeps 20 ms to itself."""

    def __init__(self) -> None:
        self._past = np.zeros(_TAPS - _FACTOR, np.int16)

    def take(self, sound: Samples) -> Samples:
        """A third as many samples; the length has to be a multiple of three, as that of every Opus frame is."""
        samples = np.concatenate((self._past, sound))
        self._past = samples[-(_TAPS - _FACTOR) :]
        return np.rint(np.convolve(samples, _LOW_PASS, "valid")[::_FACTOR]).clip(-32768, 32767).astype(np.int16)


def _low_pass() -> NDArray[np.float32]:
    places = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(places * 0.9 / _FACTOR) * np.hamming(_TAPS)
    return (taps / taps.sum()).astype(np.float32)


_LOW_PASS = _low_pass()


def _new_decoder() -> AudioCodecContext:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", PLAYOUT_RATE_HZ
    return decoder
