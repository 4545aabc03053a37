"""What an operator sets for voices: read from the environment, checked at the start, and named where it is wrong."""

import pytest

from visavis.providers import catalog
from visavis.settings import Settings
from visavis.voice_options import BadOption, EarsOptions, VoiceOptions


def options(monkeypatch: pytest.MonkeyPatch, **variables: str) -> VoiceOptions:
    for name, value in variables.items():
        monkeypatch.setenv(f"VISAVIS_{name}", value)
    return VoiceOptions.read(Settings())


def test_options_are_read_by_provider_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    read = options(monkeypatch, TTS__ELEVENLABS__API_KEY="sk-1234", TTS__ELEVENLABS__STALL_TIMEOUT_S="3")
    chosen = read.of("elevenlabs")
    assert getattr(chosen, "stall_timeout_s") == 3.0  # noqa: B009 - the model is the provider's own
    assert read.has_key("elevenlabs")
    assert not read.has_key("cartesia")
    assert "1234" not in repr(Settings()) + repr(read)


def test_whoever_clones_voices_also_speaks_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    read = options(
        monkeypatch, VOICE_CLONING="elevenlabs", VOICE_CLONING_API_KEY="k", VOICE_CLONING_URL="http://a.test"
    )
    assert read.has_key("elevenlabs")
    assert getattr(read.of("elevenlabs"), "base_url") == "http://a.test"  # noqa: B009


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("TTS__ELEFANT__API_KEY", "k", "VISAVIS_TTS__ELEFANT.*no voice provider.*elevenlabs"),
        ("TTS__ELEVENLABS__APIKEY", "k", "VISAVIS_TTS__ELEVENLABS__APIKEY: elevenlabs has no such option.*api_key"),
        ("TTS__ELEVENLABS__STALL_TIMEOUT_S", "soon", "VISAVIS_TTS__ELEVENLABS__STALL_TIMEOUT_S: .*number"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    with pytest.raises(BadOption, match=message) as raised:
        options(monkeypatch, **{variable: value})
    assert "secret" not in str(raised.value)


def test_ears_are_chosen_with_their_options(monkeypatch: pytest.MonkeyPatch) -> None:
    assert EarsOptions.read(Settings()) == EarsOptions("pocketsphinx", None)
    monkeypatch.setenv("VISAVIS_EARS", "deepgram")
    monkeypatch.setenv("VISAVIS_STT__DEEPGRAM__API_KEY", "sk-1234")
    read = EarsOptions.read(Settings())
    assert read.name == "deepgram"
    assert "1234" not in repr(read)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"EARS": "nobody"}, "VISAVIS_EARS: there is no recogniser.*deepgram"),
        ({"EARS": "deepgram"}, "VISAVIS_STT__DEEPGRAM__API_KEY: .*key"),
        ({"EARS": "whisper"}, "VISAVIS_STT__WHISPER__MODEL: whisper needs it: .*visavis models get whisper small"),
        ({"STT__WHISPER__MODEL": "/nowhere"}, "VISAVIS_STT__WHISPER__MODEL: .*/nowhere has no config.json"),
        ({"STT__DEEPGRAM__KEY": "k"}, "VISAVIS_STT__DEEPGRAM__KEY: deepgram has no such option.*api_key"),
        ({"STT__NOBODY__KEY": "k"}, "VISAVIS_STT__NOBODY.*no recogniser"),
    ],
)
def test_what_is_wrong_with_ears_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"VISAVIS_{name}", value)
    with pytest.raises(BadOption, match=message):
        EarsOptions.read(Settings())


def test_every_key_is_a_secret() -> None:
    for name in catalog.names("tts"):
        if catalog.traits("tts", name).needs_key:
            key = catalog.options("tts", name)(api_key="sk-1234")
            assert "1234" not in repr(key)
