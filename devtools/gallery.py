"""The pictures of families and materials in the docs, and the pages that show them. Runs in Blender:

    python3 dev.py python devtools/gallery.py                   what has no picture yet
    python3 dev.py python devtools/gallery.py tree boulder       these families anew
    python3 dev.py python devtools/gallery.py --beside FOLDER   ours beside another generator's pictures (NAME.png in the folder)

A family's sheet has the individuals of eight seeds. Presets and materials are shown by their thumbnails (`python3 dev.py thumbnails`).
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
from dreamgrove.procedural.thumbnails import picture_of as picture_of_preset

DOCS = Path(__file__).resolve().parents[1] / "docs"
FAMILY_PICTURES = DOCS / "images" / "families"
LARGE, SMALL = 384, 160
SMALL_SAMPLES = 16  # denoised
# Another generator's picture -> the preset of ours that is drawn beside it, in that picture's own set-up.
BESIDE = {
    "infinigen-trees.TreeFactory": "oak",
    "infinigen-trees.BushFactory": "bush",
    "infinigen-small_plants.FernFactory": "fern",
    "infinigen-monocot.AgaveMonocotFactory": "agave",
    "infinigen-cactus.ColumnarCactusFactory": "saguaro",
    "infinigen-mushroom.MushroomFactory": "fly_agaric",
    "infinigen-corals.CoralFactory": "staghorn_coral",
    "infinigen-rocks.BoulderFactory": "boulder",
}


def picture_of(family: Family) -> np.ndarray:
    """Eight individuals, seeds 0 to 7. [320, 640, 4]."""
    studio = Studio(SMALL, SMALL_SAMPLES)
    return montage([studio.family(family, family.sample(seed)) for seed in range(8)], 4)


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
        "Made by `devtools/gallery.py`: each family's presets, and below them the individuals of eight seeds. Cycles, no retouching. Every word in",
        "`code` is a preset: `dreamgrove grow WORD -o FILE.blend`. How: [grow.md](grow.md).",
        "",
    ]
    for category in CATEGORIES:
        families = [family for family in FAMILIES if family.category == category]
        if families:
            lines += [f"## {category}", ""]
        for family in families:
            presets = " ".join(
                f"![{name}](../procedural/thumbnails/{name}.webp)"
                for name in family.presets
                if picture_of_preset(name).is_file()
            )
            words = ", ".join(f"`{name}`" for name in family.presets)
            grown = f", {len(family.grown)} of which grow it anew" if family.grown else ""
            lines += [
                f"**{family.title}**: {family.help}. {words}. {len(params_of(family.params))} parameters{grown}.",
                "",
                *([presets, ""] if presets else []),
            ]
            if (FAMILY_PICTURES / f"{family.name}.jpg").is_file():
                lines += [f"![Eight seeds](images/families/{family.name}.jpg)", ""]
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
    return (
        f"![{kind.title}](../procedural/thumbnails/material_{kind.name}.webp)<br>`{kind.name}`, {kind.sample_size:g} m"
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--pages", action="store_true", help="only write the pages")
    parser.add_argument("--beside", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - {family.name for family in FAMILIES}:
        parser.error(f"no family is called {', '.join(sorted(unknown))}")
    if options.beside:
        draw_beside(options.beside)
        return 0
    if not options.pages:
        draw_families(options.names)
    (DOCS / "families.md").write_text(families_page(), encoding="utf-8")
    (DOCS / "materials.md").write_text(materials_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
