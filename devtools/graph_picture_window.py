"""Runs in the window's Blender (graph_picture.py starts it): open the file, show each tree, take the picture, quit."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

MARGIN_PX = 12


def tree_named(name: str) -> Any:
    """The tree of this name, wherever it is. Raises LookupError with what there is."""
    owners = [*bpy.data.materials, *bpy.data.worlds, *bpy.data.scenes]
    trees = {owner.name: owner.node_tree for owner in owners if getattr(owner, "node_tree", None)}
    trees |= {tree.name: tree for tree in bpy.data.node_groups}
    if name not in trees:
        raise LookupError(f"there is no tree {name!r}; there are {', '.join(trees) or 'none'}")
    return trees[name]


def redraw() -> None:
    bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)


def editor() -> tuple[Any, Any, Any]:
    """The window, its node editor and the part of that which shows nodes."""
    window = bpy.context.window_manager.windows[0]
    area = max(window.screen.areas, key=lambda a: a.width * a.height)
    return window, area, next(region for region in area.regions if region.type == "WINDOW")


def show_editor() -> Iterator[float]:
    bpy.context.preferences.view.smooth_view = 0
    window, area, region = editor()
    area.ui_type = "GeometryNodeTree"
    yield 0.3
    space = area.spaces.active
    space.show_region_ui = space.show_region_toolbar = space.show_region_header = False
    space.overlay.show_context_path = False
    if hasattr(space, "show_gizmo"):
        space.show_gizmo = False
    yield 0.3
    window, area, region = editor()
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.screen.screen_full_area(use_hide_panels=True)
    yield 0.5


def show(name: str, only: list[str], picture: Path) -> Iterator[float]:
    tree = tree_named(name)
    window, area, region = editor()
    area.ui_type = tree.bl_idname
    space = area.spaces.active
    space.pin = True
    space.node_tree = tree
    for node in tree.nodes:
        node.select = not only or node.name in only
    yield 0.2
    redraw()
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.node.view_selected()
        fill(region, bounds(tree, only))
    for node in tree.nodes:
        node.select = False
    tree.nodes.active = None
    area.tag_redraw()
    yield 0.2
    redraw()
    subprocess.run(["import", "-silent", "-window", "root", str(picture)], check=True, timeout=60)
    corners = [region.view2d.view_to_region(*point, clip=False) for point in bounds(tree, only)]
    left, bottom = (max(0, c - MARGIN_PX) for c in corners[0])
    right, top = (min(size, c + MARGIN_PX) for c, size in zip(corners[1], (region.width, region.height), strict=True))
    crop = f"{right - left}x{top - bottom}+{region.x + left}+{window.height - region.y - top}"
    subprocess.run(["convert", str(picture), "-crop", crop, "+repage", str(picture)], check=True, timeout=60)


def fill(region: Any, corners: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Zoom in as far as all stays in view, for Blender leaves much room; needs the editor as context."""
    (left, bottom), (right, top) = (region.view2d.view_to_region(*point, clip=False) for point in corners)
    times = min((region.width - 2 * MARGIN_PX) / (right - left), (region.height - 2 * MARGIN_PX) / (top - bottom))
    low, high = (region.view2d.region_to_view(*point) for point in ((0, 0), (region.width, region.height)))
    share = (1 - 1 / times) / 2
    bpy.ops.view2d.zoom(deltax=(high[0] - low[0]) * share, deltay=(high[1] - low[1]) * share)


def places(tree: Any) -> dict[str, list[float]]:
    """By node: left, top, width, height as drawn, in the editor's units; a frame's too."""
    found = {}
    unit = bpy.context.preferences.system.ui_scale
    for node in tree.nodes:
        x, y = node.location
        above = node.parent
        while above is not None:
            x, y, above = x + above.location.x, y + above.location.y, above.parent
        found[node.name] = [x, y, node.dimensions.x / unit, node.dimensions.y / unit]
    return found


def bounds(tree: Any, only: list[str]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left, bottom and right, top of what is to be seen; a frame's own place is not always its corner, so room is left for it."""
    unit = bpy.context.preferences.system.ui_scale
    boxes = [b for name, b in places(tree).items() if not only or name in only]
    framed = [n for n in tree.nodes if n.parent is not None and (not only or n.name in only)]
    room = 60 if framed else 0
    boxes = [
        b
        for name, b in places(tree).items()
        if tree.nodes[name].bl_idname != "NodeFrame" and (not only or name in only)
    ]
    left, right = min(b[0] for b in boxes) - room, max(b[0] + b[2] for b in boxes) + room
    bottom, top = min(b[1] - b[3] for b in boxes) - room, max(b[1] for b in boxes) + room
    return (left * unit, bottom * unit), (right * unit, top * unit)


def work() -> Iterator[float]:
    order = json.loads(Path("order.json").read_text())
    if order["file"].endswith(".blend"):
        bpy.ops.wm.open_mainfile(filepath=str(Path(order["file"]).resolve()), load_ui=False)
        yield 1.0
    else:
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_path(order["file"], run_name="__main__")
    yield from show_editor()
    sizes = {}
    for index, name in enumerate(order["trees"]):
        yield from show(name, order["only"], Path(f"{index}.png").resolve())
        sizes[name] = places(tree_named(name))
    if order["sizes"]:
        Path("sizes.json").write_text(json.dumps(sizes))


def tick() -> float | None:
    try:
        return next(steps)
    except StopIteration:
        code = 0
    except Exception:
        traceback.print_exc()
        code = 3
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


bpy.context.preferences.view.show_splash = False
steps = work()
bpy.app.timers.register(tick, first_interval=1.0, persistent=True)
