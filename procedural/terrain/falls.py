"""Waterfalls: where streams go over steps of the land, as live graphs; the land under them, and streams without the stretch that falls.

falls = find_falls(streams)
left = without_falls(streams, falls)
field = lay_beds(lay_pools(field, falls), left)  # beds last: they cut the banks of pools
objects = [*waterfalls(field, streams), river_object(field, left)]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import bpy
import numpy as np

from ...params import check, param
from .fall_sheet import GRAVITY, fall_object, heading, pool_radius, sized, thrown
from .field import HeightField
from .rivers import Stream

LIP = 1.0  # m before the drop at which a fall's line begins, at least, so that ribbon and sheet overlap
RIBBON = 1.2  # widths of a stream that its ribbon of water is wide
POINTS = 96  # along a fall's line


@dataclass(frozen=True)
class FallParams:
    """Metres and radians."""

    least_drop: float = param(4.0, "Drop below which water does not fall", min=0.05, max=2000.0, unit="m")
    steepest: float = param(0.85, "Slope from which water falls", min=0.1, max=1.56, unit="rad")
    gap: float = param(6.0, "Length of gentler water between steps that are one fall", min=0.0, max=500.0, unit="m")
    depth: float = param(0.12, "Depth of the stream over the lip, in its width", min=0.005, max=2.0)
    pool: float = param(1.0, "Size of the pool at the foot", min=0.0, max=10.0, unit="factor")
    spray: float = param(1.0, "How far about it rock is wet", min=0.0, max=10.0, unit="factor")


@dataclass(frozen=True)
class Fall:
    """points [K, 3] m, evenly apart, of the rock that water goes over, from just before the lip to the level of the pool; never rising.

    lip: which of them it leaves; width, m; speed, m/s, over the lip; steps: how many drops it has; spans: (stream, first, last) of the points
    of streams that it takes the place of.
    """

    points: np.ndarray
    lip: int
    width: float
    speed: float
    steps: int
    spans: tuple[tuple[int, int, int], ...]

    @property
    def drop(self) -> float:
        """Metres from the lip to the pool."""
        return float(self.points[0, 2] - self.points[-1, 2])

    @property
    def plunges(self) -> bool:
        """Whether it falls in one drop, rather than in a cascade of them."""
        return self.steps == 1

    @property
    def water(self) -> np.ndarray:
        """[K, 3] m: where the middle of the water is."""
        return thrown(self.points, self.speed)

    @property
    def radius(self) -> float:
        """Of the pool, m."""
        return pool_radius(self.width, self.drop)


def find_falls(streams: list[Stream], params: FallParams | None = None) -> list[Fall]:
    """Where streams go down by at least `least_drop`, steeper than `steepest`; near steps are one fall. Highest first. Raises ParameterError.

    Streams that flow into one another are searched as one, so that a fall may lie across a confluence.
    """
    p = check(params or FallParams())
    found = []
    for path in _courses(streams):
        points = np.concatenate([streams[k].points for k in path])
        width = np.concatenate([streams[k].width for k in path])
        owner = np.concatenate([[(k, j) for j in range(len(streams[k].points))] for k in path])
        for first, last, steps in _reaches(points, p):
            found.append(_fall(points, width, owner, first, last, steps, p))
    return sorted(found, key=lambda fall: -fall.drop)


def waterfalls(
    field: HeightField,
    streams: list[Stream],
    params: FallParams | None = None,
    look: dict[str, object] | None = None,
    falls: list[Fall] | None = None,
) -> list[bpy.types.Object]:
    """A new object for each fall of the streams, not yet in any collection. look: inputs of WaterfallParams that differ from what its size says;
    falls: those found before. The land gives what lies under them; call `lay_pools` on it first. Raises ParameterError.
    """
    p = check(params or FallParams())
    made = []
    for number, fall in enumerate(find_falls(streams, p) if falls is None else falls):
        points = fall.points.copy()
        # The land may have been changed since, and is finer than a stream's line: the water goes over it, not through it
        over = np.minimum(field.at(points[:, :2]), points[0, 2])
        points[:-1, 2] = np.maximum.accumulate(np.maximum(points[:, 2], over)[::-1])[::-1][:-1]
        pool = fall.radius * p.pool * 1.15  # under the banks
        values = sized(fall.width * RIBBON, fall.drop, fall.speed, **{"seed": number, "pool": pool, **(look or {})})
        made.append(fall_object(points, values, f"Waterfall {number + 1}" if number else "Waterfall"))
    return made


def without_falls(streams: list[Stream], falls: list[Fall], params: FallParams | None = None) -> list[Stream]:
    """The streams without the stretches that fall: up to each lip, and on from the pool."""
    p = check(params or FallParams())
    keep = [np.ones(len(stream.points), bool) for stream in streams]
    for fall in falls:
        for stream, first, last in fall.spans:
            keep[stream][first : last + 1] = False
        foot, radius = fall.water[-1], fall.radius * p.pool * 0.8
        for number, stream in enumerate(streams):
            away = np.linalg.norm(stream.points[:, :2] - foot[:2], axis=1)
            keep[number] &= (away > radius) | (stream.points[:, 2] > foot[2] + radius)
    left = []
    for stream, kept in zip(streams, keep, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]])))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            if end - begin >= 3:
                left.append(Stream(stream.points[begin:end], stream.width[begin:end]))
    return left


def lay_pools(field: HeightField, falls: list[Fall], params: FallParams | None = None) -> HeightField:
    """The land with a pool dug at each foot, rock out of the water's way, and its layers `wetness` (0..1) and `stream` where it is splashed.

    The lip keeps its height. Raises ParameterError.
    """
    p = check(params or FallParams())
    heights = np.array(field.heights, float)
    wet = np.array(field.layers.get("wetness", np.zeros_like(heights)), float)
    bed = np.array(field.layers.get("stream", np.zeros_like(heights)), float)
    place = field.points()[..., :2]
    for fall in falls:
        water, way = fall.water, heading(fall.points)
        reach = max(fall.radius * 3.0, fall.width * 2.0 + fall.drop * 0.5) + float(np.ptp(water[:, :2], axis=0).max())
        near = np.abs(place - water[-1, :2]).max(-1) <= reach
        if not near.any():
            continue
        rows, columns = np.flatnonzero(near.any(1)), np.flatnonzero(near.any(0))
        window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        part, at = heights[window], place[window]
        _clear(part, at, fall, water, way, field.step)
        if p.pool > 0.0:
            _dig(part, at, fall, water[-1], way, fall.radius * p.pool, field.step)
        _splash(wet[window], bed[window], part, at, fall, water, way, p)
    return replace(field, heights=heights).with_layers(wetness=wet, stream=bed)


def _clear(part: np.ndarray, at: np.ndarray, fall: Fall, water: np.ndarray, way: np.ndarray, step: float) -> None:
    """Rock that would stand in the sheet goes, within its width; banks rise from there at two in one."""
    side = np.array([-way[1], way[0]])
    along = (at - water[0, :2]) @ way
    run = (water[:, :2] - water[0, :2]) @ way
    run = np.maximum.accumulate(run) + np.arange(len(run)) * 1e-9
    middle = np.interp(along, run, (water[:, :2] - water[0, :2]) @ side)
    # Rock may come up to the line that the fall was found along, which is where the water is or behind it
    rock = np.maximum.accumulate((fall.points[:, :2] - water[0, :2]) @ way) + np.arange(len(run)) * 1e-9
    high = np.interp(along, rock, fall.points[:, 2])
    beside = np.abs((at - water[0, :2]) @ side - middle) - fall.width * 0.55 - (fall.points[0, 2] - high) * 0.06 - step
    inside = (along > rock[fall.lip] + step) & (along < run[-1])
    np.minimum(part, high + np.maximum(beside, 0.0) * 2.0, out=part, where=inside)


def _dig(
    part: np.ndarray, at: np.ndarray, fall: Fall, foot: np.ndarray, way: np.ndarray, radius: float, step: float
) -> None:
    """A bowl before the lip, its rim a little above the water but where the stream leaves it."""
    off = at - foot[:2]
    away = np.linalg.norm(off, axis=-1) / radius
    turn = np.arctan2(off[..., 1], off[..., 0])
    away = away * (1.0 + 0.08 * np.sin(turn * 3.0 + foot[0]) + 0.05 * np.sin(turn * 7.0 + foot[1]))
    depth = 0.22 * radius
    bowl = foot[2] - depth * np.clip(1.0 - away**2, 0.0, 1.0) + np.maximum(away - 1.0, 0.0) * radius * 2.5
    before = (at - fall.points[fall.lip, :2]) @ way > step
    np.minimum(part, bowl, out=part, where=(away < 1.6) & before)
    ahead = np.clip((off @ way) / np.maximum(np.linalg.norm(off, axis=-1), 1e-6), 0.0, 1.0)
    leaves = np.clip(1.0 - (np.abs(off @ np.array([-way[1], way[0]])) / fall.width) ** 2, 0.0, 1.0) * (ahead > 0.0)
    # Banks where the land is lower than the water, falling away outside by one in two
    rim = foot[2] + radius * (0.06 - np.abs(away - 1.2) * 0.5) - leaves * radius * 0.08
    np.maximum(part, rim, out=part, where=(away > 0.95) & (away < 3.0))


def _splash(
    wet: np.ndarray,
    bed: np.ndarray,
    part: np.ndarray,
    at: np.ndarray,
    fall: Fall,
    water: np.ndarray,
    way: np.ndarray,
    p: FallParams,
) -> None:
    """Wet about the foot, and beside the sheet, less the farther off and the higher up."""
    far = fall.radius * 1.4 * p.spray + 1e-6
    foot = water[-1]
    away = np.hypot(np.linalg.norm(at - foot[:2], axis=-1), np.maximum(part - foot[2], 0.0) * 0.55)
    about = np.exp(-((away / far) ** 2)) * 1.1
    side = np.array([-way[1], way[0]])
    beside = np.abs((at - water[0, :2]) @ side) - fall.width * 0.5
    along = (at - fall.points[fall.lip, :2]) @ way
    below = (part < fall.points[0, 2] + 0.2) & (along > -0.5) & (along < (foot[:2] - water[0, :2]) @ way + fall.radius)
    margin = (0.35 * fall.width + 0.08 * np.maximum(fall.points[0, 2] - part, 0.0)) * p.spray + 1e-6
    seeps = np.where(below, np.exp(-((np.maximum(beside, 0.0) / margin) ** 2)), 0.0)
    np.maximum(wet, np.clip(np.maximum(about, seeps), 0.0, 1.0), out=wet)
    np.maximum(bed, np.clip(1.6 - away / (fall.radius * p.pool + 1e-6), 0.0, 1.0), out=bed)


# Where -------------------------------------------------------------------------------------------------------------------


def _courses(streams: list[Stream]) -> list[list[int]]:
    """Streams one after the other, each in one course: the widest that ends where another begins is continued by it."""
    starts = {tuple(np.round(stream.points[0, :2], 3)): k for k, stream in enumerate(streams)}
    after = {k: starts.get(tuple(np.round(stream.points[-1, :2], 3))) for k, stream in enumerate(streams)}
    before: dict[int, int] = {}
    for k, following in after.items():
        if following is not None and following != k:
            other = before.get(following)
            if other is None or streams[k].width[-1] > streams[other].width[-1]:
                before[following] = k
    courses = []
    for k in range(len(streams)):
        if after[k] is not None and before.get(after[k]) == k:  # type: ignore[arg-type]
            continue  # not a course's end
        course, seen = [k], {k}
        while (above := before.get(course[0])) is not None and above not in seen:
            course.insert(0, above)
            seen.add(above)
        courses.append(course)
    return courses


def _reaches(points: np.ndarray, p: FallParams) -> list[tuple[int, int, int]]:
    """Falls of a line [K, 3] as (first, last, steps): points before the drop and after it."""
    flat = np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1)
    drop = -np.diff(points[:, 2])
    run = np.concatenate([[0.0], np.cumsum(flat)])
    steep = drop > np.tan(p.steepest) * np.maximum(flat, 1e-6)
    steep &= flat > 1e-9  # where one stream ends and the next begins, the same point stands twice
    found: list[list[int]] = []
    for k in np.flatnonzero(steep).tolist():
        if found and run[k] - run[found[-1][1]] <= p.gap:
            # Two drops are two steps where some water lies between that does not fall
            found[-1][2] += int(
                run[k] - run[found[-1][1]] > p.gap * 0.25 and points[found[-1][1], 2] - points[-1, 2] > 0
            )
            found[-1][1] = k + 1
        else:
            found.append([k, k + 1, 1])
    return [(a, b, steps) for a, b, steps in found if points[a, 2] - points[b, 2] >= p.least_drop]


def _fall(
    points: np.ndarray, width: np.ndarray, owner: np.ndarray, first: int, last: int, steps: int, p: FallParams
) -> Fall:
    wide = float(width[first])
    speed = float(
        np.sqrt(GRAVITY * p.depth * wide)
    )  # critical flow over a brink: Froude's number is 1 (Chow, Open-Channel Hydraulics, 1959)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1))])
    begin = first
    while begin > 0 and run[first] - run[begin] < max(LIP, wide * 0.3):
        begin -= 1
    line = points[begin : last + 1].copy()
    line[:, 2] -= p.depth * wide * 0.35  # as the ribbon of a river lies in its bed
    line[:, 2] = np.minimum.accumulate(line[:, 2])
    # The pool stands as high as where the stream leaves it
    radius = pool_radius(wide, line[0, 2] - line[-1, 2])
    leaving = min(int(np.searchsorted(run, run[last] + radius)), len(points) - 1)
    level = max(points[leaving, 2] - p.depth * wide * 0.35, line[-1, 2] - radius * 0.6)
    line = np.concatenate([line, line[-1:] * (1.0, 1.0, 0.0) + (0.0, 0.0, min(level, line[-1, 2]))])
    fine = _even(_straightened(line), POINTS)
    at_lip = line[first - begin, 2]
    lip = int(np.searchsorted(-fine[:, 2], -at_lip + 1e-6)) - 1
    spans = []
    for stream in dict.fromkeys(owner[begin : last + 1, 0].tolist()):
        places = owner[begin : last + 1][owner[begin : last + 1, 0] == stream, 1]
        low = int(places.min())
        spans.append((int(stream), min(low + 1, int(places.max())), int(places.max())))
    return Fall(fine, max(lip, 0), wide, speed, steps, tuple(spans))


def _straightened(line: np.ndarray) -> np.ndarray:
    """The line without its turns to left and right within the fall, nor back: water falls straight ahead."""
    way = heading(line)
    side = np.array([-way[1], way[0]])
    off = line[:, :2] - line[0, :2]
    ahead = np.maximum.accumulate(off @ way)
    bend = off @ side
    share = np.linspace(0.0, 1.0, len(line))
    bend = bend[0] + (bend[-1] - bend[0]) * share * share * (3.0 - 2.0 * share)
    out = line.copy()
    out[:, :2] = line[0, :2] + ahead[:, None] * way + bend[:, None] * side
    return out


def _even(line: np.ndarray, count: int) -> np.ndarray:
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    along = np.linspace(0.0, run[-1], count)
    return np.stack([np.interp(along, run, line[:, k]) for k in range(3)], 1)
