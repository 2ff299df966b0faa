"""Training views: drawn in a thread while the model trains, never stored on disk.

The thread draws four views of one object, 90 degrees apart (as the distillation asks for them), into a pool; the trainer takes
batches out of it and redraws colour, background and shading each time (`rasterizer.compose` is linear in them), so that a
drawn view can be used several times without being the same picture twice. `reuse` is how often, on average: the trainer waits
for the thread rather than repeating itself more.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..color import linear_to_srgb, srgb_to_linear
from ..lexicon import BASIC_COLORS
from ..priors.score_model import ScoreConditions
from ..rendering.cameras import PRIOR_ORBIT, orbit
from ..rendering.rasterizer import NUM_MAPS, Light, compose, draw_maps
from ..rendering.rasterizer_torch import PackedAssets, draw_maps_batch
from .assets import Asset, AssetLibrary
from .vocabulary import CONCEPTS

VIEWS = 4
SIZE = 64  # drawn size; 32 px pictures are its 2 x 2 means, which is what a box filter would have drawn
FOV_Y = PRIOR_ORBIT.fov_y[0]
_CAMERA = 3  # azimuth, elevation, distance


def cam_to_world(azimuth: float, elevation: float, distance: float) -> np.ndarray:
    """[4, 4] float32 of one orbit camera: `cameras.orbit` without torch, for the drawing thread."""
    ca, sa, ce, se = math.cos(azimuth), math.sin(azimuth), math.cos(elevation), math.sin(elevation)
    right, backward = (ca, sa, 0.0), (ce * sa, -ce * ca, se)
    up = (-se * sa, se * ca, ce)
    position = tuple(distance * b for b in backward)
    matrix = np.zeros((4, 4), np.float32)
    matrix[:3] = np.array([right, up, backward, position], np.float32).T
    matrix[3, 3] = 1.0
    return matrix


def random_cameras(rng: np.random.Generator, num_views: int) -> np.ndarray:
    """[num_views, 3]: azimuth, elevation, distance; azimuths evenly apart from a random start, elevations as PRIOR_ORBIT."""
    low, high = PRIOR_ORBIT.elevation
    azimuth = (rng.uniform(0.0, 2.0 * math.pi) + np.arange(num_views) * (2.0 * math.pi / num_views)) % (2.0 * math.pi)
    on_sphere = np.arcsin(rng.uniform(math.sin(low), math.sin(high), num_views))
    elevation = np.where(rng.random(num_views) < 0.5, rng.uniform(low, high, num_views), on_sphere)
    return np.stack([azimuth, elevation, rng.uniform(*PRIOR_ORBIT.distance, num_views)], axis=1).astype(np.float32)


def random_light(rng: np.random.Generator, towards: np.ndarray) -> Light:
    """Half of the lights stand near the camera (direction `towards` [3]), as in DreamFusion; half are somewhere above."""
    if rng.random() < 0.5:
        direction = towards / np.linalg.norm(towards) + rng.normal(0.0, 0.5, 3)
    else:
        direction = rng.normal(0.0, 1.0, 3)
        direction[2] = abs(direction[2])
    ambient = rng.uniform(0.1, 0.5)
    return Light(tuple(direction), ambient, 1.0 - ambient)


def random_lights(cameras: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Packed lights [V, 5] for cameras [V, 3] of one object: one light for all views, or one that turns with the camera."""
    positions = [cam_to_world(*map(float, row))[:3, 3] for row in cameras]
    shared = random_light(rng, positions[0]).packed() if rng.random() < 0.5 else None
    return np.stack([random_light(rng, p).packed() if shared is None else shared for p in positions])


def draw_views(asset: Asset, cameras: np.ndarray, rng: np.random.Generator, size: int = SIZE) -> np.ndarray:
    """[V, 9, size, size] float32 for cameras [V, 3], lit at random."""
    lights = random_lights(cameras, rng)
    return np.stack(
        [
            draw_maps(asset, cam_to_world(*map(float, row)), FOV_Y, size, light)
            for row, light in zip(cameras, lights, strict=True)
        ]
    )


