"""Pictures of presets and materials for the sidebar and the asset browser (procedural/thumbnails/). Runs in Blender:

python3 dev.py thumbnails               # those that are missing
python3 dev.py thumbnails oak granite   # these, anew
python3 dev.py thumbnails --all         # everything anew
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from dreamgrove.procedural.generators import FAMILIES
from dreamgrove.procedural.materials import MATERIALS
from dreamgrove.procedural.pictures import write_picture
from dreamgrove.procedural.sheet import Studio
from dreamgrove.procedural.thumbnails import FOLDER, picture_of

PIXELS = 160  # as large as the sidebar shows them
SAMPLES, MATERIAL_SAMPLES = 16, 64  # denoised
LARGEST_BYTES = 12_000
QUALITIES = range(88, 30, -6)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py thumbnails", description=__doc__.split("\n")[0])
    parser.add_argument(
        "names", nargs="*", help="presets, families or kinds of material (default: those without a picture)"
    )
    parser.add_argument("--all", action="store_true", help="everything anew")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args(arguments)
    known = {name for name, *_ in _subjects(None)} | {family.name for family in FAMILIES}
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"nothing is called {', '.join(unknown)}")
    studio = None
    for _, title, path, draw in _subjects(set(options.names) or None):
        if not options.names and not options.all and path.is_file():
            continue
        studio = studio or Studio(PIXELS, SAMPLES, threads=options.threads)
        studio.scene.cycles.samples = MATERIAL_SAMPLES if title.startswith("material ") else SAMPLES
        start = time.perf_counter()
        write(draw(studio), path)
        sys.stdout.write(f"{title}: {time.perf_counter() - start:.1f} s, {path.stat().st_size} bytes\n")
        sys.stdout.flush()
    _remove_strays()
    return 0


def write(picture: np.ndarray, path: Path) -> None:
    """Write [H, W, 4] float (display values) as finely as LARGEST_BYTES allow."""
    for quality in QUALITIES:
        write_picture(picture, path, "WEBP", quality)
        if path.stat().st_size <= LARGEST_BYTES:
            return


def _subjects(names: set[str] | None) -> Iterator[tuple[str, str, Path, Callable[[Studio], np.ndarray]]]:
    """Name, title, path and how it is drawn, of all or of those named."""
    for family in FAMILIES:
        for preset, params in family.presets.items():
            if names is None or preset in names or family.name in names:
                yield preset, preset, picture_of(preset), lambda s, f=family, p=params: s.family(f, p)
    for kind in MATERIALS:
        if names is None or kind.name in names:
            path = picture_of(kind.name, material=True)
            yield kind.name, f"material {kind.name}", path, lambda s, k=kind: s.material(k, k.params())


def _remove_strays() -> None:
    """Pictures of what is no more."""
    wanted = {path for _, _, path, _ in _subjects(None)}
    for path in FOLDER.glob("*.webp"):
        if path not in wanted:
            path.unlink()
            sys.stdout.write(f"removed {path.name}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
