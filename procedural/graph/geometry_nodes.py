"""Nodes that make and change geometry, as functions on the tree being built. Use them through `nodes`."""

from __future__ import annotations

import bpy

from .builder import Node
from .field_nodes import first_output, node
from .sockets import Input, Socket


def join(*parts: Input) -> Socket:
    """All parts as one geometry; later parts follow earlier ones in every supported Blender."""
    return first_output("GeometryNodeJoinGeometry", geometry=list(parts))


def transform(geometry: Input, translation: Input = None, rotation: Input = None, scale: Input = None) -> Socket:
    """Move (m), turn (Euler, rad) and scale."""
    if isinstance(scale, int | float):
        scale = (scale,) * 3
    return first_output(
        "GeometryNodeTransform", geometry=geometry, translation=translation, rotation=rotation, scale=scale
    )


def set_position(geometry: Input, position: Input = None, offset: Input = None, selection: Input = None) -> Socket:
    return first_output(
        "GeometryNodeSetPosition", geometry=geometry, position=position, offset=offset, selection=selection
    )


def instance_on(
    points: Input,
    instance: Input,
    rotation: Input = None,
    scale: Input = None,
    selection: Input = None,
    pick: Input = None,
) -> Socket:
    """Instances on points; `pick` (an index field) chooses among the parts of a joined instance collection."""
    return first_output(
        "GeometryNodeInstanceOnPoints",
        points=points,
        instance=instance,
        rotation=rotation,
        scale=scale,
        selection=selection,
        pick_instance=None if pick is None else True,
        instance_index=pick,
    )


def realize(geometry: Input) -> Socket:
    """Instances become real geometry."""
    return first_output("GeometryNodeRealizeInstances", geometry=geometry)


def resample(curve: Input, count: Input) -> Socket:
    """The curve as `count` evenly spaced points."""
    made = node("GeometryNodeResampleCurve", mode="COUNT")
    return made.set(curve=curve, count=count).as_socket()


def curve_to_mesh(curve: Input, profile: Input = None, scale: Input = None, fill_caps: bool = False) -> Socket:
    """Sweep a profile; `scale` (a field on the curve's points) thickens it along the way."""
    made = node("GeometryNodeCurveToMesh")
    if scale is not None:
        if "Scale" in made.data.inputs:  # 4.5 and later; before, the curve's radius did it
            made.set(scale=scale)
        else:
            curve = first_output("GeometryNodeSetCurveRadius", curve=curve, radius=scale)
    inputs: dict[str, Input] = {"Curve": curve, "Profile Curve": profile, "Fill Caps": fill_caps}
    return made.set(inputs).as_socket()


def circle(resolution: Input = 16, radius: Input = 1.0) -> Socket:
    """A circle curve in the XY plane, m: the usual profile of a tube."""
    return first_output("GeometryNodeCurvePrimitiveCircle", mode="RADIUS", resolution=resolution, radius=radius)


def line(start: Input = (0.0, 0.0, 0.0), end: Input = (0.0, 0.0, 1.0), count: Input = 16) -> Socket:
    """A straight curve of `count` points, to be bent by `set_position`."""
    return resample(first_output("GeometryNodeCurvePrimitiveLine", mode="POINTS", start=start, end=end), count)


def sphere(segments: Input = 32, rings: Input = 16, radius: Input = 1.0) -> Socket:
    """A closed UV sphere with one vertex at each pole."""
    return first_output("GeometryNodeMeshUVSphere", segments=segments, rings=rings, radius=radius)


def points(count: Input, position: Input = None) -> Socket:
    """`count` loose points; `position` may be a field of `index()`."""
    return first_output("GeometryNodePoints", count=count, position=position)


def raycast(target: Input, source: Input, direction: Input = (0.0, 0.0, -1.0), length: Input = 100.0) -> Node:
    """Shoot rays at a mesh: the node, with `.is_hit`, `.hit_position`, `.hit_normal`."""
    made = node("GeometryNodeRaycast", data_type="FLOAT")
    return made.set(target_geometry=target, source_position=source, ray_direction=direction, ray_length=length)


def set_material(geometry: Input, material: bpy.types.Material | Socket, selection: Input = None) -> Socket:
    return first_output("GeometryNodeSetMaterial", geometry=geometry, material=material, selection=selection)


def shade_smooth(geometry: Input, smooth: Input = True) -> Socket:
    """Smooth (or flat) shading of all faces."""
    return (
        node("GeometryNodeSetShadeSmooth", domain="FACE").set(shade_smooth=smooth).set_positional(geometry).as_socket()
    )


def delete(geometry: Input, selection: Input, domain: str = "POINT") -> Socket:
    return first_output("GeometryNodeDeleteGeometry", geometry=geometry, selection=selection, domain=domain)
