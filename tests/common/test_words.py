"""The prompt parser: heads, colours, adjectives, honesty about what is unknown."""

from __future__ import annotations

import pytest

from dreamgrove.engine.lexicon import ADJECTIVES, BASIC_COLORS, COLORS, CONCEPTS, NEAREST, TRAITS
from dreamgrove.engine.words import NotUnderstoodError, concept_named, understand


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda each: each.name)
@pytest.mark.parametrize("color", BASIC_COLORS)
def test_every_concept_in_every_basic_color(concept, color):
    found = understand(f"a {color} {concept.name}")
    assert (found.concept, found.color_name, found.color) == (concept.name, color, BASIC_COLORS[color])
    assert not found.unknown and not found.ignored


@pytest.mark.parametrize(
    ("prompt", "concept"),
    [
        ("a pumpkin lamp", "lamp"),
        ("vase with a flower", "vase"),
        ("Two tall pine trees", "conifer"),
        ("some pumpkins", "pumpkin"),
        ("a tuft of grass", "grass"),
        ("crimson toadstools", "mushroom"),
        ("on a table", "table"),
        ("CACTI", "cactus"),
        ("the daisies", "flower"),
        ("a coral pink vase", "vase"),
        ("wooden chair", "chair"),
    ],
)
def test_head_noun(prompt, concept):
    assert understand(prompt).concept == concept


def test_adjectives_and_intensifiers_become_traits():
    found = understand("a very tall, slightly bent red mushroom")
    assert found.traits == {"height": 1.0, "bend": pytest.approx(0.4)}
    assert understand("a short fat cactus").traits == {"height": -0.8, "width": 0.8}


def test_adjectives_that_mean_nothing_here_are_told():
    found = understand("a spiky vase")
    assert found.traits == {} and found.ignored == ("spiky",)
    assert "without effect on a vase: 'spiky'" in found.sentence()


def test_no_color_named_takes_the_concepts_own():
    found = understand("a cactus")
    assert found.color_name == "" and found.color == concept_named("cactus").color


def test_color_modifiers():
    assert sum(understand("a dark red rock").color) < sum(understand("a red rock").color)
    assert sum(understand("a light blue rock").color) > sum(understand("a blue rock").color)
    assert understand("a red mushroom with a white stem").color_name == "red"
    assert understand("a chair with red legs").color_name == ""


def test_sizes_scale_the_concepts_own():
    assert understand("a huge rock").size_m > understand("a rock").size_m > understand("a tiny rock").size_m


@pytest.mark.parametrize("prompt", ["a dragon", "dragons", "红色的蘑菇", "", "   ", "!!!", "x" * 10_000, "the of and"])
def test_what_is_not_known_is_said_in_one_sentence(prompt):
    with pytest.raises(NotUnderstoodError) as caught:
        understand(prompt)
    text = str(caught.value)
    assert 10 < len(text) < 300 and "\n" not in text


def test_nearest_things_and_typos():
    with pytest.raises(NotUnderstoodError, match="'dragon' is not something the embedded prior knows; nearest: cactus"):
        understand("a red dragon")
    with pytest.raises(NotUnderstoodError, match="nearest: mushroom"):
        understand("a red mushrom")


def test_unknown_extra_words_are_reported():
    found = understand("a gothic red mushroom wearing sunglasses")
    assert found.unknown == ("gothic", "wearing", "sunglasses")


def test_tables_are_sound():
    words = [word for concept in CONCEPTS for word in (concept.name, *concept.synonyms)]
    assert len(words) == len(set(words)), "a word may name one concept only"
    assert all(0 <= channel <= 1 for color in COLORS.values() for channel in color)
    assert {trait for trait, _ in ADJECTIVES.values()} == set(TRAITS)
    names = {concept.name for concept in CONCEPTS}
    assert all(set(nearest) <= names for nearest in NEAREST.values())
    assert not set(NEAREST) & set(words), "a known word has no nearest"
    assert all(set(concept.traits) <= set(TRAITS) for concept in CONCEPTS)
