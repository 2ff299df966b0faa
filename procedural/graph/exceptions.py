"""What Blender's RNA does not say of itself: the one table on which reading, building and comparing nodes agree.

Everything not named here goes by introspection. Each entry says why it is here.
"""

from __future__ import annotations

# Properties that are not part of a graph, or that follow from others. By the struct that declares them.
SKIPPED: dict[str, dict[str, str]] = {
    "ID": {
        "name": "kept as the tree's name",
        "use_extra_user": "the session's bookkeeping",
        "tag": "the session's bookkeeping",
        "is_runtime_data": "the session's bookkeeping",
        "asset_data": "kept as the tree's asset",
        "animation_data": "kept as the tree's animation",
        "preview": "a picture that Blender draws",
        "override_library": "a tie to another file, which a copy does not have",
        "library_weak_reference": "a tie to another file, which a copy does not have",
    },
    "NodeTree": {
        "interface": "kept as the tree's interface",
        "annotation": "drawings over the editor, left out by design",
        "grease_pencil": "drawings over the editor, left out by design (its name before 4.3)",
    },
    "Node": {
        "name": "kept as the node's name",
        "parent": "kept as the node's parent",
        "select": "the editor's selection",
        "inputs": "kept as sockets",
        "outputs": "kept as sockets",
        "internal_links": "follow from the node",
    },
    "NodeSocket": {
        "name": "kept as the socket's name",
        "type": "follows from its class, which is kept as the socket's type",
        "select": "the editor's selection",
    },
    "NodeTreeInterfaceItem": {"parent": "kept as the item's parent"},
    "NodeTreeInterfaceSocket": {
        "name": "kept as the item's name",
        "socket_type": "kept as the item's type",
        "select": "the editor's selection",
    },
    "NodeTreeInterfacePanel": {
        "name": "kept as the item's name",
        "interface_items": "kept as items",
        "select": "the editor's selection",
    },
    "NodeReroute": {
        "width": "a reroute is a dot; Blender keeps widths of old files and takes no others than 100",
    },
    "CurveMapPoint": {"select": "the editor's selection"},
    "ColorRampElement": {"alpha": "the last number of its colour"},
    "ColorManagedViewSettings": {"white_balance_whitepoint": "follows from temperature and tint, and loses bits"},
    "AssetMetaData": {"active_tag": "the editor's selection"},
    "FCurve": {
        "data_path": "kept as the curve's own field",
        "array_index": "kept as the curve's own field",
        "is_valid": "Blender's judgement",
        "select": "the editor's selection",
        "group": "kept as the curve's own field",
        "driver": "kept as the curve's own field",
        "keyframe_points": "kept as keyframes",
        "sampled_points": "baked samples have no way in",
        "modifiers": "kept as modifiers",
    },
    "Keyframe": {
        "co_ui": "follows from the coordinates; setting it moves the handles",
        "select_left_handle": "the editor's selection",
        "select_right_handle": "the editor's selection",
        "select_control_point": "the editor's selection",
    },
    "Driver": {"is_valid": "Blender's judgement", "variables": "kept as variables"},
    "DriverVariable": {"targets": "kept as targets"},
    "AnimData": {
        "action": "kept as curves",
        "action_slot": "follows from the action",
        "action_suitable_slots": "follows from the action",
        "action_slot_handle": "follows from the action",
        "last_slot_identifier": "follows from the action",
        "action_tweak_storage": "the NLA editor's state",
        "action_slot_handle_tweak_storage": "the NLA editor's state",
        "use_tweak_mode": "the NLA editor's state",
        "drivers": "kept as drivers",
        "nla_tracks": "left out: strips refer to actions of their own",
    },
    "FModifier": {"active": "the editor's selection"},
}

# Where a newer Blender has the second property, the first follows from it (and loses bits in the conversion).
SUPERSEDED = {"location": "location_absolute"}

# A pointer to something that is no data-block: (property of the node with its owner, the owner's collection); kept by name.
OWNED_POINTERS = {("ShaderNodeTexPointDensity", "particle_system"): ("object", "particle_systems")}

