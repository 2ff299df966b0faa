"""Running what `to_python` writes, in every style that there is, and how equal the copy must be."""

from __future__ import annotations

import warnings

import bpy
import pytest

from dreamgrove.procedural.graph.write import STYLES

# A script for people places nodes anew.
LEVELS_OF_STYLES = {"standalone": "layout"}
each_style = pytest.mark.parametrize("style", STYLES)


def level_of(style: str) -> str:
    """At which level `compare` must find nothing between a graph and what its script makes."""
    return LEVELS_OF_STYLES.get(style, "everything")


def run(text: str) -> bpy.types.ID:
    """What a script builds; a warning of something lost is an error."""
    space = {"__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return space["build"]()


def run_with_warnings(text: str) -> tuple[bpy.types.ID, list[str]]:
    """What a script builds, and what it says is lost."""
    space = {"__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = space["build"]()
    return made, [str(each.message) for each in told]
