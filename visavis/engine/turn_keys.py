"""When a voice that speaks over the persona silences her, and when it stops her: arithmetic on what is known of it."""

from visavis.engine.turn_terms import Replying

HUSH_AFTER_MS = 220.0  # since its first sign: who is still heard then may want the floor; most noises are shorter
BARGE_IN_MS = 750.0  # and surely does when it lasts so long: words of listeners are shorter
BACKCHANNEL_MAX_MS = 600.0  # what sounded like an "mm-hm" and goes on is the beginning of a sentence


def key_ms(state: Replying) -> float | None:
    """When this voice has lasted long enough to silence her, and then to stop her, whatever it sounds like."""
    if state.voice_since_ms is None or not state.may_be_cut or state.verdict in ("echo", "noise"):
        return None
    return stop_ms(state) if state.hushed else _hush_ms(state)


def stop_ms(state: Replying) -> float:
    assert state.voice_since_ms is not None
    return max(state.voice_since_ms + BARGE_IN_MS, _hush_ms(state))


def aside_ms(state: Replying) -> float | None:
    """When the persona has been quiet for long enough for words that do not come."""
    waiting = state.ducked and state.aside_id and state.aside_until_ms and state.voice_since_ms is None
    return state.aside_until_ms if waiting else None


def _hush_ms(state: Replying) -> float:
    assert state.suspected_ms is not None
    listens = state.verdict in ("backchannel", "hum")
    return state.suspected_ms + (BACKCHANNEL_MAX_MS if listens else HUSH_AFTER_MS)
