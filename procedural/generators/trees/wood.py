"""The wood of a tree as a graph: limbs of a skeleton as closed tubes, the trunk with root flare and relief, sway in the wind."""

from __future__ import annotations

from dataclasses import dataclass

from ...graph import Socket, current_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...parts.shapes import count

TAU = 6.28318530718
# For each class of limbs (see skeleton.py): segments around, and how finely the stretch between two points of the skeleton is divided
_AROUND = (22.0, 8.0, 4.0, 3.0)
_FINE = (3.0, 2.0, 1.0, 1.0)


@dataclass(frozen=True)
class Sway:
    """How the wind moves a tree: the same at one place for wood and leaves, so that nothing comes apart. height: m, of the tree."""

    wind: Socket
    height: Socket

    def offset(self, at: Socket) -> Socket:
        """Where a place moves now, m."""
        seconds = n.node("GeometryNodeInputSceneTime")["Seconds"]
        size = n.maximum(self.height, 0.1)
        share = n.clamp(at.z / size)
        out = n.sqrt(at.x * at.x + at.y * at.y) / size
        slow = n.noise_vector(at / (size * 1.1), scale=1.0, detail=0.0, w=seconds * 0.45)
        quick = n.noise_vector(at * 0.8, scale=1.0, detail=0.0, w=seconds * 1.6)
        lean = n.combine_xyz(0.03, 0.0, 0.0) + slow * 0.16
        move = lean * (size * share * share) + quick * (n.clamp(share * 0.4 + out) * 0.3)
        return move * self.wind


def sway_of(skeleton: Socket, wind: Input) -> Sway:
    """The sway of a tree whose skeleton it is."""
    box = n.node("GeometryNodeBoundBox", skeleton)
    return Sway(wind, box["Max"].z)  # type: ignore[arg-type]


@grouped("Wood")
def wood(
    skeleton: Socket, detail: Input, seed: Input, flare: Input, relief: Input, sway: Sway, lobes: float = 1.0
) -> Socket:
    """All limbs as one mesh, without material. flare: how far the foot spreads, in radii; relief: how uneven the trunk is, 0..1.

    Stores `limb`, `bark`, and keeps the skeleton's age, dead, girth.
    """
    parts = [_tubes(skeleton, number, detail) for number in range(4)]
    parts[0] = _footed(parts[0], seed, flare, relief, lobes)
    whole = n.store(n.join(*parts), "bark", 1.0)
    return n.shade_smooth(n.set_position(whole, offset=sway.offset(n.position())))


@grouped("Limbs of one Thickness")
def _tubes(skeleton: Socket, number: int, detail: Input) -> Socket:
    chosen = n.attribute("thick", "INT") == number
    curve = n.node("GeometryNodeMeshToCurve", skeleton, selection=chosen).as_socket()
    fine = count(detail, _FINE[number], 1)
    if number < 3:
        curve = n.node("GeometryNodeCurveSplineType", curve, spline_type="CATMULL_ROM").as_socket()
        curve = n.node("GeometryNodeSetSplineResolution", curve, resolution=fine).as_socket()
    around = count(n.minimum(detail, 3.0), _AROUND[number], 3)
    ring, turn = n.capture(n.circle(around, 1.0), n.index() / around * TAU)
    radius = n.attribute("girth")
    # the wood beyond this class's own limbs is no part of the curve, but a class may have no limbs at all
    mesh = n.curve_to_mesh(curve, ring, scale=radius, fill_caps=True)
    apart = n.attribute("chance") * 37.0
    limb = n.combine_xyz(n.cos(turn) * radius, n.sin(turn) * radius, n.attribute("along") + apart)
    return n.store(mesh, "limb", limb)  # type: ignore[return-value]


@grouped("Trunk's Foot")
def _footed(mesh: Socket, seed: Input, flare: Input, relief: Input, lobes: float) -> Socket:
    """The trunk with buttresses that run out into the ground, and dents and swellings all along."""
    tree = current_tree()
    radius = n.attribute("girth")
    place = n.attribute("limb", "FLOAT_VECTOR")
    dents = n.noise(place / (radius * 1.1 + 0.02), scale=1.0, detail=2.0, w=seed * 1.37) - 0.5
    mesh = n.set_position(mesh, offset=n.normal() * (dents * radius * relief * 0.55))
    x, y, _ = tree.separate(n.normal())
    outward = n.combine_xyz(x, y, 0.0).normalized()
    z = n.position().z
    trunk = n.attribute("order", "INT") == 0
    twist = n.combine_xyz(0.0, 0.0, z / (radius + 0.01) * 0.12)
    ridge = n.noise(outward * (1.25 * lobes) + twist, scale=1.0, detail=1.0, w=seed * 2.11)
    ridge = n.smoothstep(ridge, 0.3, 0.72)
    high = n.math("EXPONENT", z / (radius * -1.9 - 0.01))
    low = n.math("EXPONENT", z / (radius * -0.55 - 0.005))
    spread = radius * flare * (high * (0.22 + 0.75 * ridge) + low * (0.15 + 0.5 * ridge))
    return n.set_position(mesh, offset=outward * spread, selection=trunk)
