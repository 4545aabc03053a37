"""Director's cues: out of the text and onto the face, at the word they stand before."""

from collections.abc import AsyncGenerator

import pytest

from visavis.core.events import CueApplied, DirectorCue, Interrupt, PersonaSaid, Talk, TalkChunk, Warned
from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.core.spec import FaceSpec, PersonaSpec
from visavis.engine.cues import WAITING_MAX, MarkedText, TextCue, without_cues
from visavis.testing.rehearsal import MS_PER_CHAR, Lines, PacedVoice, Rehearsal


@pytest.mark.parametrize(
    ("text", "said", "cues"),
    [
        ("[warm] Good to see you.", "Good to see you.", (TextCue(0, "warm"),)),
        ("Well [Happy] that is fine.", "Well that is fine.", (TextCue(5, "happy"),)),
        ("Well[sad] no.", "Well no.", (TextCue(4, "sad"),)),
        ("[warm][happy] Hi.", "Hi.", (TextCue(0, "warm"), TextCue(0, "happy"))),
        ("[laughter]", "", (TextCue(0, "laughter"),)),
        ("See [1] and [unknown].", "See [1] and [unknown].", ()),
    ],
)
def test_cues_are_taken_out_of_the_text(text: str, said: str, cues: tuple[TextCue, ...]) -> None:
    assert without_cues(text) == (said, cues)


def test_a_voice_that_plays_some_of_them_gets_those_in_front_of_their_words() -> None:
    cues = (TextCue(0, "warm"), TextCue(5, "sad"), TextCue(5, "happy"))
    marked = MarkedText("Well now.", cues, frozenset(("warm", "happy")))
    assert marked.text == "[warm] Well [happy] now."
    assert [marked.unmarked(marked.text.index(word)) for word in ("Well", "now")] == [0, 5]
    assert marked.unmarked(len(marked.text)) == len("Well now.")
    assert MarkedText("Well now.", cues, frozenset()).text == "Well now."


async def test_a_cue_is_played_by_the_face_when_its_word_begins() -> None:
    async with Rehearsal(Lines("That is nice. [happy] Very nice, I [surprised] think.")) as r:
        await r.connect()
        await r.say_typed("Look")
        await r.pass_time(4_000)
    assert r.persona_text() == "That is nice. Very nice, I think."
    assert "".join(r.voice.spoken) == "That is nice. Very nice, I think."
    tagged = [(e.cue_tag, e.text.strip()) for e in r.all(PersonaSaid) if e.cue_tag]
    assert tagged == [("happy", "Very"), ("surprised", "think.")]
    began_ms = r.face.spoken[0][0]
    places_ms = [began_ms + len(before) * MS_PER_CHAR for before in ("That is nice. ", "That is nice. Very nice, I ")]
    assert [tag for tag, _ in r.face.cues] == ["happy", "surprised"]
    assert [at_ms for _, at_ms in r.face.cues] == pytest.approx(places_ms, abs=60)
    assert [(e.tag, e.turn_id) for e in r.all(CueApplied)] == [
        (tag, r.all(PersonaSaid)[0].turn_id) for tag in ("happy", "surprised")
    ]


async def test_a_cue_that_is_torn_apart_by_the_stream_is_one_cue() -> None:
    async with Rehearsal() as r:
        await r.connect()
        pieces = ("Hello. [wa", "rm] Good", " day. [laugh", "ter]")
        chunks = [TalkChunk(text, "s1", start=False, end=text == pieces[-1]) for text in pieces]
        await r.do(*chunks)
        await r.pass_time(3_000)
    assert r.persona_text() == "Hello. Good day. "
    assert [tag for tag, _ in r.face.cues] == ["warm", "laughter"]
    assert r.all(PersonaSaid)[-1].final


async def test_a_greeting_has_cues_too() -> None:
    async with Rehearsal(persona=PersonaSpec("Cara", "", opening_line="[warm] Welcome.")) as r:
        await r.connect()
        await r.pass_time(1_000)
    assert r.persona_text() == "Welcome."
    assert [e.tag for e in r.all(CueApplied)] == ["warm"]


async def test_a_cue_after_the_interruption_is_not_played() -> None:
    async with Rehearsal(Lines("One two three four five six. [sad] Seven eight.")) as r:
        await r.connect()
        await r.say_typed("Count")
        await r.pass_time(600)
        await r.do(Interrupt())
        await r.pass_time(3_000)
    assert not r.face.cues
    assert not r.all(CueApplied)


