"""The steps by which a scene is built: land, erosion, water, scatter, sky, camera. Each can be run anew, alone.

A step is a generator of Progress; closing it (a cancel) or an error leaves everything as it was: what is new is made aside and takes
the old one's place at the very end. A scene's collection, "Dreamgrove <Title>", holds one collection a step and the recipe.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..generators import find_preset
from ..terrain.field import HeightField
from .biomes import Biome, biome_of
from .biomes.base import STEP_KEY
from .fog import make_fog
from .ground import land_object, read_land, set_heights, smooth
from .night import moon_at
from .recipe import KEY, SceneRecipe, from_json, to_json
from .scatter import add_layer
from .sky import clouds_of, make_sun, make_world, sun_at
from .snow_cover import DEPTH, amount_of, snow_lies_on, snow_on_land
from .sources import make_sources
from .sway import add_sway, gives, sway_of
from .viewpoints import Obstacles, place_camera, search
from .weather import of_recipe

STEPS = ("land", "erosion", "water", "scatter", "sky", "camera")
TALL_KEY = "dreamgrove_tall"  # on a scatter layer: it may stand before a camera


@dataclass(frozen=True)
class Progress:
    """fraction: of the step, 0..1; text: what is being done."""

    fraction: float
    text: str


class SceneError(RuntimeError):
    """A scene that cannot be built; one sentence that says what to do."""


def build(recipe: SceneRecipe, scene: bpy.types.Scene | None = None) -> Iterator[tuple[str, Progress]]:
    """All steps of a new scene, or of the one with this title: pairs of a step's name and its progress."""
    for step in STEPS:
        for progress in run_step(step, recipe, scene):
            yield step, progress


def run_step(step: str, recipe: SceneRecipe, scene: bpy.types.Scene | None = None) -> Iterator[Progress]:
    """One step, in a scene (the one in view). Raises SceneError if a step before it is missing, KeyError for an unknown biome."""
    biome = biome_of(recipe)
    scene = scene or bpy.context.scene
    home = scene_collection(biome, scene)
    if home is None and step != "land":
        raise SceneError(f"{biome.title} has no land yet; build the step Land first")
    made = bpy.data.collections.new(f"{biome.title} {step.title()} (being made)")
    made[STEP_KEY] = step
    worlds = set(bpy.data.worlds)
    try:
        yield from _MAKERS[step](biome, recipe, home, made, scene)
    except BaseException:
        remove(made)
        for world in set(bpy.data.worlds) - worlds:
            bpy.data.worlds.remove(world)
        raise
    _settle(biome, recipe, step, made, scene)
    yield Progress(1.0, "done")


def scene_collection(biome: Biome, scene: bpy.types.Scene) -> bpy.types.Collection | None:
    """The collection of the scene's place of that biome."""
    for each in scene.collection.children_recursive:
        if each.get(KEY) and from_json(each[KEY]).biome == biome.name:
            return each
    return None


def scene_place(scene: bpy.types.Scene) -> bpy.types.Collection | None:
    """The collection of the place that stands in the scene: the one whose camera it looks through, if there are several."""
    found = [each for each in scene.collection.children_recursive if each.get(KEY)]
    seen = [each for each in found if scene.camera is not None and scene.camera.name in each.all_objects]
    return next(iter(seen or found), None)


def step_collection(home: bpy.types.Collection | None, step: str) -> bpy.types.Collection | None:
    """What a step has made, or None."""
    return next((each for each in home.children if each.get(STEP_KEY) == step), None) if home else None


def recipe_of(home: bpy.types.Collection) -> SceneRecipe:
    """The recipe on a scene's collection. Raises ParameterError if it does not read."""
    return from_json(home[KEY])


def land_of(home: bpy.types.Collection | None) -> bpy.types.Object:
    """The land that a scene stands on. Raises SceneError."""
    collection = step_collection(home, "land")
    for obj in collection.objects if collection else ():
        if obj.get(STEP_KEY) == "land":
            return obj
    raise SceneError("the scene has lost its land; build the step Land again")


def distance_of(home: bpy.types.Collection | None) -> list[bpy.types.Object]:
    """The land beyond the square."""
    raised = step_collection(home, "land")
    return [obj for obj in raised.objects if obj.type == "MESH" and not obj.get(STEP_KEY)] if raised else []


def obstacles_of(home: bpy.types.Collection | None, field: HeightField) -> Obstacles:
    """What stands in the way of cameras: the land, its distance, all that is tall. Raises SceneError."""
    scattered = step_collection(home, "scatter")
    layers = [obj for obj in scattered.objects if obj.get(TALL_KEY)] if scattered else []
    low = [obj for obj in scattered.objects if obj not in layers and not obj.hide_viewport] if scattered else []
    try:
        for obj in low:  # what cannot stand before the camera need not be evaluated
            obj.hide_viewport = True
        return Obstacles(field, layers, distance=distance_of(home))
    finally:
        for obj in low:
            obj.hide_viewport = False


