"""What draws, speaks and hears for all sessions of this process, in child processes of it."""

import asyncio
import wave
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from visavis.core.clock import MonotonicClock
from visavis.core.errors import ProviderError, Unavailable
from visavis.core.material import Photo, Recording
from visavis.core.spec import FaceSpec, MindSpec, SessionSpec, VoiceSpec
from visavis.core.voices import VoiceProvider
from visavis.engine.host import Parts
from visavis.engine.metering import Meter
from visavis.engine.mind_chain import MindChain
from visavis.engine.voice_chain import VoiceChain
from visavis.http.health import Check, PartHealth
from visavis.media.child import load_class
from visavis.media.inspections import Inspector
from visavis.media.opus import OpusEncoders
from visavis.media.pictures import PictureKind, PictureMaker
from visavis.media.render_pool import RenderPool
from visavis.media.speech_pool import SpeechPool
from visavis.providers import catalog
from visavis.providers.base import EndOfTurn, LanguageModel, SpeechToText, TextToSpeech, VoiceActivity
from visavis.resources.sessions.adjust import LiveSettings
from visavis.settings import Settings
from visavis.telemetry.figures import MediaFigures
from visavis.voice_options import EarsOptions, VoiceOptions

RENDERERS = {
    "character": "visavis.renderers.character:Character",
    "portrait": "visavis.renderers.portrait:Portrait",
    "still": "visavis.renderers.still:Still",
}
# who draws talking photos where the operator brought a network for their mouths
NEURAL = "visavis.renderers.neural:Neural"
# best first; what comes later stands in where the first is not installed
VOICE_ACTIVITY = ("silero", "energy")
END_OF_TURN = "smart_turn"  # without it, every pause of a certain length ends a turn
BUILT_IN_VOICE = ("flite", "flite_wasm")
# routes that take files, and how large their bodies may be; they stream what they get

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """`Media` in child processes of this one."""

    faces: RenderPool
    speech: SpeechPool
    encoders: OpusEncoders
    activity: VoiceActivity
    activity_name: str
    end_of_turn: EndOfTurn | None
    voice_name: str  # who speaks for the built-in voice, "" where nobody can
    ears: EarsOptions
    pictures: PictureMaker
    inspector: Inspector
    voices: VoiceOptions

    @property
    def recogniser(self) -> str:
        return self.ears.name

    def furnish(self, spec: SessionSpec) -> Parts:
        """The parts of one session. A provider that is missing here leaves its place empty: silence, not failure."""
        meter = Meter(MonotonicClock())
        ears = self._ears(spec.ears.provider) if spec.ears else None
        return Parts(
            mind=_thinking(spec, meter),
            voice=self._speech(spec, meter),
            ears=meter.ears(ears, spec.ears.provider) if spec.ears and ears else None,
            activity=self.activity,
            faces=self.faces,
            encoders=self.encoders,
            adjust=LiveSettings(self.recogniser, catalog.traits("stt", self.recogniser).languages),
            speaker=lambda changed: self._speech(changed, meter),
            meter=meter,
            end_of_turn=self.end_of_turn,
        )

    async def make(self, face: FaceSpec, kind: PictureKind, path: Path) -> None:
        await self.pictures.make(face, kind, path)

    async def look_at_photo(self, content: bytes) -> Photo:
        return await self.inspector.look_at_photo(content)

    async def listen_to(self, recording: Path) -> Recording:
        return await self.inspector.listen_to(recording)

    async def write_wav(self, voice: VoiceSpec, text: str, path: Path) -> None:
        """What the voice sounds like, as a file. Raises `Unavailable` where it is not installed."""
        speaker = self._voice(voice)
        if speaker is None:
            raise Unavailable(f"This server has no {voice.provider} voice: {catalog.missing('tts', voice.provider)}")
        try:
            pieces = [piece.audio async for piece in speaker.speak(text)]
        finally:
            await speaker.close()
        rate_hz, pcm = pieces[0].rate_hz, b"".join(piece.pcm for piece in pieces)
        await asyncio.to_thread(_write_wav, path, rate_hz, pcm)

    async def warm_up(self) -> None:
        """Load the built-in voice and recogniser now, so that nobody's first sentence waits for them."""
        self._ears(self.recogniser)
        if (voice := self._voice(VoiceSpec(BUILT_IN_VOICE[0], "slt"))) is not None:
            try:
                async for _ in voice.speak("Hello."):
                    pass
            except ProviderError as error:  # sessions would be silent, and `/readyz` says so; the server can do more
                log.warning("the built-in voice does not speak", reason=error.message)
            await voice.close()

    def figures(self) -> MediaFigures:
        """How the work goes, for those who watch."""
        (clauses, utterances), (voices, ears) = self.speech.waiting, self.speech.restarts
        return MediaFigures(
            self.faces.frames,
            self.faces.frames_late,
            restarts={"face": self.faces.restarts, "voice": voices, "ears": ears},
            waiting={"voice": clauses, "ears": utterances},
        )

    def checks(self) -> Mapping[str, Check]:
        async def faces() -> PartHealth:
            return PartHealth(self.faces.healthy, f"{len(self.faces.pids)} workers")

        async def speech() -> PartHealth:
            return PartHealth(self.speech.healthy, f"{len(self.speech.pids)} workers")

        async def voice() -> PartHealth:
            if self.voice_name:
                return PartHealth(True, self.voice_name, self.voice_name != BUILT_IN_VOICE[0])
            return PartHealth(True, f"silence: {catalog.missing('tts', BUILT_IN_VOICE[0])}", fell_back=True)

        async def recogniser() -> PartHealth:
            hint = catalog.missing("stt", self.recogniser)
            detail = f"nobody listens: {hint}" if hint else self.recogniser
            return PartHealth(True, detail, bool(hint))

        async def activity() -> PartHealth:
            return PartHealth(True, self.activity_name, self.activity_name != VOICE_ACTIVITY[0])

        async def end_of_turn() -> PartHealth:
            hint = catalog.missing("end_of_turn", END_OF_TURN)
            return PartHealth(True, f"by silence alone: {hint}" if hint else END_OF_TURN, bool(hint))

        async def photos() -> PartHealth:
            hint = self.inspector.missing()
            return PartHealth(True, f"taken without looking for a face: {hint}" if hint else "", bool(hint))

        parts = {"faces": faces, "speech": speech, "voice": voice, "recogniser": recogniser, "activity": activity}
        return {**parts, "end_of_turn": end_of_turn, "photos": photos}

    def speakers(self) -> dict[str, VoiceProvider]:
        """Who can speak here. One whose library is missing cannot; flite has a stand-in of its own."""
        here = (name for name in catalog.names("tts") if not catalog.missing("tts", name))
        names = [name for name in here if self.voices.suffice(name)]
        if self.voice_name and BUILT_IN_VOICE[0] not in names:
            names.append(BUILT_IN_VOICE[0])
        return {name: self._speaker(name) for name in names}

    def _speaker(self, name: str) -> VoiceProvider:
        traits, options = catalog.traits("tts", name), self.voices.of(name)
        return VoiceProvider(
            name=name,
            label=traits.label,
            languages=traits.languages,
            needs_key=traits.needs_key,
            has_key=self.voices.has_key(name),
            keeps_nothing=traits.zero_retention,
            keeps_nothing_of_ours=bool(getattr(options, "zero_retention", False)),
        )

    def _speech(self, session: SessionSpec, meter: Meter) -> TextToSpeech | None:
        specs = (session.voice, *session.fallback_voices)
        found = [
            meter.voice(voice, spec.provider, spec.model)
            for spec in specs
            if spec is not None and (voice := self._voice(spec)) is not None
        ]
        return VoiceChain(found) if len(found) > 1 else found[0] if found else None

    def _voice(self, spec: VoiceSpec) -> TextToSpeech | None:
        return open_voice(spec, self.speech, self.voices)

    def _ears(self, name: str) -> SpeechToText | None:
        if catalog.missing("stt", name):
            return None
        if catalog.traits("stt", name).runs_in_worker:
            return self.speech.ears(catalog.dotted("stt", name))
        return catalog.load("stt", name)(self.ears.chosen)


