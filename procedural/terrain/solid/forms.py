"""Forms that heights cannot have, put where they belong on a land: caves, arches, overhangs, floating rocks, boulders."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ....params import check
from ..field import HeightField
from .elements import Element, Facets, Strands
from .params import SolidParams

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def elements(field: HeightField, params: SolidParams) -> list[Element]:
    """All that the parameters ask for, in the order in which they act: what is added first, then what is cut out, then what lies on it."""
    p = check(params)
    rng = np.random.default_rng([p.seed, 17])
    made = []
    if p.overhangs:
        made += overhangs(field, rng, p)
    if p.arches:
        made.append(arches(field, rng, p))
    if p.floating:
        made.append(floating_rocks(field, rng, p))
    if p.caves:
        made.append(caves(field, rng, p))
    if p.boulders:
        made.append(boulders(field, rng, p))
    return made


def caves(field: HeightField, rng: np.random.Generator, p: SolidParams) -> Element:
    """Tunnels by random walks: from a steep place inward, wider and narrower, with halls and side arms."""
    starts, ends, radii = [], [], []

    def walk(at: np.ndarray, heading: float, steps: int, radius: float, arms: int) -> None:
        step, dip = radius * 0.9, -0.15
        width = radius
        for number in range(steps):
            heading += rng.normal(0.0, 0.35)
            dip = 0.7 * dip + 0.3 * rng.normal(-0.15, 0.3)
            way = np.array([np.cos(heading) * np.cos(dip), np.sin(heading) * np.cos(dip), np.sin(dip)])
            then = radius * float(np.exp(rng.normal(0.0, 0.25))) * (2.0 if rng.random() < 0.06 else 1.0)
            starts.append(at)
            ends.append(at + way * step)
            radii.append((width, then))
            at, width = ends[-1], then
            if arms and number > 4 and rng.random() < 0.12:
                arms -= 1
                walk(at, heading + rng.choice([-1.2, 1.2]), steps // 2, radius * 0.7, 0)

    for place, inward in _steep_places(field, rng, p.caves):
        start = np.array([*place, float(field.at(place)) + p.cave_radius * 0.3])
        out = np.array([np.cos(inward), np.sin(inward), 0.0]) * p.cave_radius
        walk(start - out, inward, p.cave_length, p.cave_radius, 2)
    parts = Strands(np.array(starts), np.array(ends), np.array(radii), 0.85)
    return Element(parts, True, p.cave_radius * 0.4, p.roughness * p.cave_radius * 0.35, p.cave_radius * 1.1, p.seed)


def arches(field: HeightField, rng: np.random.Generator, p: SolidParams) -> Element:
    """Bridges of rock, both feet in the ground: thick at the feet, thin at the crown, a little askew."""
    starts, ends, radii = [], [], []
    for place, way in _steep_places(field, rng, p.arches, least=0.0):
        turn = way + np.pi / 2 + rng.normal(0.0, 0.3)
        span = p.arch_span * rng.uniform(0.7, 1.3)
        angle = np.linspace(0.0, np.pi, 13)
        lean = rng.normal(0.0, 0.12)
        flat = np.stack([np.cos(turn) * np.cos(angle), np.sin(turn) * np.cos(angle)], 1) * span / 2
        flat += np.array([-np.sin(turn), np.cos(turn)]) * (np.sin(angle) * lean * span)[:, None]
        feet = field.at(np.asarray(place) + flat[[0, -1]])
        base = feet[0] + (feet[1] - feet[0]) * np.linspace(0.0, 1.0, 13)
        line = np.column_stack(
            [np.asarray(place) + flat, base - 0.06 * span + np.sin(angle) * span * rng.uniform(0.4, 0.6)]
        )
        thick = span * rng.uniform(0.09, 0.13) * (1.0 + 0.9 * np.abs(np.cos(angle)) ** 2)
        starts += list(line[:-1])
        ends += list(line[1:])
        radii += list(pairwise(thick))
    parts = Strands(np.array(starts), np.array(ends), np.array(radii))
    return Element(parts, False, p.arch_span * 0.12, p.roughness * p.arch_span * 0.05, p.arch_span * 0.14, p.seed + 5)


def overhangs(field: HeightField, rng: np.random.Generator, p: SolidParams) -> list[Element]:
    """A brow of rock along a steep side, and a hollow under it that follows the slope's contour."""
    brows, hollows, radii = [], [], []
    size = p.overhang_size
    for place, inward in _steep_places(field, rng, p.overhangs):
        at, heading = np.asarray(place, float), inward + np.pi / 2
        for _ in range(int(rng.integers(4, 8))):
            ahead = at + np.array([np.cos(heading), np.sin(heading)]) * size * 0.9
            inside = np.array([np.cos(inward), np.sin(inward)])
            ground = field.at(np.stack([at, ahead]))
            brow = np.column_stack([np.stack([at, ahead]) + inside * size * 0.5, ground + size * 0.5])
            brows.append(tuple(brow))
            hollows.append((np.append(at, ground[0] - size * 0.1), np.append(ahead, ground[1] - size * 0.1)))
            radii.append(size * rng.uniform(0.5, 0.8, 2))
            at = ahead
            inward = _uphill(field, at)
            heading = inward + np.pi / 2 + rng.normal(0.0, 0.1)
    ends = [np.array([pair[k] for pair in brows]) for k in (0, 1)]
    cuts = [np.array([pair[k] for pair in hollows]) for k in (0, 1)]
    width = np.array(radii)
    rough = p.roughness * size * 0.12
    return [
        Element(Strands(*ends, width * 1.3, 0.55), False, size * 1.2, rough, size * 0.5, p.seed + 9),
        Element(Strands(*cuts, width, 0.8), True, size * 0.25, rough, size * 0.5, p.seed + 11),
    ]


