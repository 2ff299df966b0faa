"""Starfish: tapered arms that meet in a disc, with rows of knobs along them; five arms or many."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.sea import STAR_SKIN, StarSkinParams
from ...parts.plant_parts import TAU, draw, points
from ...parts.shapes import count
from ...parts.solidify import grid
from ..base import Family


@dataclass(frozen=True)
class StarfishParams:
    """Metres and radians."""

    reach: float = param(
        0.11, "From the middle to the tip of an arm", min=0.01, max=0.8, unit="m", panel="Body", usual=(0.08, 0.14)
    )
    arms: int = param(5, "Number of arms", min=4, max=16, panel="Body")
    width: float = param(
        0.21, "Half the width of an arm, as a share of the reach", min=0.04, max=0.5, panel="Body", usual=(0.17, 0.25)
    )
    taper: float = param(0.8, "How pointed the arms are", min=0.0, max=1.0, panel="Body", usual=(0.65, 0.9))
    web: float = param(0.4, "How the arms flow into one another", min=0.0, max=1.0, panel="Body", usual=(0.25, 0.6))
    thickness: float = param(
        0.2, "Height of the body, as a share of the reach", min=0.03, max=0.6, panel="Body", usual=(0.16, 0.24)
    )
    ridge: float = param(0.35, "How sharp the back of the arms is", min=0.0, max=1.0, panel="Body", usual=(0.1, 0.6))
    bend: float = param(0.35, "How the arms swerve", min=0.0, max=1.5, unit="rad", panel="Pose", usual=(0.1, 0.6))
    curl: float = param(
        0.12, "How high the tips are lifted, as a share of the reach", min=0.0, max=0.8, panel="Pose", usual=(0.0, 0.3)
    )
    knobs: int = param(15, "Knobs along an arm", min=0, max=60, panel="Knobs", usual=(12, 20))
    rows: int = param(3, "Rows of knobs on an arm", min=1, max=9, panel="Knobs", usual=(3, 5))
    knob: float = param(
        0.026, "Size of a knob, as a share of the reach", min=0.002, max=0.15, panel="Knobs", usual=(0.018, 0.032)
    )
    spike: float = param(0.6, "From round knobs, 0, to spikes, 1", min=0.0, max=2.0, panel="Knobs", usual=(0.2, 1.0))
    color: tuple[float, ...] = param((0.62, 0.16, 0.05), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.3)
    rim: tuple[float, ...] = param(
        (0.72, 0.38, 0.15), "Colour at the rims and tips", min=0, max=1, panel="Colour", spread=0.2
    )
    knob_color: tuple[float, ...] = param(
        (0.78, 0.6, 0.42), "Colour of the knobs", min=0, max=1, panel="Colour", spread=0.2
    )
    belly: tuple[float, ...] = param((0.66, 0.5, 0.34), "Colour below", min=0, max=1, panel="Colour", spread=0.15)
    seed: int = param(0, "Another animal of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "starfish": StarfishParams(),
    "knobbly_starfish": StarfishParams(
        reach=0.1, width=0.24, thickness=0.27, rows=1, knobs=8, knob=0.062, spike=0.9, web=0.5, bend=0.1, curl=0.0, taper=0.75,
        color=(0.62, 0.5, 0.36), rim=(0.6, 0.46, 0.32), knob_color=(0.07, 0.03, 0.02),
    ),
    "blue_starfish": StarfishParams(
        reach=0.14, width=0.125, taper=0.4, thickness=0.14, ridge=0.0, web=0.25, rows=5, knobs=26, knob=0.009, spike=0.1,
        bend=0.8, curl=0.05, color=(0.04, 0.13, 0.55), rim=(0.05, 0.12, 0.42), knob_color=(0.1, 0.22, 0.6), belly=(0.2, 0.3, 0.5),
    ),
    "cushion_star": StarfishParams(
        reach=0.07, width=0.42, taper=0.75, web=0.9, thickness=0.36, ridge=0.1, rows=5, knobs=12, knob=0.026, spike=0.15,
        bend=0.0, curl=0.05, color=(0.5, 0.1, 0.14), rim=(0.72, 0.42, 0.2),
    ),
    "sun_star": StarfishParams(
        reach=0.16, arms=11, width=0.12, taper=0.7, web=0.75, thickness=0.15, rows=3, knobs=16, knob=0.014, spike=0.9, bend=0.2,
        color=(0.55, 0.08, 0.1), rim=(0.75, 0.5, 0.4), knob_color=(0.8, 0.6, 0.5),
    ),
}  # fmt: skip
ROWS, CROWDED = 64, 0.92  # of vertices along an arm at detail 1, a little closer to each other at its tip
CENTRE = 0.004  # nearer to the middle than the first vertices beside it, at any detail
CLEFT = 0.03  # how much narrower than its wedge an arm is that has parted from its neighbours


def build(p: StarfishParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of StarfishParams."""
    skin = shared(STAR_SKIN, StarSkinParams(size=0.0022, bump=0.0004), "Starfish")
    with new_tree("Starfish", p) as tree:
        i = tree.i
        material = tree.material_input("Skin Material", skin, "What the skin is made of")
        with tree.frame("Body"):
            body = n.join(_side(i, True), _side(i, False))
            body = n.first_output("GeometryNodeMergeByDistance", geometry=body, distance=i.reach * 2e-4)
        with tree.frame("Knobs"):
            knobs = n.switch(i.knobs > 0, None, _knobs(i))
        tree.o.geometry << n.set_material(n.join(n.shade_smooth(body), knobs), material)
    return tree.data


