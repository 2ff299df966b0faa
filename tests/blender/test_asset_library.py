"""The asset library: what is in its files, catalogues that keep their identifiers, pictures, and that dragged assets are live."""

from __future__ import annotations

import json

import addon_utils
import bpy
import pytest

KINDS = ("objects", "meshes", "materials", "node_groups", "collections")


@pytest.fixture(autouse=True)
def library(extension, module, monkeypatch, tmp_path, clean_scene):
    """The module, with few families and materials, so that it is quick."""
    addon_utils.enable(extension.__name__, default_set=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    made = module("operators.asset_library")
    families = [each for each in module("procedural.generators").FAMILIES if each.name == "agave"]
    kinds = [each for each in module("procedural.materials").MATERIALS if each.name == "plain"]
    monkeypatch.setattr(made, "FAMILIES", families)
    monkeypatch.setattr(made, "MATERIALS", kinds)
    monkeypatch.setattr(module("operators.user_presets"), "user_folder", lambda: tmp_path / "user")
    return made


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def loaded(path, kind: str) -> list[bpy.types.ID]:
    with bpy.data.libraries.load(str(path), assets_only=True) as (there, here):
        setattr(here, kind, getattr(there, kind))
    return list(getattr(here, kind))


def test_a_library(library, tmp_path, module):
    before, told = counts(), []
    built = library.build(tmp_path / "lib", tell=lambda fraction, stage: told.append((round(fraction, 2), stage)))
    assert counts() == before
    assert [(each.path.name, each.assets) for each in built] == [("ground.blend", 3), ("materials_basic.blend", 1)]
    assert told[0] == (0.0, "Agave") and told[-1] == (1.0, "done")
    assert {path.name for path in (tmp_path / "lib").iterdir()} == {
        "ground.blend",
        "materials_basic.blend",
        library.CATALOGUES,
    }
    growing = module("operators.growing")
    items = loaded(tmp_path / "lib" / "ground.blend", "objects")
    assert {item.name for item in items} == {"Agave", "Variegated Agave", "Artichoke Agave"}
    for item in items:
        assert item.asset_data.catalog_id == library.catalogue_id("Dreamgrove/Ground")
        assert {"dreamgrove", "agave"} <= {tag.name for tag in item.asset_data.tags}
        assert item.preview is not None and min(item.preview.image_size) > 0
        bpy.context.scene.collection.objects.link(item)
        assert growing.family_of(item).name == "agave" and json.loads(item["dreamgrove_recipe"]) == growing.recipe(item)
    bpy.context.view_layer.objects.active = items[0]
    items[0].select_set(True)
    assert bpy.ops.dreamgrove.randomise_grown(seed=3) == {"FINISHED"}, "what is dragged in is live"
    (material,) = loaded(tmp_path / "lib" / "materials_basic.blend", "materials")
    assert material["dreamgrove_material"] == "plain" and material.asset_data.catalog_id


def test_built_again(library, tmp_path, module):
    """The same identifiers; what others have written into the catalogues stays; one's own presets have a catalogue."""
    folder = tmp_path / "lib"
    library.build(folder)
    path = folder / library.CATALOGUES
    first = path.read_text()
    other = "11111111-1111-4111-8111-111111111111:Props/Mine:Props-Mine"
    path.write_text(first + other + "\n")
    presets = module("operators.user_presets")
    family = library.FAMILIES[0]
    own = presets.UserPreset("giant", "Giant", family, family.default)
    built = library.build(folder, (own,))
    lines = path.read_text().splitlines()
    assert set(first.splitlines()) <= set(lines) and other in lines
    assert f"{library.catalogue_id('Dreamgrove/My Presets')}:Dreamgrove/My Presets:Dreamgrove-My Presets" in lines
    assert "my_presets.blend" in {each.path.name for each in built}
    (item,) = loaded(folder / "my_presets.blend", "objects")
    assert item.name == "Giant" and item["dreamgrove_preset"] == "giant"


def test_the_button_registers_it(library, tmp_path, module, monkeypatch):
    monkeypatch.setattr(module("operators.asset_build"), "library_folder", lambda: tmp_path / "lib")
    libraries = bpy.context.preferences.filepaths.asset_libraries
    before = len(libraries)
    try:
        for _ in range(2):
            assert bpy.ops.dreamgrove.build_asset_library() == {"FINISHED"}
        assert [each.name for each in libraries][before:] == ["Dreamgrove"], "once"
        assert (tmp_path / "lib" / "ground.blend").is_file()
    finally:
        while len(libraries) > before:
            libraries.remove(libraries[-1])


def test_from_the_command_line(library, tmp_path, module, capsys):
    main = module("operators.command_line").main
    assert main(["assets", "build", "-o", str(tmp_path / "lib"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["assets"] == 4 and len(result["files"]) == 2
    (tmp_path / "file").write_text("mine")
    assert main(["assets", "build", "-o", str(tmp_path / "file")]) == 1


def test_mark_as_asset(library, module):
    bpy.ops.dreamgrove.add_agave(preset="variegated_agave")
    item = bpy.context.active_object
    assert bpy.ops.dreamgrove.mark_asset() == {"FINISHED"}
    assert item.asset_data.catalog_id == library.catalogue_id("Dreamgrove/Ground")
    assert {"variegated", "ground"} <= {tag.name for tag in item.asset_data.tags}
    assert min(item.preview.image_size) > 0
    bpy.ops.dreamgrove.add_agave()
    bpy.ops.dreamgrove.apply_grown()
    assert bpy.ops.dreamgrove.mark_asset() == {"FINISHED"}
    assert bpy.context.active_object.asset_data.description == "Agave"
