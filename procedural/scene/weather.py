"""What falls and drifts: rain, snow, leaves, dust, fireflies, marine snow; one graph whose motion follows the scene's time.

Nothing is simulated: a particle's place is a function of time, so any frame can be rendered alone. Particles fill a box about the camera,
and wrap around in it, fixed to the world: moving the camera does not drag them along.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import bpy

from ...params import param
from ..graph import Socket, Tree, new_material, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import apply_group, set_inputs
from .recipe import SceneRecipe
from .sky import scene_seconds, sun_at

GROUP_KEY = "dreamgrove_weather"
VERSION = 1
WIND_DIRECTION = 0.4  # rad from +X: where the wind goes


@dataclass(frozen=True)
class FallingParams:
    """Metres, seconds, radians."""

    density: float = param(2.0, "Particles in a cubic metre", min=0.0, max=1000.0, panel="Amount")
    width: float = param(24.0, "Side of the box about the camera", min=0.5, max=500.0, unit="m", panel="Amount")
    height: float = param(14.0, "Height of the box", min=0.5, max=500.0, unit="m", panel="Amount")
    speed: float = param(1.0, "How fast they sink, or rise below zero", min=-20.0, max=20.0, unit="m/s", panel="Motion")
    wind: float = param(0.0, "Speed of the wind", min=0.0, max=40.0, unit="m/s", panel="Motion")
    direction: float = param(
        WIND_DIRECTION, "Where the wind goes, from +X", min=-6.3, max=6.3, unit="rad", panel="Motion"
    )
    wander: float = param(0.3, "How far they stray from their way", min=0.0, max=10.0, unit="m", panel="Motion")
    hurry: float = param(0.5, "How often they turn, in a second", min=0.0, max=20.0, panel="Motion")
    tumble: float = param(0.0, "How fast they turn over, in a second", min=0.0, max=20.0, panel="Motion")
    size: float = param(0.01, "Size", min=0.0001, max=2.0, unit="m", panel="Shape")
    variety: float = param(0.5, "How much sizes differ", min=0.0, max=1.0, panel="Shape")
    stretch: float = param(1.0, "How far they are drawn out along their way", min=1.0, max=500.0, panel="Shape")
    seed: int = param(0, "Another arrangement", min=0, max=9999)


@dataclass(frozen=True)
class Falling:
    """A kind of weather: its particles, their colour (linear RGB), whether they shine, and their shape.

    other: a second colour, up to which each particle's own goes. pulse: how often they light up, in a second, each in its own time.
    """

    title: str
    params: FallingParams
    color: tuple[float, float, float]
    glow: float = 0.0
    leaf: bool = False
    clear: float = 0.0
    other: tuple[float, float, float] | None = None
    pulse: float = 0.0


KINDS: Mapping[str, Falling] = {
    "rain": Falling(
        "Rain",
        FallingParams(density=4.0, speed=7.5, wander=0.0, size=0.0026, stretch=110.0, width=24.0, height=14.0),
        (0.8, 0.85, 0.9),
        clear=0.7,
    ),
    "snow": Falling(
        "Snowfall",
        FallingParams(density=9.0, speed=0.9, wander=0.35, size=0.017, width=22.0, tumble=0.5),
        (0.9, 0.92, 0.95),
    ),
    "leaves": Falling(
        "Falling Leaves",
        FallingParams(density=0.25, speed=0.8, wander=0.9, hurry=0.35, tumble=0.8, size=0.065, width=36.0, height=14.0),
        (0.42, 0.1, 0.018),
        leaf=True,
        other=(0.72, 0.44, 0.05),
    ),
    "dust": Falling(
        "Dust",
        FallingParams(density=9.0, speed=0.02, wander=0.5, hurry=0.15, size=0.0016, width=14.0, height=7.0),
        (0.75, 0.6, 0.42),
        glow=0.02,
    ),
    "fireflies": Falling(
        "Fireflies",
        FallingParams(density=0.2, speed=0.0, wander=1.6, hurry=0.22, size=0.022, width=44.0, height=5.0),
        (0.8, 1.0, 0.16),
        glow=10.0,
        pulse=0.35,
    ),
    "marine_snow": Falling(
        "Marine Snow",
        FallingParams(
            density=14.0, speed=0.03, wander=0.35, hurry=0.12, size=0.0022, variety=0.9, width=14.0, height=9.0
        ),
        (0.75, 0.85, 0.85),
        glow=0.03,
    ),
}


def falling_group() -> bpy.types.NodeTree:
    """This file's group, or a new one."""
    return kept_group(GROUP_KEY, VERSION, lambda: build(FallingParams()))


