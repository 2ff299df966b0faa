"""What a person does with a window, for drive.py: find a button by what it does, move, click, type, look. Runs in Blender.

Every function that takes time is a generator that yields how long to wait, in seconds: Blender handles its events in between.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy

START_S = time.monotonic()


class Lost(AssertionError):
    """What should be in the window is not there."""


def log(*words: object) -> None:
    sys.stdout.write(f"{time.monotonic() - START_S:7.2f} s  {' '.join(map(str, words))}\n")
    sys.stdout.flush()


def place() -> tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]:
    """The largest area of the kind that is looked at, and its sidebar."""
    window = bpy.context.window_manager.windows[0]
    area = max((a for a in window.screen.areas if a.type == _editor), key=lambda a: a.width * a.height)
    return window, area, next(region for region in area.regions if region.type == "UI")


def screenshot(path: Path) -> None:
    """The whole display. Blender's own screenshot operator gives a black picture under Xvfb."""
    bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
    subprocess.run(["import", "-silent", "-window", "root", str(path)], check=True, timeout=120)
    log("looked:", path.name)


def move(x: int, y: int) -> None:
    place()[0].event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)


def press(key: str, text: str = "") -> None:
    x, y = _mouse
    options = {"unicode": text} if text else {}
    place()[0].event_simulate(type=key, value="PRESS", x=x, y=y, **options)
    place()[0].event_simulate(type=key, value="RELEASE", x=x, y=y)


_mouse = (10, 10)
_editor = "VIEW_3D"


def look_at(editor: str) -> None:
    """Look for buttons in editors of this type from now on."""
    global _editor
    _editor = editor


def hover(x: int, y: int) -> Iterator[float]:
    global _mouse
    _mouse = (x, y)
    move(x - 1, y)
    yield 0.02
    move(x, y)
    yield 0.06


def click(x: int, y: int) -> Iterator[float]:
    window = place()[0]
    yield from hover(x, y)
    window.event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    yield 0.05
    window.event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
    yield 0.3


def scroll(notches: int) -> Iterator[float]:
    """Turn the wheel over the sidebar; positive is down."""
    window, _, region = place()
    x, y = region.x + region.width // 2, region.y + region.height // 3
    yield from hover(x, y)
    for _ in range(abs(notches)):
        kind = "WHEELDOWNMOUSE" if notches > 0 else "WHEELUPMOUSE"
        window.event_simulate(type=kind, value="PRESS", x=x, y=y)
        yield 0.03
    yield 0.3


def write(text: str) -> Iterator[float]:
    """Type into the field that is being edited."""
    for letter in text:
        press("SPACE" if letter == " " else letter.upper(), letter)
        yield 0.03


def under_mouse() -> str:
    """What the button under the mouse does: its Python command or its property; "" for none."""
    window, area, region = place()
    manager = bpy.context.window_manager
    with bpy.context.temp_override(window=window, area=area, region=region):
        for copy in (bpy.ops.ui.copy_python_command_button, bpy.ops.ui.copy_data_path_button):
            if copy.poll():
                manager.clipboard = ""
                copy()
                if manager.clipboard:
                    return manager.clipboard
    return ""


def find_button(does: str, share: float = 0.5) -> Iterator[float]:
    """Move down the sidebar until the mouse is over the button that does this; its place is then `found`.

    share: where across the sidebar, 0 left to 1 right. Raises Lost.
    """
    global found
    _, _, region = place()
    seen = []
    x = int(region.x + region.width * share)
    for y in range(region.y + region.height - 12, region.y + 8, -9):
        yield from hover(x, y)
        here = under_mouse()
        if here and (not seen or seen[-1] != here):
            seen.append(here)
        if does in here:
            found = (x, y - 4)
            log("found", here, "at", found)
            return
    raise Lost(f"no button does {does!r}; seen: {seen}")


found = (0, 0)


def wait(done: Callable[[], bool], timeout_s: float, what: str) -> Iterator[float]:
    """Until it is so. Raises Lost."""
    ends = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > ends:
            raise Lost(f"{what} did not happen within {timeout_s:.0f} s")
        yield 0.05


def open_tab(name: str) -> Iterator[float]:
    """Show the sidebar and its tab; the tab can be chosen once the region has been drawn."""
    _, area, _ = place()
    area.spaces.active.show_region_ui = True
    yield 0.5
    for _ in range(40):
        try:
            place()[2].active_panel_category = name
            break
        except (AttributeError, TypeError):
            bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
            yield 0.2
    if place()[2].active_panel_category != name:
        raise Lost(f"there is no tab {name}")
    area.tag_redraw()
    yield 0.5
