"""Who really speaks for a voice: its own provider where there is a key, and otherwise a built-in voice.

Every voice has a chain: the best that can speak for it here comes first, and a built-in voice that knows the language
is always its end, so that a conversation goes on when a provider fails.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import bindparam, event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from visavis.core.errors import InvalidRequest
from visavis.core.spec import VoiceSpec
from visavis.core.voices import VoiceProvider
from visavis.db.keyring import Keyring
from visavis.db.models import ProviderSecret, Voice

# what the contract calls a provider, where that is not its name here
NAMES = {"OPENAI_ADVANCED_VOICE": "openai_speech"}
# the voice that every server has, and how it sounds for whom
PLAIN, PLAIN_VOICE = "flite", "slt"
PLAIN_VOICES = {"MALE": "rms"}
# who speaks a language that the built-in voice of a row does not, and what its voices are called there
FOREIGN = "espeak"
GENDERS = {"FEMALE": "-female", "MALE": "-male"}
# beyond these a voice cannot be understood any more, whatever was multiplied with whatever
SPEEDS = (0.25, 4.0)
# most organizations have no keys of their own, and every persona that is shown would ask
KEYLESS_FOR_S, KEYLESS_MAX = 1.0, 10_000
# put together once: it is asked for every persona that is shown
SECRETS = select(ProviderSecret.provider, ProviderSecret.secret).where(
    ProviderSecret.organization_id == bindparam("owner")
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """`sealed` is the organization's own key, "" where the operator's is used or none is needed."""

    provider: str
    voice: str
    model: str
    keeps_nothing: bool
    sealed: str = field(default="", repr=False)


def provider_of(row: Voice) -> str:
    """Whose voice it is, by the catalog's name; "" for voices that are only ours."""
    ours = row.provider_voice_id == row.served_voice and row.provider_model_id == row.served_by
    return "" if ours else NAMES.get(row.provider, row.provider.lower())


@dataclass(frozen=True, slots=True)
class Speakers:
    """Everybody who can speak on this server, by name."""

    providers: Mapping[str, VoiceProvider]
    keyring: Keyring
    clock: Callable[[], float] = time.monotonic
    # organization → until when it is taken to have no key
    _keyless_until_s: dict[str, float] = field(default_factory=dict[str, float], init=False, repr=False)

    @property
    def takes_keys(self) -> list[str]:
        return [provider.name for provider in self.providers.values() if provider.needs_key]

    def keep_nothing(self, row: Voice) -> bool:
        """Whether the provider of a voice keeps nothing of what the operator's key asks it to say."""
        provider = self.providers.get(provider_of(row))
        return provider is not None and (provider.keeps_nothing or provider.keeps_nothing_of_ours)

    async def of(
        self, session: AsyncSession, organization_id: str, rows: Iterable[Voice | None], *, to_show: bool = False
    ) -> "Cast":
        """As one organization has them. It is only asked for its keys where one of the rows could use one.

        `to_show` is for answers that name who speaks: whoever had no key a moment ago is not asked again.
        """
        wanted = {provider_of(row) for row in rows if row is not None} & set(self.takes_keys)
        if not wanted or (to_show and self.clock() < self._keyless_until_s.get(organization_id, 0.0)):
            return Cast(self, {})
        kept = (await session.execute(SECRETS, {"owner": organization_id})).all()
        if not kept:
            if len(self._keyless_until_s) >= KEYLESS_MAX:
                self._keyless_until_s.clear()
            self._keyless_until_s[organization_id] = self.clock() + KEYLESS_FOR_S
        return Cast(self, {name: secret for name, secret in kept if name in wanted})

    def keyed(self, session: AsyncSession, organization_id: str) -> None:
        """The organization gets a key in this transaction; once that is committed, this is known here at once."""

        def known(_: Session) -> None:
            self._keyless_until_s.pop(organization_id, None)

        event.listen(session.sync_session, "after_commit", known, once=True)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks for the voices of one organization; `sealed` are its own keys."""

    speakers: Speakers
    sealed: Mapping[str, str] = field(repr=False)

    def ranked(self, row: Voice, language: str = "") -> list[Speaker]:
        """Whoever can speak for this voice, the best first. The last is built in, perhaps no good at the language."""
        return [*self._own(row, language), *self._built_in(row, language)]

    def first(self, row: Voice) -> Speaker:
        return self.ranked(row, row.language or "")[0]

    def specs(
        self,
        row: Voice,
        options: Mapping[str, Any],
        voice_speed: float | None,
        language: str,
        *,
        discreet: bool = False,
    ) -> list[VoiceSpec]:
        """The chain as the engine takes it; a persona's speed multiplies that of its options, and 0 is the voice's own.

        `discreet` leaves out who keeps what is said.
        """
        language = (language or row.language or "").partition("-")[0].lower()
        return [
            tuned(
                VoiceSpec(speaker.provider, speaker.voice, speaker.model, language, secret=self._unsealed(speaker)),
                options,
                voice_speed,
            )
            for speaker in self.ranked(row, language)
            if speaker.keeps_nothing or not discreet
        ]

    def _own(self, row: Voice, language: str) -> Sequence[Speaker]:
        """The provider that the voice belongs to, where it is here and has a key."""
        provider = self.speakers.providers.get(provider_of(row))
        if provider is None or not provider.speaks(language):
            return ()
        sealed = self.sealed.get(provider.name, "")
        if provider.needs_key and not (sealed or provider.has_key):
            return ()
        discreet = provider.keeps_nothing or (not sealed and provider.keeps_nothing_of_ours)
        return (Speaker(provider.name, row.provider_voice_id, row.provider_model_id, discreet, sealed),)

    def _built_in(self, row: Voice, language: str) -> Sequence[Speaker]:
        """The voice that stands in, or somebody who knows the language better; at last the one that is always there."""
        known = self.speakers.providers
        last = Speaker(PLAIN, PLAIN_VOICES.get(row.gender or "", PLAIN_VOICE), "", keeps_nothing=True)
        stand_in = Speaker(row.served_by, row.served_voice, "", keeps_nothing=True)
        if (own := known.get(row.served_by)) is not None and own.speaks(language):
            first = stand_in
        elif language and (foreign := known.get(FOREIGN)) is not None and foreign.speaks(language):
            voice = f"{language[:2].lower()}{GENDERS.get(row.gender or '', '')}"
            first = Speaker(FOREIGN, voice, "", keeps_nothing=True)
        else:
            first = stand_in if own is not None else last
        return [first] if first.provider == PLAIN else [first, last]

    def _unsealed(self, speaker: Speaker) -> str:
        try:
            return self.speakers.keyring.unseal(speaker.sealed)
        except InvalidToken:
            advice = f"the secret for {speaker.provider} was sealed with a key this server has no more; send it again"
            raise InvalidRequest.field("secret", advice, "sealed") from None


def tuned(voice: VoiceSpec, options: Mapping[str, Any], voice_speed: float | None) -> VoiceSpec:
    """The same voice with other options; a persona's speed multiplies that of its options, and 0 is the voice's own."""
    low, high = SPEEDS
    speed = min(high, max(low, (voice_speed or 1.0) * options.get("speed", 1.0)))
    return replace(voice, speed=speed, volume=options.get("volume", 1.0), options=options)
