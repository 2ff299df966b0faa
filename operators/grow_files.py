"""Grown objects as files: `.blend` with the live object or plain meshes, `.glb` with plain meshes. Complete or not there."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ..engine.files import written_aside
from ..params import from_mapping
from ..procedural.bake import bake, hull, lods
from ..procedural.generators import Family, family_named, grow
from ..procedural.gltf import called_as, make_portable
from ..procedural.graph import evaluate_parts
from .file_blocks import removed_afterwards
from .growing import PRESET_KEY, recipe_for, title_of
from .importing import RECIPE_KEY, asset_collection

FORMATS = (".blend", ".glb")


@dataclass(frozen=True)
class Order:
    """One file to make. path ends in one of FORMATS; baked: plain meshes in place of the live object; levels: of detail, besides."""

    path: str
    family: str
    preset: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    baked: bool = False
    levels: int = 0
    hull: bool = False

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Order:
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def params(self) -> Any:
        return from_mapping(family_named(self.family).params, self.parameters)

    @property
    def recipe(self) -> dict[str, Any]:
        return recipe_for(family_named(self.family), self.preset, self.params)


def make_file(order: Order) -> dict[str, Any]:
    """Grow it and write the file. Nothing stays in the open file. Returns facts: recipe; vertices and triangles with all instances; mesh_triangles, each instanced mesh
    counted once; seconds, bytes.

    Raises ParameterError, BakeError, OSError, or RuntimeError with Blender's own words if it cannot export.
    """
    began = time.perf_counter()
    path = Path(order.path)
    family, params = family_named(order.family), order.params
    with written_aside(path, ending=True) as aside, removed_afterwards():
        item = grow(family, params, title_of(order.preset))
        item[PRESET_KEY] = order.preset
        item[RECIPE_KEY] = json.dumps(order.recipe)
        parts = evaluate_parts(item)
        facts = {
            "vertices": sum(len(mesh.vertices) * times for mesh, times in parts),
            "triangles": sum(len(mesh.triangles) * times for mesh, times in parts),
            "mesh_triangles": sum(len(mesh.triangles) for mesh, _ in parts),
        }
        plain = order.baked or order.levels or order.hull or path.suffix == ".glb"
        items = _plain(item, family, order) if plain else [item]
        (_write_glb if path.suffix == ".glb" else _write_blend)(aside, title_of(order.preset), items)
    seconds = round(time.perf_counter() - began, 3)
    return {"recipe": order.recipe, **facts, "seconds": seconds, "bytes": path.stat().st_size}


def _plain(item: bpy.types.Object, family: Family, order: Order) -> list[bpy.types.Object]:
    made = [bake(item)]
    made += lods(item, family, order.levels, faces=len(made[0].data.polygons))
    if order.hull:
        made.append(hull(item, baked=made[0]))
    name, mesh = item.name, item.data
    bpy.data.objects.remove(item)
    bpy.data.meshes.remove(mesh)
    made[0].name = made[0].data.name = name
    return made


def _write_blend(path: Path, title: str, items: list[bpy.types.Object]) -> None:
    """A file with one scene, which has the objects at its origin."""
    scene = bpy.data.scenes.new(title)
    collection = asset_collection(scene)
    for item in items:
        for each in item.users_collection:
            each.objects.unlink(item)
        collection.objects.link(item)
    for item in items[1:]:
        item.hide_set(True, view_layer=scene.view_layers[0])
    scene.view_layers[0].objects.active = items[0]
    bpy.data.libraries.write(str(path), {scene}, path_remap="NONE", compress=True)


def _write_glb(path: Path, title: str, items: list[bpy.types.Object]) -> None:
    if not hasattr(bpy.types, "EXPORT_SCENE_OT_gltf"):
        raise RuntimeError("Enable the add-on glTF 2.0 format in Blender's preferences to write .glb")
    scene, view_layer = bpy.context.scene, bpy.context.view_layer
    selected = list(view_layer.objects.selected)
    for each in selected:
        each.select_set(False)
    pairs = []
    for item in items:
        if item.data.materials:
            pairs += make_portable(item)
        scene.collection.objects.link(item)
        item.select_set(True)
    with called_as(pairs):
        bpy.ops.export_scene.gltf(
            filepath=str(path), export_format="GLB", use_selection=True, export_yup=True, export_extras=True,
            export_vertex_color="MATERIAL", export_animations=False,
        )  # fmt: skip
    for each in selected:
        each.select_set(True)
