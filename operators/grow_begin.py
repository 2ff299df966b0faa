"""What a worker's Blender runs: load the package by its path, under its plain name, and work. A script, not a module.

Without enabling the extension, so that a worker starts quickly and leaves the user's preferences alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    import bpy

    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    spec = importlib.util.spec_from_file_location(
        "dreamgrove", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    assert spec is not None and spec.loader is not None
    sys.modules["dreamgrove"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    code = int(importlib.import_module("dreamgrove.operators.grow_worker").work())
    importlib.import_module("dreamgrove.procedural.ending").end(code)


if __name__ == "__main__":
    main()
