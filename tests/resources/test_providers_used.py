"""What a session used of each provider, and what that cost by the operator's prices."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.resources.sessions.talking import start, stop, talk
from tests.rest import Rest
from visavis.core.events import Talk, UserText
from visavis.engine.metering import ProviderCall
from visavis.resources.sessions.providers_used import LATENCIES_MAX, PROVIDERS_MAX, Prices, ProvidersUsed, shown
from visavis.settings import Settings
from visavis.testing.rehearsal import Lines

PRICES = {"paced": {"million_characters": 20.0, "hour_heard": 9.0}}


def used(*calls: ProviderCall) -> ProvidersUsed:
    found = ProvidersUsed()
    for call in calls:
        found.add(call)
    return found


def test_a_conversation_tells_each_provider_with_its_calls_units_latency_and_cost(tmp_path: Path) -> None:
    with Rest("", tmp_path, prices=PRICES) as rest:
        rest.media.minds.append(Lines("Hello there."))
        session_id = start(rest)
        talk(rest, session_id, UserText("Hi."), Talk("Exactly this."))
        stop(rest, session_id)
        mind, voice = rest.ask("GET", f"/v1/sessions/{session_id}/analytics").json()["providers"]

    assert (mind["kind"], mind["calls"], mind["failures"], mind["cost"]) == ("llm", 1, 0, None)
    assert (mind["tokensRead"], mind["tokensWritten"], mind["characters"], mind["audioSeconds"]) == (None,) * 4
    assert (voice["kind"], voice["provider"], voice["model"], voice["calls"]) == ("tts", "paced", None, 2)
    assert voice["characters"] == len("Hello there.Exactly this.")
    assert voice["cost"] == pytest.approx(25 * 20 / 1e6)
    assert mind["latencyP50Seconds"] >= 0
    assert voice["latencyP50Seconds"] >= 0


def test_a_session_that_goes_on_after_a_crash_goes_on_counting() -> None:
    before = used(ProviderCall("stt", "deepgram", audio_ms=1_500, latency_ms=80))
    after = ProvidersUsed(before.stored)
    after.add(ProviderCall("stt", "deepgram", audio_ms=500, latency_ms=120))
    (use,) = shown(after.stored, {"deepgram": {"hour_heard": 3.6}})
    assert (use.calls, use.audio_seconds, use.latency_p50_seconds, use.cost) == (2, 2.0, 0.1, 0.002)
    assert shown(before.stored, {})[0].calls == 1


def test_the_price_of_a_model_goes_before_that_of_its_provider() -> None:
    small = ProviderCall("llm", "openai_compatible", "small", tokens_read=1_000_000, tokens_written=500_000)
    large = ProviderCall("llm", "openai_compatible", "large", tokens_read=1_000_000, tokens_written=0)
    prices: Prices = {
        "openai_compatible": {"million_tokens_read": 5.0, "million_tokens_written": 15.0},
        "openai_compatible/small": {"million_tokens_read": 0.5, "million_tokens_written": 2.0},
    }
    found = {use.model: use.cost for use in shown(used(small, large).stored, prices)}
    assert found == {"small": 1.5, "large": 5.0}


def test_what_is_not_known_is_neither_counted_nor_priced() -> None:
    prices: Prices = {"any": {"million_tokens_read": 1.0}}
    told = ProviderCall("llm", "any", tokens_read=10, tokens_written=1)
    (failed,) = shown(used(told, ProviderCall("llm", "any", failed=True)).stored, prices)
    assert (failed.tokens_read, failed.failures, failed.cost) == (10, 1, 1e-5)
    (silent,) = shown(used(told, ProviderCall("llm", "any"), told).stored, prices)
    assert (silent.calls, silent.tokens_read, silent.cost) == (3, None, None)


def test_what_is_kept_is_bounded() -> None:
    found = used(*(ProviderCall("tts", "a", latency_ms=at) for at in range(2 * LATENCIES_MAX)))
    (use,) = found.stored.values()
    assert len(use["latenciesMs"]) == LATENCIES_MAX
    many = used(*(ProviderCall("tts", f"voice-{at}") for at in range(2 * PROVIDERS_MAX)))
    assert len(many.stored) == PROVIDERS_MAX


@pytest.mark.parametrize("wrong", [{"deepgram": {"hour": 1}}, {"deepgram": {"hour_heard": -1}}, {"deepgram": 3}])
def test_prices_that_mean_nothing_are_refused_at_the_start(wrong: object) -> None:
    with pytest.raises(ValidationError, match="prices.deepgram"):
        Settings.model_validate({"prices": wrong})
