"""Two renders of a frame: the picture as the scene has it, and the passes that the truth is taken from, one exact sample in the middle of every pixel."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from .census import camera_of, in_render_graph, render_frame
from .exr import read_exr, stacked
from .marks import COUNT, Seen, add_passes, marked, read_marks

_PASSES = (
    "z",
    "position",
    "normal",
    "diffuse_color",
    "transmission_color",
    "glossy_color",
    "material_index",
    "combined",
)
_OLD_NAMES = {  # Blender 5 spells passes out
    "Diffuse Color": "DiffCol", "Transmission Color": "TransCol", "Glossy Color": "GlossCol", "Material Index": "IndexMA",
}  # fmt: skip
_RAYS = 6  # through half transparent surfaces
_FAR = 1e9  # Cycles writes 1e10 where there is nothing


class TruthError(RuntimeError):
    """A scene whose truth cannot be taken; one sentence that says what to do."""


@dataclass(frozen=True)
class Passes:
    """What one render tells, [H, W] or [H, W, 3]. depth: z, m, inf = nothing. position: world, m. normal: world, toward the viewer.

    albedo, specular: linear RGB. material: numbers from 1, 0 = none. seen: which instance.
    """

    depth: np.ndarray
    position: np.ndarray
    normal: np.ndarray
    albedo: np.ndarray
    specular: np.ndarray
    material: np.ndarray
    seen: Seen


@contextmanager
def working_copy(scene: bpy.types.Scene, layer: str | None = None) -> Iterator[tuple[bpy.types.Scene, str]]:
    """A copy of the scene that shares all objects, to be changed and rendered freely, with the name of its one used view layer.

    Raises TruthError for scenes that cannot be rendered.
    """
    if not hasattr(scene, "cycles"):
        raise TruthError(
            "Enable the add-on Cycles Render Engine in the preferences; the ground truth is rendered with it"
        )
    if scene.camera is None and not any(marker.camera for marker in scene.timeline_markers):
        raise TruthError(f"The scene {scene.name!r} has no camera; add one and make it the scene's")
    cameras = {scene.camera, *(marker.camera for marker in scene.timeline_markers)} - {None}
    if flat := [each.name for each in cameras if each.type != "CAMERA" or each.data.type not in ("PERSP", "ORTHO")]:
        raise TruthError(f"The camera {flat[0]!r} must be a perspective or orthographic one for the ground truth")
    names = [each.name for each in scene.view_layers if each.use]
    if layer is None and not names:
        raise TruthError(
            f"No view layer of the scene {scene.name!r} is used for rendering; tick one's Use for Rendering"
        )
    chosen = layer or names[0]
    if chosen not in scene.view_layers:
        raise TruthError(f"The scene {scene.name!r} has no view layer {chosen!r}; it has {', '.join(names)}")
    had_result = "Render Result" in bpy.data.images
    copy = scene.copy()
    try:
        for each in copy.view_layers:
            each.use = each.name == chosen
        render = copy.render
        render.use_compositing = render.use_sequencer = render.use_multiview = render.use_border = False
        render.engine = "CYCLES"
        copy.timeline_markers.clear()  # they would choose cameras; see camera_at
        yield copy, chosen
    finally:
        bpy.data.scenes.remove(copy)
        # Rendering another frame has moved what is animated, as playing it would.
        scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
        if not had_result and (result := bpy.data.images.get("Render Result")):
            bpy.data.images.remove(result)


def camera_at(scene: bpy.types.Scene, frame: int) -> bpy.types.Object:
    """The camera of a frame: that of the last marker with a camera up to it, of the first one before any, else the scene's."""
    markers = sorted((m for m in scene.timeline_markers if m.camera), key=lambda m: m.frame)
    before = [m for m in markers if m.frame <= frame]
    return (before[-1] if before else markers[0]).camera if markers else scene.camera


@contextmanager
def right_eye(scene: bpy.types.Scene, layer: str, baseline: float) -> Iterator[None]:
    """The scene seen from a camera that far to the right of its own, m, with parallel axes; it moves along with that."""
    camera = scene.camera
    seen = in_render_graph(scene, layer, camera_of)
    shift = np.eye(4)
    shift[0, 3] = baseline
    other = bpy.data.objects.new("Right Eye", camera.data)
    try:
        other.parent = camera
        other.matrix_parent_inverse = Matrix()
        other.matrix_basis = Matrix((np.linalg.inv(seen.full) @ seen.matrix @ shift).tolist())
        scene.camera = other
        yield
    finally:
        scene.camera = camera
        bpy.data.objects.remove(other)


def render_image(scene: bpy.types.Scene, layer: str, samples: int, png: Path | None) -> np.ndarray:
    """The picture, scene-linear RGBA [H, W, 4] float32; also as displayed, as PNG. Motion blur, depth of field, denoising: as the scene has them."""
    scene.cycles.samples = samples
    channels = _rendered(scene, layer, png)
    return stacked(channels, "RGBA", "Combined.")


