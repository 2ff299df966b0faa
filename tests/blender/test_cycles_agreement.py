"""The pictures that the prior learns from are those that Cycles would draw: the same mesh, camera and distant light, compared."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from dreamgrove.engine import environment
from dreamgrove.procedural.concepts import generator_named
from dreamgrove.procedural.export_assets import CompactAsset, Exporter, write_shard

SIZE, FOV_Y = 96, np.radians(40.0)
LIGHT = np.array([0.5, -0.6, 0.8])
COLOR = np.array([0.6, 0.05, 0.03])
# Runs in the engine's Python, where the rasteriser is.
DRAW = """
import sys
import numpy as np
from pathlib import Path
from dreamgrove.engine.rendering.rasterizer import Light, draw_maps
from dreamgrove.engine.training.assets import read_shard
shard, cameras, light, output = sys.argv[1:]
light = Light(tuple(map(float, light.split(","))), 0.0, 1.0)
drawn = [[draw_maps(asset, camera, np.radians(40.0), 96, light, supersample=4) for camera in np.load(cameras)]
         for asset in read_shard(Path(shard))]
np.save(output, np.array(drawn))
"""


def test_rasterizer_draws_what_cycles_draws(clean_scene, tmp_path):
    """A solid, a thing with thin parts, one of two colours; from two sides. Lit by a sun without shadows or bounces, since the
    rasteriser has neither."""
    folder = os.environ.get("DREAMGROVE_ENGINE")
    if not folder:
        pytest.skip(
            "DREAMGROVE_ENGINE is not set: the rasteriser is NOT compared with Cycles here (dev.py test sets it)"
        )
    assets = [_asset(name) for name in ("mushroom", "chair", "vase")]
    cameras = np.stack([_camera(*angles) for angles in ((0.4, 0.3), (3.5, 0.9))])
    write_shard(tmp_path / "sample.npz", assets)
    np.save(tmp_path / "cameras.npy", cameras)
    subprocess.run(
        [environment.python_of(Path(folder)), "-c", DRAW, tmp_path / "sample.npz", tmp_path / "cameras.npy",
         ",".join(map(str, LIGHT)), tmp_path / "drawn.npy"],
        check=True, timeout=300,
    )  # fmt: skip
    drawn = np.load(tmp_path / "drawn.npy")
    _studio()
    for asset, maps in zip(assets, drawn, strict=True):
        item = _object(asset)
        for camera, each in zip(cameras, maps, strict=True):
            alpha, ours = each[0], np.moveaxis(each[5] * COLOR[:, None, None] + each[6:9], 0, -1)
            theirs = _render(camera, tmp_path / "cycles.exr")
            overlap = np.minimum(alpha, theirs[..., 3]).sum() / np.maximum(alpha, theirs[..., 3]).sum()
            assert overlap > 0.985, overlap
            inside = (alpha > 0.99) & (theirs[..., 3] > 0.99)
            error = np.abs(ours - theirs[..., :3])[inside]
            assert ours[inside].mean() > 0.02, "something is lit"
            assert error.mean() < 0.01, error.mean()
            assert np.quantile(error, 0.98) < 0.08, np.quantile(error, 0.98)
        bpy.data.objects.remove(item)


def _asset(name: str) -> CompactAsset:
    exporter = Exporter(generator_named(name))
    try:
        return exporter.asset(11)
    finally:
        exporter.close()


def _camera(azimuth: float, elevation: float, radius: float = 3.0) -> np.ndarray:
    """[4, 4] camera to world, looking at the origin."""
    eye = radius * np.array(
        [np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)]
    )
    back = eye / np.linalg.norm(eye)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :4] = np.stack([right, np.cross(back, right), back, eye], axis=1)
    return matrix


def _studio() -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.max_bounces = "CPU", 24, 0
    scene.cycles.use_denoising, scene.cycles.pixel_filter_type = False, "BOX"
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_mode = "RGBA"
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    # Radiance of a white diffuse surface that faces it: strength / pi.
    sun.data.energy, sun.data.angle, sun.data.use_shadow = np.pi, 0.0, False
    sun.rotation_mode, sun.rotation_quaternion = "QUATERNION", Vector(LIGHT).to_track_quat("Z", "Y")
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.angle = FOV_Y
    scene.camera = camera
    for item in (sun, camera):
        scene.collection.objects.link(item)


def _object(asset: CompactAsset) -> bpy.types.Object:
    mesh = bpy.data.meshes.new("asset")
    mesh.from_pydata(asset.vertices.tolist(), [], asset.triangles.tolist())
    mesh.normals_split_custom_set_from_vertices(asset.normals.tolist())
    share = asset.primary[:, None]
    albedo = share * asset.tone[:, None] * COLOR + (1.0 - share) * asset.color
    colors = mesh.attributes.new("albedo", "FLOAT_COLOR", "POINT")
    colors.data.foreach_set("color", np.concatenate([albedo, np.ones_like(share)], 1).astype(np.float32).ravel())
    material = bpy.data.materials.new("matte")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    attribute, diffuse = nodes.new("ShaderNodeAttribute"), nodes.new("ShaderNodeBsdfDiffuse")
    attribute.attribute_name = "albedo"
    links.new(attribute.outputs["Color"], diffuse.inputs["Color"])
    links.new(diffuse.outputs["BSDF"], nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    mesh.materials.append(material)
    item = bpy.data.objects.new("asset", mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def _render(camera: np.ndarray, path: Path) -> np.ndarray:
    """Linear RGBA [H, W, 4], not multiplied by alpha, row 0 at the top."""
    scene = bpy.context.scene
    scene.camera.matrix_world = Matrix(camera.tolist())
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    image.alpha_mode = "CHANNEL_PACKED"
    try:
        return np.array(image.pixels[:], np.float32).reshape(SIZE, SIZE, 4)[::-1]
    finally:
        bpy.data.images.remove(image)
