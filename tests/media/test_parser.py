"""Real files read in real child processes, and what is made to break a reader."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests import leaks
from tests.media import documents
from visavis.core.errors import Unprocessable
from visavis.core.passages import Piece
from visavis.media.parser import DocumentParser

PAGES = ["Opening hours\nWe open at nine.", "Returns\nThirty days, with a receipt."]


async def parse(path: Path, kind: str, size: int = 1000, overlap: int = 100, **limits: int) -> list[Piece]:
    parser = DocumentParser(**limits)
    return [piece async for batch in parser.pieces(path, kind, size, overlap) for piece in batch]


async def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    found = await parse(documents.write(tmp_path / "a", documents.pdf(PAGES)), "pdf", 40, 0)

    assert "We open at nine." in found[0].text
    assert found[0].place == {"page": 1}
    assert "Thirty days" in found[-1].text
    assert found[-1].place == {"page": 2}


async def test_a_word_document_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    content = documents.docx(["Fish & chips cost £9.", "The kitchen closes at ten."])

    (piece,) = await parse(documents.write(tmp_path / "a", content), "docx")

    assert piece.text == "Fish & chips cost £9.\n\nThe kitchen closes at ten."


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("txt", "Grüße".encode(), "Grüße"),
        ("txt", "Grüße".encode("cp1252"), "Grüße"),
        ("txt", "Grüße".encode("utf-16"), "Grüße"),
        ("txt", "\ufeffa\x00b\r\nc".encode(), "ab\nc"),
        ("md", b"# Title\n\nSome *text*.", "# Title\n\nSome *text*."),
        ("csv", b"plan,price\nPro,10\nBasic,\n", "plan: Pro; price: 10\nplan: Basic"),
        ("csv", 'Größe;Preis\nXL;"1\n2"\nS;3;4\n'.encode("cp1252"), "Größe: XL; Preis: 1 2\nGröße: S; Preis: 3; 4"),
        ("json", b'{"plan":{"name":"Pr\\u00f6"}}', '{\n "plan": {\n  "name": "Prö"\n }\n}'),
        ("log", b"1 start\n2 stop\n", "1 start\n2 stop"),
        ("html", b"<nav>Home</nav><h1>Hi</h1><script>x()</script><p>The\n<b>re</b></p>", "Hi\n\nThe re"),
        ("html", b"<p>Fish &amp; chips<br>&lt;b&gt;</p><ul><li>1<li>2</ul>", "Fish & chips\n<b>\n\n1\n2"),
        ("html", b"<table><tr><th>plan<th>price<tr><td>Pro<td>10</table>", "plan | price\nPro | 10"),
        ("html", '<meta charset="latin-1"><p>Grüße'.encode("latin-1"), "Grüße"),
    ],
)
async def test_text_of_every_kind(tmp_path: Path, kind: str, content: bytes, expected: str) -> None:
    (piece,) = await parse(documents.write(tmp_path / "a", content), kind)

    assert piece.text == expected


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("pdf", b"%PDF-1.7 but then no more", "not a readable PDF"),
        ("docx", b"PK\x03\x04 broken", "not a readable DOCX"),
        ("docx", documents.docx([" "]), "no text"),
        ("txt", b"\x7fELF\x00\x00\xff\xfe\x00", "binary"),
        ("txt", b" \n ", "no text"),
        ("json", b'{"a": }', r"not valid JSON \(line 1"),
        ("json", b"[" * 100_000, "not valid JSON"),
        ("csv", b'"' + b"a" * 2_000_000, "not a table"),
    ],
)
async def test_what_cannot_be_read_says_why(tmp_path: Path, kind: str, content: bytes, reason: str) -> None:
    with pytest.raises(Unprocessable, match=reason):
        await parse(documents.write(tmp_path / "a", content), kind)


async def test_a_document_that_unpacks_to_more_than_it_may_ends_in_a_refusal(tmp_path: Path) -> None:
    path = documents.write(tmp_path / "a", documents.zip_bomb(200 << 20))
    assert path.stat().st_size < 1 << 20

    with pytest.raises(Unprocessable):
        await parse(path, "docx", memory_bytes=300 << 20)


async def test_a_document_that_takes_too_long_ends_in_a_refusal(tmp_path: Path) -> None:
    path = documents.write(tmp_path / "a", documents.pdf(["Word " * 200 + "\n"] * 20_000))

    with pytest.raises(Unprocessable, match=r"time|longer"):
        await parse(path, "pdf", processor_s=1)


async def test_many_pieces_come_some_at_a_time_and_a_reader_may_leave(tmp_path: Path) -> None:
    path = documents.write(tmp_path / "a", b"word " * 20_000)
    assert len(await parse(path, "txt", 100, 0)) == 1000

    batches = DocumentParser().pieces(path, "txt", 100, 0)
    assert len(await anext(batches)) == 200
    await batches.aclose()


async def test_a_reader_that_dies_is_noticed_at_once(tmp_path: Path) -> None:
    batches = DocumentParser().pieces(documents.write(tmp_path / "a", b"word " * 20_000), "txt", 100, 0)
    await anext(batches)
    (pid,) = [pid for pid, command in leaks.children().items() if b"parse_child" in command]
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(Unprocessable):
        async with asyncio.timeout(5):
            await anext(batches)