def remove(collection: bpy.types.Collection) -> None:
    """Remove a collection with all within, and their data that nothing else uses."""
    for child in list(collection.children):
        remove(child)
    data = []
    for obj in list(collection.objects):
        data.append(obj.data)
        bpy.data.objects.remove(obj, do_unlink=True)
    for each in data:
        if each is not None and not each.users:
            bpy.data.batch_remove((each,))
    bpy.data.collections.remove(collection)


def _settle(biome: Biome, recipe: SceneRecipe, step: str, made: bpy.types.Collection, scene: bpy.types.Scene) -> None:
    """Put what a step made in the place of what it made before."""
    home = scene_collection(biome, scene)
    if home is None:
        home = bpy.data.collections.new(f"Dreamgrove {biome.title}")
        scene.collection.children.link(home)
    home[KEY] = to_json(recipe)
    old = step_collection(home, step)
    if old is not None:
        remove(old)
    home.children.link(made)
    made.name = f"{biome.title} {step.title()}"
    if step == "scatter":
        for layer in scene.view_layers:
            _hide_sources(layer.layer_collection)
    if step == "sky":
        _set_world(made, scene)
    if step == "camera":
        scene.camera = next(obj for obj in made.objects if obj.type == "CAMERA")


def _hide_sources(layer: bpy.types.LayerCollection) -> None:
    for child in layer.children:
        if child.collection.get(STEP_KEY) == "sources":
            child.exclude = True
        else:
            _hide_sources(child)


def _set_world(made: bpy.types.Collection, scene: bpy.types.Scene) -> None:
    before = scene.world
    scene.world = bpy.data.worlds[made["dreamgrove_world"]]
    if before is not None and before != scene.world:
        if before.get(STEP_KEY) and before.users == 0:
            bpy.data.worlds.remove(before)
        else:
            before.use_fake_user = True  # the artist's own sky stays in the file


# The steps ---------------------------------------------------------------------------------------------------------------

Maker = Callable[
    [Biome, SceneRecipe, bpy.types.Collection | None, bpy.types.Collection, bpy.types.Scene], Iterator[Progress]
]


def _land(
    biome: Biome, recipe: SceneRecipe, home: object, made: bpy.types.Collection, scene: object
) -> Iterator[Progress]:
    yield Progress(0.0, "raising the land")
    field = biome.land(recipe)
    yield Progress(0.5, "covering it")
    obj = land_object(f"{biome.title} Land", field, biome.cover(recipe))
    obj[STEP_KEY] = "land"
    made.objects.link(obj)
    snow = amount_of(recipe, biome.lies)
    snow_on_land(obj, snow)
    if biome.extra is not None:
        yield Progress(0.8, "the distance")
        for each in biome.extra(recipe, field):
            made.objects.link(each)
            snow_on_land(each, snow, lumps=25.0)


def _erosion(
    biome: Biome, recipe: SceneRecipe, home: bpy.types.Collection | None, made: object, scene: object
) -> Iterator[Progress]:
    """Wear the land of the step Land, whose heights before are kept as its attribute `raised`, so that it can be done again."""
    yield Progress(0.0, "eroding" if biome.erosion else "nothing to erode")
    if biome.erosion is None:
        return
    from ..grow.erosion import erode_steps  # here: the add-on's start need not wait for it

    obj = land_of(home)
    field = read_land(obj)
    raised = field.layers.get("raised", field.heights)
    steps = erode_steps(HeightField(raised, field.size, field.center), biome.erosion(recipe))
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            worn: HeightField = end.value
            break
        yield Progress(float(share) * 0.95, "eroding")
    # At the edge the land goes on as it was raised.
    along = np.minimum(np.arange(field.count), np.arange(field.count)[::-1]) / field.count
    inner = smooth(np.minimum.outer(along, along), 0.02, 0.12)
    keep = ("flow", "sediment", "wear", "wetness", "runoff")
    layers = {name: np.asarray(values) * inner for name, values in worn.layers.items() if name in keep}
    heights = raised + (np.asarray(worn.heights, float) - raised) * inner
    set_heights(obj, heights, {**layers, "raised": raised})


def _water(
    biome: Biome, recipe: SceneRecipe, home: bpy.types.Collection | None, made: bpy.types.Collection, scene: object
) -> Iterator[Progress]:
    yield Progress(0.0, "filling waters")
    if biome.water is not None:
        for obj in biome.water(recipe, read_land(land_of(home))):
            made.objects.link(obj)


