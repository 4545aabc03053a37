"""Which server on loopback speaks whose protocol."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.providers import fake_anthropic, fake_gemini, fake_openai
from tests.providers.fake_azure import FakeAzure
from tests.providers.fake_cartesia import FakeCartesia
from tests.providers.fake_ears import FakeAzureEars, FakeDeepgramEars, FakeEars, FakeOpenAIEars, FakeTranscriptions
from tests.providers.fake_elevenlabs_speech import FakeElevenLabsSpeech
from tests.providers.fake_http_speech import FakeDeepgram, FakeFishAudio, FakeOpenAISpeech
from tests.providers.fake_openai import Plan
from tests.providers.fake_speech_server import KEY, FakeSpeechServer
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog


@dataclass(frozen=True)
class Vendor:
    """`name` is the catalog's; one provider may have two wires, which `model` tells apart."""

    name: str
    server: type[FakeSpeechServer]
    voice: str = "voice-1"
    model: str = ""
    suffix: str = ""  # of the base address
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def speaker(self, server: FakeSpeechServer, *, key: str = KEY, **changes: Any) -> Any:
        provider = catalog.load("tts", self.name)
        spec = VoiceSpec(self.name, self.voice, self.model, **changes)
        return provider(spec, provider.Settings(api_key=key, base_url=server.url + self.suffix, **self.settings))


VENDORS = {
    "azure": Vendor("azure", FakeAzure, voice="en-US-AvaMultilingualNeural"),
    "cartesia": Vendor("cartesia", FakeCartesia),
    "deepgram": Vendor("deepgram", FakeDeepgram, voice="aura-2-thalia-en"),
    "elevenlabs": Vendor("elevenlabs", FakeElevenLabsSpeech),
    "elevenlabs v3": Vendor("elevenlabs", FakeElevenLabsSpeech, model="eleven_v3"),
    "fish_audio": Vendor("fish_audio", FakeFishAudio),
    "openai_speech": Vendor("openai_speech", FakeOpenAISpeech, voice="alloy", suffix="/v1"),
}


@dataclass(frozen=True)
class EarsVendor:
    """`any_language` is what is asked for where a persona has no language."""

    name: str
    server: type[FakeEars]
    suffix: str = ""
    streams: bool = True
    any_language: str | None = None

    def ears(self, server: FakeEars, *, key: str = KEY, **settings: Any) -> Any:
        provider = catalog.load("stt", self.name)
        return provider(provider.Settings(api_key=key, base_url=server.url + self.suffix, **settings))


EARS = {
    "azure": EarsVendor("azure", FakeAzureEars, any_language="en-US"),
    "deepgram": EarsVendor("deepgram", FakeDeepgramEars, any_language="multi"),
    "openai_compatible": EarsVendor("openai_compatible", FakeTranscriptions, "/v1", streams=False),
    "openai_realtime": EarsVendor("openai_realtime", FakeOpenAIEars, "/v1"),
}

# how each of them says some texts, for one server that sends what it is told to
MINDS: dict[str, Callable[..., Plan]] = {
    "anthropic": fake_anthropic.text_plan,
    "gemini": fake_gemini.text_plan,
    "openai_compatible": fake_openai.text_plan,
}
