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
    """name: the word. family: its name. color: the field that the prompt's colour is. traits: what each changes. presets: which of the
    family's (all if empty). fixed: fields that are the same for all."""

    name: str
    family: str
    color: str
    traits: Mapping[str, Sequence[Factor | Shift]]
    presets: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
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
        values: dict[str, Any] = dict(self.fixed)
        for name, trait in said.items():
            for change in self.traits[name]:
                before = values.get(change.field, getattr(params, change.field))
                values[change.field] = change.apply(before, trait)
        values = {
            name: infos[name].clamp(round(value) if infos[name].kind is int else value)
            for name, value in values.items()
        }
        return replace(params, **values, detail=self.detail), said

    def colored(self, params: Any, rgb: tuple[float, float, float]) -> Any:
        """The same with another colour, linear RGB."""
        return replace(params, **{self.color: rgb})


GROWN: tuple[GrownConcept, ...] = (
    GrownConcept(
        "agave", "agave", "color",
        {"height": (Factor("open", 1.12, 0.7),), "width": (Factor("width", 0.7, 1.5),), "bend": (Shift("curl", -0.5, 0.8),),
         "fullness": (Factor("leaves", 0.6, 1.5),)},
    ),
)  # fmt: skip


def grown_named(name: str) -> GrownConcept:
    """Raises KeyError naming what there is."""
    for concept in GROWN:
        if concept.name == name:
            return concept
    raise KeyError(f"no grown concept {name!r}; there are {', '.join(each.name for each in GROWN)}")