async def test_a_face_that_takes_no_direction_plays_none_and_nobody_is_told() -> None:
    rehearsal = Rehearsal(Lines("[warm] Hello."), face=FaceSpec("still", "nobody", takes_direction=False))
    async with rehearsal as r:
        await r.connect()
        await r.say_typed("Hi")
        await r.do(DirectorCue("happy"))
        await r.pass_time(1_000)
    assert r.persona_text() == "Hello."
    assert not r.face.cues
    assert not r.all(CueApplied)
    assert not r.all(Warned)
    assert not [e for e in r.all(PersonaSaid) if e.cue_tag]


class Actor(PacedVoice):
    """A voice that plays one feeling itself, and counts its marks from the text that it was given."""

    cue_tags = frozenset(("warm",))


async def test_a_voice_that_understands_a_cue_gets_it_and_captions_do_not() -> None:
    rehearsal = Rehearsal(Lines("[warm] Good day. [sad] It rains."))
    rehearsal.voice = Actor()
    async with rehearsal as r:
        await r.connect()
        await r.say_typed("Hi")
        await r.pass_time(3_000)
    assert "".join(r.voice.spoken) == "[warm] Good day. It rains."
    assert r.persona_text() == "Good day. It rains."
    assert [tag for tag, _ in r.face.cues] == ["warm", "sad"]


class Whole(PacedVoice):
    """A voice that knows nothing of words."""

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        yield SpeechAudio(AudioChunk(b"\1\0" * 16_000, 16_000), [Mark("phone", 0, 1_000, "ah")])


async def test_without_word_times_the_place_is_guessed() -> None:
    rehearsal = Rehearsal(Lines("Good day to you, [happy] my friend."))
    rehearsal.voice = Whole()
    async with rehearsal as r:
        await r.connect()
        await r.say_typed("Hi")
        await r.pass_time(3_000)
    assert r.persona_text() == "Good day to you, my friend."
    assert [(e.cue_tag, e.text.strip()) for e in r.all(PersonaSaid) if e.cue_tag] == [("happy", "my")]


# --- asked for by a client ----------------------------------------------------------------------------------------


async def test_d24_a_cue_is_due_now_in_a_while_or_after_the_beginning_of_speech() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(DirectorCue("happy"), DirectorCue("sad", in_ms=500), DirectorCue("warm", at_ms=1_000))
        await r.pass_time(300)
        assert [e.tag for e in r.all(CueApplied)] == ["happy"]
        await r.pass_time(300)
        assert [e.tag for e in r.all(CueApplied)] == ["happy", "sad"]
        await r.pass_time(1_000)
        await r.do(Talk("A sentence of some length, which is being said now."))
        await r.pass_time(2_000)
    warm = r.all(CueApplied)[-1]
    assert (warm.tag, warm.turn_id) == ("warm", r.all(PersonaSaid)[0].turn_id)
    began_ms = r.face.spoken[0][0]
    assert r.face.cues[-1][1] == pytest.approx(began_ms + 1_000, abs=40)
    assert warm.session_id == r.spec.session_id


async def test_a_cue_for_the_speech_that_is_heard_counts_from_its_beginning() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(Talk("A sentence of some length, which is being said now, and it goes on and on."))
        await r.pass_time(1_000)
        await r.do(DirectorCue("warm", at_ms=1_500), DirectorCue("sad", at_ms=900))
        await r.pass_time(1_000)
        began_ms = r.face.spoken[0][0]
        assert [tag for tag, _ in r.face.cues] == ["sad", "warm"]
        assert r.face.cues[1][1] == pytest.approx(began_ms + 1_500, abs=40)
        await r.pass_time(1_500)
        await r.do(DirectorCue("happy", at_ms=500))
        assert "longer than 0.5 seconds" in r.all(Warned)[0].text


async def test_a_cue_for_speech_that_was_cut_is_forgotten() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(Talk("A sentence of some length, which is being said now, and it goes on and on."))
        await r.pass_time(500)
        await r.do(DirectorCue("warm", at_ms=3_000), Interrupt())
        await r.do(Talk("Another sentence of some length, which is being said now, and it goes on."))
        await r.pass_time(4_000)
    assert not r.face.cues


async def test_cues_that_wait_are_bounded() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(*(DirectorCue("warm", in_ms=60_000 + number) for number in range(WAITING_MAX + 1)))
        assert len(r.all(Warned)) == 1
