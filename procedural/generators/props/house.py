"""House: a gabled house of plaster, brick or stone, half-timbered if wanted, with tiled roof, windows, a plank door and a chimney.

Ridge from left to right, door to the front. Tiles, windows and studs are instances.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.building import BRICK, PLASTER, ROOF_TILES, BrickParams, PlasterParams, RoofTilesParams
from ...materials.glass import GLASS, GlassParams
from ...materials.plain import PLAIN, PlainParams
from ...materials.wood import OAK, OakParams
from ...parts.boards import Board, at, carpenter, tinted, turned
from ...parts.plant_parts import draw, points
from ..base import Family
from .house_parts import door, floor_, roof, walls, window, window_places


@dataclass(frozen=True)
class HouseParams:
    width: float = param(9.0, "Width, along the ridge", min=2.5, max=40.0, unit="m", usual=(7.5, 11.0))
    depth: float = param(6.5, "Depth, across the ridge", min=2.5, max=25.0, unit="m", usual=(5.5, 7.5))
    storeys: int = param(2, "Storeys under the roof", min=1, max=6, usual=(1, 2))
    storey: float = param(2.55, "Height of a storey", min=1.8, max=5.0, unit="m", usual=(2.4, 2.8))
    plinth: float = param(
        0.45, "Height of the stone plinth", min=0.0, max=2.0, unit="m", panel="Walls", usual=(0.3, 0.6)
    )
    finish: str = param("plaster", "What the walls are made of", choices=("plaster", "brick", "stone"), panel="Walls")
    timber: bool = param(True, "A frame of beams that shows", panel="Walls")
    beam: float = param(0.17, "Width of a beam", min=0.05, max=0.5, unit="m", panel="Walls", usual=(0.14, 0.2))
    pitch: float = param(0.85, "Slope of the roof", min=0.3, max=1.2, unit="rad", panel="Roof", usual=(0.75, 0.95))
    eaves: float = param(
        0.45, "How far the roof stands out", min=0.0, max=1.5, unit="m", panel="Roof", usual=(0.35, 0.55)
    )
    tile: float = param(0.22, "Width of a tile", min=0.08, max=1.0, unit="m", panel="Roof", usual=(0.2, 0.25))
    course: float = param(
        0.2,
        "Height of a tile that the next course leaves bare",
        min=0.08,
        max=1.0,
        unit="m",
        panel="Roof",
        usual=(0.18, 0.23),
    )
    chimney: bool = param(True, "A chimney", panel="Roof")
    bays: int = param(3, "Windows along the front", min=1, max=12, panel="Windows", usual=(3, 4))
    window: float = param(0.95, "Width of a window", min=0.3, max=3.0, unit="m", panel="Windows", usual=(0.85, 1.05))
    window_height: float = param(
        1.2, "Height of a window", min=0.3, max=3.0, unit="m", panel="Windows", usual=(1.1, 1.35)
    )
    shutters: bool = param(False, "Shutters beside the windows", panel="Windows")
    color: tuple[float, ...] = param(
        (0.7, 0.64, 0.52), "Colour of the walls, linear RGB", min=0, max=1, panel="Colour", spread=0.12
    )
    wood: tuple[float, ...] = param(
        (0.085, 0.05, 0.03), "Colour of the beams", min=0, max=1, panel="Colour", spread=0.25
    )
    tiles: tuple[float, ...] = param(
        (0.3, 0.11, 0.06), "Colour of the tiles", min=0, max=1, panel="Colour", spread=0.25
    )
    paint: tuple[float, ...] = param(
        (0.1, 0.17, 0.13), "Colour of door and shutters", min=0, max=1, panel="Colour", spread=0.4
    )
    seed: int = param(0, "Another house of the kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "half_timbered_house": HouseParams(),
    "cottage": HouseParams(
        width=7.5, depth=5.5, storeys=1, finish="stone", timber=False, pitch=0.95, color=(0.36, 0.33, 0.27), shutters=True,
        paint=(0.09, 0.16, 0.24), eaves=0.35,
    ),
    "brick_house": HouseParams(
        width=10.0, depth=7.0, finish="brick", timber=False, pitch=0.65, color=(0.33, 0.11, 0.06), tiles=(0.1, 0.105, 0.115), bays=5,
        window_height=1.45, wood=(0.6, 0.58, 0.54),
    ),
    "farmhouse": HouseParams(
        width=12.0, depth=7.0, timber=False, bays=5, shutters=True, color=(0.72, 0.6, 0.42), pitch=0.6, wood=(0.2, 0.13, 0.08)
    ),
}  # fmt: skip


def build(p: HouseParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of HouseParams."""
    made = {
        "plaster": shared(PLASTER, PlasterParams(color=p.color), "House Plaster"),
        "brick": shared(BRICK, BrickParams(), "House Bricks"),
        "stone": shared(BRICK, BrickParams(color=(0.34, 0.31, 0.26), other=(0.24, 0.22, 0.19), length=0.46, height=0.24, joint=0.022, depth=0.014), "House Stone"),
    }  # fmt: skip
    oak = shared(
        OAK, OakParams(color=p.wood, weather=0.35, roughness=0.75, relief=0.001, ring=0.004, variety=0.5), "House Beams"
    )
    painted = shared(
        OAK, OakParams(color=p.paint, wear=0.55, roughness=0.5, relief=0.0004, late=(0.85, 0.82, 0.8)), "House Paint"
    )
    clay = shared(ROOF_TILES, RoofTilesParams(color=p.tiles, laid=0.0), "House Tiles")
    clear = shared(GLASS, GlassParams(waves=0.002, smudges=0.4), "House Panes")
    dark = shared(PLAIN, PlainParams(color=(0.03, 0.03, 0.034), roughness=0.9, mottle=0.1, bump=0.0), "House Inside")
    with new_tree("House", p) as tree:
        i = tree.i
        finishes = {
            word: tree.material_input(word.title(), material, f"Walls of {word}") for word, material in made.items()
        }
        timber = tree.material_input("Beams", oak, "What beams and frames are made of")
        door_paint = tree.material_input("Door Material", painted, "What door and shutters are made of")
        tiling = tree.material_input("Tile Material", clay, "What the tiles are made of")
        glass = tree.material_input("Glass", clear, "What the panes are made of")
        inside = tree.material_input("Inside", dark, "What is seen behind the panes")
        board = carpenter(i.detail, i.seed)
        tall = i.plinth + i.storey * i.storeys
        rise = n.math("TANGENT", i.pitch) * i.depth * 0.5
        with tree.frame("Walls"):
            wall = tinted(walls(i.width, i.depth, tall, rise), i.color)
            for word, material in finishes.items():
                wall = n.set_material(wall, material, selection=i.finish == word)
            foot = at(board(n.combine_xyz(i.width + 0.1, i.depth + 0.1, i.plinth), 0.02), 0.0, 0.0, i.plinth * 0.5)
            foot = n.store(n.store(foot, "limb", (0.0, 0.0, 0.0)), "random", 0.0)
            foot = n.set_material(n.switch(i.plinth > 0.02, None, foot), finishes["stone"])
        with tree.frame("Beams"):
            beams = n.switch(i.timber, None, _beams(i, board, tall, rise))
            beams = n.set_material(tinted(beams, i.wood), timber)
        with tree.frame("Windows"):
            unit = window(i, board, timber, door_paint, glass, inside)
            front, side = window_places(i, tall)
            panes = n.join(
                n.instance_on(front[0], unit, rotation=front[1]), n.instance_on(side[0], unit, rotation=side[1])
            )
        with tree.frame("Door"):
            entry = door(i, board, timber, door_paint, finishes["stone"])
        with tree.frame("Roof"):
            above, wooden = roof(i, board, tall, rise)
            above = n.set_material(above, tiling)
            wooden = n.set_material(tinted(wooden, i.wood), timber)
        with tree.frame("Chimney"):
            stack = n.switch(i.chimney, None, _chimney(i, board, tall + rise, finishes["brick"], tiling))
        tree.o.geometry << n.join(wall, foot, beams, panes, entry, above, wooden, stack)
    return tree.data


