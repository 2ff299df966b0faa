"""Families as things for the prior to learn: which individuals, what its adjectives change, which parameter is the prompt's colour.

Their numbers follow the sixteen concepts'. The list is what the next prior is trained on; the engine's words know it once weights do.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...params import params_of
from ..generators import Family, family_named
from .base import TRAIT_NAMES


@dataclass(frozen=True)
class Factor:
    """A trait in -1..1 multiplies a parameter by `low` at -1, `high` at 1 and 1 at 0, geometrically between."""

    field: str
    low: float
    high: float

    def apply(self, value: float, trait: float) -> float:
        return value * (self.high**trait if trait >= 0 else self.low**-trait)


@dataclass(frozen=True)
class Shift:
    """A trait in -1..1 adds `low` at -1 and `high` at 1 to a parameter, for those that pass through zero."""

    field: str
    low: float
    high: float

    def apply(self, value: float, trait: float) -> float:
        return value + (self.high * trait if trait >= 0 else self.low * -trait)


@dataclass(frozen=True)
class GrownConcept:
    """name: the word. family: its name. color: the field that the prompt's colour is; also: those that follow it. traits: what each changes. presets: which of the
    family's (all if empty). fixed: fields that are the same for all. between: fields drawn anew between two ends, before traits change them."""

    name: str
    family: str
    color: str
    traits: Mapping[str, Sequence[Factor | Shift]]
    presets: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    between: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    detail: float = 0.3

    def __post_init__(self) -> None:
        if unknown := set(self.traits) - set(TRAIT_NAMES):
            raise TypeError(f"{self.name} has unknown traits {unknown}; known are {TRAIT_NAMES}")

    @property
    def of(self) -> Family:
        return family_named(self.family)

    def sample(self, seed: int) -> tuple[Any, dict[str, float]]:
        """The individual of a seed, and its traits, each in -1..1."""
        rng = random.Random(f"{self.name}:{seed}")
        family = self.of
        preset = rng.choice(self.presets or tuple(family.presets))
        params = family.sample(seed, preset, 0.8)
        infos = {info.name: info for info in params_of(family.params)}
        said = {name: rng.uniform(-1.0, 1.0) for name in TRAIT_NAMES if name in self.traits}
        values: dict[str, Any] = {name: rng.uniform(*ends) for name, ends in self.between.items()} | dict(self.fixed)
        for name, trait in said.items():
            for change in self.traits[name]:
                before = values.get(change.field, getattr(params, change.field))
                values[change.field] = change.apply(before, trait)
        values = {
            name: infos[name].clamp(round(value) if infos[name].kind is int else value)
            if infos[name].kind in (int, float)
            else value
            for name, value in values.items()
        }
        return replace(params, **values, detail=self.detail), said

    def colored(self, params: Any, rgb: tuple[float, float, float]) -> Any:
        """The same with another colour, linear RGB."""
        return replace(params, **dict.fromkeys((self.color, *self.also), rgb))


