"""Ivy: strands that creep over any mesh, upwards by preference, with two rows of lobed leaves; all of it a graph.

Every strand walks: a step along its heading, then back to the nearest point of the support (Repeat zone). The heading is turned upwards and astray
a little and is kept in the surface. Branches start from places along the first strands and walk in the same way.
"""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, Tree, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.palmate import PALMATE_LEAF, PalmateLeafParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.shapes import count
from ..base import Family

TAU = 2.0 * pymath.pi
# A leaf's outline: reach by how far from its tip one has turned, 0 the tip, 1 the stalk; the five-lobed leaf and the heart of old ivy.
LOBED = [(0, 1.0), (0.1, 0.62), (0.17, 0.5), (0.27, 0.72), (0.34, 0.74), (0.43, 0.46), (0.5, 0.44), (0.62, 0.62), (0.72, 0.55), (0.88, 0.36), (1, 0.06)]  # fmt: skip
HEART = [(0, 1.0), (0.12, 0.72), (0.3, 0.56), (0.55, 0.5), (0.75, 0.5), (0.9, 0.38), (1, 0.1)]


@dataclass(frozen=True)
class IvyParams:
    """Metres and radians."""

    strands: int = param(
        14, "Number of strands that start at the ground", min=1, max=200, panel="Growth", usual=(9, 20)
    )
    length: float = param(2.4, "Length of a strand", min=0.1, max=15.0, unit="m", panel="Growth", usual=(1.8, 3.0))
    branches: int = param(30, "Number of side strands", min=0, max=600, panel="Growth", usual=(18, 50))
    branch_length: float = param(
        0.8, "Length of a side strand", min=0.05, max=8.0, unit="m", panel="Growth", usual=(0.5, 1.1)
    )
    climb: float = param(0.35, "How strongly it is drawn upwards", min=-0.5, max=1.5, panel="Growth", usual=(0.2, 0.5))
    wander: float = param(
        0.9, "How far strands stray from their way", min=0.0, max=3.0, panel="Growth", usual=(0.6, 1.2)
    )
    spread: float = param(
        0.9, "How far from the origin strands start", min=0.0, max=20.0, unit="m", panel="Growth", usual=(0.7, 1.1)
    )
    stem: float = param(
        0.008, "Radius of a strand at its foot", min=0.001, max=0.1, unit="m", panel="Growth", usual=(0.005, 0.011)
    )
    leaves: float = param(42.0, "Leaves on a metre of strand", min=0.0, max=200.0, panel="Leaves", usual=(32, 52))
    leaf: float = param(
        0.068, "Length of a grown leaf", min=0.005, max=0.4, unit="m", panel="Leaves", usual=(0.05, 0.085)
    )
    lobes: float = param(0.85, "From heart-shaped, 0, to lobed, 1", min=0.0, max=1.0, panel="Leaves", usual=(0.6, 1.0))
    stalk: float = param(
        0.05, "Length of a leaf's stalk", min=0.0, max=0.3, unit="m", panel="Leaves", usual=(0.035, 0.065)
    )
    lift: float = param(
        0.5,
        "How far leaves turn from the wall to the light",
        min=-0.5,
        max=1.5,
        unit="rad",
        panel="Leaves",
        usual=(0.3, 0.7),
    )
    color: tuple[float, ...] = param(
        (0.03, 0.09, 0.022), "Colour of grown leaves, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    young: tuple[float, ...] = param(
        (0.13, 0.25, 0.04), "Colour of young leaves", min=0, max=1, panel="Colour", spread=0.2
    )
    autumn: float = param(0.0, "Share of the leaves that has turned red", min=0, max=1, panel="Colour")
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "ivy": IvyParams(),
    "young_ivy": IvyParams(
        strands=9, length=1.1, branches=8, branch_length=0.35, leaves=30.0, leaf=0.05, stem=0.004, color=(0.05, 0.14, 0.03), lobes=1.0
    ),
    "autumn_creeper": IvyParams(
        strands=16, length=2.2, branches=50, leaf=0.085, lobes=0.95, autumn=0.85, color=(0.06, 0.12, 0.025), young=(0.3, 0.16, 0.03)
    ),
}  # fmt: skip


