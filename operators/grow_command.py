"""`dreamgrove grow | list | sheet | materials | assets`: growing without a window, for scripts and farms.

Exit codes as everywhere: 0 done, 1 it failed (for batches: some files), 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..params import ParamInfo, assignments, params_of, schema, to_mapping
from ..procedural.bake import BakeError
from ..procedural.generators import FAMILIES, Family, find_preset
from ..procedural.graph import GraphError
from ..procedural.materials import MATERIALS
from . import asset_library
from .grow_batch import EXECUTORS
from .grow_files import FORMATS, Order, make_file
from .grow_many import make_many
from .growing import LARGEST_SEED, individual
from .param_properties import plain
from .terminal import DONE, Teller, Wrong, guarded
from .user_presets import PresetProblem, find_user_preset, user_presets


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommands to the parser."""
    each = commands.add_parser(
        "grow",
        parents=[common],
        help="grow a plant, rock or thing into a file",
        description="Grow a preset into a .blend (live, or baked) or a .glb, or many individuals of it into a folder.",
    )
    each.add_argument("preset", help="a preset or family (see: dreamgrove list), or a preset of yours")
    each.add_argument(
        "--seed", type=int, help="the individual of this seed (default: the preset as it is); the first of a batch"
    )
    each.add_argument(
        "--variation", type=float, default=1.0, help="how far individuals stray from the preset, 0 to 1 (default)"
    )
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter; colours as R,G,B")
    each.add_argument("--bake", action="store_true", help="plain meshes in the .blend in place of the live graph")
    each.add_argument(
        "--levels", type=int, default=0, choices=range(5), help="coarser levels of detail besides, 0 to 4"
    )
    each.add_argument("--hull", action="store_true", help="also a convex hull for collisions")
    each.add_argument("--count", type=int, help="how many individuals, of consecutive seeds, into the folder -o")
    each.add_argument(
        "--format", choices=[suffix[1:] for suffix in FORMATS], default="blend", help="of a batch's files"
    )
    each.add_argument("--jobs", type=int, default=1, help="how many workers make a batch (default: 1)")
    each.add_argument("--executor", choices=EXECUTORS, default="local", help="where a batch's workers run")
    each.add_argument("-o", "--output", type=Path, required=True, help="a .blend or .glb; with --count a folder")
    each.set_defaults(run=_guarded(grow))

    each = commands.add_parser("list", parents=[common], help="what can be grown: families, presets, parameters")
    each.add_argument("names", nargs="*", help="only these families or presets, with their parameters")
    each.set_defaults(run=_guarded(list_families))

    each = commands.add_parser(
        "sheet", parents=[common], help="a picture with individuals of a family, or of a material"
    )
    each.add_argument("name", help="a family, preset or material")
    each.add_argument("--seeds", type=int, default=8, help="how many individuals (default: 8)")
    each.add_argument("--presets", action="store_true", help="its presets in place of individuals")
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of all of them")
    each.add_argument("--pixels", type=int, default=256, help="side of one picture")
    each.add_argument("--samples", type=int, default=32)
    each.add_argument("-o", "--output", type=Path, required=True, help="a .png")
    each.set_defaults(run=_guarded(sheet))

    each = commands.add_parser("materials", parents=[common], help="the kinds of materials")
    each.add_argument("action", choices=("list",))
    each.set_defaults(run=_guarded(list_materials))

    each = commands.add_parser("assets", parents=[common], help="an asset library of all that can be grown")
    each.add_argument("action", choices=("build",))
    each.add_argument("-o", "--output", type=Path, required=True, help="its folder")
    each.set_defaults(run=_guarded(build_assets))


def _guarded(run: Any) -> Any:
    return guarded(run, wrong=(PresetProblem,), failed=(BakeError, GraphError))


# grow ----------------------------------------------------------------------------------------------------------------


def grow(arguments: argparse.Namespace, teller: Teller) -> int:
    family, preset, around = found(arguments.preset)
    changes = assignments(family.params, arguments.set)
    if arguments.seed is not None and not 0 <= arguments.seed <= LARGEST_SEED:
        raise Wrong(f"--seed is {arguments.seed}; it takes 0 to {LARGEST_SEED}")
    if not 0.0 <= arguments.variation <= 1.0:
        raise Wrong(f"--variation is {arguments.variation:g}; it takes 0 to 1")

    def order(seed: int | None, path: Path) -> Order:
        params = around if seed is None else individual(family, preset, around, seed, arguments.variation)
        values = {name: plain(value) for name, value in to_mapping(replace(params, **changes)).items()}
        return Order(str(path), family.name, preset, values, arguments.bake, arguments.levels, arguments.hull)

    output = arguments.output.resolve()
    if arguments.count is None:
        if output.suffix not in FORMATS:
            raise Wrong(
                f"-o takes a file that ends in {' or '.join(FORMATS)}, not {output.name!r}; a folder goes with --count"
            )
        facts = make_file(order(arguments.seed, output))
        teller.result(_sentence(output, facts), output=str(output), **facts)
        return DONE
    first = arguments.seed or 0
    if arguments.count < 1 or first + arguments.count > LARGEST_SEED + 1:
        raise Wrong(f"--count is {arguments.count}; from seed {first} it takes 1 to {LARGEST_SEED + 1 - first}")
    if output.suffix in FORMATS:
        raise Wrong(f"-o takes a folder with --count, not the file {output.name!r}")
    if arguments.jobs < 1:
        raise Wrong(f"--jobs is {arguments.jobs}; it takes 1 or more")
    seeds = range(first, first + arguments.count)
    orders = [order(seed, output / f"{preset}_{seed:04d}.{arguments.format}") for seed in seeds]
    made = make_many(orders, output, arguments.jobs, arguments.executor, teller)
    return made.tell(len(orders), output, teller)


