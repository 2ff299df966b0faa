"""Staghorn coral: thick round branches that fork upward three times from an encrusted base, with pale tips."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, current_tree, math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from ..materials.surface import surface
from ..parts.shapes import count, paint, tube
from .base import Draw, Generator, Trait, Traits

PALE = (0.90, 0.80, 0.66)
GOLDEN = 2.39996  # rad: successive directions that never line up


@dataclass(frozen=True)
class CoralParams:
    """Metres and radians; height and width hold for the whole colony whatever its branches do."""

    height: float = param(0.45, "Height of the colony", min=0.05, max=3.0, unit="m")
    width: float = param(0.5, "Breadth of the colony", min=0.05, max=3.0, unit="m")
    fullness: float = param(0.5, "How many trunks rise from the base: 0 two, 1 six", min=0.0, max=1.0, panel="Branches")
    forks: int = param(2, "Branches at each fork", min=1, max=3, panel="Branches")
    twigs: float = param(
        0.6, "Share of branches that carry short twigs at their sides", min=0.0, max=1.0, panel="Branches"
    )
    thickness: float = param(0.046, "Thickness of the trunks", min=0.01, max=0.4, unit="m", panel="Branches")
    taper: float = param(
        0.62, "Thickness of the last branches, as a share of the trunks'", min=0.3, max=1.0, panel="Branches"
    )
    spread: float = param(0.75, "Angle between branches at a fork", min=0.1, max=1.4, unit="rad", panel="Branches")
    upward: float = param(0.5, "How much branches turn toward the light", min=0.0, max=1.0, panel="Branches")
    gnarl: float = param(0.4, "Crookedness of the branches", min=0.0, max=1.0, panel="Branches")
    pale: float = param(0.7, "How pale the tips are", min=0.0, max=1.0, panel="Colour")
    seed: int = param(0, "Another coral of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.3, 0.62),
    "width": Trait("width", 0.36, 0.72),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> CoralParams:
    """A coral of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(CoralParams, TRAITS, seed, traits)
    size = max(TRAITS["height"].value(draw.traits["height"]), TRAITS["width"].value(draw.traits["width"]))
    return draw.params(
        forks=3 if draw.traits["fullness"] < -0.2 and draw.chance(0.5) else 2,
        twigs=draw.uniform(0.2, 0.9),
        thickness=size * draw.uniform(0.078, 0.105),
        taper=draw.uniform(0.58, 0.75),
        spread=draw.uniform(0.55, 0.95),
        upward=draw.uniform(0.3, 0.7),
        gnarl=draw.uniform(0.2, 0.6),
        pale=draw.uniform(0.4, 0.85),
    )


@dataclass(frozen=True)
class _Branches:
    """Branches that have not been drawn yet: points, and fields on them. direction: unit; length, start and end radius in m."""

    points: Socket
    start: Socket
    direction: Socket
    length: Socket
    start_radius: Socket
    end_radius: Socket
    rise: Socket
    seed: Socket

    def at(self, t: Input) -> Socket:
        """The middle line, turning upward on the way; t 0..1."""
        way = self.length * t
        return self.start + self.direction * way + n.combine_xyz(0.0, 0.0, way * t * self.rise)

    def tangent(self, t: Input) -> Socket:
        return (self.direction + n.combine_xyz(0.0, 0.0, 2.0 * t * self.rise)).normalized()


