"""The frequent nodes as functions on the tree being built; everything else is `tree.add(identifier, ...)`.

Each returns the node's first output unless it says otherwise. Socket types pick the node's data type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy

from .builder import Node, current_tree
from .errors import GraphError
from .sockets import Input, Operand, Socket, math, type_of, vector_math

# Socket type -> how the nodes spell it: attribute nodes, Switch and Mix.
_ATTRIBUTE = {
    "VALUE": "FLOAT",
    "INT": "INT",
    "BOOLEAN": "BOOLEAN",
    "VECTOR": "FLOAT_VECTOR",
    "RGBA": "FLOAT_COLOR",
    "ROTATION": "QUATERNION",
    "MATRIX": "FLOAT4X4",
}
_SWITCH = {"VALUE": "FLOAT"}
_MIX = {
    "VALUE": "FLOAT",
    "INT": "FLOAT",
    "BOOLEAN": "FLOAT",
    "VECTOR": "VECTOR",
    "RGBA": "RGBA",
    "ROTATION": "ROTATION",
}


def node(bl_idname: str, *positional: Input, **keywords: Any) -> Node:
    """Any node of the tree being built, by identifier; see `Tree.add`."""
    return current_tree().add(bl_idname, *positional, **keywords)


def _add(bl_idname: str, *positional: Input, **keywords: Any) -> Socket:
    return node(bl_idname, *positional, **keywords).as_socket()


def _widest(*values: Input) -> str:
    """The type that a node must have to carry all of the values."""
    kinds = {type_of(value) for value in values if value is not None}
    for kind in ("RGBA", "VECTOR", "VALUE", "INT", "BOOLEAN"):
        if kind in kinds:
            return kind
    return kinds.pop()


# Fields -----------------------------------------------------------------------------------------------------------------


def position() -> Socket:
    """Where the element is, m."""
    return _add("GeometryNodeInputPosition")


def normal() -> Socket:
    """The surface normal; in shaders the shading normal."""
    if current_tree().kind == "shader":
        return node("ShaderNodeNewGeometry")["Normal"]
    return _add("GeometryNodeInputNormal")


def index() -> Socket:
    """The element's number."""
    return _add("GeometryNodeInputIndex")


def spline_factor() -> Socket:
    """How far along its curve a point lies, 0..1."""
    return node("GeometryNodeSplineParameter")["Factor"]


def attribute(name: str, data_type: str = "FLOAT") -> Socket:
    """A named attribute: in geometry by `data_type`; in shaders FLOAT gives the factor, FLOAT_COLOR the colour."""
    if current_tree().kind == "shader":
        made = node("ShaderNodeAttribute", attribute_name=name)
        outputs = {"FLOAT": "Fac", "FLOAT_COLOR": "Color", "FLOAT_VECTOR": "Vector"}
        if data_type == "FLOAT" and "Fac" not in made.data.outputs:
            return made["Factor"]
        return made[outputs[data_type]]
    return _add("GeometryNodeInputNamedAttribute", name=name, data_type=data_type)


def store(geometry: Input, name: str, value: Input, domain: str = "POINT", selection: Input = None) -> Socket:
    """Store a named attribute, typed by the value; colours are sockets of type RGBA or four numbers."""
    return _add(
        "GeometryNodeStoreNamedAttribute",
        data_type=_ATTRIBUTE[type_of(value)],
        domain=domain,
        geometry=geometry,
        name=name,
        value=value,
        selection=selection,
    )


def capture(geometry: Input, value: Input, domain: str = "POINT") -> tuple[Socket, Socket]:
    """Evaluate a field here and now. Returns the geometry and the field that remembers."""
    made = node("GeometryNodeCaptureAttribute", domain=domain)
    kind = type_of(value)
    made.data.capture_items.new("FLOAT" if kind == "VALUE" else kind, "Value")
    made.set(geometry=geometry)
    made.set(value=value)
    return made["Geometry"], made["Value"]


