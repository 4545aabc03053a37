"""The small pure pieces between text and sound."""

import asyncio

import pytest

from visavis.core.clock import HandWoundClock
from visavis.core.frames import AudioChunk, Mark, SpeechAudio, VideoFormat
from visavis.core.spec import FaceSpec, PersonaSpec
from visavis.core.tasks import cancel_and_wait
from visavis.engine.lifecycle import Lifecycle, Limits
from visavis.engine.playout import Playout, TimedText
from visavis.engine.show import Show
from visavis.engine.speak import _WordSlicer
from visavis.engine.think import CLAUSE_MAX_CHARS, ClauseCutter, History, Piece
from visavis.providers.base import ChatMessage
from visavis.testing.rehearsal import CountedPackets, StillFaces


def clauses(*fragments: str) -> list[str]:
    cutter = ClauseCutter()
    cut = [clause for fragment in fragments for clause in cutter.push(fragment)]
    return [*cut, rest] if (rest := cutter.rest()) else cut


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        (["Hello there. How are you?"], ["Hello there. ", "How are you?"]),
        (["Well of course, I can. Yes."], ["Well of course, ", "I can. ", "Yes."]),
        (["Yes, I can."], ["Yes, I can."]),  # too short to be worth a pause of its own
        (["It costs 3.50 euros. Fine."], ["It costs 3.50 euros. ", "Fine."]),
        (["Ask Dr. Smith about it."], ["Ask Dr. Smith about it."]),
        (["Is it? ", "“Yes!” ", "she said."], ["Is it? ", "“Yes!” ", "she said."]),
        (["你好。你叫什么名字？"], ["你好。", "你叫什么名字？"]),
        (["no end at all"], ["no end at all"]),
    ],
)
def test_clauses_are_cut_where_a_speaker_pauses(fragments: list[str], expected: list[str]) -> None:
    assert clauses(*fragments) == expected


def test_clauses_concatenate_to_the_text_however_it_arrives() -> None:
    text = "First, a thing. Second: another thing! Mr. X said: “no”… and so on\nand on, without an end"
    for size in (1, 2, 3, 7, 100):
        assert "".join(clauses(*(text[i : i + size] for i in range(0, len(text), size)))) == text


def test_endless_text_is_cut_anyway() -> None:
    assert all(len(clause) <= CLAUSE_MAX_CHARS for clause in clauses("word " * 200))


def test_history_is_bounded_and_forgets_requests() -> None:
    history = History(PersonaSpec("Cara", "You are Cara."))
    for n in range(500):
        history.add(ChatMessage("user", f"message {n}"))
    assert len(history.messages()) < 250
    assert history.messages("greet")[-1].text == "greet"
    assert history.messages()[-1].text == "message 499"


def test_playout_tells_words_when_half_of_them_was_heard() -> None:
    playout = Playout(b"-")
    playout.add("a", [b"1", b"2", b"3"], [TimedText("one ", 20), TimedText("two", 55)])
    playout.add("a", (), (), closes=True)
    pulled = [playout.pull() for _ in range(5)]
    assert [p.packet for p in pulled] == [b"1", b"2", b"3", b"-", b"-"]
    assert [[w.text for w in p.heard] for p in pulled] == [["one "], [], ["two"], [], []]
    assert [p.began for p in pulled] == [True, False, False, False, False]
    assert [p.completed for p in pulled] == [False, False, False, True, False]


def test_text_without_sound_is_heard_when_its_turn_comes() -> None:
    playout = Playout(b"-")
    playout.add("a", [], [TimedText("… ", 0)])
    playout.add("a", [b"1"], [TimedText("one ", 20)])
    playout.add("a", [], [TimedText("—", 0)])
    pulled = [playout.pull(), playout.pull()]
    assert [(p.packet, p.owner, "".join(w.text for w in p.heard)) for p in pulled] == [
        (b"1", "a", "… one "),
        (b"-", "a", "—"),
    ]


