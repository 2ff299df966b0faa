"""`dreamgrove scene WORD -o FILE.blend` and `dreamgrove scene list`: whole scenes without a window.

Exit codes as everywhere: 0 done, 1 it failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import bpy

from ..params import ParameterError, assignments, params_of, schema, to_mapping
from ..procedural.graph import GraphError
from ..procedural.scene.biomes import BIOMES, find_biome
from ..procedural.scene.picture import picture_settings
from ..procedural.scene.recipe import WEATHERS, SceneRecipe, from_json
from ..procedural.scene.steps import STEPS, Progress, SceneError, run_step
from .file_blocks import removed_afterwards
from .terminal import DONE, FAILED, WRONG, Teller, Wrong, pixels_of

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".exr": "OPEN_EXR"}
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
    each.set_defaults(run=_guarded(scene))


def _guarded(run: Any) -> Any:
    """The command with its errors as sentences; OSError is the caller's."""

    def guarded(arguments: argparse.Namespace, teller: Teller) -> int:
        try:
            return run(arguments, teller)
        except (Wrong, ParameterError) as error:
            teller.error(str(error))
            return WRONG
        except (SceneError, GraphError, RuntimeError) as error:
            teller.error(" ".join(str(error).split()))
            return FAILED

    return guarded


def scene(arguments: argparse.Namespace, teller: Teller) -> int:
    if arguments.place == "list":
        return _list(teller)
    recipe = recipe_from(arguments)
    output = arguments.output.resolve() if arguments.output else None
    picture = arguments.render.resolve() if arguments.render else None
    if output is None and picture is None:
        raise Wrong("say where it goes: -o FILE.blend, --render FILE.png, or both")
    if output is not None and output.suffix != ".blend":
        raise Wrong(f"-o takes a file that ends in .blend, not {output.name!r}")
    if picture is not None and picture.suffix.lower() not in PICTURES:
        raise Wrong(f"--render takes a file that ends in {', '.join(PICTURES)}, not {picture.name!r}")
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
            if output is not None:
                _write_blend(output, place)
                facts |= {"output": str(output), "bytes": output.stat().st_size}
            facts["seconds"] = round(time.perf_counter() - began, 2)
            if picture is not None:
                _render(place, picture)
                facts |= {"picture": str(picture), "render_s": round(time.perf_counter() - began - facts["seconds"], 2)}
    teller.result(_sentence(facts), **facts)
    return DONE


def recipe_from(arguments: argparse.Namespace) -> SceneRecipe:
    """The recipe that the arguments ask for. Raises Wrong or ParameterError."""
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
    return biome.recipe(look, **changes)


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
    seconds, before = {}, 0.0
    for step in STEPS:
        began = time.perf_counter()

        def tell(progress: Progress, step: str = step, before: float = before) -> None:
            teller.share(before + SHARES[step] * progress.fraction, f"{step}: {progress.text}")

        for progress in run_step(step, recipe):
            tell(progress)
        seconds[step] = round(time.perf_counter() - began, 2)
        before += SHARES[step]
    return seconds


def _write_blend(path: Path, place: bpy.types.Scene) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        bpy.data.libraries.write(str(aside), {place}, path_remap="NONE", compress=True)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _render(place: bpy.types.Scene, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.part{path.suffix}")
    place.render.image_settings.file_format = PICTURES[path.suffix.lower()]
    place.render.image_settings.quality = 86
    place.render.filepath = str(aside)
    try:
        bpy.ops.render.render(write_still=True, scene=place.name)
        if not aside.is_file():
            raise RuntimeError("Blender rendered no picture; its own words stand above")
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


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
    if "picture" in facts:
        said.append(f"{facts['picture']}: rendered in {facts['render_s']:.1f} s")
    return "\n".join(said)
