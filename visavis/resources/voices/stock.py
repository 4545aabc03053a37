"""The voices every server has. Those of documented ids belong to providers; without a key built-in ones stand in."""

import uuid
from datetime import UTC, datetime, timedelta

from visavis.db.models import Voice

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SPOKEN_BY = "flite"

# id, name, who speaks, description; then what documents say of the id: provider, its voice, its model
DOCUMENTED: list[tuple[str, str, str, str, str, str, str]] = [
    (
        "6bfbe25a-979d-40f3-a92b-5394170af54b",
        "Cara",
        "slt",
        "A clear American woman.",
        "CARTESIA",
        "f786b574-daa5-4673-aa0c-cbe3e8534c02",
        "sonic-3",
    ),
    (
        "de23e340-1416-4dd8-977d-065a7ca11697",
        "Lucy",
        "slt-bright",
        "A younger, brighter woman.",
        "ELEVENLABS",
        "lcMyyd2HUfFzxdCaC4Ta",
        "eleven_flash_v2_5",
    ),
    (
        "b138c2a2-ba66-4887-95d5-1a57093fc92d",
        "Jessica",
        "slt-warm",
        "A lower, calmer woman.",
        "ELEVENLABS",
        "cgSgspJ2msm6clMCkdW9",
        "eleven_flash_v2_5",
    ),
    (
        "e54745c7-9439-44c3-b61a-193b42cce5bd",
        "Adam",
        "rms",
        "An American man with a steady voice.",
        "ELEVENLABS",
        "pNInz6obpgDQGcFmaJgB",
        "eleven_flash_v2_5",
    ),
]
# name, who speaks, description; these are ours alone and take the options of the most permissive provider
OWN: list[tuple[str, str, str]] = [
    ("Slate", "slt", "A clear American woman."),
    ("Sienna", "slt-warm", "A lower, calmer woman."),
    ("Skye", "slt-bright", "A younger, brighter woman."),
    ("Ramsey", "rms", "An American man with a steady voice."),
    ("Rufus", "rms-deep", "A deeper, older man."),
    ("Remy", "rms-light", "A younger man."),
    ("Angus", "awb", "A Scottish man."),
    ("Archie", "awb-deep", "A deeper Scottish man."),
    ("Cal", "kal16", "A fast, robotic classic."),
]
# the same where festival is installed; flite stands in elsewhere
RICHER: list[tuple[str, str, str]] = [
    ("Selma", "slt-hts", "A clear American woman, with more of the high sounds."),
    ("Saskia", "slt-hts-warm", "The same, lower and calmer."),
    ("Sunny", "slt-hts-bright", "The same, younger and brighter."),
]
# name, language as ISO 639-1, gender, country; robotic voices by espeak-ng
FOREIGN: list[tuple[str, str, str, str]] = [
    ("Elena", "es", "FEMALE", "ES"),
    ("Enrique", "es", "MALE", "ES"),
    ("Fabienne", "fr", "FEMALE", "FR"),
    ("Fabrice", "fr", "MALE", "FR"),
    ("Dagmar", "de", "FEMALE", "DE"),
    ("Dieter", "de", "MALE", "DE"),
    ("Paula", "pt", "FEMALE", "PT"),
    ("Paulo", "pt", "MALE", "PT"),
    ("Isabella", "it", "FEMALE", "IT"),
    ("Ivo", "it", "MALE", "IT"),
    ("Nora", "nl", "FEMALE", "NL"),
    ("Piotr", "pl", "MALE", "PL"),
]
LANGUAGES = {
    "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "pl": "Polish",
}  # fmt: skip
OWN_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:visavis:voices")


def rows() -> list[Voice]:
    own = [_own(name, speaker, description, SPOKEN_BY) for name, speaker, description in OWN]
    richer = [_own(name, speaker, description, "festival") for name, speaker, description in RICHER]
    rows = [_row(index, *entry) for index, entry in enumerate(DOCUMENTED + own + richer)]
    return rows + [_foreign(len(rows) + index, *entry) for index, entry in enumerate(FOREIGN)]


def _own(name: str, speaker: str, description: str, served_by: str) -> tuple[str, str, str, str, str, str, str]:
    return (str(uuid.uuid5(OWN_IDS, speaker)), name, speaker, description, "FISH_AUDIO", speaker, served_by)


def _foreign(index: int, name: str, language: str, gender: str, country: str) -> Voice:
    speaker = f"{language}-{gender.lower()}"
    description = f"{LANGUAGES[language]}, robotic: espeak-ng, which is under the GPL and runs in a process of its own."
    row = _row(index, *_own(name, speaker, description, "espeak"))
    row.gender, row.country, row.language = gender, country, language
    row.display_tags = ["built-in", language, "robotic"]
    return row


def country_of(speaker: str) -> str:
    """Whose accent a built-in voice has."""
    return "GB" if speaker.startswith("awb") else "US"


def _row(
    index: int, row_id: str, name: str, speaker: str, description: str, provider: str, voice_id: str, model_id: str
) -> Voice:
    # lists are newest first, so earlier entries are a little newer
    made_at = FIRST - timedelta(seconds=index)
    return Voice(
        id=row_id,
        organization_id=None,
        display_name=f"{name} (built-in)",
        provider=provider,
        provider_voice_id=voice_id,
        provider_model_id=model_id,
        served_by=model_id if voice_id == speaker else SPOKEN_BY,
        served_voice=speaker,
        language="en",
        gender="FEMALE" if speaker.startswith("slt") else "MALE",
        country=country_of(speaker),
        description=description,
        display_tags=["built-in"],
        is_zdr=True,
        created_at=made_at,
        updated_at=made_at,
    )
