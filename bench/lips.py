"""Do the lips fit the sound? Measured from pictures, for the built-in voice and for sound that nothing is known about.

`python -m bench.lips [--short] [NAME ...]`, NAME being a built-in person, "photo" (scikit-image's astronaut) or "still"
(a built-in person's picture used as a photo); the six main people and both of these unless said. "words" is the
built-in voice with the times of its words alone. `--short` measures one sentence of each kind, said by one voice.

How wide a mouth is open is the number of pixels in its middle fifth whose colour belongs to the inside of a mouth:
colours that pictures of the same face with parted lips have there and pictures of it with shut lips have not. It is
held beside the envelope of the sound: power from 300 to 3,500 Hz (below is the murmur of closed mouths, above are
hisses), over 20 ms, in decibels from the loudest to 40 below. Both are smoothed over a syllable (a bell of 60 ms). `r`
is their correlation where it is highest, and `lag` how much later than its sound a picture is seen there, counted from
the middle of its 40 ms, in steps of 5 ms. A bilabial counts as seen when, in one picture of its time or of the picture
before or after it, the mouth is open less than 10 % of its widest. Plain and bilabial sentences are counted apart.
"""

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import FRAME_MS, AudioChunk, SpeechAudio
from visavis.core.spec import FaceSpec, VoiceSpec
from visavis.providers.tts.flite import Flite
from visavis.renderers.character import Character
from visavis.renderers.drawing.portrait import view_of
from visavis.renderers.motion import REST
from visavis.renderers.people import NAMES, person
from visavis.renderers.portrait import Portrait
from visavis.renderers.sheet import LEADS
from visavis.renderers.visemes import JAW, PRESS, ROUND, VISEMES, WIDE, Shape, shape_of

Numbers = NDArray[np.float64]
Box = tuple[float, float, float, float]

ASTRONAUT_BOX = (0.348, 0.134, 0.185, 0.213)
STILL = "mia"
SENTENCES = (
    "We have seen the harbour, and now we would like to walk along the river for an hour.",
    "Good afternoon! How can I help you today? I know all about our opening hours, prices and tickets.",
    "The weather here is usually sunny in July, although last Sunday it rained all day long.",
)
BILABIAL_SENTENCES = (
    "Maybe Bob and Pam may bring a big map of the public park before supper.",
    "Please remember my number, and have a beautiful summer evening, my baby brother!",
)
PASSTHROUGH_MS = 40  # in such pieces sound comes that nothing is known about
BILABIALS = ("p", "b", "m")
SHUT_SHARE = 0.10
BELL_MS = 60
BAND_HZ = 300, 3500
VOICES = ("slt", "rms")
KINDS = ("voice", "words", "passthrough")
BINS = 24
STEP_MS = 5
LAG_MAX_MS = 200


@dataclass(frozen=True, slots=True)
class Result:
    correlation: float
    lag_ms: int
    shut: int
    bilabials: int


def main(arguments: Sequence[str]) -> int:
    short = "--short" in arguments
    names = [argument for argument in arguments if argument != "--short"]
    plain, bilabial = (
        [Flite().synthesize(text, VoiceSpec("flite", speaker)) for text in texts for speaker in VOICES][
            : 1 if short else None
        ]
        for texts in (SENTENCES, BILABIAL_SENTENCES)
    )
    print(f"{'face':10} {'sound':12} {'r':>6} {'lag':>7} {'p, b, m seen shut':>20}      (goals: 0.75, 20 ms, 90 %)")
    with tempfile.TemporaryDirectory() as folder:
        for name in names or (*LEADS, "photo", "still"):
            build, mouth = face_of(name, Path(folder))
            for kind in KINDS:
                fits = [measured(build, mouth, speech, kind) for speech in plain]
                report(name, kind, fits, [measured(build, mouth, speech, kind) for speech in bilabial])
    return 0


def report(name: str, kind: str, fits: Sequence[Result], closures: Sequence[Result]) -> None:
    r = float(np.mean([result.correlation for result in fits]))
    lag = float(np.mean([result.lag_ms for result in fits]))
    shut, all_of_them = (sum(result.shut for result in closures), sum(result.bilabials for result in closures))
    print(
        f"{name:10} {kind:12} {r:6.2f} {lag:4.0f} ms {shut:8} of {all_of_them}, {shut / all_of_them:4.0%}", flush=True
    )


# --- faces --------------------------------------------------------------------------------------------------------

Face = Character | Portrait


def face_of(name: str, folder: Path) -> tuple[Callable[[], Face], Callable[[Face], tuple[slice, slice]]]:
    """How to build one, and where its mouth is in a picture."""
    if name in NAMES:
        return lambda: Character(FaceSpec("character", name), 1), lambda _: drawn_mouth(name)
    file, box = astronaut() if name == "photo" else still(folder)
    return lambda: Portrait(FaceSpec("portrait", name, 720, 480, str(file), box), 1), photographed_mouth


def astronaut() -> tuple[Path, Box]:
    """The one photo of a real face that the tests install, and where its face is."""
    package = find_spec("skimage")
    assert package is not None
    assert package.submodule_search_locations, "the photo is scikit-image's, which the tests install"
    return Path(package.submodule_search_locations[0], "data", "astronaut.png"), ASTRONAUT_BOX


def still(folder: Path) -> tuple[Path, Box]:
    face = Character(FaceSpec("character", STILL, 768, 768), 1)
    file = folder / "still.png"
    cv2.imwrite(str(file), cv2.cvtColor(face.draw(REST, shape_of("sil")), cv2.COLOR_YUV2BGR_I420))
    return file, (0.33, 0.18, 0.34, 0.45)


