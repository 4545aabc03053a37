"""No provider of the catalog is without a suite that runs it against a server of its protocol, or as it is."""

from tests.providers import test_conformance, test_native_minds, test_remote_ears
from tests.providers.vendors import VENDORS
from visavis.providers import catalog
from visavis.providers.catalog import KINDS, Kind

# one of a kind, whose suite is a file of its own
OWN_SUITES: dict[Kind, dict[str, str]] = {
    "llm": {"openai_compatible": "test_openai_compatible", "responder": "test_responder", "script": "test_fakes"},
    "cloning": {"elevenlabs": "test_elevenlabs_cloning"},
    "embeddings": {"minilm": "test_embeddings", "openai_compatible": "test_embeddings"},
    "meetings": {"bot_service": "test_meetings"},
}


def in_conformance(kind: Kind) -> set[str]:
    """Whoever needs no key of an account is run as it is, new ones too."""
    return {param.values[0] for param in test_conformance.installed(kind)}


def covered(kind: Kind) -> set[str]:
    own = set(OWN_SUITES.get(kind, ()))
    match kind:
        case "tts":
            return own | in_conformance(kind) | {vendor.name for vendor in VENDORS.values()}
        case "stt":
            return own | in_conformance(kind) | {vendor.name for vendor in test_remote_ears.VENDORS}
        case "llm":
            # a mind that asks a server has settings for how long it waits, and a suite of failures
            asking = {name for name in catalog.names(kind) if "rounds" in catalog.options(kind, name).model_fields}
            return own | (in_conformance(kind) - asking) | {vendor.name for vendor in test_native_minds.VENDORS}
        case "vad" | "end_of_turn":
            return in_conformance(kind)
        case _:
            return own


def test_every_provider_has_its_suite() -> None:
    without = {kind: sorted(set(catalog.names(kind)) - covered(kind)) for kind in KINDS}
    assert not {kind: names for kind, names in without.items() if names}


def test_no_suite_is_named_for_a_provider_that_is_gone() -> None:
    gone = {kind: sorted(set(names) - set(catalog.names(kind))) for kind, names in OWN_SUITES.items()}
    assert not {kind: names for kind, names in gone.items() if names}
