"""`dreamgrove transpile`: node trees as Python, and what differs between two, without a window.

Exit codes as everywhere; with --compare, 1 says that there are differences.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import bpy

from ..procedural.graph import LEVELS, GraphError, read
from ..procedural.graph.subset import subset
from ..procedural.graph.write import STYLES
from .graph_check import checked
from .graph_diff import difference_words
from .graph_scripts import Script, Written, counted, counts, kept, transpile, write_all, write_file
from .graph_sources import KINDS, NoGraph, all_blocks, find, find_any, kind_of, title
from .terminal import DONE, FAILED, WRONG, Teller

_OPTIONS = {"node group": "tree"}  # the others are called as their kind


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "transpile",
        parents=[common],
        help="node trees as Python",
        description="Write a node tree as a Python script that makes it again, or tell what differs between two.",
    )
    each.add_argument("file", nargs="?", type=Path, help="a .blend to open first; its own scripts are not run")
    what = each.add_mutually_exclusive_group(required=True)
    for kind in KINDS:
        option = _OPTIONS.get(kind.name, kind.name.replace(" ", "-"))
        text = {"scene": "the compositing of this scene"}.get(kind.name, f"this {kind.name}")
        what.add_argument(f"--{option}", dest="chosen", metavar="NAME", type=_Named(kind.name), help=text)
    what.add_argument("--all", action="store_true", help="everything that has nodes, each to a file in the folder -o")
    what.add_argument("--list", action="store_true", help="list everything that has nodes")
    what.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="tell differences; NAME, or KIND:NAME if that is not clear"
    )
    each.add_argument("--node", action="append", default=[], metavar="NAME", help="only this node (may be repeated)")
    each.add_argument(
        "--parameter", nargs=2, action="append", metavar=("NODE", "SOCKET"), help="of a generator (may be repeated)"
    )
    each.add_argument("--style", choices=STYLES, default=STYLES[0])
    each.add_argument("--level", choices=LEVELS, default="everything", help="what counts as a difference")
    each.add_argument("--check", action="store_true", help="run the script, and tell what does not come back")
    each.add_argument("-o", "--output", default="-", help="file, or folder with --all; - for stdout (default)")
    each.set_defaults(run=run)


class _Named:
    """Turns an option's value into (kind, name)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, name: str) -> tuple[str, str]:
        return self.kind, name


def run(arguments: argparse.Namespace, teller: Teller) -> int:
    """The exit code. What is wrong is told in a sentence; OSError is the caller's."""
    try:
        if arguments.file is not None:
            _open(arguments.file)
        if arguments.list:
            return _list(teller)
        if arguments.compare:
            return _compare(*arguments.compare, arguments.level, teller)
        if arguments.all:
            return _all(arguments, teller)
        return _one(arguments, teller)
    except NoGraph as error:
        teller.error(str(error))
        return WRONG
    except GraphError as error:
        teller.error(str(error))
        return FAILED


def _open(path: Path) -> None:
    if not path.is_file():
        raise NoGraph(f"There is no file {path}")
    try:
        bpy.ops.wm.open_mainfile(filepath=str(path.resolve()), load_ui=False, use_scripts=False)
    except RuntimeError as error:
        raise NoGraph(f"{path} cannot be opened: {' '.join(str(error).split())}") from None


def _list(teller: Teller) -> int:
    for block in all_blocks(linked=True):
        try:
            numbers, problem = counts(read(block)), ""
        except GraphError as error:
            numbers, problem = {}, str(error)
        linked = f", linked from {block.library.filepath}" if block.library else ""
        fields = {
            "kind": kind_of(block).name,
            "name": block.name,
            "library": block.library.filepath if block.library else "",
        }
        said = kept(numbers) if numbers else f"cannot be read: {problem}"
        teller.result(f"{title(block)}{linked}: {said}", **fields, counts=numbers, problem=problem)
    return DONE


def _compare(a: str, b: str, level: str, teller: Teller) -> int:
    first, second = find_any(a), find_any(b)
    differences = difference_words(first, second, level)
    for each in differences:
        teller.result(each, difference=each)
    number = counted(len(differences), "difference") if differences else "no differences"
    teller.say(f"{title(first)} and {title(second)}: {number}")
    return FAILED if differences else DONE


def _one(arguments: argparse.Namespace, teller: Teller) -> int:
    block = find(*arguments.chosen)
    part = subset(read(block), arguments.node) if arguments.node else None
    chosen = [(node, socket) for node, socket in arguments.parameter] if arguments.parameter else None
    try:
        script = transpile(block, arguments.style, part, chosen)
    except GraphError:
        raise
    except ValueError as error:  # a parameter that is not there, or of another style
        raise NoGraph(str(error)) from None
    if arguments.check:
        script = checked(script, block, part)
    if arguments.output != "-":
        write_file(Path(arguments.output), script.text)
    elif not teller.as_json:
        sys.stdout.write(script.text)
        sys.stdout.flush()
    _notes(script, teller)
    text = {"text": script.text} if arguments.output == "-" else {"output": str(Path(arguments.output).resolve())}
    fields = {
        "title": script.title,
        "counts": script.counts,
        "lines": script.num_lines,
        "notes": list(script.notes),
    }
    if arguments.output == "-" and not teller.as_json:
        teller.say(script.sentence())
    else:
        teller.result(script.sentence(), **fields, **text)
    return FAILED if arguments.check and not script.checked else DONE


def _all(arguments: argparse.Namespace, teller: Teller) -> int:
    if arguments.output == "-":
        raise NoGraph("Give the folder for the scripts with -o FOLDER")
    if arguments.node or arguments.check:
        raise NoGraph("--node and --check go with one graph, not with --all")

    def tell(written: Written) -> None:
        if written.script is None:
            teller.error(f"{written.title}: {written.problem}")
        else:
            _notes(written.script, teller)
            script = written.script
            fields = {
                "title": script.title,
                "counts": script.counts,
                "lines": script.num_lines,
                "notes": list(script.notes),
            }
            teller.result(f"{written.path}: {script.sentence()}", output=str(written.path), **fields)

    done = write_all(all_blocks(), Path(arguments.output).resolve(), arguments.style, tell)
    if not done:
        raise NoGraph("Nothing in this file has nodes")
    return FAILED if any(each.script is None for each in done) else DONE


def _notes(script: Script, teller: Teller) -> None:
    for each in script.notes:
        teller.say(f"{script.title}: {each}")
