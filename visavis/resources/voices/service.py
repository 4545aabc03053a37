"""What a voice can be told, and who speaks for it."""

from typing import Any

from pydantic import ValidationError

from visavis.core.errors import Detail, InvalidRequest
from visavis.core.spec import VoiceSpec
from visavis.db.models import Voice
from visavis.http.errors import invalid_request
from visavis.http.wire import Body
from visavis.resources.voices.schemas import VARIANTS

# beyond these a voice cannot be understood any more, whatever was multiplied with whatever
SPEEDS = (0.25, 4.0)


def checked_options(options: dict[str, Any], provider: str | None) -> dict[str, Any]:
    """The options that exist, each in range. Nothing in a request says for which provider options were written.

    The voice's own provider decides where it knows an option; an option that only another provider knows is checked
    against that one and kept, so that a persona may change its voice and back. Raises `InvalidRequest`.
    """
    own = VARIANTS.get(provider or "")
    variants = [variant for variant in (own, *VARIANTS.values()) if variant is not None]
    known: dict[str, Any] = {}
    details: list[Detail] = []
    for name, value in options.items():
        variant = next((variant for variant in variants if name in _aliases(variant)), None)
        if variant is None or value is None:
            continue
        try:
            variant.model_validate({name: value})
            known[name] = value
        except ValidationError as error:
            details += invalid_request(error.errors()).details
    if details:
        raise InvalidRequest(details=details)
    return known


def _aliases(variant: type[Body]) -> set[str]:
    return {field.alias or name for name, field in variant.model_fields.items()}


def voice_spec(row: Voice, options: dict[str, Any], voice_speed: float | None) -> VoiceSpec:
    """Who speaks, how fast and how loud; a persona's speed multiplies that of its options, and 0 is the voice's own."""
    low, high = SPEEDS
    speed = min(high, max(low, (voice_speed or 1.0) * options.get("speed", 1.0)))
    return VoiceSpec(row.served_by, row.served_voice, speed=speed, volume=options.get("volume", 1.0), options=options)
