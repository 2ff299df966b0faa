"""Patterns that several materials are made of: chance by cell, scratches, courses of bricks, places on walls. Shader graphs only."""

from __future__ import annotations

from dataclasses import dataclass

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import place, told


def fraction(value: Input) -> Socket:
    return n.math("FRACT", value)


def floor(value: Input) -> Socket:
    return n.math("FLOOR", value)


def chance(of: Input, salt: float = 0.0) -> Socket:
    """A random number 0..1 for each value of a number or vector; `salt` tells draws apart."""
    tree = current_tree()
    if _is_vector(of):
        return tree.add("ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=of, w=salt)["Value"]
    return tree.add("ShaderNodeTexWhiteNoise", noise_dimensions="1D", w=of + salt * 17.13)["Value"]


def _is_vector(value: Input) -> bool:
    return value.as_socket().type in {"VECTOR", "RGBA"}  # type: ignore[union-attr]


def stretched(at: Input, across: float, along: float, detail: float = 2.0, w: Input = None) -> Socket:
    """Noise 0..1 drawn out along z: `across` and `along` are the sizes of its features, m."""
    return n.noise(n.vector_math("DIVIDE", at, (across, across, along)), scale=1.0, detail=detail, w=w)


def own_place() -> Socket:
    """The place in the object's space, m, shifted by the part's own `random`, so that equal parts do not look the same."""
    shift = told("random") * 7.31
    return place() + n.combine_xyz(shift, shift, shift)


def upward() -> Socket:
    """How far the surface looks up in the world: 1 up, 0 upright, -1 down.

    Half of it from the face, since the shading normal is bent by the material's own relief, which wear must not chase.
    """
    geometry = current_tree().add("ShaderNodeNewGeometry")
    return (geometry["Normal"].z + geometry["True Normal"].z) * 0.5


def scratches(at: Input, size: Input, w: Input = 0.0, directions: int = 3) -> Socket:
    """Fine scratches, 1 in the groove: stretched noise's level lines in several directions, broken up. size: m, of their spacing."""
    found: Socket | None = None
    for number in range(directions):
        turn = (1.1 + 2.3 * number, 0.7 * number + 0.3, 0.9 + 1.7 * number)
        turned = current_tree().add("ShaderNodeVectorRotate", rotation_type="EULER_XYZ", vector=at, rotation=turn)
        fine = n.noise(
            n.vector_math("MULTIPLY", turned.as_socket() / size, (1.0, 1.0, 0.025)), scale=1.0, detail=0.0, w=w + number
        )
        line = 1.0 - n.smoothstep(abs(fine - 0.5), 0.0, 0.0045)
        there = n.noise(at / size, scale=0.35, detail=1.0, w=w + number + 31.0)
        line = line * n.smoothstep(there, 0.5, 0.62)
        found = line if found is None else n.maximum(found, line)
    assert found is not None
    return found


def wall_place(slope: bool = False) -> tuple[Socket, Socket]:
    """(along, up) in m on the surface: `limb`'s x and z where there is one, else by the side the surface faces.

    slope: measure up along a sloping surface instead of plumb.
    """
    tree = current_tree()
    facing = tree.add("ShaderNodeNewGeometry")["True Normal"]
    facing = tree.add(
        "ShaderNodeVectorTransform", vector_type="NORMAL", convert_from="WORLD", convert_to="OBJECT", vector=facing
    ).as_socket()
    away = n.vector_math("ABSOLUTE", facing.normalized())
    at = place()
    flat = n.math("GREATER_THAN", away.z, 0.92)
    side = n.math("GREATER_THAN", away.x, away.y)
    along = n.mix(flat, n.mix(side, at.x, at.y), at.x)
    up = at.z / n.sqrt(n.maximum(1.0 - away.z * away.z, 0.15)) if slope else at.z
    up = n.mix(flat, up, at.y)
    limb = told("limb", "Vector")
    there = n.math("GREATER_THAN", limb.length, 1e-6)
    return n.mix(there, along, limb.x), n.mix(there, up, limb.z)


@dataclass(frozen=True)
class Courses:
    """A wall of bricks: `inside` 0 in the joints to 1 on the brick, `own` a number 0..1 a brick, x and y -0.5..0.5 on it."""

    inside: Socket
    own: Socket
    x: Socket
    y: Socket


def courses(
    along: Input, up: Input, length: Input, height: Input, joint: Input, shift: Input = 0.5, soft: Input = 0.003
) -> Courses:
    """Bricks of `length` and `height` with joints (m); every other course is shifted by `shift` of a length."""
    row = floor(up / height)
    moved = along / length + row * shift
    column = floor(moved)
    x, y = moved - column - 0.5, up / height - row - 0.5
    from_edge = n.minimum((0.5 - abs(x)) * length, (0.5 - abs(y)) * height)
    inside = n.smoothstep(from_edge, joint * 0.5 - soft * 0.3, joint * 0.5 + soft)
    return Courses(inside, chance(n.combine_xyz(column, row, 0.0)), x, y)
