"""Height functions that land forms share: noise of many octaves, its ridged and warped kinds, steps, cells, gullies.

Noise is taken in units of a `size` in metres, the distance between its largest features, and has as many octaves as the mesh can show.
Perlin's noise is zero on all points of its grid: the plane in which we take it lies aslant between them, octaves are not powers of two apart,
and each draw lies elsewhere, so that no grid shows.
"""

from __future__ import annotations

from typing import NamedTuple

from ...graph import Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input

LACUNARITY = 2.07
MOST = 13.0  # octaves beyond the first


def elsewhere(seed: Input, salt: int) -> Socket:
    """A far place in the noise for each seed and draw."""
    return n.random_value((-60.0,) * 3, (60.0,) * 3, seed=n.math("ADD", seed, salt * 7919.0), id=salt)


def octaves(size: Input, step: Input, most: Input = MOST) -> Socket:
    """How many octaves beyond the first a mesh with points `step` apart (m) shows: until a wave is two steps long."""
    return n.clamp(n.math("LOGARITHM", n.maximum(size / (step * 2.0), 1.0), LACUNARITY), 0.0, most)


def spot(at: Input, size: Input, seed: Input, salt: int) -> Socket:
    """Where a place (m) is in a noise of that size: aslant, elsewhere for each seed and salt."""
    leaning = n.vector_math("ADD", at, n.combine_xyz(0.0, 0.0, at.x * 0.31 + at.y * 0.17))  # type: ignore[union-attr]
    return leaning / size + elsewhere(seed, salt)


def fbm(at: Input, size: Input, seed: Input, salt: int, detail: Input, roughness: Input = 0.5) -> Socket:
    """Fractal noise, about -1..1, mean 0."""
    return _noise(spot(at, size, seed, salt), "FBM", detail, roughness)


def grit(at: Input, size: Input, seed: Input, salt: int, detail: Input, roughness: Input = 0.5) -> Socket:
    """The same in the plane, at half the cost: for what lies on coarser shapes, where its grid cannot show."""
    return _noise(spot(at, size, seed, salt), "FBM", detail, roughness, "2D")


def ridged(
    at: Input, size: Input, seed: Input, salt: int, detail: Input, roughness: Input = 0.5, gain: Input = 2.0
) -> Socket:
    """Sharp crests that branch, smooth valleys between, about 0..1: Musgrave's ridged multifractal (Texturing and Modeling, 3rd ed., 16)."""
    return _noise(spot(at, size, seed, salt), "RIDGED_MULTIFRACTAL", detail, roughness, gain=gain, offset=1.0) * 0.5


def rugged(
    at: Input, size: Input, seed: Input, salt: int, detail: Input, roughness: Input = 0.5, offset: Input = 0.7
) -> Socket:
    """Smooth where it is low, rough where it is high, about 0..1: Musgrave's hybrid multifractal."""
    return _noise(spot(at, size, seed, salt), "HYBRID_MULTIFRACTAL", detail, roughness, gain=1.0, offset=offset) * 0.4


def billow(at: Input, size: Input, seed: Input, salt: int, detail: Input, roughness: Input = 0.5) -> Socket:
    """Round tops and sharp creases, about 0..1: absolute noise."""
    made = _noise(spot(at, size, seed, salt), "RIDGED_MULTIFRACTAL", detail, roughness, gain=40.0, offset=1.0)
    return 1.0 - made * 0.5


def backs(noise: Socket, round_: Input) -> Socket:
    """Crests where noise of mean 0 crosses it, about 0..1; round_: how broad their backs are, in the noise's units."""
    return 1.0 - (n.sqrt(noise * noise + n.math("MULTIPLY", round_, round_)) - round_) * 1.7


class Cells(NamedTuple):
    """Scattered centres seen from above. distance: to the nearest, in cells (0..about 0.8); random: three numbers 0..1 of it; away: from it to the
    place, in cells.
    """

    distance: Socket
    random: Socket
    away: Socket


