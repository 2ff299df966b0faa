"""The pictures of families and materials in the docs, and the pages that show them. Runs in Blender:

    python3 dev.py python devtools/gallery.py                   what has no picture yet
    python3 dev.py python devtools/gallery.py tree boulder       these families anew
    python3 dev.py python devtools/gallery.py --beside FOLDER   ours beside another generator's pictures (NAME.png in the folder)

A family's picture: its default on the left, its other presets and individuals on the right. Materials' pictures are their thumbnails
(`python3 dev.py thumbnails`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dreamgrove.params import params_of
from dreamgrove.procedural.generators import CATEGORIES, FAMILIES, Family, find_preset
from dreamgrove.procedural.materials import MATERIALS, MaterialKind
from dreamgrove.procedural.pictures import montage, read_picture, write_picture
from dreamgrove.procedural.sheet import Studio

DOCS = Path(__file__).resolve().parents[1] / "docs"
FAMILY_PICTURES = DOCS / "images" / "families"
LARGE, SMALL = 320, 160
LARGE_SAMPLES, SMALL_SAMPLES = 16, 12  # denoised
# Another generator's picture -> the preset of ours that is drawn beside it, in that picture's own set-up.
BESIDE = {
    "infinigen-trees.TreeFactory": "oak",
    "infinigen-trees.BushFactory": "bush",
    "infinigen-small_plants.FernFactory": "fern",
    "infinigen-monocot.AgaveMonocotFactory": "agave",
    "infinigen-cactus.ColumnarCactusFactory": "saguaro",
    "infinigen-mushroom.MushroomFactory": "fly_agaric",
    "infinigen-corals.CoralFactory": "staghorn",
    "infinigen-rocks.BoulderFactory": "boulder",
}


def picture_of(family: Family) -> np.ndarray:
    """The default large; then up to seven others, presets first; the rest are individuals. [384, 1152, 4]."""
    others = list(family.presets.values())[1:8]
    others += [family.sample(seed) for seed in range(8 - len(others))]
    large = Studio(LARGE, LARGE_SAMPLES).family(family, family.default)
    studio = Studio(SMALL, SMALL_SAMPLES)
    return np.concatenate([large, montage([studio.family(family, params) for params in others], 4)], axis=1)


def draw_families(names: Sequence[str]) -> None:
    FAMILY_PICTURES.mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        path = FAMILY_PICTURES / f"{family.name}.jpg"
        if family.name in names or (not names and not path.exists()):
            write_picture(picture_of(family), path, "JPEG", 88)
            print(path, flush=True)


def draw_beside(folder: Path) -> None:
    """One picture: the other's above, ours below."""
    above, below = [], []
    studio = Studio(LARGE, 48, close=0.62, plain=True)
    for theirs, ours in BESIDE.items():
        above.append(read_picture(folder / f"{theirs}.png"))
        family, preset = find_preset(ours)
        below.append(studio.family(family, family.presets[preset]))
    rows = [np.concatenate(row[k : k + 4], axis=1) for k in (0, 4) for row in (above, below)]
    write_picture(np.concatenate(rows), DOCS / "images" / "beside.jpg", "JPEG", 88)


def families_page() -> str:
    lines = [
        "# What can be grown",
        "",
        "Made by `devtools/gallery.py`. On the left each family's default, on the right its other presets and some individuals (`sample(seed)`);",
        "Cycles, one sun, no retouching. Every word in `code` is a preset: `dreamgrove grow WORD -o FILE.blend`. How: [grow.md](grow.md).",
        "",
    ]
    for category in CATEGORIES:
        families = [family for family in FAMILIES if family.category == category]
        if families:
            lines += [f"## {category}", ""]
        for family in families:
            presets = ", ".join(f"`{name}`" for name in family.presets)
            grown = f", {len(family.grown)} of which grow it anew" if family.grown else ""
            lines += [
                f"**{family.title}**: {family.help}. {presets}. {len(params_of(family.params))} parameters{grown}.",
                "",
                f"![{family.title}](images/families/{family.name}.jpg)",
                "",
            ]
    return "\n".join(lines).rstrip() + "\n"


def materials_page() -> str:
    lines = [
        "# Materials",
        "",
        f"Made by `devtools/gallery.py`: {len(MATERIALS)} kinds, with true displacement; the size told is the ball's (or the leaf's).",
        "Parameters are the inputs of one group node in the material; `sample(seed)` draws an individual.",
        "",
    ]
    for category in dict.fromkeys(kind.category for kind in MATERIALS):
        kinds = [kind for kind in MATERIALS if kind.category == category]
        lines += [f"## {category}", "", "| " + " | ".join(_cell(kind) for kind in kinds[:6]) + " |"]
        lines += ["|" + " --- |" * min(6, len(kinds))]
        lines += ["| " + " | ".join(_cell(k) for k in kinds[at : at + 6]) + " |" for at in range(6, len(kinds), 6)]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(kind: MaterialKind) -> str:
    return f"![{kind.title}](../procedural/thumbnails/material_{kind.name}.webp)<br>`{kind.name}`, {kind.sample_size:g} m"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--beside", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - {family.name for family in FAMILIES}:
        parser.error(f"no family is called {', '.join(sorted(unknown))}")
    if options.beside:
        draw_beside(options.beside)
        return 0
    draw_families(options.names)
    (DOCS / "families.md").write_text(families_page(), encoding="utf-8")
    (DOCS / "materials.md").write_text(materials_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
