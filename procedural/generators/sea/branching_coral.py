"""Branching coral: staghorns, bottlebrushes and fingers, grown in numpy; thickness, cups and colours stay live."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...grow.branching import Branching, Tree, chains, grow_branches, reach
from ...materials import shared
from ...materials.coral import STONY_CORAL, StonyCoralParams
from ...parts.branches import scatter, tubes_along
from ...parts.plant_parts import draw
from ...parts.shapes import count, lathe
from ..base import Family, Skeleton


@dataclass(frozen=True)
class BranchingCoralParams:
    """Metres and radians. How it branches is grown; size, thickness, cups and colours are live."""

    size: float = param(
        0.4, "Reach of the longest branches", min=0.02, max=3.0, unit="m", panel="Branches", usual=(0.3, 0.5)
    )
    starts: int = param(7, "Branches at the foot", min=1, max=40, panel="Branches", live=False, usual=(5, 9))
    spread: float = param(
        1.0,
        "Lean of the outermost branches",
        min=0.0,
        max=1.5,
        unit="rad",
        panel="Branches",
        live=False,
        usual=(0.85, 1.15),
    )
    fork: float = param(
        0.2, "How often branches fork", min=0.0, max=0.8, panel="Branches", live=False, usual=(0.16, 0.25)
    )
    angle: float = param(
        0.9, "Angle between branches", min=0.1, max=1.57, unit="rad", panel="Branches", live=False, usual=(0.75, 1.05)
    )
    keep: float = param(
        0.95, "Length of side branches, as a share of what is left", min=0.1, max=1.2, panel="Branches", live=False
    )
    up: float = param(
        0.09, "How strongly branches turn upward", min=-0.2, max=0.6, panel="Branches", live=False, usual=(0.05, 0.15)
    )
    wander: float = param(
        0.1, "How crooked they are", min=0.0, max=0.5, panel="Branches", live=False, usual=(0.07, 0.14)
    )
    shy: float = param(
        0.22, "How they shun one another", min=0.0, max=1.0, panel="Branches", live=False, usual=(0.15, 0.3)
    )
    steps: int = param(26, "Steps of growth", min=6, max=90, panel="Branches", live=False)
    tip: float = param(
        0.0055, "Thickness near a tip", min=0.0005, max=0.1, unit="m", panel="Thickness", usual=(0.0045, 0.0065)
    )
    taper: float = param(
        0.011, "How much thicker the foot is", min=0.0, max=0.2, unit="m", panel="Thickness", usual=(0.008, 0.015)
    )
    knobbly: float = param(0.12, "How uneven branches are", min=0.0, max=0.6, panel="Thickness", usual=(0.06, 0.18))
    cup: float = param(
        0.0032, "Size of the cups, 0 for none", min=0.0, max=0.05, unit="m", panel="Cups", usual=(0.0026, 0.0038)
    )
    cups: float = param(
        0.0072, "Distance of the cups", min=0.001, max=0.1, unit="m", panel="Cups", usual=(0.0062, 0.0085)
    )
    lean: float = param(0.7, "How far cups lean to the tips", min=0.0, max=3.0, panel="Cups", usual=(0.4, 1.0))
    color: tuple[float, ...] = param(
        (0.42, 0.25, 0.11), "Colour of the branches, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    light: tuple[float, ...] = param(
        (0.78, 0.68, 0.55), "Colour of the growing tips", min=0, max=1, panel="Colour", spread=0.12
    )
    pale: float = param(
        0.05, "Length of the light tips", min=0.001, max=0.5, unit="m", panel="Colour", usual=(0.035, 0.07)
    )
    seed: int = param(0, "Another colony of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "staghorn_coral": BranchingCoralParams(),
    "blue_staghorn": BranchingCoralParams(
        size=0.3, starts=11, spread=0.8, fork=0.24, angle=0.7, up=0.16, tip=0.0055, taper=0.007, color=(0.16, 0.12, 0.42), light=(0.6, 0.62, 0.82)
    ),
    "finger_coral": BranchingCoralParams(
        size=0.18, starts=10, spread=0.75, fork=0.14, angle=0.6, up=0.16, wander=0.07, steps=18, tip=0.014, taper=0.006, knobbly=0.2, cup=0.0,
        color=(0.5, 0.36, 0.1), light=(0.72, 0.66, 0.36), pale=0.025,
    ),
    "birds_nest_coral": BranchingCoralParams(
        size=0.2, starts=16, spread=1.35, fork=0.36, angle=1.15, keep=0.8, up=0.02, wander=0.2, shy=0.5, steps=24, tip=0.003, taper=0.004, knobbly=0.08,
        cup=0.0, color=(0.55, 0.2, 0.3), light=(0.8, 0.62, 0.62), pale=0.03,
    ),
    "elkhorn_coral": BranchingCoralParams(
        size=0.9, starts=5, spread=1.25, fork=0.2, angle=0.75, up=0.02, wander=0.08, steps=20, tip=0.032, taper=0.06, knobbly=0.22, cup=0.007, cups=0.019,
        lean=1.3, color=(0.45, 0.27, 0.09), light=(0.8, 0.7, 0.5), pale=0.09,
    ),
}  # fmt: skip


def skeleton(p: BranchingCoralParams) -> Skeleton:
    """Branches as chains of edges in a unit size, with `far`, the way to the farthest tip, and `end`, 1 but for the round tips."""
    how = Branching(p.steps, p.starts, p.spread, p.fork, p.angle, 2, p.up, p.wander, p.shy, p.keep)
    tree = rounded(grow_branches(how, p.seed))
    far = reach(tree)
    values = {"far": far.astype(np.float32), "branch": tree.branch.astype(np.int32)}
    points, edges, kept = chains(tree, values)
    return Skeleton(points, edges, attributes=kept)


def rounded(tree: Tree, share: float = 0.04) -> Tree:
    """The tree with three more, close nodes at each tip, along which the graph rounds it off. share: their length together."""
    tips = np.setdiff1d(np.arange(len(tree.parent)), tree.parent)
    tips = tips[tree.parent[tips] >= 0]
    ahead = tree.position[tips] - tree.position[tree.parent[tips]]
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    position, parent, branch = [tree.position], [tree.parent], [tree.branch]
    before, total = tips, len(tree.parent)
    for place in (0.45, 0.8, 1.0):
        position.append(tree.position[tips] + ahead * (share * place))
        parent.append(before)
        branch.append(tree.branch[tips])
        before = np.arange(total, total + len(tips))
        total += len(tips)
    return Tree(np.concatenate(position), np.concatenate(parent), np.concatenate(branch))


def build(p: BranchingCoralParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields."""
    skin = shared(STONY_CORAL, StonyCoralParams(size=0.0022, depth=0.0004, mottle=0.25), "Branching Coral")
    with new_tree("Branching Coral", p) as tree:
        i = tree.i
        lines = tree.geometry_input("Branches")
        material = tree.material_input("Coral Material", skin, "What the coral is made of")
        with tree.frame("Branches"):
            branches, tangent = _branches(i, lines)
        with tree.frame("Cups"):
            cups = n.switch(i.cup > 0.0, None, _cups(i, branches, tangent))
        with tree.frame("Foot"):
            foot = _foot(i)
        tree.o.geometry << n.set_material(n.join(n.shade_smooth(n.join(branches, foot)), cups), material)
    return tree.data


