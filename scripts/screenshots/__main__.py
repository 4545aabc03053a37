"""The command: one server, one browser, four looks."""

import sys
import tempfile
from pathlib import Path

from scripts.screenshots.camera import Camera
from scripts.screenshots.furnish import empty_pages, furnish
from scripts.screenshots.pages import walk_pages
from scripts.screenshots.talks import walk_talks
from tests.clients.lab import PHONE, browser, lab
from tests.clients.server import serve

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": PHONE}
SCHEMES = ("light", "dark")


def main() -> None:
    out, wanted = Path(sys.argv[1]), tuple(sys.argv[2:])
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), VISAVIS_RECORDINGS="true", VISAVIS_ALLOW_PRIVATE_URLS="true") as server,
        browser() as chromium,
    ):
        for size, viewport in SIZES.items():
            with lab(server, chromium, viewport=viewport, reduced_motion="reduce") as opened:
                empty_pages(Camera(opened, out, f"{size}-light", wanted))
        made = furnish(server, chromium)
        for size, viewport in SIZES.items():
            for scheme in SCHEMES:
                look = {"viewport": viewport, "color_scheme": scheme, "reduced_motion": "reduce"}
                with lab(server, chromium, **look) as opened:
                    camera = Camera(opened, out, f"{size}-{scheme}", wanted)
                    walk_pages(camera, made)
                    walk_talks(camera, made)


if __name__ == "__main__":
    main()
