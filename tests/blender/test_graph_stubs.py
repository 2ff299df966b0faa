"""The stubs that editors complete from: in step with the Blender that they were written on, and true of what scripts may write."""

from __future__ import annotations

import ast

import bpy
import pytest

from dreamgrove.procedural.graph.library import group, n
from dreamgrove.procedural.graph.stub_writer import FOLDER, KINDS, stub


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.mark.parametrize("kind", KINDS)
def test_stubs(kind):
    text = (FOLDER / f"{kind}.pyi").read_text(encoding="utf-8")
    head = ast.get_docstring(ast.parse(text)) or ""
    if f"in Blender {bpy.app.version[0]}.{bpy.app.version[1]};" in head:
        assert text == stub(kind), (
            "write the stubs again: python3 dev.py python -m dreamgrove.procedural.graph.stub_writer"
        )
    else:  # another Blender has other nodes, but the same way of writing them
        ast.parse(stub(kind))
    assert not bpy.data.node_groups


def test_what_stubs_promise_can_be_written():
    """Every node that this Blender shares with the stubs can be added by its name; inputs that it shares can be fed by theirs."""
    text = (FOLDER / "geometry.pyi").read_text(encoding="utf-8")
    methods = [m for m in ast.parse(text).body[-1].body if isinstance(m, ast.FunctionDef)]  # type: ignore[attr-defined]
    assert len(methods) > 250
    here = {m.name for m in ast.parse(stub("geometry")).body[-1].body if isinstance(m, ast.FunctionDef)}  # type: ignore[attr-defined]
    added = 0
    with group("All"):
        for method in methods:
            if method.name in here and not method.name.endswith(("_zone", "_input", "_output")):
                getattr(n, method.name)()
                added += 1
    assert added > 200
