"""Whatever is in a spec survives JSON and a script to the last bit, and no change of it goes unnoticed. By Hypothesis."""

from __future__ import annotations

import ast
import re
from dataclasses import is_dataclass
from importlib import import_module

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from spec_strategies import changes, specs, texts

from dreamgrove.procedural.graph import LEVELS, GraphSpec, compare, to_python

spec_module = import_module("dreamgrove.procedural.graph.spec")
CLASSES = {c.__name__: c for c in vars(spec_module).values() if is_dataclass(c)}
# Without shrinking, which takes minutes here; the same examples come again, so it can be put back when one fails.
thoroughly = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@thoroughly
@given(specs())
def test_json_keeps_every_bit(spec):
    text = spec.to_json()
    assert repr(GraphSpec.from_json(text)) == repr(spec)
    assert GraphSpec.from_json(spec.to_json(indent=1)).to_json() == text


@thoroughly
@given(specs())
def test_a_graph_equals_itself_and_its_copy(spec):
    copy = GraphSpec.from_json(spec.to_json())
    for level in LEVELS:
        assert compare(spec, spec, level) == []
        assert compare(spec, copy, level) == []


@thoroughly
@given(st.data())
def test_every_change_is_told_at_its_level(data):
    spec = data.draw(specs())
    change = data.draw(changes(spec))
    seen = [bool(compare(spec, change.after, level)) for level in LEVELS]
    assert seen == sorted(seen), "a stricter level sees what a looser one sees"
    for level in LEVELS:
        found = compare(spec, change.after, level)
        assert bool(found) == bool(compare(change.after, spec, level)), "one way tells what the other does not"
        if level in change.told:
            assert found, f"{level} does not tell of {change.where}"
        if level in change.unseen:
            assert not found, f"{level} tells of {change.where}: {list(map(str, found))}"
        for difference in found:
            assert difference.where and difference.what and len(str(difference)) < 2000


# What a script may be made of besides the code that every script has: data, and the classes of a spec.
_DATA = (
    *(ast.Constant, ast.Dict, ast.Tuple, ast.Name, ast.Load, ast.UnaryOp, ast.USub, ast.keyword),
    *(ast.Assign, ast.Store, ast.Return, ast.Call),
)


def parts(text: str) -> tuple[ast.FunctionDef, str]:
    """The function with the graph, and the lines of all else in the script but its third, which is a comment with the name."""
    (data,) = [n for n in ast.parse(text.encode()).body if isinstance(n, ast.FunctionDef) and n.name == "graph"]
    lines = text.split("\n")
    assert lines[2].startswith("# Graph ") and lines[2].isprintable()
    return data, "\n".join(lines[:2] + lines[3 : data.lineno] + lines[data.end_lineno :])


@thoroughly
@given(specs())
def test_a_script_is_data_and_gives_the_graph(spec):
    text = to_python(spec)
    data, code = parts(text)
    assert code == parts(to_python(GraphSpec((spec_module.TreeSpec("x", "y"),))))[1], "names reach the code"
    for statement in data.body:
        for node in ast.walk(statement):
            assert isinstance(node, _DATA), f"{ast.dump(node)[:200]} is not data"
            if isinstance(node, ast.Call):
                assert isinstance(node.func, ast.Name) and node.func.id in {*CLASSES, "float"}
    space = dict(CLASSES)
    exec(compile(ast.Module([data], []), "script", "exec"), space)
    assert repr(space["graph"]()) == repr(spec)
    assert to_python(space["graph"]()) == text


@settings(thoroughly, max_examples=10)
@given(specs())
def test_the_whole_script_gives_the_graph(spec):
    """With the classes that it brings along; importing it builds nothing."""
    space = {"__name__": "script"}
    exec(compile(to_python(spec), "script", "exec"), space)
    assert repr(space["graph"]()) == repr(spec)
    assert space["graph"]().to_json() == spec.to_json()


@thoroughly
@given(texts, st.sampled_from(["a", "q.001"]))
def test_names_differ_but_for_the_number(name, other):
    """Two graphs by two names are told apart, unless Blender itself would have made one name of the other."""
    assume(not name.startswith(other[0]) and not re.search(r"\.\d{3,}$", name))
    one, two = (GraphSpec((spec_module.TreeSpec(each, "ShaderNodeTree"),)) for each in (name, other))
    assert compare(one, two, "reachable")
    numbered = GraphSpec((spec_module.TreeSpec(name + ".007", "ShaderNodeTree"),))
    assert compare(one, numbered, "layout") == [] or len(name.encode()) > 50


# Found by the above; by hand, so that they stay readable


def graph(*nodes: spec_module.NodeSpec, groups: tuple[str, ...] = (), **values: object) -> GraphSpec:
    trees = [spec_module.TreeSpec(name, "ShaderNodeTree") for name in groups]
    return GraphSpec((*trees, spec_module.TreeSpec("x", "ShaderNodeTree", nodes=nodes, **values)))


def test_the_place_of_a_curves_point_is_no_place_in_the_editor():
    def curve(x: float) -> GraphSpec:
        points = ({"location": (x, 0.5)},)
        return graph(spec_module.NodeSpec("a", "ShaderNodeRGBCurve", properties={"mapping": {"points": points}}))

    assert [str(d) for d in compare(curve(0.1), curve(0.2), "everything")] == [
        "'x' > node 'a' > mapping > points[0] > location: is (0.1, 0.5) in one, (0.2, 0.5) in the other"
    ]


def test_custom_properties_are_compared_whatever_they_are_called():
    def tree(value: object) -> GraphSpec:
        return graph(custom={"location": value})

    assert compare(tree(1), tree(2), "everything")
    assert compare(tree(0.0), tree(-0.0), "everything")
    assert compare(tree(1), tree(True), "everything")
    group = spec_module.Group((("nan", float("nan")),))
    assert compare(tree(group), GraphSpec.from_json(tree(group).to_json()), "everything") == []


def test_groups_in_custom_properties_may_have_blenders_number():
    def tree(name: str) -> GraphSpec:
        return graph(groups=(name,), custom={"a": spec_module.Group((("b", spec_module.GroupRef(name)),))})

    assert compare(tree("Leaf"), tree("Leaf.001"), "layout") == []
    assert compare(tree("Leaf"), tree("Tree"), "layout")
