"""Gentle land in numpy: fractal ground, paths and clearings, and its material by masks. Deterministic; no Blender in the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ...land_params import ErosionParams
from ..graph import Socket, new_material
from ..graph import nodes as n
from ..grow.erosion import erode
from ..materials.base import KIND_KEY, MaterialKind, group_of
from ..terrain.field import HeightField


def fractal(count: int, size: float, seed: int, wave: float, octaves: int = 6, gain: float = 0.5) -> np.ndarray:
    """`hills` on a square about the origin, [N, N]."""
    along = np.linspace(-size / 2, size / 2, count)
    x, y = np.meshgrid(along, along)
    return hills(x, y, seed, wave, octaves, gain)


def hills(
    x: np.ndarray, y: np.ndarray, seed: int, wave: float, octaves: int = 6, gain: float = 0.5, ridged: bool = False
) -> np.ndarray:
    """Gradient noise of several octaves at places x, y (m), about -1..1. wave: length of the widest, m. Perlin, Improving Noise, 2002.

    ridged: crests in place of swells, about 0..1, finer on the heights (Musgrave's ridged multifractal, Texturing and Modeling, ch. 16).
    """
    rng = np.random.default_rng(seed)
    total, height, most, weight = np.zeros(np.shape(x)), 1.0, 0.0, 1.0
    for octave in range(octaves):
        turned = 0.7 * octave
        shift = rng.uniform(0, 1000, 2)
        u = (x * np.cos(turned) - y * np.sin(turned)) / wave + shift[0]
        v = (x * np.sin(turned) + y * np.cos(turned)) / wave + shift[1]
        value = gradient_noise(u, v, seed * 131 + octave)
        if ridged:
            value = (1.0 - np.abs(value) * 2.2).clip(0.0, 1.0) ** 2 * weight
            weight = np.clip(value * 1.8, 0.0, 1.0)
        total += height * value
        most += height
        wave, height = wave / 2.03, height * gain
    return total / most * (1.25 if ridged else 1.6)


def gradient_noise(u: np.ndarray, v: np.ndarray, seed: int) -> np.ndarray:
    """Noise of the plane at places u, v, about -0.7..0.7."""
    table = np.random.default_rng(seed).uniform(0, 2 * np.pi, (64, 64))
    i, j = np.floor(u).astype(int), np.floor(v).astype(int)
    f, g = u - i, v - j
    corner = []
    for di in (0, 1):
        for dj in (0, 1):
            angle = table[(i + di) & 63, (j + dj) & 63]
            corner.append(np.cos(angle) * (f - di) + np.sin(angle) * (g - dj))
    s, t = f**3 * (f * (f * 6 - 15) + 10), g**3 * (g * (g * 6 - 15) + 10)
    low = corner[0] * (1 - t) + corner[1] * t
    high = corner[2] * (1 - t) + corner[3] * t
    return low * (1 - s) + high * s


def smooth(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between; the other way round if high is less."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def wandering(size: float, seed: int, sway: float, turns: float = 1.5) -> np.ndarray:
    """A way across the land from -Y to +Y that wanders by `sway` m, as points [P, 2] m, half a metre apart or less."""
    rng = np.random.default_rng(seed)
    y = np.linspace(-size * 0.55, size * 0.55, max(64, int(size * 2.4)))
    x = np.zeros_like(y)
    for k in range(1, 4):
        x += sway / k * np.sin(2 * np.pi * (turns * k * y / size + rng.random())) * rng.uniform(0.5, 1.0)
    x -= np.interp(0.0, y, x) * 0.7
    return np.stack([x, y], -1)


def off_winding(
    x: np.ndarray, y: np.ndarray, seed: int, heading: float, waves: Sequence[tuple[float, float]]
) -> np.ndarray:
    """Distance, m, from the middle of an endless way through the origin, which runs at `heading` (rad from +Y towards -X) and sways by waves: (length, width) m."""
    rng = np.random.default_rng(seed)
    across, along = x * np.cos(heading) + y * np.sin(heading), y * np.cos(heading) - x * np.sin(heading)
    bend, lean = np.zeros_like(y), np.zeros_like(y)
    for wave, sway in waves:
        turn = rng.uniform(0, 2 * np.pi)
        bend += sway * (np.sin(2 * np.pi * along / wave + turn) - np.sin(turn))
        lean += sway * 2 * np.pi / wave * np.cos(2 * np.pi * along / wave + turn)
    return np.abs(across - bend) / np.hypot(1.0, lean)


def distance_to(land: HeightField, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance [N, N] m of every point of the land from a way of points [P, 2], and the number of the nearest of them [N, N]."""
    flat = land.points()[..., :2].reshape(-1, 2)
    step = max(1, len(way) // 400)
    coarse = way[::step]
    nearest = np.zeros(len(flat), np.int64)
    along = coarse.astype(np.float32)
    length = (along**2).sum(1)
    for begin in range(0, len(flat), 32_768):
        part = flat[begin : begin + 32_768].astype(np.float32)
        nearest[begin : begin + 32_768] = (length - 2.0 * (part @ along.T)).argmin(1)
    # Between the nearest point and its neighbours the way is straight.
    best = np.full(len(flat), np.inf)
    for off in (-1, 0):
        a = coarse[np.clip(nearest + off, 0, len(coarse) - 1)]
        b = coarse[np.clip(nearest + off + 1, 0, len(coarse) - 1)]
        edge = b - a
        t = np.clip(((flat - a) * edge).sum(1) / np.maximum((edge**2).sum(1), 1e-12), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(flat - a - t[:, None] * edge, axis=1))
    shape = (land.count, land.count)
    return best.reshape(shape), np.minimum(nearest * step, len(way) - 1).reshape(shape)


# Material -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coat:
    """A material over those before it, where the land's attribute `mask` is 1. ragged: how much noise breaks its edge. driven: parameters that have another value where an attribute is 1: name -> (attribute, value). A coat more is a large
    shader more, and Cycles has room for few; a parameter that is driven costs little.
    """

    kind: MaterialKind
    params: Any
    mask: str = ""
    ragged: float = 0.35
    driven: Mapping[str, tuple[tuple[str, Any], ...]] = field(default_factory=dict)


def coated(name: str, coats: Sequence[Coat]) -> bpy.types.Material:
    """A new material of coats; the first lies everywhere."""
    from ...params import params_of, to_mapping

    with new_material(name) as tree:
        shader: Socket | None = None
        height: Socket | None = None
        where = tree.add("ShaderNodeTexCoord")["Object"]
        rough = n.noise(where / 1.3, scale=1.0, detail=5.0, roughness=0.65) - 0.5
        known: dict[str, Socket] = {}

        def masks(name: str, ragged: float = 0.35) -> Socket:
            if name not in known:
                known[name] = n.smoothstep(n.attribute(name) + rough * (ragged * 2.0), 0.4, 0.6)
            return known[name]

        for coat in coats:
            node = tree.group(group_of(coat.kind))
            fields = to_mapping(coat.params)
            for info in params_of(coat.kind.params):
                value = fields[info.name]
                value = tuple(value) if isinstance(value, list) else value
                for mask, other in coat.driven.get(info.name, ()):
                    ends = (n.color(e) if isinstance(e, tuple) else e for e in (value, other))
                    value = n.mix(n.clamp(masks(mask)), *ends)
                node.set({info.label: value})
            own = node["Displacement"] if "Displacement" in node.data.outputs else None
            if shader is None:
                shader, height = node["Shader"], own
                continue
            there = masks(coat.mask, coat.ragged)
            shader = tree.add("ShaderNodeMixShader", there, shader, node["Shader"]).as_socket()
            if own is not None and height is not None:
                height = n.mix(there, height, own)
        tree.add("ShaderNodeOutputMaterial", surface=shader, displacement=height)
    material = tree.owner
    material[KIND_KEY] = "land"
    material.displacement_method = "BUMP"
    material.diffuse_color = (0.16, 0.13, 0.08, 1.0)
    return material  # type: ignore[return-value]


def land_object(name: str, land: HeightField, material: bpy.types.Material) -> bpy.types.Object:
    """A grid of the land, not linked yet, each layer a float attribute of its points."""
    count = land.count
    mesh = bpy.data.meshes.new(name)
    try:
        mesh.vertices.add(count * count)
        mesh.vertices.foreach_set("co", land.points().astype(np.float32).ravel())
        at = np.arange(count * count, dtype=np.int32).reshape(count, count)
        quads = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], -1).reshape(-1, 4)
        mesh.loops.add(quads.size)
        mesh.loops.foreach_set("vertex_index", quads.ravel())
        mesh.polygons.add(len(quads))
        mesh.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
        mesh.update(calc_edges=True)
        mesh.materials.append(material)
        for label, values in land.layers.items():
            made = mesh.attributes.new(label, "FLOAT", "POINT")
            made.data.foreach_set("value", np.ascontiguousarray(values, np.float32).ravel())
        obj = bpy.data.objects.new(name, mesh)
    except BaseException:
        bpy.data.meshes.remove(mesh)
        raise
    return obj


