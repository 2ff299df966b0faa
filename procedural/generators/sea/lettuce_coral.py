"""Lettuce coral: ruffled sheets whose rims outgrow what carries them, by differential growth; thickness and colours stay live."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...grow.differential_growth import ruffled_sheet
from ...materials import shared
from ...materials.coral import STONY_CORAL, StonyCoralParams
from ...parts.shapes import count, lathe
from ...parts.solidify import thicken
from ..base import Family, Skeleton

POINTS, ROWS = 110, 26  # of a sheet


@dataclass(frozen=True)
class LettuceCoralParams:
    """Metres and radians. How the sheets ruffle is grown; size, thickness and colours are live."""

    size: float = param(
        0.3, "Height the sheets would have if flat", min=0.02, max=2.0, unit="m", panel="Sheets", usual=(0.22, 0.4)
    )
    sheets: int = param(3, "Sheets, one about the other", min=1, max=6, panel="Sheets", live=False)
    growth: float = param(
        0.11, "How much faster the rim grows, a row", min=0.0, max=0.25, panel="Sheets", live=False, usual=(0.09, 0.13)
    )
    around: float = param(
        2.1,
        "Half the angle that a sheet goes about the middle",
        min=0.3,
        max=3.0,
        unit="rad",
        panel="Sheets",
        live=False,
        usual=(1.7, 2.5),
    )
    rise: float = param(
        0.6,
        "From spreading sheets, 0, to upright ones, 1",
        min=0.0,
        max=1.5,
        panel="Sheets",
        live=False,
        usual=(0.4, 0.8),
    )
    thickness: float = param(
        0.006,
        "Thickness of the sheets at the foot",
        min=0.0005,
        max=0.05,
        unit="m",
        panel="Surface",
        usual=(0.005, 0.008),
    )
    rim: float = param(0.5, "Thickness at the rim, as a share", min=0.1, max=1.0, panel="Surface")
    ribs: float = param(
        0.0016,
        "Height of the ribs that run to the rim",
        min=0.0,
        max=0.02,
        unit="m",
        panel="Surface",
        usual=(0.001, 0.0024),
    )
    color: tuple[float, ...] = param((0.42, 0.24, 0.09), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.3)
    light: tuple[float, ...] = param(
        (0.75, 0.64, 0.42), "Colour of the growing rim", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another colony of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "lettuce_coral": LettuceCoralParams(),
    "cabbage_coral": LettuceCoralParams(
        size=0.45, sheets=4, growth=0.08, around=2.6, rise=0.35, thickness=0.009, color=(0.3, 0.32, 0.12), light=(0.66, 0.68, 0.4)
    ),
    "violet_lettuce_coral": LettuceCoralParams(
        size=0.24, growth=0.14, rise=0.9, around=1.8, color=(0.26, 0.12, 0.36), light=(0.66, 0.5, 0.75)
    ),
}  # fmt: skip


def skeleton(p: LettuceCoralParams) -> Skeleton:
    """Sheets of a unit height, one outside the other, with `along` (0 at the foot, 1 at the rim) and `across` (0..1)."""
    vertices, faces, along, across = [], [], [], []
    rng = np.random.default_rng(p.seed)
    for number in range(p.sheets):
        share = (number + 0.6) / p.sheets
        angle = np.linspace(-p.around, p.around, POINTS) + number * 2.4 + rng.uniform(-0.4, 0.4)
        radius = 0.05 + 0.16 * share
        ring = np.stack([np.cos(angle), np.sin(angle), np.zeros(POINTS)], -1)
        outward = ring + np.array([0.0, 0.0, 0.35 + p.rise * (1.6 - share)])
        sheet = ruffled_sheet(
            ring * radius, outward, p.seed * 7 + number, ROWS, p.growth, 1.0 / ROWS, p.rise, 0.035, 10
        )
        corner = (np.arange(ROWS)[:, None] * POINTS + np.arange(POINTS - 1)).reshape(-1) + number * (ROWS + 1) * POINTS
        faces.append(np.stack([corner, corner + POINTS, corner + POINTS + 1, corner + 1], -1))
        vertices.append(sheet.reshape(-1, 3))
        along.append(np.repeat(np.linspace(0, 1, ROWS + 1), POINTS))
        across.append(np.tile(np.linspace(0, 1, POINTS), ROWS + 1) + number * 2.0)
    attributes = {
        "along": np.concatenate(along).astype(np.float32),
        "across": np.concatenate(across).astype(np.float32),
    }
    return Skeleton(np.concatenate(vertices), np.zeros((0, 2), np.int64), np.concatenate(faces).tolist(), attributes)


def build(p: LettuceCoralParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields."""
    skin = shared(STONY_CORAL, StonyCoralParams(size=0.004, depth=0.0005, open=0.3, mottle=0.3), "Lettuce Coral")
    with new_tree("Lettuce Coral", p) as tree:
        i = tree.i
        sheets = tree.geometry_input("Grown Sheets")
        material = tree.material_input("Coral Material", skin, "What the coral is made of")
        with tree.frame("Sheets"):
            mesh = n.join(_sheets(i, sheets), _foot(i))
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _sheets(i: Inputs, sheets: Socket) -> Socket:
    mesh = n.set_position(sheets, n.position() * i.size)
    smooth = n.first_output("GeometryNodeBlurAttribute", value=n.position(), data_type="FLOAT_VECTOR", iterations=2)
    mesh = n.set_position(mesh, smooth)
    # From detail 0.5 on each face becomes four
    mesh = n.first_output(
        "GeometryNodeSubdivisionSurface", mesh=mesh, level=(i.detail >= 0.5) + (i.detail >= 2.0) * 1.0
    )
    v, u = n.attribute("along"), n.attribute("across")
    ragged = n.noise(n.combine_xyz(u * 60.0, 0.0, i.seed), scale=1.0, detail=2.0) - 0.5
    rib = n.sin(u * 420.0 + ragged * 5.0) * 0.5 + n.noise(n.position() / i.size, scale=14.0, detail=2.0, w=i.seed) - 0.5
    mesh = n.set_position(mesh, offset=n.normal() * (rib * i.ribs))
    cloud = n.noise(n.position() / i.size, scale=4.0, detail=3.0, w=i.seed + 2.0)
    tint = n.mix(
        n.smoothstep(v + (cloud - 0.5) * 0.06, 0.82, 0.98),
        n.mix(v, n.mix(0.45, i.color, n.color((0.1, 0.07, 0.04))), i.color),
        i.light,
    )
    tint = n.mix(1.0, tint, n.combine_xyz(*(0.7 + cloud * 0.6,) * 3), blend="MULTIPLY")
    mesh = n.store(mesh, "tint", tint)
    mesh = n.store(mesh, "age", 1.0 - v)
    return thicken(mesh, i.thickness * n.mix(n.attribute("along"), 1.0, i.rim), weld=1e-7)


def _foot(i: Inputs) -> Socket:
    mound = lathe(count(i.detail, 32, 10), count(i.detail, 14, 6))
    lump = n.noise(n.combine_xyz(mound.cos, mound.sin, mound.t), scale=2.0, detail=2.0, w=i.seed) * 0.6 + 0.7
    radius = n.float_curve(mound.t, [(0, 0.0), (0.2, 0.95), (0.4, 1.0), (0.7, 0.7), (1, 0.0)]) * i.size * 0.24 * lump
    height = n.float_curve(mound.t, [(0, 0.0), (0.2, 0.0), (0.4, 0.2), (0.7, 0.75), (1, 1.0)]) * i.size * 0.12
    return n.store(mound.shape(radius, height), "tint", n.mix(0.5, i.color, n.color((0.1, 0.07, 0.04))))  # type: ignore[return-value]


LETTUCE_CORAL = Family(
    "lettuce_coral",
    "Lettuce Coral",
    "Sea",
    LettuceCoralParams,
    build,
    PRESETS,
    "Ruffled sheets, one about the other",
    skeleton=skeleton,
)
