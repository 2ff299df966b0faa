"""Drivers and F-curves of a node tree."""

from __future__ import annotations

from typing import Any

import bpy

from .rna import Problem, Schema
from .spec import AnimationSpec, CurveSpec, Properties


def read_animation(tree: bpy.types.NodeTree, schema: Schema) -> AnimationSpec | None:
    """What drives and animates a tree; None if nothing does."""
    data = tree.animation_data
    if data is None or not (data.drivers or data.action):
        return None
    return AnimationSpec(
        drivers=tuple(_read_curve(curve, schema) for curve in data.drivers),
        action=data.action.name if data.action else "",
        curves=tuple(_read_curve(curve, schema) for curve in _curves(data)),
        properties=schema.read(data),
    )


def _curves(data: bpy.types.AnimData) -> list[bpy.types.FCurve]:
    """The curves of the action that are for this tree: all of them before slots came (4.4)."""
    action = data.action
    if action is None:
        return []
    if not hasattr(action, "slots"):
        return list(action.fcurves)
    if data.action_slot is None:
        return []
    handle = data.action_slot.handle
    bags = (strip.channelbags for layer in action.layers for strip in layer.strips if strip.type == "KEYFRAME")
    return [curve for each in bags for bag in each if bag.slot_handle == handle for curve in bag.fcurves]


def _read_curve(curve: bpy.types.FCurve, schema: Schema) -> CurveSpec:
    return CurveSpec(
        data_path=curve.data_path,
        array_index=curve.array_index,
        properties=schema.read(curve),
        keyframes=tuple(schema.read(point) for point in curve.keyframe_points),
        modifiers=tuple({"type": m.type, **schema.read(m)} for m in curve.modifiers),
        group=curve.group.name if curve.group else "",
        driver=_read_driver(curve.driver, schema) if curve.driver else None,
    )


def _read_driver(driver: bpy.types.Driver, schema: Schema) -> Properties:
    variables = tuple(
        {**schema.read(variable), "targets": tuple(schema.read(target) for target in variable.targets)}
        for variable in driver.variables
    )
    return {**schema.read(driver), "variables": variables}


def write_animation(
    tree: bpy.types.NodeTree, spec: AnimationSpec, schema: Schema, made: list[bpy.types.ID]
) -> list[Problem]:
    """Give a tree its drivers and an action of its own, which joins `made`. Returns what Blender did not take."""
    problems: list[Problem] = []
    data = tree.animation_data_create()
    for wanted in spec.drivers:
        where = f"driver of {wanted.data_path}[{wanted.array_index}]"
        curve = data.drivers.new(wanted.data_path, index=wanted.array_index)
        problems += _write_curve(curve, wanted, where, schema)
    if spec.action:
        action = bpy.data.actions.new(spec.action)
        made.append(action)
        data.action = action
        bag = _channels(data, tree)
        for wanted in spec.curves:
            where = f"F-curve of {wanted.data_path}[{wanted.array_index}]"
            curve = bag.fcurves.new(wanted.data_path, index=wanted.array_index)
            if wanted.group:
                curve.group = bag.groups.get(wanted.group) or bag.groups.new(wanted.group)
            problems += _write_curve(curve, wanted, where, schema)
    problems += schema.write(data, spec.properties, "animation")
    return problems


def _channels(data: bpy.types.AnimData, tree: bpy.types.NodeTree) -> Any:
    """What holds the curves and their groups: the action itself before slots came (4.4), then a channel bag."""
    action = data.action
    if not hasattr(action, "slots"):
        return action
    slot = action.slots.new(id_type="NODETREE", name=tree.name)
    data.action_slot = slot
    strip = action.layers.new("Layer").strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def _write_curve(curve: bpy.types.FCurve, wanted: CurveSpec, where: str, schema: Schema) -> list[Problem]:
    problems: list[Problem] = []
    if wanted.driver is not None:
        problems += _write_driver(curve.driver, wanted.driver, where, schema)
    for modifier in list(curve.modifiers):  # a new driver may come with one
        curve.modifiers.remove(modifier)
    for properties in wanted.modifiers:
        modifier = curve.modifiers.new(properties["type"])
        problems += schema.write(modifier, {k: v for k, v in properties.items() if k != "type"}, where)
    points = curve.keyframe_points
    while len(points):
        points.remove(points[len(points) - 1], fast=True)
    points.add(len(wanted.keyframes))
    for point, properties in zip(points, wanted.keyframes, strict=True):
        problems += schema.write(point, properties, where)
    problems += schema.write(curve, wanted.properties, where)
    return problems


def _write_driver(driver: bpy.types.Driver, wanted: Properties, where: str, schema: Schema) -> list[Problem]:
    problems: list[Problem] = []
    for variable in list(driver.variables):
        driver.variables.remove(variable)
    for properties in wanted["variables"]:
        variable = driver.variables.new()
        plain = {k: v for k, v in properties.items() if k != "targets"}
        problems += schema.write(variable, plain, where)
        for target, values in zip(variable.targets, properties["targets"], strict=True):
            problems += schema.write(target, values, where)
    problems += schema.write(driver, {k: v for k, v in wanted.items() if k != "variables"}, where)
    return problems
