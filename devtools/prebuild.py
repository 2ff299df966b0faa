"""Build all node groups of families and materials into procedural/prebuilt. Runs in the oldest Blender that we support.

python3 dev.py prebuild [CATEGORY ...]      those that are out of date, or the named ones ("materials" for these)
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import bpy

from dreamgrove.procedural import prebuilt
from dreamgrove.procedural.generators import CATEGORIES, FAMILIES
from dreamgrove.procedural.generators.base import FAMILY_KEY
from dreamgrove.procedural.generators.base import build_group as build_family
from dreamgrove.procedural.materials import MATERIALS
from dreamgrove.procedural.materials.base import KIND_KEY
from dreamgrove.procedural.materials.base import build_group as build_material


def up_to_date(category: str, keys: Sequence[tuple[str, str]]) -> bool:
    path = prebuilt.path_of(category)
    if not path.is_file():
        return False
    with bpy.data.libraries.load(str(path)) as (there, _):
        return {f"{key}:{value}:{prebuilt.fingerprint(category)}" for key, value in keys} == {
            name for name in there.node_groups if name.startswith("dreamgrove_") and name.count(":") == 2
        }


def main(wanted: Sequence[str]) -> int:
    makers = {"": {(KIND_KEY, kind.name): (lambda k=kind: build_material(k)) for kind in MATERIALS}}
    for category in CATEGORIES:
        makers[category.lower()] = {
            (FAMILY_KEY, family.name): (lambda f=family: build_family(f))
            for family in FAMILIES
            if family.category == category
        }
    for category, builders in makers.items():
        title = category or "materials"
        if (wanted and title not in wanted) or not builders or (not wanted and up_to_date(category, list(builders))):
            continue
        start = time.perf_counter()
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        prebuilt.write(category, {key: build() for key, build in builders.items()})
        size = prebuilt.path_of(category).stat().st_size / 2**20
        print(f"{title}: {len(builders)} groups, {size:.2f} MB, {time.perf_counter() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
