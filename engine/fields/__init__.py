"""Radiance fields: points in, density and albedo out. See README.md."""

from .base import Field, FieldSamples, finite_difference_gradient
from .hash_grid import HashGridParams
from .hash_grid_field import HashGridField
from .starts import Blob, GridStart, Start

__all__ = [
    "Blob",
    "Field",
    "FieldSamples",
    "GridStart",
    "HashGridField",
    "HashGridParams",
    "Start",
    "finite_difference_gradient",
]
