"""Descriptions of people: what they say, and what is wrong with those that say something else."""

import pytest

from visavis.renderers.drawing.anatomy import outline
from visavis.renderers.drawing.hairstyles import HAIRSTYLES
from visavis.renderers.people import NAMES, described, person
from visavis.renderers.sheet import LEADS

SKIN = ["#111111", "#333333", "#555555", "#777777", "#999999", "#bbbbbb"]


@pytest.mark.parametrize("name", NAMES)
def test_a_description_can_be_drawn(name: str) -> None:
    who = person(name)
    assert who.hair_style in HAIRSTYLES
    heights = [y for x, y in outline(who) if x >= 0]
    assert heights == sorted(heights)
    assert who.eyes.y < who.nose.y < who.lips.y < who.head.chin_y


def test_the_leads_are_six_people_and_not_one_recoloured() -> None:
    people = [person(name) for name in LEADS]
    for part in ("head", "eyes", "nose", "lips", "brows", "body", "scene", "hair_style", "skin", "hair"):
        assert len({getattr(who, part) for who in people}) == len(people), part


def test_somebody_based_on_another_takes_over_what_is_not_said() -> None:
    who = described("twin", {"based_on": "mia", "eyes": {"iris": "#000000"}, "freckles": 0.2})
    assert who.eyes.iris == "#000000"
    assert who.eyes.x == person("mia").eyes.x
    assert who.head == person("mia").head
    assert (who.name, who.freckles) == ("twin", 0.2)


@pytest.mark.parametrize(
    "wrong", [{"wings": 2}, {"eyes": {"third": 1}}, {"skin": SKIN[:3]}, {"name": "Bob"}, {"glasses": {"tint": 1}}]
)
def test_what_nobody_knows_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        described("odd", {"based_on": "cara", **wrong})
