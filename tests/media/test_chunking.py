"""Pieces of a text: nothing lost, nothing too long, nothing cut in a word, as much overlap as asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.media.chunking import Text, Unit, cut, spans

WORDS = st.text(alphabet="abcdé.,世", min_size=1, max_size=12)
BLANKS = st.sampled_from([" ", " ", "  ", "\n", "\n\n", "\n \n", "\t", ". "])
TEXTS = st.lists(st.tuples(WORDS, BLANKS), max_size=120).map(lambda parts: "".join(a + b for a, b in parts))
UNITS = st.sampled_from(["paragraph", "line"])


@given(TEXTS, st.integers(1, 60), st.data(), UNITS)
def test_everything_is_covered_with_sizes_and_overlaps_as_asked(
    content: str, size: int, data: st.DataObject, unit: Unit
) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    found = list(spans(Text(content, unit), size, overlap))

    covered = 0
    for start, end in found:
        assert 0 < end - start <= size
        assert not content[covered:start].strip(), "something was left out"
        assert max(0, covered - start) <= overlap
        assert end > covered, "a piece without anything new"
        covered = end
    assert not content[covered:].strip()
    assert all(piece.text == piece.text.strip() != "" for piece in cut(Text(content, unit), size, overlap))


@given(TEXTS, st.integers(14, 60), st.data(), UNITS)
def test_no_word_is_cut(content: str, size: int, data: st.DataObject, unit: Unit) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    words = set(content.split())

    for piece in cut(Text(content, unit), size, overlap):
        if max(map(len, words)) <= size:
            assert set(piece.text.split()) <= words


def test_pieces_end_between_paragraphs_where_they_can() -> None:
    content = "One is here.\n\nTwo is there.\n\nThree is a long paragraph that does not fit with the others."

    assert [piece.text for piece in cut(Text(content), 40, 0)] == [
        "One is here.\n\nTwo is there.",
        "Three is a long paragraph that does not",
        "fit with the others.",
    ]


def test_the_overlap_begins_with_a_whole_word_and_is_as_long_as_it_can_be() -> None:
    found = [piece.text for piece in cut(Text("aa bb cc dd ee ff gg"), 11, 5)]

    assert found == ["aa bb cc dd", "cc dd ee ff", "ee ff gg"]


def test_rows_stay_whole_and_know_their_number() -> None:
    rows = [f"row {number}: value {number}" for number in range(1, 7)]
    marks = [sum(len(row) + 1 for row in rows[:index]) for index in range(6)]

    found = list(cut(Text("\n".join(rows), "line", "row", marks), 40, 20))

    assert all(set(piece.text.split("\n")) <= set(rows) for piece in found)
    assert [piece.place["row"] for piece in found] == [1, 2, 3, 4, 5]
    assert found[1].text == "row 2: value 2\nrow 3: value 3"


def test_a_word_longer_than_a_piece_is_cut_because_nothing_else_can_be_done() -> None:
    assert [piece.text for piece in cut(Text("x" * 25), 10, 3)] == ["x" * 10, "x" * 10, "x" * 5]


@pytest.mark.parametrize("content", ["", " \n\t "])
def test_blank_text_makes_no_piece(content: str) -> None:
    assert list(cut(Text(content), 10, 2)) == []