def _branches(i: Inputs, lines: Socket) -> tuple[Socket, Socket]:
    far = n.attribute("far") * i.size
    lines = n.set_position(lines, n.position() * i.size)
    # Thin where it is young; the last bit is a half ball
    body = i.tip * 0.5 + i.taper * 0.5 * math("POWER", n.clamp(n.attribute("far")), 0.9)
    end = n.clamp(far / n.maximum(i.size * 0.04, 1e-6))
    cap = n.sqrt(n.maximum(1.0 - (1.0 - end) * (1.0 - end), 0.0))
    radius = body * n.maximum(cap, 0.08)
    tubes = tubes_along(lines, radius, count(i.detail, 14, 5))
    at = n.position() / i.size
    lump = n.noise(at, scale=16.0, detail=2.0, w=i.seed * 1.9) - 0.5
    mesh = n.set_position(
        tubes.mesh, offset=n.normal() * (lump * i.knobbly * (i.tip + i.taper * 0.4) * n.smoothstep(end, 0.0, 0.5))
    )
    mesh = n.store(mesh, "tint", _color(i, far))
    mesh = n.store(mesh, "age", n.clamp(n.attribute("far")))
    return mesh, tubes.tangent


def _color(i: Inputs, far: Socket) -> Socket:
    cloud = n.noise(n.position() / i.size, scale=5.0, detail=3.0, w=i.seed + 4.0)
    grown = n.mix(1.0, i.color, n.combine_xyz(*(0.7 + cloud * 0.6,) * 3), blend="MULTIPLY")
    young = n.smoothstep(far + (cloud - 0.5) * i.pale * 0.6, i.pale, i.pale * 0.15)
    old = n.smoothstep(n.position().z / i.size, 0.2, -0.05) * 0.45  # the foot is dull and overgrown
    return n.mix(young, n.mix(old, grown, n.color((0.2, 0.17, 0.11))), i.light)


