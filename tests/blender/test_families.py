"""What every family of generators promises; parametrised over FAMILIES, so that a new one is held to it the day it is added.

`family_meshes.json` has measures of one individual of each family, written by `python -m pytest ... --write-family-meshes` on one Blender:
every Blender must grow the same.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import bpy
import numpy as np
import pytest
from shares import shared

from dreamgrove.params import check, params_of
from dreamgrove.procedural.generators import (
    CATEGORIES,
    FAMILIES,
    Family,
    family_named,
    find_preset,
    grow,
    params_of_object,
    regrow,
)
from dreamgrove.procedural.generators.base import group_of
from dreamgrove.procedural.graph import EvaluatedMesh, build, compare, evaluate_parts, evaluate_realized, read
from dreamgrove.procedural.materials.base import KIND_KEY

MEASURES = Path(__file__).parent / "family_meshes.json"
SEEDS = range(20)
FAR = 0.25  # detail of the individuals: how a seed shapes a thing does not hang on the mesh's density
MOST_FACES = 100_000  # of any preset, instances counted once
each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)


def share_of_families(turn: int):
    """A fourth of the families on each Blender. That each grows the same on all is a test of its own, below."""
    return pytest.mark.parametrize("family", shared(FAMILIES, turn), ids=lambda f: f.name)


@cache
def grown(name: str) -> bpy.types.Object:
    """One object a family, given other parameters again and again; its name starts with the family's."""
    family = next(each for each in FAMILIES if each.name == name)
    return grow(family, family.default, f"test {name}")


