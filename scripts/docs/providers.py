"""Every provider the catalog lists, with its traits and options."""

import importlib
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from visavis.providers import catalog
from visavis.providers.base import Traits

KIND_TITLES = {
    "tts": "Voices",
    "stt": "Recognisers",
    "llm": "Minds",
    "vad": "Voice activity detectors",
    "end_of_turn": "Judges of pauses",
    "cloning": "Cloners of voices",
    "meetings": "Meeting services",
    "embeddings": "Embedders",
}


def providers_page() -> Iterator[str]:
    yield "# Providers"
    yield ""
    yield "Each is one class in one file, found by its name. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add one."
    yield "Voices take keys of the operator, as each says below, and of organizations (`POST /v1/provider-secrets`)."
    yield "`visavis doctor providers` makes one cheap call to each that is set up, by you or by an organization, and"
    yield "says what is wrong. What they charge is between you and them: no price is built in."
    for kind in catalog.KINDS:
        yield ""
        yield f"## {KIND_TITLES[kind]} (`{kind}`)"
        for name in catalog.names(kind):
            yield from provider(kind, name)


def provider(kind: catalog.Kind, name: str) -> Iterator[str]:
    traits = catalog.traits(kind, name)
    yield ""
    yield f"### {name}"
    yield ""
    yield " ".join(part for part in (f"{traits.label}.", traits.note, traits.cost) if part)
    if kind != "meetings":
        yield ""
        yield facts_of(traits)
    yield from options_of(kind, name, class_at(catalog.dotted(kind, name)).Settings)


def facts_of(traits: Traits) -> str:
    facts = {
        "languages": ", ".join(traits.languages).replace("*", "any"),
        "word times": traits.gives_word_times,
        "phone times": traits.gives_phone_times,
        "viseme times": traits.gives_viseme_times,
        "one connection for many sentences": traits.streams_input,
        "needs a key": traits.needs_key,
        "runs in a speech worker": traits.runs_in_worker,
        "keeps no data": traits.zero_retention,
    }
    return "; ".join(f"{fact}: {yes_or_no(value)}" for fact, value in facts.items())


def class_at(dotted: str) -> Any:
    module, _, name = dotted.partition(":")
    return getattr(importlib.import_module(module), name)


def yes_or_no(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def options_of(kind: catalog.Kind, name: str, model: type[BaseModel]) -> Iterator[str]:
    if model.model_fields:
        yield ""
        if kind in ("tts", "stt"):
            first = next(iter(model.model_fields))
            yield f"Set as `VISAVIS_{kind.upper()}__{name.upper()}__{first.upper()}`, and so on:"
            yield ""
        yield "| option | default | meaning |"
        yield "|---|---|---|"
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
        yield f"| `{name}` | {default} | {field.description or ''} |"
