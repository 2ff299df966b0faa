"""Where to put the camera: many places and directions are tried by casting rays, and the best picture is kept.

A picture is good if it has enough sky and enough ground, nothing too near, depth (near, middle and far), an open middle that leads the
eye in, light from the wished side, and no view over the land's edge. The horizon is level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ..terrain.field import HeightField

COLUMNS, ROWS = 18, 10  # rays a picture
FAR = 2000.0  # what a ray that hits nothing counts as, m


@dataclass(frozen=True)
class Wish:
    """What a biome's picture should have. mask: the land's attribute where the camera may stand, between low and high. sky, ground:
    wished shares. clear: nothing nearer, m. sun_side: wished angle between view and sun's azimuth, rad (None: any). pitch: rad, up
    positive. middle: how far one should see in the middle, m. eye: m, in place of the recipe's. lens: mm, in place of the recipe's.
    margin: share of the land's side that the camera keeps from its edge. beyond: there is land beyond the square's edge. rise: how much
    heights on the horizon count. follow: an attribute that should stay below `follow_within` straight ahead (the distance to a path). water: how much
    it counts that a share of the land seen, about a third, lies below z = 0. things: wished share of what stands on the land.
    """

    mask: str = ""
    mask_low: float = -math.inf
    mask_high: float = math.inf
    sky: float = 0.25
    ground: float = 0.35
    clear: float = 2.0
    sun_side: float | None = 0.9
    pitch: float = 0.0
    middle: float = 40.0
    eye: float | None = None
    lens: float | None = None
    margin: float = 0.18
    tries: int = 48
    headings: int = 12
    depth_weight: float = 1.0
    lowest: float = -math.inf
    highest: float = math.inf
    downhill: float = 0.0
    beyond: bool = False
    rise: float = 0.0
    follow: str = ""
    follow_within: float = 2.5
    water: float = 0.0
    things: float = 0.08


@dataclass(frozen=True)
class Viewpoint:
    """eye m; direction a unit vector; score, higher is better; sky, ground: shares of the rays."""

    eye: Vector
    direction: Vector
    score: float
    sky: float
    ground: float
    nearest: float


class Obstacles:
    """The land and all that is tall on it, for rays."""

    def __init__(
        self,
        field: HeightField,
        layers: Iterable[bpy.types.Object],
        least: float = 0.8,
        distance: Iterable[bpy.types.Object] = (),
    ) -> None:
        """distance: meshes of the land beyond the square."""
        self.field = field
        points = field.points()
        stride = max(1, field.count // 200)
        coarse = points[::stride, ::stride]
        rows, columns = coarse.shape[:2]
        at = np.arange(rows * columns).reshape(rows, columns)
        quads = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], -1).reshape(-1, 4)
        self.land = BVHTree.FromPolygons(coarse.reshape(-1, 3).tolist(), quads.tolist())
        self.beyond = [
            BVHTree.FromPolygons([v.co for v in each.data.vertices], [p.vertices for p in each.data.polygons])
            for each in distance
        ]
        vertices, faces = _tall(layers, least)
        self.count = len(faces)
        self.things = BVHTree.FromPolygons(vertices.tolist(), faces.tolist()) if len(faces) else None

    def cast(self, eye: Vector, way: Vector, distance: float = FAR) -> tuple[float, bool]:
        """Distance of the first hit (FAR for none) and whether it is land."""
        _, _, _, ground = self.land.ray_cast(eye, way, distance)
        for each in self.beyond if ground is None else ():
            ground = each.ray_cast(eye, way, distance * 4)[3]
        thing = self.things.ray_cast(eye, way, distance)[3] if self.things else None
        if thing is not None and (ground is None or thing < ground):
            return thing, False
        return (ground, True) if ground is not None else (FAR, False)

    def nearest(self, point: Vector, within: float) -> float:
        """Distance to the nearest thing that is not land, at most `within`."""
        if self.things is None:
            return within
        found = self.things.find_nearest(point, within)[3]
        return within if found is None else found


def _tall(layers: Iterable[bpy.types.Object], least: float) -> tuple[np.ndarray, np.ndarray]:
    """Instances of the layers that are at least so high, m, as one triangle mesh, coarse as the viewport shows them."""
    wanted = {obj.name for obj in layers}
    meshes: dict[int, tuple[np.ndarray, np.ndarray, float]] = {}
    placed: list[tuple[int, np.ndarray]] = []
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    for shown in depsgraph.object_instances:
        if not shown.is_instance or shown.parent is None or shown.parent.original.name not in wanted:
            continue
        mesh = shown.object.data
        if shown.object.type != "MESH" or not len(mesh.polygons):
            continue
        key = mesh.as_pointer()
        if key not in meshes:
            meshes[key] = _triangles(mesh)
        matrix = np.array(shown.matrix_world)
        if meshes[key][2] * np.linalg.norm(matrix[:3, 2]) >= least:
            placed.append((key, matrix))
    vertices, faces, total = [np.zeros((0, 3))], [np.zeros((0, 3), np.int64)], 0
    for key, matrix in placed:
        points, triangles, _ = meshes[key]
        vertices.append(points @ matrix[:3, :3].T + matrix[:3, 3])
        faces.append(triangles + total)
        total += len(points)
    return np.concatenate(vertices), np.concatenate(faces)


def _triangles(mesh: bpy.types.Mesh, most: int = 1500) -> tuple[np.ndarray, np.ndarray, float]:
    mesh.calc_loop_triangles()
    points = np.zeros(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3)
    triangles = np.zeros(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    triangles = triangles.reshape(-1, 3)
    return points, triangles[:: max(1, len(triangles) // most)], float(np.ptp(points[:, 2]))


def search(
    field: HeightField,
    obstacles: Obstacles,
    wish: Wish,
    sun_azimuth: float,
    eye: float,
    lens: float,
    seed: int,
    aspect: float = 16 / 9,
) -> Viewpoint:
    """The best of many viewpoints. eye: height above the ground, m; lens: mm on a 36 mm sensor.

    Raises RuntimeError if there is no place at all where a camera could stand.
    """
    rng = np.random.default_rng(seed * 977 + 5)
    places = _places(field, wish, rng)
    if not len(places):
        raise RuntimeError("no place for the camera was found; give another seed, or place it by hand")
    rays = _rays(lens, aspect)
    best: Viewpoint | None = None
    for x, y in places:
        ground = float(field.at(np.array([x, y])))
        at = Vector((x, y, ground + eye))
        room = obstacles.nearest(at, wish.clear)
        first = rng.uniform(0, 2 * math.pi)
        for k in range(wish.headings):
            heading = first + 2 * math.pi * k / wish.headings
            found = _judge(obstacles, at, heading, rays, wish, sun_azimuth, room, field)
            if best is None or found.score > best.score:
                best = found
    assert best is not None
    return best


def _places(field: HeightField, wish: Wish, rng: np.random.Generator) -> np.ndarray:
    """Random places [K, 2] m where the wish lets the camera stand."""
    inner = field.size * (0.5 - wish.margin)
    places = rng.uniform(-inner, inner, (wish.tries * 60, 2)) + np.array(field.center)
    heights = field.at(places)
    fits = (heights >= wish.lowest) & (heights <= wish.highest)
    if wish.mask and wish.mask in field.layers:
        value = field.at(places, wish.mask)
        fits &= (value >= wish.mask_low) & (value <= wish.mask_high)
    return places[fits][: wish.tries]


def _rays(lens: float, aspect: float) -> np.ndarray:
    """Directions [R, C, 3] of a picture's rays: right, forward, up; top row first."""
    half = 18.0 / lens
    x = np.linspace(-half, half, COLUMNS)
    z = np.linspace(half / aspect, -half / aspect, ROWS)
    right, up = np.meshgrid(x, z)
    way = np.stack([right, np.ones_like(right), up], -1)
    return way / np.linalg.norm(way, axis=-1, keepdims=True)


