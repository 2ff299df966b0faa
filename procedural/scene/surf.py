"""A sea that comes ashore: one sheet of points along a beach and out to the horizon, with breakers, foam, and the wash on the sand.

Breakers run along the shore's line; their backs are long and their faces steep, and they break along parts of their length. The sheet knows its depth
over the ground (m), and where it is white, as attributes `depth` and `foam`, which its material reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import bpy
import numpy as np

from ...params import param
from ..graph import Socket, new_material
from ..graph import nodes as n
from .ground import Heights, hills, smooth

Line = Callable[[np.ndarray], np.ndarray]
OUT = 0.045  # rise of the distance between points away from the beach, as a share of it


@dataclass(frozen=True)
class SurfParams:
    """Metres. Breakers are told from the shore outward."""

    breakers: tuple[float, ...] = param((6.0, 18.0, 35.0, 60.0, 92.0), "Where they are, from the shore", unit="m")
    heights: tuple[float, ...] = param((0.2, 0.5, 0.95, 0.6, 0.4), "How high they are", unit="m")
    broken: tuple[float, ...] = param((1.0, 1.0, 0.62, 0.12, 0.0), "Share of their length that has broken")
    swell: float = param(0.16, "Height of the open water's waves", min=0.0, max=5.0, unit="m")
    wash: float = param(0.17, "How high water runs up the sand", min=0.0, max=2.0, unit="m")
    half: float = param(
        150.0, "Half of the beach's length, along which points are close", min=1.0, max=2000.0, unit="m"
    )
    step: float = param(0.5, "Between points there", min=0.05, max=10.0, unit="m")
    reach: float = param(9000.0, "How far the sheet goes", min=100.0, max=1e5, unit="m")
    color: tuple[float, ...] = param((0.012, 0.06, 0.066), "Deep water, linear RGB", min=0, max=1)
    chop: float = param(0.3, "Height of the wavelets that only its material shows", min=0.0, max=2.0, unit="m")
    clear: float = param(0.9, "Depth in which two thirds of the light are lost", min=0.05, max=50.0, unit="m")


def surf_sheet(name: str, line: Line, ground: Heights, p: SurfParams, seed: int) -> bpy.types.Object:
    """The sea's object, not linked yet. line: y (m) of the shore at x; the sea lies towards -Y. ground: the land below it."""
    along = _spaced(p.half, p.step, p.reach)
    out = np.concatenate(
        [
            -_spaced(22.0, 0.0, 1500.0, one_side=True)[::-1],
            np.arange(-22.0, 70.0, p.step * 0.8),
            _spaced(70.0, p.step, p.reach, one_side=True),
        ]
    )
    x, s = np.meshgrid(along, out)
    y = line(x) - s
    z, foam = _water(x, s, p, seed)
    floor, _ = ground(x, y)
    depth = z - floor
    foam = np.maximum(foam, smooth(s, 30.0, 8.0) * (smooth(depth, 0.1, 0.025) + smooth(depth, 0.5, 0.1) * 0.5))
    foam = np.maximum(foam, _broken_on_rocks(floor, s, x, y, seed))
    mesh = _sheet_mesh(
        name,
        np.stack([x, y, z], -1),
        {"depth": np.clip(depth, -1.0, 1000.0), "foam": np.minimum(foam, 1.0) * (depth > -0.3)},
    )
    mesh.materials.append(shore_water(f"{name} Water", p))
    return bpy.data.objects.new(name, mesh)


def _spaced(half: float, step: float, reach: float, one_side: bool = False) -> np.ndarray:
    """Places with `step` between them up to `half` and ever more beyond, to `reach`; without a step only those beyond."""
    gap, at, beyond = step or 3.0, half, []
    while at < reach:
        beyond.append(at)
        gap *= 1.0 + OUT if step else 1.6
        at += gap
    beyond.append(reach)
    if one_side:
        return np.array(beyond)
    inner = np.arange(-half, half, step)
    return np.concatenate([-np.array(beyond[::-1]), inner[1:], beyond])


