"""How large Blender will draw a node, and where its sockets are: an estimate, since Blender knows only once it has drawn it.

The rows and their heights were fitted to what Blender 4.3 drew of each geometry and shader node; docs/layout.md has the errors.
"""

from __future__ import annotations

import bpy

HEADER = 20.0
ROW = 22.0  # one socket
BUTTON = 24.5  # one property above the sockets, with the space around it
EDGE = 8.0  # above the first row and below the last
COMPONENTS = 62.0  # the three fields of a vector that is not linked
REROUTE = 16.0
COLLAPSED = 30.0
FRAME_PAD = 30.0
PLAIN = frozenset(("ENUM", "BOOLEAN", "INT", "FLOAT", "STRING"))
# Pointer properties that are drawn, by the height that they take.
WIDGETS = {"mapping": 215.0, "color_ramp": 108.0, "image": BUTTON, "material": BUTTON}
# Properties that Blender keeps but draws elsewhere, or only for some values of others.
NOT_DRAWN = frozenset(
    (
        *("is_active_output", "active_index", "active_input_index", "active_generation_index", "active_main_index"),
        *("active_preview_index", "use_alpha", "use_legacy_normal", "use_all_curve_attributes", "use_auto_update"),
        *("bytecode", "bytecode_hash", "is_active", "projection_blend"),
    )
)
# Rows of properties where the rule fails: what shows depends on values, or a row holds several.
BUTTON_ROWS = {
    "FunctionNodeCompare": 2,
    "FunctionNodeAlignEulerToVector": 2,
    "GeometryNodeGizmoTransform": 0,
    "ShaderNodeTexWave": 3,
    "ShaderNodeTangent": 2,
    "ShaderNodeTexCoord": 2,
    "ShaderNodeUVMap": 2,
    "ShaderNodeTexBrick": 4,
    "ShaderNodeTexSky": 11,
}
# Those with closed panels of sockets, which Python is not told of, by default.
HEIGHTS = {"ShaderNodeBsdfPrincipled": 345.0, "FunctionNodeCombineMatrix": 127.0, "FunctionNodeSeparateMatrix": 134.0}
OWN_WIDGET = {
    "ShaderNodeRGB": 131.0,
    "FunctionNodeInputColor": 134.0,
    "ShaderNodeValue": BUTTON,
    "ShaderNodeNormal": 42.0,
}
# An item's input and output share a row.
PAIRED = ("GeometryNodeBake", "GeometryNodeCaptureAttribute", "GeometryNodeSimulation", "GeometryNodeRepeat")
_COMMON = frozenset(bpy.types.Node.bl_rna.properties.keys())


def size(node: bpy.types.Node) -> tuple[float, float]:
    """Width and height. A frame's is that of its own fields: it shrinks to what is in it when it is drawn."""
    if node.bl_idname == "NodeReroute":
        return REROUTE, REROUTE
    if node.bl_idname == "NodeFrame":
        return node.width, node.height
    if node.hide:
        most = max(len(_shown(node.inputs)), len(_shown(node.outputs)))
        return node.width, max(COLLAPSED, 10.0 + 5.0 * most)
    if node.bl_idname in HEIGHTS:
        return node.width, HEIGHTS[node.bl_idname]
    inputs, outputs = _shown(node.inputs), _shown(node.outputs)
    rows = len(outputs) + _panels(node) + len(inputs)
    if node.bl_idname.startswith(PAIRED):
        rows -= min(len(inputs), len(outputs))
    both = 3.0 if inputs and outputs else 0.0
    tall = sum(COMPONENTS for socket in inputs if _is_tall(socket))
    return node.width, HEADER + EDGE + both + ROW * rows + tall + buttons(node)


def buttons(node: bpy.types.Node) -> float:
    """The height of the properties drawn between outputs and inputs."""
    if not node.show_options:
        return 0.0
    names = [p for p in node.bl_rna.properties if p.identifier not in _COMMON and p.identifier not in NOT_DRAWN]
    widgets = [WIDGETS.get(p.identifier, 0.0) for p in names if p.type == "POINTER"]
    if hasattr(node, "node_tree"):
        widgets.append(BUTTON)
    plain = [p for p in names if p.type in PLAIN and not p.is_readonly and not p.identifier.startswith("bl_")]
    rows = BUTTON_ROWS.get(node.bl_idname)
    if rows is None:
        rows = 0
        vectors = [p for p in plain if getattr(p, "is_array", False)]
        rows += len(plain) + 2 * len(vectors)
    if node.bl_idname == "ShaderNodeMix":  # each data type shows its own
        rows = {"FLOAT": 2, "VECTOR": 3, "RGBA": 4}.get(node.data_type, 1)
    if node.bl_idname in OWN_WIDGET:
        return OWN_WIDGET[node.bl_idname]
    return BUTTON * rows + sum(widgets)


def port(socket: bpy.types.NodeSocket, height: float) -> float:
    """How far below the node's top the socket is; `height` as `size` gives it."""
    node = socket.node
    if node.bl_idname == "NodeReroute" or node.hide:
        return height / 2
    if socket.is_output:
        shown = _shown(node.outputs)
        return min(height, HEADER + 4.0 + ROW * (shown.index(socket) + 0.5)) if socket in shown else HEADER / 2
    below = 0.0
    for other in reversed(_shown(node.inputs)):
        tall = COMPONENTS if _is_tall(other) else 0.0
        if other == socket:
            return max(HEADER, height - 4.0 - below - tall - ROW / 2)
        below += ROW + tall
    return HEADER / 2


def frame_padding(frame: bpy.types.Node) -> tuple[float, float]:
    """How far a frame reaches beyond its nodes: above them, where its label is, and to the other three sides."""
    return (0.5 * FRAME_PAD + 1.25 * frame.label_size if frame.label else FRAME_PAD), FRAME_PAD


def _shown(sockets: bpy.types.bpy_prop_collection) -> list[bpy.types.NodeSocket]:
    return [socket for socket in sockets if socket.enabled and not socket.hide]


def _is_tall(socket: bpy.types.NodeSocket) -> bool:
    return socket.type in {"VECTOR", "ROTATION"} and not socket.is_linked and not socket.hide_value


def _panels(node: bpy.types.Node) -> int:
    """Rows of the panels of a group: one a panel, less what closed ones hide."""
    tree = getattr(node, "node_tree", None)
    if tree is None:
        return 0
    return sum(1 for item in tree.interface.items_tree if item.item_type == "PANEL")
