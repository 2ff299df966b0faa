"""Tower: a round or square tower of single stones, with a door, slits, and battlements or a pointed roof of slates."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.building import BRICK, CONCRETE, ROOF_TILES, BrickParams, ConcreteParams, RoofTilesParams
from ...materials.plain import PLAIN, PlainParams
from ...materials.wood import OAK, OakParams
from ...parts.boards import TAU, Board, at, carpenter, cornered, tinted, turned
from ...parts.plant_parts import draw, points
from ...parts.solids import BoxMaker, box_maker
from ..base import Family
from .house_parts import floor_, tile_of


@dataclass(frozen=True)
class TowerParams:
    height: float = param(11.0, "Height of the wall", min=2.0, max=80.0, unit="m", usual=(9.0, 14.0))
    radius: float = param(2.6, "Radius of the foot", min=0.8, max=20.0, unit="m", usual=(2.2, 3.2))
    shape: str = param("round", "Seen from above", choices=("round", "square"))
    taper: float = param(0.1, "How much narrower the top is, as a share", min=0.0, max=0.5, usual=(0.04, 0.16))
    course: float = param(
        0.38, "Height of a course of stones", min=0.1, max=2.0, unit="m", panel="Stones", usual=(0.32, 0.45)
    )
    stone: float = param(0.62, "Length of a stone", min=0.15, max=4.0, unit="m", panel="Stones", usual=(0.5, 0.75))
    rough: float = param(
        0.035, "How far stones stand out or in", min=0.0, max=0.3, unit="m", panel="Stones", usual=(0.02, 0.06)
    )
    joint: float = param(
        0.022, "Width of the joints", min=0.002, max=0.2, unit="m", panel="Stones", usual=(0.015, 0.03)
    )
    slits: int = param(5, "Windows, winding upward", min=0, max=40, panel="Openings", usual=(3, 7))
    door: bool = param(True, "A door to the front", panel="Openings")
    top: str = param("battlements", "How it ends", choices=("battlements", "cone"), panel="Top")
    overhang: float = param(
        0.3, "How far the top stands out", min=0.0, max=1.5, unit="m", panel="Top", usual=(0.2, 0.4)
    )
    merlons: int = param(10, "Merlons of the battlements", min=4, max=40, panel="Top", usual=(8, 12))
    roof: float = param(5.0, "Height of the pointed roof", min=0.5, max=40.0, unit="m", panel="Top", usual=(4.0, 6.5))
    color: tuple[float, ...] = param(
        (0.36, 0.33, 0.28), "Colour of the stones, linear RGB", min=0, max=1, panel="Colour", spread=0.15
    )
    slates: tuple[float, ...] = param(
        (0.1, 0.105, 0.12), "Colour of the roof", min=0, max=1, panel="Colour", spread=0.25
    )
    seed: int = param(0, "Other stones", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "watch_tower": TowerParams(),
    "wizard_tower": TowerParams(
        height=15.0, radius=2.3, taper=0.22, top="cone", roof=6.5, overhang=0.45, slits=8, slates=(0.09, 0.075, 0.16), rough=0.055
    ),
    "keep": TowerParams(height=13.0, radius=4.2, shape="square", taper=0.04, merlons=16, stone=0.75, course=0.42, slits=8),
    "chapel_tower": TowerParams(
        height=10.0, radius=1.9, shape="square", taper=0.02, top="cone", roof=5.0, overhang=0.3, slits=4, slates=(0.26, 0.1, 0.06),
        color=(0.5, 0.42, 0.3),
    ),
}  # fmt: skip


def build(p: TowerParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TowerParams."""
    rock = shared(
        CONCRETE,
        ConcreteParams(color=p.color, gravel=0.4, holes=0.7, cracks=0.45, grime=0.6, relief=0.003),
        "Tower Stone",
    )
    mortar = shared(
        BRICK, BrickParams(color=(0.22, 0.2, 0.17), other=(0.17, 0.15, 0.13), mortar=(0.2, 0.185, 0.16)), "Tower Mortar"
    )
    slate = shared(ROOF_TILES, RoofTilesParams(color=p.slates, other=(0.05, 0.052, 0.06), laid=0.0), "Tower Slates")
    oak = shared(OAK, OakParams(color=(0.13, 0.08, 0.045), weather=0.3, relief=0.001), "Tower Door")
    dark = shared(PLAIN, PlainParams(color=(0.022, 0.021, 0.022), roughness=0.95, mottle=0.1, bump=0.0), "Tower Inside")
    with new_tree("Tower", p) as tree:
        i = tree.i
        stone = tree.material_input("Stone Material", rock, "What the stones are")
        core = tree.material_input("Mortar", mortar, "What shows in the joints")
        roofing = tree.material_input("Slate Material", slate, "What the roof is laid with")
        wood = tree.material_input("Wood Material", oak, "What the door is made of")
        inside = tree.material_input("Inside", dark, "What is seen in the openings")
        board = carpenter(i.detail, i.seed)
        box = box_maker(n.minimum(i.detail, 2.0) * 0.75, i.seed)
        with tree.frame("Core"):
            middle = n.set_material(_core(i), core)
        with tree.frame("Stones"):
            wall = _wall(i, box)
        with tree.frame("Openings"):
            slit, black = _slits(i, board)
            leaf, arch = _door(i, board)
            black = n.set_material(black, inside)
            leaf = n.set_material(n.switch(i.door, None, leaf), wood)
            arch = n.switch(i.door, None, arch)
        with tree.frame("Top"):
            crown = _crown(i, box)
            battle = i.top == "battlements"
            crown = n.switch(battle, None, crown)
            cone, deck = _cone(i)
            cone = n.set_material(n.switch(battle, cone, None), roofing)
            deck = n.set_material(n.switch(battle, deck, None), wood)
        stones = n.set_material(tinted(n.join(wall, slit, arch, crown), i.color), stone)
        tree.o.geometry << n.join(middle, stones, black, leaf, cone, deck)
    return tree.data


