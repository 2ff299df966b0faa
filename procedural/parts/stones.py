"""Parts that rocks share: planar cuts and notches with worn edges, fitting into a size, a colour lighter or darker."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Socket, current_tree, math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input


@dataclass(frozen=True)
class StoneCutParams:
    """Inputs of the groups "Stone Cut" and "Stone Notch"."""

    place: tuple[float, float, float] = param(
        (0.0, 0.0, 0.0), "The place that is moved", min=-100.0, max=100.0, unit="m"
    )
    near: float = param(0.7, "Least distance of the plane from the middle", min=-10.0, max=10.0)
    far: float = param(1.0, "Greatest distance of the plane from the middle", min=-10.0, max=10.0)
    wear: float = param(0.05, "How far the edge is rounded", min=0.0, max=10.0)
    lowest: float = param(-0.7, "How far down planes may look: the least z of their normals", min=-1.0, max=1.0)
    seed: int = param(0, "Another plane", min=0, max=1_000_000_000)


def _direction(seed: Socket, lowest: Input, salt: int) -> Socket:
    """A random unit vector, even over the sphere above `lowest`."""
    one = lambda low, high, number: n.random_value(low, high, seed=seed, id=salt + number)  # noqa: E731
    turn, z = one(-3.14159, 3.14159, 0), one(lowest, 1.0, 1)
    flat = n.sqrt(n.maximum(1.0 - z * z, 0.0))
    return n.combine_xyz(n.cos(turn) * flat, n.sin(turn) * flat, z)


def cut_group() -> bpy.types.NodeTree:
    """What lies beyond a random plane is laid onto it."""
    with new_tree("Stone Cut", StoneCutParams) as tree:
        i = tree.i
        away = _direction(i.seed, i.lowest, 1)
        reach = n.random_value(i.near, i.far, seed=i.seed, id=7)
        tree.o.place << i.place - away * math("SMOOTH_MAX", i.place.dot(away) - reach, 0.0, i.wear)
    return tree.data


def notch_group() -> bpy.types.NodeTree:
    """What lies beyond both of two random planes at right angles is pushed back into their corner: a block has come away."""
    with new_tree("Stone Notch", StoneCutParams) as tree:
        i = tree.i
        one = _direction(i.seed, i.lowest, 1)
        other = one.cross(_direction(i.seed, -1.0, 11)).normalized()
        past = [
            i.place.dot(away) - n.random_value(i.near, i.far, seed=i.seed, id=salt)
            for away, salt in ((one, 7), (other, 17))
        ]
        depth = math("SMOOTH_MAX", math("SMOOTH_MIN", *past, i.wear), 0.0, i.wear)
        tree.o.place << i.place - (one + other) * depth
    return tree.data


def chiselled(
    at: Socket,
    group: bpy.types.NodeTree,
    seed: Input,
    cuts: int,
    near: Input,
    far: Input,
    wear: Input,
    lowest: Input = -0.7,
) -> Socket:
    """A place after `cuts` cuts or notches of a group, each at a distance of `near`..`far` from the middle."""
    for number in range(cuts):
        node = current_tree().group(group, place=at, near=near, far=far, wear=wear, lowest=lowest)
        at = node.set(seed=math("MULTIPLY_ADD", seed, 97.0, float(number * 7 + 13))).as_socket()
    return at


def fitted(geometry: Input, width: Input, depth: Input, height: Input) -> Socket:
    """The geometry in a box of that size (m), its middle over the origin, its foot on z = 0."""
    box = current_tree().add("GeometryNodeBoundBox", geometry)
    low, high = box["Min"], box["Max"]
    span = n.vector_math("MAXIMUM", high - low, (1e-6, 1e-6, 1e-6))
    size = n.combine_xyz(width, depth, height)
    middle = (low + high) * 0.5
    foot = n.combine_xyz(middle.x, middle.y, low.z)
    return n.set_position(geometry, (n.position() - foot) / span * size)


def shaded(color: Input, light: Input) -> Socket:
    """A colour lighter (above 1) or darker, for the attribute `tint`."""
    return n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")
