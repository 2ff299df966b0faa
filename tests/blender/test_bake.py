"""Baking: what a plain mesh keeps, coarser levels, hulls; and that nothing else stays in the file."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from mathutils import Vector

from dreamgrove.procedural.bake import BakeError, bake, hull, lods
from dreamgrove.procedural.generators import family_named, grow
from dreamgrove.procedural.gltf import COLOR, make_portable
from dreamgrove.procedural.graph import EvaluatedMesh, evaluate_realized
from dreamgrove.procedural.graph.modifiers import read_mesh


@pytest.fixture
def agave(clean_scene):
    family = family_named("agave")
    item = grow(family, family.default)
    item.location, item.scale = (1.0, 2.0, 0.5), (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()
    return item


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "materials", "node_groups")}


def test_the_mesh_is_the_evaluated_one(agave):
    before, live = counts(), evaluate_realized(agave)
    plain = bake(agave)
    assert counts() == {**before, "objects": before["objects"] + 1, "meshes": before["meshes"] + 1}
    assert len(plain.modifiers) == 0 and plain.users_collection == ()
    assert len(plain.data.vertices) == len(live.vertices)
    assert plain.matrix_world.translation == Vector((1.0, 2.0, 0.5))
    assert [material.name for material in plain.data.materials] == ["Agave"], "no empty slot"
    assert {"tint", "age", "random"} <= set(plain.data.attributes.keys())


def test_instances_become_real(clean_scene):
    """A group that puts a cube on three points."""
    tree = bpy.data.node_groups.new("Cubes", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    kinds = ("GeometryNodeMeshLine", "GeometryNodeMeshCube", "GeometryNodeInstanceOnPoints", "NodeGroupOutput")
    line, cube, copies, output = (tree.nodes.new(kind) for kind in kinds)
    line.inputs["Count"].default_value = 3
    for source, target, socket in ((line, copies, "Points"), (cube, copies, "Instance"), (copies, output, "Geometry")):
        tree.links.new(source.outputs[0], target.inputs[socket])
    item = bpy.data.objects.new("Cubes", bpy.data.meshes.new("Cubes"))
    bpy.context.scene.collection.objects.link(item)
    item.modifiers.new("Cubes", "NODES").node_group = tree
    plain = bake(item)
    assert len(plain.data.vertices) == 24 and not list(plain.data.materials)


def test_levels_have_ever_fewer_faces(agave):
    before = counts()
    full = len(evaluate_realized(agave).triangles)
    made = lods(agave, family_named("agave"), 3, 0.5)
    assert [each.name for each in made] == ["Agave_LOD1", "Agave_LOD2", "Agave_LOD3"]
    triangles = [sum(len(polygon.vertices) - 2 for polygon in each.data.polygons) for each in made]
    for level, count in enumerate(triangles, 1):
        assert count <= full * 0.5**level * 1.1
    assert triangles == sorted(triangles, reverse=True) and triangles[-1] > full * 0.5**3 * 0.3
    assert all(each.data.materials[0].name == "Agave" for each in made)
    assert counts() == {**before, "objects": before["objects"] + 3, "meshes": before["meshes"] + 3}


def test_a_crown_stays_as_dense_with_fewer_leaves(clean_scene):
    """Leaves are left out whole, and the others grow: collapsed edges would leave shreds, and take minutes for an oak."""
    family = family_named("tree")
    item = grow(family, replace(family.default, height=4.0, spread=4.0, branches=300, trunk=0.1, detail=0.5))
    bpy.context.view_layer.update()
    before = counts()
    full = evaluate_realized(item)
    (coarse,) = lods(item, family, 1, 0.25)
    fewer = read_mesh(coarse.data)
    assert len(coarse.data.polygons) <= len(np.unique(full.polygon_of)) * 0.25 * 1.1
    # a quarter of the leaves alone would be a quarter of the area
    assert 0.65 < area_of_leaves(fewer) / area_of_leaves(full) < 1.2
    assert np.abs(np.ptp(fewer.vertices, axis=0) / np.ptp(full.vertices, axis=0) - 1.0).max() < 0.15
    assert counts() == {**before, "objects": before["objects"] + 1, "meshes": before["meshes"] + 1}


def area_of_leaves(mesh: EvaluatedMesh) -> float:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    thin = np.asarray(mesh.attributes["thin"], bool)[mesh.polygon_of]
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1)[thin].sum()) / 2


def test_a_hull_is_closed_convex_and_about_it(agave):
    before = counts()
    shape = hull(agave)
    assert counts() == {**before, "objects": before["objects"] + 1, "meshes": before["meshes"] + 1}
    mesh = shape.data
    assert len(mesh.vertices) <= 255
    edges = np.array([edge for polygon in mesh.polygons for edge in polygon.edge_keys])
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all(), "closed"
    points = evaluate_realized(agave).vertices
    size = np.ptp(points, axis=0).max()
    for polygon in mesh.polygons:
        beyond = (points - np.array(polygon.center)) @ np.array(polygon.normal)
        assert beyond.max() < 0.06 * size


def test_what_has_no_surface_is_refused(clean_scene):
    item = bpy.data.objects.new("Empty", bpy.data.meshes.new("Empty"))
    bpy.context.scene.collection.objects.link(item)
    before = counts()
    with pytest.raises(BakeError, match="Empty has no surface"):
        bake(item)
    assert counts() == before


def test_colours_for_gltf(agave):
    plain = bake(agave)
    originals = list(plain.data.materials)
    make_portable(plain)
    layer = plain.data.color_attributes[COLOR]
    colors = np.zeros(len(layer.data) * 4, np.float32)
    layer.data.foreach_get("color", colors)
    colors = colors.reshape(-1, 4)
    assert layer.domain == "CORNER" and (colors[:, 3] == 1.0).all()
    assert colors[:, 1].mean() > colors[:, 0].mean(), "an agave is green"
    assert not set(plain.data.materials) & set(originals)
