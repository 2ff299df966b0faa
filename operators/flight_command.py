"""`dreamgrove flight SCENE.blend -o FILE.blend`: a camera that flies through a place that stands, and a second eye for it, if wished.

Exit codes as everywhere: 0 done, 1 it failed, 2 the words or arguments are wrong.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import bpy

from ..params import params_of
from ..procedural.scene.paths import Flight, FlightParams, fly_through
from ..procedural.scene.rig import RigParams
from ..procedural.scene.steps import scene_place
from .scene_files import blend_path, write_open_file
from .terminal import DONE, Teller, Wrong, guarded
from .truth_command import scene_of_file
from .world import put_eyes


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommand to the parser."""
    each = commands.add_parser(
        "flight",
        parents=[common],
        help="a camera that flies through a scene",
        description="Key a scene's camera along a way that touches nothing; `truth` and Blender render its frames.",
    )
    each.add_argument("scene", type=Path, help="a .blend with a place in it (see: dreamgrove scene)")
    each.add_argument("--name", help="which scene of the file (default: the one it opens with)")
    each.add_argument("--seconds", type=float, default=8.0, help="how long it lasts (default: 8)")
    add_settings(each)
    each.add_argument("-o", "--output", type=Path, required=True, help="a .blend; may be the same")
    each.set_defaults(run=guarded(flight, failed=(ValueError,)))


def add_settings(each: argparse.ArgumentParser) -> None:
    """How the camera goes and with how many eyes, for this and other commands; see `settings_of`, `eyes_of`."""
    each.add_argument("--speed", type=float, default=3.0, help="of the flight, m/s (default: 3)")
    each.add_argument(
        "--height", type=float, default=0.0, help="of the flight above the ground, m (default: the camera's)"
    )
    each.add_argument("--room", type=float, default=0.6, help="nothing comes nearer to the flight, m (default: 0.6)")
    each.add_argument("--heading", type=float, default=0.0, help="turned right from where the camera looks, degrees")
    each.add_argument("--way", type=int, default=0, metavar="SEED", help="another way of the flight")
    each.add_argument("--stereo", type=float, default=0.0, metavar="METRES", help="two eyes that far apart")


def settings_of(arguments: argparse.Namespace, seconds: float) -> FlightParams:
    """Raises ParameterError."""
    given = {
        "seconds": seconds, "speed": arguments.speed, "height": arguments.height, "room": arguments.room,
        "heading": math.radians(arguments.heading), "seed": arguments.way,
    }  # fmt: skip
    return FlightParams(**{info.name: info.check(given[info.name]) for info in params_of(FlightParams)})


def eyes_of(arguments: argparse.Namespace) -> RigParams | None:
    """None for one eye. Raises ParameterError."""
    if not arguments.stereo:
        return None
    info = next(each for each in params_of(RigParams) if each.name == "baseline")
    return RigParams(baseline=info.check(arguments.stereo))


def flight(arguments: argparse.Namespace, teller: Teller) -> int:
    output = blend_path(arguments.output)
    params, eyes = settings_of(arguments, arguments.seconds), eyes_of(arguments)
    scene = scene_of_file(arguments.scene, arguments.name)
    if scene_place(scene) is None:
        raise Wrong(f"{arguments.scene.name} has no place of Dreamgrove's; make one with: dreamgrove scene")
    teller.share(0.1, "searching a way")
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
        made = fly_through(scene, params)
        if eyes is not None:
            put_eyes(scene, eyes)
    write_open_file(output)
    facts = facts_of(scene, made)
    teller.result(f"{output}: {sentence(facts)}", output=str(output), stereo=arguments.stereo, **facts)
    return DONE


def facts_of(scene: bpy.types.Scene, made: Flight) -> dict[str, Any]:
    return {
        "frames": [scene.frame_start, scene.frame_end], "length_m": round(made.length, 2), "room_m": round(made.room, 2)
    }  # fmt: skip


def sentence(facts: dict[str, Any]) -> str:
    first, last = facts["frames"]
    return f"frames {first} to {last}, {facts['length_m']:.1f} m, nothing nearer than {facts['room_m']:.2f} m"
