"""Sheets and thumbnails of families and materials, to look at while they are made, and for the docs and the sidebar.

    python -m dreamgrove.procedural.sheet mushroom                      # 8 seeds
    python -m dreamgrove.procedural.sheet mushroom --presets            # every preset
    python -m dreamgrove.procedural.sheet --material granite slate      # a ball of each
    python -m dreamgrove.procedural.sheet --material granite --seeds 8

Options: -o FILE.png, --pixels, --samples, --columns, --set name=value, --azimuth and --elevation in degrees, --close (nearer), --threads.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..params import assignments
from .ending import end
from .generators import family_named
from .generators.base import Family, grow
from .graph.modifiers import evaluate_realized
from .materials import MaterialKind, make, material_named
from .pictures import AZIMUTH, ELEVATION, frame, lay_ground, light_scene, montage, render, soft_boxes, write_png

LAND_ELEVATION, LAND_CLOSE = 0.52, 1.75  # rad; how much of the land is cropped away


class Studio:
    """An empty file with light, camera and ground, in which one thing after the other is drawn; plain: no soft boxes and no ground."""

    def __init__(
        self, pixels: int, samples: int, azimuth: float = AZIMUTH, elevation: float = ELEVATION,
        close: float = 1.0, threads: int = 0, plain: bool = False,
    ) -> None:  # fmt: skip
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        self.scene = bpy.context.scene
        self.camera = light_scene(self.scene, pixels, samples)
        self.scene.cycles.use_denoising = True
        self.scene.cycles.max_bounces = 8
        self.scene.cycles.volume_bounces = 4  # fog and murky water are dark without
        if threads:
            self.scene.render.threads_mode = "FIXED"
            self.scene.render.threads = threads
        self._view = (azimuth, elevation, close)
        self._ground = None
        if not plain:
            soft_boxes(self.scene.world)
            self._ground = lay_ground(self.scene, 1.0)

    def draw(self, obj: bpy.types.Object, view: tuple[float, float, float] | None = None) -> np.ndarray:
        """A picture [H, W, 4] of the object, which is then removed. view: azimuth, elevation, how much nearer."""
        mesh = evaluate_realized(obj)
        low, high = mesh.vertices.min(0), mesh.vertices.max(0)
        if self._ground is not None:
            self._ground.location.z = min(0.0, float(low[2]))
            self._ground.scale = (float((high - low).max()),) * 3
        frame(self.camera, mesh.vertices, *(view or self._view))
        try:
            return render(self.scene)
        finally:
            bpy.data.objects.remove(obj)

    def family(self, family: Family, params: Any) -> np.ndarray:
        obj = grow(family, params)
        if family.category != "Terrain":
            return self.draw(obj)
        # Land fills the picture, under a low sun that models it
        sun = self.scene.objects["Sun"]
        kept = tuple(sun.rotation_euler), sun.data.energy
        sun.rotation_euler, sun.data.energy = (1.12, 0.0, -0.75), 4.5
        try:
            return self.draw(obj, (self._view[0], LAND_ELEVATION, LAND_CLOSE * self._view[2]))
        finally:
            sun.rotation_euler, sun.data.energy = kept

    def material(self, kind: MaterialKind, params: Any) -> np.ndarray:
        obj = sample_body(kind)
        material = make(kind, params)
        material.displacement_method = "BOTH"
        obj.data.materials.append(material)
        self.scene.collection.objects.link(obj)
        return self.draw(obj)


def sample_body(kind: MaterialKind) -> bpy.types.Object:
    """What a material is shown on, of its own size: a ball that stands on the ground, or a bent sheet with a leaf's UVMap."""
    size = kind.sample_size
    if kind.sample_shape == "sheet":
        across, along = 24, 32
        u, v = np.meshgrid(np.linspace(0, 1, across + 1), np.linspace(0, 1, along + 1))
        x, t = (u - 0.5) * size * 0.8, v - 0.5
        vertices = np.stack([x, t * size, size * (0.3 - t * t * 0.5) + abs(x) * 0.25 + t * size * 0.4], -1).reshape(
            -1, 3
        )
        width = across + 1
        corner = (np.arange(along)[:, None] * width + np.arange(across)).reshape(-1)
        faces = np.stack([corner, corner + 1, corner + 1 + width, corner + width], -1)
        uv = np.stack([u, v], -1).reshape(-1, 2)
    else:
        segments, rings = 256, 128
        theta = np.linspace(0, math.pi, rings + 1)[:, None]
        phi = np.linspace(0, 2 * math.pi, segments, endpoint=False)[None]
        ball = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), -np.cos(theta) + 0 * phi + 1.0], -1)
        vertices = (ball * size / 2).reshape(-1, 3)
        i, j = np.meshgrid(np.arange(rings), np.arange(segments), indexing="ij")
        j_next = (j + 1) % segments
        faces = np.stack(
            [i * segments + j, i * segments + j_next, (i + 1) * segments + j_next, (i + 1) * segments + j], -1
        ).reshape(-1, 4)
        uv = np.stack(np.broadcast_arrays(phi / (2 * math.pi), theta / math.pi), -1).reshape(-1, 2)
    mesh = bpy.data.meshes.new(kind.title)
    mesh.from_pydata(vertices.tolist(), [], faces.tolist())
    mesh.shade_smooth()
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", uv[faces.reshape(-1)].astype(np.float32).ravel())
    return bpy.data.objects.new(kind.title, mesh)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sheet", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="+")
    parser.add_argument("--material", action="store_true")
    parser.add_argument("--presets", action="store_true", help="every preset, as it is")
    parser.add_argument("--preset", help="individuals of this preset")
    parser.add_argument(
        "--seeds", type=int, help="how many individuals (default: 8 of a family, the default of a material)"
    )
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--azimuth", type=float, default=math.degrees(AZIMUTH))
    parser.add_argument("--elevation", type=float, default=math.degrees(ELEVATION))
    parser.add_argument("--close", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("sheet.png"))
    options = parser.parse_args(arguments)
    studio = Studio(
        options.pixels, options.samples, math.radians(options.azimuth), math.radians(options.elevation),
        options.close, options.threads,
    )  # fmt: skip
    tiles = []
    for title, draw in _wanted(studio, options):
        start = time.perf_counter()
        tiles.append(draw())
        sys.stdout.write(f"{title}: {time.perf_counter() - start:.1f} s\n")
    write_png(montage(tiles, options.columns), options.output)
    return 0


def _wanted(studio: Studio, options: argparse.Namespace) -> Iterable[tuple[str, Any]]:
    for name in options.names:
        kind = material_named(name) if options.material else family_named(name)
        if options.presets:
            chosen = dict(kind.presets)
        elif options.seeds or not options.material:
            seeds = range(options.first, options.first + (options.seeds or 8))
            chosen = {f"seed {seed}": kind.sample(seed, options.preset) for seed in seeds}
        else:
            chosen = {"default": kind.params()}
        draw = studio.material if options.material else studio.family
        for title, params in chosen.items():
            yield (
                f"{name}, {title}",
                lambda d=draw, k=kind, p=params: d(k, replace(p, **assignments(type(p), options.set))),
            )


if __name__ == "__main__":
    end(main())
