"""The bridge between torch tensors on a CPU and numba kernels.

Kernels are compiled once and cached (NUMBA_CACHE_DIR, else __pycache__). They split work into pieces whose number does not depend
on the number of threads, and add the pieces in a fixed order: the same input gives the same bits on 1 and on 16 threads. `contract`
lets the compiler fuse multiply and add, `reassoc` lets it vectorise sums; neither assumes that NaN or infinity cannot occur.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import torch
from torch import Tensor

FAST = {"contract", "reassoc", "nsz"}
# Only explicit prange loops run in parallel: looking for others costs seconds of compile time.
PARALLEL: Any = {
    "prange": True, "comprehension": False, "reduction": False, "inplace_binop": False, "setitem": False, "numpy": False,
    "stencil": False, "fusion": False,
}  # fmt: skip


def kernel(function: Callable) -> Any:
    """Compile a parallel CPU kernel."""
    return numba.njit(parallel=PARALLEL, cache=True, nogil=True, fastmath=FAST, error_model="numpy")(function)


def exact_kernel(function: Callable) -> Any:
    """Compile a parallel CPU kernel that adds and multiplies as it is written, to the last bit."""
    return numba.njit(parallel=PARALLEL, cache=True, nogil=True, error_model="numpy")(function)


def inline(function: Callable) -> Any:
    """Compile a helper that kernels call."""
    return numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy", forceinline=True)(function)


def helper(function: Callable) -> Any:
    """Compile a larger helper that kernels call, once rather than into each."""
    return numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")(function)


def array(tensor: Tensor) -> np.ndarray:
    """The tensor's memory as a C-ordered numpy array, without its history; copies only if it is not contiguous."""
    return tensor.detach().contiguous().numpy()


def check(name: str, tensor: Tensor, shape: tuple[int | None, ...], dtype: torch.dtype | None = torch.float32) -> None:
    """Raise ValueError naming the tensor unless its shape fits (None = any size) and its dtype is right (None = any)."""
    fits = tensor.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, tensor.shape, strict=True))
    if not fits:
        wanted = ", ".join("N" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} must be [{wanted}], not {list(tensor.shape)}.")
    if dtype is not None and tensor.dtype != dtype:
        raise ValueError(
            f"{name} must be {str(dtype).removeprefix('torch.')}, not {str(tensor.dtype).removeprefix('torch.')}."
        )


def finite(name: str, tensor: Tensor) -> None:
    """Raise ValueError naming the tensor if it holds NaN or infinity."""
    if not bool(torch.isfinite(tensor).all()):
        raise ValueError(f"{name} holds NaN or infinity.")
