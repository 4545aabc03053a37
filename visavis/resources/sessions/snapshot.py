"""What is remembered of how a session was set up; secrets and, where asked for, contents are left out."""

from typing import Any

from visavis.core.spec import SessionSpec
from visavis.db.models import Persona
from visavis.resources.personas.service import References

UNLIMITED_SECONDS = 1_000_000
REDACTED = "[REDACTED]"


def session_type(found: References, spec: SessionSpec) -> str:
    """Who thinks: this server, the organization's own LLM, or the application on its page."""
    if spec.persona.audio_passthrough:
        return "audio_passthrough"  # our own name, since the contract has none
    if spec.mind is None:
        return "custom_llm_client"
    return "turnkey" if found.llm is None or found.llm.organization_id is None else "custom_llm_server"


def persona_snapshot(row: Persona, found: References, spec: SessionSpec, kind: str) -> dict[str, Any]:
    if row.zero_data_retention:
        return {"type": kind, "zeroDataRetention": True}
    return {
        "type": kind,
        "name": row.name,
        "metadata": {},
        "llmConfig": _llm(found),
        "systemPrompt": row.system_prompt,
        "personality": row.personality,
        "initialMessage": row.initial_message,
        "languageCode": row.language_code,
        "skipGreeting": row.skip_greeting,
        "uninterruptibleGreeting": row.uninterruptible_greeting,
        "zeroDataRetention": False,
        **_voice(found),
        "avatarEngineKey": f"{spec.face.renderer}/{spec.face.identity}",
        "avatarVersion": row.avatar_model or (found.avatar.active_version if found.avatar else None),
        "disableBrains": spec.mind is None,
        "fillerPhrases": [],
        "useFillerPhrases": False,
        "enableAudioPassthrough": row.enable_audio_passthrough,
        "voiceSpeed": row.voice_speed,
        "voiceDetectionOptions": row.voice_detection_options or {},
        "voiceGenerationOptions": row.voice_generation_options or {},
        "directorNotes": row.director_notes,
        "maxSessionLengthSeconds": row.max_session_length_seconds or UNLIMITED_SECONDS,
        "fps": 25,
    }


def _llm(found: References) -> dict[str, Any] | None:
    llm = found.llm
    if llm is None:
        return None
    return {
        "id": llm.id,
        "modelName": llm.model_name,
        "format": llm.llm_format,
        "urls": llm.urls,
        "maxTokens": llm.max_tokens,
        "temperature": llm.temperature,
        "metadata": llm.llm_metadata,
        "secret_iv": REDACTED,
        "encrypted_secret": REDACTED,
        "createdByOrganizationId": llm.organization_id,
    }


def _voice(found: References) -> dict[str, Any]:
    voice = found.voice
    return {
        "ttsProvider": voice.provider if voice else None,
        "ttsProviderVoiceId": voice.provider_voice_id if voice else None,
        "ttsProviderModelId": voice.provider_model_id if voice else None,
        "ttsProviderOptions": {},
    }
