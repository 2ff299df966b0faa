"""What an artist draws on land: a curve along which it is carved or raised, an image of heights, a thing around which it is level.

Each is a small group, put on the land as a modifier: after the forms, before "Land Surface". All stay live: move the curve, and the river moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ...params import check, param, params_of, to_mapping
from ..graph import Socket, Tree, new_tree
from ..graph import nodes as n
from ..graph.modifiers import set_inputs
from .surface import SURFACE_KEY

CONTROL_KEY = "dreamgrove_land_control"  # on groups: which control it is
VERSION = 1
BLENDS = ("add", "higher", "lower", "replace")


@dataclass(frozen=True)
class AlongCurveParams:
    """Metres."""

    width: float = param(8.0, "Width of the bed, or of the ridge's back", min=0.0, max=10_000.0, unit="m")
    banks: float = param(30.0, "Width of the slope to either side", min=0.01, max=20_000.0, unit="m")
    rise: float = param(
        -6.0, "How far the land is raised along the curve; carved below 0", min=-5000.0, max=5000.0, unit="m"
    )
    follow: float = param(
        0.0, "From raising land as it is, 0, to laying it at the curve's own height, 1", min=0.0, max=1.0
    )
    ragged: float = param(0.35, "How uneven the banks are", min=0.0, max=1.0)
    mark: str = param("path", "Attribute in which closeness is kept: 1 on the curve, 0 beyond the banks")
    seed: int = param(0, "Other banks", min=0, max=9999)


RIVER = AlongCurveParams(mark="stream", follow=1.0, rise=-2.5, width=10.0, banks=28.0)
RIDGE = AlongCurveParams(width=2.0, banks=160.0, rise=70.0, ragged=0.5, mark="ridge")
ROAD = AlongCurveParams(width=5.0, banks=12.0, rise=0.0, follow=1.0, ragged=0.1)


@dataclass(frozen=True)
class HeightMapParams:
    """Metres; the image's bottom left is at -X, -Y."""

    size: float = param(1000.0, "Side of the image on the land", min=0.1, max=100_000.0, unit="m")
    low: float = param(0.0, "Height of black", min=-10_000.0, max=10_000.0, unit="m")
    high: float = param(200.0, "Height of white", min=-10_000.0, max=10_000.0, unit="m")
    place: tuple[float, ...] = param((0.0, 0.0, 0.0), "Where its middle is", min=-100_000.0, max=100_000.0, unit="m")
    fade: float = param(0.0, "Share of the way to its border over which it fades out", min=0.0, max=1.0)
    blend: str = param("add", "How it joins the land before it", choices=BLENDS)


@dataclass(frozen=True)
class FlattenParams:
    """Metres."""

    margin: float = param(2.0, "Level ground around the thing", min=0.0, max=5000.0, unit="m")
    banks: float = param(12.0, "Width of the slope down or up to the land", min=0.01, max=10_000.0, unit="m")
    above: float = param(0.0, "Height of the ground over the thing's lowest point", min=-1000.0, max=1000.0, unit="m")
    mark: str = param("built", "Attribute in which closeness is kept: 1 on level ground, 0 beyond the banks")


def carve_river(
    land: bpy.types.Object, curve: bpy.types.Object, params: AlongCurveParams = RIVER
) -> bpy.types.Modifier:
    """Carve (or with RIDGE raise, with ROAD level) a land along a curve object. Raises ValueError for an object that is no curve."""
    if curve.type != "CURVE":
        raise ValueError(f"{curve.name} is a {curve.type.lower()}; draw a curve for the land to follow")
    return _add(land, "along_curve", _along_curve, params, {"Curve": curve})


def raise_ridge(
    land: bpy.types.Object, curve: bpy.types.Object, params: AlongCurveParams = RIDGE
) -> bpy.types.Modifier:
    """Raise a land along a curve object. Raises ValueError for an object that is no curve."""
    return carve_river(land, curve, params)


def add_height_map(
    land: bpy.types.Object, image: bpy.types.Image | Path, params: HeightMapParams | None = None
) -> bpy.types.Modifier:
    """Lay an image's brightness on a land as heights; a path is loaded as data, not as colours. Raises ValueError if it cannot be read."""
    if isinstance(image, Path):
        try:
            image = bpy.data.images.load(str(image), check_existing=True)
        except RuntimeError:
            raise ValueError(f"{image} cannot be read as an image; give a PNG, TIFF or EXR file") from None
        image.colorspace_settings.name = "Non-Color"
    return _add(land, "height_map", _height_map, params or HeightMapParams(), {"Image": image})


def flatten_around(
    land: bpy.types.Object, thing: bpy.types.Object, params: FlattenParams | None = None
) -> bpy.types.Modifier:
    """Level a land around an object's outline as seen from above. Raises ValueError for the land itself or an object without a shape."""
    if thing == land or thing.type not in {"MESH", "CURVE", "FONT", "SURFACE", "META"}:
        raise ValueError(f"{thing.name} has no outline to level the land around; choose another mesh")
    return _add(land, "flatten", _flatten, params or FlattenParams(), {"Object": thing})


def _add(
    land: bpy.types.Object, key: str, build: Callable[[], bpy.types.NodeTree], params: Any, data: Mapping[str, Any]
) -> bpy.types.Modifier:
    """A new modifier with the control's group, before the land's surface."""
    check(params)
    name = f"{key}:{VERSION}"
    tree = next((t for t in bpy.data.node_groups if t.get(CONTROL_KEY) == name and t.library is None), None)
    if tree is None:
        tree = build()
        tree[CONTROL_KEY] = name
    modifier = land.modifiers.new(tree.name, "NODES")
    modifier.node_group = tree
    values = to_mapping(params)
    set_inputs(modifier, {info.label: values[info.name] for info in params_of(type(params))} | dict(data))
    surfaces = [m for m in land.modifiers if m.type == "NODES" and m.node_group and SURFACE_KEY in m.node_group]
    if surfaces:
        land.modifiers.move(len(land.modifiers) - 1, land.modifiers.find(surfaces[0].name))
    return modifier