def cells(at: Input, size: Input, seed: Input, salt: int, randomness: Input = 1.0) -> Cells:
    """The nearest of centres scattered `size` apart."""
    cell, away = _nearest(_flat_spot(at, size, seed, salt), randomness)
    told = n.node("ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=cell, w=31.7)
    return Cells(away.length, told["Color"], away)


def seams(at: Input, size: Input, seed: Input, salt: int, randomness: Input = 1.0) -> Socket:
    """Distance (m) from the seams between such cells."""
    where = _flat_spot(at, size, seed, salt)
    cell, away = _nearest(where, randomness)
    return _to_seam(where, cell, away, randomness) * size


def _flat_spot(at: Input, size: Input, seed: Input, salt: int) -> Socket:
    return n.vector_math("DIVIDE", at, n.combine_xyz(size, size, 1.0)) + elsewhere(seed, salt) * (1.0, 1.0, 0.0)


def _centre(cell: Socket, randomness: Input) -> Socket:
    """Where a cell's centre is; Blender's own Voronoi Texture scatters them differently in 4.2 and 5.0, White Noise does not."""
    told = n.node("ShaderNodeTexWhiteNoise", noise_dimensions="3D", vector=cell)
    stray = (told["Color"] - (0.5, 0.5, 0.5)) * n.combine_xyz(randomness, randomness, 0.0)
    return cell + stray + (0.5, 0.5, 0.0)


_AROUND = tuple((x, y, 0.0) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0))


@grouped("Nearest Cell")
def _nearest(where: Socket, randomness: Socket) -> tuple[Socket, Socket]:
    """The cell (whole numbers) whose centre is nearest, and the way from it to the place; both with z 0."""
    home = n.vector_math("FLOOR", where)
    nearest, way, best = home, where, n.math("ADD", 99.0, 0.0)
    for step in _AROUND:
        cell = n.vector_math("ADD", home, step)
        away = where - _centre(cell, randomness)
        distance = n.vector_math("DOT_PRODUCT", away, away)
        nearer = distance < best
        nearest, way = n.switch(nearer, nearest, cell), n.switch(nearer, way, away)
        best = n.minimum(best, distance)
    return nearest, way


@grouped("To the Seam")
def _to_seam(where: Socket, cell: Socket, away: Socket, randomness: Socket) -> Socket:
    """Distance to the nearest line half way between the nearest centre and another."""
    best: Input = 9.0
    for step in _AROUND:
        if step == (0.0, 0.0, 0.0):
            continue
        other = where - _centre(n.vector_math("ADD", cell, step), randomness)
        between = away - other
        half = n.vector_math("DOT_PRODUCT", (away + other) * -0.5, between.normalized())
        best = n.minimum(best, half)
    return best  # type: ignore[return-value]


@grouped("Terraces")
def terraces(height: Socket, step: Socket, sharpness: Socket) -> Socket:
    """Steps of `step` (m): flat treads and steep risers, the steeper the nearer `sharpness` is to 1; 0 leaves the height as it is."""
    level = height / step
    tread = n.math("FLOOR", level)
    rest = level - tread
    wide = 0.5 - sharpness * 0.44
    return (tread + n.mix(sharpness, rest, n.smoothstep(rest, 0.5 - wide, 0.5 + wide))) * step


@grouped("Winding")
def winding(along: Socket, size: Socket, seed: Socket, salt: int = 0) -> Socket:
    """How far a line that winds lies to the side, about -1..1, at a place `along` it (m); size: m between bends."""
    where = n.combine_xyz(along / size, along / size * 0.21, 0.37) + elsewhere(seed, salt)
    return _noise(where, "FBM", 2.0, 0.45) * 1.7


def _noise(where: Socket, kind: str, detail: Input, roughness: Input, dimensions: str = "3D", **more: Input) -> Socket:
    made = n.node("ShaderNodeTexNoise", noise_dimensions=dimensions, noise_type=kind, normalize=False)
    return made.set(
        vector=where, scale=1.0, detail=detail, roughness=roughness, lacunarity=LACUNARITY, distortion=0.0, **more
    ).as_socket()


@grouped("Warp Land")
def warp(at: Socket, size: Socket, amount: Socket, seed: Socket, detail: Socket, salt: int = 1) -> Socket:
    """The place pushed about by noise of that size, by about `amount` of it: what is drawn there is bent and no longer noise-like."""
    made = n.node("ShaderNodeTexNoise", noise_dimensions="3D", noise_type="FBM", normalize=False)
    made.set(vector=spot(at, size, seed, salt), scale=1.0, detail=detail, roughness=0.5, lacunarity=LACUNARITY)
    push = (made["Color"] - (0.5, 0.5, 0.5)) * (1.0, 1.0, 0.0)
    return at + push * (size * amount)
