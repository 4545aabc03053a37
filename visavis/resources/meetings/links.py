"""Addresses of meetings: which service they belong to, in the form that everybody's client understands."""

import re
from urllib.parse import urlsplit, urlunsplit

from visavis.core.errors import InvalidRequest

UNSUPPORTED = "Only Google Meet, Zoom, and Microsoft Teams URLs are supported"
URL_CHARS_MAX = 2000

ZOOM_HOSTS = r"(?:[a-z0-9-]+\.)*zoom(?:gov)?\.(?:us|com)"
TEAMS_HOSTS = r"teams\.(?:microsoft|live)\.com|teams\.microsoft\.us"
# platform, its hosts, and what the path of a meeting looks like
PLATFORMS = (
    ("google_meet", re.compile(r"meet\.google\.com"), re.compile(r"/(?:lookup/[\w-]+|[a-z]{3}-[a-z]{4}-[a-z]{3})/?")),
    ("zoom", re.compile(ZOOM_HOSTS), re.compile(r"/(?:j|my|s|w|wc(?:/join)?)/[\w.-]+.*")),
    ("microsoft_teams", re.compile(TEAMS_HOSTS), re.compile(r"/(?:l/meetup-join|meet)/.+")),
)


def recognise(text: str) -> tuple[str, str]:
    """The platform and the whole address. Raises `InvalidRequest`."""
    if len(text) > URL_CHARS_MAX:
        raise _unsupported()
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _unsupported() from None
    if parts.scheme not in ("http", "https") or parts.username is not None or port not in (None, 80, 443):
        raise _unsupported()
    for platform, hosts, paths in PLATFORMS:
        if hosts.fullmatch(host) and paths.fullmatch(parts.path):
            return platform, urlunsplit(("https", host, parts.path, parts.query, ""))
    raise _unsupported()


def _unsupported() -> InvalidRequest:
    return InvalidRequest.field("meetingUrl", UNSUPPORTED, "unsupported_meeting_url")