def _at_height(i: Inputs, z: Input) -> Socket:
    """The outer radius (to a side's middle if square) at a height."""
    share = z / i.height  # type: ignore[operator]
    foot = n.smoothstep(share, 0.12, 0.0) * 0.05
    return i.radius * (1.0 - i.taper * share + foot)


def _round_about(i: Inputs, share: Input, radius: Input) -> tuple[Socket, Socket]:
    """A place on the outline, share 0..1 around from the front's middle, and the angle (rad) it faces; z is 0."""
    angle = share * TAU - TAU / 4.0  # type: ignore[operator]
    circle = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0) * radius
    side = floor_(share * 4.0 + 0.5)  # type: ignore[operator]
    along = (share * 4.0 + 0.5 - side - 0.5) * 2.0  # type: ignore[operator]
    facing = side * (TAU / 4.0) - TAU / 4.0
    flat = n.combine_xyz(n.cos(facing), n.sin(facing), 0.0) * radius
    flat = flat + n.combine_xyz(n.sin(facing) * -1.0, n.cos(facing), 0.0) * (along * radius)
    square = i.shape == "square"
    return n.switch(square, circle, flat), n.switch(square, angle, facing)


@grouped("Tower Core")
def _core(i: Inputs) -> Socket:
    """The filled inside, up to the deck."""
    inset = 0.13
    shape = [(0.0, 0.0), (_at_height(i, 0.0) - inset, 0.0), (_at_height(i, i.height * 0.06) - inset, i.height * 0.06)]
    shape += [
        (_at_height(i, i.height * 0.12) - inset, i.height * 0.12),
        (_at_height(i, i.height) - inset, i.height - 0.02),
        (0.0, i.height - 0.02),
    ]
    body = n.switch(
        i.shape == "square",
        turned(shape, i.detail, 96, 1, sharp=True).mesh,
        turned(shape, i.detail, 96, 1, cornered(4, 0.0), sharp=True).mesh,
    )
    return n.shade_smooth(body, i.shape == "round")


@grouped("Stones")
def _stone(i: Inputs, size: Input, box: BoxMaker) -> Socket:
    """Three stones, split by hand, to pick from."""
    tree = current_tree()
    kinds = []
    for number in range(3):
        mesh = box(size, 0.035, (1, 3, 2), number)
        spot = n.position()
        mesh = n.set_position(
            mesh, offset=n.noise_vector(spot, scale=3.2, detail=2.0, w=i.seed * 1.3 + number * 11.0) * 0.07
        )
        kinds.append(tree.add("GeometryNodeGeometryToInstance", n.shade_smooth(mesh)).as_socket())
    return n.join(*kinds)


