"""Plants for the distance: fewer and larger leaves, each a lozenge, in place of the modelled ones.

Stochastic simplification of aggregate detail (Cook, Halstead, Planck and Ryu, SIGGRAPH 2007): of many alike elements a random share is
kept and scaled about its middle so that the area stays, hence colour and coverage too. An element is a loose part of the mesh.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import bpy
import numpy as np

_READERS = {
    "FLOAT": ("value", 1, np.float32),
    "INT": ("value", 1, np.int32),
    "BOOLEAN": ("value", 1, np.bool_),
    "FLOAT_VECTOR": ("vector", 3, np.float32),
    "FLOAT_COLOR": ("color", 4, np.float32),
    "BYTE_COLOR": ("color", 4, np.float32),
}
_NOT_NEEDED = {"girth", "along", "chance", "outer", "size", "order", "thick", "way", "site", "dead", "position"}


@dataclass
class Polygons:
    """A mesh as arrays. points [V, 3] m; corners [C] vertex of each corner; sizes [F] corners of each face; material [F];
    thin [F] whether a face is an open sheet; uv [C, 2]; of_points: named attributes [V] or [V, k].
    """

    points: np.ndarray
    corners: np.ndarray
    sizes: np.ndarray
    material: np.ndarray
    thin: np.ndarray
    uv: np.ndarray
    of_points: dict[str, np.ndarray] = field(default_factory=dict)


def read_polygons(mesh: bpy.types.Mesh) -> Polygons:
    """A mesh's faces, UVs and what materials may ask of its points."""
    corners = _get(mesh.loops, "vertex_index", 1, np.int32)
    sizes = _get(mesh.polygons, "loop_total", 1, np.int32)
    material = _get(mesh.polygons, "material_index", 1, np.int32)
    thin = mesh.attributes.get("thin")
    uv = mesh.attributes.get("UVMap")
    of_points = {}
    for each in mesh.attributes:
        if each.domain != "POINT" or each.data_type not in _READERS or each.name.startswith("."):
            continue
        if each.name not in _NOT_NEEDED:
            of_points[each.name] = _get(each.data, *_READERS[each.data_type])
    return Polygons(
        _get(mesh.vertices, "co", 3, np.float32),
        corners,
        sizes,
        material,
        _get(thin.data, "value", 1, np.bool_) if thin and thin.domain == "FACE" else np.zeros(len(sizes), bool),
        _get(uv.data, "vector", 2, np.float32)
        if uv and uv.domain == "CORNER" and uv.data_type == "FLOAT2"
        else np.zeros((len(corners), 2), np.float32),
        of_points,
    )


def thin_out(
    full: Polygons, share: float, seed: int = 0, small: int = 40, least: float = 0.0, missing: float = 1.0
) -> Polygons:
    """Leaves become lozenges of which `share` is kept, larger; of solid parts of up to `small` points (twigs) as large a share is kept.

    least: solid parts shorter than this, m, go altogether. missing: how many times fewer leaves `full` has than it should.
    """
    island, starts = _islands(full)
    count = len(starts)
    sizes = np.diff(np.append(starts, len(full.points)))
    face_start = np.cumsum(full.sizes) - full.sizes
    face_island = island[full.corners[face_start]] if len(full.sizes) else np.zeros(0, np.int64)
    sheet = np.zeros(count, bool)
    sheet[face_island[full.thin]] = True
    rng = np.random.default_rng(seed)
    drawn = rng.random(count)
    low = np.minimum.reduceat(full.points, starts, axis=0)
    high = np.maximum.reduceat(full.points, starts, axis=0)
    extent = np.linalg.norm(high - low, axis=1)
    solid = ~sheet & ((sizes > small) | (drawn < share / missing)) & (extent >= least)
    wood = _subset(full, solid[island], solid[face_island])
    leaves = _lozenges(
        full, np.flatnonzero(sheet & (drawn < share)), starts, sizes, island, face_island, share / missing
    )
    return _together(wood, leaves)


def _islands(full: Polygons) -> tuple[np.ndarray, np.ndarray]:
    """Loose parts: the part of each point [V], and each part's first point. A part is a run of points that no face crosses the end of:
    realised instances and joined primitives come so; where two parts are interwoven they count as one.
    """
    total = len(full.points)
    if not len(full.sizes):
        return np.zeros(total, np.int64), np.zeros(min(total, 1), np.int64)
    face_start = np.cumsum(full.sizes) - full.sizes
    low = np.minimum.reduceat(full.corners, face_start)
    high = np.maximum.reduceat(full.corners, face_start)
    over = np.cumsum(np.bincount(low, minlength=total) - np.bincount(high, minlength=total))
    starts = np.flatnonzero(np.append(True, over[:-1] == 0))
    return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, total))), starts


def _subset(full: Polygons, points: np.ndarray, faces: np.ndarray) -> Polygons:
    renumber = np.cumsum(points) - 1
    of_corner = np.repeat(faces, full.sizes)
    return Polygons(
        full.points[points],
        renumber[full.corners[of_corner]],
        full.sizes[faces],
        full.material[faces],
        full.thin[faces],
        full.uv[of_corner],
        {name: values[points] for name, values in full.of_points.items()},
    )


