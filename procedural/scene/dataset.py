"""Data sets of scenes with ground truth: which scenes, and making one. Each depends on its own recipe alone.

A set is a folder of items, one a scene: its ground truth (docs/truth.md) and `recipe.json`, from which the item can be made again anywhere.
"""

from __future__ import annotations

import json
import math
import os
import time
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...params import from_mapping, to_mapping
from .picture import picture_settings
from .recipe import SceneRecipe, with_changes
from .steps import build_all
from .truth.render import TruthParams, render_truth

RECIPE = "recipe.json"
_WEATHERS = (("clear", 0.35), ("fair", 0.3), ("overcast", 0.2), ("mist", 0.15))


@dataclass(frozen=True)
class DatasetItem:
    """One scene with its truth. scene: its recipe; truth: how it is taken; size: px; frames: how many, from the first on."""

    name: str
    scene: Mapping[str, Any]
    truth: Mapping[str, Any]
    size: tuple[int, int] = (960, 540)
    frames: int = 1

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> DatasetItem:
        """Raises ParameterError for a recipe that does not fit, TypeError for anything else."""
        item = cls(**{**values, "size": tuple(values["size"])})
        from_mapping(SceneRecipe, item.scene)
        from_mapping(TruthParams, item.truth)
        return item

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "size": list(self.size)}


def varied(recipe: SceneRecipe, look: str, keep: Collection[str] = ()) -> SceneRecipe:
    """The recipe at another hour of daylight, in another weather, through another lens, as its seed says. keep: choices that stay."""
    rng = np.random.default_rng([recipe.seed, zlib.crc32(look.encode())])
    day = int((recipe.day + round(rng.normal(0.0, 10.0)) - 1) % 365 + 1)
    hours = daylight(recipe.latitude, recipe.day if "day" in keep else day)
    weather = str(rng.choice([name for name, _ in _WEATHERS], p=[share for _, share in _WEATHERS]))
    drawn = {
        "day": day,
        "time": round(12.0 + float(rng.uniform(-1.0, 1.0)) * max(hours / 2 - 0.6, 0.0), 2),
        "weather": weather if rng.random() < 0.6 else recipe.weather,
        "wind": round(float(rng.uniform(0.0, 0.9)), 2),
        "lens": round(float(np.exp(rng.uniform(math.log(20.0), math.log(50.0)))), 1),
        "eye": round(float(rng.uniform(1.2, 2.4)), 2),
    }
    return with_changes(recipe, {name: value for name, value in drawn.items() if name not in keep})


def daylight(latitude: float, day: int) -> float:
    """Hours from sunrise to sunset. latitude: rad. Source: Cooper 1969, the sun's declination."""
    declination = math.radians(23.44) * math.sin(2.0 * math.pi * (284 + day) / 365.0)
    turn = -math.tan(latitude) * math.tan(declination)
    return 24.0 / math.pi * math.acos(min(1.0, max(-1.0, turn)))


def make_item(item: DatasetItem, folder: Path) -> dict[str, Any]:
    """Build the scene in the open file, which should be empty, and write folder/NAME. Returns facts: build_s, render_s, frames, instances ...

    Raises ParameterError, SceneError, TruthError, OSError, or RuntimeError with Blender's words; the item is complete or not there.
    """
    recipe, params = from_mapping(SceneRecipe, item.scene), from_mapping(TruthParams, item.truth)
    began = time.perf_counter()
    scene = bpy.context.scene
    build_all(recipe)
    built = time.perf_counter()
    picture_settings(scene, *item.size, params.samples)
    scene.cycles.seed = recipe.seed
    target = folder / item.name
    (target / RECIPE).unlink(missing_ok=True)  # written last: with it the item is complete
    facts = render_truth(target, scene, list(range(1, item.frames + 1)), params)
    aside = target / f".{RECIPE}.part"
    aside.write_text(json.dumps(item.to_json(), indent=1), encoding="utf-8")
    os.replace(aside, target / RECIPE)
    return {"build_s": round(built - began, 2), "render_s": facts.pop("seconds"), **facts}


def items(
    looks: Mapping[str, SceneRecipe], seeds: range, truth: TruthParams, size: tuple[int, int], frames: int,
    keep: Collection[str] | None = (),
) -> list[DatasetItem]:  # fmt: skip
    """One item a seed, of one look after the other. looks: their recipes; keep: choices that stay as they are there, None = all but the seed."""
    made = []
    for number, seed in enumerate(seeds):
        look = list(looks)[number % len(looks)]
        recipe = with_changes(looks[look], {"seed": seed})
        if keep is not None:
            recipe = varied(recipe, look, keep)
        made.append(DatasetItem(f"{look}_{seed:06d}", to_mapping(recipe), to_mapping(truth), size, frames))
    return made
