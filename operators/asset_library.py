"""An asset library of everything that can be grown: one .blend a category, catalogues, pictures. And marking single objects.

The objects stay live: what is dragged from the asset browser has its sliders. Catalogues keep their identifiers, so that a library
that is built again takes the place of the one before.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..engine.files import written_aside
from ..procedural.generators import CATEGORIES, FAMILIES, Family, grow
from ..procedural.materials import MATERIALS, MaterialKind, make
from ..procedural.thumbnails import picture_of
from .file_blocks import removed_afterwards
from .growing import PRESET_KEY, recipe, title_of
from .importing import RECIPE_KEY
from .user_presets import UserPreset

CATALOGUES = "blender_assets.cats.txt"
MINE = "My Presets"
_SPACE = uuid.UUID("6f1a3c52-5c0e-4a0f-9d6d-0b6c1b1d7a10")
_HEAD = "# Asset catalogues, read by Blender.\n\nVERSION 1\n\n"


@dataclass(frozen=True)
class Built:
    """A file of the library, and how many assets it has."""

    path: Path
    assets: int


def catalogue_id(path: str) -> str:
    """The identifier of a catalogue, such as that of Dreamgrove/Trees; always the same."""
    return str(uuid.uuid5(_SPACE, path))


def mark(
    block: bpy.types.ID, description: str, tags: Iterable[str], catalogue: str = "", picture: Path | None = None
) -> None:
    """Make a data-block an asset. catalogue: a path such as Dreamgrove/Trees, "" for none."""
    block.asset_mark()
    data = block.asset_data
    data.description = description
    data.author = "Dreamgrove"
    if catalogue:
        data.catalog_id = catalogue_id(catalogue)
    for tag in ("dreamgrove", *dict.fromkeys(tags)):
        data.tags.new(tag[:60], skip_if_exists=True)
    if picture is not None and picture.is_file():
        with bpy.context.temp_override(id=block):
            bpy.ops.ed.lib_id_load_custom_preview(filepath=str(picture))


def mark_grown(item: bpy.types.Object, family: Family, preset: str, catalogue: str = "") -> None:
    """Make a grown object an asset: in its category's catalogue, with the picture of its preset."""
    picture = picture_of(preset)
    if not picture.is_file():
        picture = picture_of(next(iter(family.presets)))
    words = [family.name, family.category.lower(), *preset.split("_")]
    mark(item, family.help, words, catalogue or f"Dreamgrove/{family.category}", picture)


def build(
    folder: Path,
    own: tuple[UserPreset, ...] = (),
    tell: Callable[[float, str], None] = lambda fraction, stage: None,
) -> list[Built]:
    """Write the library into a folder (made if need be); other people's catalogues there stay. Nothing stays in the open file.

    own: the artist's presets, which have a catalogue of theirs.
    tell: called with what share is done, and what is next. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(_parts(own))
    done, total = 0, sum(len(subjects) for _, subjects in parts)
    built = []
    for catalogue, subjects in parts:
        with removed_afterwards():
            blocks = set()
            for subject in subjects:
                tell(done / total, subject[0])
                blocks.add(_asset(catalogue, *subject))
                done += 1
            built.append(Built(_write(folder, catalogue, blocks), len(blocks)))
    _write_catalogues(folder, [catalogue for catalogue, _ in parts])
    tell(1.0, "done")
    return built


def register_library(folder: Path, name: str = "Dreamgrove") -> bool:
    """Have the asset browser show the folder; whether it did not before."""
    libraries = bpy.context.preferences.filepaths.asset_libraries
    if any(Path(bpy.path.abspath(each.path)) == folder for each in libraries if each.path):
        return False
    libraries.new(name=name, directory=str(folder))
    return True


Subject = tuple[str, Any, Any]  # title; Family or MaterialKind; the preset's name and parameters, or None


def _parts(own: tuple[UserPreset, ...]) -> Iterator[tuple[str, list[Subject]]]:
    for category in CATEGORIES:
        subjects: list[Subject] = [
            (title_of(name), family, (name, params))
            for family in FAMILIES
            if family.category == category
            for name, params in family.presets.items()
        ]
        if subjects:
            yield f"Dreamgrove/{category}", subjects
    mine: list[Subject] = [(each.title, each.family, (each.name, each.params)) for each in own]
    if mine:
        yield f"Dreamgrove/{MINE}", mine
    for category in dict.fromkeys(kind.category for kind in MATERIALS):
        kinds: list[Subject] = [(kind.title, kind, None) for kind in MATERIALS if kind.category == category]
        yield f"Dreamgrove/Materials/{category}", kinds


def _asset(catalogue: str, title: str, made_by: Family | MaterialKind, preset: tuple[str, Any] | None) -> bpy.types.ID:
    if isinstance(made_by, MaterialKind):
        material = make(made_by, made_by.params(), title)
        words = [made_by.name, made_by.category.lower()]
        mark(material, made_by.help, words, catalogue, picture_of(made_by.name, material=True))
        return material
    assert preset is not None
    name, params = preset
    shelf = bpy.data.collections.new(title)  # in no scene
    item = grow(made_by, params, title, shelf)
    bpy.data.collections.remove(shelf)
    item[PRESET_KEY] = name
    item[RECIPE_KEY] = json.dumps(recipe(item))
    mark_grown(item, made_by, name, catalogue)
    return item


def _write(folder: Path, catalogue: str, blocks: set[bpy.types.ID]) -> Path:
    name = catalogue.split("/", 1)[1].lower().replace("/", "_").replace(" ", "_")
    path = folder / f"{name}.blend"
    with written_aside(path, ending=True) as aside:
        bpy.data.libraries.write(str(aside), blocks, path_remap="NONE", compress=True)
    return path


def _write_catalogues(folder: Path, catalogues: list[str]) -> None:
    """Ours, and what else the file has."""
    path = folder / CATALOGUES
    ours = {catalogue_id(each): each for each in ("Dreamgrove", "Dreamgrove/Materials", *catalogues)}
    kept: list[str] = []
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if ":" in line and line[0] != "#" and line.split(":")[0] not in ours]
    lines = [f"{identifier}:{each}:{each.replace('/', '-')}" for identifier, each in ours.items()]
    with written_aside(path) as aside:
        aside.write_text(_HEAD + "\n".join([*lines, *kept]) + "\n", encoding="utf-8")
