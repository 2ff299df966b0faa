"""What every generator promises; parametrised over GENERATORS, so that a new one is held to it the day it is added."""

from __future__ import annotations

from functools import cache, lru_cache

import bpy
import numpy as np
import pytest

from dreamgrove.engine.words import CONCEPTS, TRAITS
from dreamgrove.params import check, params_of
from dreamgrove.procedural.concepts import GENERATORS, generator_named
from dreamgrove.procedural.concepts.base import CONCEPT_NAMES, TRAIT_NAMES, Generator, grow
from dreamgrove.procedural.export_assets import MAX_TRIANGLES, RADIUS, Exporter, ExportError, compact
from dreamgrove.procedural.graph import EvaluatedMesh, evaluate, set_inputs

SEEDS = (0, 1, 2, 3, 4)
each_generator = pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.name)


@cache
def exporter_of(name: str) -> Exporter:
    return Exporter(generator_named(name))


@lru_cache(maxsize=1024)
def mesh_of(name: str, seed: int, traits: tuple[tuple[str, float], ...] = ()) -> EvaluatedMesh:
    generator = generator_named(name)
    params = generator.for_training(generator.sample(seed, dict(traits)))
    exporter = exporter_of(name)
    set_inputs(exporter._modifier, params)
    return evaluate(exporter._object)


@pytest.fixture(scope="module", autouse=True)
def _let_go():
    """No object of Blender's may outlive it."""
    yield
    exporter_of.cache_clear()
    mesh_of.cache_clear()


def solid_triangles(mesh: EvaluatedMesh) -> np.ndarray:
    thin = mesh.attributes.get("thin")
    return mesh.triangles if thin is None else mesh.triangles[~thin[mesh.polygon_of]]


def components(triangles: np.ndarray, count: int) -> np.ndarray:
    """The connected part [F] of each triangle, by the smallest vertex in it."""
    label = np.arange(count)
    while True:
        low = label[triangles].min(axis=1)
        after = label.copy()
        for corner in range(3):
            np.minimum.at(after, triangles[:, corner], low)
        after = after[after]
        if (after == label).all():
            return label[triangles[:, 0]]
        label = after


def extent(mesh: EvaluatedMesh) -> np.ndarray:
    return mesh.vertices.max(0) - mesh.vertices.min(0)


def test_vocabulary_agrees_with_the_engine():
    assert tuple(concept.name for concept in CONCEPTS) == CONCEPT_NAMES
    assert tuple(TRAITS) == TRAIT_NAMES


@each_generator
def test_traits_are_the_concepts(generator: Generator):
    concept = next(each for each in CONCEPTS if each.name == generator.name)
    assert set(generator.traits) == set(concept.traits)


@each_generator
@pytest.mark.parametrize("seed", SEEDS)
def test_mesh_keeps_its_promises(generator: Generator, seed: int):
    mesh = mesh_of(generator.name, seed)
    assert 100 <= len(mesh.triangles) <= MAX_TRIANGLES
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.normals).all()
    for name in ("primary", "tone", "part_color"):
        assert mesh.domains.get(name) == "POINT", f"{name} is missing: paint() every part"
        assert np.isfinite(mesh.attributes[name]).all()
    primary, tone = mesh.attributes["primary"], mesh.attributes["tone"]
    assert primary.min() >= 0 and primary.max() <= 1 + 1e-5
    assert primary.mean() > 0.15, "hardly anything takes the prompt's colour"
    assert tone.min() >= 0.25 and tone.max() <= 1.6
    assert mesh.attributes["part_color"].min() >= 0


@each_generator
@pytest.mark.parametrize("seed", SEEDS)
def test_solids_are_closed_and_face_outward(generator: Generator, seed: int):
    mesh = mesh_of(generator.name, seed)
    triangles = solid_triangles(mesh)
    if not len(triangles):
        assert len(mesh.triangles), "all thin is fine, nothing is not"
        return
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)
    there = edges[:, 0] * len(mesh.vertices) + edges[:, 1]
    back = edges[:, 1] * len(mesh.vertices) + edges[:, 0]
    assert len(np.unique(there)) == len(there), "an edge is used twice in one direction"
    assert np.array_equal(np.sort(there), np.sort(back)), "an edge is open"
    a, b, c = (mesh.vertices[triangles[:, i]].astype(np.float64) for i in range(3))
    centre = mesh.vertices.mean(0)
    volume = np.einsum("ij,ij->i", a - centre, np.cross(b - centre, c - centre)) / 6
    parts = components(triangles, len(mesh.vertices))
    of_part = np.bincount(np.unique(parts, return_inverse=True)[1], weights=volume)
    assert (of_part > 0).all(), f"{(of_part <= 0).sum()} of {len(of_part)} parts are inside out or empty"


@each_generator
def test_seeds_differ_and_repeat(generator: Generator):
    first, second = mesh_of(generator.name, 0), mesh_of(generator.name, 1)
    assert not np.array_equal(first.vertices, second.vertices)
    mesh_of.cache_clear()
    again = mesh_of(generator.name, 0)
    assert np.array_equal(first.vertices, again.vertices)
    assert np.array_equal(first.triangles, again.triangles)
    assert generator.sample(5) == generator.sample(5) != generator.sample(6)


