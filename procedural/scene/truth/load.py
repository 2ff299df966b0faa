"""Reads what `dreamgrove truth` has written. numpy alone: this file, `cameras.py` and `exr.py` work outside Blender.

    truth = open_truth("DIR")
    view = truth.frames[0].views["main"]
    view.image, view.depth, view.instance          # arrays, read when asked for
    points = view.camera.points(view.depth)        # [H, W, 3] world, m

docs/truth.md says what every file holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .cameras import Camera
from .exr import read_exr, stacked

VERSION = 1


class TruthFileError(ValueError):
    """A folder that holds no ground truth that can be read; one sentence."""


@dataclass(frozen=True)
class Box:
    """An oriented box around a thing. center: world, m. axes: [3, 3], columns are its unit axes in the world. size: along them, m."""

    instance: int
    center: np.ndarray
    axes: np.ndarray
    size: np.ndarray

    def corners(self) -> np.ndarray:
        """[8, 3] world, m; corner k is at the high end of axis a where bit a of k is set."""
        signs = np.array([[(k >> a) & 1 for a in range(3)] for k in range(8)]) - 0.5
        return self.center + (signs * self.size) @ self.axes.T

    def contains(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Which of the points [..., 3] are inside, or no farther outside than the margin, m."""
        return (np.abs((points - self.center) @ self.axes) <= self.size / 2 + margin).all(-1)


class View:
    """One camera's pictures of one frame. Arrays are read when first asked for; top row first."""

    def __init__(self, folder: Path, values: dict[str, Any]) -> None:
        self.folder = folder
        self.camera = Camera.from_json(values)

    def channels(self, name: str) -> dict[str, np.ndarray]:
        """A file's channels, such as channels("depth"). Raises TruthFileError if it was not rendered."""
        path = self.folder / f"{name}.exr"
        if not path.is_file():
            raise TruthFileError(f"{path} is not there; it was not asked for when the truth was rendered")
        return read_exr(path)

    @cached_property
    def image(self) -> np.ndarray:
        """[H, W, 3] float32, scene-linear RGB (Rec. 709)."""
        return stacked(self.channels("image"), "RGB").astype(np.float32)

    @cached_property
    def depth(self) -> np.ndarray:
        """[H, W] float32, along the camera's axis, m; inf = nothing there."""
        return self.channels("depth")["Z"]

    @cached_property
    def normal(self) -> np.ndarray:
        """[H, W, 3] float32, world, toward the camera; 0 = nothing there."""
        return stacked(self.channels("normal"), "XYZ").astype(np.float32)

    @cached_property
    def normal_camera(self) -> np.ndarray:
        """[H, W, 3] float32, in the camera's OpenCV axes."""
        return stacked(self.channels("normal_camera"), "XYZ").astype(np.float32)

    @cached_property
    def albedo(self) -> np.ndarray:
        """[H, W, 3] float32, linear RGB: what the surface scatters diffusely, through it too."""
        return stacked(self.channels("albedo"), "RGB").astype(np.float32)

    @cached_property
    def specular(self) -> np.ndarray:
        """[H, W, 3] float32, linear RGB: the colour of what it mirrors."""
        return stacked(self.channels("specular"), "RGB").astype(np.float32)

    @cached_property
    def instance(self) -> np.ndarray:
        """[H, W] uint32: ids of `Truth.instances`; 0 = nothing there, or unknown."""
        return self.channels("masks")["instance"]

    @cached_property
    def semantic(self) -> np.ndarray:
        """[H, W] uint32: numbers of `Truth.classes`; 0 = nothing there, or unknown."""
        return self.channels("masks")["semantic"]

    @cached_property
    def material(self) -> np.ndarray:
        """[H, W] uint32: numbers of `Truth.materials`; 0 = nothing there, or none."""
        return self.channels("masks")["material"]

    @cached_property
    def boundary(self) -> np.ndarray:
        """[H, W] uint32: 1 = near side of an occlusion boundary, 2 = far side, 0 = none."""
        return self.channels("masks")["boundary"]

    @cached_property
    def flow(self) -> np.ndarray:
        """[H, W, 2] float32, px to the next frame, u right, v down; NaN = unknown."""
        return stacked(self.channels("flow"), ("U", "V"))

    @cached_property
    def scene_flow(self) -> np.ndarray:
        """[H, W, 3] float32, world, m to the next frame; NaN = unknown, or nothing there."""
        return stacked(self.channels("scene_flow"), "XYZ")

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """What is visible: id, pixels, box in the picture, box in space; as in objects.json."""
        return json.loads((self.folder / "objects.json").read_text(encoding="utf-8"))["objects"]

    @cached_property
    def boxes(self) -> list[Box]:
        """The boxes in space of all visible things."""
        return [
            Box(each["id"], np.array(each["center"]), np.array(each["axes"]), np.array(each["size"]))
            for each in self.objects
        ]

    def points(self) -> np.ndarray:
        """[H, W, 3] world, m; NaN = nothing there."""
        return self.camera.points(self.depth)

    def distance(self) -> np.ndarray:
        """[H, W] m from the camera, along the pixels' rays."""
        return self.camera.distance(self.depth)

    def seen_by(self, other: View, points: np.ndarray | None = None, tolerance: float = 0.01) -> np.ndarray:
        """Which of this view's pixels [H, W] another view shows too: their depth is between those of the pixels there, but for a share.

        points: [H, W, 3] world, m, where they are when the other view is taken (this view's points plus its scene_flow, for the next frame).
        """
        pixels, depth = other.camera.project(self.points() if points is None else points)
        height, width = other.depth.shape
        with np.errstate(invalid="ignore"):
            inside = ((pixels >= -0.5) & (pixels <= np.array([width, height]) - 0.5)).all(-1)
            corner = np.floor(np.nan_to_num(pixels)).astype(int)
            around = [
                other.depth[np.clip(corner[..., 1] + j, 0, height - 1), np.clip(corner[..., 0] + i, 0, width - 1)]
                for i in (0, 1)
                for j in (0, 1)
            ]  # the four pixels between which the point lies: on ground seen at a grazing angle their depths differ much
            low, high = np.min(around, 0), np.max(around, 0)
            return inside & (depth >= low * (1 - tolerance)) & (depth <= high * (1 + tolerance)) & np.isfinite(depth)


