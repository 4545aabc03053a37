"""Whether a pause is the end of a turn: the words and the sound of it on one scale."""

import pytest

from tests.engine.voices import glides
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.engine.pauses import PauseJudge
from visavis.engine.phrases import completeness, is_answer, only_opens, words_of
from visavis.testing.rehearsal import Thinks

SOUND = AudioChunk(bytes(640), SPEECH_RATE_HZ)
ENGLISH = {"station": 0.24, "to": 0.01, "costs": 0.14}


async def done(text: str, *sounds: float, language: str = "en", pitches_hz: tuple[float, ...] = ()) -> float | None:
    """What is thought of a pause after `text`, whose sound was judged so often, in a voice of these pitches."""
    judge = PauseJudge(Thinks(*sounds, over=ENGLISH))
    for chunk in glides(*pitches_hz):
        judge.hear(chunk)
    judge.begin()
    for _ in sounds:
        judge.hear(SOUND)
        await judge.listen()
    return judge.done(text, language)


async def test_nothing_is_thought_of_a_pause_of_which_nothing_is_known() -> None:
    assert await done("") is None


async def test_words_are_enough_and_the_model_of_a_language_ranks_them() -> None:
    ranked = [await done(text) or 0.0 for text in ("I want to", "what it costs", "to the station")]
    assert ranked == sorted(ranked)
    assert ranked[0] < 0.1
    assert ranked[2] > 0.5


async def test_marks_of_a_recogniser_count() -> None:
    comma, none, question = [await done(text) or 0.0 for text in ("it costs,", "it costs", "it costs?")]
    assert comma < none < question


async def test_sound_tips_the_scale_and_decides_alone_where_no_words_are_known() -> None:
    low, high = await done("what it costs", 0.02) or 0.0, await done("what it costs", 0.98) or 0.0
    assert low < (await done("what it costs") or 0.0) < high
    assert high - low < 0.5
    assert (await done("", 0.98) or 0.0) > 0.8
    assert (await done("", 0.02) or 1.0) < 0.2
    assert (await done("I want to", 0.99) or 1.0) < 0.2, "nobody ends on such a word, whatever it sounded like"


async def test_a_voice_that_hangs_in_the_air_goes_on_more_likely_than_one_at_its_lowest() -> None:
    low, middle, high = [await done("what it costs", 0.5, pitches_hz=(100, 130, end)) or 0.0 for end in (100, 112, 140)]
    assert high < middle < low
    assert high < 0.1
    assert low > 0.4


@pytest.mark.parametrize("text", ["yes", "no thanks", "okay", "no", "tomorrow please"])
def test_short_answers_are_whole(text: str) -> None:
    assert is_answer(words_of(text))


@pytest.mark.parametrize("text", ["yes but", "my number", "I"])
def test_other_short_things_are_not(text: str) -> None:
    assert not is_answer(words_of(text))


@pytest.mark.parametrize(
    "text", ["If it rains", "well when I was young", "last summer", "in the morning", "wenn es regnet"]
)
def test_what_only_opens_a_sentence(text: str) -> None:
    assert only_opens(words_of(text))


@pytest.mark.parametrize("text", ["", "we met last summer", "in the morning I drink two cups of coffee", "what is it"])
def test_what_is_more_than_an_opening(text: str) -> None:
    assert not only_opens(words_of(text))


async def test_the_sound_of_the_last_pause_is_not_that_of_the_next() -> None:
    judge = PauseJudge(Thinks(0.98))
    judge.hear(SOUND)
    judge.begin()
    await judge.listen()
    assert judge.done("", "en") is not None
    judge.begin()
    assert judge.done("", "en") is None


@pytest.mark.parametrize(
    "text",
    ["I would like to", "um", "we thought because", "das ist die", "je voudrais des", "and, you know,", "it is, uh..."],
)
def test_what_leaves_a_sentence_open(text: str) -> None:
    assert completeness(text) == -1.0


@pytest.mark.parametrize("text", ["Could I have some", "the number is five five one", "I think", "How much"])
def test_what_may_leave_it_open(text: str) -> None:
    assert completeness(text) == -0.5


@pytest.mark.parametrize("text", ["How are you", "thank you", "I would like that table", "a table for two", "yes"])
def test_what_does_not(text: str) -> None:
    assert completeness(text) >= 0


@pytest.mark.parametrize("text", ["What is that?", "see you tomorrow", "tea, please"])
def test_what_closes_it(text: str) -> None:
    assert completeness(text) == 1.0
