"""What an API key may be allowed: a closed list, and the one entry of it that each route needs."""

from collections.abc import Iterable

EVERYTHING = "*"
"""All of the list below, in the key's own organization."""
OTHER_ORGANIZATIONS = "admin:organizations"
"""Look into other organizations with `organizationId`. It is never included, it is given by name."""

RESOURCES = (
    "personas",
    "avatars",
    "voices",
    "llms",
    "tools",
    "knowledge",
    "share-links",
    "sessions",
    "meetings",
    "webhooks",
    "provider-secrets",
    "keys",
    "server",
)
# tokens and conversations are sessions, whatever their addresses
FILED_ELSEWHERE = {"auth": "sessions", "engine": "sessions"}
# what is asked with a body, but changes nothing
QUESTIONS = ("/search",)

GRANTABLE = tuple(f"{noun}:{verb}" for noun in RESOURCES for verb in ("read", "write"))
PERMISSIONS = (EVERYTHING, *GRANTABLE, OTHER_ORGANIZATIONS)


def needed(method: str, path: str) -> str:
    """The permission for a route, given by its pattern. Raises `LookupError` for a resource that is not listed."""
    noun = (path.split("/") + ["", ""])[2]
    noun = FILED_ELSEWHERE.get(noun, noun)
    if noun not in RESOURCES:
        raise LookupError(f'no permission covers {path}; add "{noun}" to RESOURCES')
    return f"{noun}:{'read' if method == 'GET' or path.endswith(QUESTIONS) else 'write'}"


def allows(granted: Iterable[str], permission: str) -> bool:
    held = set(granted)
    return permission in held or EVERYTHING in held and permission != OTHER_ORGANIZATIONS