@grouped("Courses of Stones")
def _wall(i: Inputs, box: BoxMaker) -> Socket:
    """Courses of stones, every other one shifted; none where door and windows are."""
    rows = n.math("ROUND", i.height / i.course)
    outline = n.switch(i.shape == "square", i.radius * TAU, i.radius * 8.0)
    around = n.math("ROUND", outline / i.stone / 4.0) * 4.0
    cloud, number = points(rows * around)
    row = floor_(number / around)
    odd = row - floor_(row * 0.5) * 2.0
    share = (number - row * around + 0.5 * odd) / around
    share = n.math("FRACT", share + draw(i.seed, 61, -0.08, 0.08, of=number) / around)
    z = (row + 0.5) * (i.height / rows)
    radius = _at_height(i, z)
    spot, angle = _round_about(i, share, radius - 0.14 + draw(i.seed, 62, -1.0, 1.0, of=number) * i.rough)
    cloud = n.set_position(cloud, spot + n.combine_xyz(0.0, 0.0, z))
    cloud, turn = n.capture(cloud, angle)
    cloud, own = n.capture(cloud, draw(i.seed, 63, of=number))
    squeeze = radius / i.radius
    cloud, size = n.capture(
        cloud,
        n.combine_xyz(1.0, squeeze * draw(i.seed, 64, 0.9, 1.02, of=number), draw(i.seed, 65, 0.95, 1.0, of=number)),
    )
    cloud, which = n.capture(cloud, floor_(draw(i.seed, 66, 0.0, 2.999, of=number)))
    # what is cut out: the doorway, and about each slit
    step, nearest = _nearest(i, z)
    off = n.math("WRAP", share - n.math("FRACT", nearest * 0.381966 + 0.19), 0.5, -0.5) * outline
    at_slit = (abs(off) < 0.42) & (abs(z - (nearest + 1.0) * step) < 0.62) & (i.slits > 0)
    from_front = n.math("WRAP", share, 0.5, -0.5) * outline
    arch = n.sqrt(from_front * from_front + n.maximum(z - 1.55, 0.0) ** 2.0)
    at_door = (arch < 0.95) & i.door
    cloud, gone = n.capture(cloud, at_slit | at_door)
    cloud = n.delete(cloud, gone)
    block = _stone(i, n.combine_xyz(0.34, i.stone - i.joint, i.course - i.joint), box)
    made = n.instance_on(cloud, block, rotation=n.combine_xyz(0.0, 0.0, turn), scale=size, pick=which)
    return n.store(made, "random", own, domain="INSTANCE")


def _nearest(i: Inputs, z: Input) -> tuple[Socket, Socket]:
    """The height between slits, m, and the number of the slit nearest to a height."""
    step = i.height / (i.slits + 1.0)
    return step, n.clamp(n.math("ROUND", z / step - 1.0), 0.0, n.maximum(i.slits - 1.0, 0.0))  # type: ignore[operator]


@grouped("Window Slits")
def _slits(i: Inputs, board: Board) -> tuple[Socket, Socket]:
    """Dressed stones about each window, and the dark within, wound up the wall by the golden angle."""
    jamb = board(n.combine_xyz(0.36, 0.26, 1.0), 0.03, "z", 30)
    bar = board(n.combine_xyz(0.4, 0.84, 0.22), 0.03, "y", 31)
    surround = n.join(
        *[at(jamb, 0.0, 0.27 * s) for s in (-1.0, 1.0)], at(bar, 0.03, 0.0, 0.58), at(bar, 0.05, 0.0, -0.56)
    )
    surround = n.store(surround, "limb", (0.0, 0.0, 0.0))
    hole = board(n.combine_xyz(0.2, 0.5, 1.1), 0.005, "z", 32)
    cloud, number = points(i.slits)
    step, _ = _nearest(i, 0.0)
    z = (number + 1.0) * step
    spot, angle = _round_about(i, n.math("FRACT", number * 0.381966 + 0.19), _at_height(i, z) - 0.12)
    cloud = n.set_position(cloud, spot + n.combine_xyz(0.0, 0.0, z))
    cloud, turn = n.capture(cloud, angle)
    rotation = n.combine_xyz(0.0, 0.0, turn)
    return n.instance_on(cloud, surround, rotation=rotation), n.instance_on(cloud, hole, rotation=rotation)


