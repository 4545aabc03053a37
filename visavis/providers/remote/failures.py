"""What goes wrong with somebody else's server, in plain words. Its own words may quote what was said: they stay out."""

import socket
import ssl

import httpx
import websockets

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
_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((socket.gaierror,), "nobody knows its name, so the address is wrong or there is no network"),
    ((ConnectionRefusedError,), "nothing listens at that address"),
    ((ssl.SSLError,), "its certificate is not accepted"),
    ((TimeoutError, httpx.ConnectTimeout), "it does not answer, so the address is wrong or there is no network"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol, websockets.InvalidURI), "that is no address of a server"),
    ((websockets.InvalidHandshake, httpx.RemoteProtocolError), "it hung up, or speaks another protocol"),
)
_RETRYABLE = frozenset({408, 409, 425, 429})


def refusal(label: str, status: int) -> ProviderError:
    """For an HTTP status; also for one that a message on a socket carries."""
    hint = _HINTS.get(status, "it has a problem of its own" if status >= 500 else "")
    text = f"{label} answered {status}{f': {hint}' if hint else ''}."
    return ProviderError(text, retryable=status in _RETRYABLE or status >= 500)


def refused(label: str) -> ProviderError:
    """For a reason that we do not know the name of."""
    return ProviderError(f"{label} did not accept the request.", retryable=False)


def unreachable(label: str, error: BaseException) -> ProviderError:
    return ProviderError(f"{label} cannot be reached: {_why(error)}.")


def _why(error: BaseException) -> str:
    """From the first cause that says something."""
    seen = error
    while seen is not None:
        for kinds, words in _CAUSES:
            if isinstance(seen, kinds):
                return words
        seen = seen.exceptions[0] if isinstance(seen, BaseExceptionGroup) else seen.__cause__ or seen.__context__
    return type(error).__name__


def too_slow(label: str) -> ProviderError:
    return ProviderError(f"{label} took too long to answer.")


def broke_off(label: str) -> ProviderError:
    return ProviderError(f"{label} broke off in the middle of a sentence.")


def nonsense(label: str) -> ProviderError:
    return ProviderError(f"{label} sent something that is not speech.")
