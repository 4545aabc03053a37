"""The documented shapes of answers as JSON Schema: every documented key has to be there with a documented type."""

from typing import Any

import jsonschema

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
INTEGER: Schema = {"type": "integer"}
INTEGER_OR_NULL: Schema = {"type": ["integer", "null"]}
FLAG: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
OBJECT: Schema = {"type": "object"}
OBJECTS: Schema = {"type": "array", "items": OBJECT}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
TIME_OR_NULL: Schema = {"anyOf": [TIME, {"type": "null"}]}
UUID: Schema = {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
URL: Schema = {"type": "string", "pattern": r"^https?://"}
URL_OR_NULL: Schema = {"anyOf": [URL, {"type": "null"}]}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


AVATAR = _object(
    id=UUID, displayName=TEXT, variantName=TEXT, imageUrl=URL, landscapeImageUrl=URL_OR_NULL,
    portraitImageUrl=URL_OR_NULL, videoUrl=URL_OR_NULL, idleVideoUrl=URL_OR_NULL, createdAt=TIME, updatedAt=TIME,
    createdByOrganizationId=TEXT_OR_NULL, availableVersions=TEXTS, activeVersion=TEXT_OR_NULL,
    description=TEXT_OR_NULL, displayTags=TEXTS,
    renderStyle={"enum": ["realistic", "animated_3d", "illustrated", "unknown"]},
)  # fmt: skip
VOICE = _object(
    id=UUID, displayName=TEXT, provider={"enum": ["CARTESIA", "ELEVENLABS", "OPENAI_ADVANCED_VOICE", "FISH_AUDIO"]},
    # one official client has no default for these two and for gender and country
    providerVoiceId=TEXT, providerModelId=TEXT, sampleUrl=URL_OR_NULL, previewSampleUrl=URL_OR_NULL,
    gender={"enum": ["MALE", "FEMALE", "NEUTRAL"]}, country=TEXT, description=TEXT_OR_NULL, displayTags=TEXTS,
    isZdr=FLAG, createdByOrganizationId=TEXT_OR_NULL, createdAt=TIME, updatedAt=TIME,
)  # fmt: skip
PERSONA = _object(
    id=UUID, name=TEXT, description=TEXT_OR_NULL, personaPreset=TEXT, avatar=_or_null(AVATAR),
    avatarModel=TEXT_OR_NULL, voice=_or_null(VOICE), voiceSpeed=NUMBER_OR_NULL, llmId=TEXT_OR_NULL,
    brain=_object(personality=TEXT_OR_NULL, systemPrompt=TEXT_OR_NULL), tools=OBJECTS, knowledge=OBJECTS,
    shareLinks=_or_null(OBJECTS), primaryShareLink=_or_null(OBJECT), enableAudioPassthrough=FLAG, skipGreeting=FLAG,
    zeroDataRetention=FLAG, voiceDetectionOptions=_or_null(OBJECT), voiceGenerationOptions=_or_null(OBJECT),
    widgetConfig=OBJECT, createdAt=TIME, updatedAt=TIME,
)  # fmt: skip
PERSONA_SUMMARY = _object(
    id=UUID, name=TEXT, description=TEXT, personaPreset=TEXT, avatar=_or_null(AVATAR), voice=_or_null(VOICE),
    voiceSpeed=NUMBER_OR_NULL, isDefaultPersona=FLAG, languageCode=TEXT, createdAt=TIME, updatedAt=TIME,
)  # fmt: skip
KNOWLEDGE_GROUP = _object(
    id=UUID, name=TEXT, description=TEXT_OR_NULL, documentCount=INTEGER, createdAt=TIME, updatedAt=TIME_OR_NULL
)
KNOWLEDGE_DOCUMENT = _object(
    id=UUID, knowledgeFolderId=UUID, filename=TEXT, fileType=TEXT, fileSize=INTEGER, fileUrl=URL,
    status={"enum": ["UPLOADED", "PROCESSING", "READY", "FAILED"]}, errorMessage=TEXT_OR_NULL, createdAt=TIME,
    updatedAt=TIME_OR_NULL,
)  # fmt: skip
KNOWLEDGE_RESULT = _object(
    documentId=UUID, filename=TEXT, content=TEXT, score={"type": "number", "minimum": 0, "maximum": 1},
    chunkIndex=INTEGER, metadata=OBJECT,
)  # fmt: skip
LLM = _object(
    id=TEXT, displayName=TEXT, description=TEXT_OR_NULL,
    llmFormat={"enum": [
        "openai", "azure_openai", "groq_openai", "gemini", "anthropic", "advanced_voice", "none", "custom",
    ]},
    urls={"type": "array", "items": _object(url=URL, region=TEXT)}, modelName=TEXT_OR_NULL,
    temperature=NUMBER_OR_NULL, maxTokens=INTEGER_OR_NULL, deploymentName=TEXT_OR_NULL, apiVersion=TEXT_OR_NULL,
    metadata=OBJECT, displayTags=TEXTS, isDefault=FLAG, isGlobal=FLAG, isZdr=FLAG,
    reasoningEffort={"enum": ["default", "low", "medium", "high"]},
    reasoningFormat={"enum": ["parsed", "raw", "hidden"]}, createdByOrganizationId=TEXT_OR_NULL, createdAt=TIME,
    updatedAt=TIME_OR_NULL,
)  # fmt: skip
TOOL = _object(
    id=UUID, name=TEXT, description=TEXT, type={"enum": ["CLIENT", "SERVER_RAG", "SERVER_WEBHOOK", "SYSTEM"]},
    config=OBJECT, disableInterruptions=FLAG, createdAt=TIME, updatedAt=TIME_OR_NULL, usageCount=INTEGER,
)  # fmt: skip
SHARE_LINK = _object(
    id=UUID, token={"type": "string", "pattern": "^sh_[A-Za-z0-9]{21}$"},
    type={"enum": ["LINK", "PLAYER_EMBED", "ORB_EMBED"]}, expiresAt=TIME_OR_NULL, usageLimit=INTEGER_OR_NULL,
    usageCount=INTEGER, allowedOrigins=TEXTS, allowAllOrigins=FLAG, removeWatermark=FLAG, enabled=FLAG, isPrimary=FLAG,
    createdAt=TIME, personaId=UUID, personaName=TEXT, organizationId=TEXT, url=URL, name=TEXT, isActive=FLAG,
)  # fmt: skip
SESSION = _object(
    id=UUID, personaId=TEXT_OR_NULL, clientLabel=TEXT_OR_NULL, startTime=TIME, endTime=TIME_OR_NULL,
    sessionLengthMs=INTEGER_OR_NULL, exitStatus=TEXT_OR_NULL, engineHost=TEXT_OR_NULL, engineProtocol=TEXT_OR_NULL,
    engineVersion=TEXT_OR_NULL, clientMetadata=OBJECT, personaConfig=OBJECT, apiKeyId=TEXT_OR_NULL,
    organizationId=TEXT, createdAt=TIME, updatedAt=TIME_OR_NULL,
)  # fmt: skip
META = _object(
    total=INTEGER, lastPage=INTEGER, currentPage=INTEGER, perPage=INTEGER, prev=INTEGER_OR_NULL, next=INTEGER_OR_NULL
)
ICE_SERVER = {**_object(urls=TEXTS, credentialType={"const": "password"}), "minProperties": 2}
ENGINE_SESSION = _object(
    sessionId=UUID, region=TEXT, engineHost={"type": "string", "pattern": "^[^:/]+(:[0-9]+)?(/.*)?$"},
    engineProtocol={"enum": ["http", "https"]}, signallingEndpoint={"type": "string", "pattern": "^/[^?]*$"},
    clientConfig=_object(
        heartbeatIntervalSeconds=INTEGER, maxWsReconnectionAttempts=INTEGER, expectedHeartbeatIntervalSecs=INTEGER,
        maxWsReconnectAttempts=INTEGER, iceServers={"type": "array", "items": ICE_SERVER},
        iceTransportPolicy={"enum": ["all", "relay"]},
    ),
)  # fmt: skip
ERROR = _object(
    error=TEXT, message=TEXT, details={"type": "array", "items": _object(path=TEXT, message=TEXT, code=TEXT)},
    summary=TEXT,
)  # fmt: skip


def page_of(item: Schema) -> Schema:
    return _object(data={"type": "array", "items": item}, meta=META)


def check(value: Any, schema: Schema) -> None:
    jsonschema.validate(value, schema)