def _judge(
    obstacles: Obstacles,
    at: Vector,
    heading: float,
    rays: np.ndarray,
    wish: Wish,
    sun_azimuth: float,
    room: float,
    field: HeightField,
) -> Viewpoint:
    """One direction's picture. heading: azimuth from +Y by +X, rad."""
    forward = Vector((math.sin(heading), math.cos(heading), 0.0))
    right = Vector((math.cos(heading), -math.sin(heading), 0.0))
    c, s = math.cos(wish.pitch), math.sin(wish.pitch)
    depth = np.full(rays.shape[:2], FAR)
    land = np.zeros(rays.shape[:2], bool)
    void = heights = wet = 0
    for r in range(rays.shape[0]):
        for k in range(rays.shape[1]):
            x, y, z = rays[r, k]
            y, z = y * c - z * s, y * s + z * c
            way = right * x + forward * y + Vector((0.0, 0.0, z))
            depth[r, k], land[r, k] = obstacles.cast(at, way)
            if depth[r, k] >= FAR and not land[r, k] and z < -0.02:
                void += 1
            if land[r, k] and depth[r, k] > field.size * 0.8:
                heights += 1
            wet += bool(land[r, k] and at.z + z * depth[r, k] < 0.0)
    count = depth.size
    open_sky = (depth >= FAR) & ~land
    sky, ground = open_sky.mean(), land.mean()
    hits = np.log(np.clip(depth[~open_sky], 0.5, FAR))
    spread = float(hits.std()) if len(hits) > 4 else 0.0
    nearest = float(depth.min())
    middle = depth[ROWS // 2 - 1 : ROWS // 2 + 2, COLUMNS // 3 : -COLUMNS // 3]
    lead = float(np.clip(np.percentile(middle, 30) / wish.middle, 0.0, 1.0))
    sides = depth[1:-3, [0, 1, -2, -1]]
    framed = float(np.mean(sides < wish.middle))
    score = 1.6 * lead + 0.5 * framed + wish.depth_weight * min(spread, 1.2)
    score -= 5.0 * max(0.0, abs(sky - wish.sky) - 0.05) + 2.5 * max(0.0, abs(ground - wish.ground) - 0.08)
    score -= 30.0 * void / count
    score += wish.rise * min(heights / count, 0.2) / 0.2
    if room < wish.clear:
        score -= 3.0 * (1.0 - room / wish.clear)
    blocked = float(np.mean((depth < wish.clear * 2.0) & ~land))
    score -= 6.0 * blocked
    if wish.sun_side is not None:
        off = abs((heading - sun_azimuth + math.pi) % (2 * math.pi) - math.pi)
        score -= 1.2 * abs(off - wish.sun_side)
    score += 1.8 * min(1.0, (1.0 - sky - ground) / max(wish.things, 1e-3))
    score += wish.water * (1.0 - abs(min(wet / max(land.sum(), 1), 1.0) - 0.4) / 0.6)
    if wish.follow in field.layers:
        ahead = np.array([at.x, at.y]) + np.array([[4.0], [8.0], [12.0], [17.0]]) * np.array([forward.x, forward.y])
        score += 1.6 * float(np.mean(field.at(ahead, wish.follow) < wish.follow_within))
    if wish.downhill:
        ahead = np.array([at.x + forward.x * 20, at.y + forward.y * 20])
        drop = float(field.at(np.array([at.x, at.y])) - field.at(ahead)) / 20.0
        score += wish.downhill * float(np.clip(drop, -0.5, 0.5))
    way = forward * c + Vector((0.0, 0.0, s))
    return Viewpoint(at, way, score, float(sky), float(ground), nearest)


def place_camera(name: str, view: Viewpoint, lens: float, far: float = 5000.0) -> bpy.types.Object:
    """A camera there, level, not linked yet."""
    data = bpy.data.cameras.new(name)
    data.lens = lens
    data.clip_start, data.clip_end = 0.05, far
    camera = bpy.data.objects.new(name, data)
    camera.location = view.eye
    camera.rotation_euler = view.direction.to_track_quat("-Z", "Y").to_euler()
    return camera
