"""What every generator is made of: the Generator record, traits, drawing parameters from a seed, growing into a scene."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ...params import params_of
from ..graph import apply_group

Traits = Mapping[str, float]
TRAIT_NAMES = ("height", "width", "bend", "spikes", "fullness")
# The engine's vocabulary, in its order; a test holds the two together, since procedural/ may not import engine/.
CONCEPT_NAMES = (
    "mushroom", "tree", "conifer", "cactus", "rock", "flower", "bush", "crystal",
    "coral", "shell", "grass", "pumpkin", "vase", "chair", "lamp", "table",
)  # fmt: skip


@dataclass(frozen=True)
class Trait:
    """How a trait in -1..1 sets one parameter: `low` at -1, `high` at 1, linear between."""

    field: str
    low: float
    high: float

    def value(self, trait: float) -> float:
        return self.low + (self.high - self.low) * (trait + 1.0) / 2.0

    def trait(self, value: float) -> float:
        """The inverse, clamped to -1..1: an artist may turn a parameter beyond the trait's ends."""
        return max(-1.0, min(1.0, 2.0 * (value - self.low) / (self.high - self.low) - 1.0))


@dataclass(frozen=True)
class Generator:
    """A kind of thing that can be grown.

    name: the concept's name. params: the dataclass of parameters (with `seed: int` and `detail: float`). sample(seed, traits) and
    build(params) are the module's functions. traits: trait name -> Trait. training_detail keeps an asset within the training budget.
    """

    name: str
    params: type
    sample: Callable[..., Any]
    build: Callable[[Any], bpy.types.NodeTree]
    traits: Mapping[str, Trait]
    training_detail: float = 0.4

    def __post_init__(self) -> None:
        names = {info.name for info in params_of(self.params)}
        missing = {"seed", "detail", *(trait.field for trait in self.traits.values())} - names
        if missing:
            raise TypeError(f"{self.params.__name__} lacks {', '.join(sorted(missing))}")
        if unknown := set(self.traits) - set(TRAIT_NAMES):
            raise TypeError(f"generator {self.name!r} has unknown traits {unknown}; known are {TRAIT_NAMES}")

    def traits_of(self, params: Any) -> dict[str, float]:
        """All supported traits of these parameters, each in -1..1."""
        return {name: trait.trait(getattr(params, trait.field)) for name, trait in self.traits.items()}

    def for_training(self, params: Any) -> Any:
        """The same thing with the mesh density of a training asset."""
        return dataclasses.replace(params, detail=self.training_detail)


class Draw:
    """Parameters from a seed. Traits come first and always in the same order, so a said trait leaves all else as it was.

    `draw.uniform(low, high)` and the like give values for fields; `draw.params(name=value, ...)` checks and makes the dataclass.
    """

    def __init__(self, params: type, traits: Mapping[str, Trait], seed: int, said: Traits | None = None) -> None:
        self._params = params
        self._traits = traits
        self._seed = int(seed)
        self.rng = random.Random(f"{params.__name__}:{seed}")
        drawn = {name: self.rng.uniform(-1.0, 1.0) for name in TRAIT_NAMES}
        said = said or {}
        for name, value in said.items():
            if name not in TRAIT_NAMES or not -1.0 <= value <= 1.0:
                raise ValueError(f"trait {name!r} is {value}; traits are {', '.join(TRAIT_NAMES)}, each in -1..1")
        self.traits = {name: said.get(name, drawn[name]) for name in TRAIT_NAMES}

    def uniform(self, low: float, high: float) -> float:
        return self.rng.uniform(low, high)

    def integer(self, low: int, high: int) -> int:
        """Both ends included."""
        return self.rng.randint(low, high)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def choice(self, options: Sequence[Any]) -> Any:
        return self.rng.choice(list(options))

    def color(self, rgb: Sequence[float], spread: float = 0.15) -> tuple[float, ...]:
        """A colour near `rgb` (linear): brighter or darker by `spread`, each channel a little on its own."""
        light = 1.0 + self.rng.uniform(-spread, spread)
        return tuple(min(1.0, max(0.0, c * light * (1.0 + self.rng.uniform(-spread, spread) / 3))) for c in rgb)

    def params(self, **values: Any) -> Any:
        """The dataclass: traits set their fields, `values` set others, the rest keep their defaults, clamped to their ranges."""
        infos = {info.name: info for info in params_of(self._params)}
        fields: dict[str, Any] = {}
        for name, trait in self._traits.items():
            value = trait.value(self.traits[name])
            fields[trait.field] = round(value) if infos[trait.field].kind is int else value
        fields.update(values)
        fields["seed"] = self._seed % 10_000
        checked = {name: infos[name].check(value) for name, value in fields.items()}
        return self._params(**checked)


def grow(generator: Generator, params: Any, name: str, scene: bpy.types.Scene | None = None) -> bpy.types.Object:
    """A new object that carries the generator as a modifier, live; linked to the scene's collection, base at the origin."""
    tree = generator.build(params)
    obj = bpy.data.objects.new(name, bpy.data.meshes.new(name))
    (scene or bpy.context.scene).collection.objects.link(obj)
    apply_group(obj, tree, params)
    return obj
