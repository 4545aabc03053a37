"""What a client may change about its living session: the language, how the voice speaks, when its turns end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError

from visavis.core.errors import InvalidRequest
from visavis.core.spec import SessionSpec
from visavis.engine.adjust import Adjusted
from visavis.http.errors import invalid_request, under
from visavis.http.wire import Body
from visavis.resources.personas.schemas import VoiceDetectionOptions, language
from visavis.resources.sessions.resolve import listening
from visavis.resources.voices.service import checked_options
from visavis.resources.voices.speakers import tuned

ANY_LANGUAGE = "*"


class Changes(Body):
    language_code: Annotated[str, AfterValidator(language)] | None = None
    voice_detection_options: VoiceDetectionOptions | None = None
    voice_generation_options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Satisfies `Adjuster`. `languages` are those that the recogniser called `ears` understands."""

    ears: str
    languages: tuple[str, ...]

    def __call__(self, spec: SessionSpec, changes: Mapping[str, object]) -> Adjusted:
        body = _checked(changes)
        adjusted = Adjusted(spec, {})
        if "language_code" in body.model_fields_set:
            adjusted = self._with_language(adjusted, body.language_code or "")
        if body.voice_detection_options is not None:
            adjusted = _with_detection(adjusted, body.voice_detection_options)
        if body.voice_generation_options is not None:
            adjusted = _with_generation(adjusted, body.voice_generation_options)
        return adjusted

    def _with_language(self, adjusted: Adjusted, code: str) -> Adjusted:
        ears = adjusted.spec.ears
        if ears is None:
            raise InvalidRequest.field("languageCode", "nobody listens in this session; its client brings the speech")
        understood = ANY_LANGUAGE in self.languages or code.split("-")[0].lower() in ("", *self.languages)
        if not understood:
            known = ", ".join(self.languages)
            raise InvalidRequest.field("languageCode", f"the recogniser {self.ears} understands only: {known}")
        spec = replace(adjusted.spec, ears=replace(ears, language=code))
        return _with(adjusted, spec, "languageCode", {"": ears.language or None}, {"": code or None})


def _checked(changes: Mapping[str, object]) -> Changes:
    names = {field.alias for field in Changes.model_fields.values()}
    if unknown := sorted(set(changes) - names):
        what = ", ".join(name[:64] for name in unknown[:5])
        allowed = ", ".join(sorted(name for name in names if name))
        raise InvalidRequest(f"{what}: cannot be changed while a session lives; what can is {allowed}")
    try:
        return Changes.model_validate(changes)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _with_detection(adjusted: Adjusted, given: VoiceDetectionOptions) -> Adjusted:
    spec, before = adjusted.spec, adjusted.spec.adjustable.voice_detection
    after = {**before, **given.model_dump(by_alias=True, exclude_none=True)}
    # what was never said keeps what the session began with
    heard = replace(spec.listening, **_differences(before, after))
    spec = replace(spec, listening=heard, adjustable=replace(spec.adjustable, voice_detection=after))
    return _with(adjusted, spec, "voiceDetectionOptions", before, after)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    old, new = listening(dict(before)), listening(dict(after))
    return {name: getattr(new, name) for name in new.__slots__ if getattr(new, name) != getattr(old, name)}


def _with_generation(adjusted: Adjusted, given: dict[str, Any]) -> Adjusted:
    spec, adjustable = adjusted.spec, adjusted.spec.adjustable
    if spec.voice is None:
        raise InvalidRequest.field("voiceGenerationOptions", "this session has no voice")
    with under("voiceGenerationOptions"):
        known = checked_options(given, adjustable.voice_provider)
    after = {**adjustable.voice_generation, **known}
    voice, *others = (tuned(one, after, adjustable.voice_speed) for one in (spec.voice, *spec.fallback_voices))
    changed = replace(
        spec, voice=voice, fallback_voices=tuple(others), adjustable=replace(adjustable, voice_generation=after)
    )
    return _with(adjusted, changed, "voiceGenerationOptions", adjustable.voice_generation, after)


def _with(
    adjusted: Adjusted, spec: SessionSpec, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Adjusted:
    """The changed session, and what changed of `name`, by path."""
    changed = {
        f"{name}.{key}" if key else name: {"before": before.get(key), "after": value}
        for key, value in after.items()
        if value != before.get(key)
    }
    return Adjusted(spec, {**adjusted.changed, **changed})