def noise(
    vector: Input = None,
    scale: Input = 1.0,
    detail: Input = 1.0,
    roughness: Input = 0.5,
    distortion: Input = 0.0,
    w: Input = None,
) -> Socket:
    """Smooth noise, about 0..1 with mean 0.5; `w` (a seed, say) makes it four-dimensional."""
    made = _noise(vector, scale, detail, roughness, distortion, w)
    return made.as_socket()


def noise_vector(
    vector: Input = None, scale: Input = 1.0, detail: Input = 1.0, roughness: Input = 0.5, w: Input = None
) -> Socket:
    """Three independent smooth noises, about -0.5..0.5."""
    return _noise(vector, scale, detail, roughness, 0.0, w)["Color"] - (0.5, 0.5, 0.5)


def _noise(vector: Input, scale: Input, detail: Input, roughness: Input, distortion: Input, w: Input) -> Node:
    if vector is None:
        vector = position()
    dimensions = "3D" if w is None else "4D"
    return node(
        "ShaderNodeTexNoise",
        noise_dimensions=dimensions,
        normalize=True,
        vector=vector,
        w=w,
        scale=scale,
        detail=detail,
        roughness=roughness,
        distortion=distortion,
    )


def voronoi(
    vector: Input = None, scale: Input = 5.0, randomness: Input = 1.0, feature: str = "F1", w: Input = None
) -> Node:
    """Voronoi texture: the node, with `.distance`, `.color`, `.position`."""
    return node(
        "ShaderNodeTexVoronoi",
        voronoi_dimensions="3D" if w is None else "4D",
        feature=feature,
        vector=position() if vector is None else vector,
        w=w,
        scale=scale,
        randomness=randomness,
    )


def random_value(low: Input = 0.0, high: Input = 1.0, seed: Input = 0, id: Input = None) -> Socket:
    """A random number or vector between `low` and `high`; the bounds pick the type.

    One for each element, or for each value of the field `id`; a constant `id` gives the same to all.
    """
    if isinstance(id, int):  # a constant there would be ignored for the element's own number
        id = node("FunctionNodeInputInt", integer=id).as_socket()
    kind = _widest(low, high)
    data_type = {"VALUE": "FLOAT", "INT": "INT", "VECTOR": "FLOAT_VECTOR"}.get(kind)
    if data_type is None:
        raise GraphError(f"random_value() takes bounds that are numbers or vectors, not {kind}")
    return _add("FunctionNodeRandomValue", data_type=data_type, min=low, max=high, seed=seed, id=id)


def random_chance(probability: Input, seed: Input = 0, id: Input = None) -> Socket:
    """True with the given probability, for each element."""
    return _add("FunctionNodeRandomValue", data_type="BOOLEAN", probability=probability, seed=seed, id=id)


# Numbers ----------------------------------------------------------------------------------------------------------------


def combine_xyz(x: Input = 0.0, y: Input = 0.0, z: Input = 0.0) -> Socket:
    return _add("ShaderNodeCombineXYZ", x, y, z)


def mix(factor: Input, a: Input, b: Input, blend: str = "MIX") -> Socket:
    """a where factor is 0, b where it is 1; numbers, vectors, colours (also `blend` modes) or rotations."""
    if type_of(a) == "RGBA" or type_of(b) == "RGBA" or blend != "MIX":
        return _add("ShaderNodeMix", data_type="RGBA", blend_type=blend, factor=factor, a=a, b=b)
    return _add("ShaderNodeMix", data_type=_MIX[_widest(a, b)], factor=factor, a=a, b=b)


def color(rgb: Sequence[float]) -> Socket:
    """A constant colour (linear RGB) as a socket, so that what takes it knows it is a colour."""
    tree = current_tree()
    made = tree.add("ShaderNodeRGB" if tree.kind == "shader" else "FunctionNodeInputColor")
    value = (*rgb, 1.0) if len(rgb) == 3 else tuple(rgb)
    if tree.kind == "shader":
        made.data.outputs[0].default_value = value
    else:
        made.data.value = value
    return made.as_socket()


