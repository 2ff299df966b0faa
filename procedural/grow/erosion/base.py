"""What all kinds of erosion share: they run in steps, and keep account of rock and of what lies loose on it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ...terrain.field import HeightField

Result = TypeVar("Result")
Steps = Generator[float, None, Result]  # yields what share is done, 0..1; stop asking and nothing has happened


def finish(steps: Steps[Result]) -> Result:
    """Run to the end and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def part_of(steps: Steps[Result], start: float, end: float) -> Steps[Result]:
    """The same as a part, from start to end, of something longer."""
    while True:
        try:
            share = next(steps)
        except StopIteration as done:
            return done.value
        yield start + (end - start) * share


def layer(field: HeightField, name: str) -> np.ndarray:
    """A fresh float32 copy of a layer, zeros where the field has none."""
    values = field.layers.get(name)
    return np.zeros(field.heights.shape, np.float32) if values is None else np.array(values, np.float32)


def account(before: HeightField, heights: np.ndarray) -> HeightField:
    """The field with new heights, and `sediment` (m, loose ground that lies there) and `wear` (m, rock that is gone) brought up to date.

    Heights always are the first ones - wear + sediment. What is taken is taken from the loose first.
    """
    loose = layer(before, "sediment")
    loose += heights
    loose -= before.heights
    rock = np.minimum(loose, 0.0)
    loose -= rock
    wear = layer(before, "wear")
    wear -= rock
    return replace(before, heights=heights).with_layers(sediment=loose, wear=wear)
