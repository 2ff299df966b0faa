"""Grown families as training assets: within the budget, in the prompt's colour, the same again."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from dreamgrove.params import check
from dreamgrove.procedural.concepts.base import CONCEPT_NAMES
from dreamgrove.procedural.concepts.grown import GROWN, Factor, GrownConcept, Shift
from dreamgrove.procedural.export_assets import MAX_TRIANGLES, RADIUS
from dreamgrove.procedural.export_grown import GrownExporter
from dreamgrove.procedural.generators import FAMILIES

each_grown = pytest.mark.parametrize("concept", GROWN, ids=lambda c: c.name)


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def test_names():
    names = [each.name for each in GROWN]
    assert len(set(names)) == len(names)
    assert not set(names) & set(CONCEPT_NAMES)
    assert {each.family for each in GROWN} <= {family.name for family in FAMILIES}


@each_grown
def test_individuals_are_in_range_and_say_their_traits(concept: GrownConcept):
    for seed in range(40):
        params, traits = concept.sample(seed)
        check(params)
        check(concept.colored(params, (0.1, 0.2, 0.3)))
        assert set(traits) == set(concept.traits)
        assert all(-1 <= value <= 1 for value in traits.values())
    assert concept.sample(3) == concept.sample(3) != concept.sample(4)
    assert set(concept.presets) <= set(concept.of.presets)


@each_grown
def test_assets_are_compact_and_take_the_prompts_colour(concept: GrownConcept):
    before = (len(bpy.data.objects), len(bpy.data.meshes))
    asset = GrownExporter(concept).asset(2)
    assert (len(bpy.data.objects), len(bpy.data.meshes)) == before
    assert 100 <= len(asset.triangles) <= MAX_TRIANGLES
    assert np.linalg.norm(asset.vertices, axis=1).max() == pytest.approx(RADIUS, abs=1e-4)
    assert asset.concept == len(CONCEPT_NAMES) + GROWN.index(concept)
    assert asset.primary.mean() > 0.15, "hardly anything takes the prompt's colour"
    for values in (asset.vertices, asset.normals, asset.primary, asset.tone, asset.color):
        assert np.isfinite(values).all()
    assert asset.color.min() >= 0 and asset.color.max() <= 1 and asset.primary.max() <= 1


def test_the_same_seed_gives_the_same_asset():
    first, again = (GrownExporter(GROWN[0]).asset(5) for _ in range(2))
    assert np.array_equal(first.vertices, again.vertices)
    assert np.allclose(first.tone, again.tone, atol=1e-5)


def test_traits_pull_both_ways():
    assert Factor("x", 0.5, 3.0).apply(2.0, -1.0) == pytest.approx(1.0)
    assert Factor("x", 0.5, 3.0).apply(2.0, 0.0) == pytest.approx(2.0)
    assert Factor("x", 0.5, 3.0).apply(2.0, 1.0) == pytest.approx(6.0)
    assert Shift("x", -0.5, 0.2).apply(0.1, -1.0) == pytest.approx(-0.4)
    assert Shift("x", -0.5, 0.2).apply(0.1, 1.0) == pytest.approx(0.3)
