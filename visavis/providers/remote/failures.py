"""What goes wrong with somebody else's server, in plain words. Its own words may quote what was said: they stay out."""

from visavis.core.errors import ProviderError

_HINTS = {
    400: "it did not accept the request",
    401: "it refused the key",
    402: "the account has no credit left",
    403: "the key may not do this",
    404: "it knows no such model, voice or address",
    413: "what it got is too long for it",
    422: "it did not accept the request",
    429: "it is asked too often or the quota is used up",
}
_RETRYABLE = frozenset({408, 409, 425, 429})


def refusal(label: str, status: int) -> ProviderError:
    """For an HTTP status; also for one that a message on a socket carries."""
    hint = _HINTS.get(status, "it has a problem of its own" if status >= 500 else "")
    text = f"{label} answered {status}{f': {hint}' if hint else ''}."
    return ProviderError(text, retryable=status in _RETRYABLE or status >= 500)


def refused(label: str) -> ProviderError:
    """For a reason that we do not know the name of."""
    return ProviderError(f"{label} did not accept the request.", retryable=False)


def unreachable(label: str, error: Exception) -> ProviderError:
    return ProviderError(f"{label} cannot be reached ({type(error).__name__}).")


def too_slow(label: str) -> ProviderError:
    return ProviderError(f"{label} took too long to answer.")


def broke_off(label: str) -> ProviderError:
    return ProviderError(f"{label} broke off in the middle of a sentence.")


def nonsense(label: str) -> ProviderError:
    return ProviderError(f"{label} sent something that is not speech.")
