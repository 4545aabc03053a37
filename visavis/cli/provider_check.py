"""`visavis doctor providers`: one cheap call to each voice provider that is set up, and what is wrong."""

import asyncio
from collections.abc import Iterator
from typing import Any

from visavis.core.errors import ProviderError
from visavis.core.spec import VoiceSpec
from visavis.doctor import Finding
from visavis.providers import catalog
from visavis.settings import Settings
from visavis.voice_options import VoiceOptions


async def ask_providers(settings: Settings) -> list[Finding]:
    """Those that need no server say whether they could work; the others are asked, all at once."""
    options = VoiceOptions.read(settings)
    return list(await asyncio.gather(*(_ask(name, options) for name in _worth_a_line(options))))


def _worth_a_line(options: VoiceOptions) -> Iterator[str]:
    """Everybody but those of whom the operator never spoke and who are not built in."""
    for name in catalog.names("tts"):
        kind = catalog.options("tts", name)
        if options.of(name) is not None or not (
            catalog.traits("tts", name).needs_key or any(field.is_required() for field in kind.model_fields.values())
        ):
            yield name


async def _ask(name: str, options: VoiceOptions) -> Finding:
    if hint := catalog.missing("tts", name):
        return Finding("fallback", name, hint)
    traits = catalog.traits("tts", name)
    if not traits.needs_key:
        return Finding("ok", name, traits.label)
    if not options.has_key(name):
        return Finding("broken", name, f"{traits.label} has no key: set VISAVIS_TTS__{name.upper()}__API_KEY")
    provider = catalog.load("tts", name)
    voice: Any = provider(VoiceSpec(name, ""), options.of(name))
    try:
        if not hasattr(voice, "check"):
            return Finding("ok", name, f"{traits.label}, which cannot be asked without speaking")
        await voice.check()
    except ProviderError as error:
        return Finding("broken", name, error.message)
    finally:
        await voice.close()
    return Finding("ok", name, f"{traits.label} answers and takes the key")