Heights = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, dict[str, np.ndarray]]]


def square(heights: Heights, count: int, size: float) -> HeightField:
    """Land about the origin from a function of x and y (m) to heights (m) and layers."""
    along = np.linspace(-size / 2, size / 2, count)
    x, y = np.meshgrid(along, along)
    z, layers = heights(x, y)
    return HeightField(z, size).with_layers(**layers)


def backdrop(
    name: str,
    heights: Heights,
    size: float,
    reach: float,
    material: bpy.types.Material,
    around: int = 288,
    rings: int = 90,
) -> bpy.types.Object:
    """The same land from the edge of the square out to `reach` m, coarser the farther: square rings about it. Not linked yet."""
    per_side = around // 4
    side = np.linspace(-1.0, 1.0, per_side, endpoint=False)
    x = np.concatenate([side, np.ones(per_side), -side, -np.ones(per_side)])
    y = np.concatenate([-np.ones(per_side), side, np.ones(per_side), -side])
    half = size / 2 * 0.995
    grow = half * (reach / half) ** (np.linspace(0.0, 1.0, rings) ** 1.1)
    # Squares near, circles far: corners would reach too far.
    round_ = np.linspace(0.0, 1.0, rings)[:, None] ** 0.5
    length = 1.0 * (1 - round_) + np.hypot(x, y)[None] * round_
    px, py = x[None] * grow[:, None] / length, y[None] * grow[:, None] / length
    z, layers = heights(px, py)
    z[0] -= 0.004 * size  # hidden just below the edge of the near land
    points = np.stack([px, py, z], -1).reshape(-1, 3).astype(np.float32)
    total = per_side * 4
    at = np.arange(rings * total).reshape(rings, total)
    ahead = np.roll(at, -1, axis=1)
    quads = np.stack([at[:-1], at[1:], ahead[1:], ahead[:-1]], -1).reshape(-1, 4)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", points.ravel())
    mesh.loops.add(quads.size)
    mesh.loops.foreach_set("vertex_index", quads.ravel().astype(np.int32))
    mesh.polygons.add(len(quads))
    mesh.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.materials.append(material)
    for label, values in layers.items():
        made = mesh.attributes.new(label, "FLOAT", "POINT")
        made.data.foreach_set("value", np.ascontiguousarray(values, np.float32).ravel())
    return bpy.data.objects.new(name, mesh)


