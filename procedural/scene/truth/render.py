"""The ground truth of a scene: every frame and every eye rendered, measured and written. The user's scene stays as it is."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ....params import param, to_mapping
from .boundaries import occlusion_boundaries
from .cameras import Camera, from_blender
from .census import Census, PartKey, Thing, ThingKey, take_census
from .exr import write_exr
from .load import VERSION
from .motion import optical_flow, scene_flow
from .passes import Passes, TruthError, camera_at, render_image, render_passes, right_eye, working_copy

INDEX = "truth.json"


@dataclass(frozen=True)
class TruthParams:
    """How the truth of a scene is taken."""

    samples: int = param(64, "Samples of the picture; the truth takes one exact sample a pixel", min=1, max=65536)
    stereo: float = param(0.0, "Distance between two eyes; 0 for one", min=0.0, max=100.0, unit="m")
    flow: bool = param(True, "Optical flow and 3D flow to the next frame")
    jump: float = param(
        0.01, "Jump of depth that makes an occlusion boundary, as a share of the depth", min=1e-4, max=1.0
    )


@dataclass
class _Tables:
    """Numbers of classes, materials and things, from 1, in the order in which they are first seen."""

    classes: list[str] = field(default_factory=lambda: [""])
    materials: list[str] = field(default_factory=lambda: [""])
    things: dict[ThingKey, dict[str, Any]] = field(default_factory=dict)

    def number(self, names: list[str], name: str) -> int:
        if name not in names:
            names.append(name)
        return names.index(name)

    def thing(self, thing: Thing) -> dict[str, Any]:
        if thing.key not in self.things:
            kind, owner, place = thing.key
            entry = {
                "id": len(self.things) + 1, "name": thing.name, "class": thing.semantic,
                "class_id": self.number(self.classes, thing.semantic),
            }  # fmt: skip
            if kind == "instance":
                entry |= {"instancer": owner, "number": place}
            self.things[thing.key] = entry
        return self.things[thing.key]


def render_truth(
    folder: Path | str,
    scene: bpy.types.Scene | None = None,
    frames: Sequence[int] | None = None,
    params: TruthParams | None = None,
    layer: str | None = None,
    size: tuple[int, int] | None = None,
    tell: Callable[[float, str], None] = lambda share, stage: None,
) -> dict[str, Any]:
    """Write the ground truth of a scene into a folder: see docs/truth.md. Returns facts: frames, instances, classes, seconds, bytes.

    frames: increasing (default: the current one); flow goes from each to the next, from the last one on as far as the step before.
    layer: view layer (default: the first one used). size: width and height, px (default: the scene's). tell: called with the share that is done and what is next.
    The folder is complete or not there; one that holds a truth is replaced. Raises TruthError, OSError, or RuntimeError with Blender's words.
    """
    began = time.perf_counter()
    scene = scene or bpy.context.scene
    params = params or TruthParams()
    frames = list(frames) if frames is not None else [scene.frame_current]
    if not frames or any(b <= a for a, b in itertools.pairwise(frames)):
        raise TruthError("The frames must be given in increasing order, each once")
    folder = Path(folder)
    if folder.exists() and not (folder.is_dir() and ((folder / INDEX).is_file() or not any(folder.iterdir()))):
        raise TruthError(f"{folder} is there already and holds other things; give a new or an empty folder")
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        with working_copy(scene, layer) as (copy, name):
            if size is not None:
                copy.render.resolution_x, copy.render.resolution_y = size
                copy.render.resolution_percentage = 100
            facts = _Run(scene, copy, name, aside, params, tell).all(frames)
        _replace(folder, aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {**facts, "seconds": round(time.perf_counter() - began, 2), "bytes": size}


def _replace(folder: Path, by: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        os.replace(folder, old)
    os.replace(by, folder)
    shutil.rmtree(old, ignore_errors=True)


@dataclass
class _Eye:
    """A view of a frame, measured. position: [H, W, 3] world, m."""

    name: str
    folder: Path
    position: np.ndarray
    nothing: np.ndarray
    census: Census
    camera: Camera


class _Run:
    def __init__(
        self, original: bpy.types.Scene, scene: bpy.types.Scene, layer: str, folder: Path, params: TruthParams,
        tell: Callable[[float, str], None],
    ) -> None:  # fmt: skip
        self._original, self._scene, self._layer = original, scene, layer
        self._folder, self._params, self._tell = folder, params, tell
        self._tables = _Tables()

    def all(self, frames: list[int]) -> dict[str, Any]:
        step = frames[-1] - frames[-2] if len(frames) > 1 else 1
        entries = []
        before: list[_Eye] = []
        for place, frame in enumerate(frames):
            self._tell(place / len(frames), f"frame {frame}")
            eyes = []
            for name in self._names:
                last = next((eye for eye in before if eye.name == name), None)
                eyes.append(self._eye(name, frame, set(last.census.parts) if last else set()))
                if last and self._params.flow:
                    self._write_flow(last, eyes[-1].census)
            entry = {"frame": frame, "views": {eye.name: self._entry(eye) for eye in eyes}}
            entries.append(entry | ({"flow_to": [*frames, frames[-1] + step][place + 1]} if self._params.flow else {}))
            before = eyes
        if self._params.flow:
            for eye in before:
                with self._camera(eye.name, frames[-1] + step):
                    self._write_flow(eye, take_census(self._scene, self._layer, also=set(eye.census.parts)))
        self._write_index(entries)
        self._tell(1.0, "done")
        return {
            "frames": len(frames), "views": list(self._names), "instances": len(self._tables.things),
            "classes": self._tables.classes[1:],
        }  # fmt: skip

    @property
    def _names(self) -> tuple[str, ...]:
        return ("left", "right") if self._params.stereo else ("main",)

    @contextmanager
    def _camera(self, eye: str, frame: int) -> Iterator[None]:
        """The scene at a frame, seen by an eye."""
        scene = self._scene
        scene.frame_current = frame
        scene.camera = camera_at(self._original, frame)
        if eye != "right":
            yield
            return
        with right_eye(scene, self._layer, self._params.stereo):
            yield

    def _eye(self, name: str, frame: int, also: set[PartKey]) -> _Eye:
        folder = self._folder / f"{frame:04d}" if name == "main" else self._folder / f"{frame:04d}" / name
        folder.mkdir(parents=True)
        with self._camera(name, frame):
            image = render_image(self._scene, self._layer, self._params.samples, folder / "image.png")
            passes, materials = render_passes(self._scene, self._layer)
            census = take_census(self._scene, self._layer, passes.seen, also)
        write_exr(folder / "image.exr", _colors(image[..., :3]))
        return self._measured(name, folder, passes, materials, census)

    def _measured(self, name: str, folder: Path, passes: Passes, materials: list[str], census: Census) -> _Eye:
        camera = camera_from(census)
        write_exr(folder / "depth.exr", {"Z": passes.depth})
        write_exr(folder / "normal.exr", _vectors(passes.normal, np.float16))
        write_exr(folder / "normal_camera.exr", _vectors(passes.normal @ camera.cam_to_world[:3, :3], np.float16))
        write_exr(folder / "albedo.exr", _colors(passes.albedo))
        write_exr(folder / "specular.exr", _colors(passes.specular))
        masks = self._masks(passes, materials, census)
        write_exr(folder / "masks.exr", masks)
        _write_json(folder / "objects.json", {"objects": self._objects(census, masks["instance"])})
        return _Eye(name, folder, passes.position, np.isinf(passes.depth), census, camera)

    def _masks(self, passes: Passes, materials: list[str], census: Census) -> dict[str, np.ndarray]:
        tables = self._tables
        assert census.pixels is not None
        things = [tables.thing(census.things[census.parts[key].thing]) for key in census.order]
        parts = census.pixels + 1
        instance = np.array([0, *(thing["id"] for thing in things)], np.uint32)[parts]
        numbers = np.zeros(len(materials) + 1, np.uint32)
        for number in np.unique(passes.material).tolist():
            if number:
                numbers[number] = tables.number(tables.materials, materials[number - 1])
        return {
            "instance": instance,
            "semantic": np.array([0, *(thing["class_id"] for thing in things)], np.uint32)[parts],
            "material": numbers[passes.material],
            "boundary": occlusion_boundaries(passes.depth, instance, self._params.jump),
        }

    def _objects(self, census: Census, instance: np.ndarray) -> list[dict[str, Any]]:
        objects = []
        for thing in census.things.values():
            number = self._tables.thing(thing)["id"]
            rows, columns = np.nonzero(instance == number)
            axes = thing.frame[:3, :3]
            center = thing.frame[:3, 3] + axes @ thing.box.mean(0)
            objects.append({
                "id": number, "pixels": len(rows),
                "box2d": [int(v) for v in (columns.min(), rows.min(), columns.max(), rows.max())],
                "center": center.tolist(), "axes": axes.tolist(), "size": (thing.box[1] - thing.box[0]).tolist(),
            })  # fmt: skip
        return sorted(objects, key=lambda each: each["id"])

    def _write_flow(self, eye: _Eye, later: Census) -> None:
        moved = scene_flow(eye.position, eye.census, later)
        flow = optical_flow(eye.position, moved, eye.camera, camera_from(later), eye.nothing)
        write_exr(eye.folder / "scene_flow.exr", _vectors(moved, np.float32))
        write_exr(eye.folder / "flow.exr", {"U": flow[..., 0], "V": flow[..., 1]})

    def _entry(self, eye: _Eye) -> dict[str, Any]:
        return {"folder": eye.folder.relative_to(self._folder).as_posix(), **eye.camera.to_json()}

    def _write_index(self, entries: list[dict[str, Any]]) -> None:
        content = {
            "version": VERSION, "blender": bpy.app.version_string, "scene": self._original.name,
            "fps": self._scene.render.fps / self._scene.render.fps_base, "baseline": self._params.stereo,
            "params": to_mapping(self._params), "units": "metres, pixels; world z up; camera axes of OpenCV",
            "classes": self._tables.classes, "materials": self._tables.materials,
            "instances": list(self._tables.things.values()), "frames": entries,
        }  # fmt: skip
        _write_json(self._folder / INDEX, content)


def camera_from(census: Census) -> Camera:
    seen = census.camera
    return from_blender(seen.matrix, seen.projection, seen.size, seen.kind == "PERSP")


def _colors(values: np.ndarray) -> dict[str, np.ndarray]:
    half = np.clip(values, -65504.0, 65504.0).astype(np.float16)
    return {name: half[..., place] for place, name in enumerate("RGB")}


def _vectors(values: np.ndarray, kind: type) -> dict[str, np.ndarray]:
    return {name: values[..., place].astype(kind) for place, name in enumerate("XYZ")}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
