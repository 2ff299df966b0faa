"""Under water: caustics keep the light's energy and move; the sun comes through, red is lost first; corals stand on the reef."""

from __future__ import annotations

import math
from dataclasses import replace

import bpy
import numpy as np
import pytest
from mathutils import Vector

from dreamgrove.procedural.graph import new_material
from dreamgrove.procedural.scene import biomes, steps, underwater
from dreamgrove.procedural.scene.biomes import find_biome
from dreamgrove.procedural.scene.biomes.reef import heights, water_of
from dreamgrove.procedural.scene.ground import read_land
from dreamgrove.procedural.scene.underwater import CausticsParams, Water
from dreamgrove.procedural.scene.weather import GROUP_KEY


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def picture(tmp_path, width: float, height: float, samples: int, pixels: int = 96) -> np.ndarray:
    """What is seen straight down from `height` m on `width` m, linear [H, W, 3]."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", width
    camera.location.z = height
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.use_adaptive_sampling = samples, False, False
    scene.render.resolution_x = scene.render.resolution_y = pixels
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.render.filepath = str(tmp_path / "seen.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    values = np.zeros(pixels * pixels * image.channels, np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    bpy.data.objects.remove(camera)
    return values.reshape(pixels, pixels, -1)[..., :3]


def floor(half: float, z: float, material: bpy.types.Material) -> None:
    mesh = bpy.data.meshes.new("Floor")
    mesh.from_pydata([(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)], [], [(0, 1, 2, 3)])
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Floor", mesh))


def test_caustics_keep_their_energy_and_move(tmp_path):
    """The pattern as light of a floor, at three depths; the number of samples makes the mean good to about 2 %."""
    with new_material("Pattern") as tree:
        waves = tree.group(underwater.caustics_group())
        depth = tree.add("ShaderNodeValue")
        waves.set({"Place": tree.add("ShaderNodeNewGeometry")["Position"], "Depth": depth, "Patches": 0.0})
        waves.set({"Seconds": underwater.seconds_of(tree)})
        tree.add("ShaderNodeOutputMaterial", surface=tree.add("ShaderNodeEmission", color=waves["Light"]))
    floor(30.0, 0.0, tree.owner)
    focal = CausticsParams().focal
    spread = {}
    for share in (0.1, 0.5, 1.0):
        depth.data.outputs[0].default_value = share * focal
        seen = picture(tmp_path, 40.0, 1.0, 4)
        assert seen.mean() == pytest.approx(1.0, abs=0.06), f"at {share} of the focal depth"
        spread[share] = seen.std()
    assert spread[0.1] < 0.15 < 0.45 < spread[1.0], "sharpest at the focal depth"
    bpy.context.scene.frame_set(bpy.context.scene.frame_current + 12)
    later = picture(tmp_path, 40.0, 1.0, 4)
    assert np.corrcoef(seen[..., 1].ravel(), later[..., 1].ravel())[0, 1] < 0.7, "half a second on, it is another"
    assert later.mean() == pytest.approx(1.0, abs=0.06)


def test_sunlight_comes_through_the_surface_and_loses_red_first(tmp_path):
    """A white floor 4 m down, as bright as attenuation says; under clouds without caustics."""
    with new_material("White") as tree:
        tree.add("ShaderNodeOutputMaterial", surface=tree.add("ShaderNodeBsdfDiffuse", color=(0.8, 0.8, 0.8, 1.0)))
    floor(20.0, -4.0, tree.owner)
    scene = bpy.context.scene
    lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy = math.pi / 0.8 / underwater.let_in(1.0)
    to_sun = underwater.sink_lamp(lamp)
    water = Water(glow=0.0, waves=CausticsParams(focal=4.0, patches=0.0))
    for each in (lamp, underwater.body("Water", water, np.ones(3), 4.0, 60.0)):
        scene.collection.objects.link(each)
    spread = []
    for contrast in (1.0, 0.0):
        pane = underwater.surface(
            "Surface", replace(water, waves=replace(water.waves, contrast=contrast)), to_sun, 50.0
        )
        scene.collection.objects.link(pane)
        scene.cycles.max_bounces = 0
        seen = picture(tmp_path, 20.0, -3.9, 8, 48)
        expected = np.exp(-4.0 * water.attenuation)
        assert np.allclose(seen.mean((0, 1)), expected, rtol=0.1), seen.mean((0, 1))
        assert expected[0] < 0.5 < 0.7 < expected[2]
        spread.append(seen[..., 1].std() / seen[..., 1].mean())
        bpy.data.objects.remove(pane)
    assert spread[0] > 0.3 and spread[1] < 0.15


def test_light_bends_as_snell_says():
    level = underwater.refracted(Vector((1.0, 0.0, 0.0)))
    assert math.degrees(math.acos(level.z)) == pytest.approx(48.5, abs=0.1)
    assert underwater.refracted(Vector((0.0, 0.0, 1.0))).z == pytest.approx(1.0)
    assert underwater.let_in(1.0) == pytest.approx(0.9794, abs=1e-3) and underwater.let_in(0.0) == pytest.approx(0.0)


def test_the_reef_stands_under_water(monkeypatch):
    whole, look = find_biome("reef")

    def few(recipe):
        return tuple(replace(each, plants=(replace(each.plants[-1], count=1),)) for each in whole.layers(recipe))

    biome = replace(whole, layers=few, wish=lambda recipe: replace(whole.wish(recipe), tries=4, headings=4))
    monkeypatch.setattr(biomes, "BIOMES", (biome,))
    small = {"size": 24.0, "resolution": 40, "density": 0.3, "detail": 0.1}
    recipe = biome.recipe(look, seed=1, weather="rain", **small)
    steps.build_all(recipe)
    home = steps.scene_collection(biome, bpy.context.scene)
    sky = {obj.name: obj for obj in steps.step_collection(home, "sky").objects}
    assert {"Reef Water", "Reef Surface", "Marine Snow"} <= set(sky)
    falling = [o for o in sky.values() if any(m.node_group and m.node_group.get(GROUP_KEY) for m in o.modifiers)]
    assert [obj.name for obj in falling] == ["Marine Snow"], "no rain falls under water"
    lamp = next(obj for obj in sky.values() if obj.type == "LIGHT")
    assert (lamp.matrix_basis.to_3x3() @ Vector((0, 0, 1))).z > math.cos(underwater.CRITICAL) - 1e-4
    land = steps.land_of(home)
    field = read_land(land)
    assert field.heights.max() < -1.0 and bpy.context.scene.camera.location.z < -0.5
    layers = {o.name for o in steps.step_collection(home, "scatter").objects if not o.name.endswith("Beyond")}
    depsgraph = bpy.context.evaluated_depsgraph_get()
    places: dict[str, list] = {}
    for each in depsgraph.object_instances:
        if each.is_instance and each.parent.original.name in layers:
            places.setdefault(each.parent.original.name, []).append(tuple(each.matrix_world.translation))
    assert {"Tables", "Thickets", "Bushes", "Small Heads"} <= set(places) and len(layers) >= 10
    for name, found in places.items():
        points = np.array(found)
        above = points[:, 2] - field.at(points[:, :2])
        if name == "Jellyfish":
            assert (above > 1.0).all()
        else:
            assert above.max() < 0.06 and above.min() > -0.35, f"{name}: {above.min():.2f} to {above.max():.2f} m"


def test_land_and_water_follow_the_recipe():
    biome, look = find_biome("reef")
    recipe = biome.recipe(look)
    x = np.linspace(-40.0, 40.0, 161)
    z, layers = heights(recipe)(x, np.zeros_like(x))
    assert np.array_equal(z, heights(recipe)(x, np.zeros_like(x))[0])
    assert not np.array_equal(z, heights(replace(recipe, seed=3))(x, np.zeros_like(x))[0])
    assert (
        0.1 < (layers["sand"] > 0.5).mean() < 0.6
        and z[layers["rock"] > 0.9].mean() > z[layers["sand"] > 0.9].mean() + 0.8
    )
    assert water_of(replace(recipe, weather="mist")).sight < water_of(recipe).sight
    assert water_of(replace(recipe, weather="overcast")).waves.contrast == 0.0 < water_of(recipe).waves.contrast