def _cups(i: Inputs, branches: Socket, tangent: Socket) -> Socket:
    """Little tubes all around the branches, which open towards the tips, and one at the very tip."""
    carried, way = n.capture(branches, tangent)
    cloud, normal = scatter(carried, i.cups / n.clamp(n.sqrt(i.detail), 0.5, 1.3), i.seed)
    outward = (normal + way * (i.lean * draw(i.seed, 61, 0.6, 1.4))).normalized()
    size = i.cup * draw(i.seed, 62, 0.65, 1.15)
    cup = lathe(count(i.detail, 8, 5), 8)
    wide, high = _profile(cup.t)
    made = n.shade_smooth(cup.shape(wide, high))
    sunk = n.set_position(cloud, offset=normal * (i.cup * -0.25))
    made = n.instance_on(sunk, made, rotation=n.align_to(outward), scale=n.combine_xyz(size, size, size))
    # Cups are instances: their colour is the branch's there, a little lighter
    return n.store(made, "tint", n.mix(0.22, n.attribute("tint", "FLOAT_COLOR"), i.light), domain="INSTANCE")  # type: ignore[return-value]


def _profile(t: Socket) -> tuple[Socket, Socket]:
    """A cup of width 1: up outside, over the rim, down inside."""
    wide = n.float_curve(t, [(0, 0.0), (0.12, 0.5), (0.4, 0.5), (0.62, 0.42), (0.72, 0.34), (0.8, 0.2), (1, 0.0)])
    high = n.float_curve(t, [(0, 0.0), (0.12, 0.02), (0.4, 0.55), (0.62, 0.95), (0.72, 1.0), (0.8, 0.9), (1, 0.55)])
    return wide, high * 1.1


def _foot(i: Inputs) -> Socket:
    """A low mound that holds the branches together."""
    mound = lathe(count(i.detail, 32, 10), count(i.detail, 16, 6))
    wide = (i.tip + i.taper) * 2.4 + i.size * 0.035
    lump = n.noise(n.combine_xyz(mound.cos, mound.sin, mound.t), scale=2.0, detail=2.0, w=i.seed) * 0.7 + 0.65
    t = mound.t
    radius = n.float_curve(t, [(0, 0.0), (0.15, 0.9), (0.3, 1.0), (0.6, 0.72), (1, 0.0)]) * wide * lump
    height = n.float_curve(t, [(0, 0.0), (0.15, 0.0), (0.3, 0.1), (0.6, 0.75), (1, 1.0)]) * wide * 0.6
    mesh = mound.shape(radius, height)
    return n.store(mesh, "tint", _color(i, i.size * 1.0))  # type: ignore[return-value]


BRANCHING_CORAL = Family(
    "branching_coral", "Branching Coral", "Sea", BranchingCoralParams, build, PRESETS, "Branches that fork and shun each other, with cups",
    skeleton=skeleton,
)  # fmt: skip
