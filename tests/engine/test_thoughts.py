"""Reasoning that a model writes between tags, and settings that change while a session lives."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from visavis.core.errors import InvalidRequest
from visavis.core.events import ConfigUpdated, PersonaSaid, PersonaThought, UpdateConfig, Warned
from visavis.core.spec import EarsSpec, SessionSpec, VoiceSpec
from visavis.engine.adjust import Adjusted
from visavis.engine.thoughts import ThoughtSplitter
from visavis.testing.rehearsal import Hears, Lines, PacedVoice, Rehearsal


def split(*texts: str) -> tuple[str, str]:
    """What was thought, and what was said."""
    splitter = ThoughtSplitter()
    pieces = [piece for text in texts for piece in splitter.push(text)] + splitter.rest()
    return tuple("".join(text for text, is_thought in pieces if is_thought is wanted) for wanted in (True, False))  # type: ignore[return-value]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_a_thought_is_found_however_the_text_is_cut(size: int) -> None:
    text = "\n<think>They greet <b>me</b>, I think.</think>\n\nHello, <think> is a tag."
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert split(*pieces) == ("They greet <b>me</b>, I think.", "Hello, <think> is a tag.")


def test_other_names_and_letter_cases() -> None:
    assert split("<Thinking>a</thinking><reasoning>b</reasoning>c") == ("ab", "c")
    assert split("<thin", "g>") == ("", "<thing>")
    assert split("No thought at all.") == ("", "No thought at all.")


def test_a_thought_that_is_broken_off_is_still_one() -> None:
    assert split("<think>I was about to") == ("I was about to", "")
    assert split("<think>really</thi") == ("really</thi", "")
    assert split("<thi") == ("", "<thi")


async def test_a_thought_is_told_and_not_spoken() -> None:
    async with Rehearsal(Lines("<think>They want the time.</think> It is noon.")) as r:
        await r.connect()
        await r.say_typed("What time is it?")
        await r.pass_time(2_000)
    assert r.persona_text() == "It is noon."
    assert "".join(r.voice.spoken) == "It is noon."
    thoughts = r.all(PersonaThought)
    assert "".join(thought.text for thought in thoughts) == "They want the time."
    assert [thought.final for thought in thoughts].count(True) == 1
    assert {thought.turn_id for thought in thoughts} == {r.all(PersonaSaid)[0].turn_id}


# --- settings -----------------------------------------------------------------------------------------------------


class Quick(PacedVoice):
    closed = False

    async def close(self) -> None:
        self.closed = True


def adjuster(spec: SessionSpec, changes: Mapping[str, object]) -> Adjusted:
    match changes:
        case {"languageCode": str(code)}:
            change = {"languageCode": {"before": "", "after": code}}
            return Adjusted(replace(spec, ears=EarsSpec("hears", code)), change)
        case {"speed": float(speed)}:
            return Adjusted(replace(spec, voice=VoiceSpec("paced", "any", speed=speed)), {})
        case {"hang_up_ms": int(hang_up_ms)}:
            return Adjusted(replace(spec, listening=replace(spec.listening, end_session_after_ms=hang_up_ms)), {})
        case _:
            raise InvalidRequest("systemPrompt: cannot be changed")


def adjustable(*lines: str, heard: Hears | None = None) -> Rehearsal:
    rehearsal = Rehearsal(Lines(*lines), heard)
    rehearsal.adjust = adjuster
    return rehearsal


class Polyglot(Hears):
    """Ears that remember which language they were opened for."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)
        self.languages: list[str] = []

    async def open(self, ears: EarsSpec) -> "Polyglot":
        self.languages.append(ears.language)
        return self


async def test_d19_the_language_changes_for_ears_and_mind_from_the_next_turn_on() -> None:
    ears = Polyglot("hello", "bonjour")
    async with adjustable("Hello.", "Bonjour.", heard=ears) as r:
        await r.connect()
        await r.user_speaks(500)
        await r.pass_time(2_000)
        await r.do(UpdateConfig({"languageCode": "fr"}))
        assert [e.changed for e in r.all(ConfigUpdated)] == [{"languageCode": {"before": "", "after": "fr"}}]
        await r.user_speaks(500)
        await r.pass_time(2_000)
    assert ears.languages == ["", "fr"]
    assert r.mind is not None
    assert [any('"fr"' in message.text for message in asked) for asked in r.mind.asked] == [False, True]


async def test_what_cannot_change_is_a_warning_and_nothing_changes() -> None:
    async with adjustable() as r:
        await r.connect()
        before = r.line.spec
        await r.do(UpdateConfig({"systemPrompt": "Be a pirate."}))
        assert r.line.spec == before
    assert [warned.text for warned in r.all(Warned)] == ["systemPrompt: cannot be changed"]
    assert not r.all(ConfigUpdated)


async def test_turn_taking_changes_at_once() -> None:
    async with adjustable() as r:
        await r.connect()
        await r.do(UpdateConfig({"hang_up_ms": 5_000}))
        await r.pass_time(5_100)
        assert r.reports[0].reason == "user_silence"


async def test_another_voice_speaks_from_the_next_reply_on_and_none_is_left_open() -> None:
    made: list[Quick] = []

    def speaker(spec: SessionSpec) -> Quick:
        made.append(Quick())
        return made[-1]

    rehearsal = adjustable("A sentence of some length.", "Another one.")
    rehearsal.speaker = speaker
    first = rehearsal.voice = Quick()
    async with rehearsal as r:
        await r.connect()
        await r.say_typed("One")
        await r.pass_time(300)
        await r.do(UpdateConfig({"speed": 1.1}), UpdateConfig({"speed": 1.2}))
        assert [voice.closed for voice in (first, *made)] == [False, True, False]
        await r.pass_time(2_000)
        await r.say_typed("Two")
        await r.pass_time(2_000)
        assert r.persona_text() == "A sentence of some length.Another one."
        assert "".join(first.spoken) == "A sentence of some length."
        assert made[1].spoken == ["Another one."]
    assert [voice.closed for voice in (first, *made)] == [True, True, True]