def build(p: FallingParams) -> bpy.types.NodeTree:
    """The group: the object's own mesh is one particle, which is put on every point."""
    with new_tree("Falling", p) as tree:
        particle = tree.geometry_input("Particle")
        camera = tree.object_input("Camera", "What the box is about; none for the scene's camera")
        tree.o.geometry << _fall(tree, particle, camera)
    tree.data[GROUP_KEY] = VERSION
    return tree.data


def _fall(tree: Tree, particle: Socket, camera: Socket) -> Socket:
    i = tree.i
    own = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=camera)["Location"]
    scene = tree.add("GeometryNodeInputActiveCamera")["Active Camera"]
    chosen = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=scene)["Location"]
    eye = n.switch(n.vector_math("LENGTH", own) <= 0.0, own, chosen)
    seconds = tree.add("GeometryNodeInputSceneTime")["Seconds"]
    box = n.combine_xyz(i.width, i.width, i.height)
    count = n.math("MINIMUM", i.density * i.width * i.width * i.height, 2_000_000.0)
    made = n.points(count, (0.0, 0.0, 0.0))
    first = n.random_value((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), seed=i.seed) * box
    own_pace = n.random_value(0.8, 1.2, seed=i.seed + 1)
    flow = n.combine_xyz(n.cos(i.direction) * i.wind, n.sin(i.direction) * i.wind, i.speed * -1.0)
    phase = n.random_value((0.0, 0.0, 0.0), (6.2832, 6.2832, 6.2832), seed=i.seed + 2)
    turn = seconds * i.hurry * 6.2832
    sway = n.combine_xyz(
        n.sin(phase.x + turn * own_pace) + n.sin(phase.y + turn * 0.47),
        n.sin(phase.y + turn * 0.83) + n.sin(phase.z - turn * 0.39 * own_pace),
        n.sin(phase.z + turn * 0.61) * 0.5,
    ) * (i.wander * 0.5)
    place = first + flow * (seconds * own_pace) + sway
    # Wrapped about the eye, yet standing still in the world while the eye moves.
    place = n.vector_math("WRAP", place, eye + box * 0.5, eye - box * 0.5)
    made = n.set_position(made, place)
    along = n.align_to(flow + (0.0, 0.0, -1e-4), "Z")
    spin = n.combine_xyz(phase.x + seconds * i.tumble * 6.2832 * own_pace, phase.y + seconds * i.tumble * 4.1, phase.z)
    loose = n.first_output("FunctionNodeEulerToRotation", euler=spin)
    rotation = n.switch(i.stretch > 1.0, loose, along)
    size = i.size * n.mix(i.variety, 1.0, n.random_value(0.2, 1.8, seed=i.seed + 3))
    # Nothing hangs before the lens: a drop there would be a beam across the picture.
    size = size * (n.vector_math("LENGTH", n.position() - eye) > n.minimum(i.size * i.stretch * 6.0, i.width * 0.1))
    return n.instance_on(made, particle, rotation=rotation, scale=n.combine_xyz(size, size, size * i.stretch))


def falling(kind: str, wind: float = 0.0, seed: int = 0, amount: float = 1.0) -> bpy.types.Object:
    """A new object of that weather, not linked yet. wind: the recipe's, 0..2. Raises KeyError naming what there is."""
    if kind not in KINDS:
        raise KeyError(f"no weather {kind!r} falls; there are {', '.join(KINDS)}")
    what = KINDS[kind]
    mesh = bpy.data.meshes.new(what.title)
    if what.leaf:  # a lozenge, folded along its middle
        mesh.from_pydata([(0, -1, 0), (0.5, 0, 0.15), (0, 1, 0), (-0.5, 0, 0.15)], [], [(0, 1, 2), (0, 2, 3)])
    else:  # an octahedron of radius a half
        h = 0.5
        mesh.from_pydata(
            [(h, 0, 0), (0, h, 0), (-h, 0, 0), (0, -h, 0), (0, 0, h), (0, 0, -h)],
            [],
            [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4), (1, 0, 5), (2, 1, 5), (3, 2, 5), (0, 3, 5)],
        )
    mesh.materials.append(_material(what))
    obj = bpy.data.objects.new(what.title, mesh)
    gust = wind * (5.0 if what.params.speed > 0.1 else 1.2)
    apply_group(
        obj,
        falling_group(),
        replace(what.params, wind=gust, seed=seed % 10_000, density=what.params.density * amount),
    )
    return obj


