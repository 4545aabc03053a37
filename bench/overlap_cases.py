"""What may happen at a microphone while the persona talks: a set made from a seed, half of it for tuning.

The halves have other words, other voices and other recordings. Cases whose kind begins with "human" are recordings of
people, everything else is synthetic.
"""

from dataclasses import dataclass

import numpy as np

from bench import sounds
from bench.sounds import HUMAN, NOISES, Rng, Sound
from bench.stage import Loudspeaker

SEED = 20261128
PER_KIND, PER_KIND_SHORT = 14, 2
HALVES = {
    "tuned": (("slt", "rms-deep", "awb", "slt-bright", "kal16"), 0),
    "reported": (("slt-warm", "rms", "awb-deep", "rms-light"), 1),
}
INTERRUPTIONS = (
    ("wait, stop", "hold on a second", "no, that's not what I meant", "can I ask something", "stop it please",
     "sorry, who is that", "what about tomorrow", "actually I need something else", "let me say something", "stop"),
    ("please stop", "wait a moment", "excuse me, I have a question", "how much does it cost", "no no, listen",
     "that is wrong", "can you repeat that", "but what if it rains", "I want to change the subject", "wait"),
)  # fmt: skip
BACKCHANNELS = (
    ("uh-huh", "yeah", "okay", "I see", "right", "mm-hm", "oh wow", "sure"),
    ("uh-huh", "yes", "okay", "got it", "alright", "mm-hm", "oh", "really"),
)
BEFORE_MS = (800.0, 1_800.0)


@dataclass(frozen=True, slots=True)
class Case:
    """`sound` happens near the microphone, after `before_ms` of the persona's talk, in a room `noise_db` loud."""

    kind: str
    label: str
    sound: Sound
    before_ms: float
    noise_db: float
    must_stop: bool = False
    loudspeaker: Loudspeaker | None = None


def cases(half: str, per_kind: int) -> list[Case]:
    """The set, from the seed alone."""
    voices, side = HALVES[half]
    rng = np.random.default_rng((SEED, side))
    found: list[Case] = []
    for index in range(per_kind):
        words = INTERRUPTIONS[side][index % len(INTERRUPTIONS[side])]
        found.append(_spoken("interruption", words, rng, voices))
        found.append(_spoken("interruption in noise", words, rng, voices, noise_db=(-44, -38)))
        found.append(_spoken("interruption over a weak echo", words, rng, voices, echo_db=-38))
        found.append(_spoken("interruption over a loud echo", words, rng, voices, echo_db=-14))
        listening = BACKCHANNELS[side][index % len(BACKCHANNELS[side])]
        found.append(_spoken("backchannel", listening, rng, voices, must_stop=False))
        found.append(_echo("own echo, loud", rng, (-16, -4)))
        found.append(_echo("own echo, weak", rng, (-40, -22)))
        found += [_noise(name, rng) for name in NOISES if index < per_kind // 2 or "cough" in name]
    return found + _human(rng, side, per_kind)


def _case(kind: str, label: str, rng: Rng, sound: Sound, **more: object) -> Case:
    before_ms = round(float(rng.uniform(*BEFORE_MS)) / 20) * 20.0
    noise_db = float(rng.uniform(*more.pop("noise_db", (-62, -48))))  # type: ignore[misc]
    return Case(kind, label, sound, before_ms, noise_db, **more)  # type: ignore[arg-type]


def _spoken(
    kind: str,
    words: str,
    rng: Rng,
    voices: tuple[str, ...],
    must_stop: bool = True,
    echo_db: float | None = None,
    noise_db: tuple[float, float] = (-62, -48),
) -> Case:
    voice = sounds.a_voice(rng, voices)
    sound = sounds.mm_hm(rng, voice) if words == "mm-hm" else sounds.say(words, voice)[0]
    near = sounds.at_level(sounds.in_room(rng, sound), rng.uniform(-32, -22))
    speaker = None if echo_db is None else loudspeaker(rng, echo_db)
    return _case(
        kind, f"{words} ({voice.voice})", rng, near, must_stop=must_stop, loudspeaker=speaker, noise_db=noise_db
    )


def _echo(kind: str, rng: Rng, level_db: tuple[float, float]) -> Case:
    """A loudspeaker without an echo canceller, or what one leaves."""
    return _case(kind, "echo", rng, sounds.silence(2_500), loudspeaker=loudspeaker(rng, float(rng.uniform(*level_db))))


def _noise(name: str, rng: Rng) -> Case:
    return _case(name, name, rng, sounds.at_level(sounds.in_room(rng, NOISES[name](rng)), rng.uniform(-32, -22)))


def _human(rng: Rng, side: int, per_kind: int) -> list[Case]:
    """Whole recorded phrases as interruptions; as for words of listeners, the packages have next to none."""
    people = [one for folder in HUMAN if folder.is_dir() for one in sounds.recordings(folder, (1.0, 6.0))][side::2]
    chosen = [people[index] for index in rng.permutation(len(people))[:per_kind]]
    return [
        _case("human interruption", name, rng, sounds.at_level(sound, rng.uniform(-32, -22)), must_stop=True)
        for name, sound in chosen
    ]


def loudspeaker(rng: Rng, level_db: float) -> Loudspeaker:
    response = sounds.room_response(rng, direct=float(rng.uniform(0.5, 1.0)))
    response = response / np.float32(np.sqrt(np.sum(response**2))) * np.float32(10 ** (level_db / 20))
    return Loudspeaker(response.astype(np.float32), float(rng.uniform(60, 450)))
