"""Graphs as scripts, for the operators and the command line alike: the text, what was kept, what was not, and files."""

from __future__ import annotations

import errno
import keyword
import os
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..engine.files import written_aside
from ..procedural.graph import GraphError, GraphSpec, read, to_python
from ..procedural.graph.references import references
from ..procedural.graph.spec import Ref
from ..procedural.graph.write import STYLES
from .graph_sources import title, tree_in

# Label and tooltip of the styles that are known; others get their own name.
_STYLE_WORDS = {
    "standalone": ("Standalone", "Needs nothing but Blender, and keeps everything"),
    "library": ("Library", "Short code to read and edit; needs Dreamgrove"),
    "generator": ("Generator", "A function of parameters that can be drawn at random; needs Dreamgrove"),
}
STYLE_ITEMS = tuple((name.upper(), *_STYLE_WORDS.get(name, (name.title(), ""))) for name in STYLES)
_LONGEST_NAME = 50
_NAMED = 5  # so many things are named one by one
# No module can be named by Python's words, and no file by Windows's devices.
_RESERVED = {
    *keyword.kwlist,
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}


@dataclass(frozen=True)
class Script:
    """A graph as Python. `counts`: of what was kept. `notes`: sentences on what was not, or what a reader must have.

    `checked`: it has been run, and what it makes is the same.
    """

    title: str
    text: str
    counts: dict[str, int]
    notes: tuple[str, ...]
    style: str
    checked: bool = False

    @property
    def num_lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n"))

    def sentence(self) -> str:
        """Such as: Material 'Bark': 12 nodes, 14 links, 1 group; 420 lines."""
        return f"{self.title[:1].upper()}{self.title[1:]}: {self.facts()}"

    def facts(self) -> str:
        """What the sentence says of it."""
        checked = "; makes the same again" if self.checked else ""
        return f"{kept(self.counts)}; {counted(self.num_lines, 'line')}{checked}"


def transpile(
    source: bpy.types.ID,
    style: str,
    part: GraphSpec | None = None,
    parameters: Sequence[tuple[str, str]] | None = None,
) -> Script:
    """A graph in one of STYLES. part: only this of it, such as the selected nodes. parameters: of a generator, (node, socket).

    Raises GraphError; ValueError for a parameter that is not there.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        spec = part if part is not None else read(source)
        text = to_python(source if part is None else spec, style=style, parameters=parameters)
    sentences = [str(each.message) for each in told if issubclass(each.category, UserWarning)]
    name = title(source) if part is None else f"part of {title(source)}"
    return Script(name, text, counts(spec), (*sentences, *_left_out(source), *_renamed(spec), *_needed(spec)), style)


def counts(spec: GraphSpec) -> dict[str, int]:
    """How much of what is in a graph, over all its groups."""
    animations = [tree.animation for tree in spec.trees if tree.animation is not None]
    return {
        "node": sum(len(tree.nodes) for tree in spec.trees),
        "link": sum(len(tree.links) for tree in spec.trees),
        "group": len(spec.trees) - 1,
        "driver": sum(len(each.drivers) for each in animations),
        "F-curve": sum(len(each.curves) for each in animations),
    }


def kept(numbers: dict[str, int]) -> str:
    """Such as: 12 nodes, 14 links, 1 group. Nodes and links are always told."""
    told = {name: number for name, number in numbers.items() if number or name in ("node", "link")}
    return ", ".join(counted(number, name) for name, number in told.items())


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# What is not in a script


def _needed(spec: GraphSpec) -> list[str]:
    """The data-blocks that whoever runs the script must have."""
    blocks = {each for each in references(spec.trees) if isinstance(each, Ref)}
    sentences = []
    for (kind, library), names in _grouped(blocks).items():
        noun = bpy.data.bl_rna.properties[kind].fixed_type.name.lower() if len(names) == 1 else kind.replace("_", " ")
        shown = ", ".join(repr(name) for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        sentences.append(f"Needs the {noun} {shown}{more} {f'linked from {library}' if library else 'of this file'}")
    return sentences


def _grouped(references: Iterable[Ref]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for each in sorted(references, key=lambda r: (r.kind, r.library, r.name)):
        groups.setdefault((each.kind, each.library), []).append(each.name)
    return groups


def _renamed(spec: GraphSpec) -> list[str]:
    """Sockets of interfaces from before 4.0 ("Input_2"): Blender gives no such identifiers any more."""
    items = [item for tree in spec.trees for item in tree.interface]
    old = [item.name for item in items if not re.fullmatch(r"(?:Socket_)?\d*", item.identifier)]
    if not old:
        return []
    shown = ", ".join(map(repr, old[:_NAMED])) + (" ..." if len(old) > _NAMED else "")
    return [f"Gets new identifiers for {counted(len(old), 'socket')} from before Blender 4.0: {shown}"]


def _left_out(source: bpy.types.ID) -> list[str]:
    """What a tree has that no script keeps, by design."""
    tree = tree_in(source)
    found = []
    if getattr(tree, "annotation", None) or getattr(tree, "grease_pencil", None):
        found.append("Leaves out the annotations drawn over the nodes")
    data = tree.animation_data
    if data is not None and data.nla_tracks:
        found.append(f"Leaves out {counted(len(data.nla_tracks), 'NLA track')}")
    return found


# Files


def file_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name for a Python file, made from any text: ASCII letters, digits and _, not too long, and not in `taken`.

    It can be imported, and all are in lower case: some systems do not tell "a" from "A".
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()[:_LONGEST_NAME].rstrip("_") or "graph"
    if not stem[0].isalpha() or stem in _RESERVED:
        stem = f"graph_{stem}"
    number, name = 1, f"{stem}.py"
    while name in taken:
        number += 1
        name = f"{stem}_{number}.py"
    return name


def write_file(path: Path, text: str) -> None:
    """Written aside, then renamed: the file is complete or as it was. Makes the folder. Raises OSError."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class Written:
    """One of the scripts of a file: what, where to, and its counts and notes; `problem` says why there is no file."""

    title: str
    path: Path | None
    script: Script | None
    problem: str = ""


def write_all(
    blocks: Iterable[bpy.types.ID], folder: Path, style: str, tell: Callable[[Written], None] = lambda written: None
) -> list[Written]:
    """One file for each of the data-blocks in the folder. What cannot be transpiled is told, and the rest is written.

    Files of the same names are replaced, no others touched. Raises OSError, and the folder is then as it was: all is written
    aside first.
    """
    done: list[Written] = []
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as aside:
            # A list first: some styles make nodes in the file, and remove them, while they write.
            done += [_write_one(block, folder, style, Path(aside)) for block in list(blocks)]
            for each in done:
                if each.path is not None and each.path.is_dir():
                    raise IsADirectoryError(errno.EISDIR, "it is a folder", str(each.path))
            for each in done:
                if each.path is not None:
                    os.replace(Path(aside) / each.path.name, each.path)
                tell(each)
    except OSError:
        if is_new:
            folder.rmdir()
        raise
    return done


def _write_one(block: bpy.types.ID, folder: Path, style: str, aside: Path) -> Written:
    try:
        script = transpile(block, style)
    except GraphError as error:
        return Written(title(block), None, None, str(error))
    name = file_name(script.title, {path.name for path in aside.iterdir()})
    write_file(aside / name, script.text)
    return Written(script.title, folder / name, script)
