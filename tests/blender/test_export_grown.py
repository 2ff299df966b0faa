"""Grown families as training assets: within the budget, in the prompt's colour, the same again."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from shares import SHARE

from dreamgrove.engine.training.vocabulary import CONCEPTS
from dreamgrove.params import check
from dreamgrove.procedural.concepts.base import CONCEPT_NAMES
from dreamgrove.procedural.concepts.grown import GROWN, Factor, GrownConcept, Shift, grown_named
from dreamgrove.procedural.export_assets import MAX_TRIANGLES, RADIUS, main
from dreamgrove.procedural.export_grown import GrownExporter
from dreamgrove.procedural.generators import FAMILIES

each_grown = pytest.mark.parametrize("concept", GROWN, ids=lambda c: c.name)
some_grown = pytest.mark.parametrize("concept", GROWN[SHARE::4], ids=lambda c: c.name)  # a second each


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def test_names():
    names = [each.name for each in GROWN]
    assert len(set(names)) == len(names)
    assert not set(names) & set(CONCEPT_NAMES)
    assert {each.family for each in GROWN} <= {family.name for family in FAMILIES}
    learnt = {each.name: each for each in CONCEPTS}
    assert [*CONCEPT_NAMES, *names] == list(learnt), "their numbers are places in the trainers' vocabulary"
    for each in GROWN:
        assert set(each.traits) == set(learnt[each.name].traits), each.name


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


@some_grown
def test_assets_are_compact_and_take_the_prompts_colour(concept: GrownConcept):
    before = (len(bpy.data.objects), len(bpy.data.meshes))
    asset = GrownExporter(concept).asset(2)
    assert (len(bpy.data.objects), len(bpy.data.meshes)) == before
    assert 100 <= len(asset.triangles) <= MAX_TRIANGLES
    assert np.linalg.norm(asset.vertices, axis=1).max() == pytest.approx(RADIUS, abs=1e-4)
    assert asset.concept == len(CONCEPT_NAMES) + GROWN.index(concept)
    corners = asset.vertices[asset.triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    share = np.average(asset.primary[asset.triangles].mean(1), weights=area)
    assert share > 0.15, "hardly anything takes the prompt's colour"
    shown = asset.primary[asset.primary > 0.5]
    assert np.average(asset.tone[asset.primary > 0.5], weights=shown) == pytest.approx(1.0, abs=0.2)
    for values in (asset.vertices, asset.normals, asset.primary, asset.tone, asset.color):
        assert np.isfinite(values).all()
    assert asset.color.min() >= 0 and asset.color.max() <= 1 and asset.primary.max() <= 1


@each_grown
def test_traits_change_what_they_say(concept: GrownConcept):
    """Each trait moves something apart by a quarter or more between its ends."""
    for name, changes in concept.traits.items():
        apart = [abs(change.apply(1.0, 1.0) - change.apply(1.0, -1.0)) for change in changes]
        assert max(apart) > 0.25, (name, changes)


def test_the_prompts_colour_goes_where_it_is_sent():
    rose = grown_named("rose")
    params = rose.colored(rose.sample(1)[0], (0.1, 0.2, 0.3))
    assert params.color == params.rim == params.heart == (0.1, 0.2, 0.3) != params.leaf_color


def test_the_command_line_makes_shards_and_goes_on_after_a_break(tmp_path, capsys):
    bpy.ops.wm.read_homefile(use_factory_startup=True)  # as Blender starts: with a cube, selected
    arguments = ["--concepts", "apple,tulip", "--per-concept", "2", "--shard-size", "1", "--output", str(tmp_path)]
    assert main(arguments) == 0
    made = [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if "ms each" in line]
    assert made == [f"{name}-{seed:07d}.npz" for seed in (0, 1) for name in ("apple", "tulip")]
    with np.load(tmp_path / made[0], allow_pickle=False) as file:
        assert file["concept"].tolist() == [len(CONCEPT_NAMES) + [each.name for each in GROWN].index("apple")]
    (tmp_path / made[2]).unlink()
    assert main([*arguments, "--keep"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if "ms each" in line] == [made[2]]


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
