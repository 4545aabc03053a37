"""Who can speak on this server, as far as the control plane needs to know it to choose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceProvider:
    """`languages` are ISO 639-1 codes, ("*",) for any. `has_key` says that the operator gave one.

    `keeps_nothing` is true of the provider whoever asks, `keeps_nothing_of_ours` of what the operator's key asks.
    """

    name: str
    label: str
    languages: tuple[str, ...] = ("*",)
    needs_key: bool = False
    has_key: bool = False
    keeps_nothing: bool = False
    keeps_nothing_of_ours: bool = False

    def speaks(self, language: str) -> bool:
        """Whether it knows a language; "" is whatever it speaks best."""
        return not language or self.languages == ("*",) or language[:2].lower() in self.languages
