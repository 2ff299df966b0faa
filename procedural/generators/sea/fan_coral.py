"""Fan coral: a net of branches in one plane, grown by space colonisation; bend, thickness and colours stay live."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...grow.branching import chains, reach
from ...grow.fan import colonise, cross_links, fan_places
from ...materials import shared
from ...materials.coral import SOFT_CORAL, SoftCoralParams
from ...parts.branches import tubes_along
from ...parts.shapes import count, lathe
from ..base import Family, Skeleton
from .branching_coral import rounded


@dataclass(frozen=True)
class FanCoralParams:
    """Metres and radians. How it branches is grown; size, bend, thickness and colours are live."""

    size: float = param(0.5, "Height of the fan", min=0.02, max=3.0, unit="m", panel="Fan", usual=(0.38, 0.65))
    opening: float = param(
        1.25, "Half the angle of the fan", min=0.3, max=1.57, unit="rad", panel="Fan", live=False, usual=(1.05, 1.4)
    )
    places: int = param(
        3600, "How much there is to reach", min=50, max=20000, panel="Fan", live=False, usual=(3000, 4200)
    )
    mesh: float = param(
        0.028,
        "How close branches lie, as a share of the size",
        min=0.015,
        max=0.2,
        panel="Fan",
        live=False,
        usual=(0.025, 0.034),
    )
    net: float = param(
        0.7, "How many meshes of the net are closed", min=0.0, max=1.0, panel="Fan", live=False, usual=(0.5, 0.9)
    )
    bend: float = param(
        0.5, "How far it is bent about its stalk", min=-2.0, max=2.0, unit="rad", panel="Shape", usual=(-0.8, 0.8)
    )
    wave: float = param(
        0.06, "How wavy it is, as a share of the size", min=0.0, max=0.4, panel="Shape", usual=(0.03, 0.09)
    )
    lean: float = param(0.1, "How far it leans back", min=-0.8, max=0.8, unit="rad", panel="Shape", usual=(-0.15, 0.2))
    tip: float = param(
        0.0036,
        "Thickness of the finest branches",
        min=0.0004,
        max=0.05,
        unit="m",
        panel="Thickness",
        usual=(0.003, 0.0045),
    )
    stalk: float = param(
        0.03, "Thickness of the stalk", min=0.001, max=0.3, unit="m", panel="Thickness", usual=(0.022, 0.038)
    )
    power: float = param(2.6, "How soon branches grow thin", min=1.0, max=5.0, panel="Thickness", usual=(2.2, 3.0))
    color: tuple[float, ...] = param((0.45, 0.09, 0.3), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.35)
    light: tuple[float, ...] = param(
        (0.68, 0.3, 0.5), "Colour of the finest branches", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another fan of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "fan_coral": FanCoralParams(),
    "yellow_fan": FanCoralParams(mesh=0.024, net=0.95, color=(0.6, 0.32, 0.03), light=(0.78, 0.6, 0.16), tip=0.003, bend=-0.4),
    "sea_whips": FanCoralParams(
        size=0.8, opening=0.8, places=900, mesh=0.07, net=0.0, bend=0.3, tip=0.008, stalk=0.03, color=(0.6, 0.12, 0.03), light=(0.75, 0.3, 0.1)
    ),
}  # fmt: skip


def skeleton(p: FanCoralParams) -> Skeleton:
    """Branches and cross links as chains of edges, in a unit size in the XZ plane, with `load` (0..1, what a branch carries) and `far`."""
    places = fan_places(p.places, p.seed, p.opening)
    tree = colonise(places, p.seed, step=p.mesh * 0.6, near=p.mesh * 0.8, far=max(p.mesh * 5.0, 0.3))
    links = cross_links(tree, p.mesh * 1.7, p.seed, p.net)
    nodes = tree.position
    tree = rounded(tree, p.mesh * 0.5)
    far = reach(tree)
    load = far / max(float(far.max()), 1e-9)
    points, edges, kept = chains(tree, {"far": far.astype(np.float32), "load": load.astype(np.float32)})
    ends = nodes[links].reshape(-1, 3)
    pairs = np.arange(len(ends)).reshape(-1, 2) + len(points)
    # A link is as thin as can be, and never an end of its own
    attributes = {
        "far": np.concatenate([kept["far"], np.full(len(ends), 1.0, np.float32)]),
        "load": np.concatenate([kept["load"], np.zeros(len(ends), np.float32)]),
    }
    return Skeleton(np.concatenate([points, ends]), np.concatenate([edges, pairs]), attributes=attributes)


def build(p: FanCoralParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields."""
    skin = shared(SOFT_CORAL, SoftCoralParams(size=0.0028, bump=0.0005, softness=0.15, wet=0.3), "Fan Coral")
    with new_tree("Fan Coral", p) as tree:
        i = tree.i
        lines = tree.geometry_input("Branches")
        material = tree.material_input("Coral Material", skin, "What the coral is made of")
        with tree.frame("Branches"):
            branches = _branches(i, lines)
        with tree.frame("Foot"):
            mesh = n.join(branches, _foot(i))
        with tree.frame("Shape"):
            mesh = _shape(i, mesh)
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _branches(i: Inputs, lines: Socket) -> Socket:
    load = n.clamp(n.attribute("load"))
    body = n.mix(math("POWER", load, i.power), i.tip, i.stalk) * 0.5
    end = n.clamp(n.attribute("far") / 0.018)
    radius = body * n.maximum(n.sqrt(n.maximum(1.0 - (1.0 - end) * (1.0 - end), 0.0)), 0.12)
    tubes = tubes_along(n.set_position(lines, n.position() * i.size), radius, count(i.detail, 8, 4))
    cloud = n.noise(n.position() / i.size, scale=4.0, detail=3.0, w=i.seed)
    tint = n.mix(n.smoothstep(load, 0.45, 0.02), i.color, i.light)
    tint = n.mix(1.0, tint, n.combine_xyz(*(0.7 + cloud * 0.6,) * 3), blend="MULTIPLY")
    return n.store(n.store(tubes.mesh, "tint", tint), "age", load)  # type: ignore[return-value]


