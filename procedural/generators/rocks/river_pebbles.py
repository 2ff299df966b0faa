"""River pebbles: worn stones of five sizes that lie side by side, none within another, on a bed of wet sand."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.pebble import PEBBLE, PebbleParams
from ...materials.soil_loose import WET_SAND, WetSandParams
from ...parts.plant_parts import draw
from ...parts.stones import shaded
from ..base import Family

SHAPES = 5


@dataclass(frozen=True)
class RiverPebblesParams:
    """Metres; `size` is the longest a stone gets."""

    radius: float = param(0.32, "Radius of the patch", min=0.05, max=5.0, unit="m", panel="Patch", usual=(0.26, 0.4))
    size: float = param(
        0.11, "Length of the largest stones", min=0.005, max=1.0, unit="m", panel="Stones", usual=(0.09, 0.14)
    )
    large: float = param(0.8, "How many large stones", min=0.0, max=1.0, panel="Patch", usual=(0.5, 1.0))
    middle: float = param(1.0, "How many middling stones", min=0.0, max=1.0, panel="Patch", usual=(0.8, 1.0))
    small: float = param(1.0, "How many small stones", min=0.0, max=1.0, panel="Patch", usual=(0.8, 1.0))
    flat: float = param(0.5, "How flat stones are", min=0.0, max=0.85, panel="Stones", usual=(0.4, 0.62))
    long: float = param(0.3, "How long stones are", min=0.0, max=0.7, panel="Stones", usual=(0.2, 0.4))
    angular: float = param(
        0.25, "How far they are from being round", min=0.0, max=1.0, panel="Stones", usual=(0.1, 0.5)
    )
    sunk: float = param(0.16, "How deep they lie in the sand", min=0.0, max=0.8, panel="Stones", usual=(0.12, 0.3))
    stream: float = param(
        0.6, "How far stones lie across the stream", min=0.0, max=1.0, panel="Stones", usual=(0.2, 0.9)
    )
    bed: bool = param(True, "Whether there is sand under them", panel="Patch")
    color: tuple[float, ...] = param(
        (0.22, 0.21, 0.195), "Commonest colour, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    warm: tuple[float, ...] = param(
        (0.33, 0.19, 0.1), "Colour of the brown ones", min=0, max=1, panel="Colour", spread=0.2
    )
    dark: tuple[float, ...] = param(
        (0.06, 0.065, 0.07), "Colour of the dark ones", min=0, max=1, panel="Colour", spread=0.2
    )
    variety: float = param(
        0.8, "How many are not of the commonest colour", min=0.0, max=1.0, panel="Colour", usual=(0.5, 1.0)
    )
    seed: int = param(0, "Another patch of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "river_pebbles": RiverPebblesParams(),
    "beach_shingle": RiverPebblesParams(
        size=0.06, large=1.0, flat=0.62, angular=0.1, bed=True, stream=0.1, color=(0.3, 0.28, 0.25), variety=0.6
    ),
    "stream_cobbles": RiverPebblesParams(radius=0.7, size=0.28, flat=0.38, angular=0.5, sunk=0.3, variety=0.5, large=1.0),
    "white_pebbles": RiverPebblesParams(
        size=0.05, radius=0.2, color=(0.62, 0.6, 0.56), warm=(0.55, 0.47, 0.37), dark=(0.42, 0.42, 0.41), variety=0.5,
        flat=0.35, long=0.2, bed=False, sunk=0.05,
    ),
}  # fmt: skip


def build(p: RiverPebblesParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of RiverPebblesParams."""
    stone = shared(PEBBLE, PebbleParams(), "River Pebble")
    sand = shared(
        WET_SAND,
        WetSandParams(
            color=(0.2, 0.145, 0.092), patch=0.2, ripple=0.06, relief=0.002, film=0.1, grain=0.0014, shells=0.1
        ),
        "River Sand",
    )
    with new_tree("River Pebbles", p) as tree:
        i = tree.i
        of_stone = tree.material_input("Stone Material", stone, "What the stones are made of")
        of_sand = tree.material_input("Sand Material", sand, "What lies under them")
        with tree.frame("Shapes"):
            shapes = _shapes(i, of_stone)
        with tree.frame("Places"):
            cloud = _places(i)
        with tree.frame("Stones"):
            stones = _stones(cloud, shapes, i)
        with tree.frame("Sand"):
            bed = n.set_material(n.shade_smooth(_bed(i)), of_sand)
        # The bed, where there is one, lies on the ground
        low = n.switch(i.bed, 0.0, n.node("GeometryNodeBoundBox", geometry=bed)["Min"].z)
        whole = n.join(n.switch(i.bed, None, bed), stones)
        tree.o.geometry << n.transform(whole, translation=n.combine_xyz(0.0, 0.0, low * -1.0))
    return tree.data


