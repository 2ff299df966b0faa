"""Open sheets made into closed solids of a given thickness."""

from __future__ import annotations

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input


def thicken(sheet: Input, thickness: Input, weld: float = 1e-6) -> Socket:
    """A sheet as a closed solid: the sheet itself is the outer side, the other lies `thickness` (m, a field) below it. weld: m.

    Stores `inside`, 1 on the lower side and 0 on the outer, which the rim shares.
    """
    tree = current_tree()
    down = tree.add(
        "GeometryNodeExtrudeMesh", mode="FACES", mesh=sheet, offset_scale=thickness * -1.0, individual=False
    )
    lower = n.store(down["Mesh"], "inside", 0.0)
    lower = n.store(lower, "inside", 1.0, selection=_of_faces(down["Top"]))
    # Extruding downwards turns the walls inside out, and the moved faces look the wrong way
    lower = n.first_output("GeometryNodeFlipFaces", mesh=lower)
    solid = n.join(n.store(sheet, "inside", 0.0), lower)
    return n.first_output("GeometryNodeMergeByDistance", geometry=solid, distance=weld)


def _of_faces(selection: Socket) -> Socket:
    """A selection of faces on the points of those faces."""
    tree = current_tree()
    return tree.add("GeometryNodeFieldOnDomain", selection, data_type="BOOLEAN", domain="FACE").as_socket()


def grid(columns: Input, rows: Input) -> tuple[Socket, Socket, Socket]:
    """A grid's mesh, still flat and facing +Z, with fields across (-1..1, along X) and along (0..1, along Y)."""
    tree = current_tree()
    made = tree.add("GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=columns, vertices_y=rows)["Mesh"]
    x, y, _ = tree.separate(n.position())
    made, across = n.capture(made, x)
    made, along = n.capture(made, y + 0.5)
    return made, across, along


def grid_uv(mesh: Input, across: Input, along: Input) -> Socket:
    """Store a `UVMap` on corners from a grid's fields."""
    uv = n.combine_xyz(across * 0.5 + 0.5, along, 0.0)
    return n.first_output(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=mesh, name="UVMap", value=uv
    )