def render_passes(scene: bpy.types.Scene, layer: str) -> tuple[Passes, list[str]]:
    """The passes and the names of the materials that their numbers stand for. The scene is changed; its materials are restored."""
    view = scene.view_layers[layer]
    _sharp(scene, view)
    add_passes(view)
    lens = scene.camera.data.dof
    was = lens.use_dof
    try:
        lens.use_dof = False
        scene.render.use_persistent_data = True  # what is rendered again stays in the renderer
        with marked(scene) as (materials, override):
            channels = _rendered(scene, layer)
            passes = _passes(channels)
            bare = (np.isfinite(passes.depth) & (channels[f"{COUNT}.X"] < 0.5)).any()
            if (channels[f"{COUNT}.X"] > 1.5).any():
                passes = _through(passes, scene, layer)
            if bare:
                view.material_override = override
                passes = _filled(passes, _rendered(scene, layer))
                view.material_override = None
    finally:
        lens.use_dof = was
        scene.render.use_persistent_data = False
    return passes, materials


def _through(passes: Passes, scene: bpy.types.Scene, layer: str) -> Passes:
    """The passes with what nearly clear surfaces hide by chance: a ray may end on one rather than pass; the farthest of several rays is kept."""
    for _ in range(1, _RAYS):
        scene.cycles.seed += 1
        other = _passes(_rendered(scene, layer))
        farther = other.depth > passes.depth * (1 + 1e-6)
        passes = Passes(*(_chosen(farther, getattr(other, f.name), getattr(passes, f.name)) for f in fields(Passes)))
    return passes


def _chosen(where: np.ndarray, one: Any, other: Any) -> Any:
    if isinstance(one, Seen):
        return Seen(*(_chosen(where, getattr(one, f.name), getattr(other, f.name)) for f in fields(Seen)))
    return np.where(where[..., None] if one.ndim == 3 else where, one, other)


def _sharp(scene: bpy.types.Scene, view: bpy.types.ViewLayer) -> None:
    """One sample in the middle of every pixel, and nothing that blurs."""
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising, cycles.use_adaptive_sampling, cycles.time_limit = 1, False, False, 0.0
    cycles.pixel_filter_type, cycles.filter_width = "BOX", 0.01
    cycles.max_bounces = 0
    scene.render.use_motion_blur = False
    for name in _PASSES:
        setattr(view, f"use_pass_{name}", True)
    view.pass_alpha_threshold = 0.5


def _passes(channels: dict[str, np.ndarray]) -> Passes:
    depth = channels["Depth.Z"]
    there = depth < _FAR
    keep = there[..., None]
    seen = read_marks(channels, depth)
    return Passes(
        depth=np.where(there, depth, np.inf).astype(np.float32),
        position=np.where(keep, stacked(channels, "XYZ", "Position."), np.nan).astype(np.float32),
        normal=np.where(keep, _unit(stacked(channels, "XYZ", "Normal.")), 0.0).astype(np.float32),
        albedo=stacked(channels, "RGB", "DiffCol.") + stacked(channels, "RGB", "TransCol."),
        specular=stacked(channels, "RGB", "GlossCol."),
        material=np.where(there, np.rint(channels["IndexMA.X"]), 0).astype(np.uint32),
        seen=Seen(seen.random, seen.place, seen.known & there),
    )


def _filled(passes: Passes, channels: dict[str, np.ndarray]) -> Passes:
    """Marks of things without material from a render in which all have the same one, where it shows the same surface."""
    depth = channels["Depth.Z"]
    other = read_marks(channels, depth)
    with np.errstate(invalid="ignore"):
        same = other.known & ~passes.seen.known & (np.abs(depth - passes.depth) <= 1e-3 * passes.depth)
    seen = passes.seen
    seen = Seen(
        np.where(same, other.random, seen.random), np.where(same, other.place, seen.place), seen.known | same
    )  # fmt: skip
    return replace(passes, seen=seen)


def _rendered(scene: bpy.types.Scene, layer: str, png: Path | None = None) -> dict[str, np.ndarray]:
    """Render; channels by pass and component, without the view layer's name."""
    render_frame(scene, layer)
    result = bpy.data.images["Render Result"]
    settings = scene.render.image_settings
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passes.exr"
        if hasattr(settings, "media_type"):
            settings.media_type = "MULTI_LAYER_IMAGE"
        settings.file_format = "OPEN_EXR_MULTILAYER"
        settings.color_depth, settings.exr_codec = "32", "NONE"
        result.save_render(str(path), scene=scene)
        channels = read_exr(path)
    if png is not None:
        if hasattr(settings, "media_type"):
            settings.media_type = "IMAGE"
        settings.file_format, settings.color_mode, settings.color_depth, settings.compression = "PNG", "RGB", "8", 60
        result.save_render(str(png), scene=scene)
    found = {}
    for name, values in channels.items():
        name, _, component = name.removeprefix(f"{layer}.").rpartition(".")
        found[f"{_OLD_NAMES.get(name, name)}.{component}"] = values
    return found


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-12)
