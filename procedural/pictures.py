"""Pictures of what was made: a neutral studio, one camera, sheets of tiles. Cycles on the CPU, so that it works everywhere.

The plain studio is that of the comparisons in the docs: world (.6, .65, .7), one sun of strength 3 turned by (.7, .2, .6) rad, a 50 mm lens.
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

from .graph import building
from .graph import nodes as n

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


def soft_boxes(world: bpy.types.World) -> None:
    """Give the world a sky from pale below to blue above, with two soft boxes and a dark strip, so that glossy things have something to mirror."""
    world.node_tree.nodes.clear()
    with building(world.node_tree, "shader", owner=world) as tree:
        way = tree.add("ShaderNodeTexCoord")["Generated"]
        rise = n.smoothstep(way.z, -0.25, 0.7)
        sky = n.mix(rise, n.color((0.62, 0.61, 0.59)), n.color((0.42, 0.53, 0.72)))
        dark = n.smoothstep(n.math("ABSOLUTE", way.dot((0.86, 0.5, 0.0))), 0.22, 0.02) * n.smoothstep(way.z, 0.55, 0.2)
        sky = n.mix(dark * 0.75, sky, n.color((0.1, 0.11, 0.13)))
        left = n.smoothstep(way.dot((-0.72, -0.5, 0.48)), 0.93, 0.96)
        above = n.smoothstep(way.dot((0.35, -0.3, 0.887)), 0.95, 0.975)
        light = n.mix(n.maximum(left, above), sky, n.color((3.2, 3.1, 2.9)))
        tree.add("ShaderNodeOutputWorld", surface=tree.add("ShaderNodeBackground", color=light, strength=0.7))


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


def frame(camera: bpy.types.Object, vertices: np.ndarray, azimuth: float, elevation: float, close: float = 1.0) -> None:
    """Look at points [V, 3] (m) so that they just fit into the square picture, with a margin; as `aim` otherwise. close: how much nearer."""
    toward = np.array(
        [math.cos(elevation) * math.sin(azimuth), -math.cos(elevation) * math.cos(azimuth), math.sin(elevation)]
    )
    right = np.array([math.cos(azimuth), math.sin(azimuth), 0.0])
    up = np.cross(toward, right)
    slope = math.tan(camera.data.angle / 2) * 0.92
    points = vertices.astype(np.float64)
    centre = (points.min(0) + points.max(0)) / 2
    distance = 1.0
    for _ in range(4):
        x, y, z = ((points - centre) @ axis for axis in (right, up, toward))
        distance = float(np.maximum(z + np.abs(x) / slope, z + np.abs(y) / slope).max())
        depth = np.maximum(distance - z, 1e-6)
        for axis, along in ((right, x), (up, y)):
            share = along / depth
            centre = centre + axis * (float(share.max() + share.min()) / 2 * distance)
    size = float(np.linalg.norm(points.max(0) - points.min(0)))
    camera.data.clip_start, camera.data.clip_end = distance / close * 0.01, distance / close + size * 100.0
    turn = Vector(toward.tolist()).to_track_quat("Z", "Y").to_matrix().to_4x4()
    camera.matrix_world = Matrix.Translation(Vector((centre + toward * (distance / close)).tolist())) @ turn


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
        return read_picture(Path(scene.render.filepath))


def write_png(picture: np.ndarray, path: Path) -> None:
    """Write [H, W, 4] float (display values), aside first."""
    write_picture(picture, path, "PNG")


def write_picture(picture: np.ndarray, path: Path, kind: str, quality: int = 90) -> None:
    """Write [H, W, 4] float (display values) as PNG, JPEG or WEBP, aside first. quality: 0..100, but for PNG."""
    height, width = picture.shape[:2]
    image = bpy.data.images.new("picture", width, height, alpha=True)
    aside = path.with_name(f".part-{path.name}")
    try:
        image.pixels.foreach_set(np.ascontiguousarray(picture[::-1], np.float32).ravel())
        image.file_format = kind
        image.save(filepath=str(aside.absolute()), quality=quality)
        os.replace(aside, path)
    finally:
        bpy.data.images.remove(image)
        aside.unlink(missing_ok=True)


def read_picture(path: Path) -> np.ndarray:
    """A picture file as [H, W, 4] float32, top row first, as displayed."""
    image = bpy.data.images.load(str(path))
    try:
        width, height = image.size
        pixels = np.zeros(width * height * 4, np.float32)
        image.pixels.foreach_get(pixels)
    finally:
        bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1]


def montage(tiles: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Tiles [H, W, 4] of one size as one picture, row by row; what is missing of the last row is white."""
    blank = np.ones_like(tiles[0])
    rows = [list(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    if len(rows) > 1:
        rows[-1] += [blank] * (columns - len(rows[-1]))
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])
