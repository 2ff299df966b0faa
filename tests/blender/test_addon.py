"""The add-on in a Blender without a window: enabling, the tab's properties, poll messages, panels, preferences."""

from __future__ import annotations

import sys
from pathlib import Path

import addon_utils
import bpy
import pytest
from bundles import RECIPE, write_bundle

PACKAGE = "bl_ext.user_default.dreamgrove"


def classes() -> set[str]:
    return {name for name in dir(bpy.types) if name.startswith("DREAMGROVE_")}


def test_enabled_and_disabled_twice(extension):
    """Nothing is left behind: no class, property, handler or timer, and no error on the console."""
    everything = classes()
    assert len(everything) > 20
    handlers = {name: len(getattr(bpy.app.handlers, name)) for name in ("load_post", "save_post", "undo_pre")}
    for _ in range(2):
        addon_utils.disable(PACKAGE, default_set=True)
        assert classes() == set()
        assert not hasattr(bpy.types.WindowManager, "dreamgrove")
        for name, count in handlers.items():
            assert len(getattr(bpy.app.handlers, name)) == count - 1, name
        assert addon_utils.enable(PACKAGE, default_set=True) is not None
        assert classes() == everything
        assert {name: len(getattr(bpy.app.handlers, name)) for name in handlers} == handlers


def test_it_survives_file_new(extension, module):
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert module("operators.session").tracker()
    assert bpy.context.window_manager.dreamgrove.preset == "draft"
    assert PACKAGE in bpy.context.preferences.addons


def test_gpu_is_not_touched_without_a_window(extension, module):
    overlay = module("operators.preview_overlay")
    overlay.show([])
    overlay.hide()
    assert overlay._handle == []
    assert "gpu" not in vars(overlay) and "import gpu" in Path(overlay.__file__).read_text()


def test_torch_is_never_imported(extension):
    assert not {"torch", "numba", "fastapi"} & set(sys.modules)


def test_size_follows_the_words_until_it_is_set(extension, module):
    tab = module("operators.properties").tab()
    tab.prompt = "a red mushroom"
    assert tab.size_m == pytest.approx(0.15) and tab.request_size is None
    tab.prompt = "a huge red mushroom"
    assert tab.size_m > 0.2 and tab.request_size is None
    tab.size_m = 0.7
    tab.prompt = "a huge green mushroom"
    assert tab.request_size == pytest.approx(0.7), "what was set by hand stays"
    tab.prompt = "a green cactus"
    assert tab.size_m == pytest.approx(1.2) and tab.request_size is None, "another thing has another size"
    tab.prompt = "一个红蘑菇"
    assert tab.size_m == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("", "Type what to make"),
        ("  ", "Type what to make"),
        ("x" * 10_000, "10,000 characters"),
        ("一个红蘑菇", "embedded prior"),
    ],
)
def test_generate_refuses_in_a_sentence(extension, module, prompt, says):
    tab = module("operators.properties").tab()
    tab.prompt = prompt
    assert not bpy.ops.dreamgrove.generate.poll()
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.dreamgrove.generate()


def test_operators_on_an_object_without_a_recipe_are_grey(extension, clean_scene):
    for name in ("regenerate", "mark_asset", "copy_recipe"):
        assert not getattr(bpy.ops.dreamgrove, name).poll()


def test_mark_as_asset(extension, module, clean_scene, tmp_path):
    importing = module("operators.importing")
    item = importing.import_bundle(bpy.context.scene, write_bundle(tmp_path), "a red mushroom")
    assert bpy.ops.dreamgrove.mark_asset() == {"FINISHED"}
    assert item.asset_data.description == RECIPE["prompt"]
    assert {"dreamgrove", "red", "mushroom"} <= {tag.name for tag in item.asset_data.tags}
    assert item.preview is not None and tuple(item.preview.image_size) != (0, 0)
    assert not bpy.ops.dreamgrove.mark_asset.poll(), "once is enough"


