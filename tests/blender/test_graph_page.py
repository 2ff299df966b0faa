"""The docs' page with one graph and three scripts is what its script makes now."""

from __future__ import annotations

import runpy
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_made_by_executed_code():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    made = runpy.run_path(str(ROOT / "devtools" / "graph_page.py"), run_name="page")["page"]()
    written = (ROOT / "docs" / "graph-example.md").read_text(encoding="utf-8")
    assert "0 differences" in made and "3600 vertices" in made
    if f"on Blender {bpy.app.version[0]}.{bpy.app.version[1]};" in written:
        assert made == written, "write it again: python3 dev.py python devtools/graph_page.py"