def _scatter(
    biome: Biome, recipe: SceneRecipe, home: bpy.types.Collection | None, made: bpy.types.Collection, scene: object
) -> Iterator[Progress]:
    land = land_of(home)
    distance = distance_of(home)
    hidden = bpy.data.collections.new(f"{biome.title} Sources")
    hidden[STEP_KEY] = "sources"
    made.children.link(hidden)
    layers = biome.layers(recipe)
    snow = amount_of(recipe, biome.lies)
    for number, layer in enumerate(layers):
        yield Progress(number / len(layers), f"growing {layer.name.lower()}")
        sources = make_sources(layer.name, layer.plants, recipe.seed * 17 + number, hidden, recipe.season)
        if snow:
            snow_lies_on({obj for level in (sources.far, sources.near, sources.proxy) for obj in level.objects}, snow)
            layer = replace(layer, scatter=replace(layer.scatter, sink=layer.scatter.sink + DEPTH * snow))
        obj = add_layer(layer.name, layer.scatter, sources, land, made)
        grown = sources.height * (layer.scatter.smallest + layer.scatter.largest) / 2.0
        soft = recipe.wind > 0.0 and any(gives(find_preset(plant.preset)[0]) for plant in layer.plants)
        sway = sway_of(grown, recipe.wind, recipe.seed) if soft else None
        if sway is not None:
            add_sway(obj, sway)
        if layer.tall:
            obj[TALL_KEY] = True
        for far in distance if layer.beyond else ():
            there = {"near": 0.0, "shown": 0.15, "mask": "", "avoid": "", **layer.beyond_as}
            sparse = replace(layer.scatter, density=layer.scatter.density * layer.beyond, **there)
            there_too = add_layer(f"{layer.name} Beyond", sparse, sources, far, made)
            if sway is not None:
                add_sway(there_too, sway)


def _sky(
    biome: Biome, recipe: SceneRecipe, home: bpy.types.Collection | None, made: bpy.types.Collection, scene: object
) -> Iterator[Progress]:
    yield Progress(0.0, "lighting")
    sun, air = sun_at(recipe.latitude, recipe.day, recipe.time), biome.air(recipe)
    moon = moon_at(recipe.latitude, recipe.day, recipe.time)
    made.objects.link(make_sun(f"{biome.title} Sun", sun, air, moon))
    clouds = clouds_of(sun, air, recipe.seed, recipe.wind, moon)
    world = make_world(f"{biome.title} Sky", sun, air, recipe.seed, moon, clouds, recipe.clouds == "painted")
    world[STEP_KEY] = "sky"
    made["dreamgrove_world"] = world.name
    field = read_land(land_of(home))
    fog = make_fog(f"{biome.title} Fog", air, (*field.center, float(field.heights.min())), field.size, recipe.wind)
    if fog is not None:
        made.objects.link(fog)
    for obj in of_recipe(recipe):
        made.objects.link(obj)
    if biome.submerge is not None:
        biome.submerge(recipe, field, made)


def _camera(
    biome: Biome, recipe: SceneRecipe, home: bpy.types.Collection | None, made: bpy.types.Collection, scene: object
) -> Iterator[Progress]:
    yield Progress(0.0, "looking at what stands there")
    field = read_land(land_of(home))
    obstacles = obstacles_of(home, field)
    yield Progress(0.3, "searching a viewpoint")
    wish = biome.wish(recipe)
    sun = sun_at(recipe.latitude, recipe.day, recipe.time)
    lens = wish.lens or recipe.lens
    view = search(field, obstacles, wish, sun.azimuth, wish.eye or recipe.eye, lens, recipe.seed)
    camera = place_camera(f"{biome.title} Camera", view, lens, far=max(12_000.0, recipe.size * 20))
    camera["dreamgrove_view"] = f"score {view.score:.2f}, sky {view.sky:.2f}, ground {view.ground:.2f}"
    made.objects.link(camera)


_MAKERS: dict[str, Maker] = {
    "land": _land,
    "erosion": _erosion,
    "water": _water,
    "scatter": _scatter,
    "sky": _sky,
    "camera": _camera,
}


def build_all(recipe: SceneRecipe, say: Callable[[str, Progress], None] | None = None) -> dict[str, float]:
    """All steps at once; the seconds of each."""
    seconds: dict[str, float] = {}
    for step in STEPS:
        begin = time.perf_counter()
        for progress in run_step(step, recipe):
            if say is not None:
                say(step, progress)
        seconds[step] = time.perf_counter() - begin
    return seconds
