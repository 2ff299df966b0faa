"""Broken sea ice: slabs heaped into ridges where floes have met, and bergs frozen in. Plain meshes, in numpy and bmesh."""

from __future__ import annotations

import math

import bmesh
import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector, noise

from ..terrain.field import HeightField


def slab(rng: np.random.Generator, size: tuple[float, float, float]) -> bmesh.types.BMesh:
    """A broken block, about its middle: the hull of points near the faces of a box of that size (m), whose edges ice has lost."""
    made = bmesh.new()
    count = int(rng.integers(5, 8))
    turn = rng.uniform(0, 2 * math.pi)
    for k in range(count):  # a polygon with uneven corners, above and below
        angle = turn + 2 * math.pi * (k + rng.uniform(-0.3, 0.3)) / count
        reach = rng.uniform(0.75, 1.1) * 0.5
        for level in (-0.5, 0.5):
            inset = reach * rng.uniform(0.88, 1.0)
            lift = level * rng.uniform(0.8, 1.1)
            made.verts.new((math.cos(angle) * inset * size[0], math.sin(angle) * inset * size[1], lift * size[2]))
    hull = bmesh.ops.convex_hull(made, input=list(made.verts))
    bmesh.ops.delete(
        made, geom=[e for e in hull["geom_interior"] if isinstance(e, bmesh.types.BMVert)], context="VERTS"
    )
    bmesh.ops.bevel(
        made, geom=list(made.edges), offset=0.07 * min(size), segments=2, affect="EDGES", profile=0.6, clamp_overlap=True
    )  # fmt: skip
    return made


def floe_ridge(
    name: str, field: HeightField, bearing: float, material: bpy.types.Material, seed: int, density: float = 1.0
) -> bpy.types.Object:
    """Slabs heaped along two wandering lines across the view, and single ones about them, as one mesh that stands in the snow; not linked.

    bearing: of the view, from +Y by +X, rad.
    """
    rng = np.random.default_rng(seed * 53 + 7)
    kinds = [slab(rng, (1.0, rng.uniform(0.55, 0.9), rng.uniform(0.16, 0.34))) for _ in range(14)]
    ahead = np.array([math.sin(bearing), math.cos(bearing)])
    side = np.array([ahead[1], -ahead[0]])
    half = field.size / 2
    whole = bmesh.new()
    for at, share in ((-0.22, 1.0), (0.4, 0.8)):
        phase, lean = rng.uniform(0, 2 * math.pi, 2), rng.uniform(-0.35, 0.35)
        for _ in range(int(620 * share * density * min(half / 100.0, 1.5))):
            across = rng.uniform(-0.95, 0.95) * half
            swing = 9.0 * math.sin(across / 21.0 + phase[0]) + 4.0 * math.sin(across / 7.5 + phase[1])
            # Heaps and gaps along the line.
            heap = max(0.0, 0.6 + 0.8 * noise.noise(Vector((across / 19.0, at * 31.0, seed * 1.7))))
            if rng.random() > heap:
                continue
            off = float(rng.normal(0.0, 1.1 + 2.2 * rng.random() ** 3))
            place = ahead * (at * half + swing + lean * across + off) + side * across
            size = 0.4 + 4.0 * heap * rng.random() ** 2.2
            high = (
                max(0.0, 1.0 - abs(off) / 2.2) * heap * rng.random() * 0.16 * size
            )  # each rests in the snow: none floats
            ground = float(field.at(place))
            tilt = float(np.clip(rng.normal(0.0, 0.6), -1.2, 1.2)) * (1.0 if abs(off) < 3.0 else 0.4)
            turn = Euler((tilt, rng.normal(0.0, 0.3), rng.uniform(0, 2 * math.pi))).to_matrix().to_4x4()
            matrix = (
                Matrix.Translation((place[0], place[1], ground + high + 0.02 * size)) @ turn @ Matrix.Scale(size, 4)
            )
            _add(whole, kinds[int(rng.integers(len(kinds)))], matrix)
    for each in kinds:
        each.free()
    return _object(name, whole, material)


def ice_bergs(
    name: str, bearing: float, half: float, material: bpy.types.Material, seed: int, count: int = 8
) -> list[bpy.types.Object]:
    """Bergs frozen in beyond the square: cliffs of ice, split and tilted, their feet under the sea ice; not linked."""
    rng = np.random.default_rng(seed * 59 + 11)
    made = []
    for k in range(count):
        angle = bearing + 1.9 * ((k + rng.uniform(0.2, 0.8)) / count - 0.5)
        away = half + rng.uniform(40.0, 420.0)
        width = rng.uniform(16.0, 24.0) + away * 0.05
        whole = bmesh.new()
        for _ in range(int(rng.integers(2, 5))):
            size = (width * rng.uniform(0.5, 1.0), width * rng.uniform(0.35, 0.7), width * rng.uniform(0.35, 0.75))
            part = slab(rng, size)
            turn = Euler((rng.normal(0, 0.16), rng.normal(0, 0.16), rng.uniform(0, 6.3))).to_matrix().to_4x4()
            shift = Vector(
                (rng.normal(0, width * 0.22), rng.normal(0, width * 0.22), size[2] * rng.uniform(-0.1, 0.12))
            )
            _add(whole, part, Matrix.Translation(shift) @ turn)
            part.free()
        _weather(whole, width, seed + k)
        berg = _object(f"{name} {k + 1}", whole, material)
        berg.location = (math.sin(angle) * away, math.cos(angle) * away, 0.0)
        made.append(berg)
    return made


def _weather(whole: bmesh.types.BMesh, width: float, seed: int) -> None:
    """Ribs and hollows that melting leaves, on finer faces."""
    bmesh.ops.triangulate(whole, faces=list(whole.faces))
    for _ in range(4):
        long = [edge for edge in whole.edges if edge.calc_length() > width * 0.035]
        if not long:
            break
        bmesh.ops.subdivide_edges(whole, edges=long, cuts=1, use_grid_fill=True)
        bmesh.ops.triangulate(whole, faces=[face for face in whole.faces if len(face.verts) > 3])
    whole.normal_update()
    moved = []
    for vert in whole.verts:
        at = vert.co / width
        ribs = noise.fractal(Vector((at.x * 5.0, at.y * 5.0, at.z * 2.0 + seed)), 0.9, 2.1, 5)
        flutes = noise.noise(Vector((at.x * 14.0, at.y * 14.0, at.z * 2.5 + seed * 3.0)))
        moved.append(vert.co + vert.normal * (ribs * 0.045 + flutes * 0.018) * width)
    for vert, place in zip(whole.verts, moved, strict=True):
        vert.co = place


def _add(whole: bmesh.types.BMesh, part: bmesh.types.BMesh, matrix: Matrix) -> None:
    mesh = bpy.data.meshes.new("Part")
    try:
        part.to_mesh(mesh)
        mesh.transform(matrix)
        whole.from_mesh(mesh)
    finally:
        bpy.data.meshes.remove(mesh)


def _object(name: str, whole: bmesh.types.BMesh, material: bpy.types.Material) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    whole.to_mesh(mesh)
    whole.free()
    mesh.materials.append(material)
    return bpy.data.objects.new(name, mesh)