# rng, concepts [N] -> prompt colours [N, 3] sRGB, backgrounds [N, 3] sRGB, lit [N] 0/1; all float32
Looks = Callable[[np.random.Generator, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Batch:
    """x_0: [B, 3, R, R] sRGB in -1..1, and what it shows."""

    x_0: Tensor
    cond: ScoreConditions


class Views:
    """Where batches come from; `_take` is what differs."""

    def __init__(self, library: AssetLibrary, seed: int, weights: np.ndarray | None = None, held_out: bool = False):
        """weights: [concepts], how often each is drawn (default: alike). held_out: of the assets kept from training."""
        self.library, self.weights, self._held_out = library, weights, held_out
        self._rng = np.random.default_rng([seed, 0])
        self._batch_rng = np.random.default_rng([seed, 1])
        self._by_concept: dict[int, list[int]] = {}
        self._assets: list[Asset] = []
        self._sort()

    def _sort(self) -> None:
        assets = self.library.held_out() if self._held_out else self.library.train()
        by_concept: dict[int, list[int]] = {}
        for index, asset in enumerate(assets):
            by_concept.setdefault(asset.concept, []).append(index)
        if not by_concept:
            raise ValueError(f"No assets in {self.library.folder}; export some first (procedural.export_assets).")
        self._assets, self._by_concept = assets, by_concept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def drawn_views(self) -> int:
        raise NotImplementedError

    def _random_asset(self) -> int:
        names = sorted(self._by_concept)
        share = np.ones(len(names)) if self.weights is None else self.weights[names]
        concept = int(self._rng.choice(names, p=share / share.sum()))
        return int(self._rng.choice(self._by_concept[concept]))

    def _take(self, num_objects: int, num_views: int) -> tuple[Tensor, np.ndarray, np.ndarray, np.ndarray]:
        """Maps [O, V, 9, 64, 64], cameras [O, V, 3], concepts [O], traits [O, 5] of random objects."""
        raise NotImplementedError

    def batch(
        self, num_objects: int, num_views: int, resolution: int, device: str = "cpu", looks: Looks | None = None
    ) -> Batch:
        """num_objects * num_views pictures. looks: other colours than `random_looks`; then no condition is dropped."""
        maps, cameras, concepts, traits = self._take(num_objects, num_views)
        rng = self._batch_rng
        maps = maps.to(device).float().flatten(0, 1)
        if resolution != SIZE:
            maps = torch.nn.functional.avg_pool2d(maps, SIZE // resolution)
        per_view = [np.repeat(a, num_views, axis=0) for a in (looks or random_looks)(rng, concepts)]
        color, background, lit = (torch.from_numpy(a).to(device) for a in per_view)
        images = compose(maps, srgb_to_linear(color), srgb_to_linear(background), lit)
        known = np.isfinite(traits)
        text = camera = np.ones(num_objects, dtype=bool)
        if looks is None:
            keep = rng.uniform(size=(num_objects, 1)) ** 0.7  # from "nothing said" to "all said"
            known &= rng.random(traits.shape) < keep
            text = rng.random(num_objects) >= 0.10
            camera = rng.random(num_objects) >= 0.06

        def repeated(values: np.ndarray) -> Tensor:
            return torch.from_numpy(np.repeat(values, num_views, axis=0)).to(device)

        angles = torch.from_numpy(cameras).to(device).flatten(0, 1)
        cond = ScoreConditions(
            concept=repeated(concepts),
            color=color,
            traits=repeated(np.nan_to_num(traits)),
            traits_known=repeated(known.astype(np.float32)),
            text_known=repeated(text.astype(np.float32)),
            lit=lit,
            background=background,
            background_known=torch.ones_like(lit),
            cameras=orbit(angles[:, 0], angles[:, 1], angles[:, 2], FOV_Y),
            camera_known=repeated(camera.astype(np.float32)),
            num_views=num_views,
        )
        return Batch(2.0 * linear_to_srgb(images) - 1.0, cond)


class ViewPool(Views):
    """Views of random training assets, renewed by a thread. Use as a context manager."""

    def __init__(
        self,
        library: AssetLibrary,
        seed: int,
        capacity: int = 512,
        reuse: float = 3.0,
        weights: np.ndarray | None = None,
        held_out: bool = False,
    ):
        """capacity: objects held. reuse: how often a view is used on average."""
        super().__init__(library, seed, weights, held_out)
        self.capacity, self.reuse = capacity, reuse
        self._maps = np.zeros((capacity, VIEWS, NUM_MAPS, SIZE, SIZE), np.float16)
        self._cameras = np.zeros((capacity, VIEWS, _CAMERA), np.float32)
        self._concepts = np.zeros(capacity, np.int64)
        self._traits = np.zeros((capacity, 5), np.float32)
        self._drawn, self._taken = 0, 0.0
        self._changed = threading.Condition()
        self._stopped = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="views", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()

    @property
    def drawn_views(self) -> int:
        return self._drawn * VIEWS

    def _work(self) -> None:
        try:
            while not self._stopped:
                if self._drawn % 512 == 511 and self.library.refresh():
                    self._sort()
                asset = self._assets[self._random_asset()]
                cameras = random_cameras(self._rng, VIEWS)
                maps = draw_views(asset, cameras, self._rng).astype(np.float16)
                with self._changed:
                    # Full, and what is in it not used enough yet: wait for the trainer.
                    while not self._stopped and self._drawn >= self.capacity + self._taken / self.reuse:
                        self._changed.wait()
                    slot = self._drawn % self.capacity
                    self._maps[slot], self._cameras[slot] = maps, cameras
                    self._concepts[slot] = asset.concept
                    self._traits[slot] = np.nan if asset.traits is None else asset.traits
                    self._drawn += 1
                    self._changed.notify_all()
        except BaseException as error:  # handed to the trainer, which raises it
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _take(self, num_objects: int, num_views: int) -> tuple[Tensor, np.ndarray, np.ndarray, np.ndarray]:
        rng = self._batch_rng
        with self._changed:
            wanted = num_objects * num_views / VIEWS
            enough = min(self.capacity, 128)

            def ready() -> bool:
                used = (self._taken + wanted) / self.reuse
                return self._error is not None or (self._drawn >= enough and used <= self._drawn)

            self._changed.wait_for(ready)
            if self._error is not None:
                raise RuntimeError("The thread that draws views failed.") from self._error
            slots = rng.integers(min(self._drawn, self.capacity), size=num_objects)
            self._taken += wanted
            first = rng.integers(VIEWS, size=(num_objects, 1))
            columns = (first + np.arange(num_views)) % VIEWS  # neighbours stay 90 degrees apart
            taken = (
                torch.from_numpy(self._maps[slots[:, None], columns]),
                self._cameras[slots[:, None], columns],
                self._concepts[slots],
                self._traits[slots],
            )
            self._changed.notify_all()
        return taken


class DeviceViews(Views):
    """Every batch drawn anew, on the device that trains (`rasterizer_torch`): for GPUs."""

    def __init__(
        self,
        library: AssetLibrary,
        seed: int,
        weights: np.ndarray | None = None,
        held_out: bool = False,
        device: torch.device | str = "cuda",
    ):
        super().__init__(library, seed, weights, held_out)
        self.device, self._drawn = device, 0
        self._packed = PackedAssets.of(self._assets, device)

    @property
    def drawn_views(self) -> int:
        return self._drawn

    def _take(self, num_objects: int, num_views: int) -> tuple[Tensor, np.ndarray, np.ndarray, np.ndarray]:
        chosen = [self._random_asset() for _ in range(num_objects)]
        cameras = np.stack([random_cameras(self._rng, num_views) for _ in chosen])  # [O, V, 3]
        flat = cameras.reshape(-1, _CAMERA)
        angles = torch.from_numpy(flat).to(self.device)
        placed = orbit(angles[:, 0], angles[:, 1], angles[:, 2], FOV_Y)
        lights = np.concatenate([random_lights(row, self._rng) for row in cameras])
        maps = draw_maps_batch(
            self._packed,
            torch.tensor(np.repeat(chosen, num_views), device=self.device),
            placed.cam_to_world,
            placed.fov_y,
            SIZE,
            torch.from_numpy(lights).to(self.device),
        )
        self._drawn += len(flat)
        assets = [self._assets[i] for i in chosen]
        traits = np.stack([np.full(5, np.nan, np.float32) if a.traits is None else a.traits for a in assets])
        return maps.unflatten(0, (num_objects, num_views)), cameras, np.array([a.concept for a in assets]), traits


_BASIC = np.array(list(BASIC_COLORS.values()), np.float32)
_OWN = np.array([c.color for c in CONCEPTS], np.float32)


def random_looks(rng: np.random.Generator, concepts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Prompt colour [N, 3] sRGB, background [N, 3] sRGB and lit [N] 0/1 for N objects, all float32.

    Colours: half around the twelve judged ones, a fifth around the concept's own, the rest anywhere. Backgrounds: 40 % white,
    15 % grey, 5 % black, the rest any colour, as the distillation uses them.
    """
    count = len(concepts)
    base = np.where((rng.random(count) < 0.7)[:, None], _BASIC[rng.integers(len(_BASIC), size=count)], _OWN[concepts])
    near = np.clip(base + rng.normal(0.0, 0.05, (count, 3)), 0.0, 1.0)
    color = np.where((rng.random(count) < 0.7)[:, None], near, rng.random((count, 3)))
    kind = rng.random(count)[:, None]
    grey = np.repeat(rng.random((count, 1)), 3, axis=1)
    background = rng.random((count, 3))
    background = np.where(kind < 0.60, 0.0, background)
    background = np.where(kind < 0.55, grey, background)
    background = np.where(kind < 0.40, 1.0, background)
    lit = rng.random(count) < 0.5
    return color.astype(np.float32), background.astype(np.float32), lit.astype(np.float32)


def azimuth_signal(library: AssetLibrary, num_concepts: int, assets_each: int = 24, azimuths: int = 8) -> np.ndarray:
    """How much a concept's mean picture changes with azimuth, [concepts] in 0..1 (1: the most telling concept here).

    Measured, not assumed: variance over azimuths of the mean over assets, less what chance alone would give.
    """
    rng = np.random.default_rng(0)
    signal = np.zeros(num_concepts)
    for concept in range(num_concepts):
        assets = [a for a in library.train() if a.concept == concept]
        if len(assets) < 2:
            continue
        chosen = [assets[i] for i in rng.choice(len(assets), min(assets_each, len(assets)), replace=False)]
        matrices = [cam_to_world(2.0 * math.pi * k / azimuths, 0.4, 3.0) for k in range(azimuths)]
        pictures = np.stack([[draw_maps(a, m, FOV_Y, 16)[:2] for m in matrices] for a in chosen])
        mean = pictures.mean(axis=0)
        chance = pictures.var(axis=0, ddof=1).mean() / len(chosen)
        signal[concept] = max(0.0, float(mean.var(axis=0, ddof=1).mean() - chance))
    return signal / max(signal.max(), 1e-12)