def _water(x: np.ndarray, s: np.ndarray, p: SurfParams, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Height (m) and foam (0..1) at x along and s off the shore (m)."""
    row = x[:1]  # [1, C]: what differs along the shore alone
    zero = np.zeros_like(row)
    z = (
        hills(x, s * 2.2, seed + 31, 26.0, 5, 0.55)
        * p.swell
        * smooth(s, 4.0, 40.0)
        * np.exp(-np.maximum(s - 60.0, 0) / 160.0)
    )
    rough = hills(x, s, seed + 32, 1.7, 4, 0.6)
    foam = np.zeros_like(x)
    for k, (where, height, share) in enumerate(zip(p.breakers, p.heights, p.broken, strict=True)):
        way = seed * 7 + 40 + k * 5
        center = where * (1.0 + 0.17 * hills(row, zero, way, 120.0, 2)) + hills(row, zero, way + 1, 17.0, 3, 0.4) * min(
            2.2, where * 0.12
        )
        there = smooth(hills(row, zero, way + 2, 95.0, 2), -0.42, 0.1) * smooth(np.abs(row), p.half * 3.0, p.half * 1.5)
        white = smooth(hills(row, zero, way + 3, 42.0, 3, 0.5) * 1.25, 0.5 - share, 0.62 - share) * (share > 0.0)
        d = s - center  # to the sea
        steep, long = 0.45 + height * (1.0 - 0.35 * white), 1.5 + where * 0.085
        crest = np.where(d < 0.0, np.exp(-((d / steep) ** 2)), np.exp(-((d / long) ** 2)))
        trough = np.exp(-(((d + 3.0 * steep) / (2.0 * steep)) ** 2)) * 0.22
        z += (
            height
            * there
            * (
                crest * (1.0 - 0.3 * white)
                - trough
                + white * np.exp(-((d + steep * 0.4) ** 2) / (steep * steep)) * rough * 0.35
            )
        )
        front = smooth(d, -2.6 * steep - 0.3, -1.1 * steep) * smooth(d, 1.0 * long * 0.5 + 0.4, -0.1)
        behind = np.exp(-np.maximum(d, 0.0) / (3.0 + where * 0.16)) * smooth(d, -3.0 * steep, -steep)
        before = np.exp(-np.maximum(-d, 0.0) / 3.5) * 0.3
        foam = np.maximum(foam, there * white * np.maximum(front, 0.55 * behind + before * (d < 0)))
        # The lip of a wave about to break is a thin bright line.
        foam = np.maximum(foam, there * (1.0 - white) * smooth(height, 0.45, 0.9) * np.exp(-((d / 0.28) ** 2)) * 0.5)
    run = 0.55 + 0.9 * hills(row, zero, seed + 77, 21.0, 2) + 0.35 * hills(row, zero, seed + 78, 5.0, 3)
    z += p.wash * np.clip(run, -0.2, 2.0) * smooth(s, 9.0, -1.0)
    return z, foam


def _broken_on_rocks(floor: np.ndarray, s: np.ndarray, x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """White water where the floor rises steeply to rocks, away from the beach."""
    patch = smooth(hills(x, y, seed + 90, 24.0, 3), -0.5, 0.2)
    return smooth(floor, -3.2, -0.4) * patch * smooth(s, 8.0, 40.0) * 0.85


def _sheet_mesh(name: str, points: np.ndarray, layers: dict[str, np.ndarray]) -> bpy.types.Mesh:
    """A mesh of points [R, C, 3] whose rows run to -Y, faces upward, smooth."""
    rows, columns = points.shape[:2]
    mesh = bpy.data.meshes.new(name)
    at = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    quads = np.stack([at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]], -1).reshape(-1, 4)
    mesh.vertices.add(rows * columns)
    mesh.vertices.foreach_set("co", points.astype(np.float32).ravel())
    mesh.loops.add(quads.size)
    mesh.loops.foreach_set("vertex_index", quads.ravel())
    mesh.polygons.add(len(quads))
    mesh.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(quads), bool))
    mesh.update(calc_edges=True)
    for label, values in layers.items():
        made = mesh.attributes.new(label, "FLOAT", "POINT")
        made.data.foreach_set("value", np.ascontiguousarray(values, np.float32).ravel())
    return mesh


def shore_water(name: str, p: SurfParams) -> bpy.types.Material:
    """Water on a sheet: clear over sand, deep colour farther out, white where it breaks.

    Light goes straight on through the sheet in place of being refracted, so that the sun reaches the sand below.
    """
    with new_material(name) as tree:
        at = tree.add("ShaderNodeTexCoord")["Object"]
        depth, foam = n.attribute("depth"), n.attribute("foam")
        away = tree.add("ShaderNodeCameraData")["View Distance"]
        far = n.smoothstep(away, 15.0, 400.0)
        stretched = at * (0.6, 1.0, 1.0)
        chop = n.noise(stretched, scale=0.55, detail=5.0, roughness=0.6)
        height = (chop - 0.5) * n.mix(n.smoothstep(depth, 0.0, 0.6), p.chop / 6.0, p.chop)
        bump = tree.add("ShaderNodeBump", strength=1.0, distance=1.0, height=height).as_socket()
        glass = tree.add("ShaderNodeBsdfGlossy", roughness=n.mix(far, 0.06, 0.24), normal=bump)
        lost = 1.0 - n.math("EXPONENT", n.maximum(depth, 0.0) / -p.clear)
        # Light that comes back out of the water: green over sand, blue where it is deep
        shoal = n.smoothstep(depth, 6.0, 0.8)
        body = n.mix(shoal, n.color(p.color), n.color(tuple(min(1.0, c * 1.7 + 0.02) for c in p.color)))
        deep = tree.add("ShaderNodeBsdfDiffuse", color=body)
        tint = n.mix(n.smoothstep(depth, 0.0, 1.5), n.color((1.0, 1.0, 1.0)), n.color((0.62, 0.86, 0.84)))
        through = tree.add("ShaderNodeBsdfTransparent", color=tint)
        inside = tree.add("ShaderNodeMixShader", lost, through, deep)
        mirror = tree.add("ShaderNodeFresnel", ior=1.333, normal=bump).as_socket()
        # Far waves stand on edge to who looks along them: they mirror less than a level sheet.
        water = tree.add("ShaderNodeMixShader", n.minimum(mirror, n.mix(far, 0.9, 0.55)), inside, glass)
        white = tree.add("ShaderNodeBsdfDiffuse", color=(0.82, 0.85, 0.86, 1.0))
        shader = tree.add("ShaderNodeMixShader", _lace(at, foam), water, white)
        tree.add("ShaderNodeOutputMaterial", surface=shader)
    tree.owner.diffuse_color = (0.1, 0.3, 0.33, 1.0)
    return tree.owner  # type: ignore[return-value]


def _lace(at: Socket, foam: Socket) -> Socket:
    """How white it is: solid where foam is 1, a net of bubbles where it is thin."""
    bent = at + n.noise_vector(at, scale=0.7, detail=3.0) * 1.3
    wide = n.voronoi(bent, scale=0.75, feature="DISTANCE_TO_EDGE")["Distance"]
    close = n.voronoi(bent, scale=2.4, feature="DISTANCE_TO_EDGE")["Distance"]
    net = n.maximum(n.smoothstep(wide, 0.2, 0.0), n.smoothstep(close, 0.18, 0.0) * 0.7)
    crumbs = n.noise(at, scale=5.0, detail=4.0, roughness=0.7)
    return n.smoothstep(foam * 1.15 + (net - 0.62) * 0.5 + (crumbs - 0.5) * 0.35, 0.36, 0.62)