def _shapes(i: Inputs, material: Socket) -> list[Socket]:
    """Stones whose outlines from above lie within a radius of 1."""
    tree = current_tree()
    level = 2 + (i.detail >= 0.25) + (i.detail >= 0.8) + (i.detail >= 2.5)
    ball = tree.add("GeometryNodeMeshIcoSphere", radius=1.0, subdivisions=level)["Mesh"]
    made = []
    for number in range(SHAPES):
        at = n.position()
        far = n.noise_vector(
            n.vector_math("ADD", at, (number * 9.0, 0.0, 0.0)), scale=0.75, detail=0.0, w=i.seed * 2.31
        ) * (0.5 + i.angular * 0.9)
        blunt = n.vector_math("ABSOLUTE", at)
        # towards a rounded box: faces of pebbles are flatter than a ball's
        square = 1.0 / n.math("POWER", blunt.x**3.2 + blunt.y**3.2 + blunt.z**3.2, 0.3125)
        shape = at * n.mix(0.25 + i.angular * 0.45, 1.0, square) + far
        chip = n.noise(n.vector_math("ADD", at, (0.0, number * 5.0, 0.0)), scale=2.4, detail=1.0, w=i.seed * 1.7) - 0.5
        shape = shape * (1.0 + chip * i.angular * 0.22)
        stone = n.set_position(ball, shape)
        box = tree.add("GeometryNodeBoundBox", stone)
        low, high = box["Min"], box["Max"]
        unit = (n.position() - (low + high) * 0.5) / ((high - low) * 0.5)
        narrow = 1.0 - i.long * (0.6 + number * 0.2)
        size = n.combine_xyz(0.94, 0.94 * narrow, (1.0 - i.flat) * (0.8 + number * 0.1))
        stone = n.set_position(stone, unit * size)
        flat = n.combine_xyz(n.position().x, n.position().y, 0.0)
        stone = n.set_position(stone, n.position() / n.maximum(flat.length, 1.0))
        stone = n.set_material(n.shade_smooth(stone), material)
        made.append(stone)
    return made


def _scatter(i: Inputs, spacing: Socket, share: Socket, salt: int) -> Socket:
    """Points no nearer to each other than `spacing`, within the patch's ragged rim."""
    tree = current_tree()
    ground = tree.add("GeometryNodeMeshGrid", size_x=i.radius * 2.2, size_y=i.radius * 2.2, vertices_x=2, vertices_y=2)[
        "Mesh"
    ]
    spread = tree.add("GeometryNodeDistributePointsOnFaces", distribute_method="POISSON", mesh=ground)
    spread.set(
        distance_min=spacing, density_max=16.0 / (spacing * spacing), density_factor=1.0, seed=i.seed * 13 + salt
    )
    at = n.position()
    rim = 0.86 + (n.noise(at / i.radius, scale=1.6, detail=1.0, w=i.seed * 0.9) - 0.5) * 0.55
    lost = (at.length + spacing * 0.5 > i.radius * rim) | (draw(i.seed, salt + 5) > share)
    return n.delete(spread["Points"], lost)


def _places(i: Inputs) -> Socket:
    """Points of five sizes of stone, `radius` told; where a larger one lies, no smaller one does."""
    tree = current_tree()
    all_: Socket | None = None
    for salt, (share_of_size, share) in enumerate(
        ((1.0, i.large), (0.7, i.middle), (0.48, i.middle), (0.33, i.small), (0.21, i.small))
    ):
        spacing = i.size * share_of_size
        cloud = _scatter(i, spacing, share, 20 + salt * 10)
        radius = spacing * n.mix(draw(i.seed, 60 + salt) ** 1.4, 0.52, 0.4)
        if all_ is not None:
            # as large as the room to the rims of larger stones lets it be
            near = tree.add("GeometryNodeProximity", target_element="POINTS", inputs={"Target": _rims(all_)})[
                "Distance"
            ]
            radius = n.minimum(radius, near * 0.97)
            cloud, radius = n.capture(cloud, radius)
            cloud = n.delete(cloud, (radius < spacing * 0.3) | _within(cloud, all_))
        cloud = n.store(cloud, "stone_radius", radius)
        all_ = cloud if all_ is None else n.join(all_, cloud)
    return all_  # type: ignore[return-value]


