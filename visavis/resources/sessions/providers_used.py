"""Which providers a session used: how often, how much, how fast, and for what price. Figures and no words.

They are kept in one column of the session, by kind, name and model, and grow while it lives.
"""

from collections.abc import Mapping
from statistics import median
from typing import Any, Literal, TypeAlias

from visavis.db.models import Json
from visavis.engine.metering import Kind, ProviderCall
from visavis.resources.sessions.report_schemas import ProviderUse

PROVIDERS_MAX = 32  # of one session: whatever changes while it lives, it is a handful
LATENCIES_MAX = 200  # of each provider, the latest

Unit: TypeAlias = Literal["million_tokens_read", "million_tokens_written", "million_characters", "hour_heard"]
Prices: TypeAlias = Mapping[str, Mapping[Unit, float]]
# which figure each is the price of, and how many of it
_PRICED: Mapping[Unit, tuple[str, float]] = {
    "million_tokens_read": ("tokensRead", 1e6),
    "million_tokens_written": ("tokensWritten", 1e6),
    "million_characters": ("characters", 1e6),
    "hour_heard": ("audioMs", 3_600_000.0),
}
_UNITS_OF: Mapping[Kind, tuple[str, ...]] = {
    "llm": ("tokensRead", "tokensWritten"), "tts": ("characters",), "stt": ("audioMs",),
}  # fmt: skip


class ProvidersUsed:
    """What is kept of one session; `stored` is what the database has, or will have, of it."""

    def __init__(self, stored: Json | None = None) -> None:
        self.stored: Json = {key: dict(value) for key, value in (stored or {}).items()}

    def add(self, call: ProviderCall) -> None:
        key = f"{call.kind}/{call.provider}/{call.model}"
        if key not in self.stored and len(self.stored) >= PROVIDERS_MAX:
            return
        use = self.stored.setdefault(key, _unused(call))
        use["calls"] += 1
        use["failures"] += call.failed
        if call.latency_ms is not None:
            use["latenciesMs"] = [*use["latenciesMs"], round(call.latency_ms)][-LATENCIES_MAX:]
        _count(use, call)


def shown(stored: Json, prices: Prices) -> list[ProviderUse]:
    """By name; what no price was set for has no cost."""
    return [_shown(use, prices) for _, use in sorted(stored.items())]


def _unused(call: ProviderCall) -> Json:
    told = dict.fromkeys(_UNITS_OF[call.kind], 0)
    about: Json = {"kind": call.kind, "provider": call.provider, "model": call.model}
    return {**about, "calls": 0, "failures": 0, "latenciesMs": [], **told}


def _count(use: Json, call: ProviderCall) -> None:
    """A sum in which one part is not known is not known either; a call that failed is part of none."""
    counted: dict[str, float | None] = {
        "tokensRead": call.tokens_read,
        "tokensWritten": call.tokens_written,
        "characters": call.characters,
        "audioMs": round(call.audio_ms),
    }
    for unit in _UNITS_OF[call.kind]:
        more = counted[unit]
        if more is not None:
            use[unit] = use[unit] + more if use[unit] is not None else None
        elif not call.failed:
            use[unit] = None


def _shown(use: Mapping[str, Any], prices: Prices) -> ProviderUse:
    latencies_ms = use["latenciesMs"]
    heard_ms = use.get("audioMs")
    return ProviderUse(
        kind=use["kind"],
        provider=use["provider"],
        model=use["model"] or None,
        calls=use["calls"],
        failures=use["failures"],
        latency_p50_seconds=round(median(latencies_ms) / 1000, 3) if latencies_ms else None,
        tokens_read=use.get("tokensRead"),
        tokens_written=use.get("tokensWritten"),
        characters=use.get("characters"),
        audio_seconds=None if heard_ms is None else round(heard_ms / 1000, 3),
        cost=_cost(use, prices),
    )


def _cost(use: Mapping[str, Any], prices: Prices) -> float | None:
    """By the prices of the model, or else of the provider, as far as they are for what this kind of provider does."""
    name = use["provider"]
    price = prices.get(f"{name}/{use['model']}") or prices.get(name) or {}
    parts = [
        None if use[figure] is None else use[figure] * price[unit] / size
        for unit, (figure, size) in _PRICED.items()
        if unit in price and figure in use
    ]
    known = [part for part in parts if part is not None]
    return round(sum(known), 6) if known and len(known) == len(parts) else None