def test_playout_places_speech_behind_what_is_queued_or_now() -> None:
    playout = Playout(b"-")
    playout.pull()
    assert playout.add("a", [b"1", b"2"], ()) == 20
    assert playout.add("a", [b"3"], ()) == 60
    assert playout.ahead_ms == 60
    playout.cut()
    assert (playout.ahead_ms, playout.pull().packet) == (0, b"-")
    assert playout.add("b", [b"4"], ()) == 40


def speech(duration_ms: int, *marks: Mark) -> SpeechAudio:
    return SpeechAudio(AudioChunk(b"\0\0" * (16 * duration_ms), 16_000), marks)


def test_words_become_slices_that_concatenate_to_the_text() -> None:
    slicer = _WordSlicer(Piece("It costs $5, OK? "), " ")
    marks = [Mark("word", 0, 100, "it", 0, 2), Mark("word", 100, 300, "costs", 3, 8),
             Mark("word", 300, 500, "five", 9, 11), Mark("word", 500, 700, "dollars", 9, 11),
             Mark("word", 800, 900, "okay", 13, 15)]  # fmt: skip
    slices = slicer.take(speech(1000, *marks), last=True)
    assert "".join(s.text for s in slices) == " It costs $5, OK? "
    assert [s.due_ms for s in slices] == sorted(s.due_ms for s in slices)


def test_streamed_parts_keep_their_own_times() -> None:
    slicer = _WordSlicer(Piece("one two three"), "")
    first = slicer.take(speech(400, Mark("word", 0, 200, "one", 0, 3), Mark("word", 200, 400, "two", 4, 7)), last=False)
    second = slicer.take(speech(300, Mark("word", 400, 700, "three", 8, 13)), last=True)
    assert [(s.text, s.due_ms) for s in [*first, *second]] == [("one ", 100), ("two ", 300), ("three", 150)]


def test_a_voice_without_times_still_gets_captions() -> None:
    slicer = _WordSlicer(Piece("one two three four"), "")
    slices = [*slicer.take(speech(500), last=False), *slicer.take(speech(500), last=True)]
    assert "".join(s.text for s in slices) == "one two three four"
    assert len(slices) > 2


def test_lifecycle_waits_for_whoever_is_missing() -> None:
    life = Lifecycle(Limits(1, connect_within_ms=60, regain_within_ms=30), None, 0)
    life.socket_opened()
    assert life.verdict(59) is None
    assert life.verdict(60) == "never_connected"
    life.peer_opened(10)
    assert life.wake_ms == float("inf")
    life.peer_lost(100)
    assert (life.verdict(129), life.verdict(130)) == (None, "connection_lost")
    life.peer_opened(120)
    assert life.verdict(1_000) is None


async def test_a_closed_show_keeps_whoever_asks_for_pictures_waiting() -> None:
    """A peer may ask once more while it is being closed; asking must not turn into a loop that never lets go."""
    show = Show(FaceSpec("still", ""), StillFaces(), CountedPackets().open(), b"", HandWoundClock())
    show.expect(VideoFormat("h264", 720, 480))
    await show.ready()
    await show.close()
    asked = asyncio.create_task(show.next_video())
    await asyncio.sleep(0)
    assert not asked.done()
    await cancel_and_wait(asked)


async def shown(faces: StillFaces, spec: FaceSpec) -> Show:
    show = Show(spec, faces, CountedPackets().open(), b"", HandWoundClock())
    show.expect(VideoFormat("h264", 720, 480))
    await show.ready()
    for _ in range(50):  # a second has passed
        show.pull()
    return show


async def test_the_face_hears_the_user_in_larger_pieces() -> None:
    faces = StillFaces()
    show = await shown(faces, FaceSpec("still", ""))
    for _ in range(9):
        show.hear(AudioChunk(bytes(640), 16_000))
    assert faces.listened == [(920.0, 80.0)] * 2
    await show.close()
