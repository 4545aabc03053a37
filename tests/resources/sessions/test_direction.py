"""Director's notes: which style they mean, and which models follow them."""

from pathlib import Path
from typing import Any

import pytest

from visavis.core.spec import FaceSpec
from visavis.db.blobs import Blobs
from visavis.db.models import Avatar, Persona
from visavis.renderers.expressions import STYLES
from visavis.resources.personas.service import References
from visavis.resources.sessions.direction import _WORDS, nearest_style
from visavis.resources.sessions.resolve import session_spec
from visavis.resources.sessions.schemas import SessionOptions

NO_FILES = Blobs(Path("nowhere"))
WARM = {"presetStyle": "warm", "expressivity": 0.8}


def face(model: str, notes: dict[str, Any] | None) -> FaceSpec:
    row = Persona(name="Ann", avatar_model=model, director_notes=notes, skip_greeting=False)
    avatar = Avatar(renderer="character", identity="cara", active_version="cara-3")
    found = References(avatar=avatar, voice=None, llm=None)
    return session_spec("s", "o", row, found, [], "none", SessionOptions(), NO_FILES, passthrough=True).face


@pytest.mark.parametrize("model", ["cara-4", "cara-4-latest"])
def test_new_models_follow_director_notes(model: str) -> None:
    assert face(model, WARM) == FaceSpec("character", "cara", 1152, 768, style="warm", expressivity=0.8)
    assert face(model, {"customStylePrompt": "A furious villain"}).style == "angry"
    assert face(model, None) == FaceSpec("character", "cara", 1152, 768)


@pytest.mark.parametrize("model", ["cara-2", "cara-3"])
def test_old_models_do_nothing_with_them(model: str) -> None:
    assert face(model, WARM) == FaceSpec("character", "cara", 720, 480, takes_direction=False)


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("Cheerful and full of energy!", "happy"),
        ("calm, gentle and welcoming", "warm"),
        ("Speak like a witty stand-up comedian who loves to tease", "playful"),
        ("an empathetic coach who listens and encourages", "supportive"),
        ("grieving, sorrowful", "sad"),
        ("irritated; a strict sergeant", "angry"),
        ("anxious and scared", "distressed"),
        ("not sad at all, but joyful", "happy"),
        ("drives a car in the fun fair", "playful"),
        ("funeral director", ""),
        ("a customer in Madrid", ""),
        ("speaks in rhymes", ""),
        ("", ""),
    ],
)
def test_words_are_matched_with_the_nearest_style(prompt: str, style: str) -> None:
    assert nearest_style(prompt) == style


def test_only_styles_that_faces_play_are_meant() -> None:
    assert set(_WORDS) == set(STYLES)