def _flat(geometry: Socket) -> Socket:
    """The same as seen from above, at z = 0."""
    return n.set_position(geometry, n.position() * (1.0, 1.0, 0.0))


def _from_above(target: Socket, kind: str) -> Socket:
    """Distance (m) of each point from flat geometry, seen from above; far away from nothing."""
    near = n.node("GeometryNodeProximity", target_element=kind)
    near.set({"Target" if "Target" in near.data.inputs else "Geometry": target})
    source = "Sample Position" if "Sample Position" in near.data.inputs else "Source Position"
    near.set({source: n.position() * (1.0, 1.0, 0.0)})
    return near["Distance"]


def _size_of(tree: Tree, geometry: Socket, component: str = "MESH") -> Socket:
    return tree.add("GeometryNodeAttributeDomainSize", component=component, geometry=geometry)["Point Count"]


def _object(tree: Tree, name: str, help: str) -> Socket:
    taken = tree.object_input(name, help)
    return tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=taken)["Geometry"]


def _marked(land: Socket, name: Socket, value: Socket) -> Socket:
    told = n.node("GeometryNodeInputNamedAttribute", name=name, data_type="FLOAT")
    made = n.node("GeometryNodeStoreNamedAttribute", data_type="FLOAT", domain="POINT", geometry=land, name=name)
    return made.set(value=n.maximum(told["Attribute"], value)).as_socket()


def _along_curve() -> bpy.types.NodeTree:
    with new_tree("Land Along Curve", AlongCurveParams()) as tree:
        land = tree.geometry_input()
        i = tree.i
        curve = _object(tree, "Curve", "The curve to follow")
        # Points close enough that heights between them need no interpolation
        fine = tree.add("GeometryNodeResampleCurve", mode="LENGTH")
        fine.set(curve=curve, length=n.clamp((i.width + i.banks) * 0.02, 0.05, 5.0))
        line = n.curve_to_mesh(fine.as_socket())
        away = _from_above(_flat(line), "EDGES")
        nearest = tree.add("GeometryNodeSampleNearest", domain="POINT")
        nearest.set(geometry=_flat(line), sample_position=n.position() * (1.0, 1.0, 0.0))
        level = tree.add("GeometryNodeSampleIndex", data_type="FLOAT", domain="POINT")
        level.set(geometry=line, value=n.position().z, index=nearest.as_socket())
        x, y, z = tree.separate(n.position())
        size = n.maximum(i.banks * 0.8, 0.1)
        noise = n.node("ShaderNodeTexNoise", noise_dimensions="3D", noise_type="FBM", normalize=False)
        noise.set(vector=n.position() / size + n.combine_xyz(i.seed * 7.31, i.seed * 3.17, 0.4), scale=1.0, detail=5.0)
        away = n.maximum(
            away
            + noise.as_socket()
            * i.ragged
            * i.banks
            * 0.35
            * n.smoothstep(away, i.width * 0.4, i.width * 0.5 + i.banks * 0.3),
            0.0,
        )
        share = n.smoothstep(away, i.width * 0.5 + i.banks, i.width * 0.5)
        share = n.switch(_size_of(tree, line) > 0, 0.0, share)
        bed = n.mix(i.follow, z, level.as_socket()) + i.rise
        land, kept = n.capture(land, share)
        land = n.set_position(land, n.combine_xyz(x, y, n.mix(kept, z, bed)))
        tree.o.geometry << _marked(land, i.mark, kept)
    return tree.data


def _height_map() -> bpy.types.NodeTree:
    with new_tree("Land Height Map", HeightMapParams()) as tree:
        land = tree.geometry_input()
        i = tree.i
        image = tree.socket_input("Image", "NodeSocketImage", 1)
        x, y, z = tree.separate(n.position())
        at = (n.position() - i.place) / i.size
        read = tree.add("GeometryNodeImageTexture", interpolation="Cubic", extension="EXTEND")
        told = read.set(image=image, vector=at + (0.5, 0.5, 0.0))["Color"]
        height = n.mix(tree.separate(told)[0], i.low, i.high) + i.place.z
        blended = n.menu_switch(
            i.blend,
            {"add": z + height, "higher": n.maximum(z, height), "lower": n.minimum(z, height), "replace": height},
        )
        reach = n.maximum(abs(at.x), abs(at.y)) * 2.0
        share = n.switch(i.fade > 0.0, reach <= 1.00001, n.smoothstep(reach, 1.0, 1.0 - n.maximum(i.fade, 1e-4)))
        tree.o.geometry << n.set_position(land, n.combine_xyz(x, y, n.mix(share, z, blended)))
    return tree.data


def _flatten() -> bpy.types.NodeTree:
    with new_tree("Land Flattened Around", FlattenParams()) as tree:
        land = tree.geometry_input()
        i = tree.i
        thing = n.realize(_object(tree, "Object", "The thing to level the land around"))
        low = tree.add("GeometryNodeBoundBox", geometry=thing)["Min"]
        away = _from_above(_flat(thing), "FACES")
        x, y, z = tree.separate(n.position())
        share = n.smoothstep(away, i.margin + i.banks, i.margin)
        share = n.switch(_size_of(tree, thing) > 0, 0.0, share)
        land, kept = n.capture(land, share)
        land = n.set_position(land, n.combine_xyz(x, y, n.mix(kept, z, low.z + i.above)))
        tree.o.geometry << _marked(land, i.mark, kept)
    return tree.data
