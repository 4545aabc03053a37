"""The request that a webhook tool makes for one call: pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from visavis.core.spec import WebhookSpec
from visavis.net import signing
from visavis.resources.tools.templates import filled_body, filled_header, filled_url, names_in

WITH_BODY = ("POST", "PUT", "PATCH")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom a tool is called: values that templates can use and signatures vouch for."""

    session_id: str
    end_user_id: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return {"$session": {"id": self.session_id}, "$user": {"id": self.end_user_id}}


@dataclass(frozen=True, slots=True)
class Prepared:
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


def prepared(
    webhook: WebhookSpec, arguments: Mapping[str, Any], asking: Asking, message_id: str, timestamp_s: int
) -> Prepared:
    """Arguments go where the templates and the query's own schema want them, and the others into the body.

    Where there is no body, they go into the query. Raises `Unfit`.
    """
    values = {**arguments, **asking.values}
    headers = {name: filled_header(value, values) for name, value in webhook.headers.items()}
    lower = {name.lower(): value for name, value in headers.items()}
    has_body = webhook.method in WITH_BODY
    in_query = _in_query(webhook, arguments, has_body)
    body: bytes | None = None
    if has_body:
        in_url = names_in(webhook.url)
        rest = {name: value for name, value in arguments.items() if name not in in_query and name not in in_url}
        text = json.dumps(rest)
        if webhook.body_template:
            text = filled_body(webhook.body_template, values, lower.get("content-type", ""))
        body = text.encode()
        if "content-type" not in lower:
            headers["content-type"] = JSON
    if webhook.signing_secret:
        headers |= _signed(webhook.signing_secret, message_id, timestamp_s, body or b"", asking)
    return Prepared(webhook.method, _with_query(filled_url(webhook.url, values), in_query), headers, body)


def _in_query(webhook: WebhookSpec, arguments: Mapping[str, Any], has_body: bool) -> dict[str, Any]:
    own = (webhook.query_parameters or {}).get("properties", {})
    used = names_in(webhook.url)
    return {name: value for name, value in arguments.items() if name in own or (not has_body and name not in used)}


def _with_query(url: str, query: Mapping[str, Any]) -> str:
    """The query that the address has is kept."""
    pairs = [(name, _text(one)) for name, value in query.items() for one in _several(value)]
    if not pairs:
        return url
    url, _, fragment = url.partition("#")
    joint = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode(pairs)}" + (f"#{fragment}" if fragment else "")


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _signed(secret: str, message_id: str, timestamp_s: int, body: bytes, asking: Asking) -> dict[str, str]:
    """The body by the convention; and by the same convention, as if it were a body, for whom the tool is called."""
    caller = json.dumps({"sessionId": asking.session_id, "endUserId": asking.end_user_id or None})
    of_caller = signing.headers([secret], message_id, timestamp_s, caller.encode())
    return {
        **signing.headers([secret], message_id, timestamp_s, body),
        "visavis-caller": caller,
        "visavis-caller-signature": of_caller["webhook-signature"],
    }
