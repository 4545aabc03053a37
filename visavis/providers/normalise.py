"""Written text as a person would read it aloud: no markup, no emoji, and words for signs, in several languages.

Language models write for eyes. `readable_text` drops what nobody pronounces (markdown, emoji, brackets of links),
writes out addresses, money and signs in the words of the language, and keeps the way back to the source for every
character, so that captions show what was written. Numbers stay digits, without their grouping: every voice reads those
itself, in its own language.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from visavis.providers.spoken import PlainText, Writer

Tags: TypeAlias = Literal["keep", "drop"]


@dataclass(frozen=True, slots=True)
class Words:
    """How one language says signs. `decimal` is what separates the fraction of a number in it."""

    at: str
    dot: str
    slash: str
    dash: str
    and_: str
    percent: str
    degrees: str
    to: str
    plus: str
    equals: str
    euros: str
    dollars: str
    pounds: str
    decimal: str = ","


_ENGLISH = Words(
    "at", "dot", "slash", "dash", "and", "percent", "degrees", "to", "plus", "equals", "euros", "dollars", "pounds", "."
)  # fmt: skip
WORDS: dict[str, Words] = {
    "en": _ENGLISH,
    "es": Words(
        "arroba", "punto", "barra", "guion", "y", "por ciento", "grados", "a", "más", "igual a",
        "euros", "dólares", "libras",
    ),
    "fr": Words(
        "arobase", "point", "slash", "tiret", "et", "pour cent", "degrés", "à", "plus", "égale",
        "euros", "dollars", "livres",
    ),
    "de": Words(
        "at", "Punkt", "Schrägstrich", "Bindestrich", "und", "Prozent", "Grad", "bis", "plus", "gleich",
        "Euro", "Dollar", "Pfund",
    ),
    "it": Words(
        "chiocciola", "punto", "barra", "trattino", "e", "per cento", "gradi", "a", "più", "uguale a",
        "euro", "dollari", "sterline",
    ),
    "pt": Words(
        "arroba", "ponto", "barra", "hífen", "e", "por cento", "graus", "a", "mais", "igual a",
        "euros", "dólares", "libras",
    ),
    "nl": Words(
        "apenstaartje", "punt", "schuine streep", "streepje", "en", "procent", "graden", "tot", "plus", "is",
        "euro", "dollar", "pond",
    ),
    "pl": Words(
        "małpa", "kropka", "ukośnik", "myślnik", "i", "procent", "stopni", "do", "plus", "równa się",
        "euro", "dolarów", "funtów",
    ),
}  # fmt: skip

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
_NUMBER = r"\d[\d.,\u00a0\u202f’']*\d|\d"
_RULES: tuple[tuple[str, str], ...] = (
    ("fence", r"^[ \t]*(?:```|~~~).*$"),
    ("rule", r"^[ \t]*(?:-{3,}|\*{3,}|_{3,}|\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+(?:[ \t]*:?-{3,}:?)?)[ \t]*$"),
    ("lead", r"^[ \t]*(?:#{1,6}|>|[-*+•])(?=[ \t])"),
    ("link", r"!?\[(?P<label>[^\[\]\n]{0,200})\]\([^()\s]{1,500}(?:\s\"[^\"\n]*\")?\)"),
    ("tag", r"\[[A-Za-z][A-Za-z '-]{1,30}\]"),
    ("email", rf"[\w.+-]{{1,64}}@{_HOST}"),
    ("url", rf"(?:https?://|www\.)[^\s<>()\[\]\"“”]+|\b{_HOST}/[^\s<>()\[\]\"“”]*"),
    ("money", rf"(?P<sign>[€$£])\s?(?P<amount>{_NUMBER})|(?P<amount_before>{_NUMBER})\s?(?P<sign_behind>[€$£])"),
    ("range", r"(?<=\d)\s?[\u2013\u2014]\s?(?=\d)"),
    ("break", r"[\u2013\u2014\u2015]"),
    ("number", rf"(?<![\w.])(?:{_NUMBER})(?!\w)"),
    ("emphasis", r"[*~`]+|(?<!\w)_+(?=\S)|(?<=[^\s_])_+(?!\w)"),
)
_PATTERN = re.compile("|".join(f"(?P<{name}>{rule})" for name, rule in _RULES), re.IGNORECASE | re.MULTILINE)
_SAID_AS = {"\u2018": "'", "\u2019": "'", "\u2032": "'", "\u2212": "-", "\u2026": "...", "|": ","}
_SILENT = frozenset("<>\\{}[]#^_")
_ADDRESS = re.compile(r"[a-z0-9]+|[^a-z0-9]", re.IGNORECASE)
_TRAILING = ".,;:!?'’"


def readable_text(source: str, language: str = "en", tags: Tags = "drop") -> PlainText:
    """What a voice should be given for `source`; `tags` says whether directions such as [laughs] are for it.

    `language` is an ISO 639-1 code; one that is not known here is read with the signs of English.
    """
    words = WORDS.get(language[:2].lower(), _ENGLISH)
    reader = _Reader(source, words, tags)
    at = 0
    for match in _PATTERN.finditer(source):
        reader.plainly(at, match.start())
        reader.by_rule(match)
        at = match.end()
    reader.plainly(at, len(source))
    return reader.writer.text()


class _Reader:
    def __init__(self, source: str, words: Words, tags: Tags) -> None:
        self.writer = Writer()
        self._source = source
        self._words = words
        self._tags = tags

    def plainly(self, start: int, end: int) -> None:
        for at in range(start, end):
            self._char(at)

    def by_rule(self, match: re.Match[str]) -> None:
        _HANDLERS[match.lastgroup or ""](self, match)

    def _char(self, at: int) -> None:
        char = self._source[at]
        words = self._words
        signs = {"&": words.and_, "%": words.percent, "°": words.degrees, "=": words.equals, "+": words.plus}
        if char in signs:
            self.writer.put(f" {signs[char]} ", at)
        elif char in _SILENT or char.isspace() or not char.isprintable() or _is_picture(char):
            self.writer.put(" ", at)
        else:
            self.writer.put(_SAID_AS.get(char, char), at)

    def silence(self, match: re.Match[str]) -> None:
        self.writer.put(" ", match.start())

    def nothing(self, match: re.Match[str]) -> None:
        """Marks around letters, which must not become spaces inside a word."""

    def label(self, match: re.Match[str]) -> None:
        self.plainly(match.start("label"), match.end("label"))

    def tag(self, match: re.Match[str]) -> None:
        if self._tags == "keep":
            self.writer.put(match.group(), match.start())
        else:
            self.silence(match)

    def email(self, match: re.Match[str]) -> None:
        self.writer.put(f" {self._spelled(match.group())} ", match.start())

    def url(self, match: re.Match[str]) -> None:
        """Nobody says the scheme, and a query would be noise."""
        whole = match.group()
        kept = whole.rstrip(_TRAILING)
        address = re.sub(r"^(?:https?://)?(?:www\.)?", "", kept, flags=re.IGNORECASE)
        address = re.split(r"[?#]", address)[0].rstrip("/")
        self.writer.put(f" {self._spelled(address)}", match.start())
        self.plainly(match.start() + len(kept), match.end())

    def _spelled(self, address: str) -> str:
        words = self._words
        signs = {"@": words.at, ".": words.dot, "/": words.slash, "-": words.dash, "_": words.dash}
        parts: list[str] = _ADDRESS.findall(address)
        return " ".join(signs.get(part, part) for part in parts if part.isalnum() or part in signs)

    def money(self, match: re.Match[str]) -> None:
        """The sign comes first in writing and after the whole units in speech."""
        sign = match.group("sign") or match.group("sign_behind")
        units, fraction = self._parts(match.group("amount") or match.group("amount_before"))
        name = {"€": self._words.euros, "$": self._words.dollars, "£": self._words.pounds}[sign]
        cents = fraction[1:]
        if not cents.strip("0"):
            said = f"{units} {name}"
        else:
            said = f"{units} {name} {int(cents)}" if len(cents) == 2 else f"{units}{fraction} {name}"
        self.writer.put(said, match.start())

    def number(self, match: re.Match[str]) -> None:
        self.writer.put("".join(self._parts(match.group())), match.start())

    def _parts(self, number: str) -> tuple[str, str]:
        """Units without the separators of thousands, and the fraction with its sign; what is neither stays whole."""
        *groups, tail = re.split(r"[.,\u00a0\u202f’']", number)
        if not groups:
            return number, ""
        sign = number[-len(tail) - 1]
        several = len({char for char in number if not char.isdigit()}) > 1
        is_fraction = sign in ".," and number.count(sign) == 1
        is_fraction = is_fraction and (several or len(tail) != 3 or sign == self._words.decimal)
        thousands = groups[1:] if is_fraction else [*groups[1:], tail]
        if not all(len(group) == 3 for group in thousands) or (thousands and len(groups[0]) > 3):
            return number, ""  # a version, a date, an address
        return groups[0] + "".join(thousands), f"{sign}{tail}" if is_fraction else ""

    def up_to(self, match: re.Match[str]) -> None:
        self.writer.put(f" {self._words.to} ", match.start())

    def pause(self, match: re.Match[str]) -> None:
        self.writer.drop_spaces()
        self.writer.put(", ", match.start())


_HANDLERS: dict[str, Callable[[_Reader, re.Match[str]], None]] = {
    "fence": _Reader.silence,
    "rule": _Reader.silence,
    "lead": _Reader.silence,
    "link": _Reader.label,
    "tag": _Reader.tag,
    "email": _Reader.email,
    "url": _Reader.url,
    "money": _Reader.money,
    "range": _Reader.up_to,
    "break": _Reader.pause,
    "number": _Reader.number,
    "emphasis": _Reader.nothing,
}


def _is_picture(char: str) -> bool:
    """Emoji and other drawings, and what joins and colours them."""
    return unicodedata.category(char) in ("So", "Sk", "Cf", "Co", "Cn", "Cs", "Me") or "\ufe00" <= char <= "\ufe0f"
