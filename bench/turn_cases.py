"""Turns of people who think while they speak: a set made from a seed, half of it for tuning.

A sentence is spoken whole by a synthetic voice and then taken apart where people stop to think, so nothing in its
melody says that it is over. Some pauses begin with an "um". The halves have other sentences and other voices.
"""

from dataclasses import dataclass

import numpy as np

from bench import sounds
from bench.sounds import Rng, Sound

SEED = 20261127
TURNS, TURNS_SHORT = 160, 8  # of each half
VOICES = {"tuned": (("slt", "rms-deep", "awb", "slt-bright"), 0), "reported": (("slt-warm", "rms", "awb-deep"), 1)}
# a bar is where somebody may stop to think, a brace a choice
SENTENCES = (
    (
        "I would like to | book a table | for {two|four|six} people | on {Monday|Friday} evening",
        "Could you tell me | how much | the {red|blue|small} one | costs",
        "My number is | five five one | two three nine | {seven|eight|four}",
        "We were thinking of | going to the {sea|mountains|city} | because | the children have a holiday",
        "What is | the best way | to get to the {station|airport|museum}",
        "I have a question | about | the {bill|order|letter} that I got | last week",
        "So | yesterday I bought a {lamp|chair|phone} | and now | it does not work",
        "Yes | that would be {great|fine|lovely}",
        "Please change | my appointment | to {Tuesday|Thursday} | at {nine|ten} in the morning",
        "I think | we should | wait until {tomorrow|Sunday}",
    ),
    (
        "I am looking for | a present | for my {mother|brother|neighbour} | who likes {books|flowers}",
        "Is it possible to | send it back | if the {colour|size} | is wrong",
        "The code is | four one | nine nine | {two|six|zero}",
        "Last {summer|winter} | we stayed at | a small hotel | near the {lake|harbour}",
        "How long | does it take | to learn the {piano|guitar|violin}",
        "Let me see | I need | {three|five} tickets | for the {evening|morning} train",
        "Well | if it rains | then we will | stay at home and {read|cook}",
        "No | I meant the {second|other} one",
        "Can you remind me | to call the {doctor|garage} | before | the weekend",
        "It depends on | how {far|late} | it is",
    ),
)
PAUSE_MS = (250.0, 1_800.0)  # most are about half a second
PAUSED_SHARE = 0.45  # of the places where somebody may stop
UM_SHARE = 0.2
QUIET_AFTER_MS = 1_000.0  # enough for all that is judged of a pause


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech from its first to its last sample, and the pauses inside it as (start, end) in ms from the first."""

    text: str
    sound: Sound
    pauses: tuple[tuple[float, float], ...]
    noise_db: float

    @property
    def ends_ms(self) -> float:
        return sounds.duration_ms(self.sound)


def turns(half: str, count: int) -> list[Turn]:
    """The set, from the seed alone."""
    voices, side = VOICES[half]
    rng = np.random.default_rng((SEED, side))
    return [_turn(rng, SENTENCES[side][index % len(SENTENCES[side])], voices) for index in range(count)]


def _turn(rng: Rng, sentence: str, voices: tuple[str, ...]) -> Turn:
    pieces = _chosen(rng, sentence)
    voice = sounds.a_voice(rng, voices)
    spoken, marks = sounds.say(" ".join(pieces), voice)
    words = [mark for mark in marks if mark.kind == "word"]
    parts: list[Sound] = []
    pauses: list[tuple[float, float]] = []
    begin = word = 0
    for piece in pieces[:-1]:
        word += len(piece.split())
        if rng.random() >= PAUSED_SHARE:
            continue
        end = sounds.samples(words[word - 1].end_ms)
        parts.append(_faded(spoken[begin:end]))
        if rng.random() < UM_SHARE:
            parts += [sounds.silence(60), sounds.at_level(sounds.say("um", voice)[0], sounds.level_db(spoken))]
        from_ms = sum(map(sounds.duration_ms, parts))
        parts.append(sounds.silence(_pause_ms(rng)))
        pauses.append((from_ms, sum(map(sounds.duration_ms, parts))))
        begin = end
    sound = np.concatenate((*parts, spoken[begin:]))
    return Turn(
        " ".join(pieces), sounds.at_level(sound, rng.uniform(-30, -22)), tuple(pauses), float(rng.uniform(-65, -52))
    )


def _chosen(rng: Rng, sentence: str) -> list[str]:
    """The pieces of a sentence, each choice made."""
    text = ""
    for index, part in enumerate(sentence.replace("}", "{").split("{")):
        text += str(rng.choice(part.split("|"))) if index % 2 else part
    return [piece.strip() for piece in text.split("|")]


def _pause_ms(rng: Rng) -> float:
    return float(np.clip(500 * np.exp(0.55 * rng.normal()), *PAUSE_MS))


def _faded(sound: Sound) -> Sound:
    tail = min(sounds.samples(15), sound.size)
    faded = sound.copy()
    faded[sound.size - tail :] *= np.linspace(1, 0, tail, dtype=np.float32)
    return faded
