"""`dreamgrove land FORM -o DIR`, `-o FILE.blend` and `dreamgrove land list`: land alone, as maps or as an object, eroded or solid.

Exit codes as everywhere: 0 done, 1 it failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ..land_params import ErosionParams
from ..params import ParamInfo, assignments, check, from_mapping, params_of, schema, to_mapping
from ..procedural.generators import FAMILIES, Family, find_preset, grow
from ..procedural.graph import GraphError
from ..procedural.terrain.erode import erode_land
from ..procedural.terrain.field import HeightField
from ..procedural.terrain.land import read_field, resampled, write_field
from ..procedural.terrain.maps import read_height_map, write_map, write_maps
from ..procedural.terrain.solid.build import solid_steps
from ..procedural.terrain.solid.params import SolidParams
from ..procedural.terrain.surface import add_surface
from .file_blocks import removed_afterwards
from .growing import LARGEST_SEED, PRESET_KEY, individual, title_of
from .scene_files import write_scene
from .terminal import DONE, Teller, Wrong, guarded

FORM_POINTS = 300  # along a side of a land form at detail 1
USUAL_POINTS = 512
SOLIDS = {"cave": "caves", "arch": "arches", "overhang": "overhangs", "floating": "floating", "boulder": "boulders"}
SOLID_SIZE = 200.0  # m, the land that the usual sizes of solid forms suit
RECIPE_KEY = "dreamgrove_land"  # on the object: what it was made from, as JSON


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "land",
        parents=[common],
        help="land alone: height, normal, flow and semantic maps, or a .blend",
        description="Make land from a form or a height map, erode it, give it caves and arches; `land list` tells what there is.",
    )
    each.add_argument("form", nargs="?", help="a preset of the category Terrain (see: dreamgrove land list)")
    each.add_argument("--from", dest="source", type=Path, metavar="IMAGE", help="a height map in place of a form")
    each.add_argument("--low", type=float, help="height of the image's black, m (default: as the file says)")
    each.add_argument("--high", type=float, help="height of the image's white, m")
    each.add_argument("--seed", type=int, help="another land of the same kind (default: the preset as it is)")
    each.add_argument("--size", type=float, help="side of the land, m")
    each.add_argument(
        "--points", type=int, help=f"along a side (default: {USUAL_POINTS}, of an image its own)"
    )  # fmt: skip
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the form")
    each.add_argument("--erode", action="store_true", help="wear it by rivers, rain and falling rock")
    each.add_argument(
        "--erosion",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the erosion: --erosion snow=2",
    )
    each.add_argument(
        "--solid", metavar="FORM[=COUNT],...", help=f"what heights cannot have: {', '.join(SOLIDS)}; into a .blend"
    )
    each.add_argument("--solid-set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of these")
    each.add_argument(
        "-o", "--output", type=Path, action="append",
        help="a folder for all maps, a .blend, or an .exr or .png of the heights; may be repeated",
    )  # fmt: skip
    each.add_argument("--png", action="store_true", help="maps in 16-bit PNG in place of EXR")
    each.set_defaults(run=guarded(land, wrong=(ValueError,), failed=(GraphError,)))


@dataclass(frozen=True)
class Wanted:
    """What is to be made, all of it checked. form: family, preset, parameters; or field: the image's land."""

    form: tuple[Family, str, Any] | None
    field: HeightField | None
    points: int
    erosion: ErosionParams | None
    solid: SolidParams | None

    @property
    def recipe(self) -> dict[str, Any]:
        made: dict[str, Any] = {"points": self.points}
        if self.form is not None:
            made |= {"family": self.form[0].name, "preset": self.form[1], "parameters": to_mapping(self.form[2])}
        for name in ("erosion", "solid"):
            if getattr(self, name) is not None:
                made[name] = to_mapping(getattr(self, name))
        return made


