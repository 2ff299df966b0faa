"""Runs a module of this package in the engine's Python, wherever the package lies and whatever its folder is called.

    python -I <extension>/engine/bootstrap.py dreamgrove.engine.server --data DIR

Inside Blender the package is `bl_ext.<repository>.dreamgrove` and nothing installs it for other Pythons. So this file
gives the name `dreamgrove` to the folder above it, without touching the search path (which would also make every
neighbour of that folder importable, under names that may shadow the standard library).
"""

import sys

# A script's own folder comes first on the path (unless Python is isolated): `client`, `words` ... would be top-level.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

import importlib.util
import runpy
from pathlib import Path
from types import ModuleType

NAME = "dreamgrove"


def install(name: str = NAME) -> ModuleType:
    """Make the package importable as `name`; returns it. Does nothing when it already is."""
    if name in sys.modules:
        return sys.modules[name]
    root = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location(name, root / "__init__.py", submodule_search_locations=[str(root)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{root} is not a package; install the extension again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("usage: python bootstrap.py MODULE [ARGUMENTS], for example: dreamgrove.engine.server --help")
    module = sys.argv[1]
    install()
    sys.argv = [module, *sys.argv[2:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
