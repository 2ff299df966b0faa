"""Whether a script makes the graph that it was written from: it is run, compared, and what it made is removed again."""

from __future__ import annotations

import bpy

from ..procedural.graph import GraphError, GraphSpec, compare, read
from .graph_scripts import Script
from .transpile_run import ScriptFailed, removed_afterwards, run_script

_SHOWN = 5


def check(script: Script, source: bpy.types.ID, part: GraphSpec | None = None) -> list[str]:
    """Sentences on what is not as in the source (or the part of it); none if all is, to the last place of a node.

    Raises GraphError if the source cannot be read.
    """
    spec = part if part is not None else read(source)
    try:
        with removed_afterwards():
            made = run_script(script.text, "The script")
            differences = compare(spec, read(made.block), "layout")
    except (ScriptFailed, GraphError) as error:
        return [str(error)]
    found = [*made.warnings, *map(str, differences)]
    more = [f"Differs in {len(found) - _SHOWN} more places"] if len(found) > _SHOWN else []
    return [*(f"Differs: {each}" for each in found[:_SHOWN]), *more]