def build(p: CoralParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CoralParams."""
    material = surface(
        "Coral", (0.89, 0.17, 0.10), roughness=0.7, specular=0.25, subsurface=0.1, bump=0.5, bump_scale=90.0
    )
    with new_tree("Coral", p) as tree:
        i = tree.i
        with tree.frame("Trunks"):
            trunks = _trunks(i)
        with tree.frame("First fork"):
            arms = _forked(i, trunks, i.forks, 1.0, 0.36, 1)
        with tree.frame("Second fork"):
            fingers = _forked(i, arms, i.forks, 1.0, 0.33, 2)
        with tree.frame("Twigs"):
            twigs = [_forked(i, parent, 1, 0.6, 0.25, level) for level, parent in ((3, trunks), (4, arms))]
        with tree.frame("Tubes"):
            lines = [_line(i, trunks, 0.0), _line(i, arms, 0.25), *[_line(i, last, 1.0) for last in (fingers, *twigs)]]
            branches = _tubes(i, _fitted(i, n.join(*lines)))
        with tree.frame("Base"):
            base = _base(i)
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(branches, base)), material)
    return tree.data


def _branches(
    i: Inputs,
    points: Input,
    start: Input,
    direction: Input,
    length: Input,
    start_radius: Input,
    end_radius: Input,
    number: int,
) -> _Branches:
    """Evaluate the fields here, on these points, so that later points can descend from them."""
    seed = n.index() + i.seed * 97.0 + number * 1013.0
    rise = i.upward * n.random_value(0.15, 0.6, seed=number * 7 + 3, id=seed)
    kept = []
    for value in (start, direction, length, start_radius, end_radius, rise, seed):
        points, field = n.capture(points, value)
        kept.append(field)
    return _Branches(points, *kept)


def _trunks(i: Inputs) -> _Branches:
    """Trunks lean outward from the base, the first one least."""
    number = math("ROUND", i.fullness * 4.0 + 2.0)
    own = n.index() + i.seed * 97.0
    around = n.index() * GOLDEN + n.random_value(-0.35, 0.35, seed=1, id=own) + i.seed
    lean = n.sqrt((n.index() + 0.35) / number) * n.random_value(0.75, 1.1, seed=2, id=own)
    lean = n.clamp(lean * (0.45 + 0.45 * i.width / i.height), 0.0, 1.15)
    outward = n.combine_xyz(n.cos(around), n.sin(around), 0.0)
    direction = outward * n.sin(lean) + n.combine_xyz(0.0, 0.0, n.cos(lean))
    radius = i.thickness * 0.5
    start = outward * (radius * 0.9) + n.combine_xyz(0.0, 0.0, radius * 1.05)
    length = i.height * 0.4 * n.random_value(0.8, 1.25, seed=3, id=own)
    thin = radius * i.taper**0.33
    return _branches(i, n.points(number), start, direction, length, radius * 1.12, thin, 0)


def _forked(i: Inputs, parent: _Branches, number: Input, at: float, share: float, level: int) -> _Branches:
    """Branches that leave each parent at `at` (0..1) of its length; twigs (`at` below 1) leave some parents only.

    share: their length as a share of the coral's height. level: another draw.
    """
    points = parent.points
    if at < 1.0:
        bare = ~n.random_chance(i.twigs, seed=level * 11, id=parent.seed)
        points = n.delete(points, bare)
    many = current_tree().add("GeometryNodeDuplicateElements", points, domain="POINT", amount=number)
    which = many["Duplicate Index"]
    own = parent.seed * 4.0 + which
    tangent = parent.tangent(at)
    side = tangent.cross((0.36, 0.8, 0.48)).normalized()
    around = n.random_value(0.0, 6.2832, seed=level * 11 + 1, id=parent.seed) + which * (
        6.2832 / math("MAXIMUM", number, 1.0)
    )
    open_by = i.spread * n.random_value(0.6, 1.0, seed=level * 11 + 2, id=own) * (1.0 if at == 1.0 else 1.5)
    direction = tangent * n.cos(open_by) + n.rotate(side, tangent, around) * n.sin(open_by)
    lifted = n.maximum(direction.z + i.upward * 0.35, 0.05)
    direction = n.combine_xyz(direction.x, direction.y, lifted).normalized()
    length = i.height * share * n.random_value(0.75, 1.25, seed=level * 11 + 3, id=own)
    start_radius = n.mix(at, parent.start_radius, parent.end_radius) * (0.96 if at == 1.0 else 0.72)
    end_radius = n.maximum(start_radius * i.taper**0.33, i.thickness * 0.5 * i.taper * (1.0 if at == 1.0 else 0.92))
    start = parent.at(at) - tangent * (start_radius * (0.5 if at == 1.0 else 0.0))
    return _branches(
        i, many.as_socket(), start, direction, length, start_radius, n.minimum(end_radius, start_radius), level
    )


def _line(i: Inputs, branches: _Branches, tip: float) -> Socket:
    """The middle lines as curves with their radius; the end is a half ball. `tip` says how pale the end is, 0..1."""
    number = count(i.detail, 14, 7)
    straight = n.line((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), number)
    lines = n.realize(n.instance_on(branches.points, straight))
    # the last three rings round the end off: evenly spaced in angle
    lines, along = n.capture(lines, n.spline_factor())
    cap = 3.0 / (number - 1.0)
    body = n.minimum(along / (1.0 - cap), 1.0)
    angle = n.maximum(along - (1.0 - cap), 0.0) / cap * 1.48
    end = branches.end_radius / branches.length
    t = body * (1.0 - end) + end * n.sin(angle)
    radius = n.mix(body, branches.start_radius, branches.end_radius) * n.cos(angle)
    knob = 1.0 + 0.12 * tip * n.smoothstep(along, 0.55, 0.9)  # growing ends are a little swollen
    pale = i.pale * tip * n.smoothstep(t, 0.4, 1.1)
    lines = n.store(lines, "primary", 1.0 - pale * 0.75)
    lines = n.store(lines, "tone", 0.8 + 0.14 * t + 0.22 * pale + 0.08 * tip)
    lines = n.set_position(lines, position=branches.at(t))
    return current_tree().add("GeometryNodeSetCurveRadius", curve=lines, radius=radius * knob).as_socket()


def _fitted(i: Inputs, lines: Input) -> Socket:
    """Crooked as corals are, then drawn to the asked height and breadth; the tubes put round it stay round."""
    at = n.position()
    shift = n.noise_vector(at / n.combine_xyz(i.height, i.height, i.height), scale=2.6, detail=1.0, w=i.seed * 3.1)
    lines = n.set_position(lines, offset=shift * (i.gnarl * i.height * 0.5 * n.smoothstep(at.z / i.height, 0.0, 0.3)))
    extent = current_tree().add(
        "GeometryNodeAttributeStatistic",
        data_type="FLOAT_VECTOR",
        domain="POINT",
        geometry=lines,
        attribute=n.position(),
    )
    span = extent["Range"]
    thin = i.thickness * i.taper
    across = (i.width - thin) / n.maximum(n.maximum(span.x, span.y), 0.01)
    up = (i.height - thin * 0.5) / n.maximum(extent["Max"].z, 0.01)
    at = n.position()
    return n.set_position(lines, position=n.combine_xyz(at.x * across, at.y * across, at.z * up))


def _tubes(i: Inputs, lines: Input) -> Socket:
    radius = current_tree().add("GeometryNodeInputRadius").as_socket()
    branches = tube(lines, radius, count(i.detail, 14, 6))
    mottle = (n.noise(n.position() / i.height, scale=7.0, detail=1.0, w=i.seed * 1.1) - 0.5) * 0.25
    return paint(branches, n.attribute("primary"), n.attribute("tone") + mottle, PALE)


def _base(i: Inputs) -> Socket:
    """A lumpy crust from which the trunks rise."""
    ball = n.sphere(count(i.detail, 36, 14), count(i.detail, 18, 8), 1.0)
    lumps = 0.8 + 0.45 * n.noise(scale=1.7, detail=1.0, w=i.seed * 1.9)
    at = n.position() * lumps
    broad = i.thickness * (1.2 + 0.6 * i.fullness)
    crust = n.set_position(
        ball,
        n.combine_xyz(at.x * broad, at.y * broad, n.maximum(at.z, -0.25) * i.thickness * 0.95 + i.thickness * 0.237),
    )
    return paint(crust, 1.0, 0.72 + 0.2 * (n.noise(scale=9.0 / i.height, w=i.seed * 1.3) - 0.5), PALE)


GENERATOR = Generator("coral", CoralParams, sample, build, TRAITS)