FALLS: Mapping[str, tuple[str, float]] = {
    "rain": ("rain", 1.0),
    "storm": ("rain", 2.5),
    **{kind: (kind, 1.0) for kind in ("snow", "leaves", "dust", "fireflies", "marine_snow")},
}  # a recipe's weather -> what falls in it, and how much of it


def of_recipe(recipe: SceneRecipe) -> list[bpy.types.Object]:
    """What falls in the recipe's weather."""
    if recipe.weather not in FALLS:
        return []
    kind, amount = FALLS[recipe.weather]
    return [falling(kind, recipe.wind, recipe.seed, amount)]


def suited(recipe: SceneRecipe) -> dict[str, float]:
    """What else a recipe should have for its weather to be seen at its best; for choices that nobody has made."""
    winds = {"storm": 1.4, "dust": 1.1, "leaves": 0.8}
    if recipe.weather in winds:
        return {"wind": winds[recipe.weather]}
    if recipe.weather == "fireflies":
        return {"time": round(evening(recipe.latitude, recipe.day, math.radians(-7.5)), 2)}
    return {}


def evening(latitude: float, day: float, elevation: float) -> float:
    """The hour after noon at which the sun has come down to that elevation (rad), or midnight where it does not."""
    early, late = 12.0, 24.0
    for _ in range(30):
        middle = (early + late) / 2
        if sun_at(latitude, day, middle).elevation > elevation:
            early = middle
        else:
            late = middle
    return late


def lit_hour(recipe: SceneRecipe, lowest: float = math.radians(9.0)) -> float:
    """The recipe's hour, or the nearest to it at which the sun is that high (rad); noon where it never is: for a look's hour on another day."""
    if sun_at(recipe.latitude, recipe.day, recipe.time).elevation >= lowest:
        return recipe.time
    late = evening(recipe.latitude, recipe.day, lowest)
    return round(late if recipe.time > 12.0 else 24.0 - late, 2)


def _material(what: Falling) -> bpy.types.Material:
    with new_material(what.title) as tree:
        own = tree.add("ShaderNodeObjectInfo")["Random"]
        color = n.color(what.color)
        if what.other is not None:
            color = n.mix(own, color, n.color(what.other))
        if what.glow >= 1.0:
            glow = what.glow
            if what.pulse:
                turn = (scene_seconds(tree) * what.pulse * (own * 0.5 + 0.75) + own * 7.0) * (2.0 * math.pi)
                glow = n.smoothstep(n.sin(turn), -0.3, 0.8) * what.glow
            shader = tree.add("ShaderNodeEmission", color=color, strength=glow).as_socket()
        else:
            shader = tree.add(
                "ShaderNodeBsdfPrincipled",
                base_color=color,
                roughness=0.6,
                emission_color=(*what.color, 1.0),
                emission_strength=what.glow,
            ).as_socket()
            if what.leaf:
                through = tree.add("ShaderNodeBsdfTranslucent", color=color)
                shader = tree.add("ShaderNodeMixShader", 0.4, shader, through).as_socket()
            if what.clear:
                nothing = tree.add("ShaderNodeBsdfTransparent")
                shader = tree.add("ShaderNodeMixShader", what.clear, shader, nothing).as_socket()
        tree.add("ShaderNodeOutputMaterial", surface=shader)
    tree.owner.diffuse_color = (*what.color, 1.0)
    return tree.owner  # type: ignore[return-value]


def wind_of(objects: list[bpy.types.Object], strength: float) -> int:
    """Give every plant among the objects that has the input Wind this strength; how many have it."""
    count = 0
    for obj in objects:
        for modifier in obj.modifiers:
            if modifier.type != "NODES" or modifier.node_group is None:
                continue
            names = {each.name for each in modifier.node_group.interface.items_tree if each.item_type == "SOCKET"}
            if "Wind" in names and not modifier.node_group.get(GROUP_KEY):
                set_inputs(modifier, {"wind": min(strength, 2.0)})
                count += 1
    return count
