"""Basalt columns: lava that shrank into five to seven-sided columns, jointed across, standing at different heights."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.cover import WEATHERED_ROCK, WeatheredRockParams
from ...parts.stones import shaded
from ..base import Family

JOINTS = 6  # pieces of a column
TALL = "column_height"


@dataclass(frozen=True)
class BasaltColumnsParams:
    """Metres and radians."""

    radius: float = param(1.6, "Radius of the group", min=0.2, max=30.0, unit="m", panel="Group", usual=(1.2, 2.1))
    column: float = param(
        0.42, "Distance from column to column", min=0.03, max=5.0, unit="m", panel="Columns", usual=(0.34, 0.52)
    )
    height: float = param(1.9, "Height of the tallest", min=0.05, max=40.0, unit="m", panel="Columns", usual=(1.4, 2.5))
    lowest: float = param(
        0.15, "Height in front, a share of that behind", min=0.02, max=1.0, panel="Group", usual=(0.08, 0.4)
    )
    steps: float = param(0.28, "How much neighbours differ", min=0.0, max=1.0, panel="Columns", usual=(0.15, 0.4))
    broken: float = param(0.35, "How uneven broken tops are", min=0.0, max=1.0, panel="Columns", usual=(0.15, 0.6))
    irregular: float = param(
        0.5, "How irregular the columns' outlines are", min=0.0, max=1.0, panel="Columns", usual=(0.3, 0.75)
    )
    gap: float = param(
        0.025, "Width of the gaps, a share of a column", min=0.004, max=0.3, panel="Columns", usual=(0.015, 0.045)
    )
    joints: float = param(
        0.5, "How far pieces of a column are offset", min=0.0, max=1.0, panel="Columns", usual=(0.25, 0.8)
    )
    wear: float = param(0.4, "How far rims of tops are worn", min=0.0, max=1.0, panel="Columns", usual=(0.2, 0.7))
    lean: float = param(
        0.0, "How far all lean backwards", min=-0.8, max=0.8, unit="rad", panel="Group", usual=(-0.12, 0.12)
    )
    ragged: float = param(0.5, "How ragged the group's outline is", min=0.0, max=1.0, panel="Group", usual=(0.3, 0.8))
    color: tuple[float, ...] = param(
        (0.1, 0.095, 0.092), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    moss: float = param(0.18, "Moss on tops", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.4))
    lichen: float = param(0.3, "How much lichen grows on them", min=0.0, max=1.0, panel="Colour", usual=(0.1, 0.5))
    seed: int = param(0, "Another group of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "basalt_columns": BasaltColumnsParams(),
    "causeway": BasaltColumnsParams(
        radius=2.4, height=0.75, lowest=0.12, steps=0.5, broken=0.2, wear=0.7, joints=0.3, moss=0.05, lichen=0.4
    ),
    "basalt_cliff": BasaltColumnsParams(
        radius=1.8, height=5.0, lowest=0.55, steps=0.16, column=0.36, joints=0.8, broken=0.6, lean=0.06, moss=0.25
    ),
}  # fmt: skip


def build(p: BasaltColumnsParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BasaltColumnsParams."""
    stone = shared(
        WEATHERED_ROCK, WeatheredRockParams(color=(0.1, 0.095, 0.092), size=0.16, relief=0.014), "Basalt Column Rock"
    )
    with new_tree("Basalt Columns", p) as tree:
        i = tree.i
        material = tree.material_input("Rock Material", stone, "What the columns are made of")
        with tree.frame("Cells"):
            cells = _cells(i)
        with tree.frame("Columns"):
            columns = _columns(cells, i)
        with tree.frame("Weather"):
            columns, light = _weather(columns, i)
        with tree.frame("Colours"):
            up = n.smoothstep(n.normal().z, 0.3, 0.9)
            damp = n.noise(n.position(), scale=1.6, detail=2.0, w=i.seed * 0.61) - 0.5
            some = n.minimum(i.moss * 4.0, 1.0)
            columns = n.store(columns, "moss", n.clamp(i.moss + (up * 0.4 - 0.25 + damp * 0.9) * some))
            columns = n.store(columns, "lichen", n.clamp(i.lichen * (0.55 + up * 0.5 - damp * 0.9)))
            columns = n.store(columns, "tint", shaded(i.color, light * n.mix(n.attribute("random"), 0.75, 1.3)))
            crisp = n.node("GeometryNodeInputMeshEdgeAngle").unsigned_angle < 0.45
            columns = n.node("GeometryNodeSetShadeSmooth", domain="EDGE").set_positional(
                n.shade_smooth(columns), None, crisp
            )
        tree.o.geometry << n.set_material(columns, material)
    return tree.data


