"""A voice from a recording: listened to here, made by the provider that the operator chose."""

from dataclasses import dataclass
from pathlib import Path

from visavis.core.errors import Forbidden
from visavis.core.material import ClonedVoice, VoiceCloner, VoiceSample
from visavis.http.errors import blaming
from visavis.resources.voices.assets import Speaker
from visavis.resources.voices.schemas import VoiceCloneForm

NOBODY = (
    "This server clones no voices: set VISAVIS_VOICE_CLONING (such as elevenlabs) and VISAVIS_VOICE_CLONING_API_KEY, "
    "or import a voice that a provider already has by sending provider and providerVoiceId"
)


@dataclass(frozen=True, slots=True)
class Studio:
    """`name` is the provider's, "" where there is none."""

    name: str
    cloner: VoiceCloner | None
    listener: Speaker

    def require(self) -> VoiceCloner:
        """Raises `Forbidden`, naming the setting."""
        if self.cloner is None:
            raise Forbidden(NOBODY)
        return self.cloner

    async def clone(self, body: VoiceCloneForm, recording: Path, field: str) -> ClonedVoice:
        """`field` is what errors call the recording. Raises `InvalidRequest`, `Unprocessable`, `ProviderError`."""
        cloner = self.require()
        with blaming(field):
            heard = await self.listener.listen_to(recording)
            sample = VoiceSample(
                name=body.name,
                recording=recording,
                content_type=heard.content_type,
                description=body.description or "",
                language=body.language,
                enhance=body.enhance,
            )
            return await cloner.clone(sample)

    async def forget(self, cloned_by: str, voice_id: str) -> None:
        """Erase a clone at the provider that made it, as long as that is the one we have."""
        if self.cloner is not None and cloned_by == self.name:
            await self.cloner.forget(voice_id)
