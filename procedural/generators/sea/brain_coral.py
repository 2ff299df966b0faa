"""Brain coral: a dome whose meandering ridges grew by reaction and diffusion; their height stays live."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...grow.icosphere import icosphere, neighbours
from ...grow.reaction_diffusion import gray_scott
from ...materials import shared
from ...materials.coral import BRAIN_CORAL_SKIN, BrainCoralParams
from ..base import Family, Skeleton

CUT = -0.3  # where the unit sphere ends below


@dataclass(frozen=True)
class BrainColonyParams:
    """Metres. How the ridges run is grown; all else is live."""

    width: float = param(0.4, "Width of the colony", min=0.02, max=3.0, unit="m", panel="Dome", usual=(0.3, 0.55))
    height: float = param(0.62, "Height, as a share of the width", min=0.15, max=1.2, panel="Dome", usual=(0.5, 0.75))
    lumps: float = param(0.14, "How uneven the dome is", min=0.0, max=0.6, panel="Dome", usual=(0.08, 0.22))
    foot: float = param(0.12, "How far it is drawn in at its foot", min=0.0, max=0.5, panel="Dome", usual=(0.05, 0.2))
    ridge: float = param(
        0.012, "Height of the ridges", min=0.0, max=0.2, unit="m", panel="Ridges", usual=(0.009, 0.016)
    )
    breadth: float = param(0.5, "From thin ridges to broad ones", min=0.0, max=1.0, panel="Ridges", usual=(0.35, 0.65))
    groove: float = param(0.35, "Depth of the furrow on the crest", min=0.0, max=1.0, panel="Ridges", usual=(0.0, 0.6))
    fineness: float = param(
        0.35, "From wide valleys to narrow ones", min=0.0, max=1.0, panel="Ridges", live=False, usual=(0.1, 0.7)
    )
    islands: float = param(
        0.15, "From long mazes, 0, to walled cells, 1", min=0.0, max=1.0, panel="Ridges", live=False, usual=(0.0, 0.4)
    )
    steps: int = param(1300, "How long the pattern grows", min=100, max=20000, panel="Ridges", live=False)
    color: tuple[float, ...] = param(
        (0.4, 0.25, 0.1), "Colour of the ridges, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    valley: tuple[float, ...] = param(
        (0.1, 0.24, 0.07), "Colour of the valleys", min=0, max=1, panel="Colour", spread=0.3
    )
    seed: int = param(0, "Another colony of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0, live=False)


PRESETS = {
    "brain_coral": BrainColonyParams(),
    "grooved_brain_coral": BrainColonyParams(
        width=0.5, height=0.5, ridge=0.016, breadth=0.8, groove=0.9, fineness=0.0, color=(0.45, 0.33, 0.16), valley=(0.2, 0.13, 0.06)
    ),
    "moon_coral": BrainColonyParams(
        width=0.28, height=0.7, ridge=0.009, breadth=0.6, groove=0.25, fineness=0.6, islands=1.0, steps=2000, lumps=0.2,
        color=(0.3, 0.2, 0.1), valley=(0.12, 0.42, 0.16),
    ),
    "rose_brain_coral": BrainColonyParams(
        width=0.22, height=0.42, ridge=0.014, lumps=0.35, fineness=0.15, color=(0.55, 0.16, 0.2), valley=(0.16, 0.36, 0.26), breadth=0.7
    ),
}  # fmt: skip


def skeleton(p: BrainColonyParams) -> Skeleton:
    """A dome of radius 1 with the attribute `ridge`, 0 in the valleys and 1 on the ridges; flat below."""
    levels = int(np.clip(round(6 + 0.75 * np.log2(p.detail)), 3, 7))
    vertices, faces = icosphere(levels)
    kept = vertices[:, 2] > CUT
    number = np.cumsum(kept) - 1
    faces = number[faces[kept[faces].all(1)]]
    vertices = vertices[kept]
    used = np.zeros(len(vertices), bool)
    used[faces] = True
    faces, vertices = (np.cumsum(used) - 1)[faces], vertices[used]
    table = neighbours(faces, len(vertices))
    # Mazes at one end of the region where patterns live, cells at the other
    feed, kill = 0.055 - 0.025 * p.islands, 0.062 + 0.0003 * p.islands
    ridge = gray_scott(table, p.seed, p.steps, feed, kill, spread=0.28 - 0.18 * p.fineness)
    if p.islands > 0.5:
        ridge = 1.0 - ridge  # cells: what was spots becomes what walls surround
    faces, vertices = _close(faces, vertices)
    ridge = np.concatenate([ridge, np.zeros(1, np.float32)])
    none = np.zeros((0, 2), np.int64)
    return Skeleton(vertices, none, faces.tolist(), {"ridge": ridge.astype(np.float32)})


def _close(faces: np.ndarray, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Close the hole below with a fan about one more vertex."""
    half = faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    count = len(vertices)
    key, back = half[:, 0] * count + half[:, 1], half[:, 1] * count + half[:, 0]
    rim = half[~np.isin(key, back)]
    fan = np.stack([rim[:, 1], rim[:, 0], np.full(len(rim), count)], -1)
    return np.concatenate([faces, fan]), np.concatenate([vertices, [[0.0, 0.0, CUT]]])


