"""What the operator set for voices and ears (`VISAVIS_TTS__…`, `VISAVIS_STT__…`).

It is checked when the server starts rather than in a conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, SecretStr, ValidationError

from visavis.providers import catalog
from visavis.resources.sessions.zero_retention import Trust
from visavis.settings import Settings


class BadOption(ValueError):
    """A variable of the environment that no provider understands; the message names it."""


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """The options of each provider that has any."""

    chosen: Mapping[str, BaseModel]

    @classmethod
    def read(cls, settings: Settings) -> "VoiceOptions":
        """Raises `BadOption`."""
        given = _plain(settings.tts)
        if settings.voice_cloning and settings.voice_cloning in catalog.names("tts"):
            # whoever makes voices also speaks with them
            mine = given.setdefault(settings.voice_cloning, {})
            mine.setdefault("api_key", settings.voice_cloning_api_key.get_secret_value())
            if settings.voice_cloning_url:
                mine.setdefault("base_url", settings.voice_cloning_url)
        return cls({name: _options("tts", name, values) for name, values in given.items()})

    def of(self, name: str) -> BaseModel | None:
        return self.chosen.get(name)

    def suffice(self, name: str) -> bool:
        """Whether a provider has every option that it cannot do without, such as where its model is."""
        return name in self.chosen or not _lacking(catalog.options("tts", name))

    def has_key(self, name: str) -> bool:
        """Whether the operator gave a key for a provider that needs one."""
        key = getattr(self.chosen.get(name), "api_key", None)
        return bool(key and key.get_secret_value())

    def in_workers(self) -> dict[str, dict[str, Any]]:
        """For voices that compute in children: where their class is, and its options as JSON can carry them."""
        return {
            catalog.dotted("tts", name): options.model_dump(mode="json")
            for name, options in self.chosen.items()
            if catalog.traits("tts", name).runs_in_worker
        }


@dataclass(frozen=True, slots=True)
class EarsOptions:
    """Who listens to users, and with which options (None: its own)."""

    name: str
    chosen: BaseModel | None

    @classmethod
    def read(cls, settings: Settings) -> "EarsOptions":
        """Raises `BadOption`."""
        known = catalog.names("stt")
        if settings.ears not in known:
            raise BadOption(f'VISAVIS_EARS: there is no recogniser "{settings.ears}"; known are: {", ".join(known)}')
        given = {name: _options("stt", name, values) for name, values in _plain(settings.stt).items()}
        chosen = given.get(settings.ears)
        if chosen is None and _lacking(catalog.options("stt", settings.ears)):
            chosen = _options("stt", settings.ears, {})  # which says what is lacking
        key = getattr(chosen, "api_key", None)
        if catalog.traits("stt", settings.ears).needs_key and not (key and key.get_secret_value()):
            raise BadOption(
                f"VISAVIS_STT__{settings.ears.upper()}__API_KEY: {settings.ears} needs the key of an account"
            )
        return cls(settings.ears, chosen)

    @property
    def keep_nothing(self) -> bool:
        """Whether nobody keeps what users say: by nature, or because the operator says so."""
        return catalog.traits("stt", self.name).zero_retention or bool(getattr(self.chosen, "zero_retention", False))

    def in_workers(self) -> dict[str, dict[str, Any]]:
        """The same for ears that compute in children, as JSON can carry it."""
        if self.chosen is None or not catalog.traits("stt", self.name).runs_in_worker:
            return {}
        return {catalog.dotted("stt", self.name): self.chosen.model_dump(mode="json")}


def _plain(given: Mapping[str, Mapping[str, SecretStr]]) -> dict[str, dict[str, str]]:
    return {name: {key: value.get_secret_value() for key, value in it.items()} for name, it in given.items()}


def _options(kind: Literal["tts", "stt"], name: str, values: dict[str, str]) -> BaseModel:
    prefix = f"VISAVIS_{kind.upper()}__{name.upper()}"
    known = catalog.names(kind)
    if name not in known:
        what = {"tts": "voice provider", "stt": "recogniser"}[kind]
        raise BadOption(f'{prefix}…: there is no {what} "{name}"; known are: {", ".join(known)}')
    options: type[BaseModel] = catalog.options(kind, name)
    if unknown := sorted(set(values) - set(options.model_fields)):
        mine = ", ".join(options.model_fields) or "none"
        raise BadOption(f"{prefix}__{unknown[0].upper()}: {name} has no such option; it has: {mine}")
    try:
        return options(**values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0])
        meaning = options.model_fields[field].description
        problem = f"{name} needs it: {meaning}" if first["type"] == "missing" else first["msg"]
        raise BadOption(f"{prefix}__{field.upper()}: {problem}") from None


def _lacking(options: type[BaseModel]) -> bool:
    """Whether a provider has options that it cannot do without."""
    return any(field.is_required() for field in options.model_fields.values())


def trust(settings: Settings) -> Trust:
    """Who keeps nothing of what is said, as far as the operator answers for it."""
    return Trust(
        llm=settings.llm_zero_retention,
        ears=EarsOptions.read(settings).keep_nothing,
        embeddings=not settings.embeddings_url or settings.embeddings_zero_retention,
    )