@grouped("Timber Frame")
def _beams(i: Inputs, board: Board, tall: Socket, rise: Socket) -> Socket:
    """On each wall: sills and rails at the floors, studs at the bays, braces in the outer ones; beams in the gables."""
    front = _frame(i, board, i.width, i.bays * 2.0 + 1.0, 20)
    side = _frame(i, board, i.depth, 5.0, 40)
    y, x = i.depth * 0.5, i.width * 0.5
    parts = [
        at(front, 0.0, y * -1.0), at(front, 0.0, y, 0.0, (0.0, 0.0, 3.14159)),
        at(side, x, 0.0, 0.0, (0.0, 0.0, 1.5708)), at(side, x * -1.0, 0.0, 0.0, (0.0, 0.0, -1.5708)),
    ]  # fmt: skip
    # gables: a king post, a collar, two studs
    b = i.beam
    king = at(board(n.combine_xyz(b, 0.09, rise * 0.96), 0.008, "z", 60), 0.0, 0.0, tall + rise * 0.48)
    collar = at(board(n.combine_xyz(i.depth * 0.5, 0.1, b), 0.008, "x", 61), 0.0, 0.0, tall + rise * 0.5)
    stud = board(n.combine_xyz(b * 0.85, 0.085, rise * 0.46), 0.008, "z", 62)
    studs = [at(stud, i.depth * 0.25 * s, 0.0, tall + rise * 0.235) for s in (-1.0, 1.0)]
    gable = n.join(king, collar, *studs)
    parts += [at(gable, x, 0.0, 0.0, (0.0, 0.0, 1.5708)), at(gable, x * -1.0, 0.0, 0.0, (0.0, 0.0, -1.5708))]
    return n.join(*parts)


