"""Several voices in the place of one."""

from collections.abc import AsyncGenerator

import pytest

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.engine.voice_chain import VoiceChain


class Voice:
    """Says a sample for every letter, and fails after so many pieces when it is told to."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.fails_after = fails_after
        self.said: list[str] = []
        self.warmed = self.closed = 0

    async def warm(self) -> None:
        self.warmed += 1

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        self.said.append(text)
        for at, _ in enumerate(text):
            if at == self.fails_after:
                raise ProviderError("It broke.")
            yield SpeechAudio(AudioChunk(b"\1\0", 16_000))

    async def close(self) -> None:
        self.closed += 1


async def heard(chain: VoiceChain, text: str) -> int:
    return sum([part.audio.samples async for part in chain.speak(text)])


async def test_the_next_voice_says_the_same_and_goes_on_speaking() -> None:
    first, second = Voice(fails_after=0), Voice()
    chain = VoiceChain([first, second])
    told: list[str] = []
    chain.tell = told.append
    assert [await heard(chain, "one"), await heard(chain, "four")] == [3, 4]
    assert (first.said, second.said) == (["one"], ["one", "four"])
    assert told == ["It broke. Another voice speaks from now on."]


async def test_a_voice_that_was_heard_is_not_replaced_in_the_middle() -> None:
    second = Voice()
    chain = VoiceChain([Voice(fails_after=1), second])
    with pytest.raises(ProviderError, match="It broke"):
        await heard(chain, "one")
    assert second.said == []


async def test_the_last_one_fails_for_all() -> None:
    chain = VoiceChain([Voice(fails_after=0), Voice(fails_after=0)])
    with pytest.raises(ProviderError, match="It broke"):
        await heard(chain, "one")


async def test_only_who_speaks_is_warmed_and_all_are_closed() -> None:
    voices = [Voice(), Voice()]
    chain = VoiceChain(voices)
    await chain.warm()
    await chain.close()
    assert [(voice.warmed, voice.closed) for voice in voices] == [(1, 1), (0, 1)]