@pytest.fixture(scope="module", autouse=True)
def _let_go():
    """An empty file before; no object of Blender's may outlive it."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    yield
    grown.cache_clear()


def parts_of(family: Family, params: object) -> list[tuple[EvaluatedMesh, int]]:
    regrow(grown(family.name), family, params)
    return evaluate_parts(grown(family.name))


def whole(family: Family, params: object) -> EvaluatedMesh:
    regrow(grown(family.name), family, params)
    return evaluate_realized(grown(family.name))


def areas(mesh: EvaluatedMesh) -> np.ndarray:
    a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def test_names_are_unique_and_can_be_found():
    names = [name for family in FAMILIES for name in family.presets]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    for family in FAMILIES:
        assert find_preset(family.name)[1] in family.presets
        assert family.category in CATEGORIES
        for name in family.presets:
            assert name == name.lower() and name.replace("_", "").isalnum()
    with pytest.raises(KeyError, match="nothing called 'dragon' can be grown; there are"):
        find_preset("dragon")


@each_family
def test_parameters_are_declared_well(family: Family):
    infos = params_of(family.params)
    assert 8 <= len([i for i in infos if i.name not in ("seed", "detail")]) <= 25
    assert len(family.presets) >= 3
    assert len({str(p) for p in family.presets.values()}) == len(family.presets)
    assert any(info.usual or info.spread for info in infos), (
        "no individual would differ from its preset but by its seed"
    )
    for info in infos:
        assert info.help and not info.help.endswith("."), info.name
        if info.kind in (int, float):
            assert info.min is not None and info.max is not None, f"{info.name} has no range"
    labels = [info.label for info in infos]
    assert len(labels) == len(set(labels))


@each_family
def test_presets_and_individuals_are_in_range(family: Family):
    for preset in family.presets:
        for seed in range(30):
            check(family.sample(seed, preset))
    assert family.sample(3) == family.sample(3) != family.sample(4)
    first = next(iter(family.presets))
    assert replace(family.sample(5, first, amount=0.0), seed=0) == replace(family.presets[first], seed=0)


@each_family
def test_inputs_of_the_group(family: Family):
    tree = group_of(family)
    inputs = {i.name: i for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "INPUT"}
    for info in params_of(family.params):
        if not info.live:
            assert info.label not in inputs
            continue
        assert inputs[info.label].description == info.help
        if info.kind in (int, float):
            assert inputs[info.label].max_value == pytest.approx(info.max)
    used = {link.from_socket.name for link in tree.links if link.from_node.bl_idname == "NodeGroupInput"}
    idle = {info.label for info in params_of(family.params) if info.live} - used - {"Seed"}
    assert not idle, f"inputs that do nothing: {', '.join(sorted(idle))}"


@share_of_families(0)
def test_transpiles_and_comes_back(family: Family):
    tree = group_of(family)
    spec = read(tree)
    again = build(spec)
    assert compare(spec, read(again)) == []
    bpy.data.node_groups.remove(again)


@share_of_families(1)
def test_every_preset_is_sound(family: Family):
    for name, params in family.presets.items():
        if family.category == "Terrain" and params is not family.default:
            params = replace(params, detail=0.4)
        parts = parts_of(family, params)
        assert parts, f"{name} shows nothing"
        faces = sum(len(np.unique(mesh.polygon_of)) for mesh, _ in parts)
        assert 50 <= faces <= MOST_FACES, f"{name} has {faces} faces"
        for mesh, count in parts:
            assert np.isfinite(mesh.vertices).all() and np.isfinite(mesh.normals).all(), name
            if len(mesh.triangles) > 20:
                size = np.ptp(mesh.vertices, axis=0).max()
                empty = (areas(mesh) <= 1e-12 * size * size).mean()
                assert empty <= 0.001, f"{name}: {empty:.2%} of the triangles of a part ({count} times) have no area"


def test_an_oak_is_light():
    oak = next(family for family in FAMILIES if "oak" in family.presets)
    assert sum(len(np.unique(mesh.polygon_of)) for mesh, _ in parts_of(oak, oak.presets["oak"])) < 60_000


@share_of_families(2)
def test_everything_has_a_material(family: Family):
    obj = grown(family.name)
    regrow(obj, family, family.default)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    for shown in depsgraph.object_instances:
        owner = shown.parent if shown.is_instance else shown.object
        if owner is None or owner.original != obj or shown.object.type != "MESH" or not len(shown.object.data.polygons):
            continue
        mesh = shown.object.data
        numbers = np.zeros(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", numbers)
        for number in np.unique(numbers):
            material = mesh.materials[number] if number < len(mesh.materials) else None
            assert material is not None, f"{(numbers == number).sum()} faces have no material"
            assert material.get(KIND_KEY), f"{material.name} is none of procedural/materials"


@share_of_families(3)
def test_solids_are_closed(family: Family):
    if not family.solid:
        return
    for mesh, _ in parts_of(family, replace(family.default, detail=FAR)):
        thin = mesh.attributes.get("thin")
        triangles = mesh.triangles if thin is None else mesh.triangles[~np.asarray(thin, bool)[mesh.polygon_of]]
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)
        there = np.sort(edges[:, 0] * len(mesh.vertices) + edges[:, 1])
        back = np.sort(edges[:, 1] * len(mesh.vertices) + edges[:, 0])
        assert np.array_equal(there, back), "an edge of a solid part is open, or two faces disagree about their side"


@pytest.mark.parametrize("preset", family_named("starfish").presets)
def test_no_edge_of_a_starfish_has_four_faces(preset: str):
    """Its arms and its two skins are welded: each edge must lie between two faces, and no more."""
    family = family_named("starfish")
    for mesh, _ in parts_of(family, replace(family.presets[preset], detail=FAR)):
        edges = np.concatenate([mesh.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
        assert np.unique(edges, axis=0, return_counts=True)[1].max() == 1, "of each edge one face goes one way only"


@share_of_families(4)
def test_stands_on_the_ground_at_its_true_size(family: Family):
    for name, params in family.presets.items():
        mesh = whole(family, replace(params, detail=FAR))
        low, high = mesh.vertices.min(0), mesh.vertices.max(0)
        size = float((high - low).max())
        if family.category == "Terrain":  # its z = 0 is the sea's level, wherever its own lowest point is
            assert 10.0 <= size < 20_000.0, f"{name} is {size:.3g} m"
            assert np.allclose((low + high)[:2] / 2, 0.0, atol=0.01 * size), f"{name} is not over the origin"
            continue
        assert 0.003 < size < 60.0, f"{name} is {size:.3g} m"
        assert abs(low[2]) <= 0.2 * (high[2] - low[2]) + 0.01, f"{name}: its base is at {low[2]:.3g} m"
        assert (low[:2] <= 0.2 * size).all() and (high[:2] >= -0.2 * size).all(), f"{name} is not over the origin"


@share_of_families(5)
def test_twenty_seeds_grow_and_differ(family: Family):
    seen = set()
    for seed in SEEDS:
        mesh = whole(family, replace(family.sample(seed), detail=FAR))
        assert len(mesh.triangles) and np.isfinite(mesh.vertices).all(), f"seed {seed}"
        seen.add((len(mesh.vertices), np.round(mesh.vertices.astype(np.float64).mean(0), 6).tobytes()))
    assert len(seen) == len(SEEDS)


@share_of_families(6)
def test_seed_alone_makes_another_one(family: Family):
    """In shape; or, for what comes from a workshop, in grain at least: in an attribute."""
    first, second = (whole(family, replace(family.default, detail=FAR, seed=seed)) for seed in (1, 2))
    if first.vertices.shape == second.vertices.shape and np.allclose(first.vertices, second.vertices, atol=1e-5):
        told = [name for name in first.attributes if name in second.attributes]
        assert any(not np.allclose(first.attributes[name], second.attributes[name], atol=1e-5) for name in told)


@share_of_families(7)
def test_detail_makes_finer_meshes(family: Family):
    details = (
        (0.1, 0.5, 1.0) if family.category == "Terrain" else (0.1, 1.0, 2.0)
    )  # land of 360,000 points takes seconds
    counts = [
        sum(len(mesh.triangles) for mesh, _ in parts_of(family, replace(family.default, detail=detail)))
        for detail in details
    ]
    assert counts[0] < 0.8 * counts[1], counts
    assert counts[1] < counts[2], counts


def measures(mesh: EvaluatedMesh) -> dict[str, float]:
    """What tells two meshes apart but does not hang on the order of their vertices."""
    vertices = mesh.vertices.astype(np.float64)
    low, high, mean = vertices.min(0), vertices.max(0), vertices.mean(0)
    return {
        "vertices": len(vertices),
        "area": float(areas(mesh).sum()),
        **{
            f"{name}_{axis}": float(v)
            for name, at in (("low", low), ("high", high), ("mean", mean))
            for axis, v in zip("xyz", at, strict=True)
        },
    }


@each_family
def test_same_seed_same_mesh_on_every_blender(family: Family, request: pytest.FixtureRequest):
    told = json.loads(MEASURES.read_text()) if MEASURES.is_file() else {}
    found = measures(whole(family, replace(family.sample(7), detail=FAR)))
    if request.config.getoption("--write-family-meshes"):
        told[family.name] = {name: round(value, 6) for name, value in found.items()}
        MEASURES.write_text(json.dumps(dict(sorted(told.items())), indent=1) + "\n")
        return
    assert family.name in told, f"{MEASURES.name} lacks {family.name}: run this test with --write-family-meshes"
    wanted = told[family.name]
    size = max(wanted[f"high_{axis}"] - wanted[f"low_{axis}"] for axis in "xyz")
    assert found["vertices"] == pytest.approx(wanted["vertices"], rel=0.002)
    assert found["area"] == pytest.approx(wanted["area"], rel=0.005)
    for name in found:
        if name not in ("vertices", "area"):
            assert found[name] == pytest.approx(wanted[name], abs=0.005 * size), name


@each_family
def test_parameters_can_be_read_back(family: Family):
    obj = grown(family.name)
    for seed in (0, 1):
        params = replace(family.sample(seed), detail=FAR)
        regrow(obj, family, params)
        back = params_of_object(obj, family)
        for info in params_of(family.params):
            wanted, found = getattr(params, info.name), getattr(back, info.name)
            assert found == (pytest.approx(wanted, rel=1e-5, abs=1e-6) if info.kind in (float, tuple) else wanted), (
                info.name
            )


def test_growing_leaves_nothing_behind_when_it_fails(monkeypatch: pytest.MonkeyPatch):
    family = FAMILIES[0]
    group_of(family)
    before = (len(bpy.data.objects), len(bpy.data.meshes))
    with pytest.raises(ValueError, match="detail is 99"):
        grow(family, replace(family.default, detail=99.0))
    assert (len(bpy.data.objects), len(bpy.data.meshes)) == before


def test_objects_share_the_group():
    family = FAMILIES[0]
    first, second = (grow(family, family.default) for _ in range(2))
    assert first.modifiers[0].node_group == second.modifiers[0].node_group
    for obj in (first, second):
        bpy.data.objects.remove(obj)
