"""Scripts are read as they are written, and mistakes are named where they are."""

from pathlib import Path

import pytest

from visavis.testing.script import Expect, ScriptError, UserSays, load, parse

FILE = Path("talks/rose.yaml")


def test_a_script_is_read() -> None:
    script = parse("steps:\n- user: Hello\n  after: 1.5 s\n- expect: user heard\n  contains: hello\n", FILE)
    said, expected = script.steps
    assert script.name == "rose"
    assert script.folder == Path("talks")
    assert isinstance(said, UserSays)
    assert said.after == 1500
    assert isinstance(expected, Expect)
    assert expected.contains == ["hello"]
    assert script.never == ["warning"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: [", "talks/rose.yaml:1: expected the node content, but found '<stream end>'"),
        ("- 1", "talks/rose.yaml:1: a conversation is a mapping that has `steps`"),
        ("name: x", "talks/rose.yaml:1: steps: Field required"),
        ("steps:\n- user: Hi\n  after: 3", "talks/rose.yaml:3: steps[0].after: write a time with its unit"),
        ("steps:\n- user: Hi\n  speeed: 3", "talks/rose.yaml:3: steps[0].speeed: there is no such field"),
        ("steps:\n\n- user: Hi\n  type: Hi", "talks/rose.yaml:3: steps[0]: a step has exactly one of these: user,"),
        ("steps:\n- Hi", "talks/rose.yaml:2: steps[0]: a step has exactly one of these: user,"),
        ("steps:\n- expect: persona smiles", "talks/rose.yaml:2: steps[0].expect: Input should be 'persona starts'"),
        ("steps:\n- expect: nothing", "talks/rose.yaml:2: steps[0]: say `for` how long"),
        ("steps:\n- expect: user starts\n  says: Hi", "talks/rose.yaml:2: steps[0]: `says` means nothing here"),
        ("steps:\n- {user: Hi, after: 1 s, into_reply: 1 s}", "steps[0]: use `after` or `into_reply`, not both"),
        ("steps:\n- {expect: user heard, matches: '('}", "steps[0].matches: this is no regular expression"),
        ("steps:\n- {user: Hi, volume: 3}", "steps[0].volume: write a level with its unit, such as `-20 dB`"),
        ("steps: []", "talks/rose.yaml:1: steps: List should have at least 1 item"),
        ("persona:\n  mood: 1\nsteps:\n- wait: 1 s", "talks/rose.yaml:2: persona.mood: there is no such field"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(text: str, message: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(text, FILE)
    assert message in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ScriptError) as caught:
        parse("persona: {mood: 1}\nsteps:\n- wait: 1\n- say: x", FILE)
    assert len(str(caught.value).splitlines()) == 3


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ScriptError, match=r"nowhere\.yaml: there is no such file"):
        load(Path("nowhere.yaml"))