@grouped("Tower Door")
def _door(i: Inputs, board: Board) -> tuple[Socket, Socket]:
    """Planks under a round arch of wedge stones, jambs below it."""
    front = _at_height(i, 1.0) * -1.0
    plank = board(n.combine_xyz(0.24, 0.08, 2.3), 0.008, "z", 40)
    planks = n.join(*[at(plank, 0.25 * k, front + 0.05, 1.15) for k in (-2.0, -1.0, 0.0, 1.0, 2.0)])
    band = board(n.combine_xyz(1.2, 0.03, 0.09), 0.006, "x", 41)
    leaf = n.join(planks, *[at(band, 0.0, front - 0.005, z) for z in (0.5, 1.5)])
    wedge = board(n.combine_xyz(0.34, 0.5, 0.36), 0.03, "x", 42)
    cloud, number = points(9)
    angle = (number + 0.5) / 9.0 * (TAU / 2.0)
    ring = n.set_position(cloud, n.combine_xyz(n.cos(angle) * 0.83, front + 0.06, 1.55 + n.sin(angle) * 0.83))
    ring, turn = n.capture(ring, angle)
    ring, own = n.capture(ring, draw(i.seed, 71, of=number))
    arch = n.store(
        n.instance_on(ring, wedge, rotation=n.combine_xyz(0.0, turn * -1.0, 0.0)), "random", own, domain="INSTANCE"
    )
    jamb = board(n.combine_xyz(0.36, 0.52, 0.5), 0.03, "x", 43)
    jambs = n.join(*[at(jamb, 0.83 * s, front + 0.07, 0.27 + k * 0.52) for s in (-1.0, 1.0) for k in (0.0, 1.0, 2.0)])
    step = at(board(n.combine_xyz(1.7, 0.7, 0.16), 0.025, "x", 44), 0.0, front - 0.1, 0.08)
    return leaf, n.join(arch, n.store(n.join(jambs, step), "limb", (0.0, 0.0, 0.0)))


@grouped("Ring of Stones")
def _ring_of_stones(
    i: Inputs, box: BoxMaker, number: Input, size: Input, out: Input, z: Input, salt: int, shift: float = 0.0
) -> Socket:
    """A course of `number` stones at a height; out: m past the wall's top."""
    cloud, which = points(number)
    share = n.math("FRACT", (which + shift) / number)  # type: ignore[operator]
    spot, angle = _round_about(i, share, _at_height(i, i.height) + out)
    cloud = n.set_position(cloud, spot + n.combine_xyz(0.0, 0.0, z + draw(i.seed, salt, -0.01, 0.01, of=which)))
    cloud, turn = n.capture(cloud, angle)
    cloud, own = n.capture(cloud, draw(i.seed, salt + 1, of=which))
    kind = floor_(draw(i.seed, salt + 2, 0.0, 2.999, of=which))
    made = n.instance_on(cloud, _stone(i, size, box), rotation=n.combine_xyz(0.0, 0.0, turn), pick=kind)
    return n.store(made, "random", own, domain="INSTANCE")


