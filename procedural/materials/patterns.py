"""What rocks, soils and other ground are drawn with: places in a pattern, grains, cracks, veins, layers.

Patterns are laid out in units of a size in metres: `spot(size, seed)` says where the shaded point is. Noise of several octaves keeps mostly
to 0.3..0.7; `clear` spreads that over 0..1.
"""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import place, told


class Cells(NamedTuple):
    """The nearest of scattered centres. distance: to it, in cells; random: three numbers 0..1 a cell; away: from it, in pattern units."""

    distance: Socket
    random: Socket
    away: Socket


def spot(size: Input, seed: Input) -> Socket:
    """Where the shaded point is, in units of `size` (m); another seed, or another part's `random`, is elsewhere in the pattern."""
    shift = seed + told("random") * 61.0
    return place() / size + n.combine_xyz(shift * 0.73, shift * 1.31, shift * 0.41)


def shifted(at: Input, x: Input, y: Input, z: Input) -> Socket:
    """The place elsewhere in the pattern, so that two patterns of one kind have nothing to do with each other."""
    by = (x, y, z) if all(isinstance(part, int | float) for part in (x, y, z)) else n.combine_xyz(x, y, z)
    return n.vector_math("ADD", at, by)


def squeeze(at: Input, x: float, y: float, z: float) -> Socket:
    """The place with its axes multiplied: a pattern that is longer where the factor is small."""
    return n.vector_math("MULTIPLY", at, (x, y, z))


def warp(at: Socket, amount: Input, scale: Input = 1.0, detail: Input = 1.0) -> Socket:
    """The place pushed about by noise, so that what is drawn there is bent."""
    return at + n.noise_vector(at, scale=scale, detail=detail) * (amount * 2.0 if isinstance(amount, float) else amount)


def clear(value: Input, low: Input = 0.33, high: Input = 0.67) -> Socket:
    """Noise spread over 0..1."""
    return n.smoothstep(value, low, high)


def blend(factor: Input, a: Input, b: Input) -> Socket:
    """Between two colours; triples of numbers are linear RGB."""
    a, b = (n.color(c) if isinstance(c, tuple) else c for c in (a, b))
    return n.mix(factor, a, b)


def cells(at: Socket, scale: Input = 1.0, randomness: Input = 1.0) -> Cells:
    """Scattered cells, one for each unit of `at` / `scale` and axis."""
    if scale != 1.0:
        at = at * scale
    made = n.voronoi(at, scale=1.0, randomness=randomness)
    return Cells(made["Distance"], made["Color"], at - made["Position"])


def seams(at: Socket, scale: Input = 1.0, randomness: Input = 1.0) -> Socket:
    """Distance from the seam between scattered cells, in cells: 0 on it, about 0.3 in the middle."""
    return n.voronoi(at, scale=scale, randomness=randomness, feature="DISTANCE_TO_EDGE")["Distance"]


def ridges(at: Socket, scale: Input = 1.0, detail: Input = 4.0) -> Socket:
    """Noise of sharp crests, about 0..1."""
    made = n.node(
        "ShaderNodeTexNoise", noise_dimensions="3D", noise_type="RIDGED_MULTIFRACTAL", normalize=True, vector=at
    )
    made.set(scale=scale, detail=detail, roughness=0.5, lacunarity=2.1, offset=1.0, gain=1.6)
    return made.as_socket()


def vein(value: Input, width: Input, middle: float = 0.5) -> Socket:
    """1 where noise crosses its middle, 0 farther than `width` from there: winding lines."""
    return 1.0 - n.smoothstep(abs(value - middle), 0.0, width)


def stairs(value: Input, rise: float = 0.3) -> Socket:
    """The number's floor, but with a steep slope of width `rise` instead of each jump, so that relief made of it has no walls."""
    whole = n.math("FLOOR", value)
    return whole + n.smoothstep(value - whole, 1.0 - rise, 1.0)


def facing() -> Socket:
    """The surface's normal in the object's space."""
    made = current_tree().add(
        "ShaderNodeVectorTransform", vector_type="NORMAL", convert_from="WORLD", convert_to="OBJECT"
    )
    return made.set(vector=n.normal()).as_socket()
