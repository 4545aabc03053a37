"""A fence around text that comes from outside, so that a mind can tell it from what it was told to do.

Both ends carry a mark that was made up for this text alone. Whoever wrote the text cannot know it, and so cannot write
an end of their own and go on in the voice of the application.
"""

import re
import secrets
from collections.abc import Callable

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FENCED = re.compile(r"\A<data (\w+) [^\n]*>\n(.*)\n</data \1>", re.DOTALL)
_NAME = re.compile(r"[^\w.:-]")


def new_mark() -> str:
    return secrets.token_hex(4)


def fenced(text: str, source: str, chars_max: int, make_mark: Callable[[], str] = new_mark) -> str:
    """The text as data of `source`, cut where it is too long; characters that nobody sees are taken out."""
    plain = _CONTROL.sub("", text)
    note = ""
    if len(plain) > chars_max:
        plain, note = plain[:chars_max], f"\n[cut after {chars_max} of {len(text)} characters]"
    mark = make_mark()
    source = _NAME.sub("_", source)
    return f'<data {mark} from="{source}" trust="none">\n{plain}\n</data {mark}>{note}'


def unfenced(text: str) -> str:
    """What is inside a fence; a text without one as it is."""
    found = _FENCED.match(text)
    return found.group(2) if found else text
