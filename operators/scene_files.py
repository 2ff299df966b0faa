"""Scenes as files, written aside and then renamed: a .blend with one scene, the open file, a picture."""

from __future__ import annotations

import os
from pathlib import Path

import bpy

from ..engine.files import written_aside
from .terminal import Wrong

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".exr": "OPEN_EXR"}


def blend_path(path: Path) -> Path:
    """Where a .blend goes. Raises Wrong for another suffix."""
    if path.suffix != ".blend":
        raise Wrong(f"-o takes a file that ends in .blend, not {path.name!r}")
    return path.resolve()


def picture_path(path: Path) -> Path:
    """Where a picture goes. Raises Wrong for a suffix that is no picture's."""
    if path.suffix.lower() not in PICTURES:
        raise Wrong(f"--render takes a file that ends in {', '.join(PICTURES)}, not {path.name!r}")
    return path.resolve()


def write_scene(path: Path, scene: bpy.types.Scene) -> None:
    """A .blend with that scene alone."""
    with written_aside(path, ending=True) as aside:
        bpy.data.libraries.write(str(aside), {scene}, path_remap="NONE", compress=True)


def write_open_file(path: Path) -> None:
    """The open file as it is now, under that name; what is open keeps its own. Raises RuntimeError with Blender's words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(path)
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(aside), copy=True, compress=True)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def render_picture(scene: bpy.types.Scene, path: Path) -> list[Path]:
    """Render the scene's frame into a file, or into two of a stereo rig, NAME_L and NAME_R; which they are.

    Eye by eye: in one go, as several views, Cycles of 5.2.3 crashes on the second of them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside, render, camera = _aside(path), scene.render, scene.camera
    eyes = {"": camera}
    if render.use_multiview:
        eyes = {end: scene.objects.get(f"{camera.name.removesuffix('_L')}{end}") for end in ("_L", "_R")}
        if None in eyes.values():
            raise RuntimeError(f"{camera.name} has no second eye beside it; make a stereo rig of it again")
    parts = {end: aside.with_name(f"{aside.stem}{end}{aside.suffix}") for end in eyes}
    made = [path.with_name(f"{path.stem}{end}{path.suffix}") for end in eyes]
    render.image_settings.file_format = PICTURES[path.suffix.lower()]
    render.image_settings.quality = 86
    both = render.use_multiview
    try:
        render.use_multiview = False
        for end, eye in eyes.items():
            scene.camera, render.filepath = eye, str(parts[end])
            bpy.ops.render.render(write_still=True, scene=scene.name)
        if not all(part.is_file() for part in parts.values()):
            raise RuntimeError("Blender rendered no picture; its own words stand above")
        for part, there in zip(parts.values(), made, strict=True):
            os.replace(part, there)
    finally:
        scene.camera, render.use_multiview = camera, both
        for part in parts.values():
            part.unlink(missing_ok=True)
    return made


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.stem}.part{path.suffix}")
