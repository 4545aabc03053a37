"""Train the network that reads lips from sound, on speech of the packaged voices: `python -m scripts.train_lips [OUT]`.

The voices say `SENTENCES`, their own phone times say what the lips do, and the sound is made louder, quieter, faster,
noisier and duller. One voice is kept out of training and judged by in the end. With the same libraries the weights
come out the same to three digits; OUT is `visavis/renderers/lips_from_sound.npz` unless said.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from visavis.core.frames import SPEECH_RATE_HZ, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.flite_speech import VOICES
from visavis.providers.tts.flite import Flite
from visavis.renderers.arrays import Floats
from visavis.renderers.lips_from_sound import FEATURES, REVISED, STEP_MS, WEIGHTS, LipsFromSound, Network
from visavis.renderers.speech_pieces import MET
from visavis.renderers.visemes import OPEN, PRESS, ROUND, SHAPE_SIZE, TUCK, WIDE, Shape, targets_of_phone

SENTENCES = (
    "Good morning, everybody, and welcome to our small museum by the harbour.",
    "Please bring a map, a warm jumper and some bread before we go up the mountain.",
    "Five of the seven visitors have already paid for their evening meal.",
    "Could you tell me where the nearest chemist is, and whether it is open?",
    "The judge should have shown much more patience with the young lawyer.",
    "We thought that both of them would rather stay at home this Thursday.",
    "A yellow umbrella was lying under the window of the empty bakery.",
    "How do you do? I am very happy to meet you and your brother at last.",
    "Maybe Peter bought a bigger bubble pipe for Bob and Pam in the park.",
    "My mother makes plum jam from the plums of the old tree behind the barn.",
    "She sells six silk scarves a day, and she stitches all of them herself.",
    "Which road goes over the bridge, and how long does the journey take?",
    "Nobody knew that the yellow lion had been asleep for an hour and a half.",
    "Put the blue cup and the white plate on top of the table, would you?",
    "Oh no, the boat is slowly floating away from the coast without us!",
    "I would like to order a portion of fresh fish with vegetables and rice.",
    "The weather will be fine on Monday, but rain may follow in the afternoon.",
    "Every year the village chooses a new choir, and they rehearse until June.",
    "Her voice is rather low, and he laughs whenever she reads those verses.",
    "Zebras and giraffes were grazing near the river as the sun went down.",
    "You owe me eight euros and fifty cents for the tea and the chocolate cake.",
    "What a beautiful painting! Who made it, and when was it put up here?",
    "It is important to remember the number: four, nine, two, zero, eight.",
    "Look, the moon is full, and the whole wood is as bright as a ballroom.",
    "Just give the package to the porter, and I shall fetch it before supper.",
    "Our engineers measured the temperature of the pump again and again.",
    "They were humming an old tune while the bus climbed over the pass.",
    "Ask for the key at the office, then turn left and walk down the hall.",
    "The baby fell asleep in the middle of a very long and boring speech.",
    "If everything works, you will hear a beep, and the lamp becomes green.",
)
HELD_OUT = "awb"
HIDDEN = 128
EPOCHS = 14
BATCH = 512
RATE = 2e-3
SEED = 7
# how much a mistake in each part of a shape matters
MATTERS = np.ones(SHAPE_SIZE, np.float32)
MATTERS[[OPEN, PRESS, TUCK, ROUND, WIDE]] = 3.0, 4.0, 1.5, 1.5, 1.5


@dataclass(frozen=True, slots=True)
class Lesson:
    features: Floats  # (n, FEATURES)
    shapes: Floats  # (n, SHAPE_SIZE)


def main(arguments: Sequence[str]) -> int:
    out = Path(arguments[0]) if arguments else WEIGHTS
    random = np.random.default_rng(SEED)
    voice = Flite()
    speakers = [name for name in VOICES if not name.startswith(HELD_OUT)]
    lessons = joined(lessons_of(voice, speakers, random, rounds=3))
    examination = joined(lessons_of(voice, [HELD_OUT], random, rounds=1))
    print(
        f"{len(lessons.features)} steps of {STEP_MS:.0f} ms to learn from, {len(examination.features)} to be judged by"
    )
    weights = trained(lessons, examination, random)
    np.savez(out, **{name: weight.astype(np.float16) for name, weight in weights.items()})
    report(Network(weights), examination)
    print(f"{out}: {out.stat().st_size} bytes")
    return 0


# --- what to learn from -------------------------------------------------------------------------------------------


def lessons_of(voice: Flite, speakers: Sequence[str], random: np.random.Generator, rounds: int) -> Iterator[Lesson]:
    for speaker in speakers:
        for text in SENTENCES:
            for _ in range(rounds):
                speed, pitch, tract = (
                    float(random.uniform(*limits)) for limits in ((0.8, 1.3), (0.85, 1.2), (0.9, 1.1))
                )
                manner = VoiceSpec("flite", speaker, speed=speed, options={"pitch": pitch, "tract": tract})
                yield lesson(voice.synthesize(text, manner), random)


def lesson(spoken: SpeechAudio, random: np.random.Generator) -> Lesson:
    assert spoken.audio.rate_hz == SPEECH_RATE_HZ
    samples = changed(np.frombuffer(spoken.audio.pcm, np.int16).astype(np.float32) / 32768, random)
    steps = int(spoken.audio.duration_ms // STEP_MS)
    features = LipsFromSound().features(samples, steps)[REVISED:]
    return Lesson(features, lips_of(spoken, steps))


def changed(samples: Floats, random: np.random.Generator) -> Floats:
    """Another room, another microphone: level, tilt of the spectrum, a telephone now and then, noise."""
    tilt = float(random.uniform(-0.4, 0.4))
    samples = samples + tilt * np.concatenate([[0], samples[:-1]])
    if random.random() < 0.15:
        samples = soxr.resample(soxr.resample(samples, SPEECH_RATE_HZ, 8000), 8000, SPEECH_RATE_HZ)
    samples = samples * 10 ** (random.uniform(-14, 3) / 20)
    power = float(np.square(samples).mean())
    noise = random.standard_normal(len(samples)) * np.sqrt(power * 10 ** (-random.uniform(15, 55) / 10))
    return (samples + noise).astype(np.float32)


def lips_of(spoken: SpeechAudio, steps: int) -> Floats:
    """What the lips aim at in the middle of each step."""
    shapes: list[Shape] = [targets_of_phone("pau")[0].shape] * steps
    for mark in spoken.marks:
        if mark.kind != "phone":
            continue
        parts = targets_of_phone(mark.text)
        for step in range(max(0, round(mark.start_ms / STEP_MS)), min(steps, round(mark.end_ms / STEP_MS))):
            share = ((step + 0.5) * STEP_MS - mark.start_ms) / max(1.0, mark.end_ms - mark.start_ms)
            shapes[step] = parts[min(len(parts) - 1, max(0, int(share * len(parts))))].shape
    return np.stack(shapes).astype(np.float32)


def joined(lessons: Iterator[Lesson]) -> Lesson:
    all_of_them = list(lessons)
    return Lesson(
        np.concatenate([one.features for one in all_of_them]), np.concatenate([one.shapes for one in all_of_them])
    )


# --- learning -----------------------------------------------------------------------------------------------------


def trained(lessons: Lesson, examination: Lesson, random: np.random.Generator) -> dict[str, Floats]:
    """Adam, with a rate that falls to nothing."""
    weights: dict[str, Floats] = {
        "first": (random.standard_normal((FEATURES, HIDDEN)) / np.sqrt(FEATURES)).astype(np.float32),
        "shift": np.zeros(HIDDEN, np.float32),
        "second": (random.standard_normal((HIDDEN, SHAPE_SIZE)) / np.sqrt(HIDDEN)).astype(np.float32),
        "rest": lessons.shapes.mean(axis=0),
    }
    first = {name: np.zeros_like(weight) for name, weight in weights.items()}
    second = {name: np.zeros_like(weight) for name, weight in weights.items()}
    batches, order = len(lessons.features) // BATCH, np.zeros(0, np.int64)
    for step in range(EPOCHS * batches):
        if step % batches == 0:
            order = random.permutation(len(lessons.features))
        chosen = order[step % batches * BATCH :][:BATCH]
        slopes = slopes_of(weights, lessons.features[chosen], lessons.shapes[chosen])
        rate = RATE * (1 - step / (EPOCHS * batches))
        for name, slope in slopes.items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (np.square(slope) - second[name])
            bent = first[name] / (1 - 0.9 ** (step + 1))
            weights[name] -= rate * bent / (np.sqrt(second[name] / (1 - 0.999 ** (step + 1))) + 1e-8)
        if (step + 1) % (2 * batches) == 0:
            print(f"epoch {(step + 1) // batches}: {error_of(weights, examination):.4f} for the voice kept out")
    return weights


def slopes_of(weights: dict[str, Floats], features: Floats, shapes: Floats) -> dict[str, Floats]:
    hidden = np.tanh(features @ weights["first"] + weights["shift"])
    wrong = (hidden @ weights["second"] + weights["rest"] - shapes) * MATTERS / len(features)
    back = (wrong @ weights["second"].T) * (1 - np.square(hidden))
    return {
        "first": features.T @ back + 1e-5 * weights["first"],
        "shift": back.sum(axis=0),
        "second": hidden.T @ wrong,
        "rest": wrong.sum(axis=0),
    }


def error_of(weights: dict[str, Floats], lessons: Lesson) -> float:
    return float((np.square(Network(weights)(lessons.features) - lessons.shapes) * MATTERS).mean())


def report(network: Network, examination: Lesson) -> None:
    guessed = network(examination.features)
    for name, index in (("open", OPEN), ("round", ROUND), ("wide", WIDE), ("press", PRESS), ("tuck", TUCK)):
        r = float(np.corrcoef(guessed[:, index], examination.shapes[:, index])[0, 1])
        print(f"{name:6} correlates {r:.2f} with what the voice kept out really did")
    shut, seen = examination.shapes[:, PRESS] > 0.5, guessed[:, PRESS] > MET
    near = np.convolve(seen, np.ones(3), "same") > 0
    print(f"of the steps with shut lips {near[shut].mean():.0%} are within a step of one that is shown shut,")
    print(f"of the steps that are shown shut {shut[seen].mean():.0%} really are")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