def floating_rocks(field: HeightField, rng: np.random.Generator, p: SolidParams) -> Element:
    """Islands in the air: flat above, drawn out to points below."""
    starts, ends, radii = [], [], []
    half = field.size * 0.4
    for number in range(p.floating):
        place = np.asarray(field.center) + rng.uniform(-half, half, 2)
        size = p.floating_size * rng.uniform(0.6, 1.4)
        top = np.append(place, float(field.at(place)) + p.floating_height * rng.uniform(0.8, 1.4) + size)
        for k in range(18):
            turn, share = k * GOLDEN + number, np.sqrt(k / 17)
            wobble = rng.uniform(0.7, 1.15)
            head = (
                top
                + np.array([np.cos(turn) * wobble, np.sin(turn) * wobble, -0.1 * rng.random()]) * size * 0.42 * share
            )
            depth = size * (0.15 + 0.95 * (1.0 - share) ** 1.3) * rng.uniform(0.6, 1.25)
            foot = head * [1, 1, 0] * 0.75 + top * [1, 1, 0] * 0.25 + [0, 0, head[2] - depth]
            starts.append(head)
            ends.append(foot + np.append(rng.normal(0.0, size * 0.03, 2), 0.0))
            radii.append((size * rng.uniform(0.13, 0.19), size * rng.uniform(0.03, 0.08)))
    parts = Strands(np.array(starts), np.array(ends), np.array(radii))
    return Element(
        parts, False, p.floating_size * 0.06, p.roughness * p.floating_size * 0.05, p.floating_size * 0.16, p.seed + 3
    )


def boulders(field: HeightField, rng: np.random.Generator, p: SolidParams) -> Element:
    """Stones by repeated extrusion: on faces of a convex core grow smaller cores, and on these again; a third of each in the ground."""
    half = field.size * 0.47
    middles, normals, faces = [], [], []

    def stone(middle: np.ndarray, radius: float, depth: int, up: np.ndarray) -> None:
        count = 14
        k = np.arange(count) + 0.5
        tilt, turn = np.arccos(1 - 2 * k / count), k * GOLDEN + rng.uniform(0, 2 * np.pi)
        out = np.stack([np.cos(turn) * np.sin(tilt), np.sin(turn) * np.sin(tilt), np.cos(tilt)], 1)
        out += rng.normal(0.0, 0.22, out.shape)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        far = radius * rng.uniform(0.72, 1.0, count) * (1.0 - 0.25 * np.abs(out @ up))
        middles.append(middle)
        normals.append(out)
        faces.append(far)
        for face in rng.permutation(count)[: 3 if depth else 0]:
            stone(middle + out[face] * far[face] * 0.75, radius * rng.uniform(0.4, 0.62), depth - 1, out[face])

    for _ in range(p.boulders):
        place = np.asarray(field.center) + rng.uniform(-half, half, 2)
        radius = p.boulder_size / 2 * float(np.exp(rng.normal(-0.3, 0.45)))
        stone(np.append(place, float(field.at(place)) + radius * 0.35), radius, 2, np.array([0.0, 0.0, 1.0]))
    far = np.array(faces)
    parts = Facets(np.array(middles), np.array(normals), far, far.mean(1) * 0.12)
    return Element(
        parts, False, p.boulder_size * 0.02, p.roughness * p.boulder_size * 0.02, p.boulder_size * 0.12, p.seed + 7
    )


def _steep_places(
    field: HeightField, rng: np.random.Generator, count: int, least: float = 0.35
) -> list[tuple[np.ndarray, float]]:
    """Places [2] and the way uphill there, rad: the steepest of many for each, away from the edges and from each other."""
    half = field.size * 0.4
    found: list[tuple[np.ndarray, float]] = []
    slope = field.with_layers(steep=field.slope())
    for _ in range(count):
        tries = np.asarray(field.center) + rng.uniform(-half, half, (64, 2))
        value = slope.at(tries, "steep")
        for other, _way in found:
            value = value - np.exp(-(np.linalg.norm(tries - other, axis=1) ** 2) / (field.size * 0.1) ** 2)
        best = tries[int(np.argmax(value if least > 0.0 else -np.abs(value - 0.3)))]
        found.append((best, _uphill(field, best)))
    return found


def _uphill(field: HeightField, place: np.ndarray) -> float:
    reach = max(field.step, field.size * 0.01)
    east, west, north, south = field.at(
        np.asarray(place) + np.array([[reach, 0], [-reach, 0], [0, reach], [0, -reach]])
    )
    return float(np.arctan2(north - south, east - west))
