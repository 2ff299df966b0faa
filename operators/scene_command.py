"""`dreamgrove scene WORD -o FILE.blend` and `dreamgrove scene list`: whole scenes without a window.

Exit codes as everywhere: 0 done, 1 it failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import bpy

from ..params import assignments, params_of, schema, to_mapping
from ..procedural.scene.biomes import BIOMES, find_biome
from ..procedural.scene.paths import fly_through
from ..procedural.scene.picture import picture_settings
from ..procedural.scene.recipe import WEATHERS, SceneRecipe, from_json, with_changes
from ..procedural.scene.steps import Progress, build_all
from ..procedural.scene.weather import lit_hour, suited
from . import flight_command
from .file_blocks import removed_afterwards
from .scene_files import blend_path, picture_path, render_picture, write_scene
from .terminal import DONE, Teller, Wrong, guarded, pixels_of
from .world import put_eyes

SHARES = {"land": 0.08, "erosion": 0.05, "water": 0.02, "scatter": 0.6, "sky": 0.02, "camera": 0.23}


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "scene",
        parents=[common],
        help="a whole place into a .blend: land, plants, sky, camera",
        description="Build a scene into a .blend, render it, or both; `scene list` tells what there is.",
    )
    each.add_argument("place", help="forest, autumn_forest ... (see: dreamgrove scene list), or a recipe's .json")
    each.add_argument("--seed", type=int, help="another place of the same kind")
    each.add_argument("--size", type=float, help="side of the square of land, m")
    each.add_argument("--time", type=float, help="time of day in hours, 12 when the sun is highest")
    each.add_argument("--day", type=int, help="day of the year: 80 spring, 172 summer, 266 autumn, 355 winter")
    each.add_argument("--weather", choices=WEATHERS, help="the weather")
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other choice of the recipe")
    each.add_argument("-o", "--output", type=Path, help="a .blend")
    each.add_argument("--render", type=Path, metavar="FILE", help="a picture of it: .png, .jpg, .webp or .exr")
    each.add_argument("--pixels", default="960x540", metavar="WxH", help="of the picture (default: 960x540)")
    each.add_argument("--samples", type=int, default=64, help="of the picture (default: 64)")
    each.add_argument("--flight", type=float, metavar="SECONDS", help="the camera flies through it, so long")
    flight_command.add_settings(each)
    each.set_defaults(run=guarded(scene, failed=(ValueError,)))


def scene(arguments: argparse.Namespace, teller: Teller) -> int:
    if arguments.place == "list":
        return _list(teller)
    recipe = recipe_from(arguments)
    output = blend_path(arguments.output) if arguments.output else None
    picture = picture_path(arguments.render) if arguments.render else None
    if output is None and picture is None:
        raise Wrong("say where it goes: -o FILE.blend, --render FILE.png, or both")
    way = flight_command.settings_of(arguments, arguments.flight) if arguments.flight is not None else None
    eyes = flight_command.eyes_of(arguments)
    width, height = pixels_of(arguments.pixels)
    if not 1 <= arguments.samples <= 65_536:
        raise Wrong(f"--samples is {arguments.samples}; it takes 1 to 65536")
    began = time.perf_counter()
    facts: dict[str, Any] = {"recipe": to_mapping(recipe)}
    with removed_afterwards():
        place = bpy.data.scenes.new(find_biome_title(recipe))
        with bpy.context.temp_override(scene=place, view_layer=place.view_layers[0]):
            facts["steps_s"] = _build(recipe, teller)
            picture_settings(place, width, height, arguments.samples)
            if way is not None:
                teller.share(0.99, "searching a way for the flight")
                facts["flight"] = flight_command.facts_of(place, fly_through(place, way))
            if eyes is not None:
                put_eyes(place, eyes)
            if output is not None:
                write_scene(output, place)
                facts |= {"output": str(output), "bytes": output.stat().st_size}
            facts["seconds"] = round(time.perf_counter() - began, 2)
            if picture is not None:
                place.frame_set(place.frame_start)
                pictures = render_picture(place, picture)
                facts |= {"picture": str(pictures[0]), "pictures": [str(each) for each in pictures]}
                facts["render_s"] = round(time.perf_counter() - began - facts["seconds"], 2)
    teller.result(_sentence(facts), **facts)
    return DONE


def recipe_from(arguments: argparse.Namespace) -> SceneRecipe:
    """The recipe that the arguments ask for; with --weather, what suits it where nothing else is asked for. Raises Wrong or ParameterError."""
    word = arguments.place
    infos = {info.name: info for info in params_of(SceneRecipe)}
    changes = assignments(SceneRecipe, arguments.set)
    for name in ("seed", "size", "time", "day", "weather"):
        if getattr(arguments, name) is not None:
            changes[name] = infos[name].check(getattr(arguments, name))
    if word.endswith(".json"):
        try:
            base = from_json(Path(word).read_text(encoding="utf-8"))
        except OSError as error:
            raise Wrong(f"the recipe {word} cannot be read: {error.strerror}") from None
        biome, look = _find(base.biome)
        return biome.recipe(look, **{**to_mapping(base), **changes})
    biome, look = _find(word)
    recipe = biome.recipe(look, **changes)
    if "weather" in changes:
        recipe = with_changes(recipe, {name: each for name, each in suited(recipe).items() if name not in changes})
    if "day" in changes and "time" not in changes and recipe.weather != "fireflies":
        recipe = with_changes(recipe, {"time": lit_hour(recipe)})
    return recipe


def find_biome_title(recipe: SceneRecipe) -> str:
    """What an artist reads of a recipe's biome."""
    return _find(recipe.biome)[0].title


def _find(word: str) -> Any:
    try:
        return find_biome(word)
    except KeyError as error:
        raise Wrong(error.args[0]) from None


def _build(recipe: SceneRecipe, teller: Teller) -> dict[str, float]:
    """All steps; the seconds of each."""
    before = {step: sum(list(SHARES.values())[:place]) for place, step in enumerate(SHARES)}

    def tell(step: str, progress: Progress) -> None:
        teller.share(before[step] + SHARES[step] * progress.fraction, f"{step}: {progress.text}")

    return {step: round(seconds, 2) for step, seconds in build_all(recipe, tell).items()}


def _list(teller: Teller) -> int:
    for biome in BIOMES:
        looks = {name: to_mapping(biome.recipe(name)) for name in biome.looks}
        teller.result(
            f"{biome.name}: {', '.join(looks)}\n  {biome.help}",
            name=biome.name, title=biome.title, help=biome.help, looks=looks, parameters=schema(SceneRecipe),
        )  # fmt: skip
    return DONE


def _sentence(facts: dict[str, Any]) -> str:
    said = []
    if "output" in facts:
        said.append(f"{facts['output']}: {facts['bytes'] / 1e6:.1f} MB, built in {facts['seconds']:.1f} s")
    if "flight" in facts:
        said.append(f"flight: {flight_command.sentence(facts['flight'])}")
    if "picture" in facts:
        said.append(f"{' and '.join(facts['pictures'])}: rendered in {facts['render_s']:.1f} s")
    return "\n".join(said)
