"""The group's interface: inputs from a parameter dataclass, outputs from what is linked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ...params import ParamInfo, params_of
from .sockets import Socket

_OUTPUT_TYPES = {
    "VALUE": "NodeSocketFloat",
    "INT": "NodeSocketInt",
    "BOOLEAN": "NodeSocketBool",
    "VECTOR": "NodeSocketVector",
    "RGBA": "NodeSocketColor",
    "ROTATION": "NodeSocketRotation",
    "MATRIX": "NodeSocketMatrix",
    "STRING": "NodeSocketString",
    "MENU": "NodeSocketMenu",
    "SHADER": "NodeSocketShader",
    "OBJECT": "NodeSocketObject",
    "IMAGE": "NodeSocketImage",
    "GEOMETRY": "NodeSocketGeometry",
    "COLLECTION": "NodeSocketCollection",
    "MATERIAL": "NodeSocketMaterial",
}
_FLOAT_SUBTYPES = {"m": "DISTANCE", "rad": "ANGLE", "factor": "FACTOR", "s": "TIME_ABSOLUTE"}
_VECTOR_SUBTYPES = {"m": "TRANSLATION", "rad": "EULER", "m/s": "VELOCITY"}


@dataclass
class Menu:
    """A menu input: its items exist only once a Menu Switch is linked, so its default is set at the end."""

    choices: tuple[str, ...]
    default: str
    switch: Socket | None = None

    def set_default(self, tree: bpy.types.NodeTree, identifier: str) -> None:
        item = next(i for i in tree.interface.items_tree if getattr(i, "identifier", None) == identifier)
        try:
            item.default_value = self.default
        except TypeError:
            from .errors import GraphError

            raise GraphError(
                f"menu input {item.name!r} of {tree.name!r} is not used; feed it to menu_switch() or compare it with =="
            ) from None


def is_color(info: ParamInfo) -> bool:
    """Tuples of three or four numbers in 0..1 without a unit are colours; all others are vectors."""
    return info.kind is tuple and not info.unit and info.min == 0 and info.max == 1


def socket_type(info: ParamInfo) -> str:
    """The interface socket's type for a parameter."""
    if info.kind is tuple:
        return "NodeSocketColor" if is_color(info) else "NodeSocketVector"
    if info.kind is str:
        return "NodeSocketMenu" if info.choices else "NodeSocketString"
    return {float: "NodeSocketFloat", int: "NodeSocketInt", bool: "NodeSocketBool"}[info.kind]


def add_inputs(tree: bpy.types.NodeTree, params: Any) -> tuple[dict[str, str], dict[str, Menu]]:
    """Declare one input a live field. `params` is the dataclass or an instance, whose values become the defaults.

    Returns socket identifiers and menus, both by field name.
    """
    cls = params if isinstance(params, type) else type(params)
    identifiers: dict[str, str] = {}
    menus: dict[str, Menu] = {}
    panels: dict[str, Any] = {}
    live = [info for info in params_of(cls) if info.live]
    for info in sorted(live, key=lambda i: bool(i.panel)):  # Blender wants loose sockets before panels
        value = info.default if isinstance(params, type) else getattr(params, info.name)
        parent = None
        if info.panel:
            parent = panels.get(info.panel) or tree.interface.new_panel(info.panel)
            panels[info.panel] = parent
        item = tree.interface.new_socket(
            info.label, description=info.help, in_out="INPUT", socket_type=socket_type(info), parent=parent
        )
        identifiers[info.name] = item.identifier
        if info.choices:
            menus[info.name] = Menu(info.choices, str(value))
        else:
            _fill(item, info, value)
    return identifiers, menus


def add_data_input(
    tree: bpy.types.NodeTree, label: str, kind: str, default: bpy.types.ID | None, description: str, panel: str
) -> str:
    """Declare an input that takes a data-block (`kind` as in NodeSocketMaterial); returns its identifier."""
    panels = {i.name: i for i in tree.interface.items_tree if i.item_type == "PANEL"}
    parent = (panels.get(panel) or tree.interface.new_panel(panel)) if panel else None
    item = tree.interface.new_socket(
        label, description=description, in_out="INPUT", socket_type=f"NodeSocket{kind}", parent=parent
    )
    if default is not None:
        item.default_value = default
    return item.identifier


def _fill(item: Any, info: ParamInfo, value: Any) -> None:
    if info.kind is float:
        unit = "factor" if not info.unit and (info.min, info.max) == (0, 1) else info.unit
        item.subtype = _FLOAT_SUBTYPES.get(unit, "NONE")
    elif info.kind is tuple and not is_color(info):
        item.subtype = _VECTOR_SUBTYPES.get(info.unit, "NONE")
    if info.kind in (int, float) or (info.kind is tuple and not is_color(info)):
        if info.min is not None:
            item.min_value = info.kind(info.min) if info.kind is not tuple else info.min
        if info.max is not None:
            item.max_value = info.kind(info.max) if info.kind is not tuple else info.max
    if is_color(info) and len(value) == 3:
        value = (*value, 1.0)
    item.default_value = value


def add_input(tree: bpy.types.NodeTree, label: str, kind: str) -> str:
    """Declare an input of a socket's type (VALUE, GEOMETRY, ...); returns its identifier."""
    return tree.interface.new_socket(label, in_out="INPUT", socket_type=_OUTPUT_TYPES[kind]).identifier


def add_output(tree: bpy.types.NodeTree, name: str, source: Socket, description: str) -> Any:
    """Declare an output of the type of `source`; returns the interface item."""
    label = name if name != name.lower() else name.replace("_", " ").title()
    kind = _OUTPUT_TYPES[source.type]
    return tree.interface.new_socket(label, description=description, in_out="OUTPUT", socket_type=kind)