# Thin parts are made thicker than the families' own (stems, spines, leaflets), and flowers larger: the models see 64 voxels across.
GROWN: tuple[GrownConcept, ...] = (
    GrownConcept(
        "agave", "agave", "color",
        {"height": (Factor("open", 1.12, 0.7),), "width": (Factor("width", 0.7, 1.5),), "bend": (Shift("curl", -0.5, 0.8),),
         "fullness": (Factor("leaves", 0.6, 1.5),)},
    ),
    GrownConcept(
        "palm", "palm", "color",
        {"height": (Factor("height", 0.6, 1.5),), "width": (Factor("length", 0.75, 1.3), Factor("radius", 0.75, 1.35)),
         "bend": (Factor("lean", 0.1, 1.9),), "fullness": (Factor("fronds", 0.55, 1.6),)},
        presets=("palm",),
        fixed={"leaflets": 12, "fruit": 0, "dry": 0.0, "foot": 0.5, "wind": 0.0},
        between={"height": (5.0, 8.0), "radius": (0.2, 0.28), "width": (0.26, 0.3), "leaflet": (0.7, 0.95), "fronds": (11.0, 16.0),
                 "lean": (0.2, 0.5), "bend": (-0.6, 0.0)},
    ),
    GrownConcept(
        "rose", "rose", "color",
        {"height": (Factor("height", 0.65, 1.5),), "width": (Factor("size", 0.8, 1.2),), "bend": (Shift("nod", -0.4, 0.7),),
         "fullness": (Factor("petals", 0.6, 1.6),)},
        presets=("rose", "tea_rose", "garden_rose"),
        also=("rim", "heart"),
        fixed={"flowers": 1, "prickles": 0, "wilt": 0.0},
        between={"height": (0.14, 0.2), "radius": (0.0045, 0.006), "size": (0.046, 0.056), "leaves": (2.0, 4.0),
                 "leaf_length": (0.045, 0.06), "nod": (0.3, 0.6), "petals": (20.0, 30.0)},
    ),
    GrownConcept(
        "sunflower", "sunflower", "color",
        {"height": (Factor("height", 0.65, 1.5),), "width": (Factor("disc", 0.75, 1.3), Factor("ray", 0.85, 1.1)),
         "bend": (Shift("nod", -0.5, 0.6),), "fullness": (Factor("rays", 0.65, 1.5), Factor("leaves", 0.5, 1.6))},
        presets=("sunflower",),
        fixed={"flowers": 1, "florets": 260, "wilt": 0.0, "open": 1.0},
        between={"height": (0.6, 0.8), "radius": (0.02, 0.026), "disc": (0.1, 0.13), "ray": (0.1, 0.13), "ray_width": (0.045, 0.055),
                 "rays": (16.0, 24.0), "leaves": (4.0, 7.0), "leaf_length": (0.26, 0.32), "nod": (0.9, 1.3)},
    ),
    GrownConcept(
        "tulip", "tulip", "color",
        {"height": (Factor("height", 0.65, 1.5),), "width": (Factor("width", 0.85, 1.2), Factor("size", 0.95, 1.1)),
         "bend": (Factor("bend", 0.1, 2.4), Factor("nod", 0.2, 2.5)), "spikes": (Factor("point", 0.2, 2.4),),
         "fullness": (Factor("open", 0.35, 1.9),)},
        presets=("tulip", "lily_tulip", "double_tulip"),
        also=("rim",),
        fixed={"flowers": 1, "wilt": 0.0, "fringe": 0.0},
        between={"height": (0.2, 0.26), "radius": (0.006, 0.0075), "size": (0.07, 0.085), "width": (0.052, 0.064),
                 "leaf_length": (0.15, 0.2), "open": (0.25, 0.5), "nod": (0.05, 0.3), "point": (0.25, 0.4)},
    ),
    GrownConcept(
        "apple", "apple", "color",
        {"height": (Factor("tall", 0.8, 1.22),), "fullness": (Shift("shoulder", -0.12, 0.18),)},
        presets=("apple", "green_apple"),
        fixed={"leaves": 1, "sepals": 0, "blush": 0.0},
        between={"stalk_radius": (0.0022, 0.003), "stalk": (0.02, 0.03), "leaf_length": (0.035, 0.05)},
    ),
    GrownConcept(
        "pinecone", "pine_cone", "color",
        {"height": (Factor("length", 0.75, 1.4),), "width": (Factor("width", 0.75, 1.35),), "bend": (Factor("bend", 0.1, 4.0),),
         "spikes": (Factor("open", 0.35, 1.4),), "fullness": (Factor("scales", 0.75, 1.3),)},
        presets=("pine_cone", "stone_pine_cone"),
        also=("end_color",),
        between={"scales": (50.0, 70.0), "thickness": (0.24, 0.3), "scale_width": (0.7, 0.9), "open": (0.45, 0.8),
                 "bend": (0.08, 0.2)},
    ),
    GrownConcept(
        "starfish", "starfish", "color",
        {"height": (Factor("thickness", 0.7, 1.5),), "width": (Factor("width", 0.7, 1.35),), "bend": (Factor("bend", 0.1, 2.2),),
         "spikes": (Factor("knob", 0.5, 1.8), Factor("spike", 0.2, 2.0)), "fullness": (Factor("web", 0.35, 1.6),)},
        presets=("starfish", "knobbly_starfish", "sun_star"),
        also=("rim",),
        between={"thickness": (0.22, 0.3), "knob": (0.035, 0.06), "knobs": (6.0, 9.0), "rows": (1.0, 3.0), "curl": (0.0, 0.25),
                 "web": (0.35, 0.55), "bend": (0.25, 0.55)},
    ),
    GrownConcept(
        "jellyfish", "jellyfish", "color",
        {"height": (Factor("height", 0.7, 1.4),), "width": (Factor("arm_length", 1.4, 0.65),), "bend": (Factor("drift", 0.1, 2.4),),
         "fullness": (Factor("tentacles", 0.5, 1.8),)},
        presets=("jellyfish", "compass_jelly", "barrel_jelly"),
        fixed={"eggs": 0.0, "scallop": 0.03, "pulse": 0.0},
        between={"tentacle": (0.03, 0.036), "tentacles": (9.0, 13.0), "tentacle_length": (0.8, 1.3), "arm_length": (0.7, 1.1),
                 "arms": (3.0, 5.0), "thickness": (0.16, 0.22), "height": (0.45, 0.65), "drift": (0.2, 0.45), "ruffle": (0.3, 0.5)},
    ),
    GrownConcept(
        "urchin", "urchin", "color",
        {"height": (Factor("flat", 0.75, 1.35),), "width": (Factor("thickness", 0.75, 1.3),), "bend": (Factor("disorder", 0.2, 2.2),),
         "spikes": (Factor("length", 0.55, 1.7),), "fullness": (Factor("rows", 0.7, 1.35),)},
        presets=("urchin", "long_spined_urchin", "pencil_urchin"),
        also=("tip",),
        fixed={"rings": 0.0, "short": 0.0},
        between={"diameter": (0.065, 0.08), "thickness": (0.007, 0.0085), "length": (0.035, 0.055), "rows": (5.0, 7.0),
                 "blunt": (0.2, 0.7), "flat": (0.6, 0.8)},
    ),
    GrownConcept(
        "barrel", "barrel", "color",
        {"height": (Factor("height", 0.75, 1.35),), "width": (Factor("radius", 0.8, 1.3),), "fullness": (Factor("belly", 0.2, 1.9),)},
        presets=("barrel", "keg"),
        fixed={"gap": 0.0, "uneven": 0.0},
        between={"hoop_thickness": (0.008, 0.012), "hoop_width": (0.045, 0.06), "thickness": (0.035, 0.045)},
    ),
    GrownConcept(
        "bottle", "bottle", "glass",
        {"height": (Factor("height", 0.7, 1.35),), "width": (Factor("radius", 0.75, 1.4),),
         "bend": (Factor("slope", 0.6, 1.9),), "fullness": (Factor("shoulder", 0.72, 1.25),)},
        presets=("bottle", "potion_bottle", "medicine_bottle", "decanter"),
        fixed={"cork": True, "fill": 0.93},
    ),
    GrownConcept(
        "bowl", "bowl", "color",
        {"height": (Factor("height", 0.65, 1.45),), "width": (Factor("foot", 0.75, 1.4),), "bend": (Shift("flare", -0.3, 0.5),),
         "spikes": (Factor("lobes", 0.6, 1.5),), "fullness": (Factor("fullness", 0.45, 1.5),)},
        presets=("bowl", "wooden_bowl", "tea_bowl", "lotus_bowl"),
        between={"wall": (0.006, 0.009)},
    ),
    GrownConcept(
        "lantern", "lantern", "color",
        {"height": (Factor("height", 0.8, 1.3),), "width": (Factor("width", 0.8, 1.25),), "bend": (Factor("curve", 0.0, 2.0),),
         "spikes": (Factor("roof", 0.7, 1.4),), "fullness": (Factor("frame", 0.8, 1.3),)},
        presets=("lantern", "brass_lantern", "street_lantern"),
        fixed={"candle": 0.0, "lit": False},
        between={"frame": (0.014, 0.018), "eaves": (0.012, 0.025), "pane": (0.008, 0.01), "ring": (0.035, 0.045)},
    ),
    GrownConcept(
        "house", "house", "color",
        {"height": (Factor("storey", 1.0, 1.5), Factor("pitch", 0.8, 1.2)), "width": (Factor("width", 0.75, 1.4),),
         "fullness": (Factor("depth", 0.8, 1.25),)},
        fixed={"tile": 1.0, "course": 1.0, "timber": False, "shutters": False, "storey": 1.8, "plinth": 0.25, "window": 0.75,
               "window_height": 0.95},
        between={"width": (4.5, 7.0), "depth": (3.5, 4.5), "eaves": (0.35, 0.6), "storeys": (0.6, 2.4), "bays": (2.0, 3.4)},
    ),
    GrownConcept(
        "tower", "tower", "color",
        {"height": (Factor("height", 0.7, 1.4),), "width": (Factor("radius", 0.8, 1.25),), "bend": (Factor("taper", 0.1, 2.5),),
         "spikes": (Factor("roof", 0.7, 1.4),), "fullness": (Factor("overhang", 0.4, 1.8),)},
        presets=("watch_tower", "wizard_tower", "keep"),
        fixed={"stone": 1.2, "course": 0.85, "rough": 0.01, "joint": 0.01, "slits": 3},
        between={"merlons": (6.0, 9.0), "height": (6.0, 9.0), "radius": (1.6, 2.3), "overhang": (0.25, 0.5), "roof": (2.5, 4.0)},
    ),
)  # fmt: skip


def grown_named(name: str) -> GrownConcept:
    """Raises KeyError naming what there is."""
    for concept in GROWN:
        if concept.name == name:
            return concept
    raise KeyError(f"no grown concept {name!r}; there are {', '.join(each.name for each in GROWN)}")