def _cells(i: Inputs) -> Socket:
    """Cracks of a cooling surface: the dual of a jittered net of triangles, each cell a face of its own that looks up."""
    tree = current_tree()
    rows = n.math("CEIL", i.radius / i.column * 1.35) * 2.0 + 3.0
    across = n.math("CEIL", i.radius / i.column * 1.8) * 2.0 + 3.0
    net = tree.add("GeometryNodeMeshGrid", size_x=across - 1.0, size_y=rows - 1.0, vertices_x=across, vertices_y=rows)[
        "Mesh"
    ]
    at = n.position()
    net = n.set_position(net, n.combine_xyz(at.x + at.y * 0.5, at.y * 0.866, 0.0) * i.column)
    net = tree.add("GeometryNodeTriangulate", quad_method="SHORTEST_DIAGONAL", mesh=net).as_socket()
    stray = n.random_value((-0.42, -0.42, 0.0), (0.42, 0.42, 0.0), seed=i.seed * 31 + 1)
    net = n.set_position(net, offset=stray * (i.irregular * i.column))
    cells = tree.add("GeometryNodeDualMesh", mesh=net, keep_boundaries=False).as_socket()
    middle = n.position()
    rim = 0.9 + (n.noise(middle / i.radius, scale=1.7, detail=2.0, w=i.seed * 0.9) - 0.5) * i.ragged * 0.9
    cells = n.delete(cells, middle.length > i.radius * rim, "FACE")
    cells = tree.add("GeometryNodeSplitEdges", cells).as_socket()
    cells = tree.add("GeometryNodeScaleElements", domain="FACE", geometry=cells, scale=1.0 - i.gap).as_socket()
    # One number a column for its height and its look, told on its corners
    cells, own = n.capture(cells, n.random_value(0.0, 1.0, seed=i.seed * 31 + 2), "FACE")
    cells, other = n.capture(cells, n.random_value(0.0, 1.0, seed=i.seed * 31 + 3), "FACE")
    cells, centre = n.capture(cells, n.position(), "FACE")
    behind = n.clamp(
        centre.y / i.radius * 0.5 + 0.5 + (n.noise(centre / i.radius, scale=1.3, w=i.seed * 0.7) - 0.5) * 0.6
    )
    level = n.mix(behind, i.lowest, 1.0) * (1.0 - own * i.steps) - other * i.steps * 0.12
    cells = n.store(cells, TALL, n.maximum(level, 0.03) * i.height, domain="FACE")
    return n.store(cells, "random", other, domain="FACE")  # type: ignore[return-value]


def _columns(cells: Socket, i: Inputs) -> Socket:
    """Cells drawn up piece by piece; each piece a little wider, narrower or aside, the last one worn at its rim."""
    tree = current_tree()
    foot = tree.add("GeometryNodeFlipFaces", cells).as_socket()
    tall = n.attribute(TALL)
    mesh, top = cells, None
    for number in range(JOINTS):
        # pieces are as long as chance has it; the last brings the column to its height
        part = n.random_value(0.6, 1.4, seed=i.seed * 31 + 40 + number) / JOINTS
        mesh, top = _piece(mesh, top, tall * part)
        size = 1.0 + n.random_value(-0.075, 0.03, seed=i.seed * 31 + 50 + number) * i.joints
        mesh = tree.add(
            "GeometryNodeScaleElements", domain="FACE", geometry=mesh, selection=top, scale=size
        ).as_socket()
        # a joint: a shallow groove around the column
        if number < JOINTS - 1:
            for reach in (0.988, 1.012):
                mesh, top = _piece(mesh, top, i.column * 0.012)
                scale = n.mix(i.joints, 1.0, reach * (0.985 if reach < 1.0 else 1.012))
                mesh = tree.add(
                    "GeometryNodeScaleElements", domain="FACE", geometry=mesh, selection=top, scale=scale
                ).as_socket()
    for rise, size in ((0.05, 0.93), (0.035, 0.82), (0.012, 0.5)):
        mesh, top = _piece(mesh, top, i.column * rise * i.wear)
        mesh = tree.add(
            "GeometryNodeScaleElements",
            domain="FACE",
            geometry=mesh,
            selection=top,
            scale=n.mix(i.wear, 0.5 + size * 0.5, size),
        ).as_socket()
    return tree.add("GeometryNodeMergeByDistance", n.join(mesh, foot), distance=1e-5).as_socket()


def _piece(mesh: Socket, top: Socket | None, length: Socket) -> tuple[Socket, Socket]:
    """The top faces (all, at first) drawn up; returns the mesh and which faces are on top now."""
    node = current_tree().add("GeometryNodeExtrudeMesh", mode="FACES", mesh=mesh, individual=True)
    node.set(offset=(0.0, 0.0, 1.0), offset_scale=length)
    if top is not None:
        node.set(selection=top)
    return node["Mesh"], node["Top"]


def _weather(columns: Socket, i: Inputs) -> tuple[Socket, Socket]:
    """Finer faces, moved: broken tops, rough flanks, all leaning; returns the light and dark, too."""
    tree = current_tree()
    level = 0 + (i.detail >= 0.5) + (i.detail >= 1.7) + (i.detail >= 3.5)
    columns = tree.add("GeometryNodeSubdivideMesh", mesh=columns, level=level).as_socket()
    at = n.position()
    own = n.attribute("random") * 37.0
    moved = at / i.column + n.combine_xyz(own, own, 0.0)
    tops = n.smoothstep(at.z, 0.0, i.column * 0.5)
    crown = n.noise(n.combine_xyz(moved.x, moved.y, own), scale=1.2, detail=3.0, w=i.seed * 0.3) - 0.5
    near_top = n.smoothstep(n.attribute(TALL) - at.z, i.column * 1.2, 0.0)
    rough = n.noise_vector(moved, scale=2.2, detail=3.0, w=i.seed * 0.7) * (i.column * 0.055)
    drop = n.combine_xyz(0.0, 0.0, crown * near_top * i.broken * i.column * 0.7)
    push = n.combine_xyz(0.0, at.z * n.math("TANGENT", i.lean), 0.0)
    columns, light = n.capture(
        columns, 0.85 + (n.noise(moved, scale=1.1, detail=3.0) - 0.5) * 0.9 + near_top * 0.12 - (1.0 - tops) * 0.2
    )
    columns = n.set_position(columns, offset=(rough + drop) * tops + push)
    at = n.position()
    return n.set_position(columns, n.combine_xyz(at.x, at.y, math("MAXIMUM", at.z, 0.0))), light


BASALT_COLUMNS = Family(
    "basalt_columns", "Basalt Columns", "Rocks", BasaltColumnsParams, build, PRESETS,
    "Many-sided columns of cooled lava, jointed and broken at different heights",
)  # fmt: skip
