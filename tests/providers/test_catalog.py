"""The catalog: lists without importing, loads by name, says what is missing, and lets guests in by the same door."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from scripts.docs import GENERATED
from scripts.docs.providers import providers_page
from tests.providers.conftest import Announce
from visavis.core.errors import NotFound, ProviderError
from visavis.providers import catalog
from visavis.providers.base import Traits
from visavis.providers.catalog import KINDS, Kind

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVERY = [(kind, name) for kind in KINDS for name in catalog.names(kind)]


@pytest.fixture
def guests(announce: Announce) -> None:
    """Two voices, one of which lacks its library, and one that would be another."""
    announce("[visavis.tts]\nacme = acme_voices:Acme\nacme_broken = acme_broken:Voice\nflite = acme_voices:Acme\n")


def test_every_kind_has_its_built_ins() -> None:
    assert catalog.names("stt") == [
        "azure", "deepgram", "openai_compatible", "openai_realtime", "pocketsphinx", "scripted", "whisper",
    ]  # fmt: skip
    assert catalog.names("llm") == ["anthropic", "echo", "gemini", "openai_compatible", "responder", "script"]
    assert catalog.names("tts") == [
        "azure", "cartesia", "deepgram", "elevenlabs", "espeak", "festival", "fish_audio", "flite", "flite_wasm",
        "kokoro", "openai_speech", "piper", "tone",
    ]  # fmt: skip
    assert catalog.names("vad") == ["energy", "silero"]
    assert catalog.names("end_of_turn") == ["smart_turn"]
    assert catalog.names("cloning") == ["elevenlabs"]
    assert catalog.names("meetings") == ["bot_service"]


LISTING = """
import sys
from visavis.providers import catalog
listed = {f"visavis.providers.{kind}.{name}" for kind in catalog.KINDS for name in catalog.names(kind)}
vendors = {"openai", "onnxruntime", "pocketsphinx", "wasmtime", "faster_whisper"}
print(sorted((listed | vendors) & set(sys.modules)))
"""


def test_listing_imports_no_provider_and_no_vendor() -> None:
    done = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_provider_says_what_it_is(kind: Kind, name: str) -> None:
    traits = catalog.traits(kind, name)
    assert isinstance(traits, Traits)
    assert traits.label
    module, _, attribute = catalog.dotted(kind, name).partition(":")
    provider = getattr(sys.modules[module], attribute)
    assert provider is sys.modules[module].PROVIDER
    assert issubclass(provider.Settings, BaseModel)
    assert provider.Settings.model_json_schema()["type"] == "object"


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_provider_says_what_it_costs_and_what_its_options_mean(kind: Kind, name: str) -> None:
    assert catalog.traits(kind, name).cost
    silent = [option for option, field in catalog.options(kind, name).model_fields.items() if not field.description]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_provider_that_the_pages_do_not_list_is_noticed(announce: Announce, kind: Kind) -> None:
    """What is committed is what follows from the catalog, so one provider more is one section that lacks."""
    committed = (DOCS / "providers.md").read_text(encoding="utf-8").splitlines()
    assert [GENERATED, "", *providers_page()] == committed
    announce(f"[visavis.{kind}]\nacme = acme_voices:Acme\n")
    lacking = [line for line in providers_page() if line not in committed]
    assert lacking[:2] == ["### acme", "Acme."]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_the_pages_tell_capabilities_and_cost_of_every_provider(kind: Kind, name: str) -> None:
    page = (DOCS / "providers.md").read_text(encoding="utf-8")
    of_kind = page.partition(f"(`{kind}`)\n")[2].partition("\n## ")[0]
    section = of_kind.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    traits = catalog.traits(kind, name)
    assert traits.label in section
    assert traits.cost in section
    assert f"keeps no data: {'yes' if traits.zero_retention else 'no'}" in section or kind == "meetings"
    assert all(f"| `{option}` |" in section for option in catalog.options(kind, name).model_fields)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_a_provider_that_cannot_work_here_says_what_to_install(kind: Kind, name: str) -> None:
    hint = catalog.missing(kind, name)
    if not hint:
        assert catalog.load(kind, name).traits is catalog.traits(kind, name)
        return
    assert "install" in hint
    with pytest.raises(ProviderError) as raised:
        catalog.load(kind, name)
    assert not raised.value.retryable


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NotFound, match='no tts provider "flight".*flite, flite_wasm.*tone'):
        catalog.load("tts", "flight")


@pytest.mark.usefixtures("guests")
def test_a_guest_comes_in_by_the_same_door() -> None:
    assert "acme" in catalog.names("tts")
    assert catalog.load("tts", "acme").traits.label == "Acme"
    assert catalog.dotted("tts", "acme") == "acme_voices:Acme"
    assert "acme" not in catalog.names("llm")


@pytest.mark.usefixtures("guests")
def test_a_guest_without_its_library_says_what_to_install() -> None:
    assert "acme_broken" in catalog.names("tts")
    with pytest.raises(ProviderError, match="pip install acme_proprietary_sdk"):
        catalog.load("tts", "acme_broken")


@pytest.mark.usefixtures("guests")
def test_a_guest_cannot_take_the_place_of_a_built_in() -> None:
    assert catalog.dotted("tts", "flite") == "visavis.providers.tts.flite:Flite"


@pytest.mark.usefixtures("guests")
def test_the_first_usable_is_found() -> None:
    assert catalog.first_usable("tts", ("acme_broken", "acme", "tone")) == "acme"
    with pytest.raises(ProviderError, match="acme_proprietary_sdk"):
        catalog.first_usable("tts", ("acme_broken",))