@each_generator
def test_seed_input_changes_the_shape(generator: Generator):
    """An artist who turns the seed alone gets another one of the kind."""
    params = generator.for_training(generator.sample(0))
    exporter = exporter_of(generator.name)
    meshes = []
    for seed in (1, 2):
        set_inputs(exporter._modifier, type(params)(**{**vars(params), "seed": seed}))
        meshes.append(evaluate(exporter._object).vertices)
    assert meshes[0].shape != meshes[1].shape or not np.allclose(*meshes)


@each_generator
def test_said_traits_are_reported(generator: Generator):
    for value in (-1.0, 0.0, 1.0):
        params = check(generator.sample(3, dict.fromkeys(generator.traits, value)))
        assert generator.traits_of(params) == pytest.approx(dict.fromkeys(generator.traits, value), abs=1e-6)
    drawn = generator.traits_of(generator.sample(7))
    assert set(drawn) == set(generator.traits)
    assert all(-1 <= value <= 1 for value in drawn.values())


def with_traits(*names: str):
    """Every generator with each of these traits that it has."""
    cases = [(generator, trait) for generator in GENERATORS for trait in names if trait in generator.traits]
    return pytest.mark.parametrize(
        ("generator", "trait"), cases, ids=[f"{generator.name}-{trait}" for generator, trait in cases]
    )


@with_traits("height", "width")
def test_proportions_follow_the_trait(generator: Generator, trait: str):
    """Tall things are taller for their width, wide ones wider for their height."""
    shares = []
    for value in (-1.0, 0.0, 1.0):
        said = dict.fromkeys(generator.traits, 0.0) | {
            "bend": -1.0 if "bend" in generator.traits else 0.0,
            trait: value,
        }
        x, y, z = extent(mesh_of(generator.name, 2, tuple(said.items())))
        shares.append(z / max(x, y) if trait == "height" else max(x, y) / z)
    assert shares[0] < shares[1] < shares[2], shares
    assert shares[2] > 1.15 * shares[0], shares


@with_traits("bend", "spikes", "fullness")
def test_other_traits_change_the_shape(generator: Generator, trait: str):
    said = dict.fromkeys(generator.traits, 0.0)
    meshes = [mesh_of(generator.name, 2, tuple((said | {trait: value}).items())).vertices for value in (-1.0, 1.0)]
    if meshes[0].shape == meshes[1].shape:
        size = np.ptp(meshes[0], axis=0).max()
        assert np.abs(meshes[0] - meshes[1]).max() > 0.04 * size


@each_generator
@pytest.mark.parametrize("seed", SEEDS)
def test_origin_is_at_the_base(generator: Generator, seed: int):
    vertices = mesh_of(generator.name, seed).vertices
    low, high = vertices.min(0), vertices.max(0)
    height = high[2] - low[2]
    assert abs(low[2]) <= 0.06 * height, "the base is not at z = 0"
    base = vertices[vertices[:, 2] < low[2] + 0.25 * height]
    slack = 0.05 * (high - low)[:2]
    assert (base.min(0)[:2] <= slack).all() and (base.max(0)[:2] >= -slack).all(), "the origin is not under the thing"


@each_generator
def test_compact_asset(generator: Generator):
    asset = exporter_of(generator.name).asset(3)
    radius = np.linalg.norm(asset.vertices, axis=1).max()
    assert radius == pytest.approx(RADIUS, abs=1e-4)
    assert np.allclose(asset.vertices.max(0), -asset.vertices.min(0), atol=1e-4)
    assert np.allclose(np.linalg.norm(asset.normals, axis=1), 1, atol=1e-3)
    assert asset.triangles.max() == len(asset.vertices) - 1
    assert {n for n, t in zip(TRAIT_NAMES, asset.traits, strict=True) if np.isfinite(t)} == set(generator.traits)
    assert CONCEPT_NAMES[asset.concept] == generator.name


def test_nothing_grows_while_exporting():
    exporter = Exporter(GENERATORS[0])
    exporter.asset(0)
    before = {name: len(getattr(bpy.data, name)) for name in ("meshes", "objects", "node_groups", "materials")}
    for seed in range(1, 6):
        exporter.asset(seed)
    assert before == {name: len(getattr(bpy.data, name)) for name in before}
    exporter.close()


def test_too_many_triangles_are_refused_by_name():
    generator = generator_named("mushroom")
    params = type(generator.sample(0))(**{**vars(generator.sample(0)), "detail": 2.5})
    obj = grow(generator, params, "big")
    with pytest.raises(ExportError, match=r"mushroom, seed 0 has \d+ triangles"):
        compact(evaluate(obj), generator, 0, {})


@each_generator
def test_parameters_are_group_inputs_with_help(generator: Generator):
    tree = exporter_of(generator.name)._modifier.node_group
    inputs = {i.name: i for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "INPUT"}
    for info in params_of(generator.params):
        assert inputs[info.label].description == info.help
        if info.kind in (int, float) and info.max is not None:
            assert inputs[info.label].max_value == pytest.approx(info.max)
