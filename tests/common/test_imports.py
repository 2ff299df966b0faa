"""Who may import whom (docs: the house). Read from the source by ast, so nothing needs to be installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dreamgrove

ROOT = Path(dreamgrove.__file__).resolve().parent
STANDARD = set(sys.stdlib_module_names)
# What Blender may load of the engine: standard library only.
LIGHT = {"engine/__init__.py", "engine/protocol.py", "engine/client.py", "engine/files.py", "engine/words.py", "engine/lexicon.py",
         "engine/environment.py", "engine/installer.py", "engine/launcher.py", "engine/requirements.py", "params.py", "land_params.py", "__init__.py",
         "engine/executors/__init__.py", "engine/executors/base.py", "engine/executors/local.py", "engine/executors/ray.py"}  # fmt: skip
# Only when someone asks for it, and refused with a sentence where it is not.
OPTIONAL = {"engine/executors/ray.py": {"ray"}}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Absolute names of everything a file imports; relative imports become dreamgrove.x.y."""
    package = ("dreamgrove", *path.relative_to(ROOT).with_suffix("").parts)[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *(node.module or "").split("."))).strip(".")
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def offenders(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if any(name == each or name.startswith(each + ".") for each in forbidden)
    ]


BLENDER = ("bpy", "bmesh", "mathutils", "addon_utils", "gpu", "blf")


def test_engine_never_imports_blender():
    assert (
        offenders(sources("engine"), (*BLENDER, "dreamgrove.procedural", "dreamgrove.operators", "dreamgrove.panels"))
        == []
    )


def test_blender_side_never_imports_torch():
    heavy = ("torch", "numba", "fastapi", "uvicorn", "safetensors", "diffusers", "transformers")
    assert offenders([*sources("operators", "panels", "procedural"), ROOT / "__init__.py"], heavy) == []


def test_procedural_knows_no_operators_panels_or_engine():
    assert offenders(sources("procedural"), ("dreamgrove.operators", "dreamgrove.panels", "dreamgrove.engine")) == []


def test_operators_know_no_panels():
    assert offenders(sources("operators"), ("dreamgrove.panels",)) == []


def test_blender_side_uses_only_the_light_part_of_the_engine():
    bad = []
    for path in sources("operators", "panels"):
        for name in imported(path):
            parts = name.split(".")
            light = any("/".join(parts[1:count]) + ".py" in LIGHT for count in (3, 4))
            if parts[:2] == ["dreamgrove", "engine"] and len(parts) > 2 and not light:
                bad.append(f"{path.relative_to(ROOT)} imports {name}")
    assert bad == []


@pytest.mark.parametrize("name", sorted(LIGHT))
def test_light_modules_use_the_standard_library_only(name):
    path = ROOT / name
    assert path.is_file(), f"{name} is gone: mend this list"
    for each in imported(path):
        top = each.split(".")[0]
        assert top in STANDARD or top == "dreamgrove" or top in OPTIONAL.get(name, ()), f"{name} imports {each}"
        if top == "dreamgrove" and name != "__init__.py":
            rest = each.split(".")[1:]
            light = any("/".join(rest[:count]) + ".py" in LIGHT for count in (1, 2, 3))
            assert light or rest in ([], ["engine"], ["__version__"]), f"{name} imports {each}"


def test_root_imports_alone():
    """A fresh interpreter can import the package's root with nothing but the standard library."""
    code = (
        "import sys, importlib.util as u\n"
        f"s = u.spec_from_file_location('dreamgrove', {str(ROOT / '__init__.py')!r}, submodule_search_locations=[{str(ROOT)!r}])\n"
        "m = u.module_from_spec(s); sys.modules['dreamgrove'] = m; s.loader.exec_module(m)\n"
        "import dreamgrove.params, dreamgrove.engine.words\n"
        "assert not {'bpy', 'numpy', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


def test_files_stay_readable():
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in [*sources("engine", "procedural", "operators", "panels", "devtools"), ROOT / "dev.py"]
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 430
    ]
    assert long == []
