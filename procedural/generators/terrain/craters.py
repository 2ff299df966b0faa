"""A field of craters: of all sizes, old ones worn and broken by young ones, with rims and what was thrown out around them."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves


@dataclass(frozen=True)
class CraterParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(1000.0)
    largest: float = param(
        220.0, "Width of the largest craters", min=0.5, max=20_000.0, unit="m", panel="Craters", spread=0.18
    )
    density: float = param(0.55, "How many there are", min=0.0, max=1.0, panel="Craters", usual=(0.4, 0.7))
    sizes: int = param(5, "How many sizes, each about half the one before", min=1, max=7, panel="Craters")
    depth: float = param(0.18, "Depth of a crater, in its width", min=0.0, max=0.6, panel="Craters", usual=(0.14, 0.22))
    rim: float = param(0.3, "Height of its rim, in its depth", min=0.0, max=1.0, panel="Craters", usual=(0.22, 0.38))
    age: float = param(0.5, "How far craters are worn down", min=0.0, max=1.0, panel="Craters", usual=(0.3, 0.7))
    floor: float = param(0.3, "How flat their floors are", min=0.0, max=0.9, panel="Craters", usual=(0.15, 0.45))
    ragged: float = param(0.35, "How far they are from round", min=0.0, max=1.5, panel="Craters", usual=(0.2, 0.5))
    peaks: float = param(
        0.4, "Height of the peaks in the middle of large ones", min=0.0, max=1.0, panel="Craters", usual=(0.1, 0.7)
    )
    waves: float = param(22.0, "Rise and fall of the ground", min=0.0, max=500.0, unit="m", panel="Ground", spread=0.45)
    roughness: float = param(0.45, "How rough the ground is", min=0.0, max=1.0, panel="Ground", usual=(0.38, 0.52))


PRESETS = {
    "craters": CraterParams(),
    "old_highland": CraterParams(density=0.9, age=0.85, sizes=6, waves=35.0, rim=0.2, seed=3),
    "young_craters": CraterParams(density=0.3, age=0.1, depth=0.22, rim=0.42, peaks=0.6, waves=10.0, sizes=6, seed=6),
}


def build(p: CraterParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CraterParams."""
    with land_form("Craters", p, "moon_land") as land:
        i = land.i
        rough = fbm(land.at, i.largest * 0.3, i.seed, 1, octaves(i.largest * 0.3, land.step, 8.0), 0.5)
        waves = fbm(land.at, i.largest * 2.2, i.seed, 2, octaves(i.largest * 2.2, land.step), i.roughness)
        height = waves * i.waves
        for number in range(7):  # the largest first: later, smaller ones lie on them
            wide = i.largest * 0.52**number
            bowl = _crater(
                land.at, wide, rough, i.density, i.depth, i.rim, i.age, i.floor, i.ragged, i.peaks, i.seed, 10 + number
            )
            shown = (i.sizes > number) * n.smoothstep(wide, land.step * 3.0, land.step * 6.0)
            height = height + bowl * shown
        land.rise(height)
    return land.tree.data


@grouped("Craters of One Size")
def _crater(
    at: Socket,
    wide: Socket,
    rough: Socket,
    density: Socket,
    depth: Socket,
    rim: Socket,
    age: Socket,
    floor: Socket,
    ragged: Socket,
    peaks: Socket,
    seed: Socket,
    salt: int,
) -> Socket:
    """m, below and above the ground."""
    spaced = wide * 1.6
    hit = cells(at, spaced, seed, salt, 0.75)
    radius = (0.14 + hit.random.y * 0.13) * (1.0 + rough * ragged * 0.35)
    r = hit.distance / radius
    worn = n.clamp(age * 1.2 - 0.2 + (hit.random.z - 0.5) * 0.8)
    deep = depth * radius * 2.0 * spaced * (1.0 - worn * 0.6)
    edge = n.mix(worn, 0.88, 0.7)
    bowl = n.smoothstep(r, edge * floor * 0.9, n.mix(worn, 1.02, 1.2)) - 1.0
    brim = (
        n.smoothstep(r, edge * 0.7, 1.0)
        * n.math("EXPONENT", n.maximum(r - 1.0, 0.0) * -3.2)
        * n.smoothstep(r, 2.4, 1.4)
    )
    brim = brim * n.smoothstep(hit.distance, 0.55, 0.3)
    peak = n.smoothstep(r, 0.24, 0.0) * peaks * 0.4 * n.smoothstep(hit.random.y, 0.5, 0.8)
    return (bowl + brim * rim * (1.0 - worn * 0.5) + peak) * deep * (hit.random.x < density)


CRATERS = Family(
    "craters", "Crater Field", "Terrain", CraterParams, build, PRESETS, "Craters of all sizes and ages", solid=False
)
