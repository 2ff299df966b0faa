"""Cameras as numbers: intrinsics and poses in OpenCV's and Blender's conventions, and what follows from them. numpy alone.

Pixels: u to the right, v down, (0, 0) is the middle of the top left pixel (OpenCV), so index [v, u] of an array is the point (u, v).
Camera axes: OpenCV's x right, y down, z forward; Blender's x right, y up, z backward. World: Blender's, z up, metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

BLENDER_TO_OPENCV = np.diag([1.0, -1.0, -1.0, 1.0])  # flips y and z; its own inverse


@dataclass(frozen=True)
class Camera:
    """K: [3, 3], px (for an orthographic camera px per m in place of focal lengths). cam_to_world: [4, 4], OpenCV axes, m. size: width, height, px."""

    K: np.ndarray
    cam_to_world: np.ndarray
    size: tuple[int, int]
    perspective: bool = True

    @property
    def world_to_cam(self) -> np.ndarray:
        return np.linalg.inv(self.cam_to_world)

    @property
    def cam_to_world_blender(self) -> np.ndarray:
        """The camera object's matrix in Blender (without scale)."""
        return self.cam_to_world @ BLENDER_TO_OPENCV

    def pixels(self) -> np.ndarray:
        """(u, v) of all pixels' middles, [H, W, 2]."""
        u, v = np.meshgrid(np.arange(self.size[0], dtype=float), np.arange(self.size[1], dtype=float))
        return np.stack([u, v], -1)

    def to_camera(self, points: np.ndarray) -> np.ndarray:
        """World points [..., 3] in the camera's axes (OpenCV), m."""
        matrix = self.world_to_cam
        return np.asarray(points, float) @ matrix[:3, :3].T + matrix[:3, 3]

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World points [..., 3] to pixels [..., 2] and z-depths [...], m; pixels of points that are not before the camera are NaN."""
        local = self.to_camera(points)
        depth = local[..., 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = local[..., :2] / depth[..., None] if self.perspective else local[..., :2]
            pixels = share * np.diag(self.K)[:2] + self.K[:2, 2]
        if self.perspective:
            pixels = np.where(depth[..., None] > 0, pixels, np.nan)
        return pixels, depth

    def rays(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the pixels' rays begin, and their directions scaled so that z is 1: world [H, W, 3] each. point = begin + depth * direction."""
        share = (self.pixels() - self.K[:2, 2]) / np.diag(self.K)[:2]
        ones, zeros = np.ones(share.shape[:2] + (1,)), np.zeros_like(share)
        rotation, place = self.cam_to_world[:3, :3], self.cam_to_world[:3, 3]
        if self.perspective:
            direction = np.concatenate([share, ones], -1) @ rotation.T
            return np.broadcast_to(place, direction.shape), direction
        begin = np.concatenate([share, zeros[..., :1]], -1) @ rotation.T + place
        return begin, np.broadcast_to(rotation[:, 2], begin.shape)

    def points(self, depth: np.ndarray) -> np.ndarray:
        """World points [H, W, 3] of z-depths [H, W]; NaN where there is nothing."""
        begin, direction = self.rays()
        return begin + np.where(np.isfinite(depth), depth, np.nan)[..., None] * direction

    def distance(self, depth: np.ndarray) -> np.ndarray:
        """Distances along the rays [H, W] of z-depths [H, W], m."""
        return depth * np.linalg.norm(self.rays()[1], axis=-1)

    def moved(self, right: float) -> Camera:
        """The same camera, moved along its x axis, m."""
        matrix = self.cam_to_world.copy()
        matrix[:3, 3] += matrix[:3, 0] * right
        return Camera(self.K, matrix, self.size, self.perspective)

    def to_json(self) -> dict[str, Any]:
        return {
            "projection": "perspective" if self.perspective else "orthographic",
            "size": list(self.size),
            "K": self.K.tolist(),
            "cam_to_world": self.cam_to_world.tolist(),
            "cam_to_world_blender": self.cam_to_world_blender.tolist(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Camera:
        return cls(
            np.array(values["K"]), np.array(values["cam_to_world"]), tuple(values["size"]),
            values["projection"] == "perspective",
        )  # fmt: skip


def from_blender(matrix: np.ndarray, projection: np.ndarray, size: tuple[int, int], perspective: bool) -> Camera:
    """matrix: the camera object's [4, 4], without scale. projection: [4, 4], OpenGL's, of that size (it knows lens, sensor, shift and pixel aspect)."""
    width, height = size
    shift = projection[:2, 2] if perspective else -projection[:2, 3]
    K = np.eye(3)
    K[0, 0], K[1, 1] = projection[0, 0] * width / 2, projection[1, 1] * height / 2
    K[0, 2] = (1.0 - shift[0]) * width / 2 - 0.5
    K[1, 2] = (1.0 + shift[1]) * height / 2 - 0.5
    return Camera(K, matrix @ BLENDER_TO_OPENCV, size, perspective)
