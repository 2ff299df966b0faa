"""Scallop: a fan of rounded ribs with two ears at the hinge; one valve or both."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.shell import SEASHELL, ShellParams
from ...parts.shapes import count
from ...parts.solidify import grid, grid_uv, thicken
from ..base import Family


@dataclass(frozen=True)
class ScallopParams:
    """Metres and radians."""

    length: float = param(0.1, "From hinge to rim", min=0.005, max=0.6, unit="m", panel="Valve", usual=(0.07, 0.12))
    spread: float = param(
        0.95, "Half the angle of the fan", min=0.4, max=1.35, unit="rad", panel="Valve", usual=(0.85, 1.05)
    )
    round: float = param(0.55, "How round the rim is", min=0.0, max=1.0, panel="Valve", usual=(0.45, 0.7))
    depth: float = param(
        0.22, "How far it bulges, as a share of its length", min=0.02, max=0.6, panel="Valve", usual=(0.17, 0.28)
    )
    wall: float = param(0.0022, "Thickness", min=0.0003, max=0.03, unit="m", panel="Valve", usual=(0.0016, 0.003))
    ribs: int = param(19, "Number of ribs", min=3, max=60, panel="Ribs", usual=(15, 25))
    rib: float = param(
        0.024, "Height of the ribs, as a share of the length", min=0.0, max=0.1, panel="Ribs", usual=(0.016, 0.032)
    )
    square: float = param(0.4, "How square the ribs are", min=0.0, max=1.0, panel="Ribs", usual=(0.1, 0.7))
    steps: int = param(7, "Marks where growth paused", min=0, max=40, panel="Ribs", usual=(4, 10))
    step: float = param(
        0.006, "Height of these steps, as a share of the length", min=0.0, max=0.05, panel="Ribs", usual=(0.003, 0.009)
    )
    thorns: float = param(
        0.0, "Length of the scales on the ribs, as a share of the length", min=0.0, max=0.15, panel="Ribs"
    )
    ears: float = param(
        0.38, "Length of the hinge's ears, as a share of the length", min=0.0, max=0.8, panel="Ears", usual=(0.32, 0.45)
    )
    valves: int = param(1, "One valve or both", min=1, max=2, panel="Pose")
    gape: float = param(
        0.45, "How far two valves are open", min=0.0, max=1.6, unit="rad", panel="Pose", usual=(0.25, 0.7)
    )
    tilt: float = param(0.7, "How far it leans back", min=0.0, max=1.6, unit="rad", panel="Pose")
    color: tuple[float, ...] = param(
        (0.72, 0.36, 0.2), "Colour at the rim, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    old: tuple[float, ...] = param((0.75, 0.55, 0.4), "Colour at the hinge", min=0, max=1, panel="Colour", spread=0.15)
    mark: tuple[float, ...] = param(
        (0.42, 0.14, 0.09), "Colour of bands and spots", min=0, max=1, panel="Colour", spread=0.25
    )
    marks: float = param(0.6, "How plain bands and spots are", min=0.0, max=1.0, panel="Colour", usual=(0.2, 0.9))
    pale: tuple[float, ...] = param((0.78, 0.68, 0.58), "Colour within", min=0, max=1, panel="Colour", spread=0.1)
    seed: int = param(0, "Another shell of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "scallop": ScallopParams(),
    "open_scallop": ScallopParams(
        valves=2, gape=0.6, tilt=0.1, mark=(0.6, 0.4, 0.36), color=(0.45, 0.14, 0.16), old=(0.66, 0.42, 0.36), pale=(0.76, 0.66, 0.62), ribs=24
    ),
    "cockle": ScallopParams(
        length=0.05, spread=1.25, round=0.95, depth=0.45, ribs=26, rib=0.03, square=0.8, ears=0.0, steps=5,
        color=(0.62, 0.48, 0.3), old=(0.5, 0.32, 0.18), tilt=0.15, marks=0.8, mark=(0.36, 0.2, 0.1),
    ),
    "thorny_scallop": ScallopParams(
        ribs=12, rib=0.035, thorns=0.05, steps=11, color=(0.62, 0.16, 0.06), old=(0.72, 0.4, 0.2), square=0.1
    ),
}  # fmt: skip


def build(p: ScallopParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ScallopParams."""
    skin = shared(
        SEASHELL,
        ShellParams(
            mark=(0.42, 0.14, 0.09),
            bands=5,
            band=0.3,
            flame=1.0,
            spots=0.1,
            size=0.01,
            lines=60,
            relief=0.00015,
            gloss=0.25,
        ),
        "Scallop",
    )
    with new_tree("Scallop", p) as tree:
        i = tree.i
        material = tree.material_input("Shell Material", skin, "What the shell is made of")
        with tree.frame("One valve"):
            valve = n.join(_fan(i), n.switch(i.ears > 0.0, None, n.join(_ear(i, -1.0), _ear(i, 1.0))))
            valve = n.store(valve, "tint", n.mix(n.attribute("inside"), _color(i), i.pale))
            valve = n.store(valve, "mark", i.mark)
            valve = n.store(valve, "plain", 1.0 - i.marks)
        with tree.frame("The other"):
            lower = n.first_output("GeometryNodeFlipFaces", mesh=n.transform(valve, scale=(1.0, 1.0, -1.0)))
            lower = n.transform(lower, rotation=n.combine_xyz(i.gape, 0.0, 0.0))
            shell = n.join(valve, n.switch(i.valves > 1, None, lower))
        with tree.frame("Pose"):
            shell = n.transform(shell, rotation=n.combine_xyz(i.tilt, 0.0, 0.0))
            box = tree.add("GeometryNodeBoundBox", geometry=shell)
            low, high = box["Min"], box["Max"]
            down = n.combine_xyz((low.x + high.x) * -0.5, (low.y + high.y) * -0.5, low.z * -1.0)
            shell = n.transform(shell, translation=down)
        tree.o.geometry << n.set_material(n.shade_smooth(shell), material)
    return tree.data


