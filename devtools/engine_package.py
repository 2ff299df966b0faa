"""Loads standard-library modules of the package from this checkout, before any environment exists."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType

from .environments import ROOT


def load(name: str) -> ModuleType:
    """`dreamgrove.engine.NAME`, from this checkout."""
    if "dreamgrove" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "dreamgrove", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
        )
        assert spec is not None
        assert spec.loader is not None
        package = importlib.util.module_from_spec(spec)
        sys.modules["dreamgrove"] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"dreamgrove.engine.{name}")