def worn(heights: Heights, size: float, reach: float, params: ErosionParams, count: int = 320) -> Heights:
    """The same land, its distance eroded: beyond the square of `size` m, rivers have cut it and its steep faces have crumbled."""
    whole = square(heights, count, reach * 1.5)
    first = whole.heights
    after = np.asarray(erode(HeightField(first, whole.size), params).heights, float)
    change = HeightField(after - first, whole.size)

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        z, layers = heights(x, y)
        away = np.hypot(x, y)
        share = smooth(away, size * 0.8, size * 3.0) * smooth(away, reach * 0.75, reach * 0.65)
        return z + change.at(np.stack([x, y], -1)) * share, layers

    return at


def set_heights(obj: bpy.types.Object, heights: np.ndarray, layers: Mapping[str, np.ndarray]) -> None:
    """Other heights [N, N] m and further layers for an object that `land_object` made."""
    mesh = obj.data
    points = np.zeros(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    points[2::3] = heights.ravel()
    mesh.vertices.foreach_set("co", points)
    for label, values in layers.items():
        there = mesh.attributes.get(label) or mesh.attributes.new(label, "FLOAT", "POINT")
        there.data.foreach_set("value", np.ascontiguousarray(values, np.float32).ravel())
    mesh.update()


def read_land(obj: bpy.types.Object) -> HeightField:
    """The land of an object that `land_object` made, as it stands. Raises ValueError if it is no square grid any more."""
    mesh = obj.data
    count = round(len(mesh.vertices) ** 0.5)
    if count * count != len(mesh.vertices) or count < 2:
        raise ValueError(f"{obj.name} is no square grid of land any more; rebuild the step Land")
    points = np.zeros(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    points = points.reshape(count, count, 3).astype(np.float64)
    layers = {}
    for each in mesh.attributes:
        if each.domain == "POINT" and each.data_type == "FLOAT":
            values = np.zeros(count * count, np.float32)
            each.data.foreach_get("value", values)
            layers[each.name] = values.reshape(count, count).astype(np.float64)
    size = float(points[0, -1, 0] - points[0, 0, 0])
    center = (float(points[..., 0].mean()), float(points[..., 1].mean()))
    return HeightField(points[..., 2], size, center, layers)
