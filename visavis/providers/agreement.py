"""Words of a recogniser that hears the same sound again and again, each time with a little more of it.

Its last words are guesses that more sound will change. What two hearings in a row agree on rarely changes any more:
that is what others are told.
"""

import re

# a word, or a single sign of the scripts that put no spaces between words
_SIGN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNIT = re.compile(rf"\s*(?:[{_SIGN}]|[^\s{_SIGN}]+)")
_MARKS = re.compile(r"[\W_]+")


class Agreement:
    """What was heard of one utterance. Texts carry their own spaces, as recognisers write them."""

    def __init__(self) -> None:
        self._kept = ""
        self._last: list[str] = []
        self._agreed = 0

    @property
    def so_far(self) -> str:
        """What two hearings agree on."""
        return (self._kept + "".join(self._last[: self._agreed])).strip()

    @property
    def whole(self) -> str:
        """The same, and what only the last hearing says."""
        return (self._kept + "".join(self._last)).strip()

    @property
    def kept(self) -> str:
        """The words of sound that is heard no more."""
        return self._kept.strip()

    def hear(self, text: str) -> None:
        """The next hearing of everything that was not kept."""
        units: list[str] = _UNIT.findall(text)
        self._agreed = 0
        for one, other in zip(self._last, units, strict=False):
            if _plain(one) != _plain(other):
                break
            self._agreed += 1
        self._last = units

    def covers(self, beginning: str) -> bool:
        """Whether this beginning of the last hearing is agreed on."""
        return len(_UNIT.findall(beginning)) <= self._agreed

    def keep(self, beginning: str) -> None:
        """The sound of this beginning of the last hearing will not be heard again."""
        count = len(_UNIT.findall(beginning))
        self._kept += "".join(self._last[:count])
        self._last = self._last[count:]
        self._agreed = max(0, self._agreed - count)


def _plain(unit: str) -> str:
    """Without what comes and goes between hearings: case, and marks around words."""
    return _MARKS.sub("", unit).casefold()
