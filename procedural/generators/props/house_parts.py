"""Parts of houses: the body with its gables, windows, doors, roofs of single tiles. Metres; made facing -Y."""

from __future__ import annotations

from ...graph import Inputs, Socket, current_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...parts.boards import Board, at, grain, rod, tinted
from ...parts.plant_parts import draw, points
from ...parts.shapes import count
from ...parts.solids import box_maker


def floor_(value: Input) -> Socket:
    return n.math("FLOOR", value)


@grouped("Walls")
def walls(width: Input, depth: Input, tall: Input, rise: Input) -> Socket:
    """The closed body with gables at its left and right."""
    cube = (
        current_tree().add("GeometryNodeMeshCube", size=(1.0, 1.0, 1.0), vertices_x=2, vertices_y=3, vertices_z=2).mesh
    )
    spot = n.position()
    up = spot.z + 0.5
    peak = (abs(spot.y) < 0.1) * up
    mesh = n.set_position(cube, n.combine_xyz(spot.x * width, spot.y * depth, up * tall + peak * rise))  # type: ignore[operator]
    return n.shade_smooth(mesh, False)


def window_places(i: Inputs, tall: Socket) -> tuple[tuple[Socket, Socket], tuple[Socket, Socket]]:
    """Points and rotations of the windows: of front and back, and of the sides. Where the door is, there is none."""
    storeys, bays = i.storeys, i.bays
    cloud, number = points(storeys * bays * 2)
    back = floor_(number / (storeys * bays))
    rest = number - back * (storeys * bays)
    level = floor_(rest / bays)
    column = rest - level * bays
    bay = (i.width - i.beam) / (bays * 2.0 + 1.0)
    x = (column * 2.0 + 1.5) * bay - (i.width - i.beam) * 0.5
    z = i.plinth + (level + 0.56) * i.storey
    spots = n.set_position(cloud, n.combine_xyz(x * (1.0 - back * 2.0), (back - 0.5) * i.depth, z))
    spots, turn = n.capture(spots, back * 3.14159)
    doorway = (back < 0.5) & (level < 0.5) & (abs(column - floor_(bays * 0.5)) < 0.5)
    spots, here = n.capture(spots, doorway)
    front = n.delete(spots, here)
    more, which = points(storeys * 4)
    right = floor_(which / (storeys * 2))
    rest = which - right * (storeys * 2)
    level = floor_(rest * 0.5)
    along = (rest - level * 2.0 - 0.5) * (i.depth - i.beam) * 0.4
    side = n.set_position(more, n.combine_xyz((right - 0.5) * i.width, along, i.plinth + (level + 0.56) * i.storey))
    side, facing = n.capture(side, (right * 2.0 - 1.0) * 1.5708)
    return (front, n.combine_xyz(0.0, 0.0, turn)), (side, n.combine_xyz(0.0, 0.0, facing))


@grouped("Window")
def window(i: Inputs, board: Board, timber: Socket, paint: Socket, glass: Socket, inside: Socket) -> Socket:
    """A casement about the origin: frame, bars, sill and lintel, panes over the dark, shutters."""
    bay = (i.width - i.beam) / (i.bays * 2.0 + 1.0)
    w = n.minimum(n.minimum(i.window, (bay - i.beam) * 1.0), i.depth * 0.16)
    h = n.minimum(i.window_height, i.storey * 0.62)
    f, deep = 0.07, 0.13
    post = board(n.combine_xyz(f, deep, h + f), 0.006, "z", 70)
    beam = board(n.combine_xyz(w + f, deep, f), 0.006, "x", 71)
    bar = board(n.combine_xyz(0.035, 0.05, h), 0.005, "z", 72)
    cross = board(n.combine_xyz(w, 0.05, 0.028), 0.005, "x", 73)
    sill = board(n.combine_xyz(w + f * 3.2, deep + 0.1, 0.05), 0.008, "x", 74)
    lintel = board(n.combine_xyz(w + f * 2.6, deep + 0.03, 0.085), 0.008, "x", 75)
    frame = n.join(
        *[at(post, w * 0.5 * s) for s in (-1.0, 1.0)], *[at(beam, 0.0, 0.0, h * 0.5 * s) for s in (-1.0, 1.0)],
        at(bar, 0.0, -0.025), *[at(cross, 0.0, -0.02, h * share) for share in (-0.17, 0.17)],
        at(sill, 0.0, -0.02, (h * -0.5) - 0.055), at(lintel, 0.0, -0.01, h * 0.5 + 0.07),
    )  # fmt: skip
    frame = n.set_material(tinted(frame, i.wood), timber)
    pane = n.set_material(at(board(n.combine_xyz(w, 0.005, h), 0.001), 0.0, -0.022), glass)
    pane = n.store(pane, "limb", (0.0, 0.0, 0.0))
    dark = n.set_material(at(board(n.combine_xyz(w, 0.02, h), 0.001), 0.0, -0.001), inside)
    leaf_w = w * 0.52
    plank = board(n.combine_xyz(leaf_w * 0.325, 0.025, h + 0.06), 0.004, "z", 76)
    ledge = board(n.combine_xyz(leaf_w * 0.9, 0.02, 0.09), 0.004, "x", 77)
    planks = [at(plank, leaf_w * 0.333 * s) for s in (-1.0, 0.0, 1.0)]
    leaf = n.join(*planks, *[at(ledge, 0.0, -0.02, h * share) for share in (-0.32, 0.32)])
    leaves = n.join(*[at(leaf, (w * 0.5 + f + leaf_w * 0.52) * s, -0.03) for s in (-1.0, 1.0)])
    leaves = n.set_material(tinted(leaves, i.paint), paint)
    return n.join(frame, pane, dark, n.switch(i.shutters, None, leaves))


