"""An asset bundle becomes an object: mesh, UVs, material with packed textures, recipe; in steps short enough for a live window.

Either everything is there afterwards or nothing is: what a failed or interrupted import had made is removed again.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from .glb import GlbAsset, GlbError, read_glb

RECIPE_KEY = "dreamgrove_recipe"
PROMPT_KEY = "dreamgrove_prompt"
COLLECTION = "Dreamgrove"
MAX_NAME = 60


class ImportProblem(RuntimeError):
    """A bundle cannot be brought into the scene; one sentence that says what to do."""


@dataclass(frozen=True)
class Bundle:
    """What a job left, read and checked."""

    folder: Path
    asset: GlbAsset
    recipe: dict[str, Any]


@dataclass
class Imported:
    """What an import has made; `object` is None until it is done."""

    object: bpy.types.Object | None = None


def read_bundle(folder: Path) -> Bundle:
    """The slow, bpy-free half of an import: call it from a thread. Raises ImportProblem."""
    try:
        return Bundle(folder, read_glb(folder / "asset.glb"), _recipe(folder))
    except FileNotFoundError as error:
        raise ImportProblem("The asset's files are gone; make the asset again") from error
    except (GlbError, OSError) as error:
        raise ImportProblem(str(error)) from error


def import_bundle(
    scene: bpy.types.Scene, folder: Path, name: str, location: Vector | tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> bpy.types.Object:
    """The whole import in one go, for scripts and the command line. Raises ImportProblem; the scene is then as before."""
    imported = Imported()
    for _ in import_steps(imported, scene, read_bundle(folder), name, location):
        pass
    assert imported.object is not None
    return imported.object


def import_steps(
    imported: Imported,
    scene: bpy.types.Scene,
    bundle: Bundle,
    name: str,
    location: Vector | tuple[float, float, float],
    view_layer: bpy.types.ViewLayer | None = None,
) -> Iterator[str]:
    """The same in steps; yields what comes next, so that a timer can give the window its frame in between.

    view_layer: where the object is selected, None = the scene's first. Closing the generator removes what it has made.
    """
    made: list[bpy.types.ID] = []
    asset = bundle.asset
    try:
        mesh = bpy.data.meshes.new(_short(name))
        made.append(mesh)
        _fill_mesh(mesh, asset)
        yield "textures"
        images: dict[str, bpy.types.Image] = {}
        with tempfile.TemporaryDirectory(prefix="dreamgrove-") as temporary:
            for role, png in asset.images.items():
                images[role] = _image(Path(temporary), f"{_short(name)} {role}", png, role == "base_color")
                made.append(images[role])
                yield "textures"
        material = bpy.data.materials.new(_short(name))
        made.append(material)
        _fill_material(material, asset, images)
        mesh.materials.append(material)
        yield "object"
        item = bpy.data.objects.new(_short(name), mesh)
        made.append(item)
        item.location = Vector(location)
        if bundle.recipe:
            item[RECIPE_KEY] = json.dumps(bundle.recipe, ensure_ascii=False)
            item[PROMPT_KEY] = str(bundle.recipe.get("prompt", name))
        _picture(item, bundle.folder / "preview.png")
        yield "scene"
        asset_collection(scene, made).objects.link(item)
        select_alone(item, view_layer or scene.view_layers[0])
        imported.object = item
    except BaseException:
        if imported.object is None:
            _remove(made)
        raise


def recipe_of(item: bpy.types.Object | None) -> dict[str, Any] | None:
    """The recipe that an object carries; None when it carries none or it cannot be read."""
    text = item.get(RECIPE_KEY) if item is not None else None
    if not isinstance(text, str):
        return None
    try:
        recipe = json.loads(text)
    except ValueError:
        return None
    return recipe if isinstance(recipe, dict) else None


def _recipe(folder: Path) -> dict[str, Any]:
    path = folder / "recipe.json"
    if not path.is_file():
        return {}
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ImportProblem("recipe.json is damaged; make the asset again") from error
    return recipe if isinstance(recipe, dict) else {}


def _remove(made: list[bpy.types.ID]) -> None:
    """Unmake; a block that is gone already (another file was opened meanwhile) needs nothing."""
    for block in reversed(made):
        with contextlib.suppress(ReferenceError):
            bpy.data.batch_remove([block])


def _short(name: str) -> str:
    """Blender before 5.0 keeps 63 bytes of a name."""
    cleaned = " ".join("".join(char if char.isprintable() else " " for char in name).split()) or "Asset"
    return cleaned.encode("utf-8", "ignore")[:MAX_NAME].decode("utf-8", "ignore")


def _fill_mesh(mesh: bpy.types.Mesh, asset: GlbAsset) -> None:
    """`read_glb` has taken out whatever Blender's own validation would."""
    count = len(asset.triangles)
    mesh.vertices.add(len(asset.vertices))
    mesh.vertices.foreach_set("co", asset.vertices.ravel())
    mesh.loops.add(count * 3)
    mesh.loops.foreach_set("vertex_index", asset.triangles.ravel())
    mesh.polygons.add(count)
    mesh.polygons.foreach_set("loop_start", np.arange(0, count * 3, 3, dtype=np.int32))
    layer = mesh.uv_layers.new(name="UVMap", do_init=False)
    layer.uv.foreach_set("vector", asset.uv.ravel())
    mesh.update(calc_edges=True)
    mesh.shade_smooth()


