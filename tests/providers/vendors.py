"""Which server on loopback speaks whose protocol."""

from dataclasses import dataclass, field
from typing import Any

from tests.providers.fake_azure import FakeAzure
from tests.providers.fake_cartesia import FakeCartesia
from tests.providers.fake_elevenlabs_speech import FakeElevenLabsSpeech
from tests.providers.fake_http_speech import FakeDeepgram, FakeFishAudio, FakeOpenAISpeech
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