@grouped("Battlements")
def _crown(i: Inputs, box: BoxMaker) -> Socket:
    """Corbels, the walk's two courses, the merlons with their caps, and the deck."""
    h, o = i.height, i.overhang
    edge = n.switch(i.shape == "square", TAU, 8.0) * (i.radius * (1.0 - i.taper) + o)
    corbels = _ring_of_stones(i, box, i.merlons * 2, n.combine_xyz(0.5 + o, 0.26, 0.36), o * 0.5 - 0.2, h - 0.1, 80)
    across = n.math("ROUND", edge / (i.stone * 1.05) / 4.0) * 4.0
    lay = edge / across - 0.012
    walk = [
        _ring_of_stones(i, box, across, n.combine_xyz(0.36, lay, 0.3), o - 0.18, h + 0.22, 84),
        _ring_of_stones(i, box, across, n.combine_xyz(0.34, lay, 0.3), o - 0.18, h + 0.53, 88, 0.5),
    ]
    broad = edge / i.merlons * 0.58
    merlons = _ring_of_stones(i, box, i.merlons, n.combine_xyz(0.34, broad, 0.62), o - 0.18, h + 0.99, 92)
    caps = _ring_of_stones(i, box, i.merlons, n.combine_xyz(0.44, broad + 0.08, 0.12), o - 0.18, h + 1.34, 96)
    r = _at_height(i, h) + o - 0.2
    floor = [(0.0, h - 0.04), (r, h - 0.04), (r, h + 0.1), (0.0, h + 0.1)]
    deck = n.switch(
        i.shape == "square",
        turned(floor, i.detail, 64, 1, sharp=True).mesh,
        turned(floor, i.detail, 64, 1, cornered(4, 0.0), sharp=True).mesh,
    )
    return n.join(corbels, *walk, merlons, caps, n.shade_smooth(deck, False))


@grouped("Pointed Roof")
def _cone(i: Inputs) -> tuple[Socket, Socket]:
    """Slates up the slope of a cone or pyramid, narrower with each course; the boards below, and a finial."""
    base = _at_height(i, i.height) + i.overhang
    low = i.height - 0.12
    slope = n.sqrt(base * base + i.roof * i.roof)
    course, wide = 0.3, 0.34
    rows = n.math("ROUND", slope / course)
    outline = n.switch(i.shape == "square", TAU, 8.0)
    columns = n.math("ROUND", outline * base / wide / 4.0) * 4.0
    cloud, number = points(rows * columns)
    row = floor_(number / columns)
    up = (row + 0.4) / rows
    odd = row - floor_(row * 0.5) * 2.0
    share = n.math("FRACT", (number - row * columns + 0.5 * odd) / columns)
    # where a course has room for fewer slates, only some are laid, wider ones
    radius = base * (1.0 - up)
    keep = n.maximum(1.0 - up, 0.12)
    spot, angle = _round_about(i, share, radius + 0.05)
    cloud = n.set_position(cloud, spot + n.combine_xyz(0.0, 0.0, low + up * i.roof))
    cloud, turn = n.capture(cloud, angle)
    cloud, own = n.capture(cloud, draw(i.seed, 101, of=number))
    cloud, scale = n.capture(cloud, n.combine_xyz(keep * 1.06, 1.0, 1.0))
    lean = n.math("ARCTAN2", i.roof, base) - 0.05
    cloud, tilt = n.capture(cloud, lean + draw(i.seed, 102, -0.025, 0.025, of=number))
    slate = tinted(tile_of(i, outline * base / columns, course), i.slates)
    slates = n.instance_on(cloud, slate, rotation=n.combine_xyz(tilt, 0.0, turn + TAU / 4.0), scale=scale)
    slates = n.store(slates, "random", own, domain="INSTANCE")
    shape = [
        (0.0, low - 0.08),
        (base - 0.04, low - 0.08),
        (base - 0.02, low - 0.01),
        (0.02, low + i.roof),
        (0.0, low + i.roof),
    ]
    deck = n.switch(
        i.shape == "square",
        turned(shape, i.detail, 64, 1, sharp=True).mesh,
        turned(shape, i.detail, 64, 1, cornered(4, 0.0), sharp=True).mesh,
    )
    tip = low + i.roof
    knob = [
        (0.0, tip - 0.3), (0.12, tip - 0.3), (0.07, tip + 0.05), (0.06, tip + 0.2), (0.13, tip + 0.3), (0.13, tip + 0.36), (0.05, tip + 0.46),
        (0.025, tip + 0.9), (0.0, tip + 0.95),
    ]  # fmt: skip
    finial = turned(knob, i.detail, 24, 3).mesh
    return slates, n.join(n.shade_smooth(deck, False), finial)


TOWER = Family(
    "tower",
    "Tower",
    "Props",
    TowerParams,
    build,
    PRESETS,
    "A stone tower with battlements or a pointed roof",
    solid=False,
)
