"""Grown lines as closed tubes: what corals, fans and weeds with a skeleton share."""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input


class Tubes(NamedTuple):
    """Tubes along lines; `tangent` is the line's direction, remembered on the tubes' points."""

    mesh: Socket
    tangent: Socket


def tubes_along(lines: Input, radius: Input, around: Input) -> Tubes:
    """A closed tube along every chain of edges of a mesh. radius: field on its points, m; their attributes are kept.

    A chain should end in ever smaller radii, so that its end is round.
    """
    tree = current_tree()
    curve = tree.add("GeometryNodeMeshToCurve", lines).as_socket()
    curve, tangent = n.capture(curve, n.first_output("GeometryNodeInputTangent"))
    curve, wide = n.capture(curve, radius)
    return Tubes(n.curve_to_mesh(curve, n.circle(around, 1.0), scale=wide, fill_caps=True), tangent)


def scatter(mesh: Input, distance: Input, seed: Input, selection: Input = None) -> tuple[Socket, Socket]:
    """Points on a mesh that keep their distance (m); returns them and their normals, as a field."""
    tree = current_tree()
    made = tree.add(
        "GeometryNodeDistributePointsOnFaces", distribute_method="POISSON", mesh=mesh, selection=selection, seed=seed
    )
    made.set(distance_min=distance, density_max=0.9 / (distance * distance))
    return made["Points"], made["Normal"]
