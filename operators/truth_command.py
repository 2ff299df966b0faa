"""`dreamgrove truth SCENE.blend -o DIR`: pictures with their ground truth, without a window. docs/truth.md says what the files hold.

Exit codes as everywhere: 0 done, 1 it failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import bpy

from ..params import params_of
from ..procedural.scene.truth.render import TruthParams, render_truth
from .terminal import DONE, Teller, Wrong, guarded, pixels_of

_MOST_FRAMES = 100_000


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "truth",
        parents=[common],
        help="render a scene with its ground truth: depth, normals, masks, flow, boxes, cameras",
        description="Render a scene's camera with Cycles, with everything that is known of every pixel (docs/truth.md).",
    )
    each.add_argument("scene", nargs="?", type=Path, help="a .blend (default: the file that is open)")
    each.add_argument("--name", help="which scene of the file (default: the one it opens with)")
    each.add_argument("--frames", help="1-10, 1-10:2 (every other) or 1,5,9 (default: the scene's current frame)")
    add_settings(each)
    each.add_argument("-o", "--output", type=Path, required=True, help="a folder, new or holding a truth already")
    each.set_defaults(run=guarded(truth))


def add_settings(each: argparse.ArgumentParser) -> None:
    """How the truth is taken, for this and other commands; see `settings_of`."""
    each.add_argument("--stereo", type=float, default=0.0, metavar="METRES", help="two eyes that far apart")
    each.add_argument("--samples", type=int, default=64, help="of the picture (default: 64)")
    each.add_argument("--pixels", metavar="WxH", help="size of the picture (default: the scene's)")
    each.add_argument("--no-flow", action="store_true", help="leave optical flow and 3D flow out: quicker")


def settings_of(arguments: argparse.Namespace) -> tuple[TruthParams, tuple[int, int] | None]:
    """Raises Wrong or ParameterError."""
    given = {"samples": arguments.samples, "stereo": arguments.stereo, "flow": not arguments.no_flow}
    params = TruthParams(
        **{info.name: info.check(given[info.name]) for info in params_of(TruthParams) if info.name in given}
    )
    return params, pixels_of(arguments.pixels) if arguments.pixels else None


def frames_of(text: str) -> list[int]:
    """1-10, 1-10:2, 1,5,9 and mixtures, in order. Raises Wrong."""
    frames: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6})(?::(\d{1,6}))?)?\s*", part)
        if not match or (match[3] and int(match[3]) < 1) or (match[2] and int(match[2]) < int(match[1])):
            raise Wrong(f"--frames takes 1-10, 1-10:2 or 1,5,9, not {text!r}")
        frames |= set(range(int(match[1]), int(match[2] or match[1]) + 1, int(match[3] or 1)))
        if len(frames) > _MOST_FRAMES:
            raise Wrong(f"--frames takes {_MOST_FRAMES} frames at most")
    return sorted(frames)


def truth(arguments: argparse.Namespace, teller: Teller) -> int:
    params, size = settings_of(arguments)
    frames = frames_of(arguments.frames) if arguments.frames else None
    output = arguments.output.resolve()
    scene = scene_of_file(arguments.scene, arguments.name)
    facts = render_truth(output, scene, frames, params, size=size, tell=teller.share)
    views = " x 2 eyes" if len(facts["views"]) == 2 else ""
    teller.result(
        f"{output}: {facts['frames']} frames{views}, {facts['instances']} things of {len(facts['classes'])} classes, "
        f"{facts['bytes'] / 1e6:.1f} MB, {facts['seconds']:.1f} s",
        output=str(output), **facts,
    )  # fmt: skip
    return DONE


def scene_of_file(path: Path | None, name: str | None) -> bpy.types.Scene:
    """A scene of a file, which is opened (None: of the open one). Raises Wrong, RuntimeError with Blender's words."""
    if path is not None:
        if not path.is_file():
            raise Wrong(f"There is no file {path}")
        bpy.ops.wm.open_mainfile(filepath=str(path.resolve()), load_ui=False)
    if name is None:
        return bpy.context.scene
    if name not in bpy.data.scenes:
        raise Wrong(f"The file has no scene {name!r}; it has {', '.join(each.name for each in bpy.data.scenes)}")
    return bpy.data.scenes[name]
