"""Growing by operators: parameters of every family, presets, F9, randomise, locks, one's own presets, applying; and failure."""

from __future__ import annotations

import json

import addon_utils
import bpy
import pytest

from dreamgrove.params import params_of
from dreamgrove.procedural.generators import FAMILIES

KINDS = ("objects", "meshes", "materials", "node_groups", "collections")
OPS = bpy.ops.dreamgrove


@pytest.fixture(autouse=True)
def own_folder(extension, module, monkeypatch, tmp_path, clean_scene):
    """An empty file, and a user folder of the test's own."""
    addon_utils.enable(extension.__name__, default_set=True)
    monkeypatch.setattr(module("operators.user_presets"), "user_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def growing(module):
    return module("operators.growing")


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def params(growing, item=None) -> dict:
    return growing.recipe(item or bpy.context.active_object)["parameters"]


def props(name: str):
    return getattr(OPS, name).get_rna_type().properties


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_parameter_is_a_property(family, module):
    """With its range, unit and help."""
    known, name_of = props(f"add_{family.name}"), module("operators.grow").property_name
    for info in params_of(family.params):
        prop = known[name_of(info.name)]
        assert (prop.name, prop.description) == (info.label, info.help)
        if info.kind in (int, float) and info.min is not None and info.max is not None:
            assert (prop.hard_min, prop.hard_max) == pytest.approx((info.min, info.max))
        if info.unit == "m" and info.kind is float:
            assert prop.subtype == "DISTANCE"
    assert [item.identifier for item in known["preset"].enum_items] == list(family.presets)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_is_added(family, growing):
    assert getattr(OPS, f"add_{family.name}")() == {"FINISHED"}
    item = bpy.context.active_object
    assert growing.family_of(item).name == family.name and item.select_get()
    assert growing.family_of(item).default == growing.family_of(item).presets[growing.preset_of(item, family)]


def test_where_it_comes(growing):
    bpy.context.scene.cursor.location = (1.0, 2.0, 3.0)
    OPS.add_agave(preset="variegated_agave")
    item = bpy.context.active_object
    assert tuple(item.location) == (1.0, 2.0, 3.0) and item.name == "Variegated Agave"
    assert [each.name for each in item.users_collection] == ["Dreamgrove"]
    OPS.add_agave()
    assert len(bpy.data.collections["Dreamgrove"].objects) == 2 and not item.select_get()
    recipe = json.loads(item["dreamgrove_recipe"])
    assert (recipe["family"], recipe["preset"], recipe["seed"]) == ("agave", "variegated_agave", 0)
    assert recipe["versions"]["blender"] == bpy.app.version_string


def test_given_parameters_are_kept_the_rest_is_the_preset_s(growing):
    OPS.add_agave(preset="variegated_agave", seed=3, length=1.0, color=(0.5, 0.1, 0.1))
    values = params(growing)
    assert (values["length"], values["seed"], values["leaves"], values["color"]) == (1.0, 3, 32, [0.5, 0.1, 0.1])


def test_variation_makes_individuals(growing):
    family = next(each for each in FAMILIES if each.name == "agave")
    OPS.add_agave(preset="agave", seed=5, variation=1.0)
    sampled = family.sample(5, "agave")
    assert params(growing)["length"] == pytest.approx(sampled.length, rel=1e-5)
    OPS.add_agave(preset="agave", seed=5, variation=1.0, width=0.2)
    assert params(growing)["width"] == 0.2 and params(growing)["length"] == pytest.approx(sampled.length, rel=1e-5)


class Redo:
    """An operator's properties between two executions, as F9 keeps them."""

    def __init__(self, **given):
        self.values = dict(given)

    def is_property_set(self, name):
        return name in self.values


def test_another_preset_in_f9_changes_all_but_what_was_set(module):
    """Chosen values stay; what the execution before had filled in does not."""
    grow = module("operators.grow")
    family = next(each for each in module("procedural.generators").FAMILIES if each.name == "agave")

    class Operator(grow._Adds):
        shown = module("params").params_of(family.params)

        def __init__(self, **given):
            object.__setattr__(self, "properties", Redo(**given))

        def __getattr__(self, name):
            defaults = {info.name: info.default for info in self.shown}
            defaults |= {"filled": "", "variation": 0.0}
            return self.properties.values.get(name, defaults[name])

        def __setattr__(self, name, value):
            self.properties.values[name] = value

    Operator.family = family
    operator = Operator(width=0.3)
    first = operator._params("agave")
    assert (first.width, first.length) == (0.3, family.presets["agave"].length)
    operator.leaves = 77
    second = operator._params("artichoke_agave")
    assert (second.width, second.leaves) == (0.3, 77)
    assert second.length == family.presets["artichoke_agave"].length
    assert operator._params("agave").length == family.presets["agave"].length


def test_randomise_keeps_what_is_locked(growing):
    OPS.add_agave()
    item = bpy.context.active_object
    OPS.lock_parameter(name="length")
    assert growing.locked(item) == {"length"}
    before = params(growing)
    assert OPS.randomise_grown(seed=9) == {"FINISHED"}
    after = params(growing)
    assert after["length"] == before["length"] and after["width"] != before["width"] and after["seed"] == 9
    OPS.randomise_grown(seed=9)
    assert params(growing) == after, "the same seed is the same individual"
    OPS.lock_parameter(name="length")
    assert growing.locked(item) == frozenset()
    OPS.randomise_grown(seed=9)
    assert params(growing)["length"] != before["length"]
    OPS.reset_grown()
    assert {**params(growing), "seed": 0} == before
    with pytest.raises(RuntimeError, match="no_such"):
        OPS.lock_parameter(name="no_such")


def test_a_turned_slider_is_in_the_recipe(growing, module):
    OPS.add_agave()
    item = bpy.context.active_object
    module("procedural.graph").set_inputs(item.modifiers[0], {"Length": 1.25})
    assert params(growing)["length"] == 1.25


def test_one_s_own_presets(growing, module, own_folder):
    presets = module("operators.user_presets")
    OPS.add_agave(length=1.5)
    assert OPS.save_preset(title="My Giant!") == {"FINISHED"}
    (own,) = presets.user_presets()
    assert (own.name, own.title, own.family.name, own.params.length) == ("my_giant", "My Giant!", "agave", 1.5)
    assert [path.name for path in (own_folder / "presets").iterdir()] == ["my_giant.json"]
    OPS.add_agave(own_preset="my_giant", seed=4)
    assert params(growing)["length"] == 1.5 and params(growing)["seed"] == 4
    state = module("operators.grow_properties")
    assert [each.title for each in state.shown_choices(state.MINE, "")] == ["My Giant!"]
    assert "my_giant" in {each.name for each in state.shown_choices("ALL", "giant")}
    for title, says in (("agave", "Dreamgrove's own"), ("!", "letters or digits")):
        with pytest.raises(RuntimeError, match=says):
            OPS.save_preset(title=title)
    assert OPS.delete_preset(name="my_giant") == {"FINISHED"}
    assert presets.user_presets() == ()
    with pytest.raises(RuntimeError, match="no preset of yours"):
        OPS.delete_preset(name="my_giant")
    OPS.randomise_grown(seed=2)
    with pytest.raises(RuntimeError, match="there is no preset 'my_giant'"):
        OPS.add_agave(own_preset="my_giant")


def test_presets_of_other_versions_and_broken_files(module, own_folder):
    presets = module("operators.user_presets")
    folder = own_folder / "presets"
    folder.mkdir()
    text = {"family": "agave", "parameters": {"length": 99.0, "gone": 3, "color": [2.0, 0.1, 0.1]}}
    (folder / "old.json").write_text(json.dumps(text))
    for name, content in (("a", "{"), ("b", '{"family": "dragon", "parameters": {}}'), ("c", "[]"),
                          ("d", '{"family": "agave", "parameters": {"length": "long"}}')):  # fmt: skip
        (folder / f"{name}.json").write_text(content)
    (old,) = presets.user_presets()
    assert (old.title, old.params.length, old.params.color) == ("old", 2.5, (1.0, 0.1, 0.1))
    for name in "abcd":
        with pytest.raises(presets.PresetProblem, match=f"{name}.json"):
            presets.find_user_preset(name)


def test_apply(growing):
    OPS.add_agave(seed=2)
    item = bpy.context.active_object
    item.location, item.rotation_euler = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    assert OPS.apply_grown() == {"FINISHED"}
    plain = bpy.context.active_object
    assert plain.name == "Agave" and not plain.modifiers and plain.select_get()
    assert tuple(plain.location) == (1.0, 0.0, 0.0) and plain.rotation_euler.z == pytest.approx(1.0)
    assert len(plain.data.polygons) > 1000 and [each.name for each in bpy.data.objects] == ["Agave"]
    assert json.loads(plain["dreamgrove_recipe"])["seed"] == 2
    assert not OPS.apply_grown.poll() and not OPS.regenerate.poll() and OPS.mark_asset.poll()


def test_apply_with_levels_and_hull(growing):
    OPS.add_agave(detail=0.4)
    assert OPS.apply_grown(levels=2, hull=True, keep=True) == {"FINISHED"}
    (together,) = bpy.data.collections["Dreamgrove"].children
    assert {each.name for each in together.objects} == {"Agave Mesh", "Agave_LOD1", "Agave_LOD2", "Agave_hull"}
    assert growing.family_of(bpy.data.objects["Agave"]) is not None and bpy.data.objects["Agave"].hide_get()
    sizes = [len(bpy.data.objects[name].data.polygons) for name in ("Agave Mesh", "Agave_LOD1", "Agave_LOD2")]
    assert sizes == sorted(sizes, reverse=True) and sizes[2] < sizes[0] / 3


def test_add_material(module):
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.active_object
    assert OPS.add_material(kind="plain", individual=True, seed=3) == {"FINISHED"}
    assert cube.active_material["dreamgrove_material"] == "plain"
    first = cube.active_material
    OPS.add_material(kind="plain")
    assert cube.active_material != first and len(cube.material_slots) == 1
    OPS.add_agave()
    agave = bpy.context.active_object
    OPS.add_material(kind="plain", part="Leaf Material")
    assert len(module("operators.grown").material_inputs(agave)) == 1
    before = counts()
    with pytest.raises(RuntimeError, match="has no 'Bark'"):
        OPS.add_material(kind="plain", part="Bark")
    with pytest.raises(RuntimeError, match="no preset 'x'"):
        OPS.add_material(kind="plain", preset="x")
    assert counts() == before


def test_wear(module):
    """On a grown object's part and on any other; alone or for all that have the material; and off again."""
    layers = module("procedural.materials.layers")
    material_of = module("operators.wear").material_of
    assert not OPS.add_wear.poll()
    OPS.add_agave()
    other = bpy.context.active_object
    OPS.add_agave()
    item = bpy.context.active_object
    assert OPS.add_wear(layer="dust", amount=0.9) == {"FINISHED"}
    assert material_of(item) != material_of(other) and layers.layers_of(material_of(other)) == []
    (node,) = layers.layers_of(material_of(item))
    assert node.inputs["Amount"].default_value == pytest.approx(0.9)
    bpy.ops.mesh.primitive_cube_add()
    OPS.add_material(kind="plain")
    for name in ("rust", "wetness"):
        OPS.add_wear(layer=name, single=False)
    cube = bpy.context.active_object
    assert [layers.layer_name(each) for each in layers.layers_of(cube.active_material)] == ["rust", "wetness"]
    assert OPS.remove_wear(number=0) == {"FINISHED"}
    assert [layers.layer_name(each) for each in layers.layers_of(cube.active_material)] == ["wetness"]
    with pytest.raises(RuntimeError, match="there are 1 layers"):
        OPS.remove_wear(number=1)


def test_failure_leaves_nothing(module, monkeypatch):
    """Whatever is wrong with a family, the file is as it was, and the artist reads a sentence."""
    before = counts()
    base = module("procedural.generators.base")

    def fail(*arguments, **named):
        raise RuntimeError("out of leaves")

    monkeypatch.setattr(base, "_remember", fail)
    with pytest.raises(RuntimeError, match="Agave cannot be grown: out of leaves"):
        OPS.add_agave()
    assert counts() == before
    monkeypatch.undo()
    OPS.add_agave()
    before = counts()
    monkeypatch.setattr(module("operators.grown"), "hull", fail)
    with pytest.raises(RuntimeError, match="Agave cannot be applied: out of leaves"):
        OPS.apply_grown(levels=1, hull=True)
    assert counts() == before and bpy.context.active_object.modifiers


def test_when_they_are_grey():
    for name in ("randomise_grown", "apply_grown", "save_preset", "lock_parameter", "reset_grown"):
        assert not getattr(OPS, name).poll()
    bpy.ops.mesh.primitive_cube_add()
    assert not OPS.randomise_grown.poll()
    bpy.ops.object.mode_set(mode="EDIT")
    assert not OPS.add_agave.poll()
    bpy.ops.object.mode_set(mode="OBJECT")


def test_without_its_modifier_a_sentence(growing):
    OPS.add_agave()
    bpy.context.active_object.modifiers.clear()
    with pytest.raises(RuntimeError, match="does not carry the graph of Agave any more"):
        OPS.randomise_grown()


def test_growth_is_grown_again(growing, module):
    """Families with a skeleton: what is not live is grown anew, the rest stays."""
    grown = [family for family in module("procedural.generators").FAMILIES if family.skeleton is not None]
    if not grown:
        pytest.skip("no family grows a skeleton yet")
    family = grown[0]
    getattr(OPS, f"add_{family.name}")(detail=0.3)
    item = bpy.context.active_object
    before = params(growing)
    assert getattr(OPS, f"regrow_{family.name}")(seed=77) == {"FINISHED"}
    after = params(growing)
    assert after == {**before, "seed": 77} and len(item.data.vertices) > 0
    number = next((info for info in family.grown if info.kind in (int, float)), None)
    if number is not None and number.max is not None:
        value = number.kind(number.min + (number.max - number.min) * 0.3)
        getattr(OPS, f"regrow_{family.name}")(**{number.name: value})
        assert params(growing)[number.name] == pytest.approx(value, rel=1e-5)
        assert json.loads(item["dreamgrove_recipe"])["parameters"][number.name] == pytest.approx(value, rel=1e-5)


def test_the_panel_s_choice(module):
    state = module("operators.grow_properties")
    tab = state.grow_tab()
    tab.category, tab.search, tab.chosen = "Ground", "", "agave"
    assert tab.preset == "agave"
    tab.preset = "variegated_agave"
    assert tab.chosen == "variegated_agave" == state.chosen(tab).name
    tab.search = "artichoke"
    assert tab.preset == "artichoke_agave", "the first that fits"
    tab.search = "no such thing"
    assert state.chosen(tab) is None
    tab.search = ""
    seed = tab.seed
    assert state.roll_seed() != seed


def test_pictures_of_all_presets_and_materials(module):
    """As the sidebar and the asset browser show them; `python3 dev.py thumbnails` draws what is missing."""
    from dreamgrove.procedural.materials import MATERIALS
    from dreamgrove.procedural.thumbnails import picture_of

    paths = [picture_of(name) for family in FAMILIES for name in family.presets]
    paths += [picture_of(kind.name, material=True) for kind in MATERIALS]
    assert [path.name for path in paths if not path.is_file()] == []
    assert [path.name for path in paths if path.stat().st_size > 12_000] == []
