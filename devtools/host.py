"""Run inside Blender's Python (wheel) or an installed Blender: enable the extension, then a command or a script.

host.py command ARGS...      the same as: blender --background --command dreamgrove ARGS...
host.py script FILE ARGS...  a Python file with the extension enabled and the package importable as `dreamgrove`
"""

from __future__ import annotations

import importlib
import runpy
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "bl_ext.user_default.dreamgrove"


def main(arguments: list[str]) -> int:
    import bpy

    addon_utils = importlib.import_module("addon_utils")  # only there once bpy has been imported
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    if addon_utils.enable(PACKAGE, default_set=True) is None:
        print("The extension could not be enabled; the lines above say why", file=sys.stderr)
        return 1
    mode, rest = arguments[0], arguments[1:]
    if mode == "command":
        return int(importlib.import_module(f"{PACKAGE}.operators.command_line").main(rest))
    # A script sees one package under one name: the enabled extension also answers to `dreamgrove`.
    for name, module in list(sys.modules.items()):
        if name == PACKAGE or name.startswith(PACKAGE + "."):
            sys.modules["dreamgrove" + name[len(PACKAGE) :]] = module
    importlib.import_module("dreamgrove")
    sys.argv = rest
    runpy.run_path(rest[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    argv = (
        sys.argv[sys.argv.index("--") + 1 :]
        if "--" in sys.argv and "blender" in Path(sys.argv[0]).name
        else sys.argv[1:]
    )
    try:
        code = main(argv)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    runpy.run_path(str(ROOT / "procedural" / "ending.py"))["end"](code)
