"""`visavis doctor providers` against servers here that take one key and refuse another."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.providers.fake_ears import FakeEars
from tests.providers.fake_elevenlabs_speech import FakeElevenLabsSpeech
from tests.providers.fake_embeddings import FakeEmbeddings
from tests.providers.fake_openai import FakeOpenAI, refusal, text_plan
from tests.providers.fake_speech_server import KEY, FakeSpeechServer, Plan
from tests.providers.vendors import EARS, VENDORS, EarsVendor, Vendor
from visavis.app import keyring_of
from visavis.cli.provider_check import ask_providers, ask_stored
from visavis.db import migrate
from visavis.db.models import Llm, Organization, ProviderSecret
from visavis.db.session import Database
from visavis.settings import Settings

NOBODY = "http://127.0.0.1:1"


def settings_of(**values: Any) -> Settings:
    return Settings(discover_llms=False, **values)


async def found(settings: Settings) -> dict[str, tuple[str, str]]:
    return {it.part: (it.mark, it.text) for it in await ask_providers(settings)}


# --- voices -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["elevenlabs", "cartesia", "azure", "openai_speech", "deepgram", "fish_audio"])
async def vendor(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Vendor, FakeSpeechServer]]:
    vendor = VENDORS[request.param]
    async with vendor.server() as server:
        yield vendor, server
    await asyncio.get_running_loop().shutdown_default_executor()  # where hosts are looked up


async def finding(vendor: Vendor, server: FakeSpeechServer, **options: str) -> tuple[str, str]:
    given = {"base_url": server.url + vendor.suffix, **options}
    return (await found(settings_of(tts={vendor.name: given})))[f"voice {vendor.name}"]


async def test_a_key_that_works_is_said_to_work(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key=KEY)
    assert mark == "ok"
    assert "takes the key" in text
    assert vendor[1].requests == []  # and nothing was spoken


async def test_a_wrong_key_and_a_missing_one_are_told_apart(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key="another")
    assert mark == "broken"
    assert "refused the key" in text
    assert "another" not in text
    mark, text = await finding(*vendor)
    assert mark == "broken"
    assert f"VISAVIS_TTS__{vendor[0].name.upper()}__API_KEY" in text


async def test_a_server_that_is_not_there_is_called_that(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key=KEY, base_url=NOBODY)
    assert mark == "broken"
    assert "nothing listens at that address" in text
    assert NOBODY in text


async def test_built_in_voices_say_whether_they_can_work() -> None:
    marks = await found(settings_of())
    assert "voice elevenlabs" not in marks
    assert "voice piper" not in marks
    assert {"voice flite", "voice espeak", "voice festival", "ears pocketsphinx", "mind"} <= set(marks)


# --- ears -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=sorted(EARS))
async def ears(request: pytest.FixtureRequest) -> AsyncIterator[tuple[EarsVendor, FakeEars]]:
    vendor = EARS[request.param]
    async with vendor.server() as server:
        yield vendor, server
    await asyncio.get_running_loop().shutdown_default_executor()


async def heard(vendor: EarsVendor, server: FakeEars, **options: str) -> tuple[str, str]:
    given = {"base_url": server.url + vendor.suffix, "api_key": KEY, **options}
    return (await found(settings_of(ears=vendor.name, stt={vendor.name: given})))[f"ears {vendor.name}"]


async def test_ears_that_work_hear_a_moment_of_silence(ears: tuple[EarsVendor, FakeEars]) -> None:
    mark, text = await heard(*ears)
    assert mark == "ok"
    assert text.endswith(" hears")
    assert 0 < len(ears[1].pcm) / 2 / ears[1].rate_hz <= 0.2
    assert np.abs(np.frombuffer(bytes(ears[1].pcm), "<i2")).max() <= 1  # a resampler makes noise of its own


async def test_what_is_wrong_with_ears_is_told(ears: tuple[EarsVendor, FakeEars]) -> None:
    mark, text = await heard(*ears, api_key="another")
    assert (mark, "refused the key" in text, "another" in text) == ("broken", True, False)
    ears[1].answer_with(Plan(status=404))
    mark, text = await heard(*ears)
    assert (mark, "it knows no such model, voice or address" in text, ears[1].url in text) == ("broken", True, True)
    mark, text = await heard(*ears, base_url=NOBODY)
    assert (mark, "nothing listens at that address" in text, NOBODY in text) == ("broken", True, True)


async def test_ears_that_were_only_set_up_are_asked_too() -> None:
    marks = await found(settings_of(stt={"deepgram": {"base_url": NOBODY}}))
    assert marks["ears deepgram"][0] == "broken"
    assert "VISAVIS_STT__DEEPGRAM__API_KEY" in marks["ears deepgram"][1]
    assert marks["ears pocketsphinx"][0] == "ok"


# --- minds and knowledge ------------------------------------------------------------------------------------------


@pytest.fixture
async def minds() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        yield server
    await asyncio.get_running_loop().shutdown_default_executor()


async def thought(url: str) -> tuple[str, str]:
    return (await found(settings_of(llm_url=url, llm_model="small", llm_api_key=KEY)))["mind"]


async def test_a_mind_that_works_says_a_word(minds: FakeOpenAI) -> None:
    minds.answer_with(text_plan("Hello."))
    mark, text = await thought(minds.url)
    assert mark == "ok"
    assert text.startswith(f"small at {minds.url}: the first word came after ")
    assert len(minds.requests) == 1


@pytest.mark.parametrize(("status", "told"), [(401, "refused the key"), (404, "knows no such model")])
async def test_what_is_wrong_with_a_mind_is_told(minds: FakeOpenAI, status: int, told: str) -> None:
    minds.answer_with(refusal(status))
    mark, text = await thought(minds.url)
    assert (mark, told in text) == ("broken", True)
    assert text.endswith(f"Asked was small at {minds.url}.")
    assert KEY not in text


@pytest.mark.parametrize(
    ("url", "told"),
    [(f"{NOBODY}/v1", "nothing listens at that address"), ("http://no-such-host.invalid/v1", "nobody knows its name")],
)
async def test_a_mind_that_is_nowhere_is_told_why(url: str, told: str) -> None:
    mark, text = await thought(url)
    await asyncio.get_running_loop().shutdown_default_executor()
    assert (mark, told in text) == ("broken", True)


async def test_who_embeds_is_asked_too() -> None:
    with FakeEmbeddings() as server:
        told = settings_of(embeddings_url=server.url, embeddings_model="small")
        assert (await found(told))["embeddings"][0] == "ok"
        server.answer = (401, b"{}")
        mark, text = (await found(told))["embeddings"]
    assert (mark, "refused the key" in text) == ("broken", True)


# --- what organizations brought ------------------------------------------------------------------------------------


async def test_keys_and_minds_of_organizations_are_asked(minds: FakeOpenAI, tmp_path: Path) -> None:
    minds.answer_with(text_plan("Hello."))
    async with FakeElevenLabsSpeech() as voices:
        told = settings_of(
            data_dir=tmp_path, allow_private_urls=True, tts={"elevenlabs": {"base_url": voices.url}},
        )  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        right, wrong = await stored(told, minds.url, f"http://127.0.0.1:{port}/v1")
        findings = {it.part: (it.mark, it.text) for it in await ask_stored(told)}
    assert findings[f"{right}: voice elevenlabs"] == ("ok", "ElevenLabs answers and takes the key")
    assert findings[f"{right}: mind Ours"][0] == "ok"
    assert findings[f"{wrong}: voice elevenlabs"][0] == "broken"
    assert "refused the key" in findings[f"{wrong}: voice elevenlabs"][1]
    assert "nothing listens" in findings[f"{wrong}: mind Ours"][1]
    assert len(findings) == 4  # nobody thinks for the entry that says so


async def stored(settings: Settings, mind_url: str, nobody_url: str) -> tuple[str, str]:
    """Two organizations with a key and a mind each; those of the second do not work."""
    await migrate.upgrade(settings.database)
    database, keyring = Database(settings.database), keyring_of(settings)
    ids: list[str] = []
    async with database.writing() as session:
        for name, key, url in (("right", KEY, mind_url), ("wrong", "another", nobody_url)):
            organization = Organization(name=name)
            session.add(organization)
            await session.flush()
            of = {"organization_id": organization.id}
            mind = {"llm_format": "custom", "model_name": "small", "urls": [{"url": url}], "secret": keyring.seal(key)}
            session.add(ProviderSecret(provider="elevenlabs", secret=keyring.seal(key), **of))
            session.add(Llm(display_name="Ours", **mind, **of))
            session.add(Llm(display_name="The client's", llm_format="none", **of))
            ids.append(organization.id)
    await database.close()
    return ids[0], ids[1]
