"""A sheet of one generator's seeds, to look at while it is being made.

    python -m dreamgrove.procedural.preview mushroom --seeds 8 -o sheet.png [--traits height=1,bend=-1] [--training]

Cycles on the CPU, neutral light: world (.6, .65, .7), one sun; camera from the front left, or --azimuth. One row of --columns.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .concepts import Generator, generator_named
from .concepts.base import grow
from .graph import evaluate
from .materials.surface import set_prompt_color


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
    scene.render.use_persistent_data = True
    return camera


def aim(camera: bpy.types.Object, low: np.ndarray, high: np.ndarray, azimuth: float, elevation: float) -> None:
    """Frame a bounding box (m) with a 50 mm lens. azimuth: rad, 0 = in front (-Y), counter-clockwise seen from above."""
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
        Matrix.Translation(centre + direction * half * 2.6) @ direction.to_track_quat("Z", "Y").to_matrix().to_4x4()
    )
    camera.data.clip_start = half * 0.01
    camera.data.clip_end = half * 100.0


def sheet(generator: Generator, options: argparse.Namespace) -> None:
    """Render the sheet and write it to options.output."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    camera = light_scene(scene, options.pixels, options.samples)
    said = {k: float(v) for k, v in (pair.split("=") for pair in options.traits.split(",") if pair)}
    tiles = []
    for seed in range(options.first, options.first + options.seeds):
        params = generator.sample(seed, said)
        if options.training:
            params = generator.for_training(params)
        obj = grow(generator, params, generator.name)
        if options.color:
            for material in bpy.data.materials:
                set_prompt_color(material, [float(c) for c in options.color.split(",")])
        mesh = evaluate(obj)
        aim(
            camera,
            mesh.vertices.min(0),
            mesh.vertices.max(0),
            math.radians(options.azimuth),
            math.radians(options.elevation),
        )
        tiles.append(render(scene))
        size = mesh.vertices.max(0) - mesh.vertices.min(0)
        extent = " x ".join(f"{each:.3f}" for each in size)
        traits = ", ".join(f"{k} {v:+.1f}" for k, v in generator.traits_of(params).items())
        sys.stdout.write(f"seed {seed}: {len(mesh.triangles)} triangles, {extent} m, {traits}\n")
        bpy.data.objects.remove(obj)
        for material in list(bpy.data.materials):
            bpy.data.materials.remove(material)
    columns = options.columns
    blank = np.ones_like(tiles[0])
    rows = [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    if len(rows) > 1:
        rows[-1] += [blank] * (columns - len(rows[-1]))
    picture = np.concatenate([np.concatenate(row, axis=1) for row in rows])
    write_png(picture, Path(options.output))


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


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="preview", description=__doc__.split("\n")[0])
    parser.add_argument("generator")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--pixels", type=int, default=160)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--azimuth", type=float, default=35.0, help="degrees")
    parser.add_argument("--elevation", type=float, default=20.0, help="degrees")
    parser.add_argument("--traits", default="", help="height=1,bend=-1")
    parser.add_argument("--color", default="", help="linear RGB, 0.1,0.2,0.8")
    parser.add_argument("--training", action="store_true", help="the mesh density of training assets")
    parser.add_argument("-o", "--output", default="sheet.png")
    options = parser.parse_args(arguments)
    sheet(generator_named(options.generator), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