async def open_local_media(settings: Settings, stack: AsyncExitStack) -> LocalMedia:
    voices, ears = VoiceOptions.read(settings), EarsOptions.read(settings)
    if settings.mouth_model is not None:
        # here, where whoever starts the server reads it, and not in the log of a child
        await asyncio.to_thread(load_renderer, "portrait", settings)
    faces = RenderPool(
        settings.render_workers,
        _renderers(settings),
        MonotonicClock(),
        settings.data_dir / "paintings",
        _models(settings),
    )
    speech = SpeechPool({**voices.in_workers(), **ears.in_workers()})
    encoders = OpusEncoders()
    stack.callback(encoders.close)
    stack.push_async_callback(faces.close)
    stack.push_async_callback(speech.close)
    activity_name = catalog.first_usable("vad", VOICE_ACTIVITY)
    activity: VoiceActivity = catalog.load("vad", activity_name)()
    stack.push_async_callback(activity.close)
    end_of_turn = _end_of_turn()
    if end_of_turn is not None:
        stack.push_async_callback(end_of_turn.close)
    # a client library that takes a second to import would stop everybody's sound at its first use
    mind = asyncio.to_thread(catalog.load, "llm", "openai_compatible")
    await asyncio.gather(faces.start(), speech.start(), mind)
    voice_name = _built_in_voice()
    pictures, inspector = PictureMaker(RENDERERS), Inspector()
    media = LocalMedia(
        faces,
        speech,
        encoders,
        activity,
        activity_name,
        end_of_turn,
        voice_name,
        ears,
        pictures,
        inspector,
        voices,
    )
    await media.warm_up()
    return media


