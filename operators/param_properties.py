"""Parameters (params.py) as Blender's properties: what panels and operators show of them."""

from __future__ import annotations

from typing import Any

from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty, StringProperty

from ..params import ParamInfo
from ..procedural.graph.interface import is_color

_UNITS = {"m": "DISTANCE", "rad": "ANGLE", "px": "PIXEL", "s": "TIME_ABSOLUTE", "factor": "FACTOR"}
_INT_UNITS = {"px": "PIXEL"}
_LARGEST_INT = 2**31 - 1


def property_of(info: ParamInfo) -> Any:
    """The annotation for a parameter: its kind, range, unit, choices, help. It is not remembered from one use to the next."""
    options: dict[str, Any] = {"name": info.label, "description": info.help, "options": {"SKIP_SAVE"}}
    if info.kind is bool:
        return BoolProperty(default=bool(info.default), **options)
    if info.choices:
        items = tuple((each, each.replace("_", " ").title(), "") for each in info.choices)
        return EnumProperty(items=items, default=str(info.default), **options)
    if info.kind is str:
        return StringProperty(default=str(info.default), **options)
    if info.kind is int:
        low, high = (
            info.min if info.min is not None else -_LARGEST_INT,
            info.max if info.max is not None else _LARGEST_INT,
        )
        subtype = _INT_UNITS.get(info.unit, "NONE")
        return IntProperty(default=int(info.default), min=int(low), max=int(high), subtype=subtype, **options)
    low, high = info.min if info.min is not None else -1e30, info.max if info.max is not None else 1e30
    options |= {"min": low, "max": high, "subtype": _UNITS.get(info.unit, "NONE"), "precision": _digits(info)}
    if info.kind is tuple:
        options["subtype"] = "COLOR" if is_color(info) else "NONE"
        return FloatVectorProperty(default=info.default, size=len(info.default), **options)
    return FloatProperty(default=float(info.default), **options)


def plain(value: Any) -> Any:
    """As it is meant: Blender keeps 32 bits of a number, which would else make 0.1 a 0.10000000149."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return [float(f"{each:.6g}") for each in value]


def _digits(info: ParamInfo) -> int:
    """Digits after the point that show the default."""
    first = info.default[0] if isinstance(info.default, tuple) else info.default
    text = f"{float(first):.6f}".rstrip("0")
    return min(6, max(2, len(text.partition(".")[2])))
