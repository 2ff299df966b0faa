"""The sea: a sheet with waves that knows how deep it is over a land, calms in the shallows and breaks into foam on the shore.

Waves are Gerstner's (F. J. Gerstner, 1802; as in J. Tessendorf, "Simulating ocean water", 2001): points go round in circles, crests are sharp.
A wave of number k runs at sqrt(g k tanh(k d)); d is taken as deep, so that waves do not tear where the floor rises, and is damped instead.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import bpy

from ...params import check, param, params_of, to_mapping
from ..graph import Socket, new_tree
from ..graph import nodes as n
from ..graph.modifiers import set_inputs
from ..materials import material_named, shared
from ..materials.water import SeaWaterParams

WATER_KEY = "dreamgrove_water"  # on groups: which they are
VERSION = 1
GRAVITY = 9.81
WAVES = 9  # trains of waves


@dataclass(frozen=True)
class SeaParams:
    """Metres, seconds, radians."""

    size: float = param(2000.0, "Side of the sheet", min=1.0, max=100_000.0, unit="m", panel="Sheet")
    level: float = param(0.0, "Height of still water", min=-10_000.0, max=10_000.0, unit="m", panel="Sheet")
    points: int = param(400, "Points along a side", min=2, max=4000, panel="Sheet")
    wave: float = param(18.0, "Length of the longest waves", min=0.1, max=500.0, unit="m", panel="Waves", spread=0.3)
    height: float = param(
        0.6, "Height of waves, crest over trough", min=0.0, max=30.0, unit="m", panel="Waves", spread=0.4
    )
    chop: float = param(0.7, "How sharp crests are", min=0.0, max=1.0, panel="Waves", usual=(0.5, 0.9))
    wind: float = param(
        0.6,
        "Where waves run to, from +X counter-clockwise",
        min=-6.3,
        max=6.3,
        unit="rad",
        panel="Waves",
        usual=(-3.1, 3.1),
    )
    spread: float = param(
        0.7, "How far wave trains differ in direction", min=0.0, max=3.0, unit="rad", panel="Waves", usual=(0.4, 1.0)
    )
    time: float = param(0.0, "Time: key it to let waves run", min=-100_000.0, max=100_000.0, unit="s", panel="Waves")
    surf: float = param(
        1.2, "Depth in which waves break into foam", min=0.0, max=50.0, unit="m", panel="Shore", spread=0.3
    )
    foam: float = param(0.8, "How much foam there is on the shore", min=0.0, max=1.0, panel="Shore", usual=(0.5, 1.0))
    crests: float = param(0.25, "Foam on the crests of open water", min=0.0, max=1.0, panel="Waves", usual=(0.0, 0.5))
    seed: int = param(0, "Other waves", min=0, max=9999)


CALM = SeaParams(height=0.08, wave=5.0, crests=0.0, chop=0.3)
STORM = SeaParams(height=4.5, wave=70.0, crests=0.8, chop=0.95, surf=5.0, foam=1.0)


def sea(
    land: bpy.types.Object | None, params: SeaParams | None = None, material: bpy.types.Material | None = None
) -> bpy.types.Object:
    """A new object, not yet in any collection: the sea over a land, which it asks for its depth. Raises ParameterError.

    Attributes on points: `depth` (m, of the still water; 1000 where there is no land below), `foam` (0..1).
    """
    values = check(params or SeaParams())
    obj = bpy.data.objects.new("Sea", bpy.data.meshes.new("Sea"))
    modifier = obj.modifiers.new("Sea", "NODES")
    modifier.node_group = _group()
    fields = to_mapping(values)
    inputs = {info.label: fields[info.name] for info in params_of(SeaParams)}
    set_inputs(modifier, inputs | {"Land": land, "Water Material": material or _water(values)})
    return obj


def _water(p: SeaParams) -> bpy.types.Material:
    """The sea's material, whose own small waves go on where the mesh ends."""
    waves = SeaWaterParams(wave=1.1, waves=min(0.06 + p.height * 0.05, 0.3), foam=0.0, depth=5.0, cloudiness=0.12)
    return shared(material_named("water_sea"), replace(waves, chop=min(p.chop, 1.0)), "Sea Water")


