"""Plain objects for glTF, which knows no shader graphs: one colour a corner, told by the attribute `tint` or the material.

What a shader draws within a part (veins, mottles, bumps) is not in it; the colours of the parts are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ..params import params_of
from .graph.interface import is_color
from .materials import MATERIALS
from .materials.base import KIND_KEY

COLOR = "Color"
_ROUGHNESS = 0.6


def make_portable(obj: bpy.types.Object) -> list[tuple[bpy.types.Material, bpy.types.Material]]:
    """Give a plain object (see bake.py) the colour attribute `Color` [corners, 4], linear, and materials that show it.

    Its mesh's material slots are replaced; the file's materials stay as they are. Returns them with their new stand-ins.
    """
    mesh = obj.data
    materials = list(mesh.materials) or [None]
    index = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", index)
    sizes = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    own = np.array([_color(material) for material in materials], np.float32)
    colors = np.repeat(own[np.minimum(index, len(materials) - 1)], sizes, axis=0)
    tint = _tint_of_corners(mesh)
    if tint is not None:
        told = np.linalg.norm(tint, axis=1) > 1e-5
        colors[told] = tint[told]
    if (old := mesh.attributes.get(COLOR)) is not None:
        mesh.attributes.remove(old)
    layer = mesh.color_attributes.new(COLOR, "FLOAT_COLOR", "CORNER")
    layer.data.foreach_set("color", np.column_stack([colors, np.ones(len(colors), np.float32)]).ravel())
    mesh.color_attributes.active_color = layer
    mesh.materials.clear()
    made = [_portable(material, obj.name) for material in materials]
    for each in made:
        mesh.materials.append(each)
    mesh.polygons.foreach_set("material_index", index)
    return [(material, each) for material, each in zip(materials, made, strict=True) if material is not None]


@contextmanager
def called_as(pairs: Iterable[tuple[bpy.types.Material, bpy.types.Material]]) -> Iterator[None]:
    """Meanwhile each second material has the name of its first, which the file can have only once."""
    names = [(first, first.name, second, second.name) for first, second in pairs]
    try:
        for first, name, second, _ in names:
            first.name = f"{name} of the file"
            second.name = name
        yield
    finally:
        for first, name, second, own in reversed(names):
            second.name = own
            first.name = name


def _tint_of_corners(mesh: bpy.types.Mesh) -> np.ndarray | None:
    """The attribute `tint` at every corner [C, 3]; None if the mesh has none."""
    attribute = mesh.attributes.get("tint")
    if attribute is None or attribute.data_type not in ("FLOAT_COLOR", "FLOAT_VECTOR"):
        return None
    field, width = ("color", 4) if attribute.data_type == "FLOAT_COLOR" else ("vector", 3)
    values = np.zeros(len(attribute.data) * width, np.float32)
    attribute.data.foreach_get(field, values)
    values = values.reshape(-1, width)[:, :3]
    if attribute.domain == "POINT":
        corner = np.zeros(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("vertex_index", corner)
        return values[corner]
    if attribute.domain == "FACE":
        sizes = np.zeros(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("loop_total", sizes)
        return np.repeat(values, sizes, axis=0)
    return values if attribute.domain == "CORNER" else None


def _portable(material: bpy.types.Material | None, name: str) -> bpy.types.Material:
    made = bpy.data.materials.new(material.name if material else name)
    if made.node_tree is None:
        made.use_nodes = True
    tree = made.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    color = tree.nodes.new("ShaderNodeVertexColor")
    color.layer_name = COLOR
    color.location = (-300, 0)
    tree.links.new(color.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = _input(material, "Roughness", _ROUGHNESS)
    shader.inputs["Metallic"].default_value = _input(material, "Metallic", 0.0)
    made.use_backface_culling = False
    return made


def _color(material: bpy.types.Material | None) -> tuple[float, ...]:
    """Linear RGB: the first colour among the material's parameters as it stands, else what the viewport shows."""
    if material is None:
        return (0.8, 0.8, 0.8)
    kind = next((kind for kind in MATERIALS if kind.name == material.get(KIND_KEY)), None)
    label = next((info.label for info in params_of(kind.params) if is_color(info)), None) if kind else None
    node = _group(material)
    if node is not None and label in node.inputs and not node.inputs[label].is_linked:
        return tuple(node.inputs[label].default_value)[:3]
    return tuple(material.diffuse_color)[:3]


def _input(material: bpy.types.Material | None, label: str, otherwise: float) -> float:
    node = _group(material) if material else None
    if node is None or label not in node.inputs or node.inputs[label].type != "VALUE":
        return otherwise
    return min(1.0, max(0.0, float(node.inputs[label].default_value)))


def _group(material: bpy.types.Material) -> bpy.types.Node | None:
    nodes = material.node_tree.nodes if material.node_tree else ()
    return next((node for node in nodes if node.bl_idname == "ShaderNodeGroup" and node.node_tree), None)
