"""Is it worth cleaning the microphone's sound on the server? `python -m bench.enhancement [--short]`.

Two noise suppressors (WebRTC's and RNNoise) and one echo canceller (WebRTC's AEC3, with its suppressor and without),
each before the voice detector, on the cases of `bench/overlaps.py` that noise and echo have a part in, beside the sound
as it is: how often a person who speaks is noticed in time, and how often an echo or a noise is taken for a voice. Then
words that the built-in recogniser understands in noise, and processor time for a second of sound.

The packages are no part of Visavis: `pip install --no-deps pywebrtc-audio pyrnnoise`.
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from bench import sounds
from bench.overlap_cases import INTERRUPTIONS, SEED, Case, cases
from bench.overlaps import SPEECH
from bench.sounds import Sound
from visavis.core.frames import AUDIO_TICK_MS, PLAYOUT_RATE_HZ, SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.engine.voice_gate import VoiceGate
from visavis.providers import catalog
from visavis.providers.base import BlockingEars, VoiceActivity
from visavis.testing.sounds import TICK_SAMPLES, to_chunk

Enhance = Callable[[Sound, Sound], Sound]  # the microphone's 20 ms and what was played meanwhile

PER_KIND, PER_KIND_SHORT = 8, 1
AFTER_MS = 600.0
NOTICED_WITHIN_MS, NEVER_MS = 350.0, 1e9
KINDS = (
    "interruption in noise", "interruption over a loud echo", "interruption over a weak echo", "own echo, loud",
    "own echo, weak", "synthetic cough", "synthetic typing",
)  # fmt: skip
SENTENCES = (
    "what time does the next train leave", "I would like to book a table for two people", *INTERRUPTIONS[1][2:6],
)  # fmt: skip
NOISE_DB, SPEECH_DB = -42.0, -27.0
COST_TICKS = 500


def as_it_is() -> Enhance:
    return lambda near, far: near


def webrtc_suppressor() -> Enhance:
    """The strongest of its four levels but one, which is what browsers use."""
    from pywebrtc_audio import NoiseSuppressor

    suppressor = NoiseSuppressor(sample_rate=SPEECH_RATE_HZ, level=2)
    return lambda near, far: np.asarray(suppressor.process(near.astype(np.float32)), np.float32)


def webrtc_canceller(suppress: bool) -> Enhance:
    from pywebrtc_audio import AudioProcessor

    processor = AudioProcessor(
        sample_rate=SPEECH_RATE_HZ, echo_cancellation=True, noise_suppression=suppress, ns_level=2
    )
    return lambda near, far: np.asarray(processor.process(near.astype(np.float32), far.astype(np.float32)), np.float32)


def rnnoise() -> Enhance:
    """Works at 48 kHz in pieces of 10 ms, so the sound is converted there and back."""
    library = _rnnoise_library()
    state = library.rnnoise_create(None)
    up = soxr.ResampleStream(SPEECH_RATE_HZ, PLAYOUT_RATE_HZ, 1, dtype="float32")
    down = soxr.ResampleStream(PLAYOUT_RATE_HZ, SPEECH_RATE_HZ, 1, dtype="float32")
    waiting, ready = np.zeros(0, np.float32), sounds.silence(2 * AUDIO_TICK_MS)

    def enhance(near: Sound, far: Sound) -> Sound:
        nonlocal waiting, ready
        waiting = np.concatenate((waiting, up.resample_chunk(near.astype(np.float32)) * 32_767))
        size = PLAYOUT_RATE_HZ // 100
        while waiting.size >= size:
            piece, waiting = np.ascontiguousarray(waiting[:size]), waiting[size:]
            clean = np.zeros(size, np.float32)
            library.rnnoise_process_frame(state, _pointer(clean), _pointer(piece))
            ready = np.concatenate((ready, down.resample_chunk(clean / 32_767)))
        taken, ready = ready[:TICK_SAMPLES], ready[TICK_SAMPLES:]
        return np.pad(taken, (0, TICK_SAMPLES - taken.size))

    return enhance


def _rnnoise_library() -> Any:
    import ctypes

    package = find_spec("pyrnnoise")
    assert package is not None
    assert package.submodule_search_locations
    library = ctypes.CDLL(str(Path(package.submodule_search_locations[0], "librnnoise.so")))
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    return library


def _pointer(samples: Sound) -> int:
    return int(samples.ctypes.data)


WAYS: dict[str, Callable[[], Enhance]] = {
    "as it is": as_it_is,
    "WebRTC suppressor": webrtc_suppressor,
    "RNNoise": rnnoise,
    "AEC3": lambda: webrtc_canceller(suppress=False),
    "AEC3 and suppressor": lambda: webrtc_canceller(suppress=True),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the detector made of one case: when voice started after the event, and the share of windows taken for it."""

    case: Case
    started_ms: float | None
    before: bool
    share: float


