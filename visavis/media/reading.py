"""Turning a file into text, in a child process: what somebody uploaded may be made to break its reader."""

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from visavis.media.chunking import Text

# a table cell of a whole page is a mistake or an attack
_CELL_CHARS_MAX = 1_000_000
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# no database holds these, and nobody reads them
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CHARSET = re.compile(rb"""charset=["']?([A-Za-z0-9_-]+)""")
_BLANKS = re.compile(r"\s+")
_GAPS = re.compile(r"\n{3,}")
_UNSEEN = ("head", "script", "style", "template", "noscript", "nav", "svg", "iframe", "form", "button", "select")
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "aside", "main", "header", "footer", "blockquote", "pre", "figure", "table")
    + ("ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6")
)
_LINES = frozenset(("br", "li", "tr", "dt", "dd", "hr", "figcaption", "caption"))
_CELLS = frozenset(("td", "th"))


class Unreadable(Exception):
    """The file is not what it says it is, in words for the person who uploaded it."""


def read(path: Path, kind: str) -> Text:
    """The text of a file of that kind. Raises `Unreadable`."""
    text = _READERS[kind](path)
    if not text.content.strip():
        hint = "; a scan needs to be turned into text first" if kind == "pdf" else ""
        raise Unreadable(f"There is no text in this file{hint}")
    return text


def _plain(path: Path) -> Text:
    return Text(_decoded(path))


def _log(path: Path) -> Text:
    content = _decoded(path)
    return Text(content, "line", "line", [0, *(found.end() for found in re.finditer("\n", content))])


def _csv(path: Path) -> Text:
    """A line for each row that names its columns, so that a row can be understood without the others."""
    csv.field_size_limit(_CELL_CHARS_MAX)
    source = _decoded(path)
    try:
        rows = csv.reader(io.StringIO(source, newline=""), _dialect(source))
        names = [name.strip() for name in next(rows, [])]
        lines = [_row(names, row) for row in rows]
    except csv.Error as error:
        raise Unreadable(f"This is not a table of comma separated values: {error}") from error
    lines = lines or [", ".join(names)]
    marks, at = list[int](), 0
    for line in lines:
        marks.append(at)
        at += len(line) + 1
    return Text("\n".join(lines), "line", "row", marks)


def _dialect(source: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(source[:10_000], delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _row(names: list[str], cells: list[str]) -> str:
    named = [*names, *("" for _ in cells[len(names) :])]
    pairs = [(name, " ".join(cell.split())) for name, cell in zip(named, cells, strict=False)]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _json(path: Path) -> Text:
    try:
        value = json.loads(_decoded(path))
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise Unreadable(f"This is not valid JSON ({reason})") from error
    return Text(json.dumps(value, ensure_ascii=False, indent=1), "line")


def _pdf(path: Path) -> Text:
    # these libraries are imported by who needs them: plain text needs none
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = [_page_text(page) for page in document]
    except pypdfium2.PdfiumError as error:
        raise Unreadable("This is not a readable PDF file; one with a password cannot be read either") from error
    marks, at = list[int](), 0
    for page in pages:
        marks.append(at)
        at += len(page) + 2
    return Text("\n\n".join(pages), "paragraph", "page", marks)


def _page_text(page: Any) -> str:
    text = page.get_textpage()
    try:
        return _clean(text.get_text_bounded()).strip()
    finally:
        # by hand, because thousands of open pages are thousands of pages in memory
        text.close()
        page.close()


def _docx(path: Path) -> Text:
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table

    try:
        document = docx.Document(str(path))
        blocks = [_table(block) if isinstance(block, Table) else block.text for block in document.iter_inner_content()]
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, zlib.error, SyntaxError) as error:
        raise Unreadable("This is not a readable DOCX file") from error
    return Text("\n\n".join(_clean(block).strip() for block in blocks if block.strip()))


def _table(table: Any) -> str:
    """A line for each row; a cell over several columns appears once."""
    rows = [{cell._tc: " ".join(cell.text.split()) for cell in row.cells} for row in table.rows]
    return "\n".join(" | ".join(filter(None, row.values())) for row in rows)


def _html(path: Path) -> Text:
    from lxml import html

    source = _decoded(path, _CHARSET).encode()
    try:
        root = html.document_fromstring(source, html.HTMLParser(encoding="utf-8", remove_comments=True))
    except html.etree.LxmlError as error:
        raise Unreadable("This is not a readable HTML file") from error
    for unseen in list(root.iter(*_UNSEEN)):
        unseen.drop_tree()
    # blanks in the source mean nothing; a block begins a new paragraph, a row or a break a new line
    for element in root.iter():
        element.text, element.tail = _one_line(element.text), _one_line(element.tail)
        if element.tag in _BLOCKS:
            element.text, element.tail = f"\n\n{element.text}", f"\n\n{element.tail}"
        elif element.tag in _LINES:
            element.tail = f"\n{element.tail}"
        elif element.tag in _CELLS:
            element.tail = f" | {element.tail}"
    lines = [line.strip(" |") for line in _clean(root.text_content()).split("\n")]
    return Text(_GAPS.sub("\n\n", "\n".join(lines)).strip())


def _one_line(text: str | None) -> str:
    return _BLANKS.sub(" ", text or "")


def _decoded(path: Path, declared: re.Pattern[bytes] | None = None) -> str:
    """UTF-8, what a byte order mark or the file itself declares, or what old Windows programs write."""
    raw = path.read_bytes()
    name = declared.search(raw[:4096]) if declared else None
    encoding = next((mark for prefix, mark in _BYTE_ORDER_MARKS.items() if raw.startswith(prefix)), "")
    try:
        return _clean(raw.decode(encoding or (name[1].decode() if name else "utf-8")))
    except (UnicodeDecodeError, LookupError):
        if b"\x00" in raw[:1000]:
            raise Unreadable("This file is binary, not text") from None
        return _clean(raw.decode("cp1252", errors="replace"))


def _clean(text: str) -> str:
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


_READERS: Mapping[str, Callable[[Path], Text]] = {
    "txt": _plain,
    "md": _plain,
    "log": _log,
    "csv": _csv,
    "json": _json,
    "pdf": _pdf,
    "docx": _docx,
    "html": _html,
}
KINDS = tuple(_READERS)
