"""Writes docs/graph-example.md: one graph, its picture, and the three outputs of the transpiler. In Blender's Python:

python3 dev.py python devtools/graph_page.py [RIPPLE.py]       RIPPLE.py: also write the library script, for the picture
sudo -E python3 -m devtools.graph_picture RIPPLE.py Ripple docs/images/graph-example.png
"""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

from dreamgrove.procedural.graph import apply_group, compare, evaluate, read, to_python
from dreamgrove.procedural.graph.library import Input, Output, group, n, script

PAGE = Path(__file__).parent.parent / "docs" / "graph-example.md"
_SHOWN = 34  # lines of the standalone script's graph

TEXT = """\
# One graph, three scripts

Made by running `devtools/graph_page.py` on Blender {version}; a test runs it again. Each of the scripts below has been executed, its
graph compared with this one ({differences} differences), and applied to an object: {vertices} vertices each time, in the same places.

![The graph in Blender's node editor, placed by our own layout](images/graph-example.png)

## Library: `to_python(tree, "library")`

For people who write graphs: {library} lines. Delete the last line of the block, and the graph is laid out anew.

```python
{library_text}```

## Generator: `to_python(tree, "generator")`

For data sets: the same with typed parameters, `sample(seed)` and a hook for the structure.

```python
{generator_text}```

## Standalone: `to_python(tree, "standalone")`

For Blenders without this extension: more than a thousand lines, of which these are the first of the graph; after it comes the code that
builds it.

```python
{standalone_text}
...
```
"""


@script
def ripple() -> bpy.types.NodeTree:
    """The example: rings around the middle of a grid, by distance."""
    with group("Ripple", [
        Output("Mesh", "Geometry"),
        Input("Height", "Float", 0.1, min=0.0, max=1.0, subtype="DISTANCE", tip="How high the waves are"),
        Input("Waves", "Float", 12.0, min=1.0, max=40.0, tip="How many there are, in radians a metre"),
    ]) as t:  # fmt: skip
        i = n.group_input()
        distance = n.vector_math(n.input_position(), operation="LENGTH")
        wave = n.math(distance * i.waves, operation="SINE") * i.height
        grid = n.mesh_grid(2.0, 2.0, 60, 60)
        n.group_output(n.set_shade_smooth(n.set_position(grid, offset=n.combine_xyz(z=wave))))
    return t.data


def executed(text: str) -> bpy.types.NodeTree:
    space: dict = {"__name__": "script"}
    exec(compile(text, "script", "exec", dont_inherit=True), space)
    return space["build"]()


def _vertices(tree: bpy.types.NodeTree) -> list:
    thing = bpy.data.objects.new("thing", bpy.data.meshes.new("thing"))
    bpy.context.scene.collection.objects.link(thing)
    apply_group(thing, tree)
    return evaluate(thing).vertices.tolist()


def page() -> str:
    """The page's text. Raises AssertionError if a script makes anything else than the graph."""
    tree = ripple()
    texts = {style: to_python(tree, style) for style in ("library", "generator", "standalone")}
    differences = sum(len(compare(read(tree), read(executed(text)))) for text in texts.values())
    made = [_vertices(executed(text)) for text in texts.values()]
    assert differences == 0
    assert all(vertices == _vertices(tree) for vertices in made)
    lines = texts["standalone"].splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("def graph("))
    return TEXT.format(
        version=".".join(map(str, bpy.app.version[:2])),
        differences=differences,
        vertices=len(made[0]),
        library=_code_lines(texts["library"]),
        library_text=_plain(texts["library"]),
        generator_text=_plain(texts["generator"]),
        standalone_text="\n".join(line[:150] for line in lines[start : start + _SHOWN]),
    )


def _code_lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def _plain(text: str) -> str:
    """Without the patch number of Blender's version, so that the page stays as it is."""
    version = ".".join(map(str, bpy.app.version))
    return text.replace(f"Blender {version}", f"Blender {version.rpartition('.')[0]}")


if __name__ == "__main__":
    bpy.ops.wm.read_factory_settings(use_empty=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
    if len(sys.argv) > 1:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        Path(sys.argv[1]).write_text(to_python(ripple(), "library"), encoding="utf-8")
