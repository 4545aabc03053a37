"""Turns of people who think while they speak: a set made from a seed, half of it for tuning.

A sentence is spoken whole by a synthetic voice and then taken apart where people stop to think, so that its melody does
not fall there as it does at the end. Most of these pauses sound as people's do: the syllable before them is drawn out,
or there is an "um" of half a second. The rest are bare, with nothing to be heard of what is to come. The halves have
other sentences and other voices.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from bench import sounds
from bench.sounds import Rng, Sound
from visavis.core.frames import Mark
from visavis.core.spec import VoiceSpec

SEED = 20261129
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
    (
        "I wanted to ask | if you deliver | on {Sundays|Saturdays}",
        "My daughter is | {six|nine} years old | and she loves | to {dance|swim|draw}",
        "Can we move | the meeting | to {three|four} o'clock",
        "The thing is | I lost my {ticket|key|passport} | somewhere | between the station and the hotel",
        "Do you have | this {shirt|jacket} | in a larger size",
        "We need | a room | for two nights | with a view of the {sea|garden}",
        "Yesterday evening | I tried to {pay|call} | but | nobody answered",
        "What would you say | is the best {restaurant|cafe} | around here",
        "It was | about {ten|twenty} years ago | when we | moved to the city",
        "Okay | let us try | the {first|last} one | again",
        "Is there | a bus | that goes to the {airport|beach} | after midnight",
        "I have been waiting | for {two|three} hours | and still | nothing has happened",
        "My phone number is | two two seven | four one | {eight|five|nine}",
        "She told me | that the {doctor|teacher} | is not here | today",
        "Maybe | we could meet | at the {market|library} | on Wednesday",
        "Tell me something | about the {history|weather|food} | of this place",
        "Actually | I would rather | have the {soup|fish}",
        "When does | the next {train|boat} | to the island | leave",
        "I am not sure | but I think | the {red|white} one | was cheaper",
        "Thank you | that was | very {kind|helpful}",
    ),
)
PAUSE_MS = (250.0, 1_800.0)  # most are about half a second
PAUSED_SHARE = 0.45  # of the places where somebody may stop
UM_SHARE, DRAWN_SHARE = 0.25, 0.45  # of the pauses
UM_MS = (350.0, 600.0)
DRAWN_TIMES = (1.5, 2.2)  # as long as without a pause behind it
QUIET_AFTER_MS = 1_000.0  # enough for all that is judged of a pause
VOWELS = frozenset(("aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"))

Manner = Literal["um", "drawn out", "bare"]
MANNERS: tuple[Manner, ...] = get_args(Manner)


@dataclass(frozen=True, slots=True)
class Pause:
    """From and to in ms from the first sample of the turn, and what is heard before it."""

    from_ms: float
    to_ms: float
    manner: Manner


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech from its first to its last sample, and the pauses inside it."""

    text: str
    sound: Sound
    pauses: tuple[Pause, ...]
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
    pauses: list[Pause] = []
    begin = word = 0
    for piece in pieces[:-1]:
        word += len(piece.split())
        if rng.random() >= PAUSED_SHARE:
            continue
        manner = _manner(rng)
        end = sounds.samples(words[word - 1].end_ms)
        if manner == "drawn out":
            parts.append(_drawn_out(rng, spoken, marks, words[word - 1], voice, " ".join(pieces), begin))
        else:
            parts.append(_faded(spoken[begin:end]))
        if manner == "um":
            parts += [sounds.silence(60), sounds.at_level(_um(rng, voice), sounds.level_db(spoken))]
        from_ms = sum(map(sounds.duration_ms, parts))
        parts.append(sounds.silence(_pause_ms(rng)))
        pauses.append(Pause(from_ms, sum(map(sounds.duration_ms, parts)), manner))
        begin = end
    sound = np.concatenate((*parts, spoken[begin:]))
    return Turn(
        " ".join(pieces), sounds.at_level(sound, rng.uniform(-30, -22)), tuple(pauses), float(rng.uniform(-65, -52))
    )


def _manner(rng: Rng) -> Manner:
    share = rng.random()
    return "um" if share < UM_SHARE else "drawn out" if share < UM_SHARE + DRAWN_SHARE else "bare"


def _um(rng: Rng, voice: VoiceSpec) -> Sound:
    """As long as people's, which the voice says too shortly."""
    usual_ms = sounds.duration_ms(sounds.say("um", voice)[0])
    return sounds.say("um", replace(voice, speed=voice.speed * usual_ms / rng.uniform(*UM_MS)))[0]


def _drawn_out(
    rng: Rng, spoken: Sound, marks: list[Mark], word: Mark, voice: VoiceSpec, text: str, begin: int
) -> Sound:
    """The speech up to the end of a word, whose last syllable is taken from the same sentence spoken more slowly."""
    slow, slow_marks = sounds.say(text, replace(voice, speed=voice.speed / rng.uniform(*DRAWN_TIMES)))
    phones, slow_phones = _phones(marks), _phones(slow_marks)
    inside = [index for index, phone in enumerate(phones) if word.start_ms - 1 <= phone.start_ms < word.end_ms - 1]
    nucleus = max((index for index in inside if phones[index].text in VOWELS), default=inside[-1])
    syllable = slow[sounds.samples(slow_phones[nucleus].start_ms) : sounds.samples(slow_phones[inside[-1]].end_ms)]
    before = spoken[begin : sounds.samples(phones[nucleus].start_ms)]
    return _faded(sounds.joined(before, syllable, overlap_ms=12)) if before.size else _faded(syllable)


def _phones(marks: list[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.kind == "phone"]


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
