"""What may change in a living session, and what listening means where nobody listens."""

from typing import Any

import pytest

from tests.resources.sessions.test_direction import NO_FILES
from visavis.core.errors import InvalidRequest
from visavis.core.spec import Adjustable, EarsSpec, FaceSpec, ListeningSpec, PersonaSpec, SessionSpec, VoiceSpec
from visavis.db.models import Avatar, Persona
from visavis.engine.adjust import Adjusted
from visavis.resources.personas.service import References
from visavis.resources.sessions.adjust import LiveSettings
from visavis.resources.sessions.resolve import session_spec, with_sensitivity
from visavis.resources.sessions.schemas import SessionOptions

SPEC = SessionSpec(
    "s", "o", PersonaSpec("Ann", ""), FaceSpec("still", "ann"),
    VoiceSpec("flite", "slt", speed=1.1, options={"speed": 1.1}), None, EarsSpec("ears", "en"),
    adjustable=Adjustable({"endOfSpeechSensitivity": 0.3}, {"speed": 1.1}, "ELEVENLABS", None),
)  # fmt: skip


def adjusted(changes: dict[str, Any], *languages: str, spec: SessionSpec = SPEC) -> Adjusted:
    return LiveSettings("ears", languages or ("*",))(spec, changes)


def test_another_language() -> None:
    after = adjusted({"languageCode": "fr"})
    assert after.spec.ears == EarsSpec("ears", "fr")
    assert after.changed == {"languageCode": {"before": "en", "after": "fr"}}
    assert adjusted({"languageCode": None}).changed == {"languageCode": {"before": "en", "after": None}}
    assert adjusted({"languageCode": "en"}).changed == {}


def test_a_language_that_the_recogniser_does_not_understand_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="languageCode: the recogniser ears understands only: en"):
        adjusted({"languageCode": "fr"}, "en")
    assert adjusted({"languageCode": "en-GB"}, "en").spec.ears == EarsSpec("ears", "en-GB")
    with pytest.raises(InvalidRequest, match="ISO 639-1"):
        adjusted({"languageCode": "not a language"})


def test_turn_taking_changes_where_it_was_said_to() -> None:
    after = adjusted({"voiceDetectionOptions": {"silenceBeforeSessionEndSeconds": 90, "endOfSpeechSensitivity": 0.3}})
    assert after.spec.listening == ListeningSpec(end_session_after_ms=90_000)
    assert after.changed == {"voiceDetectionOptions.silenceBeforeSessionEndSeconds": {"before": None, "after": 90.0}}
    again = adjusted({"voiceDetectionOptions": {"silenceBeforeSessionEndSeconds": 30}}, spec=after.spec)
    assert again.changed == {"voiceDetectionOptions.silenceBeforeSessionEndSeconds": {"before": 90.0, "after": 30.0}}


def test_what_the_page_had_set_before_is_known() -> None:
    spec = with_sensitivity(SPEC, 0.9)
    after = adjusted({"voiceDetectionOptions": {"endOfSpeechSensitivity": 0.1}}, spec=spec)
    assert after.changed == {"voiceDetectionOptions.endOfSpeechSensitivity": {"before": 0.9, "after": 0.1}}
    assert after.spec.listening.end_of_speech_sensitivity == 0.1


def test_another_way_of_speaking_keeps_what_was_not_mentioned() -> None:
    after = adjusted({"voiceGenerationOptions": {"stability": 0.4}})
    assert after.spec.voice == VoiceSpec("flite", "slt", speed=1.1, options={"speed": 1.1, "stability": 0.4})
    assert after.changed == {"voiceGenerationOptions.stability": {"before": None, "after": 0.4}}
    faster = adjusted({"voiceGenerationOptions": {"speed": 1.2}}, spec=after.spec)
    assert faster.spec.voice is not None
    assert faster.spec.voice.speed == 1.2


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"systemPrompt": "Be a pirate."}, "systemPrompt: cannot be changed while a session lives"),
        ({"voiceDetectionOptions": {"endOfSpeechSensitivity": 7}}, "voiceDetectionOptions.endOfSpeechSensitivity"),
        ({"voiceDetectionOptions": "quick"}, "voiceDetectionOptions"),
        ({"voiceGenerationOptions": {"speed": 40}}, "voiceGenerationOptions.speed"),
    ],
)
def test_bad_changes_are_refused_by_name(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        adjusted(changes)
    assert problem in caught.value.message
    assert "pirate" not in caught.value.message


def test_there_is_nothing_to_change_where_nobody_listens_or_speaks() -> None:
    face_only = SessionSpec("s", "o", PersonaSpec("Ann", ""), FaceSpec("still", "ann"), None, None, None)
    with pytest.raises(InvalidRequest, match="languageCode: nobody listens"):
        adjusted({"languageCode": "fr"}, spec=face_only)
    with pytest.raises(InvalidRequest, match="voiceGenerationOptions: this session has no voice"):
        adjusted({"voiceGenerationOptions": {"speed": 1.0}}, spec=face_only)


@pytest.mark.parametrize(
    ("passthrough", "options", "ends_after_ms"),
    [(True, None, 0), (True, {"silenceBeforeSessionEndSeconds": 90}, 90_000), (False, None, 60_000)],
)
def test_a_session_that_hears_nobody_is_not_ended_by_silence_unless_asked(
    passthrough: bool, options: dict[str, Any] | None, ends_after_ms: float
) -> None:
    row = Persona(name="Ann", voice_detection_options=options, skip_greeting=False, uninterruptible_greeting=False)
    found = References(Avatar(renderer="character", identity="cara", active_version="cara-3"), voice=None, llm=None)
    spec = session_spec("s", "o", row, found, [], "none", SessionOptions(), NO_FILES, passthrough=passthrough)
    assert spec.listening.end_session_after_ms == ends_after_ms