def found(name: str) -> tuple[Family, str, Any]:
    """Family, preset and parameters for a word: one of ours or of the user's. Raises Wrong naming what there is."""
    if own := find_user_preset(name):
        return own.family, own.name, own.params
    try:
        family, preset = find_preset(name)
    except KeyError as error:
        own_names = "".join(f", {each.name}" for each in user_presets())
        raise Wrong(f"{error.args[0]}{own_names}") from None
    return family, preset, family.presets[preset]


def _sentence(path: Path, facts: dict[str, Any]) -> str:
    once, all_of_them = facts["mesh_triangles"], facts["triangles"]
    instances = f" ({all_of_them:,} with all instances)" if once != all_of_them else ""
    return f"{path}: {once:,} triangles{instances}, {facts['bytes'] / 1e6:.1f} MB, {facts['seconds']:.1f} s"


# list, materials -----------------------------------------------------------------------------------------------------


def list_families(arguments: argparse.Namespace, teller: Teller) -> int:
    chosen = {found(name)[0].name for name in arguments.names}
    for family in (each for each in FAMILIES if not chosen or each.name in chosen):
        own = [each for each in user_presets() if each.family is family]
        presets = {name: to_mapping(params) for name, params in family.presets.items()}
        presets |= {each.name: to_mapping(each.params) for each in own}
        lines = [f"{family.name} ({family.category}): {', '.join(presets)}"]
        if arguments.names:
            lines += [family.help, *(_parameter_line(info) for info in params_of(family.params))]
        teller.result(
            "\n".join(lines),
            name=family.name, title=family.title, category=family.category, help=family.help, presets=presets,
            own=[each.name for each in own], parameters=schema(family.params),
        )  # fmt: skip
    return DONE


def list_materials(arguments: argparse.Namespace, teller: Teller) -> int:
    for kind in MATERIALS:
        presets = {name: to_mapping(params) for name, params in kind.presets.items()}
        more = f": {', '.join(presets)}" if presets else ""
        teller.result(
            f"{kind.name} ({kind.category}){more}",
            name=kind.name, title=kind.title, category=kind.category, help=kind.help, presets=presets,
            parameters=schema(kind.params),
        )  # fmt: skip
    return DONE


def _parameter_line(info: ParamInfo) -> str:
    if info.choices:
        takes = " | ".join(info.choices)
    elif info.kind is bool:
        takes = "true | false"
    else:
        takes = info.range_text()
    default = list(info.default) if isinstance(info.default, tuple) else info.default
    grown = "" if info.live else "; grows it anew"
    return f"  {info.name} = {default}  ({takes}{grown})  {info.help}"


# sheet, assets -------------------------------------------------------------------------------------------------------


def sheet(arguments: argparse.Namespace, teller: Teller) -> int:
    from ..procedural import sheet as sheets

    material = any(kind.name == arguments.name for kind in MATERIALS) and not any(
        arguments.name in (family.name, *family.presets) for family in FAMILIES
    )
    columns = math.ceil(math.sqrt(max(1, arguments.seeds)))
    options = ["--pixels", str(arguments.pixels), "--samples", str(arguments.samples), "--columns", str(columns)]
    if material:
        options = [arguments.name, "--material", "--seeds", str(arguments.seeds), *options]
    else:
        family, preset, _ = found(arguments.name)
        if preset not in family.presets:
            raise Wrong(f"{preset!r} is a preset of yours; sheets are drawn of Dreamgrove's own")
        assignments(family.params, arguments.set)
        which = ["--preset", preset] if arguments.name in family.presets else []
        options = [family.name, *which, "--seeds", str(arguments.seeds), *options]
    options += ["--presets"] if arguments.presets else []
    options += [part for pair in arguments.set for part in ("--set", pair)]
    output = arguments.output.resolve()
    if output.suffix != ".png":
        raise Wrong(f"-o takes a file that ends in .png, not {output.name!r}")
    output.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(sys.stderr):
        sheets.main([*options, "-o", str(output)])
    teller.result(str(output), output=str(output))
    return DONE


def build_assets(arguments: argparse.Namespace, teller: Teller) -> int:
    folder = arguments.output.resolve()
    built = asset_library.build(folder, user_presets(), teller.share)
    count = sum(each.assets for each in built)
    teller.result(
        f"{count} assets in {len(built)} files: {folder}",
        output=str(folder), assets=count, files=[str(each.path) for each in built],
    )  # fmt: skip
    return DONE