def build(p: IvyParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of IvyParams, the object that it climbs, and three materials."""
    leaf_skin = shared(PALMATE_LEAF, PalmateLeafParams(), "Ivy Leaf")
    bark = shared(
        PLAIN, PlainParams(color=(0.1, 0.07, 0.045), size=0.01, roughness=0.85, bump=0.0008, mottle=0.6), "Ivy Stem"
    )
    stone = shared(
        PLAIN, PlainParams(color=(0.3, 0.28, 0.25), size=0.12, roughness=0.9, bump=0.004, mottle=0.5), "Ivy Post"
    )
    with new_tree("Ivy", p) as tree:
        i = tree.i
        target = tree.object_input("Support", "What it climbs: any object with a mesh; a stone post if empty", "Growth")
        leaf_material = tree.material_input("Leaf Material", leaf_skin, "What the leaves are made of")
        stem_material = tree.material_input("Stem Material", bark, "What the strands are made of")
        post_material = tree.material_input(
            "Post Material", stone, "What the post is made of that stands in for a support"
        )
        with tree.frame("Support"):
            given = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=target)["Geometry"]
            size = tree.add("GeometryNodeAttributeDomainSize", component="MESH", geometry=given)
            empty = n.math("LESS_THAN", size["Face Count"], 1.0)
            post = n.set_material(_post(i), post_material)
            # Faces have their normals on all Blenders alike; which others a nearest surface has, changed after 4.2
            support = n.store(n.switch(empty, given, post), "wall", n.normal(), domain="FACE")
        with tree.frame("Strands"):
            first = _strands(tree, i, support)
        with tree.frame("Branches"):
            side = _branches(tree, i, support, first)
        curves = n.join(first, side)
        with tree.frame("Stems"):
            fade = n.attribute("radius_share")
            along = n.spline_factor()
            stems = n.curve_to_mesh(
                curves, n.circle(count(i.detail, 6, 3), 1.0), scale=i.stem * fade * (1.0 - along * 0.8), fill_caps=True
            )
            stems = n.set_material(n.shade_smooth(n.store(stems, "bark", 1.0)), stem_material)
        with tree.frame("Leaves"):
            leaves = _leaves(tree, i, curves, leaf_material)
        tree.o.geometry << n.join(stems, leaves, n.switch(empty, None, post))
    return tree.data


def _post(i: Inputs) -> Socket:
    """A weathered post of 1.9 m that stands in until an artist picks a support."""
    body = n.node("GeometryNodeMeshCylinder", vertices=40, side_segments=36, fill_segments=5, radius=0.34, depth=2.0)[
        "Mesh"
    ]
    at = n.position()
    lumps = (n.noise(at, scale=1.6, detail=3.0, w=i.seed * 0.37) - 0.5) * 0.16
    round_top = n.smoothstep(at.z, 0.8, 1.02) * -0.06
    flat = n.combine_xyz(at.x, at.y, 0.0)
    return n.shade_smooth(n.set_position(body, at + flat * (lumps + round_top) * 2.0 + n.combine_xyz(0.0, 0.0, 0.9)))


def _walk(tree: Tree, i: Inputs, support: Socket, heads: Socket, steps: Socket, step: Socket, salt: int) -> Socket:
    """Heads (points with `heading` and `strand`) walk over the support; their ways as curves, one a strand, with `wall`, the normal."""

    def settled(points: Socket, where: Socket) -> Socket:
        """The points at the nearest places of the support, with its normals there."""
        nearest = tree.add("GeometryNodeProximity", target_element="FACES", target=support, source_position=where)
        points = n.set_position(points, nearest["Position"])
        wall = tree.add(
            "GeometryNodeSampleNearestSurface",
            data_type="FLOAT_VECTOR",
            mesh=support,
            value=n.attribute("wall", "FLOAT_VECTOR"),
        )
        return n.store(points, "wall", wall.as_socket())  # type: ignore[return-value]

    def once(state: dict[str, Socket]) -> dict[str, Socket]:
        strand, out = n.attribute("strand", "INT"), n.attribute("wall", "FLOAT_VECTOR")
        stray = n.noise_vector(n.position() * 3.1, scale=1.0, detail=1.0, w=strand * 7.7 + i.seed * 1.31 + float(salt))
        want = n.attribute("heading", "FLOAT_VECTOR") + stray * (i.wander * 2.0) + n.combine_xyz(0.0, 0.0, i.climb)
        here = n.store(state["Heads"], "heading", (want - out * want.dot(out)).normalized())
        here = settled(here, n.position() + n.attribute("heading", "FLOAT_VECTOR") * step)
        here = n.store(here, "step", state["Step"])
        return {"Heads": here, "Way": n.join(state["Way"], here), "Step": state["Step"] + 1.0}

    started = n.store(settled(heads, n.position()), "step", 0.0)
    walked = n.repeat(steps, {"Heads": started, "Way": started, "Step": 1.0}, once)
    ways = tree.add("GeometryNodePointsToCurves", points=walked["Way"])
    return ways.set(curve_group_id=n.attribute("strand", "INT"), weight=n.attribute("step")).as_socket()


def _strands(tree: Tree, i: Inputs, support: Socket) -> Socket:
    number = n.index()
    around = (number + n.random_value(-0.4, 0.4, seed=i.seed)) / n.maximum(i.strands, 1) * TAU
    start = n.combine_xyz(
        n.cos(around) * i.spread, n.sin(around) * i.spread, n.random_value(0.0, 0.06, seed=i.seed + 1)
    )
    heads = n.store(n.points(i.strands, start), "strand", number)
    heads = n.store(heads, "heading", n.random_value((-0.6, -0.6, 0.5), (0.6, 0.6, 1.0), seed=i.seed + 2))
    share = n.random_value(0.55, 1.0, seed=i.seed + 3)
    heads = n.store(heads, "radius_share", share)
    step = _step(i)
    curves = _walk(tree, i, support, heads, n.math("CEIL", i.length / step), step, 0)
    # Not all grow to the same length
    trimmed = tree.add("GeometryNodeTrimCurve", mode="FACTOR", curve=curves)
    return trimmed.set(end=n.random_value(0.55, 1.0, seed=i.seed + 4)).as_socket()


def _step(i: Inputs) -> Socket:
    return 0.05 / n.clamp(i.detail, 0.5, 2.0)


def _branches(tree: Tree, i: Inputs, support: Socket, first: Socket) -> Socket:
    """Side strands from random places along the first ones."""
    number = n.index()
    total = tree.add("GeometryNodeAttributeDomainSize", component="CURVE", geometry=first)["Spline Count"]
    which = n.random_value(0, n.maximum(total - 1.0, 0.0), seed=i.seed + 11)
    where = n.math("POWER", n.random_value(0.0, 1.0, seed=i.seed + 12), 0.8) * 0.9
    at = tree.add("GeometryNodeSampleCurve", mode="FACTOR", data_type="FLOAT_VECTOR", curves=first, factor=where)
    at.set({"Curve Index": n.math("ROUND", which)})
    heads = n.points(i.branches, at["Position"])
    heads, tangent = n.capture(heads, at["Tangent"])
    heads = n.store(heads, "strand", number + 100_000)
    heads = n.store(
        heads, "heading", tangent * 0.4 + n.random_value((-1.0, -1.0, -0.4), (1.0, 1.0, 0.8), seed=i.seed + 13)
    )
    heads = n.store(heads, "radius_share", 0.4)
    step = _step(i)
    curves = _walk(tree, i, support, heads, n.math("CEIL", i.branch_length / step), step, 50)
    trimmed = tree.add("GeometryNodeTrimCurve", mode="FACTOR", curve=curves)
    return trimmed.set(end=n.random_value(0.4, 1.0, seed=i.seed + 14)).as_socket()


def _leaves(tree: Tree, i: Inputs, curves: Socket, material: Socket) -> Socket:
    """Two rows along every strand: on stalks that lift them from the wall, facing outwards, tips down."""
    spaced = tree.add("GeometryNodeCurveToPoints", mode="LENGTH", curve=n.store(curves, "youth", n.spline_factor()))
    spaced.set(length=1.0 / n.maximum(i.leaves, 0.1))
    number = n.index()
    out, youth = n.attribute("wall", "FLOAT_VECTOR"), n.attribute("youth")
    row = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    aside = out.cross(spaced["Tangent"]).normalized() * row
    astray = n.random_value((-0.35, -0.35, -0.2), (0.35, 0.35, 0.35), seed=i.seed + 21)
    face = (out + n.combine_xyz(0.0, 0.0, i.lift) + astray + aside * 0.25).normalized()
    tip = aside * 0.8 + n.combine_xyz(0.0, 0.0, -0.75) + astray
    turned = n.node(
        "FunctionNodeAlignRotationToVector", axis="Y", pivot_axis="Z", rotation=n.align_to(face), vector=tip
    )
    grown = n.mix(n.smoothstep(youth, 0.55, 1.0), 1.0, 0.4)
    size = i.leaf * grown * n.random_value(0.7, 1.15, seed=i.seed + 22)
    chance = n.random_value(0.0, 1.0, seed=i.seed + 23)
    fresh = n.smoothstep(youth, 0.72, 1.0)
    red = n.color_ramp(
        n.random_value(0.0, 1.0, seed=i.seed + 24),
        [(0, (0.35, 0.03, 0.012)), (0.5, (0.5, 0.11, 0.02)), (1, (0.5, 0.26, 0.03))],
    )
    tint = n.mix(n.math("LESS_THAN", chance, i.autumn), n.mix(fresh, i.color, i.young), red)
    cloud, tint = n.capture(spaced["Points"], tint)
    cloud, size = n.capture(cloud, size)
    cloud, turn = n.capture(cloud, turned.as_socket())
    cloud, youth = n.capture(cloud, youth)
    kept = n.random_chance(0.93, seed=i.seed + 25)
    leaf = n.set_material(_leaf(tree, i), material)
    leaves = n.instance_on(cloud, leaf, rotation=turn, scale=size, selection=kept)
    leaves = n.store(leaves, "tint", tint, domain="INSTANCE")
    leaves = n.store(leaves, "random", n.random_value(0.0, 1.0, seed=i.seed + 26), domain="INSTANCE")
    return n.store(leaves, "age", 1.0 - youth, domain="INSTANCE")  # type: ignore[return-value]


def _leaf(tree: Tree, i: Inputs) -> Socket:
    """One leaf of length 1 on its stalk: the stalk rises from the origin to where the blade begins, whose tip is towards +Y."""
    reach = i.stalk / n.maximum(i.leaf, 1e-3)
    joint = n.combine_xyz(0.0, reach * 0.3, reach * 0.85)
    around, rings = count(i.detail, 44, 14), count(i.detail, 4, 2)
    disc = tree.add("GeometryNodeMeshCone", fill_type="NONE", vertices=around, side_segments=rings)
    disc.set(radius_top=0.0, radius_bottom=1.0, depth=0.0)
    x, y, _ = tree.separate(n.position())
    share = n.sqrt(x * x + y * y)
    turned = n.math("ARCTAN2", x, y)  # 0 at the tip
    away = n.math("ABSOLUTE", turned) / pymath.pi
    outline = n.mix(i.lobes, n.float_curve(away, HEART), n.float_curve(away, LOBED))
    flat_x, flat_y = n.sin(turned) * share * outline, n.cos(turned) * share * outline
    uv = n.combine_xyz(0.5 + flat_x * 0.88, 0.12 + flat_y * 0.88, 0.0)
    # Each lobe is folded a little along its vein; the whole droops to its tip
    fold = n.math("ABSOLUTE", n.math("WRAP", turned, -0.475, 0.475)) * share * share * 0.16
    bowl = share * share * -0.14 - n.maximum(flat_y, 0.0) ** 2.0 * 0.16
    mesh, told = n.capture(disc["Mesh"], uv)
    blade = n.set_position(mesh, n.combine_xyz(flat_x, flat_y, fold + bowl) + joint)
    blade = n.first_output(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=blade, name="UVMap", value=told
    )
    blade = n.store(n.store(blade, "thin", True, domain="FACE"), "leaf", 1.0)
    stem = n.line((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 4)
    t = n.position().z
    bent = n.combine_xyz(0.0, t * t * reach * 0.3, n.sin(t * 1.3) / 0.9636 * reach * 0.85)
    stem = n.curve_to_mesh(n.set_position(stem, bent), n.circle(count(i.detail, 4, 3), 0.022), fill_caps=True)
    return n.shade_smooth(n.join(blade, stem))


IVY = Family("ivy", "Ivy", "Trees", IvyParams, build, PRESETS, "Strands of lobed leaves that climb any object")
