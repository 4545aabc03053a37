"""What the operator set for voices (`VISAVIS_TTS__…`), checked when the server starts rather than in a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from visavis.providers import catalog
from visavis.settings import Settings


class BadOption(ValueError):
    """A variable of the environment that no voice understands; the message names it."""


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """The options of each provider that has any."""

    chosen: Mapping[str, BaseModel]

    @classmethod
    def read(cls, settings: Settings) -> "VoiceOptions":
        """Raises `BadOption`."""
        given = {
            name: {key: value.get_secret_value() for key, value in it.items()} for name, it in settings.tts.items()
        }
        if settings.voice_cloning and settings.voice_cloning in catalog.names("tts"):
            # whoever makes voices also speaks with them
            mine = given.setdefault(settings.voice_cloning, {})
            mine.setdefault("api_key", settings.voice_cloning_api_key.get_secret_value())
            if settings.voice_cloning_url:
                mine.setdefault("base_url", settings.voice_cloning_url)
        return cls({name: _options(name, values) for name, values in given.items()})

    def of(self, name: str) -> BaseModel | None:
        return self.chosen.get(name)

    def suffice(self, name: str) -> bool:
        """Whether a provider has every option that it cannot do without, such as where its model is."""
        needed = (field.is_required() for field in catalog.options("tts", name).model_fields.values())
        return name in self.chosen or not any(needed)

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


def _options(name: str, values: dict[str, str]) -> BaseModel:
    prefix = f"VISAVIS_TTS__{name.upper()}"
    if name not in catalog.names("tts"):
        raise BadOption(f'{prefix}…: there is no voice provider "{name}"; known are: {", ".join(catalog.names("tts"))}')
    kind: type[BaseModel] = catalog.options("tts", name)
    if unknown := sorted(set(values) - set(kind.model_fields)):
        known = ", ".join(kind.model_fields) or "none"
        raise BadOption(f"{prefix}__{unknown[0].upper()}: {name} has no such option; it has: {known}")
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadOption(f"{prefix}__{str(first['loc'][0]).upper()}: {first['msg']}") from None