def build(p: BrainColonyParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields."""
    skin = shared(BRAIN_CORAL_SKIN, BrainCoralParams(size=0.016, depth=0.0, septa=0.6), "Brain Coral")
    with new_tree("Brain Coral", p) as tree:
        i = tree.i
        dome = tree.geometry_input("Dome")
        material = tree.material_input("Coral Material", skin, "What the coral is made of")
        with tree.frame("Dome"):
            mesh = _dome(i, dome)
        with tree.frame("Ridges"):
            mesh = _ridges(i, mesh)
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _dome(i: Inputs, dome: Socket) -> Socket:
    at = n.position()
    lump = n.noise(at, scale=1.15, detail=2.0, roughness=0.45, w=i.seed * 2.9 + 1.0) - 0.5
    x, y = at.x, at.y
    above = n.maximum(at.z - CUT, 0.0) / (1.0 - CUT)
    drawn = 1.0 - i.foot * n.smoothstep(above, 0.35, 0.0)
    swell = 1.0 + lump * i.lumps * 2.6
    half = i.width * 0.5
    place = n.combine_xyz(
        x * half * drawn * swell, y * half * drawn * swell, above * i.width * i.height * (1.0 + lump * i.lumps * 2.6)
    )
    return n.set_position(dome, place)


def _ridges(i: Inputs, mesh: Socket) -> Socket:
    told = n.attribute("ridge")
    edge = n.mix(i.breadth, 0.72, 0.22)
    wall = n.smoothstep(told, edge - 0.22, edge + 0.28)
    crest = n.smoothstep(told, edge + 0.2, 1.02) * i.groove
    above = n.smoothstep(n.position().z, 0.0, i.width * 0.06)
    mesh, high = n.capture(mesh, n.clamp(wall - crest * 0.45) * above)
    cloud = n.noise(n.position() / i.width, scale=3.0, detail=3.0, w=i.seed + 0.5)
    grain = n.noise(n.position() / i.width, scale=60.0, detail=1.0, w=i.seed) - 0.5
    mesh = n.set_position(mesh, offset=n.normal() * ((high - 0.4 * above + grain * 0.12 * above) * i.ridge))
    mesh = n.store(mesh, "ridge", high)
    light = 0.7 + cloud * 0.6
    tint = n.mix(n.smoothstep(high, 0.2, 0.6), i.valley, i.color)
    tint = n.mix(1.0, tint, n.combine_xyz(light, light, light), blend="MULTIPLY")
    mesh = n.store(mesh, "tint", tint)
    return n.store(mesh, "random", cloud)  # type: ignore[return-value]


BRAIN_CORAL = Family(
    "brain_coral",
    "Brain Coral",
    "Sea",
    BrainColonyParams,
    build,
    PRESETS,
    "A dome of meandering ridges",
    skeleton=skeleton,
)
