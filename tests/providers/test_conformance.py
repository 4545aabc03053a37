"""One suite for every provider the catalog lists, built-in or not. A provider that is not installed here is skipped."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from tests.providers import fake_anthropic, fake_gemini
from tests.providers.fake_openai import FakeOpenAI, text_plan
from tests.providers.tiny_voices import make_kokoro, make_piper
from visavis.core.errors import VisavisError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk, Mark, SpeechAudio
from visavis.core.spec import EarsSpec, MindSpec, VoiceSpec
from visavis.providers import catalog
from visavis.providers.base import (
    ChatMessage,
    EndOfTurn,
    LanguageModel,
    TextDelta,
    TokensUsed,
    VoiceActivity,
)
from visavis.providers.catalog import Kind

ARPABET = """aa ae ah ao aw ax axr ay b ch d dh dx eh el em en er ey f g hh ih iy jh k l m n ng ow oy p pau r s sh t th
uh uw v w y z zh"""
SENTENCE = "Dr. Smith paid $29 — “really” 29 dollars — on May 3rd, 1999; isn't that nice? 🙂"
UNSPEAKABLE = ["", "   ", "...", "🙂", "— — !?"]
SOON_S = 10.0
WINDOW_BYTES = 640  # 20 ms, what a microphone sends at a time


def installed(kind: Kind) -> list[Any]:
    """Names of a kind, those that cannot work here marked to be skipped; servers of others have suites of their own."""
    here = [name for name in catalog.names(kind) if not catalog.traits(kind, name).needs_key]
    hints = {name: catalog.missing(kind, name) for name in here}
    return [pytest.param(name, marks=pytest.mark.skip(reason=hint) if hint else ()) for name, hint in hints.items()]


def _tiny_piper(folder: Path) -> tuple[str, dict[str, Any]]:
    return "tiny", {"folder": make_piper(folder)}


def _tiny_kokoro(folder: Path) -> tuple[str, dict[str, Any]]:
    return "af_tiny", dict(make_kokoro(folder))


def _tiny_whisper(folder: Path) -> dict[str, Any]:
    from tests.providers.tiny_whisper import make_whisper

    return {"model": make_whisper(folder), "device": "cpu"}


# who needs a model: one that is made here, which beeps, and the voice to ask it for
TINY = {"piper": _tiny_piper, "kokoro": _tiny_kokoro}
# what a recogniser was never taught to understand, though people do
NOT_FOR_MACHINES = {"tone", "espeak", *TINY}


# --- voices -----------------------------------------------------------------------------------------------------

Say = Callable[[str, VoiceSpec], SpeechAudio]


def joined(pieces: Sequence[SpeechAudio]) -> SpeechAudio:
    """A clause that came in pieces, as one; marks of a piece count from the beginning of the clause."""
    rate_hz = pieces[0].audio.rate_hz if pieces else SPEECH_RATE_HZ
    pcm = b"".join(piece.audio.pcm for piece in pieces)
    return SpeechAudio(AudioChunk(pcm, rate_hz), [mark for piece in pieces for mark in piece.marks])


async def spoken_by(provider: Any, text: str, spec: VoiceSpec) -> SpeechAudio:
    voice = provider(spec)
    pieces = [piece async for piece in voice.speak(text)]
    await voice.close()
    return joined(pieces)


@pytest.fixture(scope="module", params=installed("tts"))
def voice_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def say(voice_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Say:
    provider = catalog.load("tts", voice_name)
    if voice_name in TINY:
        voice, options = TINY[voice_name](tmp_path_factory.mktemp(voice_name))
        local = provider(provider.Settings(**options))
        return lambda text, spec: local.synthesize(text, replace(spec, voice=voice))
    if not provider.traits.runs_in_worker:
        return lambda text, spec: asyncio.run(spoken_by(provider, text, spec))
    return (request.getfixturevalue("flite") if voice_name == "flite" else provider()).synthesize


@pytest.fixture(scope="module")
def sentence(say: Say, voice_name: str) -> SpeechAudio:
    return say(SENTENCE, VoiceSpec(voice_name, ""))


def words_of(speech: SpeechAudio) -> list[Mark]:
    return [mark for mark in speech.marks if mark.kind == "word"]


def samples_of(audio: AudioChunk) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(audio.pcm, "<i2").astype(np.float64)


def test_a_voice_is_audible_and_of_the_rate_it_states(sentence: SpeechAudio, voice_name: str) -> None:
    assert sentence.audio.rate_hz == catalog.traits("tts", voice_name).rate_hz
    assert np.sqrt(np.mean(samples_of(sentence.audio) ** 2)) > 1_000


def test_the_first_sound_comes_at_once(sentence: SpeechAudio) -> None:
    first = int(np.flatnonzero(np.abs(samples_of(sentence.audio)) > 300)[0])
    assert first * 1000 / sentence.audio.rate_hz < 60


def test_word_marks_are_in_order_and_within_the_sound(sentence: SpeechAudio, voice_name: str) -> None:
    if not catalog.traits("tts", voice_name).gives_word_times:
        pytest.skip("this voice gives no word times")
    words = words_of(sentence)
    assert len(words) >= len(re.findall(r"\w[\w.'’]*", SENTENCE)) - 1
    assert all(0 <= word.start_ms < word.end_ms <= sentence.audio.duration_ms for word in words)
    assert all(one.end_ms <= next_.start_ms + 1e-6 for one, next_ in zip(words, words[1:], strict=False))


def test_word_marks_say_where_they_stand_in_the_text(sentence: SpeechAudio, voice_name: str) -> None:
    if not catalog.traits("tts", voice_name).gives_word_times:
        pytest.skip("this voice gives no word times")
    words = words_of(sentence)
    assert all(0 <= word.start_char < word.end_char <= len(SENTENCE) for word in words)
    places = [(word.start_char, word.end_char) for word in words]
    assert places == sorted(places)
    covered = {at for start, end in places for at in range(start, end)}
    assert [char for at, char in enumerate(SENTENCE) if at not in covered and not char.isspace()] == []


def test_phone_marks_are_known_and_leave_no_gap(sentence: SpeechAudio, voice_name: str) -> None:
    if not catalog.traits("tts", voice_name).gives_phone_times:
        pytest.skip("this voice gives no phone times")
    phones = [mark for mark in sentence.marks if mark.kind == "phone"]
    assert {phone.text for phone in phones} <= set(ARPABET.split())
    borders = [0.0, *(phone.end_ms for phone in phones)]
    assert [phone.start_ms for phone in phones] == borders[:-1]
    assert borders[-1] == pytest.approx(sentence.audio.duration_ms)


@pytest.mark.parametrize("text", UNSPEAKABLE)
def test_nothing_to_say_is_not_an_error(say: Say, voice_name: str, text: str) -> None:
    speech = say(text, VoiceSpec(voice_name, ""))
    assert all(mark.end_ms <= speech.audio.duration_ms for mark in speech.marks)


@pytest.mark.parametrize("speed", [0.7, 1.2, 1.5])
def test_speed_scales_the_duration(say: Say, voice_name: str, sentence: SpeechAudio, speed: float) -> None:
    quick = say(SENTENCE, VoiceSpec(voice_name, "", speed=speed))
    assert quick.audio.duration_ms == pytest.approx(sentence.audio.duration_ms / speed, rel=0.05)
    assert len(quick.marks) == len(sentence.marks)


def test_volume_is_heard_and_never_wraps_around(say: Say, voice_name: str) -> None:
    sounds = {
        volume: samples_of(say("Hello there.", VoiceSpec(voice_name, "", volume=volume)).audio)
        for volume in (0.5, 1.0, 4.0)
    }
    power = {volume: np.sqrt(np.mean(sound**2)) for volume, sound in sounds.items()}
    assert power[0.5] == pytest.approx(power[1.0] / 2, rel=0.1)
    assert power[4.0] > 1.3 * power[1.0]
    assert np.abs(np.diff(sounds[4.0])).max() < 58_000  # a sample that wraps jumps from one end to the other
    again = samples_of(say("Hello there.", VoiceSpec(voice_name, "")).audio)
    if np.array_equal(again, sounds[1.0]):  # some voices never say the same twice
        size = min(map(len, sounds.values()))
        assert np.corrcoef(sounds[0.5][:size], sounds[4.0][:size])[0, 1] > 0.75  # and changes its sign


def test_speech_is_understood(say: Say, voice_name: str, understand: Callable[[AudioChunk], str]) -> None:
    if voice_name in NOT_FOR_MACHINES:
        pytest.skip("people understand it, or nobody shall")
    audio = say("What can you tell me about it?", VoiceSpec(voice_name, "rms")).audio
    samples = soxr.resample(np.frombuffer(audio.pcm, "<i2"), audio.rate_hz, SPEECH_RATE_HZ)
    heard = understand(AudioChunk(samples.astype("<i2").tobytes(), SPEECH_RATE_HZ))
    assert _alike("what can you tell me about it", heard) > 0.8, f"all but one word, by ears of demo quality: {heard}"


def _alike(said: str, heard: str) -> float:
    """The share of words that are the same, in the same order."""
    return SequenceMatcher(None, said.split(), heard.split()).ratio()


# --- ears -------------------------------------------------------------------------------------------------------


# the others have a suite of their own, with servers here that speak their protocols
@pytest.fixture(scope="module", params=[name for name in installed("stt") if name.values != ("openai_compatible",)])
def ears(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    provider = catalog.load("stt", request.param)
    if request.param == "whisper":
        return provider(provider.Settings(**_tiny_whisper(tmp_path_factory.mktemp("whisper"))))
    return provider()


async def heard_by(ears: Any, sound: AudioChunk, language: str = "en") -> str:
    """Through whichever seam the recogniser has, fed as a microphone would feed it."""
    chunks = [sound.pcm[at : at + WINDOW_BYTES] for at in range(0, len(sound.pcm), WINDOW_BYTES)]
    if ears.traits.runs_in_worker:
        utterance = ears.open(EarsSpec("", language))
        for pcm in chunks:
            utterance.feed(pcm)
        return utterance.finish()
    transcription = await ears.open(EarsSpec("", language))
    for pcm in chunks:
        await transcription.feed(AudioChunk(pcm, sound.rate_hz))
    return await transcription.finish()


async def test_ears_hear_nothing_in_silence(ears: Any) -> None:
    assert await heard_by(ears, AudioChunk(bytes(SPEECH_RATE_HZ), SPEECH_RATE_HZ)) == ""


async def test_ears_refuse_a_language_they_do_not_know(ears: Any) -> None:
    if ears.traits.languages == ("*",):
        pytest.skip("these ears claim to know any language")
    with pytest.raises(VisavisError, match="xx"):
        await heard_by(ears, AudioChunk(b"", SPEECH_RATE_HZ), language="xx")


# --- minds ------------------------------------------------------------------------------------------------------

CONVERSATION = [
    ChatMessage("system", "You are a helpful assistant."),
    ChatMessage("user", "Hello there, how are you?"),
]
NATIVE = {"anthropic": fake_anthropic.text_plan, "gemini": fake_gemini.text_plan}  # those with a protocol of their own


@pytest.fixture(params=installed("llm"))
async def mind(request: pytest.FixtureRequest, openai_server: FakeOpenAI) -> AsyncIterator[LanguageModel]:
    answer = NATIVE.get(request.param, text_plan)
    openai_server.answer_with(answer("I ", "am ", "well."))
    provider = catalog.load("llm", request.param)
    lines = {"turns": ["I am well.", "So am I."]} if request.param == "script" else {}
    spec = MindSpec(request.param, "test", (openai_server.url,), secret="sk")
    model = provider(spec, provider.Settings(**lines))
    yield model
    await model.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def reply_of(mind: LanguageModel, messages: Sequence[ChatMessage]) -> str:
    async with asyncio.timeout(SOON_S):
        deltas = [delta async for delta in mind.reply(messages)]
    assert all(isinstance(delta, TokensUsed) or (isinstance(delta, TextDelta) and delta.text) for delta in deltas)
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_a_mind_answers(mind: LanguageModel) -> None:
    assert await reply_of(mind, CONVERSATION)


async def test_a_mind_opens_a_conversation(mind: LanguageModel) -> None:
    assert await reply_of(mind, CONVERSATION[:1])


# --- voice activity ---------------------------------------------------------------------------------------------


@pytest.fixture(params=installed("vad"))
async def activity(request: pytest.FixtureRequest) -> AsyncIterator[VoiceActivity]:
    detector = catalog.load("vad", request.param)()
    yield detector
    await detector.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def share_of_speech(activity: VoiceActivity, pcm: bytes) -> float:
    detector = activity.open()
    probabilities: list[float] = []
    for at in range(0, len(pcm), WINDOW_BYTES):
        probabilities += await detector.push(AudioChunk(pcm[at : at + WINDOW_BYTES], SPEECH_RATE_HZ))
    detector.close()
    assert len(probabilities) == int(len(pcm) / 2 / SPEECH_RATE_HZ * 1000 / activity.window_ms)
    assert all(0.0 <= probability <= 1.0 for probability in probabilities)
    return sum(probability > 0.5 for probability in probabilities) / len(probabilities)


@pytest.mark.parametrize("name", installed("end_of_turn"))
async def test_a_finished_sentence_is_told_from_one_that_breaks_off(name: str, flite: Any) -> None:
    judge: EndOfTurn = catalog.load("end_of_turn", name)()

    async def judged(text: str, times: int = 1) -> float:
        sound = flite.synthesize(text, VoiceSpec("flite", "rms")).audio
        quiet = bytes(SPEECH_RATE_HZ // 5 * 2)
        return await judge.judge(AudioChunk(times * sound.pcm + quiet, SPEECH_RATE_HZ))

    assert 0.0 <= await judged("So what I wanted to ask is") < 0.3
    assert 0.7 < await judged("Can you tell me a story?") <= 1.0
    assert await judged("Can you tell me a story?", times=8) > 0.7, "it listens to the end of what is long"
    with pytest.raises(ValueError, match="48000"):
        await judge.judge(AudioChunk(b"", 48_000))
    await judge.close()


@pytest.mark.parametrize("name", installed("end_of_turn"))
async def test_words_that_want_another_one_are_told_from_those_that_do_not(name: str) -> None:
    judge: EndOfTurn = catalog.load("end_of_turn", name)()

    def over(text: str, language: str = "en-US") -> float:
        found = judge.sentence_over(text.split(), language)
        assert found is not None
        return found

    for whole in ("where are you from", "i live in berlin", "yes", "tell me a story", "thank you"):
        for part in ("i would like to", "because", "it belongs to my", "and then", "what i need"):
            assert 0.0 < over(part) < over(whole) < 1.0, (part, whole)
    assert judge.sentence_over(["ich", "wohne", "in"], "de") is None
    assert judge.sentence_over([], "en") is None
    await judge.close()


def noise(power: float) -> bytes:
    """Two seconds; white for a power of 0, more like a rumble the higher it is."""
    rng = np.random.default_rng(7)
    spectrum = np.fft.rfft(rng.normal(size=2 * SPEECH_RATE_HZ))
    shaped = np.fft.irfft(spectrum / np.maximum(1.0, np.arange(len(spectrum))) ** power)
    return (shaped / shaped.std() * 800).astype("<i2").tobytes()


def clicks() -> bytes:
    sound = np.zeros(2 * SPEECH_RATE_HZ, "<i2")
    sound[::4000], sound[1::4000] = 30_000, -30_000
    return sound.tobytes()


async def test_speech_is_noticed(activity: VoiceActivity, spoken: AudioChunk) -> None:
    assert await share_of_speech(activity, bytes(SPEECH_RATE_HZ) + spoken.pcm) > 0.5


async def test_speech_is_noticed_in_noise(activity: VoiceActivity, spoken: AudioChunk) -> None:
    rng = np.random.default_rng(7)
    noisy = samples_of(spoken) + rng.normal(0, 400, spoken.samples)
    pcm = noise(0.0)[: SPEECH_RATE_HZ // 2 * 2] + np.clip(noisy, -32_768, 32_767).astype("<i2").tobytes()
    assert await share_of_speech(activity, pcm) > 0.4


@pytest.mark.parametrize("sound", [bytes(2 * SPEECH_RATE_HZ), noise(0.0), noise(0.5), noise(1.0), clicks()])
async def test_nothing_else_is_taken_for_speech(activity: VoiceActivity, sound: bytes) -> None:
    assert await share_of_speech(activity, sound) == 0.0


async def test_another_rate_is_refused(activity: VoiceActivity) -> None:
    with pytest.raises(ValueError, match="48000"):
        await activity.open().push(AudioChunk(bytes(1920), 48_000))