def map_range(
    value: Input,
    from_min: Input = 0.0,
    from_max: Input = 1.0,
    to_min: Input = 0.0,
    to_max: Input = 1.0,
    interpolation: str = "LINEAR",
    clamp: bool = True,
) -> Socket:
    """Carry a range onto another; interpolation LINEAR, SMOOTHSTEP, SMOOTHERSTEP or STEPPED."""
    return _add(
        "ShaderNodeMapRange",
        clamp=clamp,
        interpolation_type=interpolation,
        value=value,
        from_min=from_min,
        from_max=from_max,
        to_min=to_min,
        to_max=to_max,
    )


def smoothstep(value: Input, low: Input = 0.0, high: Input = 1.0) -> Socket:
    """0 below `low`, 1 above `high`, smooth between."""
    return map_range(value, low, high, interpolation="SMOOTHSTEP")


def clamp(value: Input, low: Input = 0.0, high: Input = 1.0) -> Socket:
    return _add("ShaderNodeClamp", value, low, high)


def minimum(a: Input, b: Input) -> Socket:
    return math("MINIMUM", a, b)


def maximum(a: Input, b: Input) -> Socket:
    return math("MAXIMUM", a, b)


def sin(angle: Input) -> Socket:
    return math("SINE", angle)


def cos(angle: Input) -> Socket:
    return math("COSINE", angle)


def sqrt(value: Input) -> Socket:
    return math("SQRT", value)


def float_curve(value: Input, points: Sequence[tuple[float, float]], handle: str = "AUTO") -> Socket:
    """A drawn curve through `points` (x, y), both in 0..1; handle AUTO is smooth, VECTOR straight.

    Raises GraphError for fewer than two points or points outside of 0..1.
    """
    if len(points) < 2 or not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points):
        raise GraphError(f"float_curve() takes two or more points within 0..1, not {list(points)}")
    made = node("ShaderNodeFloatCurve", value=value, factor=1.0)
    curve = made.data.mapping.curves[0]
    while len(curve.points) < len(points):
        curve.points.new(0.5, 0.5)
    for point, (x, y) in zip(curve.points, sorted(points), strict=True):
        point.location = (x, y)
        point.handle_type = handle
    made.data.mapping.update()
    return made.as_socket()


def color_ramp(factor: Input, stops: Sequence[tuple[float, Sequence[float]]], interpolation: str = "LINEAR") -> Socket:
    """A gradient of colours (linear RGB or RGBA) at positions in 0..1; interpolation LINEAR, EASE, CONSTANT, B_SPLINE."""
    if not 1 <= len(stops) <= 32 or not all(0 <= at <= 1 for at, _ in stops):
        raise GraphError(f"color_ramp() takes 1 to 32 stops at 0..1, not {list(stops)}")
    made = node("ShaderNodeValToRGB")
    ramp = made.data.color_ramp
    ramp.interpolation = interpolation
    while len(ramp.elements) > 1:
        ramp.elements.remove(ramp.elements[-1])
    for number, (at, rgb) in enumerate(sorted(stops, key=lambda stop: stop[0])):
        element = ramp.elements[0] if number == 0 else ramp.elements.new(at)
        element.position = at
        element.color = (*rgb, 1.0) if len(rgb) == 3 else tuple(rgb)
    made.set_positional(factor)
    return made["Color"]


def switch(condition: Input, false: Input, true: Input) -> Socket:
    """One or the other, typed by the values; geometry too. None stands for an empty geometry (or zero)."""
    kind = _widest(*(v for v in (false, true) if v is not None))
    inputs = {"False": false, "True": true}
    return _add("GeometryNodeSwitch", input_type=_SWITCH.get(kind, kind), inputs=inputs, switch=condition)


def menu_switch(menu: Input, cases: Mapping[str, Input]) -> Socket:
    """One of the cases by a menu input of the group; the cases name its choices in order."""
    kind = type_of(next(iter(cases.values())))
    return current_tree().menu_switch(menu, dict(cases), _SWITCH.get(kind, kind))


def rotate(vector: Input, axis: Input, angle: Input) -> Socket:
    """The vector turned about an axis through the origin; angle in rad."""
    made = node("ShaderNodeVectorRotate", rotation_type="AXIS_ANGLE", vector=vector, axis=axis, angle=angle)
    return made.as_socket()