def drawn_mouth(name: str) -> tuple[slice, slice]:
    view, lips = view_of(720, 480), person(name).lips
    x, y, k = -view.left * view.scale, (lips.y - view.top) * view.scale, view.scale
    return slice(int(y - 22 * k), int(y + 38 * k)), slice(int(x - 7 * k), int(x + 7 * k))


def photographed_mouth(face: Face) -> tuple[slice, slice]:
    assert isinstance(face, Portrait)
    (x, y), unit = face.mouth_at
    return slice(int(y - 0.45 * unit), int(y + 0.85 * unit)), slice(int(x - 0.13 * unit), int(x + 0.13 * unit))


# --- measuring ----------------------------------------------------------------------------------------------------


def measured(
    build: Callable[[], Face], mouth: Callable[[Face], tuple[slice, slice]], speech: SpeechAudio, kind: str
) -> Result:
    face = build()
    where = mouth(face)
    inside = inside_colours(face, where)
    speak(face, speech, kind)
    frames = int(speech.audio.duration_ms // FRAME_MS) + 3
    opening = np.array([inside[colours(face.frame(i * FRAME_MS), where)].sum() for i in range(frames)], np.float64)
    opening /= opening.max()
    correlation, lag_ms = fit(opening, envelope(speech.audio))
    bilabials = [mark for mark in speech.marks if mark.kind == "phone" and mark.text in BILABIALS]
    shut = 0
    for mark in bilabials:
        first, last = int(mark.start_ms // FRAME_MS) - 1, int(mark.end_ms // FRAME_MS) + 1
        shut += bool(opening[max(0, first) : last + 1].min() < SHUT_SHARE)
    return Result(correlation, lag_ms, shut, len(bilabials))


def speak(face: Face, speech: SpeechAudio, kind: str) -> None:
    if kind != "passthrough":
        marks = [mark for mark in speech.marks if kind == "voice" or mark.kind == "word"]
        return face.speak(0.0, speech.audio, marks)
    pcm, rate_hz = speech.audio.pcm, speech.audio.rate_hz
    size = 2 * rate_hz * PASSTHROUGH_MS // 1000
    for first in range(0, len(pcm), size):
        face.speak(first / 2 / rate_hz * 1000, AudioChunk(pcm[first : first + size], rate_hz), ())
    return None


def inside_colours(face: Face, where: tuple[slice, slice]) -> NDArray[np.bool_]:
    """For every colour (BINS ** 3) whether it belongs to the inside of this mouth, and never to its lips."""

    def counted(shapes: Iterable[Shape]) -> NDArray[np.int64]:
        pictures = [colours(face.draw(REST, shape), where) for shape in shapes]
        return np.max([np.bincount(picture, minlength=BINS**3) for picture in pictures], axis=0)

    parted = [shape_of(name) for name in VISEMES if name not in ("sil", "PP")]
    return counted(parted) > 1 + 4 * counted(shut_mouths())


def shut_mouths() -> Iterator[Shape]:
    """Lips that meet: pressed and at ease, spread and rounded, with the chin up and on its way."""
    for press, wide, round_, jaw in itertools.product((0.0, 1.0), (-0.3, 0.3), (0.0, 0.5), (0.05, 0.3)):
        shape = shape_of("sil")
        shape[[PRESS, WIDE, ROUND, JAW]] = press, wide, round_, jaw
        yield shape


def colours(picture: NDArray[np.uint8], where: tuple[slice, slice]) -> NDArray[np.int64]:
    rows, columns = where
    part = cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_I420)[rows, columns].reshape(-1, 3).astype(np.int64)
    return (part * BINS // 256) @ np.array([1, BINS, BINS**2])


def envelope(audio: AudioChunk) -> Numbers:
    """0 to 1, one value every `STEP_MS`."""
    samples = np.frombuffer(audio.pcm, np.int16).astype(np.float64) / 32768
    spectrum, hz = np.fft.rfft(samples), np.fft.rfftfreq(len(samples), 1 / audio.rate_hz)
    spectrum[(hz < BAND_HZ[0]) | (hz > BAND_HZ[1])] = 0
    samples = np.fft.irfft(spectrum, len(samples))
    step = audio.rate_hz * STEP_MS // 1000
    power = np.square(samples[: len(samples) // step * step]).reshape(-1, step).mean(1)
    power = np.convolve(power, np.ones(20 // STEP_MS) / (20 // STEP_MS), "same")
    level_db = 10 * np.log10(power + 1e-9)
    return smoothed(np.clip((level_db - (level_db.max() - 40)) / 40, 0, 1), STEP_MS)


def smoothed(values: Numbers, step_ms: int) -> Numbers:
    reach = np.arange(-(4 * BELL_MS // step_ms), 4 * BELL_MS // step_ms + 1) * step_ms
    bell = np.exp(-0.5 * np.square(reach / BELL_MS))
    return np.convolve(values, bell / bell.sum(), "same")


def fit(opening: Numbers, loud: Numbers) -> tuple[float, int]:
    """The highest correlation, and how many milliseconds later the picture is there."""
    heard_ms = np.arange(len(loud)) * STEP_MS + STEP_MS / 2
    seen_ms = (np.arange(len(opening)) + 0.5) * FRAME_MS
    seen = smoothed(opening, FRAME_MS)
    best = (-1.0, 0)
    for lag_ms in range(-LAG_MAX_MS, LAG_MAX_MS + 1, STEP_MS):
        there = np.interp(seen_ms - lag_ms, heard_ms, loud, left=0, right=0)
        best = max(best, (float(np.corrcoef(seen, there)[0, 1]), lag_ms))
    return best


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