def _fan(i: Inputs) -> Socket:
    """The fan: from the hinge at the origin towards -Y, bulging up."""
    mesh, u, v = grid(i.ribs * count(i.detail, 8, 3) + 1, count(i.detail, 56, 10))
    t = n.mix(
        math("POWER", 1.0 - v, 1.25), 0.015, 1.0
    )  # 1 at the rim; the grid's Y runs the other way, so that it faces up
    angle = u * i.spread
    beat = n.cos(u * i.ribs * 3.14159) * 0.5 + 0.5
    flat = n.smoothstep(beat, 0.2, 0.8)
    rib = n.mix(i.square, beat, flat)
    uneven = n.noise(n.combine_xyz(u * 1.7, i.seed * 3.1, 0.0), scale=1.0, detail=1.0) - 0.5
    pause = n.math("FRACT", t * i.steps * (1.0 + t * 0.4) + n.noise(n.combine_xyz(t, i.seed, 0), scale=2.0)) * (
        i.steps > 0
    )
    ledge = n.smoothstep(pause, 0.0, 0.18) * n.smoothstep(pause, 1.0, 0.55)
    thorn = n.smoothstep(pause, 0.45, 0.97) * math("POWER", beat, 4.0) * i.thorns * n.smoothstep(t, 0.15, 0.5)
    reach = i.length * n.mix(i.round, n.mix(0.6, 1.0, n.cos(angle)), math("POWER", n.cos(angle), 0.45))
    reach = reach * (1.0 + uneven * 0.07 + rib * i.rib * 0.7 * n.smoothstep(t, 0.6, 1.0))
    # Steep behind the hinge, then a long flat slope to the rim; the sides come down to the plane of the rim
    arch = n.float_curve(t, [(0, 0.0), (0.06, 0.34), (0.2, 0.75), (0.42, 1.0), (0.7, 0.82), (1, 0.0)])
    side = math("POWER", n.clamp(1.0 - u * u, 0.0, 1.0), 0.6)
    z = i.length * (arch * i.depth * side + (rib * i.rib * 0.8 + ledge * i.step + thorn) * n.smoothstep(t, 0.02, 0.4))
    z = z + i.length * side * n.smoothstep(t, 0.12, 0.0) * 0.04
    beak = i.length * 0.03 * n.smoothstep(t, 0.2, 0.0) * side
    place = n.combine_xyz(n.sin(angle) * reach * t, n.cos(angle) * reach * t * -1.0 + beak, z)
    return _finish(mesh, place, u, t, i, i.wall * n.mix(t, 0.5, 1.0))


def _ear(i: Inputs, side: float) -> Socket:
    """The flat wing of the hinge on one side."""
    mesh, u, v = grid(count(i.detail, 16, 4), count(i.detail, 12, 4))
    s = u * 0.5 + 0.5
    length = i.length * i.ears * (1.0 if side > 0 else 0.8)
    down = (1.0 - v) * length * 0.72
    inner = n.minimum(down * n.sin(i.spread) / n.cos(i.spread) * 0.86, length * 0.92)
    outer = length * (1.0 - 0.28 * n.sin((1.0 - v) * 2.6))
    ripple = n.cos((1.0 - v) * 22.0) * i.length * i.rib * 0.16 + n.cos(s * 30.0) * i.length * i.step * 0.3
    x = n.mix(s, inner, outer) * side
    z = ripple + i.length * 0.012 * (1.0 - s)
    if side < 0:
        mesh = n.first_output("GeometryNodeFlipFaces", mesh=mesh)
    return _finish(mesh, n.combine_xyz(x, down * -1.0 + i.length * 0.012, z), u, s * 0.5 + 0.2, i, i.wall * 0.7)


def _finish(mesh: Socket, place: Socket, u: Socket, t: Socket, i: Inputs, wall: Socket) -> Socket:
    mesh = n.set_position(grid_uv(mesh, u, t), place)
    mesh = n.store(mesh, "limb", n.position() * 1.0)
    mesh = n.store(mesh, "age", 1.0 - t)
    return thicken(mesh, wall)


def _color(i: Inputs) -> Socket:
    age = n.attribute("age")
    cloud = current_tree().add(
        "ShaderNodeTexNoise",
        noise_dimensions="4D",
        vector=n.position() / i.length,
        w=i.seed * 2.3,
        scale=3.0,
        detail=3.0,
    )
    drift = cloud.as_socket() - 0.5
    return n.mix(n.smoothstep(age + drift * 0.5, 0.25, 0.9), i.color, i.old)


SCALLOP = Family("scallop", "Scallop", "Sea", ScallopParams, build, PRESETS, "A ribbed fan shell, one valve or both")
