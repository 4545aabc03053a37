"""The example that the documentation gives to people with a voice of their own, run as it is printed there."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.fake_http_speech import torn
from tests.providers.fake_speech_server import GAP_MS, KEY, RATE_HZ, WORD_MS, FakeSpeechServer, Http
from visavis.core.errors import ProviderError
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog
from visavis.settings import Settings
from visavis.voice_options import VoiceOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-voice.md").read_text()
BLOCKS = dict(re.findall(r"```(python|toml)\n(.*?)```", PAGE, re.DOTALL))
LINES_MAX = 25


class FakeAcme(FakeSpeechServer):
    def admits(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    async def over_http(self, path: str, query: dict[str, str], headers: dict[str, str], body: Any, wire: Http) -> None:
        self.requests.append(body)
        await wire.play(self.next_plan(), torn(body["text"]), b"<html>", b"audio/pcm")


@pytest.fixture
async def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeAcme]:
    """The package as somebody would have installed it."""
    (tmp_path / "acme_speech.py").write_text(BLOCKS["python"])
    metadata = tmp_path / "acme_speech-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-speech\nVersion: 1.0\n")
    group, line = BLOCKS["toml"].strip().splitlines()
    name = group.split('"')[1]
    (metadata / "entry_points.txt").write_text(f"[{name}]\n{line.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(tmp_path)
    async with FakeAcme() as server:
        monkeypatch.setenv("VISAVIS_TTS__ACME__API_KEY", KEY)
        monkeypatch.setenv("VISAVIS_TTS__ACME__BASE_URL", server.url)
        yield server


def test_the_example_is_as_short_as_it_says() -> None:
    code = [line for line in BLOCKS["python"].splitlines() if line.strip() and not line.startswith(("from", "import"))]
    assert len(code) <= LINES_MAX


async def test_the_example_speaks(acme: FakeAcme) -> None:
    options = VoiceOptions.read(Settings())
    assert options.has_key("acme")
    voice = catalog.load("tts", "acme")(VoiceSpec("acme", "nova"), options.of("acme"))
    await voice.warm()
    await voice.check()
    pieces = [piece async for piece in voice.speak("one two three")]
    await voice.close()
    assert sum(piece.audio.samples for piece in pieces) == 3 * (WORD_MS + GAP_MS) * RATE_HZ // 1000
    assert acme.requests == [{"text": "one two three", "voice": "nova"}]


async def test_the_example_says_what_is_wrong(acme: FakeAcme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_TTS__ACME__API_KEY", "another")
    voice = catalog.load("tts", "acme")(VoiceSpec("acme", "nova"), VoiceOptions.read(Settings()).of("acme"))
    with pytest.raises(ProviderError, match="Acme answered 401: it refused the key"):
        await anext(voice.speak("one"))
    await voice.close()
    assert acme.requests == []
