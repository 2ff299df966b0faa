"""Fly-throughs: a smooth way for the camera past what stands on the land, without touching any of it.

A roadmap of free places is searched for the way that has most room (Dijkstra; costs grow where things are near), the way is drawn
taut where it can be, and smoothed; each key frame looks ahead along it with a level horizon.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from ...params import check, param
from .ground import read_land
from .rig import rigged_camera
from .steps import SceneError, land_of, obstacles_of, scene_place
from .viewpoints import Obstacles


class NoWay(RuntimeError):
    """No way was found; one sentence that says what to do."""


@dataclass(frozen=True)
class FlightParams:
    """How the camera flies through a scene."""

    seconds: float = param(8.0, "How long it lasts", min=0.2, max=3600.0, unit="s")
    speed: float = param(3.0, "How fast it goes", min=0.05, max=200.0, unit="m/s")
    height: float = param(0.0, "Height above the ground; 0 for the camera's own", min=0.0, max=2000.0, unit="m")
    room: float = param(0.6, "Nothing comes nearer than this", min=0.05, max=100.0, unit="m")
    heading: float = param(
        0.0, "Turned away by so much from where the camera looks, to the right", min=-3.1416, max=3.1416, unit="rad"
    )
    seed: int = param(0, "Another way", min=0, max=9999)


@dataclass(frozen=True)
class Flight:
    """places [K, 3] m and ways [K, 3] unit vectors of view, evenly spaced; room: the least distance from anything, m."""

    places: np.ndarray
    ways: np.ndarray
    room: float

    @property
    def length(self) -> float:
        """Of the way, m."""
        return float(np.linalg.norm(np.diff(self.places, axis=0), axis=1).sum())


def fly(
    obstacles: Obstacles,
    start: Vector,
    length: float,
    height: float,
    seed: int = 0,
    room: float = 0.6,
    heading: float | None = None,
    spacing: float = 0.5,
) -> Flight:
    """A flight of about `length` m from `start`, `height` m above the ground, never nearer than `room` m to anything.

    heading: azimuth from +Y by +X, rad, in which it should lead. Raises NoWay if there is no such way.
    """
    field = obstacles.field
    rng = np.random.default_rng(seed * 53 + 1)
    step = max(1.5, length / 40.0)
    side = max(4, int(length * 1.25 / step))
    along = (np.arange(-side, side + 1)) * step
    x, y = np.meshgrid(along + start.x, along + start.y)
    x, y = x + rng.uniform(-0.3, 0.3, x.shape) * step, y + rng.uniform(-0.3, 0.3, y.shape) * step
    x[side, side], y[side, side] = start.x, start.y
    edge = field.size / 2 - 1.0
    inside = (np.abs(x - field.center[0]) < edge) & (np.abs(y - field.center[1]) < edge)
    z = field.at(np.stack([x, y], -1)) + height
    z[side, side] = max(start.z, z[side, side] - height + room)
    free = np.full(x.shape, -1.0)
    most = 4.0 * room + 2.0

    def room_at(i: int, j: int) -> float:
        if free[i, j] < 0.0:
            free[i, j] = obstacles.nearest(Vector((x[i, j], y[i, j], z[i, j])), most) if inside[i, j] else 0.0
        return float(free[i, j])

    if room_at(side, side) < room:
        raise NoWay("the flight starts too near to something; begin it in the open, or allow it less room")
    cost = np.full(x.shape, np.inf)
    before: dict[tuple[int, int], tuple[int, int]] = {}
    cost[side, side] = 0.0
    queue = [(0.0, side, side)]
    best, best_score = (side, side), 0.0
    while queue:
        spent, i, j = heapq.heappop(queue)
        if spent > cost[i, j]:
            continue
        away = math.hypot(x[i, j] - start.x, y[i, j] - start.y)
        score = away
        if heading is not None:
            score = (x[i, j] - start.x) * math.sin(heading) + (y[i, j] - start.y) * math.cos(heading)
        if away <= length and score > best_score:
            best, best_score = (i, j), score
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                k, m = i + di, j + dj
                if (di, dj) == (0, 0) or not (0 <= k < x.shape[0] and 0 <= m < x.shape[1]):
                    continue
                if room_at(k, m) < room:
                    continue
                a = Vector((x[i, j], y[i, j], z[i, j]))
                b = Vector((x[k, m], y[k, m], z[k, m]))
                if not clear(obstacles, a, b, room):
                    continue
                more = (b - a).length * (1.0 + 3.0 * (1.0 - min(free[k, m], most) / most)) + abs(b.z - a.z) * 2.0
                if spent + more < cost[k, m]:
                    cost[k, m] = spent + more
                    before[k, m] = (i, j)
                    heapq.heappush(queue, (spent + more, k, m))
    if best_score < length * 0.25:
        raise NoWay("no way leads far from here; start elsewhere, fly higher, or allow it less room")
    way = [best]
    while way[-1] in before:
        way.append(before[way[-1]])
    nodes = [Vector((x[i, j], y[i, j], z[i, j])) for i, j in reversed(way)]
    places = _smooth(obstacles, nodes, room, spacing)
    ahead = np.stack([_at(places, t + 4.0 / spacing) for t in range(len(places))]) - places
    last = np.linalg.norm(ahead, axis=1) < spacing
    if last.any():
        ahead[last] = ahead[~last][-1]
    ahead[:, 2] *= 0.5  # the view rises and falls less than the way
    ways = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    least = min(obstacles.nearest(Vector(each), 50.0) for each in places)
    return Flight(places, ways, least)


def fly_through(scene: bpy.types.Scene, params: FlightParams | None = None) -> Flight:
    """A flight through a place that stands in the scene, from its camera on; keys on the camera, and the scene's frames are set to it.

    Raises SceneError if there is no place or camera, NoWay; nothing has changed then.
    """
    p = check(params or FlightParams())
    home, camera = scene_place(scene), rigged_camera(scene.camera)
    if home is None:
        raise SceneError(f"the scene {scene.name} has no place of Dreamgrove's; build one first")
    if camera is None or camera.type != "CAMERA":
        raise SceneError(f"the scene {scene.name} has no camera; build the step Camera first")
    scene.frame_set(scene.frame_start)  # where a flight that it has already begins
    field = read_land(land_of(home))
    matrix = camera.matrix_world
    start, ahead = matrix.translation.copy(), matrix.to_3x3() @ Vector((0.0, 0.0, -1.0))
    ground = float(field.at(np.array([start.x, start.y])))
    height = p.height or max(start.z - ground, p.room)
    start.z = ground + height
    heading = math.atan2(ahead.x, ahead.y) + p.heading
    flight = fly(obstacles_of(home, field), start, p.seconds * p.speed, height, p.seed, p.room, heading)
    frames = max(2, round(p.seconds * scene.render.fps / scene.render.fps_base))
    animate(camera, flight, frames, scene.frame_start)
    scene.frame_end = scene.frame_start + frames - 1
    return flight


def clear(obstacles: Obstacles, a: Vector, b: Vector, room: float) -> bool:
    """Whether one can move from a to b with nothing nearer than `room` m."""
    count = max(1, math.ceil((b - a).length / max(room * 0.7, 0.1)))
    return all(obstacles.nearest(a.lerp(b, k / count), room) >= room for k in range(count + 1))


def _smooth(obstacles: Obstacles, nodes: list[Vector], room: float, spacing: float) -> np.ndarray:
    """Evenly spaced places along the nodes, rounded off as far as nothing is touched."""
    line = np.array([tuple(node) for node in nodes])
    span = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    even = np.linspace(0.0, span[-1], max(2, int(span[-1] / spacing) + 1))
    places = np.stack([np.interp(even, span, line[:, k]) for k in range(3)], -1)
    for _ in range(60):
        wished = places.copy()
        wished[1:-1] = places[1:-1] * 0.4 + (places[:-2] + places[2:]) * 0.3
        for k in range(1, len(places) - 1):
            ground = float(obstacles.field.at(wished[k, :2])) + room
            wished[k, 2] = max(wished[k, 2], ground)
            if obstacles.nearest(Vector(wished[k]), room) >= room:
                places[k] = wished[k]
    return places


def _at(places: np.ndarray, t: float) -> np.ndarray:
    t = min(t, len(places) - 1.0)
    low = int(t)
    high = min(low + 1, len(places) - 1)
    return places[low] * (1 - (t - low)) + places[high] * (t - low)


def animate(camera: bpy.types.Object, flight: Flight, frames: int, first: int = 1) -> None:
    """Key the camera along the flight at an even pace, `frames` frames from the frame `first` on; keys every few frames."""
    camera.animation_data_clear()
    camera.rotation_mode = "QUATERNION"
    stride = max(1, frames // 60)
    at = sorted({*range(0, frames, stride), frames - 1})
    turned = None
    for frame in at:
        t = frame / max(1, frames - 1) * (len(flight.places) - 1)
        camera.location = _at(flight.places, t)
        turn = Vector(_at(flight.ways, t)).to_track_quat("-Z", "Y")
        if turned is not None and turned.dot(turn) < 0.0:
            turn = -turn  # the same turn, by the shorter way
        camera.rotation_quaternion = turned = turn
        camera.keyframe_insert("location", frame=first + frame)
        camera.keyframe_insert("rotation_quaternion", frame=first + frame)