def _image(folder: Path, name: str, png: bytes, color: bool) -> bpy.types.Image:
    """A packed image, so that the .blend stands alone."""
    path = folder / "texture.png"
    path.write_bytes(png)
    image = bpy.data.images.load(str(path))
    image.name = name
    image.colorspace_settings.name = "sRGB" if color else "Non-Color"
    image.pack()
    image.filepath_raw = f"//textures/{bpy.path.clean_name(name)}.png"
    return image


def _fill_material(material: bpy.types.Material, asset: GlbAsset, images: dict[str, bpy.types.Image]) -> None:
    if material.node_tree is None:
        material.use_nodes = True  # 4.x makes the tree then; 5.x has it already
    tree = material.node_tree
    principled = next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"), None)
    if principled is None:
        principled = tree.nodes.new("ShaderNodeBsdfPrincipled")
        output = tree.nodes.new("ShaderNodeOutputMaterial")
        tree.links.new(principled.outputs["BSDF"], output.inputs["Surface"])
    principled.inputs["Roughness"].default_value = asset.roughness
    principled.inputs["Metallic"].default_value = asset.metallic
    x, y = principled.location
    if "base_color" in images:
        color = _texture(tree, images["base_color"], (x - 320, y))
        tree.links.new(color.outputs["Color"], principled.inputs["Base Color"])
    if "metallic_roughness" in images:
        surface = _texture(tree, images["metallic_roughness"], (x - 620, y - 300))
        split = tree.nodes.new("ShaderNodeSeparateColor")
        split.location = (x - 320, y - 300)
        tree.links.new(surface.outputs["Color"], split.inputs["Color"])
        tree.links.new(split.outputs["Green"], principled.inputs["Roughness"])
        tree.links.new(split.outputs["Blue"], principled.inputs["Metallic"])
    if "normal" in images:
        normal = _texture(tree, images["normal"], (x - 620, y - 600))
        bend = tree.nodes.new("ShaderNodeNormalMap")
        bend.location = (x - 320, y - 600)
        bend.uv_map = "UVMap"
        tree.links.new(normal.outputs["Color"], bend.inputs["Color"])
        tree.links.new(bend.outputs["Normal"], principled.inputs["Normal"])


def _texture(tree: bpy.types.NodeTree, image: bpy.types.Image, location: tuple[float, float]) -> bpy.types.Node:
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    node.location = location
    return node


def asset_collection(scene: bpy.types.Scene, made: list[bpy.types.ID] | None = None) -> bpy.types.Collection:
    """The scene's own collection for generated assets; a new one is noted in `made`."""
    for child in scene.collection.children:
        if child.name.split(".")[0] == COLLECTION and child.library is None:
            return child
    collection = bpy.data.collections.new(COLLECTION)
    if made is not None:
        made.append(collection)
    scene.collection.children.link(collection)
    return collection


def select_alone(item: bpy.types.Object, view_layer: bpy.types.ViewLayer) -> None:
    """Alone selected and active, unless the artist keeps the collection out of this view layer."""
    try:
        item.select_set(True, view_layer=view_layer)
    except RuntimeError:  # "it is not in View Layer"
        return
    for other in list(view_layer.objects.selected):
        if other != item:
            other.select_set(False, view_layer=view_layer)
    view_layer.objects.active = item


def _picture(item: bpy.types.Object, path: Path) -> None:
    """The bundle's preview as the object's thumbnail, for the asset browser; it needs no GPU."""
    if path.is_file():
        with bpy.context.temp_override(id=item):
            bpy.ops.ed.lib_id_load_custom_preview(filepath=str(path))