# Item collections that are a second view on the items of another; their properties are set, but nothing is added.
SECOND_VIEWS = {("CompositorNodeOutputFile", "layer_slots"): "file_slots"}

# Items of certain numbers that keep the identifiers which their sockets had before the node had items.
NUMBERS_OF_OLD_SOCKETS = {("GeometryNodeViewer", "Geometry"): 0, ("GeometryNodeViewer", "Value"): 1}

# Items whose sockets have the name given on creation as their identifier, whatever they are named later.
SOCKETS_NAMED_ON_CREATION = {("CompositorNodeOutputFile", "file_slots")}

# Names under which `items.new()` takes the type of an item that has `data_type` and no `socket_type`.
SOCKET_TYPE_OF_DATA_TYPE = {
    "INT": "INT",
    "BOOLEAN": "BOOLEAN",
    "FLOAT_VECTOR": "VECTOR",
    "FLOAT_COLOR": "RGBA",
    "QUATERNION": "ROTATION",
    "FLOAT4X4": "MATRIX",
}

# Properties that Blender acts on at once and that must wait until the nodes are linked: (struct, property) -> why.
NEEDS_LINKS = {
    (
        "NodeGeometryViewerItem",
        "auto_remove",
    ): "an item that nothing is linked to is removed in the moment when this is set",
    ("NodeSocketMenu", "default_value"): "a menu has its items from the node that it is linked to",
    ("NodeReroute", "socket_idname"): "follows from what is linked to it",
}

# Properties that Blender refuses to a node for the sake of others that are not there yet; scripts set them when all nodes are.
NEEDS_OTHERS = {
    "is_active_output": "the only output of a tree is its active one, and one output is",
}

# Whose sockets tell the numbers of a node's items: the node or the input node of its zone, the side, the identifiers' prefix.
# Where nothing is said: the node's inputs, "Item".
ITEM_SOCKETS = {
    ("NodeClosureOutput", "input_items"): ("pair", "outputs", "Item"),
    ("NodeEvaluateClosure", "output_items"): ("node", "outputs", "Item"),
    ("NodeSeparateBundle", "bundle_items"): ("node", "outputs", "Item"),
    ("GeometryNodeEvaluateClosure", "output_items"): ("node", "outputs", "Item"),  # these two: experimental in 4.5
    ("GeometryNodeSeparateBundle", "bundle_items"): ("node", "outputs", "Item"),
    ("GeometryNodeForeachGeometryElementOutput", "input_items"): ("pair", "inputs", "Input"),
    ("GeometryNodeForeachGeometryElementOutput", "main_items"): ("node", "inputs", "Main"),
    ("GeometryNodeForeachGeometryElementOutput", "generation_items"): ("node", "inputs", "Generation"),
    ("GeometryNodeCaptureAttribute", "capture_items"): ("node", "outputs", "Attribute"),
    ("ShaderNodeRaycast", "sample_attribute_items"): ("node", "outputs", "Attribute"),
    ("GeometryNodeFieldToGrid", "grid_items"): ("node", "outputs", "Grid"),
    ("GeometryNodeFieldToList", "list_items"): ("node", "outputs", "List"),
    ("GeometryNodeClosureToList", "list_items"): ("node", "outputs", "List"),
}

# What only level "layout" compares.
LAYOUT = frozenset({"location", "location_absolute", "width", "height"})

# What the level "reachable" leaves out besides: it changes no result.
COSMETIC = frozenset(
    {
        *LAYOUT,
        *("label", "use_custom_color", "color", "hide", "show_options", "show_preview", "show_texture", "panel_states"),
        *("warning_propagation", "show_expanded", "pin_gizmo", "hide_value", "active_index", "active_input_index"),
        *("active_output_index", "active_main_index", "active_generation_index", "textbox_state"),
    }
)

# Node types that are refused.
REFUSED = {
    "GeometryNodeClosureInput": "closures are experimental in Blender 4.5: asking which zone the node belongs to ends Blender",
}