def _place(i: Inputs, u: Socket, v: Socket, arm: Socket, upper: bool) -> tuple[Socket, Socket]:
    """Where the skin is: u across an arm -1..1, v along it from the middle 0..1; and how high it is, as a share of the full height.

    Near the middle arms are wedges that share their sides with their neighbours; further out they have sides of their own.
    """
    half_angle = 3.14159 / i.arms
    slope = n.sin(half_angle) / n.cos(half_angle)
    far = v
    parted = n.minimum((i.width + i.web * 0.2) / slope, 0.8)
    wedge = far * slope
    own = _own_half(i, far)
    joined = own >= wedge
    # Only beyond where they part may arms differ, or their sides would not meet
    free = n.switch(joined, n.smoothstep(far, parted, parted + 0.7), 0.0)
    size = i.reach * (1.0 + draw(i.seed, 3, -0.1, 0.1, of=arm) * free)
    # Once they have parted, a cleft stays open: sides that touched would be welded again
    lateral = n.switch(joined, n.minimum(wedge * (1.0 - CLEFT), own), wedge)
    # 1 in the middle of the disc, 0 where arms have parted, and already on the last row before, where upper and lower skin meet
    # in one vertex; on the rows before that one they stay apart, or their edges would be of four faces
    within = n.maximum(n.smoothstep(own - wedge, 0.0, n.maximum(own, 0.01)), 0.06)
    shared_side = n.switch(_joined_beyond(i, far, slope), 0.0, within)
    dome = n.clamp(1.0 - n.math("ABSOLUTE", u) ** 2.2, 0.0, 1.0)
    profile = n.mix(
        i.ridge, math("POWER", dome, 0.5), math("POWER", n.clamp(1.0 - n.math("ABSOLUTE", u), 0.0, 1.0), 0.85)
    )
    along = n.mix(n.smoothstep(far, 0.0, 1.0), 1.0, 0.42) * math(
        "POWER", n.maximum(1.0 - math("POWER", far, 9.0), 0.0), 0.5
    )
    # in the very middle all arms meet in one vertex, above and below
    level = n.maximum(shared_side * n.mix(i.web, 0.75, 1.0), n.smoothstep(far, CENTRE, 0.0))
    share = n.mix(level, profile, 1.0) * along
    if not upper:  # the groove of the feet
        groove = n.smoothstep(n.math("ABSOLUTE", u), 0.28, 0.05) * 0.1 * n.smoothstep(far, 1.0, 0.8)
        share = groove * n.smoothstep(far, 0.0, 0.1)
    high = share * i.thickness * size
    swerve = draw(i.seed, 5, -1.0, 1.0, of=arm) * i.bend
    turn = (arm + 0.25) * TAU / i.arms - 1.5708 + free * swerve * 1.1
    length, w = far * size, u * lateral * size
    # Arms bend like arcs: across them points go square to the bent middle line
    lean = turn + free * swerve * 1.2
    lift = (
        math("POWER", n.smoothstep(far, n.maximum(parted, 0.45), 1.15), 1.5)
        * i.curl
        * size
        * n.switch(joined, 1.0 + draw(i.seed, 6, -0.8, 0.8, of=arm), 1.0)
    )
    rim = n.mix(shared_side, 0.055, 0.0) * i.thickness * size * along  # the rim is a little above the ground
    middle = n.combine_xyz(n.cos(turn) * length, n.sin(turn) * length, high + lift + rim)
    return middle + n.combine_xyz(n.sin(lean) * w * -1.0, n.cos(lean) * w, 0.0), share


def _own_half(i: Inputs, far: Socket) -> Socket:
    """Half the width of an arm that stood alone, as a share of the reach; the web widens it towards the disc, so that arms part in a curve."""
    own = i.width * math("POWER", n.maximum(1.0 - math("POWER", far, 1.4) * i.taper, 0.02), 0.85)
    own = own * math("POWER", n.maximum(1.0 - math("POWER", far, 12.0), 0.0), 0.5)  # round tips
    return own + i.web * 0.45 * math("POWER", n.maximum(1.0 - far, 0.0), 4.0)