def land(arguments: argparse.Namespace, teller: Teller) -> int:
    if arguments.form == "list":
        return _list(teller)
    outputs = [path.resolve() for path in arguments.output or ()]
    if not outputs:
        raise Wrong("say where it goes: -o DIR for maps, -o FILE.blend, -o FILE.exr, or several of them")
    blends = [path for path in outputs if path.suffix == ".blend"]
    if unknown := [path.name for path in outputs if path.suffix not in ("", ".blend", ".exr", ".png")]:
        raise Wrong(f"-o takes a folder, a .blend, an .exr or a .png, not {unknown[0]!r}")
    if arguments.solid and not blends:
        raise Wrong("solid land is no map: give it a .blend with -o")
    with removed_afterwards():
        wanted = wanted_of(arguments)
        began = time.perf_counter()
        place = bpy.data.scenes.new("Land")
        with bpy.context.temp_override(scene=place, view_layer=place.view_layers[0]):
            made, field = _make(wanted, teller)
            facts: dict[str, Any] = {
                "recipe": wanted.recipe, "size_m": field.size, "points": field.count,
                "heights_m": [round(float(field.heights.min()), 2), round(float(field.heights.max()), 2)],
                "seconds": round(time.perf_counter() - began, 2),
            }  # fmt: skip
            files = _write(outputs, place, field, ".png" if arguments.png else ".exr")
        facts |= {"vertices": len(made.data.vertices), "files": [str(path) for path in files]}
    low, high = facts["heights_m"]
    text = (
        f"{field.size:g} m of land, {field.count} points a side, {low:g} to {high:g} m high, {facts['seconds']:.1f} s"
    )
    teller.result("\n".join([text, *facts["files"]]), **facts)
    return DONE


def wanted_of(arguments: argparse.Namespace) -> Wanted:
    """What the arguments ask for. Raises Wrong, ParameterError, or ValueError for an image that cannot be read."""
    erosion = None
    if arguments.erode or arguments.erosion:
        erosion = from_mapping(ErosionParams, assignments(ErosionParams, arguments.erosion))
    points = arguments.points
    if points is not None and not 16 <= points <= 2400:
        raise Wrong(f"--points is {points}; it takes 16 to 2400")
    if (arguments.form is None) == (arguments.source is None):
        raise Wrong("say what land: a form (see: dreamgrove land list), or --from an image of heights")
    if arguments.source is not None:
        if arguments.set or arguments.seed is not None:
            raise Wrong("--set and --seed are for a form; a height map is as it is")
        if not arguments.source.is_file():
            raise Wrong(f"There is no file {arguments.source}")
        field = read_height_map(arguments.source, arguments.size, arguments.low, arguments.high)
        if points is not None and points != field.count:
            field = resampled(field, points)
        return Wanted(None, field, field.count, erosion, _solid(arguments, field.size))
    if arguments.low is not None or arguments.high is not None:
        raise Wrong("--low and --high are for a height map; give them with --from")
    form = _form(arguments, points or USUAL_POINTS)
    return Wanted(form, None, points or USUAL_POINTS, erosion, _solid(arguments, form[2].size))


def _form(arguments: argparse.Namespace, points: int) -> tuple[Family, str, Any]:
    known = ", ".join(preset for family in _forms() for preset in family.presets)
    try:
        family, preset = find_preset(arguments.form)
    except KeyError:
        raise Wrong(f"there is no land called {arguments.form!r}; there are {known}") from None
    if family.category != "Terrain":
        raise Wrong(f"{arguments.form!r} is no land; there are {known}")
    params = family.presets[preset]
    if arguments.seed is not None:
        if not 0 <= arguments.seed <= LARGEST_SEED:
            raise Wrong(f"--seed is {arguments.seed}; it takes 0 to {LARGEST_SEED}")
        params = individual(family, preset, params, arguments.seed, 1.0)
    infos: dict[str, ParamInfo] = {info.name: info for info in params_of(family.params)}
    changes = assignments(family.params, arguments.set)
    if arguments.size is not None:
        changes["size"] = infos["size"].check(arguments.size)
    changes["detail"] = infos["detail"].check(infos["detail"].clamp(points / FORM_POINTS))
    return family, preset, check(replace(params, **changes))


