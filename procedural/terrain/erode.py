"""Erosion of a land that stays live: forms keep their sliders, erosion lies over them as a modifier that can be turned off or up.

What erosion changed is kept as attributes of a flat grid, an object in no collection that only the modifier "Land Eroded" knows. The modifier
adds the change to the heights that reach it and gives the land the layers. Turn it off, move the forms' sliders, erode again.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ...land_params import ErosionParams
from ...params import check, from_mapping, param, to_mapping
from ..graph import apply_group, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import read_input, set_inputs
from ..grow.erosion import erode_steps
from .field import HeightField
from .land import read_field, write_field
from .surface import SURFACE_KEY

ERODED_KEY = "dreamgrove_land_eroded"  # on the group: its version; on objects: the parameters, as JSON
VERSION = 1
CHANGE = "erosion"  # the layer that holds how much higher the land is, m
LAYERS = ("flow", "wetness", "sediment", "wear", "snow", "water", "catchment", "runoff")
GIVEN = ("hardness",)  # layers of the land that erosion goes by


@dataclass(frozen=True)
class ErodedParams:
    """Of the group "Land Eroded"."""

    amount: float = param(1.0, "How much of the erosion is seen", min=0.0, max=2.0, unit="factor")
    middle: tuple[float, ...] = param(
        (0.0, 0.0, 0.0), "Where the middle of the eroded land is", min=-1e6, max=1e6, unit="m"
    )


def erode_land(
    obj: bpy.types.Object, params: ErosionParams | None = None, count: int | None = None
) -> Generator[float, None, bpy.types.Modifier]:
    """Erode what the object's land forms show, step by step (yields the share done); returns the modifier "Land Eroded".

    count: points along a side that erosion works with; None for the land's own. A former erosion is replaced, not eroded again. Until the
    last step nothing changes; whoever stops asking keeps the land as it was. Raises ValueError for an object without faces, or one that is
    turned or scaled; ParameterError for parameters out of range.
    """
    p = check(params or ErosionParams())
    turn = np.array(obj.matrix_world)[:3, :3]
    if not np.allclose(turn, np.eye(3), atol=1e-5):
        raise ValueError(f"{obj.name} is turned or scaled; apply its rotation and scale first (Ctrl A)")
    field = forms_of(obj, count)
    made = yield from erode_steps(field, p)
    change = made.heights - field.heights
    if not np.isfinite(change).all():
        raise ValueError("the eroded land has numbers that are not finite; erode with less rain or lower capacity")
    layers = {name: values for name, values in made.layers.items() if name in LAYERS}
    return _keep(obj, replace(made, heights=np.zeros_like(change), layers={**layers, CHANGE: change}), p)


def forms_of(obj: bpy.types.Object, count: int | None = None) -> HeightField:
    """The land without its erosion, heights and what erosion goes by."""
    modifier = eroded_modifier(obj)
    shown = modifier.show_viewport if modifier else False
    try:
        if modifier:
            modifier.show_viewport = False
        field = read_field(obj, count)
    finally:
        if modifier:
            modifier.show_viewport = shown
    layers = {name: values for name, values in field.layers.items() if name in GIVEN}
    return replace(field, heights=field.heights.astype(np.float32), layers=layers)


def eroded_modifier(obj: bpy.types.Object) -> bpy.types.Modifier | None:
    """The object's modifier "Land Eroded"."""
    for modifier in obj.modifiers:
        if modifier.type == "NODES" and modifier.node_group and ERODED_KEY in modifier.node_group:
            return modifier
    return None


def erosion_of(obj: bpy.types.Object) -> ErosionParams | None:
    """With what parameters the object was eroded; None if it was not."""
    told = obj.get(ERODED_KEY)
    return from_mapping(ErosionParams, json.loads(told)) if told else None


def forget_erosion(obj: bpy.types.Object) -> None:
    """Take erosion off the land, and its grid out of the file."""
    modifier = eroded_modifier(obj)
    if modifier is None:
        return
    carrier = _carrier(modifier)
    obj.modifiers.remove(modifier)
    if ERODED_KEY in obj:
        del obj[ERODED_KEY]
    if carrier is not None:
        _discard(carrier)


def group() -> bpy.types.NodeTree:
    """The group "Land Eroded": this file's or a new one."""
    return kept_group(ERODED_KEY, VERSION, _build)


def _keep(obj: bpy.types.Object, flat: HeightField, p: ErosionParams) -> bpy.types.Modifier:
    """Put the change on the object: its grid, the modifier in its place, the parameters."""
    before = eroded_modifier(obj)
    former = _carrier(before) if before else None
    carrier = write_field(f"{obj.name} Erosion", flat)
    for collection in list(carrier.users_collection):
        collection.objects.unlink(carrier)
    modifier = before or apply_group(obj, group())
    middle = (flat.center[0] - obj.matrix_world.translation.x, flat.center[1] - obj.matrix_world.translation.y, 0.0)
    set_inputs(modifier, {"Grid": carrier, "middle": middle})
    if before is None:
        _before_surface(obj, modifier)
    if former is not None:
        _discard(former)
    obj[ERODED_KEY] = json.dumps(to_mapping(p))
    return modifier


def _before_surface(obj: bpy.types.Object, modifier: bpy.types.Modifier) -> None:
    """Erosion comes after the forms and before what measures them."""
    for place, other in enumerate(obj.modifiers):
        if other.type == "NODES" and other.node_group and SURFACE_KEY in other.node_group:
            obj.modifiers.move(obj.modifiers.find(modifier.name), place)
            return


def _carrier(modifier: bpy.types.Modifier) -> bpy.types.Object | None:
    items = modifier.node_group.interface.items_tree
    return read_input(modifier, next(item for item in items if item.name == "Grid"))


def _discard(carrier: bpy.types.Object) -> None:
    mesh = carrier.data
    bpy.data.objects.remove(carrier)
    if mesh.users == 0:
        bpy.data.meshes.remove(mesh)


def _build() -> bpy.types.NodeTree:
    with new_tree("Land Eroded", ErodedParams()) as tree:
        land = tree.geometry_input()
        carrier = tree.socket_input("Grid", "NodeSocketObject", 1)
        i = tree.i
        with tree.frame("Grid"):
            grid = tree.add("GeometryNodeObjectInfo", object=carrier, transform_space="ORIGINAL")["Geometry"]
            size = tree.add("GeometryNodeAttributeDomainSize", component="MESH", geometry=grid)["Point Count"]
            there = n.position() - i.middle
            # the grid is flat, so what is nearest is what lies under the point
            land, place = n.capture(land, n.combine_xyz(there.x, there.y, 0.0))
        with tree.frame("Change"):
            change = _told(tree, grid, CHANGE, place)
            raised = n.set_position(land, offset=n.combine_xyz(0.0, 0.0, change * i.amount))
        with tree.frame("Layers"):
            for name in LAYERS:
                raised = n.store(raised, name, _told(tree, grid, name, place) * n.minimum(i.amount, 1.0))
        tree.o.geometry << n.switch(size > 0, land, raised)
    tree.data[ERODED_KEY] = VERSION
    return tree.data


def _told(tree, grid, name: str, place):
    """The grid's value at a place, between its points."""
    node = tree.add(
        "GeometryNodeSampleNearestSurface", data_type="FLOAT", mesh=grid, value=n.attribute(name), sample_position=place
    )
    return node["Value"]


def erode_to_end(
    obj: bpy.types.Object, params: ErosionParams | None = None, count: int | None = None
) -> bpy.types.Modifier:
    """`erode_land` without stops, for scripts."""
    steps = erode_land(obj, params, count)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