def _joined_beyond(i: Inputs, far: Socket, slope: Socket) -> Socket:
    """Whether arms still share their sides one row of vertices further out."""
    step = 1.0 / (count(i.detail, ROWS, 14) - 1.0)
    beyond = math("POWER", math("POWER", far, 1.0 / CROWDED) + step, CROWDED)
    return _own_half(i, beyond) >= beyond * slope


@grouped("Skin of the Arms")
def _side(i: Inputs, upper: bool) -> Socket:
    """The upper or the lower skin of all arms."""
    sheet, u, t = grid(count(i.detail, 20, 6) * 2 + 1, count(i.detail, ROWS, 14))
    cloud, arm = points(i.arms)
    mesh = n.realize(n.instance_on(cloud, sheet))
    v = math("POWER", t, CROWDED)
    place, _ = _place(i, u, v, arm, upper)
    mesh, edge = n.capture(mesh, n.math("ABSOLUTE", u))
    mesh, far = n.capture(mesh, v)
    mesh = n.set_position(mesh, place)
    if upper:
        bump = n.noise(n.position() / i.reach, scale=9.0, detail=2.0, w=i.seed) - 0.5
        still = n.maximum(n.smoothstep(edge, 1.0, 0.7), n.smoothstep(far, CENTRE, 0.0))
        mesh = n.set_position(mesh, offset=n.combine_xyz(0.0, 0.0, bump * i.reach * 0.022) * still)
        tint = n.mix(
            n.maximum(n.smoothstep(edge, 0.5, 1.0) * n.smoothstep(far, 0.1, 0.5), n.smoothstep(far, 0.8, 1.0)),
            i.color,
            i.rim,
        )
    else:
        tint = n.mix(n.smoothstep(edge, 0.1, 0.3), n.mix(0.5, i.belly, i.rim), i.belly)
    mesh = n.store(mesh, "tint", tint)
    mesh = n.store(mesh, "random", draw(i.seed, 9, of=arm))
    # The sheet runs along +Y with u along +X: seen along an arm u must go the other way round
    return mesh if not upper else n.first_output("GeometryNodeFlipFaces", mesh=mesh)


@grouped("Knobs")
def _knobs(i: Inputs) -> Socket:
    """Knobs in rows: one row on the back, the others to both sides of it, smaller towards rims and tips."""
    per_arm = i.rows * i.knobs
    cloud, number = points(per_arm * i.arms)
    arm = math("FLOOR", number / per_arm)
    rest = number - arm * per_arm
    row = math("FLOOR", rest / i.knobs)
    step = rest - row * i.knobs
    across = n.switch(i.rows > 1, 0.0, (row / n.maximum(i.rows - 1, 1) * 2.0 - 1.0) * 0.86)
    aside = n.math("ABSOLUTE", across)
    v = (step + 0.75 + draw(i.seed, 11, -0.22, 0.22, of=number)) / (i.knobs + 0.5)
    v = n.maximum(v, 0.06) * n.mix(aside, 1.0, 0.94)
    u = across + draw(i.seed, 12, -0.05, 0.05, of=number)
    place, _ = _place(i, u, v, arm, True)
    cloud = n.set_position(cloud, place)
    cloud = n.delete(cloud, (v > 0.97) | ((aside > 0.3) & (v < 0.2)))
    size = i.reach * i.knob * n.mix(v, 1.15, 0.5) * n.mix(aside, 1.0, 0.75) * draw(i.seed, 13, 0.75, 1.2, of=number)
    cloud, wide = n.capture(cloud, size)
    cloud, own = n.capture(cloud, number)
    bud = n.sphere(count(i.detail, 12, 6), count(i.detail, 8, 4), 1.0)
    z = n.position().z
    # Above the middle the ball is drawn out into a blunt spike
    thin = 1.0 - n.smoothstep(z, 0.0, 1.0) * n.minimum(i.spike, 1.0) * 0.45
    bud = n.set_position(bud, n.position() * n.combine_xyz(thin, thin, 1.0 + n.maximum(z, 0.0) * i.spike))
    lean = n.combine_xyz(draw(i.seed, 14, -0.3, 0.3, of=own), draw(i.seed, 15, -0.3, 0.3, of=own), 0.0)
    made = n.instance_on(cloud, n.shade_smooth(bud), rotation=lean, scale=n.combine_xyz(wide, wide, wide * 0.9))
    light = draw(i.seed, 16, 0.8, 1.15)
    tint = n.mix(1.0, i.knob_color, n.combine_xyz(light, light, light), blend="MULTIPLY")
    return n.store(made, "tint", tint, domain="INSTANCE")  # type: ignore[return-value]


STARFISH = Family(
    "starfish",
    "Starfish",
    "Sea",
    StarfishParams,
    build,
    PRESETS,
    "Arms that meet in a disc, with rows of knobs",
)