async def heard(case: Case, way: Callable[[], Enhance], activity: VoiceActivity, far: Sound) -> Heard:
    near = np.concatenate((sounds.silence(case.before_ms), case.sound, sounds.silence(AFTER_MS)))
    near = near + sounds.room(np.random.default_rng(SEED), sounds.duration_ms(near) + 1, case.noise_db)[: near.size]
    if case.loudspeaker is not None:
        echo = np.convolve(far, case.loudspeaker.room)
        near = near + np.concatenate((sounds.silence(case.loudspeaker.delay_ms), echo))[: near.size]
    enhance, detector, gate = way(), activity.open(), VoiceGate(activity.window_ms)
    started_ms, voiced, before = None, [], False
    for start in range(0, near.size - near.size % TICK_SAMPLES, TICK_SAMPLES):
        at_ms = (start + TICK_SAMPLES) * 1000 / SPEECH_RATE_HZ - case.before_ms
        sound = enhance(near[start : start + TICK_SAMPLES], far[start : start + TICK_SAMPLES])
        for probability in await detector.push(to_chunk(sound)):
            change = gate.push(probability)
            before = gate.voice if at_ms <= 0 else before
            started_ms = at_ms if change == "started" and at_ms > 0 and started_ms is None else started_ms
            voiced.append(gate.voice)
    detector.close()
    return Heard(case, started_ms, before, sum(voiced) / len(voiced))


def row(name: str, results: Sequence[Heard]) -> str:
    def noticed(kind: str) -> str:
        those = [one for one in results if one.case.kind == kind]
        in_time = sum(not one.before and (one.started_ms or NEVER_MS) <= NOTICED_WITHIN_MS for one in those)
        return f"{in_time:4} of {len(those):2}"

    def voiced(*kinds: str) -> str:
        return f"{np.mean([one.share for one in results if one.case.kind in kinds]):9.0%}"

    noises = voiced("synthetic cough", "synthetic typing")
    return (
        f"{name:20} {noticed(KINDS[0]):>10} {noticed(KINDS[1]):>15} {noticed(KINDS[2]):>15} "
        f"{voiced(KINDS[3]):>15} {voiced(KINDS[4]):>15} {noises:>8}"
    )


def cost_ms(way: Callable[[], Enhance]) -> float:
    """Processor time for a second of sound."""
    enhance, rng = way(), np.random.default_rng(SEED)
    near, far = sounds.room(rng, AUDIO_TICK_MS, -30), sounds.room(rng, AUDIO_TICK_MS, -30)
    enhance(near, far)
    began_s = time.thread_time()
    for _ in range(COST_TICKS):
        enhance(near, far)
    return (time.thread_time() - began_s) * 1000 / (COST_TICKS * AUDIO_TICK_MS / 1000)


def words_understood(way: Callable[[], Enhance], ears: BlockingEars) -> float:
    """The share of words that the built-in recogniser gets right in a room that is not quiet."""
    rng, right, all_of_them = np.random.default_rng(SEED), 0, 0
    for sentence in SENTENCES:
        spoken = sounds.at_level(sounds.say(sentence, sounds.a_voice(rng, ("rms", "slt")))[0], SPEECH_DB)
        sound = np.concatenate((sounds.silence(600), spoken, sounds.silence(600)))
        sound = sound + sounds.room(rng, sounds.duration_ms(sound) + 1, NOISE_DB)[: sound.size]
        enhance, utterance = way(), ears.open(EarsSpec("pocketsphinx", "en"))
        for start in range(0, sound.size - TICK_SAMPLES, TICK_SAMPLES):
            clean = enhance(sound[start : start + TICK_SAMPLES], sounds.silence(AUDIO_TICK_MS))
            utterance.feed(to_chunk(clean).pcm)
        heard = utterance.finish().split()
        wanted = sentence.lower().replace(",", "").split()
        right, all_of_them = right + sum(word in heard for word in wanted), all_of_them + len(wanted)
    return right / all_of_them


async def main() -> None:
    parser = argparse.ArgumentParser(description="Is it worth cleaning the microphone's sound on the server?")
    parser.add_argument("--short", action="store_true", help="one case of each kind")
    short = parser.parse_args().short
    chosen = [case for case in cases("reported", PER_KIND_SHORT if short else PER_KIND) if case.kind in KINDS]
    far = sounds.say(SPEECH, VoiceSpec("flite", "slt"))[0]
    activity: VoiceActivity = catalog.load("vad", "silero")()
    print(f"{'':20} {'person noticed in time':^42} {'taken for a voice':^40}")
    print(f"{'':20} {'in noise':>10} {'over loud echo':>15} {'over weak echo':>15} "
          f"{'loud echo':>15} {'weak echo':>15} {'noises':>8}")  # fmt: skip
    for name, way in WAYS.items():
        print(row(name, [await heard(case, way, activity, far) for case in chosen]), flush=True)
    await activity.close()
    ears: BlockingEars = catalog.load("stt", "pocketsphinx")()
    print(f"\n{'':20} {'words understood in noise':>27} {'a second of sound costs':>26}")
    for name, way in WAYS.items():
        print(f"{name:20} {words_understood(way, ears):27.0%} {cost_ms(way):23.1f} ms", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
