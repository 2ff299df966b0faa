"""sRGB's transfer curve (IEC 61966-2-1), the only one in the engine: for tensors, with gradients, and for arrays."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor


def linear_to_srgb(linear: Tensor) -> Tensor:
    """Linear light to sRGB, with a gradient everywhere (values are clamped to 0..1 first)."""
    linear = linear.clamp(0.0, 1.0)
    low = linear <= 0.0031308
    safe = torch.where(low, torch.ones_like(linear), linear)
    return torch.where(low, 12.92 * linear, 1.055 * safe.pow(1.0 / 2.4) - 0.055)


def srgb_to_linear(srgb: Tensor) -> Tensor:
    """The inverse of `linear_to_srgb` on 0..1."""
    low = srgb <= 0.04045
    return torch.where(low, srgb / 12.92, ((srgb.clamp_min(0.04045) + 0.055) / 1.055).pow(2.4))


def to_srgb(linear: ArrayLike) -> NDArray[np.float32]:
    """`linear_to_srgb` of an array of any shape."""
    return linear_to_srgb(torch.from_numpy(np.array(linear, np.float32))).numpy()


def to_linear(srgb: ArrayLike) -> NDArray[np.float32]:
    """`srgb_to_linear` of an array of any shape."""
    return srgb_to_linear(torch.from_numpy(np.array(srgb, np.float32))).numpy()
