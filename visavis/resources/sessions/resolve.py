"""A stored or ephemeral persona and the options of a session → the one value the engine takes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from visavis.core.errors import Detail, InvalidRequest, NotSupported, Unavailable
from visavis.core.spec import (
    Adjustable,
    EarsSpec,
    FaceSpec,
    ListeningSpec,
    MindSpec,
    PersonaSpec,
    SessionSpec,
    ToolSpec,
    VoiceSpec,
)
from visavis.db.blobs import Blobs
from visavis.db.models import Persona
from visavis.resources.avatars.service import face_spec
from visavis.resources.personas.service import References
from visavis.resources.sessions.direction import expressivity_of, style_of
from visavis.resources.sessions.schemas import Environment, SessionOptions, SessionReplay, SessionRequest

SMALL_PX = [(720, 480)]
LARGE_PX = [(1152, 768), (768, 1152)]
SIZES_PX = {"cara-2": SMALL_PX, "cara-3": SMALL_PX, "cara-4": LARGE_PX, "cara-4-latest": LARGE_PX}
# Models that follow director's notes and cues; older ones take the fields and do nothing with them.
DIRECTED = ("cara-4", "cara-4-latest")
UNSUPPORTED = {
    "livekit_url": ("environment.livekitUrl", "LiveKit rooms"),
    "agora_settings": ("environment.agoraSettings", "Agora channels"),
    "eleven_labs_agent_settings": ("environment.elevenLabsAgentSettings", "ElevenLabs agents"),
}
# SDKs whose users expect to see what they typed in the transcript
ECHOING_CLIENTS = {"python-sdk"}
# SDKs that take the older form of a client tool's call for an error
ONE_FORM_CLIENTS = {"kmp-sdk"}
DETECTION_MS = {
    "silenceBeforeSkipTurnSeconds": "skip_turn_after_ms",
    "silenceBeforeSessionEndSeconds": "end_session_after_ms",
    "silenceBeforeAutoEndTurnSeconds": "auto_end_turn_after_ms",
}


def check_supported(request: SessionRequest, region: str) -> None:
    """Refuse by name what this server cannot do, rather than start a session that cannot work."""
    environment = request.environment or Environment()
    for attribute, (path, what) in UNSUPPORTED.items():
        if getattr(environment, attribute) is not None:
            raise _not_supported(path, f"{what} are not supported yet; leave the field out to use WebRTC")
    options = request.session_options or SessionOptions()
    if options.egress is not None:
        raise _not_supported("sessionOptions.egress", "egress is not supported yet; leave the field out to use WebRTC")
    if options.region_policy == "strict":
        if options.region is None:
            raise InvalidRequest.field("sessionOptions.region", 'is required with regionPolicy "strict"', "missing")
        if options.region != region:
            raise Unavailable(f'No capacity in region "{options.region}"; this server is "{region}"')


def session_spec(
    session_id: str,
    organization_id: str,
    row: Persona,
    found: References,
    minds: Sequence[MindSpec],
    ears: str,
    options: SessionOptions,
    files: Blobs,
    *,
    tools: tuple[ToolSpec, ...] = (),
    passthrough: bool = False,
    client: str = "",
    voices: Sequence[VoiceSpec] = (),
    films: bool = False,
) -> SessionSpec:
    """`minds` think for the persona's LLM and for those after it, `ears` is the recogniser's name, `client` what
    the SDK calls itself, and `voices` who can speak for the persona, the best first.

    `films` is whether sessions are filmed that do not say what they want. `passthrough` makes this session one whose
    speech the client brings, whatever the persona says.

    Raises `InvalidRequest` where the parts do not make a session.
    """
    passthrough = passthrough or row.enable_audio_passthrough
    minds = () if passthrough else [_addressed(mind, row.name) for mind in minds]
    mind = minds[0] if minds else None
    length_s = row.max_session_length_seconds
    replay = (options.session_replay or SessionReplay()).enable_session_replay
    return SessionSpec(
        session_id=session_id,
        organization_id=organization_id,
        persona=_persona(row, passthrough),
        face=_face(row, found, options, files),
        voice=_voice(found, mind, voices),
        fallback_voices=tuple(voices[1:]),
        mind=mind,
        fallback_minds=tuple(minds[1:]),
        ears=None if passthrough else EarsSpec(ears, row.language_code or ""),
        listening=_listening(row, passthrough),
        adjustable=_adjustable(row, found),
        tools=tools,
        end_user_id=options.end_user_id or "",
        tells_client_tools_twice=client not in ONE_FORM_CLIENTS,
        echo_typed_text=client in ECHOING_CLIENTS,
        zero_data_retention=row.zero_data_retention,
        may_be_recorded=(films if replay is None else replay) and not row.zero_data_retention,
        max_length_ms=length_s * 1000 if length_s is not None else None,
        video_quality=options.video_quality or "auto",
    )


def _addressed(mind: MindSpec, name: str) -> MindSpec:
    return replace(mind, options={**mind.options, "persona_name": name})


def portrait_size(row: Persona, found: References) -> tuple[int, int] | None:
    """The size in pixels of an upright picture of the persona, where its face has one."""
    model = row.avatar_model or (found.avatar.active_version if found.avatar else "")
    return next(((width, height) for width, height in SIZES_PX.get(model, ()) if height > width), None)


def with_sensitivity(spec: SessionSpec, sensitivity: float | None) -> SessionSpec:
    """The one thing a page may change about its session."""
    if sensitivity is None:
        return spec
    detection = {**spec.adjustable.voice_detection, "endOfSpeechSensitivity": sensitivity}
    return replace(
        spec,
        listening=replace(spec.listening, end_of_speech_sensitivity=sensitivity),
        adjustable=replace(spec.adjustable, voice_detection=detection),
    )


def listening(options: dict[str, Any]) -> ListeningSpec:
    changes = {name: float(options[key]) * 1000 for key, name in DETECTION_MS.items() if key in options}
    if "endOfSpeechSensitivity" in options:
        changes["end_of_speech_sensitivity"] = float(options["endOfSpeechSensitivity"])
    if "speechEnhancementLevel" in options:
        changes["speech_enhancement_level"] = float(options["speechEnhancementLevel"])
    return replace(ListeningSpec(), **changes)


def _adjustable(row: Persona, found: References) -> Adjustable:
    return Adjustable(
        voice_detection=row.voice_detection_options or {},
        voice_generation=row.voice_generation_options or {},
        voice_provider=found.voice.provider if found.voice else "",
        voice_speed=row.voice_speed,
    )


def _listening(row: Persona, passthrough: bool) -> ListeningSpec:
    """Nobody listens where the client brings the speech: a silence there ends nothing, unless somebody asked for it."""
    options = row.voice_detection_options or {}
    heard = listening(options)
    if passthrough and "silenceBeforeSessionEndSeconds" not in options:
        return replace(heard, end_session_after_ms=0)
    return heard


def _persona(row: Persona, passthrough: bool) -> PersonaSpec:
    prompt = "\n\n".join(part for part in (row.personality, row.system_prompt) if part)
    return PersonaSpec(
        name=row.name,
        system_prompt=prompt,
        opening_line=row.initial_message or None,
        skip_greeting=row.skip_greeting,
        uninterruptible_greeting=row.uninterruptible_greeting,
        audio_passthrough=passthrough,
    )


def _face(row: Persona, found: References, options: SessionOptions, files: Blobs) -> FaceSpec:
    avatar = found.avatar
    if avatar is None:
        raise InvalidRequest.field("personaConfig.avatarId", "is required: a session needs a face", "missing")
    model = row.avatar_model or avatar.active_version
    sizes = SIZES_PX[model]
    width_px, height_px = options.video_width, options.video_height
    if width_px is None and height_px is None:
        width_px, height_px = sizes[0]
    if (width_px, height_px) not in sizes:
        raise _wrong_size(sizes)
    assert width_px is not None
    assert height_px is not None
    face = face_spec(avatar, width_px, height_px, files)
    face = replace(face, disclosed=bool(options.show_ai_avatar_disclosure))
    if model not in DIRECTED:
        return replace(face, takes_direction=False)
    return replace(face, style=style_of(row.director_notes), expressivity=expressivity_of(row.director_notes))


def _wrong_size(sizes: list[tuple[int, int]]) -> InvalidRequest:
    offered = [f"{width}x{height}" for width, height in sizes]
    message = f"videoWidth and videoHeight go together; this avatar model offers {', '.join(offered)}"
    detail = Detail("sessionOptions.videoWidth", message, "unsupported_size")
    return InvalidRequest(f"sessionOptions.videoWidth: {message}", [detail], {"supportedDimensions": offered})


def _voice(found: References, mind: MindSpec | None, voices: Sequence[VoiceSpec]) -> VoiceSpec | None:
    if voices:
        return voices[0]
    if found.voice is not None:
        message = f'"{found.voice.display_name}" has nobody to speak for it who keeps nothing of what is said'
        raise InvalidRequest.field("personaConfig.voiceId", message, "not_zero_retention")
    if mind is not None:
        raise InvalidRequest.field(
            "personaConfig.voiceId", "is required: a persona that talks needs a voice", "missing"
        )
    return None


def _not_supported(path: str, message: str) -> NotSupported:
    return NotSupported(f"{path}: {message}", [Detail(path, message, "not_supported")])
