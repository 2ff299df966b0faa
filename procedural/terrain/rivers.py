"""Running water: beds laid along a land's streams, and the water in them as strips, white where it falls."""

from __future__ import annotations

from dataclasses import dataclass, replace

import bpy
import numpy as np

from ...params import check, param
from ..grow.erosion.network import River, rivers
from ..materials import material_named, shared
from ..materials.water import WaterParams
from .field import HeightField


@dataclass(frozen=True)
class RiverParams:
    """Metres."""

    least: float = param(0.01, "Share of the land that must drain through a stream to be shown", min=1e-5, max=1.0)
    width: float = param(
        7.0, "Width where a square kilometre drains; it grows with the root", min=0.01, max=1000.0, unit="m"
    )
    depth: float = param(0.12, "Depth of the bed, in its width", min=0.0, max=2.0)
    banks: float = param(1.2, "Width of a bank, in the bed's", min=0.1, max=10.0)
    smooth: int = param(6, "How often lines are smoothed", min=0, max=100)
    falls: float = param(0.7, "Slope from which water falls and is white", min=0.05, max=1.5, unit="rad")


@dataclass(frozen=True)
class Stream:
    """points [K, 3] m, downstream, never rising; width [K] m."""

    points: np.ndarray
    width: np.ndarray


def streams_of(field: HeightField, params: RiverParams | None = None, sea_level: float = -np.inf) -> list[Stream]:
    """The streams of a land, smoothed, as its water would lie: at the land's height, or lower where it would have to climb."""
    p = check(params or RiverParams())
    return [_stream(each, field, p) for each in rivers(field, p.least, sea_level) if len(each.points) >= 4]


def lay_beds(field: HeightField, streams: list[Stream], params: RiverParams | None = None) -> HeightField:
    """The land with beds for its streams, and the layer `stream` (0..1, 1 in a bed)."""
    p = check(params or RiverParams())
    heights = np.array(field.heights, float)
    near = np.zeros_like(heights)
    for stream in streams:
        for point, width in zip(stream.points, np.maximum(stream.width, field.step), strict=True):
            reach = width * (0.5 + p.banks)
            column, row = field.grid_place(point[:2])
            span = int(reach / field.step) + 1
            i0, i1 = max(int(row) - span, 0), min(int(row) + span + 2, field.count)
            j0, j1 = max(int(column) - span, 0), min(int(column) + span + 2, field.count)
            away = np.hypot(*np.meshgrid(np.arange(j0, j1) - column, np.arange(i0, i1) - row)) * field.step
            share = np.clip((reach - away) / (width * p.banks), 0.0, 1.0)
            share = share * share * (3.0 - 2.0 * share)
            part = heights[i0:i1, j0:j1]
            bed = point[2] - p.depth * width * np.clip(1.3 - (away / (width * 0.5)) ** 2, 0.0, 1.0)
            np.minimum(part, part + (bed - part) * share, out=part)
            np.maximum(near[i0:i1, j0:j1], share, out=near[i0:i1, j0:j1])
    return replace(field, heights=heights).with_layers(stream=near)


def river_object(
    field: HeightField,
    streams: list[Stream],
    params: RiverParams | None = None,
    material: bpy.types.Material | None = None,
) -> bpy.types.Object | None:
    """All streams as one new object of strips, not yet in any collection; None without streams.

    Attributes on points: `foam` (0..1, falls and rapids), `along` (m downstream). Its coordinates are the land's own.
    """
    if not streams:
        return None
    p = check(params or RiverParams())
    vertices, faces, foam, along = [], [], [], []
    start = 0
    for stream in streams:
        points, width = stream.points, stream.width
        way = np.gradient(points[:, :2], axis=0)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        side = np.stack([-way[:, 1], way[:, 0]], 1)
        ran = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1))])
        steep = np.arctan(np.maximum(-np.gradient(points[:, 2]), 0.0) / np.maximum(np.gradient(ran), 1e-6))
        white = np.clip((steep - p.falls * 0.5) / (p.falls * 0.7), 0.0, 1.0)
        across = np.array([-0.62, -0.3, 0.0, 0.3, 0.62])
        rows = np.repeat(points[:, None], 5, axis=1)
        rows[..., :2] += side[:, None] * (width[:, None] * across)[..., None]
        rows[..., :2] -= field.center
        rows[..., 2] -= (p.depth * width * 0.35)[:, None]
        number = np.arange(len(points) * 5).reshape(-1, 5) + start
        quads = np.stack([number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]], -1)[..., ::-1]
        vertices.append(rows.reshape(-1, 3))
        faces.append(quads.reshape(-1, 4))
        foam.append(np.repeat(white, 5))
        along.append(np.repeat(ran, 5))
        start += number.size
    mesh = bpy.data.meshes.new("Rivers")
    mesh.from_pydata(np.concatenate(vertices).tolist(), [], np.concatenate(faces).tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
    for name, values in (("foam", foam), ("along", along)):
        told = mesh.attributes.new(name, "FLOAT", "POINT")
        told.data.foreach_set("value", np.concatenate(values).astype(np.float32))
    running = WaterParams(depth=1.6, cloudiness=0.1, wave=0.5, waves=0.03, chop=0.5, foam=0.12)
    mesh.materials.append(material or shared(material_named("water_clear"), running, "River Water"))
    mesh.update()
    obj = bpy.data.objects.new("Rivers", mesh)
    obj.location = (*field.center, 0.0)
    return obj


def _stream(river: River, field: HeightField, p: RiverParams) -> Stream:
    points = river.points.astype(float)
    for _ in range(p.smooth):  # ends stay, so that stretches meet
        points[1:-1, :2] = (points[:-2, :2] + points[1:-1, :2] * 2.0 + points[2:, :2]) / 4.0
    points[:, 2] = np.minimum.accumulate(np.minimum(field.at(points[:, :2]), river.points[:, 2]))
    return Stream(points, p.width * np.sqrt(np.maximum(river.flow, 1.0) / 1e6))