@grouped("Door")
def door(i: Inputs, board: Board, timber: Socket, paint: Socket, stone: Socket) -> Socket:
    """Planks in a frame at the middle bay of the front, two steps before it, a knob."""
    bay = (i.width - i.beam) / (i.bays * 2.0 + 1.0)
    x = (floor_(i.bays * 0.5) * 2.0 + 1.5) * bay - (i.width - i.beam) * 0.5
    w = n.minimum(1.0, (bay - i.beam) * 1.02)
    h = n.minimum(2.05, i.storey - i.beam * 1.6)
    plank = board(n.combine_xyz(w / 5.0 - 0.003, 0.05, h), 0.005, "z", 80)
    planks = [at(plank, w * (k - 2.0) / 5.0, -0.02, h * 0.5) for k in range(5)]
    ledge = board(n.combine_xyz(w * 0.92, 0.03, 0.12), 0.005, "x", 81)
    ledges = [at(ledge, 0.0, -0.055, h * share) for share in (0.16, 0.5, 0.84)]
    leaf = n.set_material(tinted(n.join(*planks, *ledges), i.paint), paint)
    post = board(n.combine_xyz(0.11, 0.17, h + 0.05), 0.008, "z", 82)
    head = board(n.combine_xyz(w + 0.3, 0.19, 0.13), 0.008, "x", 83)
    frame = n.join(
        *[at(post, (w * 0.5 + 0.055) * s, -0.02, h * 0.5) for s in (-1.0, 1.0)], at(head, 0.0, -0.02, h + 0.065)
    )
    knob = n.transform(n.sphere(16, 10, 0.035), translation=n.combine_xyz(w * 0.38, -0.1, h * 0.47))
    spindle = at(rod(0.012, 0.07, i.detail, 12), w * 0.38, -0.06, h * 0.47, (1.5708, 0.0, 0.0))
    metal = n.shade_smooth(n.join(knob, spindle))
    frame = n.set_material(tinted(n.join(frame, grain(metal, 0.2)), i.wood), timber)
    half = i.plinth * 0.5
    steps = [
        at(board(n.combine_xyz(w + 0.5, 0.75, half), 0.02), 0.0, -0.3, half * 0.5),
        at(board(n.combine_xyz(w + 0.4, 0.42, half), 0.02), 0.0, -0.16, half * 1.5),
    ]
    steps_ = n.store(n.store(n.join(*steps), "limb", (0.0, 0.0, 0.0)), "random", 0.0)
    steps_ = n.set_material(n.switch(i.plinth > 0.05, None, steps_), stone)
    return n.join(at(n.join(leaf, frame), x, i.depth * -0.5, i.plinth), at(steps_, x, i.depth * -0.5))


@grouped("Tile")
def tile_of(i: Inputs, width: Input, course: Input) -> Socket:
    """One tile about its middle: x across, y up the slope, z outward; its lower edge round, a little arched."""
    box = box_maker(n.minimum(i.detail, 1.0) * 0.6, i.seed)
    long = course * 1.6  # type: ignore[operator]
    tile = box(n.combine_xyz(width * 0.965, long, 0.016), 0.004, (4, 3, 0), 1)  # type: ignore[operator]
    spot = n.position()
    u = spot.x / (width * 0.5)  # type: ignore[operator]
    low = n.smoothstep(spot.y / long, 0.0, -0.5)
    return n.set_position(tile, offset=n.combine_xyz(0.0, u * u * low * long * 0.13, (1.0 - u * u) * 0.014))


