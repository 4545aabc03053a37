"""Checkpoints: what goes in comes out, and what does not come out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

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
    WebhookSpec,
)
from visavis.db.keyring import Keyring
from visavis.db.models import now
from visavis.engine.memory import Memory
from visavis.providers.base import ChatMessage, ToolCall
from visavis.resources.sessions import checkpoints
from visavis.resources.sessions.checkpoints import Checkpoint, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SPEC = SessionSpec(
    "session",
    "organization",
    PersonaSpec("Cara", "You are Cara.", "Hello", uninterruptible_greeting=True),
    FaceSpec("character", "liv", picture="a/b.jpg", face_box=(0.1, 0.2, 0.3, 0.4)),
    VoiceSpec("flite", "slt", speed=1.25, options={"a": 1, "b": 1.5, "c": "1", "d": True, "e": None}, secret="voice"),
    MindSpec("openai_compatible", "m", ("http://a", "http://b"), 0.5, 100, {"top_p": 0.9}, "secret", "public"),
    EarsSpec("pocketsphinx", "en"),
    ListeningSpec(skip_turn_after_ms=0.0, end_session_after_ms=0.0),
    (
        ToolSpec(
            "look_up",
            "Looks something up",
            "webhook",
            {"type": "object", "properties": {"q": {"type": "string"}}},
            webhook=WebhookSpec("https://a", "POST", {"authorization": "Bearer x"}, "{}"),
        ),
    ),
    max_length_ms=60_000.0,
    video_quality="high",
    adjustable=Adjustable({"endOfSpeechSensitivity": 0.3}, {"speed": 1.1}, "ELEVENLABS", None),
)
SAID = (
    ChatMessage("user", "Where is it?"),
    ChatMessage("assistant", "", (ToolCall("1", "look_up", '{"q": "it"}'),)),
    ChatMessage("tool", "here", tool_call_id="1"),
    ChatMessage("assistant", "It is here \N{WAVING HAND SIGN} \x00"),
)
CHECKPOINT = Checkpoint(SPEC, Memory(1_000.0, 500.0, True, SAID, 1, 2, '{"a": 1}'), now())


def test_a_checkpoint_comes_out_as_it_went_in() -> None:
    keyring = Keyring([NEW])
    sealed = seal(CHECKPOINT, keyring)
    assert unseal(sealed, keyring) == CHECKPOINT
    assert "Cara" not in sealed


def test_a_key_may_be_rotated_and_one_that_is_gone_opens_nothing() -> None:
    sealed = seal(CHECKPOINT, Keyring([OLD]))
    assert unseal(sealed, Keyring([NEW, OLD])) == CHECKPOINT
    assert unseal(sealed, Keyring([NEW])) is None


@pytest.mark.parametrize("damage", [lambda text: text[:-10], lambda text: "", lambda text: "x" + text, lambda _: "é"])
def test_a_damaged_checkpoint_is_none(damage: Any) -> None:
    keyring = Keyring([NEW])
    assert unseal(damage(seal(CHECKPOINT, keyring)), keyring) is None


def test_one_of_another_version_is_none() -> None:
    keyring = Keyring([NEW])
    assert unseal(keyring.seal('{"spec": {}, "memory": {}}'), keyring) is None
    assert unseal(keyring.seal("not JSON"), keyring) is None


def test_what_was_said_first_is_forgotten_where_all_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring([NEW])
    monkeypatch.setattr(checkpoints, "BYTES_MAX", 20_000)
    said = tuple(ChatMessage("user", f"{number:4}" + "x" * 1_000) for number in range(100))
    found = unseal(seal(replace(CHECKPOINT, memory=replace(CHECKPOINT.memory, said=said)), keyring), keyring)
    assert found is not None
    assert found.memory.said
    assert found.memory.said == said[-len(found.memory.said) :]
    huge = replace(SPEC, persona=replace(SPEC.persona, system_prompt="x" * 30_000))
    assert seal(replace(CHECKPOINT, spec=huge), keyring) == ""


def test_ages_grow_while_nobody_looks() -> None:
    memory = CHECKPOINT.at(CHECKPOINT.taken_at + timedelta(seconds=3))
    assert (memory.created_ms, memory.joined_ms) == (4_000.0, 3_500.0)
    # a clock that was set back makes nobody younger
    assert CHECKPOINT.at(CHECKPOINT.taken_at - timedelta(hours=1)) == CHECKPOINT.memory
