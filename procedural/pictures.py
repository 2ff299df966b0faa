"""Pictures of what was made: a neutral studio, one camera, sheets of tiles. Cycles on the CPU, so that it works everywhere.

The studio is that of the comparisons in the docs: world (.6, .65, .7), one sun of strength 3 turned by (.7, .2, .6) rad, a 50 mm lens.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

AZIMUTH = math.atan2(0.75, 0.9)
ELEVATION = math.atan2(0.45, math.hypot(0.75, 0.9))


def light_scene(scene: bpy.types.Scene, pixels: int, samples: int) -> bpy.types.Object:
    """World, sun, camera and Cycles settings; returns the camera."""
    world = bpy.data.worlds.new("Preview")
    if world.node_tree is None:
        world.use_nodes = True
    background = next(n for n in world.node_tree.nodes if n.bl_idname == "ShaderNodeBackground")
    background.inputs["Color"].default_value = (0.6, 0.65, 0.7, 1.0)
    scene.world = world
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy = 3.0
    sun.rotation_euler = (0.7, 0.2, 0.6)
    scene.collection.objects.link(sun)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 4
    scene.render.resolution_x = scene.render.resolution_y = pixels
    scene.render.image_settings.file_format = "PNG"
    return camera


def aim(
    camera: bpy.types.Object,
    low: np.ndarray,
    high: np.ndarray,
    azimuth: float = AZIMUTH,
    elevation: float = ELEVATION,
    distance: float = 2.6,
) -> None:
    """Frame a bounding box (m) with a 50 mm lens. azimuth: rad, 0 = in front (-Y), counter-clockwise seen from above.

    distance: of the camera from the box's centre, in half diagonals of the box.
    """
    centre = Vector(((low + high) / 2).tolist())
    half = float(np.linalg.norm(high - low)) / 2
    direction = Vector(
        (
            math.cos(elevation) * math.sin(azimuth),
            -math.cos(elevation) * math.cos(azimuth),
            math.sin(elevation),
        )
    )
    camera.matrix_world = (
        Matrix.Translation(centre + direction * half * distance)
        @ direction.to_track_quat("Z", "Y").to_matrix().to_4x4()
    )
    camera.data.clip_start = half * 0.01
    camera.data.clip_end = half * 100.0


def lay_ground(scene: bpy.types.Scene, size: float) -> bpy.types.Object:
    """A grey floor at z = 0, m, which fades into the world's colour; returns it."""
    mesh = bpy.data.meshes.new("Ground")
    reach = size * 40.0
    mesh.from_pydata(
        [(-reach, -reach, 0), (reach, -reach, 0), (reach, reach, 0), (-reach, reach, 0)], [], [(0, 1, 2, 3)]
    )
    ground = bpy.data.objects.new("Ground", mesh)
    material = bpy.data.materials.new("Ground")
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Base Color"].default_value = (0.36, 0.37, 0.38, 1.0)
    shader.inputs["Roughness"].default_value = 1.0
    mesh.materials.append(material)
    scene.collection.objects.link(ground)
    return ground


def render(scene: bpy.types.Scene) -> np.ndarray:
    """One picture, [H, W, 4] float32, top row first, as displayed."""
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = os.path.join(folder, "tile.png")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        width, height = image.size
        pixels = np.zeros(width * height * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1]


def write_png(picture: np.ndarray, path: Path) -> None:
    """Write [H, W, 4] float (display values), aside first."""
    height, width = picture.shape[:2]
    image = bpy.data.images.new("sheet", width, height, alpha=True)
    image.pixels.foreach_set(np.ascontiguousarray(picture[::-1]).ravel())
    aside = path.with_suffix(".part.png")
    image.filepath_raw = str(aside.absolute())
    image.file_format = "PNG"
    image.save()
    bpy.data.images.remove(image)
    os.replace(aside, path)


def montage(tiles: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Tiles [H, W, 4] of one size as one picture, row by row; what is missing of the last row is white."""
    blank = np.ones_like(tiles[0])
    rows = [list(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    if len(rows) > 1:
        rows[-1] += [blank] * (columns - len(rows[-1]))
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])
