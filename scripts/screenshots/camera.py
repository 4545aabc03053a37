"""Takes a picture of a page when everything on it is there."""

from pathlib import Path

from playwright.sync_api import Page

from tests.clients.lab import Lab

HEIGHT_MAX_PX = 3_000
HEIGHT = "Math.max(...[document.documentElement, document.querySelector('main')].map((one) => one.scrollHeight))"
PICTURES_THERE = """() => !document.querySelector("[data-waits]")
  && Promise.all([...document.images].map((one) => one.decode())).then(() => true, () => false)"""


class Camera:
    """One page in one look. `wanted` are beginnings of names; without any, every picture is taken."""

    def __init__(self, opened: Lab, out: Path, look: str, wanted: tuple[str, ...]) -> None:
        self.opened, self.server, self.page = opened, opened.server, opened.page
        self._out, self._look, self._wanted = out, look, wanted
        size = self.page.viewport_size
        assert size is not None
        self._size = size

    def wants(self, *names: str) -> bool:
        """Whether a picture of any of these names is to be taken."""
        return not self._wanted or any(name.startswith(part) for name in names for part in self._wanted)

    def open(self, place: str) -> Page:
        """A page of the Lab, in the window's own size."""
        self.page.set_viewport_size(self._size)
        return self.opened.open(place)

    def shoot(self, name: str, *, whole: bool = False) -> None:
        """`whole` is the page with what one would scroll to."""
        if not self.wants(name):
            return
        if whole:
            self._stretch()
        self.page.wait_for_function(PICTURES_THERE)
        path = self._out / f"{name}-{self._look}.png"
        self.page.screenshot(path=path)
        print(path, flush=True)

    def _stretch(self) -> None:
        """Make room for all of it; on a desktop the page scrolls inside, on a phone as a whole."""
        height_px = int(self.page.evaluate(HEIGHT))
        within_px = max(self._size["height"], min(height_px, HEIGHT_MAX_PX))
        self.page.set_viewport_size({"width": self._size["width"], "height": within_px})
