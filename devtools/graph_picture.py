"""Pictures of node trees as Blender draws them: a real window, its node editor alone, the whole tree in view.

python3 -m devtools.graph_picture FILE TREE OUT.png      FILE.blend, or a script FILE.py that makes the tree (dreamgrove can be imported)
TREE: the name of a node group, material, world or scene (its compositor). Several trees of one file: TREE OUT.png TREE OUT.png ...
--size 2400x1350     pixels of the window (the picture is cropped to the tree)
--only NAME,NAME     show these nodes in full size, not all
--sizes OUT.json     also write the drawn sizes and places of all nodes, by tree and node name

Blender and its window server come from the Debian of the window test (tests/window/run.sh makes it; $DREAMGROVE_CHROOT says where
else it is), for which it needs root, or from this machine, if it has blender, Xvfb and ImageMagick's import and convert.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("blender", "Xvfb", "import", "convert")
PACKAGE = ("__init__.py", "params.py", "land_params.py", "procedural")


class NoWindow(Exception):
    """There is no Blender that could open a window; the message says what to do."""


def house() -> Path:
    """The root of the system that has Blender: the window test's Debian, or "/". Raises NoWindow."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    debian = Path(os.environ.get("DREAMGROVE_CHROOT") or cache / "dreamgrove" / "trixie")
    if all(os.path.lexists(debian / "usr/bin" / tool) for tool in TOOLS):
        if os.geteuid() != 0:
            raise NoWindow(f"entering {debian} needs root; run this with sudo -E")
        return debian
    if all(shutil.which(tool) for tool in TOOLS):
        return Path("/")
    raise NoWindow(f"no {', '.join(TOOLS)} here, and no Debian with them in {debian}; tests/window/run.sh makes one")


def take(file: Path, trees: list[tuple[str, Path]], size: str, only: list[str], sizes: Path | None) -> None:
    """Open `file` in a window of `size`, write a picture for each (tree, PNG). Raises NoWindow or CalledProcessError."""
    root = house()
    with tempfile.TemporaryDirectory(prefix="graph-picture.", dir=root / "tmp") as outside:
        home = Path(outside)
        inside = "/" / home.relative_to(root)
        package = home / "dreamgrove"
        package.mkdir()
        for name in PACKAGE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, package / name)
        shutil.copy(ROOT / "devtools" / "graph_picture_window.py", home)
        shutil.copy(file, home / f"file{file.suffix}")
        order = {"file": f"file{file.suffix}", "trees": [name for name, _ in trees], "only": only, "sizes": bool(sizes)}
        (home / "order.json").write_text(json.dumps(order))
        width, height = size.split("x")
        script = f"""
            cd {inside} || exit 2
            Xvfb -displayfd 3 -screen 0 {size}x24 +extension GLX -nolisten tcp 3>display >xvfb.log 2>&1 &
            server=$!
            for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
            DISPLAY=:$(cat display) timeout 300 blender --factory-startup -p 0 0 {width} {height} \\
                --python-exit-code 3 --python graph_picture_window.py
            code=$?
            kill $server
            exit $code"""
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(inside),
            "LANG": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        command = ["sh", "-c", script]
        if root != Path("/"):
            # Mounts of its own, so that no other user of the Debian sees them come or go.
            mounts = f"mountpoint -q {root}/proc || mount -t proc proc {root}/proc; "
            mounts += f"mountpoint -q {root}/dev || mount --bind /dev {root}/dev; "
            command = ["unshare", "--mount", "sh", "-c", f'{mounts} exec chroot {root} sh -c "$0"', script]
        subprocess.run(command, env=environment, check=True)
        for index, (_, picture) in enumerate(trees):
            shutil.copy(home / f"{index}.png", picture)
        if sizes is not None:
            shutil.copy(home / "sizes.json", sizes)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="devtools.graph_picture", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("trees", nargs="+", metavar="TREE OUT.png")
    parser.add_argument("--size", default="2400x1350")
    parser.add_argument("--only", default="")
    parser.add_argument("--sizes", type=Path)
    given = parser.parse_args(arguments)
    if len(given.trees) % 2 or not given.file.is_file():
        parser.error("it takes a file that is there, then pairs of a tree's name and a picture's path")
    pairs = [(name, Path(path)) for name, path in zip(given.trees[::2], given.trees[1::2], strict=True)]
    try:
        take(given.file, pairs, given.size, [n for n in given.only.split(",") if n], given.sizes)
    except (NoWindow, subprocess.CalledProcessError) as error:
        print(f"graph_picture: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
