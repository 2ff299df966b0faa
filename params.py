"""Parameters, declared once: a frozen dataclass whose fields carry range, unit and help.

Panels, the command line, the API's schema and the sockets of a node group are all derived from such a class:

    @dataclass(frozen=True)
    class FenceParams:
        spacing: float = param(0.5, "Gap between posts", min=0.05, max=10.0, unit="m")

Standard library only: Blender, the engine and the tests import it alike.
"""

from __future__ import annotations

import dataclasses
import json
import math
import random
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

Unit = Literal["", "m", "rad", "px", "s", "m/s", "factor"]
Value = float | int | bool | str | tuple[float, ...]
P = TypeVar("P")

_KEY = "dreamgrove"


class ParameterError(ValueError):
    """A value that a parameter does not accept; the text names the field, the value and what is accepted."""


@dataclass(frozen=True)
class ParamInfo:
    """What is known of one parameter. `min` and `max` are inclusive; `choices` excludes both.

    usual: between what a random individual lies, for numbers. spread: how far individuals stray, as a share: for colours, and for numbers
    whose presets are of very different size.
    live: False for what only growing anew can change (see procedural/generators/base.py); all else are inputs of a node group.
    """

    name: str
    kind: type
    default: Value
    help: str
    min: float | None = None
    max: float | None = None
    unit: Unit = ""
    choices: tuple[str, ...] = ()
    panel: str = ""
    label: str = ""
    usual: tuple[float, float] | None = None
    spread: float = 0.0
    live: bool = True

    def check(self, value: Any) -> Value:
        """Return `value` in the parameter's own type. Raises ParameterError when it does not fit."""
        if self.kind is bool:
            if not isinstance(value, bool):
                raise self._refusal(value, "true or false")
            return value
        if self.kind is str:
            if not isinstance(value, str) or (self.choices and value not in self.choices):
                raise self._refusal(value, "one of " + ", ".join(self.choices) if self.choices else "a text")
            return value
        if self.kind is tuple:
            return self._check_tuple(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._refusal(value, "a number")
        if self.kind is int and float(value) != int(value):
            raise self._refusal(value, "a whole number")
        if (self.min is not None and value < self.min) or (self.max is not None and value > self.max):
            raise self._refusal(value, self.range_text())
        return self.kind(value)

    def clamp(self, value: Any) -> Any:
        """The nearest value in range, for numbers that were set where ranges are not kept (single precision, a modifier's fields)."""
        if self.kind is tuple:
            return tuple(_within(self, float(each)) for each in value)
        return self.kind(_within(self, value)) if self.kind in (int, float) else value

    def range_text(self) -> str:
        """The accepted range in words, such as "0.05 to 10 m"."""
        unit = f" {self.unit}" if self.unit and self.unit != "factor" else ""
        if self.min is not None and self.max is not None:
            return f"{self.min:g} to {self.max:g}{unit}"
        if self.min is not None:
            return f"{self.min:g}{unit} or more"
        if self.max is not None:
            return f"{self.max:g}{unit} or less"
        return "any number"

    def _check_tuple(self, value: Any) -> tuple[float, ...]:
        length = len(typing.cast(tuple, self.default))
        items = tuple(value) if isinstance(value, list | tuple) else ()
        numbers = [i for i in items if isinstance(i, int | float) and not isinstance(i, bool) and math.isfinite(i)]
        if len(items) != length or len(numbers) != length:
            raise self._refusal(value, f"{length} numbers")
        low = -math.inf if self.min is None else self.min
        high = math.inf if self.max is None else self.max
        if not all(low <= number <= high for number in numbers):
            raise self._refusal(value, f"{length} numbers, each {self.range_text()}")
        return tuple(float(number) for number in numbers)

    def _refusal(self, value: Any, accepts: str) -> ParameterError:
        return ParameterError(f"{self.name} is {value!r}; it takes {accepts}")


def param(
    default: Value,
    help: str,
    *,
    min: float | None = None,
    max: float | None = None,
    unit: Unit = "",
    choices: tuple[str, ...] = (),
    panel: str = "",
    label: str = "",
    usual: tuple[float, float] | None = None,
    spread: float = 0.0,
    live: bool = True,
) -> Any:
    """A dataclass field that knows its range, unit and help (a sentence without a full stop).

    `panel` groups fields in interfaces; `label` replaces the name made from the field's identifier; `usual`, `spread` and `live`: see
    ParamInfo. Raises ValueError at class definition when the default or the usual range does not fit.
    """
    kind: type = tuple if isinstance(default, tuple) else type(default)
    info = ParamInfo("default", kind, default, help, min, max, unit, choices, panel, label, usual, spread, live)
    info.check(default)
    for end in usual or ():
        info.check(kind(end))
    return field(default=default, metadata={_KEY: info})


def params_of(cls: type) -> tuple[ParamInfo, ...]:
    """The declared parameters of a dataclass, in order. Raises TypeError for a field made without `param`."""
    infos = []
    for each in fields(cls):
        info = each.metadata.get(_KEY)
        if not isinstance(info, ParamInfo):
            raise TypeError(f"{cls.__name__}.{each.name} is declared without param()")
        label = info.label or each.name.replace("_", " ").title()
        infos.append(dataclasses.replace(info, name=each.name, label=label))
    return tuple(infos)


def from_mapping(cls: type[P], values: Mapping[str, Any]) -> P:
    """Make `cls` from a mapping, with defaults for what is absent.

    Raises ParameterError naming an unknown field or a value out of range.
    """
    infos = {info.name: info for info in params_of(cls)}
    for name in values:
        if name not in infos:
            raise ParameterError(f"{name!r} is not a parameter; known are: {', '.join(infos)}")
    return cls(**{name: infos[name].check(value) for name, value in values.items()})


def assignments(cls: type, pairs: Iterable[str]) -> dict[str, Value]:
    """Texts `NAME=VALUE`, as they stand on a command line, as values of the class's parameters; colours and vectors as `R,G,B`.

    Raises ParameterError naming an unknown field, a value out of range, or a text that is no assignment.
    """
    infos = {info.name: info for info in params_of(cls)}
    values = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise ParameterError(f"a parameter is set by NAME=VALUE, not {pair!r}")
        if name not in infos:
            raise ParameterError(f"{name!r} is not a parameter; known are: {', '.join(infos)}")
        values[name] = infos[name].check(_from_text(infos[name], text))
    return values


def _from_text(info: ParamInfo, text: str) -> Any:
    if info.kind is str:
        return text
    if info.kind is tuple and not text.startswith("["):
        text = f"[{text}]"
    try:
        return json.loads(text)
    except ValueError:
        return text  # the parameter's own refusal names what it takes


def check(instance: P) -> P:
    """Return `instance` if every field is in range. Raises ParameterError otherwise."""
    for info in params_of(type(instance)):
        info.check(getattr(instance, info.name))
    return instance


def to_mapping(instance: Any) -> dict[str, Any]:
    """The fields as plain JSON values (tuples become lists)."""
    values = {info.name: getattr(instance, info.name) for info in params_of(type(instance))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def schema(cls: type) -> list[dict[str, Any]]:
    """The parameters as plain JSON data, for the API, the command line and the panels."""
    return [
        {
            "name": info.name,
            "label": info.label,
            "type": {tuple: "vector", str: "text", bool: "bool", int: "int", float: "float"}[info.kind],
            "default": list(info.default) if isinstance(info.default, tuple) else info.default,
            "help": info.help,
            "min": info.min,
            "max": info.max,
            "unit": info.unit,
            "choices": list(info.choices),
            "panel": info.panel,
            "live": info.live,
        }
        for info in params_of(cls)
    ]


def sample_uniform(cls: type[P], rng: random.Random) -> P:
    """A random instance: every bounded number uniform over its range, choices and switches fair; the rest default."""
    values: dict[str, Any] = {}
    for info in params_of(cls):
        if info.kind is bool:
            values[info.name] = rng.random() < 0.5
        elif info.choices:
            values[info.name] = rng.choice(info.choices)
        elif info.min is not None and info.max is not None and info.kind in (int, float):
            low, high = info.min, info.max
            values[info.name] = rng.randint(int(low), int(high)) if info.kind is int else rng.uniform(low, high)
        elif info.min is not None and info.max is not None and info.kind is tuple:
            length = len(typing.cast(tuple, info.default))
            values[info.name] = tuple(rng.uniform(info.min, info.max) for _ in range(length))
    return cls(**values)


def sample_usual(cls: type[P], rng: random.Random, around: P | None = None, amount: float = 1.0) -> P:
    """A random individual by `usual` and `spread`; what has neither is as in `around` (or the default).

    around: an instance (a preset) about which individuals stray by as much as the usual ranges are wide; None draws the usual ranges
    themselves. amount: 0 none of it, 1 all. Values stay in range. Fields are drawn in order, each once, so that a field keeps its value
    when another becomes fixed.
    """
    values: dict[str, Any] = {}
    for info in params_of(cls):
        base = info.default if around is None else getattr(around, info.name)
        if info.usual is not None:
            low, high = info.usual
            centre = typing.cast(float, info.default) if around is None else typing.cast(float, base)
            drawn = rng.uniform(low, high)
            if around is not None:
                drawn = centre + drawn - (low + high) / 2
            drawn = centre + (drawn - centre) * amount
            values[info.name] = _within(info, round(drawn) if info.kind is int else drawn)
        elif info.spread and info.kind is float:
            values[info.name] = _within(
                info, typing.cast(float, base) * (1.0 + rng.uniform(-info.spread, info.spread) * amount)
            )
        elif info.spread and info.kind is tuple:
            light = 1.0 + rng.uniform(-info.spread, info.spread) * amount
            parts = [1.0 + rng.uniform(-info.spread, info.spread) * amount / 3 for _ in typing.cast(tuple, base)]
            values[info.name] = tuple(
                _within(info, part * light * each) for part, each in zip(typing.cast(tuple, base), parts, strict=True)
            )
        else:
            values[info.name] = base
    return cls(**values)


def _within(info: ParamInfo, value: float) -> float:
    if info.min is not None:
        value = max(value, info.min)
    return value if info.max is None else min(value, info.max)