def _lozenges(
    full: Polygons,
    chosen: np.ndarray,
    starts: np.ndarray,
    sizes: np.ndarray,
    island: np.ndarray,
    face_island: np.ndarray,
    share: float,
) -> Polygons:
    """Each chosen part as a four-cornered face between its two farthest ends, as broad as it is, scaled for those that went."""
    keep = np.zeros(len(starts), bool)
    keep[chosen] = True
    of_point = keep[island]
    points = full.points[of_point].astype(np.float64)
    number = (np.cumsum(keep) - 1)[island[of_point]]  # of the part among the chosen
    own = sizes[chosen]
    begin = np.cumsum(own) - own
    if not len(chosen):
        return _subset(full, np.zeros(len(full.points), bool), np.zeros(len(full.sizes), bool))
    middle = np.add.reduceat(points, begin, axis=0) / own[:, None]
    tip = _farthest(np.linalg.norm(points - middle[number], axis=1), begin, own)
    foot = _farthest(np.linalg.norm(points - points[tip][number], axis=1), begin, own)
    axis = points[tip] - points[foot]
    length = np.maximum(np.linalg.norm(axis, axis=1, keepdims=True), 1e-9)
    axis /= length
    centre = (points[tip] + points[foot]) / 2
    away = points - centre[number]
    aside = away - (away * axis[number]).sum(1, keepdims=True) * axis[number]
    broad = _farthest(np.linalg.norm(aside, axis=1), begin, own)
    side = aside[broad]
    width = np.linalg.norm(side, axis=1, keepdims=True)
    side = side / np.maximum(width, 1e-9) * np.maximum(width, 0.02 * length)
    grow = 1.0 / np.sqrt(share)
    along = axis * length / 2 * grow
    aside_by = side * grow * 1.15  # a lozenge covers less than an oval of its length and breadth
    quads = np.stack([centre - along, centre + aside_by, centre + along, centre - aside_by], 1)
    # The stalk lies where the UV's second coordinate is small.
    at = np.flatnonzero(of_point)
    uv_of_point = np.zeros((len(full.points), 2), np.float32)
    uv_of_point[full.corners] = full.uv
    swap = uv_of_point[at[foot], 1] > uv_of_point[at[tip], 1]
    quads[swap] = quads[swap][:, [2, 3, 0, 1]]
    total = len(chosen)
    first_face = np.zeros(len(starts), np.int64)
    first_face[face_island[::-1]] = np.arange(len(face_island))[::-1]
    uv = np.tile(np.array([(0.5, 0.02), (0.98, 0.5), (0.5, 0.98), (0.02, 0.5)], np.float32), (total, 1))
    return Polygons(
        quads.reshape(-1, 3).astype(np.float32),
        np.arange(total * 4, dtype=np.int32),
        np.full(total, 4, np.int32),
        full.material[first_face[chosen]],
        np.ones(total, bool),
        uv,
        {name: np.repeat(values[starts[chosen]], 4, axis=0) for name, values in full.of_points.items()},
    )


def _farthest(distance: np.ndarray, begin: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The place of the largest value in each run."""
    most = np.repeat(np.maximum.reduceat(distance, begin), own)
    hit = np.flatnonzero(distance >= most)
    run = np.repeat(np.arange(len(begin)), own)[hit]
    first = np.ones(len(hit), bool)
    first[1:] = run[1:] != run[:-1]
    return hit[first]


def _together(a: Polygons, b: Polygons) -> Polygons:
    return Polygons(
        np.concatenate([a.points, b.points]),
        np.concatenate([a.corners, b.corners + len(a.points)]).astype(np.int32),
        np.concatenate([a.sizes, b.sizes]),
        np.concatenate([a.material, b.material]),
        np.concatenate([a.thin, b.thin]),
        np.concatenate([a.uv, b.uv]),
        {name: np.concatenate([a.of_points[name], b.of_points[name]]) for name in a.of_points},
    )


def write_mesh(name: str, parts: Polygons, materials: list[bpy.types.Material | None]) -> bpy.types.Mesh:
    """A new mesh of the polygons, smooth, with these materials."""
    mesh = bpy.data.meshes.new(name)
    try:
        mesh.vertices.add(len(parts.points))
        mesh.vertices.foreach_set("co", parts.points.ravel())
        mesh.loops.add(len(parts.corners))
        mesh.loops.foreach_set("vertex_index", parts.corners.astype(np.int32))
        mesh.polygons.add(len(parts.sizes))
        mesh.polygons.foreach_set("loop_start", (np.cumsum(parts.sizes) - parts.sizes).astype(np.int32))
        mesh.update(calc_edges=True)
        mesh.polygons.foreach_set("material_index", parts.material)
        for material in materials:
            mesh.materials.append(material)
        if len(parts.uv):
            mesh.attributes.new("UVMap", "FLOAT2", "CORNER").data.foreach_set("vector", parts.uv.ravel())
        if len(parts.thin):
            mesh.attributes.new("thin", "BOOLEAN", "FACE").data.foreach_set("value", parts.thin)
        for label, values in parts.of_points.items():
            kind = {"f": "FLOAT", "i": "INT", "b": "BOOLEAN"}[values.dtype.kind]
            if values.ndim == 2:
                kind = {3: "FLOAT_VECTOR", 4: "FLOAT_COLOR"}[values.shape[1]]
            made = mesh.attributes.new(label, kind, "POINT")
            made.data.foreach_set(_READERS[kind][0], np.ascontiguousarray(values).ravel())
    except BaseException:
        bpy.data.meshes.remove(mesh)
        raise
    return mesh


def _get(collection: object, name: str, components: int, dtype: type) -> np.ndarray:
    flat = np.zeros(len(collection) * components, dtype)  # type: ignore[arg-type]
    collection.foreach_get(name, flat)  # type: ignore[attr-defined]
    return flat.reshape(-1, components) if components > 1 else flat