def _solid(arguments: argparse.Namespace, size: float) -> SolidParams | None:
    """Only what is asked for, in sizes that suit the land unless they are given."""
    if not arguments.solid:
        if arguments.solid_set:
            raise Wrong("--solid-set needs --solid: say which forms")
        return None
    counts: dict[str, Any] = dict.fromkeys(SOLIDS.values(), 0)
    usual = SolidParams()
    for part in arguments.solid.split(","):
        word, _, count = part.strip().partition("=")
        name = SOLIDS.get(word, word)
        if name not in counts or not (count or "1").isdigit():
            raise Wrong(
                f"--solid takes {', '.join(SOLIDS)} with commas between, each with =COUNT if need be; not {part!r}"
            )
        counts[name] = int(count) if count else max(1, getattr(usual, name))
    scale = size / SOLID_SIZE
    sizes = {
        info.name: info.clamp(getattr(usual, info.name) * scale)
        for info in params_of(SolidParams)
        if info.unit == "m" and info.name != "cell"
    }
    cell = {"cell": max(0.01, size / 400.0)}
    return from_mapping(SolidParams, {**counts, **sizes, **cell, **assignments(SolidParams, arguments.solid_set)})


def _make(wanted: Wanted, teller: Teller) -> tuple[bpy.types.Object, HeightField]:
    """The land as an object in the scene, and as numbers."""
    if wanted.form is not None:
        teller.share(0.05, "raising the land")
        family, preset, params = wanted.form
        obj = grow(family, params, title_of(preset))
        obj[PRESET_KEY] = preset
        bpy.context.view_layer.update()
    else:
        assert wanted.field is not None
        obj = write_field("Land", wanted.field)
    if wanted.erosion is not None:
        _told(erode_land(obj, wanted.erosion, wanted.points), teller, 0.1, 0.7, "eroding")
    add_surface(obj)
    field = read_field(obj, wanted.points)
    if wanted.solid is not None:
        before, material = obj, obj.data.materials[0] if obj.data.materials else None
        obj = _told(solid_steps(field, wanted.solid), teller, 0.7, 0.95, "carving")
        bpy.context.scene.collection.objects.link(obj)
        add_surface(obj, material=material)
        bpy.data.objects.remove(before)
    obj[RECIPE_KEY] = json.dumps(wanted.recipe)
    return obj, field


def _told(steps: Generator[float, None, Any], teller: Teller, begin: float, end: float, text: str) -> Any:
    """What the steps return in the end; how far they are is told."""
    while True:
        try:
            teller.share(begin + (end - begin) * float(next(steps)), text)
        except StopIteration as stop:
            return stop.value


def _write(outputs: list[Path], place: bpy.types.Scene, field: HeightField, suffix: str) -> list[Path]:
    files: list[Path] = []
    for path in outputs:
        if path.suffix == ".blend":
            write_scene(path, place)
            files.append(path)
        elif path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.append(write_map(field.heights, path, field))
        else:
            files += write_maps(field, path, suffix).values()
    return files


def _forms() -> list[Family]:
    return [family for family in FAMILIES if family.category == "Terrain"]


def _list(teller: Teller) -> int:
    for family in _forms():
        presets = {name: to_mapping(params) for name, params in family.presets.items()}
        teller.result(
            f"{family.name}: {', '.join(presets)}\n  {family.help}",
            name=family.name, title=family.title, help=family.help, presets=presets, parameters=schema(family.params),
        )  # fmt: skip
    teller.result(
        f"--solid: {', '.join(SOLIDS)}",
        solid=list(SOLIDS),
        parameters=schema(SolidParams),
        erosion=schema(ErosionParams),
    )
    return DONE