def align_to(vector: Input, axis: str = "Z", rotation: Input = None, factor: Input = None) -> Socket:
    """A rotation that turns the given axis (X, Y, Z) onto the vector."""
    return _add("FunctionNodeAlignRotationToVector", axis=axis, rotation=rotation, factor=factor, vector=vector)


# Geometry ---------------------------------------------------------------------------------------------------------------


def join(*parts: Input) -> Socket:
    """All parts as one geometry; later parts follow earlier ones in every supported Blender."""
    return _add("GeometryNodeJoinGeometry", geometry=list(parts))


def transform(geometry: Input, translation: Input = None, rotation: Input = None, scale: Input = None) -> Socket:
    """Move (m), turn (Euler, rad) and scale."""
    if isinstance(scale, int | float):
        scale = (scale,) * 3
    return _add("GeometryNodeTransform", geometry=geometry, translation=translation, rotation=rotation, scale=scale)


def set_position(geometry: Input, position: Input = None, offset: Input = None, selection: Input = None) -> Socket:
    return _add("GeometryNodeSetPosition", geometry=geometry, position=position, offset=offset, selection=selection)


def instance_on(
    points: Input,
    instance: Input,
    rotation: Input = None,
    scale: Input = None,
    selection: Input = None,
    pick: Input = None,
) -> Socket:
    """Instances on points; `pick` (an index field) chooses among the parts of a joined instance collection."""
    return _add(
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
    return _add("GeometryNodeRealizeInstances", geometry=geometry)


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
            curve = _add("GeometryNodeSetCurveRadius", curve=curve, radius=scale)
    inputs: dict[str, Input] = {"Curve": curve, "Profile Curve": profile, "Fill Caps": fill_caps}
    return made.set(inputs).as_socket()


def circle(resolution: Input = 16, radius: Input = 1.0) -> Socket:
    """A circle curve in the XY plane, m: the usual profile of a tube."""
    return _add("GeometryNodeCurvePrimitiveCircle", mode="RADIUS", resolution=resolution, radius=radius)


def line(start: Input = (0.0, 0.0, 0.0), end: Input = (0.0, 0.0, 1.0), count: Input = 16) -> Socket:
    """A straight curve of `count` points, to be bent by `set_position`."""
    return resample(_add("GeometryNodeCurvePrimitiveLine", mode="POINTS", start=start, end=end), count)


def sphere(segments: Input = 32, rings: Input = 16, radius: Input = 1.0) -> Socket:
    """A closed UV sphere with one vertex at each pole."""
    return _add("GeometryNodeMeshUVSphere", segments=segments, rings=rings, radius=radius)


def points(count: Input, position: Input = None) -> Socket:
    """`count` loose points; `position` may be a field of `index()`."""
    return _add("GeometryNodePoints", count=count, position=position)


def raycast(target: Input, source: Input, direction: Input = (0.0, 0.0, -1.0), length: Input = 100.0) -> Node:
    """Shoot rays at a mesh: the node, with `.is_hit`, `.hit_position`, `.hit_normal`."""
    made = node("GeometryNodeRaycast", data_type="FLOAT")
    return made.set(target_geometry=target, source_position=source, ray_direction=direction, ray_length=length)


def set_material(geometry: Input, material: bpy.types.Material | Socket, selection: Input = None) -> Socket:
    return _add("GeometryNodeSetMaterial", geometry=geometry, material=material, selection=selection)


def shade_smooth(geometry: Input, smooth: Input = True) -> Socket:
    """Smooth (or flat) shading of all faces."""
    return (
        node("GeometryNodeSetShadeSmooth", domain="FACE").set(shade_smooth=smooth).set_positional(geometry).as_socket()
    )


def delete(geometry: Input, selection: Input, domain: str = "POINT") -> Socket:
    return _add("GeometryNodeDeleteGeometry", geometry=geometry, selection=selection, domain=domain)


__all__ = [name for name, value in list(globals().items()) if not name.startswith("_") and callable(value)] + [
    "Operand",
    "vector_math",
]
