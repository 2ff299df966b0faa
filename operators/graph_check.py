"""Whether a script makes the graph that it was written from: it is run, compared, and what it made is removed again."""

from __future__ import annotations

from dataclasses import replace

import bpy

from ..procedural.graph import GraphError, GraphSpec, compare, read
from ..procedural.graph.subset import without_inferred
from .file_blocks import removed_afterwards
from .graph_scripts import Script
from .transpile_run import ScriptFailed, run_script

_SHOWN = 5


def checked(script: Script, source: bpy.types.ID, part: GraphSpec | None = None) -> Script:
    """The script, `checked` if all is as in the source (or the part of it); else with notes on what is not.

    A standalone script must keep even places and the order in which nodes are drawn; others, what counts as everything.
    Raises GraphError if the source cannot be read.
    """
    found = _differences(script, source, part)
    return replace(script, checked=not found, notes=(*script.notes, *found))


def _differences(script: Script, source: bpy.types.ID, part: GraphSpec | None) -> list[str]:
    spec = read(source) if part is None else without_inferred(part)
    level = "layout" if script.style == "standalone" else "everything"
    try:
        with removed_afterwards():
            made = run_script(script.text, "The script")
            again = read(made.block)
            differences = compare(spec, again if part is None else without_inferred(again), level)
    except (ScriptFailed, GraphError) as error:
        return [str(error)]
    found = [*made.warnings, *map(str, differences)]
    more = [f"Differs in {len(found) - _SHOWN} more places"] if len(found) > _SHOWN else []
    return [*(f"Differs: {each}" for each in found[:_SHOWN]), *more]
