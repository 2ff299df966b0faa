"""Low leaf meshes of trees: a grid whose outline fields draw, 20 to 50 faces, with a UVMap that spans the blade."""

from __future__ import annotations

from ...graph import Socket, current_tree
from ...graph import nodes as n
from ...graph.sockets import Input

SHAPES = ("oak", "ovate", "maple", "lance", "leaflet", "round")
"""In the order of the number that picks one."""

# Half the width by the place along the leaf, as a share of its length; the stalk comes first
_OUTLINES = {
    "oak": [(0, 0.02), (0.1, 0.02), (0.2, 0.12), (0.45, 0.24), (0.7, 0.31), (0.88, 0.22), (1, 0.03)],
    "ovate": [(0, 0.015), (0.14, 0.015), (0.22, 0.17), (0.4, 0.29), (0.6, 0.25), (0.82, 0.11), (1, 0.005)],
    "lance": [(0, 0.01), (0.05, 0.012), (0.2, 0.06), (0.45, 0.085), (0.75, 0.05), (1, 0.003)],
    "leaflet": [(0, 0.02), (0.06, 0.04), (0.25, 0.15), (0.5, 0.19), (0.8, 0.14), (1, 0.02)],
    "round": [(0, 0.015), (0.18, 0.015), (0.25, 0.27), (0.42, 0.42), (0.6, 0.4), (0.85, 0.22), (1, 0.01)],
}
# Length of a maple leaf's lobes and notches by the angle from its midrib, 1 being straight back
_LOBES = [(0, 1.0), (1 / 12, 0.64), (1 / 6, 0.4), (0.25, 0.66), (1 / 3, 0.97), (5 / 12, 0.6), (0.5, 0.36), (7 / 12, 0.5),
          (2 / 3, 0.66), (5 / 6, 0.3), (1, 0.26)]  # fmt: skip


def leaf(shape: Input, detail: Input, fold: Input = 0.35, curl: Input = 0.22) -> Socket:
    """A leaf of length 1 along +Y from the origin, its upper face to +Z. shape: a number, see SHAPES.

    fold: how far the halves are raised beside the midrib; curl: how far the tip hangs; shares of width and length.
    """
    tree = current_tree()
    is_maple = shape.as_socket() == SHAPES.index("maple")  # type: ignore[union-attr]
    fine = n.maximum(detail, 0.25)
    lobed = shape.as_socket() == SHAPES.index("oak")  # type: ignore[union-attr]
    rows = n.switch(is_maple, n.switch(lobed, 4.0, 7.0) * fine + n.switch(lobed, 2.0, 1.0), 1.0 + 2.0 * fine)
    columns = n.switch(is_maple, 3.0, n.math("ROUND", 6.0 * n.minimum(fine, 2.0)) * 2.0 + 1.0)
    node = tree.add(
        "GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=columns, vertices_y=n.math("ROUND", rows)
    )
    grid, at = n.capture(node["Mesh"], n.position())
    grid = n.store(grid, "thin", True, domain="FACE")
    x, y = at.x, at.y + 0.5
    side = n.math("ABSOLUTE", x)
    widths = [n.float_curve(y, _OUTLINES[name]) if name in _OUTLINES else 0.0 for name in SHAPES]
    pick = tree.add("GeometryNodeIndexSwitch", data_type="FLOAT")
    while len(pick.data.index_switch_items) < len(SHAPES):
        pick.data.index_switch_items.new()
    pick.set_positional(shape, *widths)
    waves = 1.0 - 0.42 * n.math("POWER", n.math("ABSOLUTE", n.cos((y - 0.17) * 10.6)), 2.0) * n.smoothstep(
        y, 0.2, 0.3
    ) * (1.0 - n.smoothstep(y, 0.9, 0.97))
    half = n.maximum(pick.as_socket(), 0.006) * n.switch(lobed, 1.0, waves)
    simple = n.combine_xyz(x * half, y, 0.0)
    # A maple's blade: from the end of the stalk in all directions
    angle = x * 2.45
    reach = n.float_curve(side, _LOBES, "VECTOR") * n.maximum(y, 0.04) * 0.62
    palm = n.combine_xyz(n.sin(angle) * reach, n.cos(angle) * reach + 0.38, 0.0)
    flat = n.switch(is_maple, simple, palm)
    flat_x, flat_y, _ = tree.separate(flat)
    lift = n.math("ABSOLUTE", flat_x) * fold - flat_y * flat_y * curl
    uv = n.switch(is_maple, n.combine_xyz(x * 0.5 + 0.5, y, 0.0), n.combine_xyz(flat_x * 0.85 + 0.5, flat_y, 0.0))
    blade = tree.add(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=grid, name="UVMap", value=uv
    ).as_socket()
    blade = n.set_position(blade, n.combine_xyz(flat_x, flat_y, lift))
    stalk = n.line((0.0, 0.0, 0.0), (0.0, 0.38, -0.38 * 0.38 * curl), 2)
    stem = n.curve_to_mesh(stalk, n.circle(3, 0.012))
    stem = n.store(stem, "thin", True, domain="FACE")
    return n.switch(is_maple, blade, n.join(blade, stem))  # type: ignore[return-value]


def blossom(petals: int = 5) -> Socket:
    """A flower of diameter 1 about the origin, open to +Z: notched, cupped petals of four faces each."""
    tree = current_tree()
    node = tree.add("GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=3, vertices_y=4)
    grid, at = n.capture(node["Mesh"], n.position())
    x, y = at.x, at.y + 0.5
    half = n.float_curve(y, [(0, 0.06), (0.3, 0.17), (0.65, 0.27), (1, 0.2)])
    tip = (1.0 - 0.12 * (1.0 - n.math("ABSOLUTE", x)) * n.smoothstep(y, 0.7, 1.0)) * y * 0.5
    place = n.combine_xyz(x * half, tip + 0.03, 0.22 * y * y + n.math("ABSOLUTE", x) * half * 0.35)
    grid = tree.add(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=grid, name="UVMap",
        value=n.combine_xyz(x * 0.5 + 0.5, y, 0.0),
    ).as_socket()  # fmt: skip
    petal = n.store(n.set_position(grid, place), "thin", True, domain="FACE")
    ring = n.points(petals)
    return n.realize(n.instance_on(ring, petal, rotation=n.combine_xyz(0.0, 0.0, n.index() * (6.28319 / petals))))
