"""Everything that can go wrong on purpose, each with a stable code and the HTTP status it becomes.

VisavisError
├── InvalidRequest          400  a field is wrong; `details` names it and says what to change
│   └── NotSupported        400  the request is understood, but this server cannot do it (yet)
├── Unauthorized            401  no key or token, or one that is not valid
├── Forbidden               403  a valid key that may not do this
│   ├── OriginNotAllowed    403  the page that asks is not one of those that were allowed
│   └── LinkNotUsable       403  a share link that is switched off, expired or used up; `reason` says which
├── NotFound                404  nothing of that id in this organization
├── MethodNotAllowed        405  the path exists, but not for this verb
├── Conflict                409  the thing is in a state that forbids this
├── PayloadTooLarge         413  the body is larger than `VISAVIS_BODY_LIMIT_BYTES`
├── Unprocessable           422  well-formed, but the content cannot be used (a photo without a face)
├── TooManyRequests         429  the same request would work later
│   └── SessionLimitReached 429  the exact text that official clients compare
├── ProviderError           502  a voice, mind or ear failed or answered nonsense
└── Unavailable             503  this server cannot start sessions at the moment
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong with a request: where it is, what to change, and a stable code."""

    path: str
    message: str
    code: str = "invalid"


class VisavisError(Exception):
    """The root. `error` is the short text clients compare, `message` says what to change.

    `extra` are further fields of the answer that some errors promise, such as the sizes a face can have, and `headers`
    are for programs that wait and try again.
    """

    status: ClassVar[int] = 500
    error: ClassVar[str] = "Internal server error"
    code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str | None = None,
        details: Sequence[Detail] = (),
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.error
        self.details = tuple(details)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)


class InvalidRequest(VisavisError):
    status, error, code = 400, "Validation error", "validation_error"

    @classmethod
    def field(cls, path: str, message: str, code: str = "invalid") -> "InvalidRequest":
        return cls(f"{path}: {message}", [Detail(path, message, code)])


class NotSupported(InvalidRequest):
    error, code = "Not supported", "not_supported"


class Unauthorized(VisavisError):
    status, error, code = 401, "Unauthorized", "unauthorized"


class Forbidden(VisavisError):
    status, error, code = 403, "Forbidden", "forbidden"


class OriginNotAllowed(Forbidden):
    error, code = "Origin not allowed", "origin_not_allowed"


class LinkNotUsable(Forbidden):
    error, code = "Share link not usable", "link_not_usable"


class NotFound(VisavisError):
    status, error, code = 404, "Not found", "not_found"


class MethodNotAllowed(VisavisError):
    status, error, code = 405, "Method not allowed", "method_not_allowed"


class Conflict(VisavisError):
    status, error, code = 409, "Conflict", "conflict"


class PayloadTooLarge(VisavisError):
    status, error, code = 413, "Payload too large", "payload_too_large"


class Unprocessable(VisavisError):
    status, error, code = 422, "Unprocessable", "unprocessable"


class TooManyRequests(VisavisError):
    status, error, code = 429, "Too many requests", "too_many_requests"


class SessionLimitReached(TooManyRequests):
    error, code = "Concurrent session limit reached", "session_limit_reached"


class ProviderError(VisavisError):
    """`retryable` is false where asking again cannot help (a wrong key, an unknown model)."""

    status, error, code = 502, "Provider error", "provider_error"

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class Unavailable(VisavisError):
    status, error, code = 503, "Service unavailable", "unavailable"
