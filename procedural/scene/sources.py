"""What is scattered: individuals of a preset, each at three levels: near (live, or full), far (thinned), and a proxy for the viewport.

They stand in hidden collections, one a level, with the same names in the same order, so that a number picks the same individual in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import bpy
import numpy as np

from ...params import params_of
from ..generators import find_preset, grow
from ..graph.modifiers import realized
from .thinning import Polygons, read_polygons, thin_out, write_mesh

MOST_POLYGONS = 3_000_000  # of one individual when its instances are made real


@dataclass(frozen=True)
class Plant:
    """Individuals of a preset. changes: parameters that differ from it, for all; count: how many individuals; far: share of leaves
    that is kept at a distance; live: whether the near one is the generator's own object, of instances, or one mesh.
    """

    preset: str
    count: int = 2
    changes: Mapping[str, Any] = field(default_factory=dict)
    detail: float = 0.35
    far: float = 0.4
    live: bool = False
    variation: float = 1.0


@dataclass(frozen=True)
class Sources:
    """The collections of a layer's individuals; `near` is `far` where there is no difference. height: of the highest, m."""

    far: bpy.types.Collection
    near: bpy.types.Collection
    proxy: bpy.types.Collection
    count: int
    height: float


def make_sources(
    name: str, plants: tuple[Plant, ...], seed: int, into: bpy.types.Collection, season: float | None = None
) -> Sources:
    """Grow the individuals into three new collections within `into`, which must not be in a view layer (or be hidden from it)."""
    far, near, proxy = (_collection(f"{name} {level}", into) for level in ("far", "near", "proxy"))
    number = 0
    for plant in plants:
        for each in range(plant.count):
            label = f"{number:02d} {plant.preset}"
            _individual(plant, seed * 31 + each * 7 + number, label, far, near, proxy, season)
            number += 1
    height = max((corner[2] for obj in proxy.objects for corner in obj.bound_box), default=0.0)
    return Sources(far, near, proxy, number, height)


def _individual(
    plant: Plant,
    seed: int,
    label: str,
    far: bpy.types.Collection,
    near: bpy.types.Collection,
    proxy: bpy.types.Collection,
    season: float | None,
) -> None:
    family, preset = find_preset(plant.preset)
    infos = {info.name: info for info in params_of(family.params)}
    around = family.sample(seed, preset, plant.variation)
    changes = dict(plant.changes)
    if season is not None and "season" in infos and "season" not in changes:
        changes["season"] = season
    around = replace(around, **changes, detail=infos["detail"].clamp(plant.detail))
    grown = grow(family, around, label, bpy.context.scene.collection)
    # Of a live one few leaves are made real: a million, only to drop most, would be slow.
    fewer = _fewer(around, max(plant.far, 0.02)) if plant.live else {}
    full, materials = _real(grown, fewer)
    if plant.live:
        bpy.context.scene.collection.objects.unlink(grown)
        near.objects.link(grown)
        there = next((value / getattr(around, name) for name, value in fewer.items()), 1.0)
        _mesh_object(label, thin_out(full, min(1.0, plant.far / there), seed, missing=1.0 / there), materials, far)
    else:
        own = grown.data
        bpy.data.objects.remove(grown, do_unlink=True)
        bpy.data.meshes.remove(own)
        close = _mesh_object(label, full, materials, near)
        if plant.far < 1.0:
            _mesh_object(label, thin_out(full, plant.far, seed), materials, far)
        else:
            far.objects.link(close)
    _mesh_object(label, thin_out(full, _proxy_share(full), seed, small=10**9, least=_least(full)), materials, proxy)


def _real(obj: bpy.types.Object, light: dict[str, float]) -> tuple[Polygons, list[bpy.types.Material | None]]:
    """The object as one mesh, with these inputs changed for the moment."""
    from ..graph.modifiers import set_inputs

    with realized(obj) as copy:
        if light:
            set_inputs(copy.modifiers[0], light)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        depsgraph.update()
        mesh = bpy.data.meshes.new_from_object(
            copy.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
        )
    try:
        if len(mesh.polygons) > MOST_POLYGONS:
            raise RuntimeError(f"{obj.name} has {len(mesh.polygons):,} faces, too many to scatter; lower its detail")
        return read_polygons(mesh), list(mesh.materials)
    finally:
        bpy.data.meshes.remove(mesh)


def _mesh_object(
    label: str, parts: Polygons, materials: list[bpy.types.Material | None], into: bpy.types.Collection
) -> bpy.types.Object:
    obj = bpy.data.objects.new(label, write_mesh(label, parts, materials))
    into.objects.link(obj)
    return obj


def _proxy_share(full: Polygons) -> float:
    return float(np.clip(900.0 / max(1, full.thin.sum()), 0.004, 1.0))


def _least(full: Polygons) -> float:
    """Of a large plant the proxy keeps only the limbs."""
    return float((full.points.max(0) - full.points.min(0)).max()) * 0.08 if len(full.points) > 20_000 else 0.0


def _fewer(params: Any, share: float) -> dict[str, float]:
    """The input that says how many leaves or needles a tree has, lowered."""
    if share < 1.0 and hasattr(params, "leaf_density"):
        return {"leaf_density": params.leaf_density * share}
    if share < 1.0 and hasattr(params, "needles"):
        return {"needles": max(5, int(params.needles * share))}
    return {}


def _collection(name: str, into: bpy.types.Collection) -> bpy.types.Collection:
    made = bpy.data.collections.new(name)
    into.children.link(made)
    return made