def open_voice(spec: VoiceSpec, speech: SpeechPool, voices: VoiceOptions) -> TextToSpeech | None:
    """One session's voice; None where its provider is missing here."""
    name = _built_in_voice() if spec.provider == BUILT_IN_VOICE[0] else spec.provider
    if not name or catalog.missing("tts", name) or not voices.suffice(name):
        return None
    if catalog.traits("tts", name).runs_in_worker:
        return speech.voice(catalog.dotted("tts", name), spec)
    return catalog.load("tts", name)(spec, voices.of(name))


def load_renderer(name: str, settings: Settings) -> type[Any]:
    """The class that draws such faces, ready to be used in this process. Raises `Unavailable` for a wrong model."""
    kind = load_class(_renderers(settings)[name])
    if settings.mouth_model is not None and name == "portrait":
        kind.use_model(settings.mouth_model)
    return kind


def _renderers(settings: Settings) -> dict[str, str]:
    return RENDERERS if settings.mouth_model is None else {**RENDERERS, "portrait": NEURAL}


def _models(settings: Settings) -> dict[str, Path]:
    """By renderer, the file that its network is read from."""
    return {} if settings.mouth_model is None else {"portrait": settings.mouth_model}


def _built_in_voice() -> str:
    return next((name for name in BUILT_IN_VOICE if not catalog.missing("tts", name)), "")


def _end_of_turn() -> EndOfTurn | None:
    return None if catalog.missing("end_of_turn", END_OF_TURN) else catalog.load("end_of_turn", END_OF_TURN)()


def _thinking(session: SessionSpec, meter: Meter) -> LanguageModel | None:
    specs = [spec for spec in (session.mind, *session.fallback_minds) if spec is not None]
    minds = [meter.mind(_mind(spec), spec.provider, spec.model) for spec in specs]
    return MindChain(minds) if len(minds) > 1 else minds[0] if minds else None


def _mind(spec: MindSpec) -> LanguageModel:
    return catalog.load("llm", spec.provider)(spec)


def _write_wav(path: Path, rate_hz: int, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