def _rims(cloud: Socket) -> Socket:
    """The outlines of stones, as points."""
    radius = n.attribute("stone_radius")
    disc = n.node("GeometryNodeMeshCircle", fill_type="NONE", vertices=24, radius=1.0)["Mesh"]
    return n.realize(n.instance_on(cloud, disc, scale=n.combine_xyz(radius, radius, radius)))


def _within(cloud: Socket, larger: Socket) -> Socket:
    """Whether a point lies under a larger stone."""
    tree = current_tree()
    nearest = tree.add("GeometryNodeSampleNearest", geometry=larger, sample_position=n.position(), domain="POINT")
    sample = lambda value, kind: tree.add(  # noqa: E731
        "GeometryNodeSampleIndex", data_type=kind, geometry=larger, value=value, index=nearest
    ).as_socket()
    away = (sample(n.position(), "FLOAT_VECTOR") - n.position()).length
    return away < sample(n.attribute("stone_radius"), "FLOAT")


def _stones(cloud: Socket, shapes: list[Socket], i: Inputs) -> Socket:
    radius = n.attribute("stone_radius")
    yaw = draw(i.seed, 81, -pymath.pi, pymath.pi)
    turn = n.mix(i.stream * 0.85, yaw, pymath.pi / 2 + draw(i.seed, 82, -0.4, 0.4))
    tip = draw(i.seed, 83, (-0.16, -0.16, 0.0), (0.16, 0.16, 0.0))
    rotation = n.combine_xyz(tip.x, tip.y, turn)
    tall = (1.0 - i.flat) * radius
    cloud = n.set_position(cloud, offset=n.combine_xyz(0.0, 0.0, tall * (1.0 - i.sunk * 2.0) * 0.95))
    pick = n.random_value(0, SHAPES - 1, seed=i.seed * 31 + 84)
    scale = n.combine_xyz(radius, radius, radius * draw(i.seed, 85, 0.85, 1.1))
    chance = draw(i.seed, 86)
    color = n.mix((chance < i.variety * 0.3) * 1.0, i.color, i.warm)
    color = n.mix((chance > 1.0 - i.variety * 0.28) * 1.0, color, i.dark)
    color = n.mix(((chance > 0.44) & (chance < 0.44 + i.variety * 0.1)) * 1.0, color, n.color((0.55, 0.52, 0.47)))
    # Told on the points, which hand it to their instances: the order of joined instances differs between Blenders
    cloud = n.store(cloud, "tint", shaded(color, draw(i.seed, 87, 0.65, 1.35)))
    cloud = n.store(cloud, "random", draw(i.seed, 88))
    return n.join(
        *[
            n.instance_on(cloud, shape, rotation=rotation, scale=scale, selection=pick == number)
            for number, shape in enumerate(shapes)
        ]
    )


def _bed(i: Inputs) -> Socket:
    """A flat cushion of sand, closed, its rim ragged, its top a little above the ground."""
    rings = n.maximum(n.math("ROUND", 20.0 * i.detail), 6.0)
    ball = n.sphere(n.maximum(n.math("ROUND", 72.0 * i.detail), 20.0), rings)
    at = n.position()
    rim = 0.94 + (n.noise(n.combine_xyz(at.x, at.y, 0.0), scale=1.6, detail=3.0, w=i.seed * 0.9) - 0.5) * 0.5
    flat = n.combine_xyz(at.x, at.y, 0.0) * (i.radius * rim)
    swell = (n.noise(flat / i.size, scale=0.8, detail=2.0, w=i.seed * 0.4) - 0.5) * 0.3 * n.smoothstep(at.z, 0.0, 0.4)
    lift = n.combine_xyz(0.0, 0.0, (at.z * n.mix((at.z > 0.0) * 1.0, 0.06, 0.014) + swell * 0.04) * i.size)
    return n.set_position(ball, flat + lift)


RIVER_PEBBLES = Family(
    "river_pebbles", "River Pebbles", "Rocks", RiverPebblesParams, build, PRESETS,
    "Worn stones of many colours lying side by side on wet sand",
)  # fmt: skip
