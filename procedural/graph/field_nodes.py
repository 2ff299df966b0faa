"""Fields and numbers: the nodes that compute, as functions on the tree being built. Use them through `nodes`.

Each returns the node's first output unless it says otherwise. Socket types pick the node's data type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .builder import Node, current_tree
from .errors import GraphError
from .sockets import Input, Socket, math, type_of

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


def first_output(bl_idname: str, *positional: Input, **keywords: Any) -> Socket:
    """The same, as the socket of its first output."""
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
    return first_output("GeometryNodeInputPosition")


def normal() -> Socket:
    """The surface normal; in shaders the shading normal."""
    if current_tree().kind == "shader":
        return node("ShaderNodeNewGeometry")["Normal"]
    return first_output("GeometryNodeInputNormal")


def index() -> Socket:
    """The element's number."""
    return first_output("GeometryNodeInputIndex")


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
    return first_output("GeometryNodeInputNamedAttribute", name=name, data_type=data_type)


def store(geometry: Input, name: str, value: Input, domain: str = "POINT", selection: Input = None) -> Socket:
    """Store a named attribute, typed by the value; colours are sockets of type RGBA or four numbers."""
    return first_output(
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

    One for each element, or for each value of the field `id`; a constant `id` gives the same to all. Whole numbers take both bounds in;
    they are rounded down from fractions, since Blender 5 draws other whole numbers than Blender 4 does, but the same fractions.
    """
    if isinstance(id, int):  # a constant there would be ignored for the element's own number
        id = node("FunctionNodeInputInt", integer=id).as_socket()
    kind = _widest(low, high)
    data_type = {"VALUE": "FLOAT", "INT": "INT", "VECTOR": "FLOAT_VECTOR"}.get(kind)
    if data_type is None:
        raise GraphError(f"random_value() takes bounds that are numbers or vectors, not {kind}")
    if kind == "INT":
        drawn = first_output("FunctionNodeRandomValue", data_type="FLOAT", min=low, max=high + 1.0, seed=seed, id=id)
        # the highest fraction may be drawn itself
        return minimum(first_output("FunctionNodeFloatToInt", drawn, rounding_mode="FLOOR"), high)
    return first_output("FunctionNodeRandomValue", data_type=data_type, min=low, max=high, seed=seed, id=id)


def random_chance(probability: Input, seed: Input = 0, id: Input = None) -> Socket:
    """True with the given probability, for each element or value of `id`."""
    if isinstance(id, int):
        id = node("FunctionNodeInputInt", integer=id).as_socket()
    return first_output("FunctionNodeRandomValue", data_type="BOOLEAN", probability=probability, seed=seed, id=id)


# Numbers ----------------------------------------------------------------------------------------------------------------


def combine_xyz(x: Input = 0.0, y: Input = 0.0, z: Input = 0.0) -> Socket:
    return first_output("ShaderNodeCombineXYZ", x, y, z)


def mix(factor: Input, a: Input, b: Input, blend: str = "MIX") -> Socket:
    """a where factor is 0, b where it is 1; numbers, vectors, colours (also `blend` modes) or rotations."""
    if type_of(a) == "RGBA" or type_of(b) == "RGBA" or blend != "MIX":
        return first_output("ShaderNodeMix", data_type="RGBA", blend_type=blend, factor=factor, a=a, b=b)
    return first_output("ShaderNodeMix", data_type=_MIX[_widest(a, b)], factor=factor, a=a, b=b)


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
    return first_output(
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
    return first_output("ShaderNodeClamp", value, low, high)


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
    return first_output("GeometryNodeSwitch", input_type=_SWITCH.get(kind, kind), inputs=inputs, switch=condition)


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
    return first_output("FunctionNodeAlignRotationToVector", axis=axis, rotation=rotation, factor=factor, vector=vector)