def _foot(i: Inputs) -> Socket:
    mound = lathe(count(i.detail, 28, 10), count(i.detail, 14, 6))
    lump = n.noise(n.combine_xyz(mound.cos, mound.sin, 0.0), scale=1.8, detail=1.0, w=i.seed) * 0.8 + 0.6
    radius = (
        n.float_curve(mound.t, [(0, 0.0), (0.2, 0.95), (0.35, 1.0), (0.6, 0.5), (0.8, 0.32), (1, 0.0)])
        * i.stalk
        * 2.2
        * lump
    )
    height = (
        n.float_curve(mound.t, [(0, 0.0), (0.2, 0.0), (0.35, 0.08), (0.6, 0.32), (0.8, 0.7), (1, 1.0)]) * i.stalk * 1.6
    )
    return n.store(mound.shape(radius, height), "tint", i.color)  # type: ignore[return-value]


def _shape(i: Inputs, mesh: Socket) -> Socket:
    """Roll the plane about an upright axis, ripple it, lean it."""
    at = n.position()
    ripple = (
        (n.noise(at / i.size * (1.0, 0.0, 1.0), scale=2.2, detail=1.0, w=i.seed + 3.0) - 0.5) * i.wave * i.size * 2.0
    )
    ripple = ripple * n.smoothstep(at.z / i.size, 0.05, 0.5)
    turn = at.x / i.size * i.bend + 1e-4
    radius = i.size / (i.bend + 1e-4)
    x = n.sin(turn) * (radius - at.y - ripple)
    y = radius - n.cos(turn) * (radius - at.y - ripple)
    mesh = n.set_position(mesh, n.combine_xyz(x, y, at.z))
    there = n.position()
    return n.set_position(mesh, offset=n.combine_xyz(0.0, there.z * n.sin(i.lean), 0.0))


FAN_CORAL = Family(
    "fan_coral", "Fan Coral", "Sea", FanCoralParams, build, PRESETS, "A net of branches in one plane", skeleton=skeleton
)