def test_a_damaged_recipe_is_a_sentence(extension, module, clean_scene, tmp_path):
    importing = module("operators.importing")
    item = importing.import_bundle(bpy.context.scene, write_bundle(tmp_path), "ball")
    for text in ("{", "[]", "7"):
        item["dreamgrove_recipe"] = text
        assert importing.recipe_of(item) is None
        assert not bpy.ops.dreamgrove.regenerate.poll()
    item["dreamgrove_recipe"] = '{"prompt": "a mushroom", "seed": -5}'
    generate = module("operators.generate")
    with pytest.raises(Exception, match="seed"):
        generate._again(importing.recipe_of(item), "SAME")


def test_settings_read_the_preferences(extension, module, monkeypatch, tmp_path):
    settings = module("operators.settings")
    stored = settings.preferences()
    monkeypatch.delenv("DREAMGROVE_URL", raising=False)
    stored.engine_url, stored.engine_token = "http://studio:8753", "secret"
    stored.output_folder = str(tmp_path)
    stored.models.add().folder = str(tmp_path / "models")
    stored.big_priors = True
    try:
        here = settings.settings()
        assert (here.url, here.token, here.remote) == ("http://studio:8753", "secret", True)
        assert here.output == tmp_path and here.models == (tmp_path / "models",)
        assert here.extras == {"diffusers"}
        access = module("operators.engine_access")
        if not bpy.app.online_access:
            with pytest.raises(access.NoEngine, match=r"Allow Online Access.*studio"):
                access.check_online(here)
    finally:
        stored.engine_url = stored.engine_token = stored.output_folder = ""
        stored.models.clear()
        stored.big_priors = False


def test_installing_says_that_blender_may_not_go_online(extension, module):
    if bpy.app.online_access:
        pytest.skip("this Blender may go online")
    with pytest.raises(RuntimeError, match="Allow Online Access"):
        bpy.ops.dreamgrove.install_engine()
    assert module("operators.session").setup().task is None


def test_method_parameters_become_properties(extension, module):
    from fake_engine import METHOD

    properties = module("operators.properties")
    method = module("engine.protocol").MethodInfo.from_json(METHOD.to_json())
    properties.show_method(method, (("sd15", "Stable Diffusion 1.5"),))
    try:
        tab, values = properties.tab(), bpy.context.window_manager.dreamgrove_params
        tab.preset = "fine"
        assert values.iterations == 300 and properties.changed_params() == {}
        values.iterations, values.guidance, values.objective = 7, 0.3, "sds"
        assert properties.changed_params() == {"iterations": 7, "guidance": 0.3, "objective": "sds"}
        info = values.bl_rna.properties["guidance"]
        assert (info.name, info.description, info.hard_max) == ("Guidance", "How strongly", 10.0)
        tab.preset = "draft"
        assert values.iterations == 0 and properties.changed_params() == {}
        properties.set_params({"iterations": 9, "of another method": 1})
        assert properties.changed_params() == {"iterations": 9}
        assert [each.identifier for each in tab.bl_rna.properties["prior"].enum_items] in ([], ["ANY", "sd15"])
    finally:
        properties.forget_method()
        properties.show_method(method, ())
        properties.forget_method()
    assert not hasattr(bpy.types.WindowManager, "dreamgrove_params")


def test_every_tooltip_and_label_has_the_house_style(extension):
    """Labels in title case; tooltips are sentences without a full stop."""
    small = {"a", "an", "and", "as", "for", "from", "in", "of", "on", "the", "to", "with"}
    for name in sorted(classes()):
        kind = getattr(bpy.types, name)
        rna = kind.bl_rna
        if "_OT_" in name:
            operator = getattr(bpy.ops.dreamgrove, name.removeprefix("DREAMGROVE_OT_"))
            text = operator.get_rna_type().description
            assert text and not text.endswith("."), name
        for word in getattr(kind, "bl_label", "").split():
            assert word in small or word[0].isupper() or not word[0].isalpha(), (name, kind.bl_label)
        ours = [prop for prop in rna.properties if prop.identifier in getattr(kind, "__annotations__", {})]
        for prop in ours:
            assert not prop.description.endswith("."), (name, prop.identifier)