@grouped("Beams of a Wall")
def _frame(i: Inputs, board: Board, length: Input, bays: Input, number: int) -> Socket:
    """The beams of one wall in the plane y = 0, of all storeys."""
    b, proud = i.beam, 0.08
    rail = board(n.combine_xyz(length + proud, proud * 1.15, b), 0.008, "x", number, (6, 0, 0))  # type: ignore[operator]
    cloud, level = points(i.storeys * 2)
    storey = floor_(level * 0.5)
    upper = level - storey * 2.0
    z = i.plinth + storey * i.storey + n.mix(upper, b * 0.5, i.storey - b * 0.5)
    rails = n.instance_on(n.set_position(cloud, n.combine_xyz(0.0, 0.0, z)), rail)
    stud = board(n.combine_xyz(b, proud, i.storey), 0.008, "z", number + 1, (0, 0, 4))
    many, which = points(i.storeys * (bays + 1.0))  # type: ignore[operator]
    on = floor_(which / (bays + 1.0))  # type: ignore[operator]
    column = which - on * (bays + 1.0)  # type: ignore[operator]
    spot = n.combine_xyz((column / bays - 0.5) * (length - b), 0.0, i.plinth + (on + 0.5) * i.storey)  # type: ignore[operator]
    studs = n.instance_on(n.set_position(many, spot), stud)
    bay = (length - b) / bays  # type: ignore[operator]
    slant = n.math("ARCTAN2", bay, i.storey - b)
    brace_long = n.sqrt(bay * bay + (i.storey - b) * (i.storey - b))
    brace = board(n.combine_xyz(b * 0.85, proud * 0.9, brace_long * 0.97), 0.008, "z", number + 2, (0, 0, 4))
    few, place = points(i.storeys * 2)
    at_storey = floor_(place * 0.5)
    right = (place - at_storey * 2.0) * 2.0 - 1.0
    where = n.combine_xyz(right * (length - b - bay) * 0.5, 0.0, i.plinth + (at_storey + 0.5) * i.storey)  # type: ignore[operator]
    braces = n.instance_on(n.set_position(few, where), brace, rotation=n.combine_xyz(0.0, slant * right * -1.0, 0.0))
    # each of its own wood: shaders add this to the board's own
    own = draw(i.seed, number, of=n.index())
    return n.join(*[n.store(each, "random", own, domain="INSTANCE") for each in (rails, studs, braces)])


@grouped("Chimney")
def _chimney(i: Inputs, board: Board, ridge: Socket, brick: Socket, clay: Socket) -> Socket:
    w, d = 0.95, 0.62
    low, high = ridge - 1.1, ridge + 1.15
    shaft = at(board(n.combine_xyz(w, d, high - low), 0.012), 0.0, 0.0, (low + high) * 0.5)
    steps = [
        at(board(n.combine_xyz(w + o, d + o, 0.075), 0.012), 0.0, 0.0, high + z)
        for o, z in ((0.07, -0.2), (0.14, -0.125), (0.07, 0.0))
    ]
    stack = n.join(shaft, *steps)
    stack = n.set_material(n.store(n.store(stack, "limb", (0.0, 0.0, 0.0)), "random", 0.0), brick)
    r = 0.13
    points_ = [
        (0.0, 0.0), (r, 0.0), (r * 0.9, 0.1), (r * 0.82, 0.36), (r * 0.95, 0.38), (r * 1.0, 0.43), (r * 0.8, 0.45), (r * 0.65, 0.42),
        (r * 0.65, 0.2), (0.0, 0.18),
    ]  # fmt: skip
    pot = turned(points_, i.detail, 28, 2).mesh
    pots = n.join(*[at(pot, 0.22 * s, 0.0, high + 0.03) for s in (-1.0, 1.0)])
    pots = n.set_material(n.store(tinted(pots, i.tiles), "random", 0.4), clay)
    return at(n.join(stack, pots), i.width * 0.27, i.depth * 0.06)


HOUSE = Family(
    "house",
    "House",
    "Props",
    HouseParams,
    build,
    PRESETS,
    "A gabled house with tiles, windows, a door and a chimney",
    solid=False,
)