def _group() -> bpy.types.NodeTree:
    key = f"sea:{VERSION}"
    for tree in bpy.data.node_groups:
        if tree.get(WATER_KEY) == key and tree.library is None:
            return tree
    default = shared(material_named("water_sea"), SeaWaterParams(), "Sea Water")
    with new_tree("Sea", SeaParams()) as tree:
        i = tree.i
        land = tree.object_input("Land", "The land over which it lies", "Shore")
        material = tree.material_input("Water Material", default, "What the water is made of")
        below = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=land)["Geometry"]
        sheet = tree.add("GeometryNodeMeshGrid", size_x=i.size, size_y=i.size, vertices_x=i.points, vertices_y=i.points)
        mesh = n.transform(sheet["Mesh"], translation=n.combine_xyz(0.0, 0.0, i.level))
        with tree.frame("Depth"):
            # Off the land's own edges and border by a little, where rays slip through
            aside = n.position() * 0.9999 + n.combine_xyz(i.size * 3.1e-6, i.size * 1.7e-6, 0.0)
            high = n.combine_xyz(aside.x, aside.y, i.level + 10_000.0)
            ray = n.raycast(n.realize(below), high, (0.0, 0.0, -1.0), 30_000.0)
            depth = n.switch(ray["Is Hit"], 1000.0, i.level - ray["Hit Position"].z)
            mesh, depth = n.capture(mesh, depth)
        with tree.frame("Waves"):
            shoal = n.smoothstep(depth, 0.0, n.maximum(i.height * 2.5, 0.05))
            moved, crest = _waves(i.wave, i.height, i.chop, i.wind, i.spread, i.time, i.seed)
            mesh, crest = n.capture(mesh, crest)
            mesh = n.set_position(mesh, offset=moved * n.mix(shoal, 0.12, 1.0))
        with tree.frame("Foam"):
            lines = n.sin(depth / n.maximum(i.surf, 0.01) * 7.0 - i.time * 0.8 + _wander(i.seed, 9.0) * 4.0) * 0.5 + 0.5
            edge = n.smoothstep(depth, n.maximum(i.surf, 0.01), 0.0) * (0.45 + lines * 0.55)
            patch = n.smoothstep(_wander(i.seed + 5, 25.0), -0.35, 0.3)
            wash = edge * n.mix(n.smoothstep(depth, 0.4, 0.1), patch, 1.0) * i.foam
            tops = n.smoothstep(crest, 1.35 - i.crests * 0.7, 1.9 - i.crests * 0.7) * i.crests
            foam = n.clamp(n.maximum(wash, tops)) * (depth > -0.5)
        mesh = n.store(n.store(mesh, "depth", depth), "foam", foam)
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    tree.data[WATER_KEY] = key
    return tree.data


def _wander(seed: Socket, size: float) -> Socket:
    made = n.node("ShaderNodeTexNoise", noise_dimensions="3D", noise_type="FBM", normalize=False)
    place = n.position() / size + n.combine_xyz(seed * 3.7, seed * 1.3, 0.3)
    return made.set(vector=place, scale=1.0, detail=3.0).as_socket()


def _waves(
    wave: Socket, height: Socket, chop: Socket, wind: Socket, spread: Socket, time: Socket, seed: Socket
) -> tuple[Socket, Socket]:
    """How points move (m), and how high a crest is, in standard deviations about."""
    draw = random.Random("waves")
    at = n.position()
    total: Socket | None = None
    for number in range(WAVES):
        share = 0.78**number
        length = wave * (share * draw.uniform(0.9, 1.1))
        angle = wind + spread * draw.uniform(-1.0, 1.0)
        k = 2.0 * math.pi / length
        amplitude = height * (0.22 * share)
        across, along = n.cos(angle), n.sin(angle)
        phase = (
            (at.x * across + at.y * along) * k
            - n.sqrt(k * GRAVITY) * time
            + seed * draw.uniform(1.0, 6.0)
            + draw.uniform(0.0, 6.3)
        )
        swing = n.sin(phase) * amplitude * chop * -1.0
        moved = n.combine_xyz(across * swing, along * swing, n.cos(phase) * amplitude)
        total = moved if total is None else total + moved
    assert total is not None
    return total, total.z / n.maximum(height * 0.25, 1e-4)
