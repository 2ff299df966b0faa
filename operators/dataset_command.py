"""`dreamgrove dataset --biome forest --count 1000 --jobs N -o DIR`: many scenes with ground truth, one manifest, made on when run again.

Exit codes as everywhere: 0 done, 1 some failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from .. import __version__
from ..procedural.scene.dataset import RECIPE, DatasetItem, items
from ..procedural.scene.recipe import SceneRecipe
from .graph_scripts import write_file
from .grow_batch import EXECUTORS
from .grow_many import Made, have_made
from .scene_command import recipe_from
from .terminal import Teller, Wrong, guarded
from .truth_command import add_settings, settings_of

MANIFEST = "manifest.jsonl"
_LAST_SEED = 9999


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "dataset",
        parents=[common],
        help="many scenes with ground truth, for training and testing vision",
        description="Build and render scenes of consecutive seeds with their ground truth; again: only what is missing.",
    )
    each.add_argument(
        "--biome", default="forest", help="scenes, with commas between several (see: dreamgrove scene list)"
    )
    each.add_argument("--count", type=int, default=1, help="how many scenes (default: 1)")
    each.add_argument("--seed", type=int, default=0, help="of the first (default: 0)")
    each.add_argument("--size", type=float, help="side of the square of land, m")
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a choice of all recipes")
    each.add_argument("--steady", action="store_true", help="vary the seed only, not hour, weather, lens, height")
    each.add_argument("--recipe", type=Path, help="make this item again in place of all that: its recipe.json")
    each.add_argument("--frames", type=int, default=1, help="of each scene (default: 1)")
    add_settings(each)
    each.add_argument("--jobs", type=int, default=1, help="how many workers (default: 1)")
    each.add_argument("--executor", choices=EXECUTORS, default="local", help="where the workers run")
    each.add_argument("-o", "--output", type=Path, required=True, help="a folder")
    each.set_defaults(run=guarded(dataset))


def dataset(arguments: argparse.Namespace, teller: Teller) -> int:
    wanted = _wanted(arguments)
    if arguments.jobs < 1:
        raise Wrong(f"--jobs is {arguments.jobs}; it takes 1 or more")
    folder = arguments.output.resolve()
    made = make_dataset(wanted, folder, arguments.jobs, arguments.executor, teller)
    return made.tell(len(wanted), folder, teller)


def make_dataset(wanted: Sequence[DatasetItem], folder: Path, jobs: int, executor: str, teller: Teller) -> Made:
    """Have workers make the items that are missing or of another recipe. Raises BatchProblem, OSError."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    entries = read_manifest(folder)
    missing = [item for item in wanted if not _is_there(item, folder, entries)]
    made = Made(skipped=len(wanted) - len(missing))
    for item in missing:
        entries.pop(item.name, None)
    _write_manifest(folder, entries)
    if not missing:
        return made

    def done(number: int, facts: dict[str, Any]) -> None:
        item = missing[number]
        line = {"item": item.to_json(), "dreamgrove": __version__, "blender": bpy.app.version_string, **facts}
        with (folder / MANIFEST).open("a", encoding="utf-8") as manifest:
            manifest.write(json.dumps(line) + "\n")

    messages = [{"type": "scene", "item": item.to_json(), "folder": str(folder)} for item in missing]
    names = [item.name for item in missing]
    made.done, made.failed = have_made(messages, names, folder, jobs, executor, teller, done)
    made.seconds = time.monotonic() - began
    return made


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """The manifest's lines by item; one that was cut off counts as none."""
    found = {}
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    for line in lines:
        try:
            values = json.loads(line)
            found[values["item"]["name"]] = values
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _write_manifest(folder: Path, entries: dict[str, dict[str, Any]]) -> None:
    write_file(folder / MANIFEST, "".join(json.dumps(each) + "\n" for each in entries.values()))


def _is_there(item: DatasetItem, folder: Path, entries: dict[str, dict[str, Any]]) -> bool:
    entry = entries.get(item.name)
    return entry is not None and entry["item"] == item.to_json() and (folder / item.name / RECIPE).is_file()


def _wanted(arguments: argparse.Namespace) -> list[DatasetItem]:
    """Raises Wrong, its kin of the scenes, or ParameterError."""
    if arguments.recipe is not None:
        try:
            return [DatasetItem.from_json(json.loads(arguments.recipe.read_text(encoding="utf-8")))]
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise Wrong(f"{arguments.recipe} is no recipe of a data set's item: {error}") from None
    if arguments.count < 1 or not 0 <= arguments.seed <= _LAST_SEED + 1 - arguments.count:
        raise Wrong(f"--seed and --count take seeds from 0 to {_LAST_SEED} together")
    if not 1 <= arguments.frames <= 100_000:
        raise Wrong(f"--frames is {arguments.frames}; it takes 1 to 100000")
    given = {"seed": None, "time": None, "day": None, "weather": None, "size": arguments.size, "set": arguments.set}
    words = [word.strip() for word in arguments.biome.split(",")]
    looks: dict[str, SceneRecipe] = {word: recipe_from(argparse.Namespace(place=word, **given)) for word in words}
    truth, size = settings_of(arguments)
    keep = None if arguments.steady else {pair.partition("=")[0] for pair in arguments.set}
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    return items(looks, seeds, truth, size or (960, 540), arguments.frames, keep)
