"""A sheet of one concept's seeds, to look at while it is being made.

    python -m dreamgrove.procedural.preview mushroom --seeds 8 -o sheet.png [--traits height=1,bend=-1] [--training]

Cycles on the CPU, neutral light: world (.6, .65, .7), one sun; camera from the front left, or --azimuth. One row of --columns.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import bpy

from .concepts import Generator, generator_named
from .concepts.base import grow
from .ending import end
from .graph import evaluate
from .materials.surface import set_prompt_color
from .pictures import aim, light_scene, montage, render, write_png


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
    write_png(montage(tiles, options.columns), Path(options.output))


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
    end(main())