@dataclass(frozen=True)
class Frame:
    number: int
    views: dict[str, View]

    def disparity(self, name: str = "left") -> np.ndarray:
        """Of a stereo pair: how many px farther to the left the other eye's picture has every point of the left view [H, W] (for "right": to the right)."""
        left, right = self.views["left"].camera, self.views["right"].camera
        baseline = float(np.linalg.norm(right.cam_to_world[:3, 3] - left.cam_to_world[:3, 3]))
        return left.K[0, 0] * baseline / self.views[name].depth


@dataclass(frozen=True)
class Truth:
    """classes, materials: names by number (0 = ""). instances: by id, with name, class and class_id. baseline: m, 0 = one eye."""

    folder: Path
    frames: list[Frame]
    classes: list[str]
    materials: list[str]
    instances: dict[int, dict[str, Any]]
    baseline: float


def open_truth(folder: Path | str) -> Truth:
    """Raises TruthFileError, OSError."""
    folder = Path(folder)
    path = folder / "truth.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["version"] != VERSION:
            raise TruthFileError(f"{path} is of version {values['version']}; this loader reads version {VERSION}")
        frames = [
            Frame(each["frame"], {name: View(folder / view["folder"], view) for name, view in each["views"].items()})
            for each in values["frames"]
        ]
        instances = {each["id"]: each for each in values["instances"]}
        return Truth(folder, frames, values["classes"], values["materials"], instances, values["baseline"])
    except FileNotFoundError:
        raise TruthFileError(f"{folder} holds no ground truth: it has no truth.json") from None
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise TruthFileError(f"{path} cannot be read: {error}") from error