@grouped("Roof")
def roof(i: Inputs, board: Board, tall: Socket, rise: Socket) -> tuple[Socket, Socket]:
    """Tiles of both slopes and the ridge, as instances; the boards below and along the edges."""
    half = i.depth * 0.5
    sine, cosine = n.sin(i.pitch), n.cos(i.pitch)
    slope = (half + i.eaves) / cosine
    wide = i.width + i.eaves * 1.1
    rows, columns = n.math("ROUND", slope / i.course), n.math("ROUND", wide / i.tile)
    cloud, number = points(rows * columns)
    row = floor_(number / columns)
    column = number - row * columns
    odd = row - floor_(row * 0.5) * 2.0
    x = (column + 0.5 + (odd - 0.5) * 0.5) / columns * wide - wide * 0.5
    up = (row + 0.62) / rows * slope
    eave_y, eave_z = (half + i.eaves) * -1.0, tall - i.eaves * sine / cosine
    lift = 0.085 + draw(i.seed, 51, 0.0, 0.012, of=number)
    sag = n.noise(n.combine_xyz(x * 0.35, up * 0.35, i.seed * 1.7), scale=1.0, detail=1.0) * 0.05
    away = lift + sag
    spots = n.set_position(
        cloud, n.combine_xyz(x, eave_y + up * cosine - away * sine, eave_z + up * sine + away * cosine)
    )
    lean = i.pitch - 0.07 + draw(i.seed, 52, -0.02, 0.02, of=number)
    turn = n.combine_xyz(lean, draw(i.seed, 53, -0.02, 0.02, of=number), draw(i.seed, 54, -0.025, 0.025, of=number))
    spots, own = n.capture(spots, draw(i.seed, 55, of=number))
    tile = tinted(tile_of(i, i.tile, i.course), i.tiles)
    side = n.store(n.instance_on(spots, tile, rotation=turn), "random", own, domain="INSTANCE")
    ridge_z = tall + rise
    cap = current_tree().add("GeometryNodeMeshCylinder", vertices=count(i.detail, 20, 8), radius=0.13, depth=0.46).mesh
    cap = tinted(n.transform(cap, rotation=(0.0, 1.5708, 0.0), scale=(1.0, 1.0, 0.8)), i.tiles)
    caps = n.math("ROUND", wide / 0.4)
    line, place = points(caps)
    line = n.set_position(line, n.combine_xyz((place + 0.5) / caps * wide - wide * 0.5, 0.0, ridge_z + 0.1))
    line, chance = n.capture(line, draw(i.seed, 56, of=place))
    top = n.instance_on(
        line, n.shade_smooth(cap), rotation=n.combine_xyz(0.0, 0.03, draw(i.seed, 57, -0.03, 0.03, of=place))
    )
    top = n.store(top, "random", chance, domain="INSTANCE")
    tiles = n.join(side, n.transform(side, rotation=(0.0, 0.0, 3.14159)), top)
    # below: a deck, barge boards along the gables, a board under the eaves
    deck = board(n.combine_xyz(wide - 0.06, slope, 0.06), 0.006, "x", 90)
    middle = slope * 0.5
    deck = n.transform(
        deck,
        translation=n.combine_xyz(0.0, eave_y + middle * cosine - 0.03 * sine, eave_z + middle * sine + 0.03 * cosine),
        rotation=n.combine_xyz(i.pitch, 0.0, 0.0),
    )
    barge = board(n.combine_xyz(0.045, slope + 0.03, 0.2), 0.006, "y", 91, (0, 6, 0))
    barges = [
        n.transform(
            barge,
            translation=n.combine_xyz(wide * 0.5 * s, eave_y + middle * cosine, eave_z + middle * sine),
            rotation=n.combine_xyz(i.pitch, 0.0, 0.0),
        )
        for s in (-1.0, 1.0)
    ]
    fascia = at(board(n.combine_xyz(wide, 0.03, 0.14), 0.005, "x", 92, (8, 0, 0)), 0.0, eave_y, eave_z + 0.0)
    one = n.join(deck, *barges, fascia)
    return tiles, n.join(one, n.transform(one, rotation=(0.0, 0.0, 3.14159)))
