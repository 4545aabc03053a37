"""Personas with zero data retention: who may hear, think and speak for them, and what of a request may be stored."""

import json
from dataclasses import dataclass
from typing import Any

from visavis.core.errors import InvalidRequest, NotFound, ProviderError
from visavis.core.spec import SessionSpec
from visavis.db.keyring import Keyring
from visavis.providers import catalog
from visavis.resources.personas.service import References

SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the operator answers for: the server behind built-in LLMs, the recogniser, and who embeds questions."""

    llm: bool = False
    ears: bool = True
    embeddings: bool = True


def check(spec: SessionSpec, found: References, trust: Trust) -> None:
    """Raises `InvalidRequest`, naming who might keep what is said.

    An organization answers for its own LLMs, by `isZdr`, and the operator for what `trust` says. Whoever speaks was
    chosen among those who keep nothing.
    """
    if not spec.zero_data_retention:
        return
    _check_senses(spec, found, trust)
    _check_mind(spec, found, trust)


def _check_senses(spec: SessionSpec, found: References, trust: Trust) -> None:
    voice = found.voice
    if voice is not None and not voice.is_zdr:
        raise _refused(f'the voice "{voice.display_name}" is not marked isZdr', "another voice")
    if spec.ears is not None and not trust.ears:
        raise _refused(f"this server listens with {spec.ears.provider}", "another recogniser")
    looks_up = next((tool.name for tool in spec.tools if tool.kind == "knowledge"), None)
    if looks_up is not None and not trust.embeddings:
        asked = f'the tool "{looks_up}" sends questions to the server at VISAVIS_EMBEDDINGS_URL'
        raise _refused(asked, "VISAVIS_EMBEDDINGS_ZERO_RETENTION, or a persona without knowledge")


def _check_mind(spec: SessionSpec, found: References, trust: Trust) -> None:
    if spec.mind is None or found.llm is None:
        return
    for llm, mind in zip((found.llm, *found.fallback_llms), (spec.mind, *spec.fallback_minds), strict=True):
        own = llm.organization_id is not None
        trusted = llm.is_zdr if own else trust.llm or _keeps_nothing(mind.provider)
        if not trusted:
            advice = "an LLM that is marked isZdr" if own else "an LLM of your own, or VISAVIS_LLM_ZERO_RETENTION"
            raise _refused(f'the LLM "{llm.display_name}" thinks by {mind.provider}', advice)


def _keeps_nothing(mind: str) -> bool:
    try:
        return catalog.traits("llm", mind).zero_retention
    except (NotFound, ProviderError):  # nobody can answer for one that is not here
        return False


def _refused(who: str, instead: str) -> InvalidRequest:
    message = f"{who}, which may keep what is said; use {instead}"
    return InvalidRequest.field("personaConfig.zeroDataRetention", message, "not_zero_retention")


def hidden(request: dict[str, Any], keyring: Keyring) -> dict[str, Any]:
    """A request whose prompt and lines must not lie in the database in the clear."""
    return {SEALED: keyring.seal(json.dumps(request))}


def shown(stored: dict[str, Any], keyring: Keyring) -> dict[str, Any]:
    return json.loads(keyring.unseal(stored[SEALED])) if set(stored) == {SEALED} else stored
