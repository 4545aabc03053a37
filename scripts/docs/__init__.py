"""The pages of docs/ that follow from the code. A test compares them with what is committed."""

from collections.abc import Callable, Iterator

from scripts.docs import licences, protocol, providers, reference

GENERATED = "<!-- Written by `make docs`; change the code, not this page. -->"


def pages() -> dict[str, str]:
    """Every generated page, by its name in docs/."""
    made: dict[str, Callable[[], Iterator[str]]] = {
        "settings.md": reference.settings_page,
        "api.md": reference.api_page,
        "errors.md": reference.errors_page,
        "events.md": reference.events_page,
        "protocol.md": protocol.protocol_page,
        "providers.md": providers.providers_page,
        "licences.md": licences.licences_page,
    }
    return {name: "\n".join([GENERATED, "", *page()]) + "\n" for name, page in made.items()}
