"""What hearings of a growing sound agree on, and what becomes of sound that is forgotten."""

from visavis.providers.agreement import Agreement


def heard(*texts: str) -> Agreement:
    words = Agreement()
    for text in texts:
        words.hear(text)
    return words


def test_one_hearing_settles_nothing() -> None:
    words = heard(" What is the")
    assert words.so_far == ""
    assert words.whole == "What is the"


def test_what_two_hearings_say_is_told_and_what_follows_is_not() -> None:
    assert heard(" What is the whether", " What is the weather like").so_far == "What is the"
    assert heard(" What is the whether", " What is the weather like").whole == "What is the weather like"


def test_case_and_marks_come_and_go() -> None:
    assert heard(" Well. What", " Well, what is").so_far == "Well, what"


def test_hearings_that_begin_differently_agree_on_nothing() -> None:
    assert heard(" Two", " To be").so_far == ""
    assert heard("", " To").so_far == ""
    assert heard(" To be", "").whole == ""


def test_scripts_without_spaces_agree_sign_by_sign() -> None:
    assert heard("今天天", "今天天气很好").so_far == "今天天"


def test_words_of_forgotten_sound_stay() -> None:
    words = heard(" One two. Three", " One two. Three four", " One two. Three four")
    assert words.covers(" One two.")
    words.keep(" One two.")
    assert (words.kept, words.so_far) == ("One two.", "One two. Three four")
    words.hear(" Three four five")
    assert words.so_far == "One two. Three four"
    assert words.whole == "One two. Three four five"


def test_a_guess_is_not_covered() -> None:
    assert not heard(" One two", " One too").covers(" One too")
