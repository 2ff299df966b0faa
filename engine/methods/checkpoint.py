"""Checkpoints: nested state in one safetensors file. Tensors are stored as such, the nesting as JSON in the metadata.

Never pickle: a checkpoint read back can do nothing but hold numbers.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..files import written_aside

_FORMAT = "1"


class CheckpointError(RuntimeError):
    """A checkpoint cannot be read; the text is one sentence."""


def write_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write `state` whole or not at all. Raises TypeError for a value that has no place in a checkpoint, OSError."""
    tensors: dict[str, Any] = {}
    metadata = {"format": _FORMAT, "state": json.dumps(_encode(dict(state), tensors))}
    with written_aside(path) as aside:
        if any(not isinstance(each, np.ndarray) for each in tensors.values()):
            import torch
            from safetensors.torch import save_file

            as_torch = {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in tensors.items()}
            save_file(as_torch, aside, metadata)
        else:
            from safetensors.numpy import save_file as save_numpy

            save_numpy(tensors, aside, metadata)
        with open(aside, "rb+") as file:
            os.fsync(file.fileno())


def read_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state, with tensors as they were given (torch on the CPU, or numpy); None when there is no checkpoint.

    Raises CheckpointError when the file is damaged.
    """
    if not path.is_file():
        return None
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != _FORMAT:
                raise CheckpointError(f"The checkpoint {path.name} is of another version; start the job anew.")
            state = json.loads(metadata["state"])
            torch_names = _torch_names(state)
            arrays = {name: file.get_tensor(name) for name in file.keys() if name not in torch_names}  # noqa: SIM118
        if torch_names:
            with safe_open(path, framework="pt") as file:
                arrays.update({name: file.get_tensor(name) for name in torch_names})
        decoded = _decode(state, arrays)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"The checkpoint {path.name} is damaged; start the job anew.") from error
    assert isinstance(decoded, dict)
    return decoded


def _encode(value: Any, tensors: dict[str, Any]) -> Any:
    """JSON for `value`; tensors go into `tensors` and leave a reference. Dict keys may be numbers (optimizer states)."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {"dict": [[_encode(key, tensors), _encode(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_encode(item, tensors) for item in value]}
    name = str(len(tensors))
    if isinstance(value, np.ndarray):
        tensors[name] = np.ascontiguousarray(value)
        # safetensors loses the shape of nothing, but ascontiguousarray makes 0-d arrays 1-d.
        return {"numpy": name, "shape": list(value.shape)}
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        # A copy when it is on the CPU already: safetensors refuses tensors that share memory.
        tensors[name] = value.detach().to("cpu", copy=True).contiguous()
        return {"torch": name}
    raise TypeError(f"a checkpoint holds numbers, texts, tensors and nestings of them, not {type(value).__name__}")


def _decode(value: Any, arrays: Mapping[str, Any]) -> Any:
    if not isinstance(value, dict):
        return value
    if "dict" in value:
        return {_decode(key, arrays): _decode(item, arrays) for key, item in value["dict"]}
    if "list" in value:
        return [_decode(item, arrays) for item in value["list"]]
    if "tuple" in value:
        return tuple(_decode(item, arrays) for item in value["tuple"])
    if "torch" in value:
        return arrays[value["torch"]]
    return arrays[value["numpy"]].reshape(value["shape"])


def _torch_names(value: Any) -> set[str]:
    if isinstance(value, dict):
        if "torch" in value:
            return {value["torch"]}
        return set().union(*(_torch_names(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_torch_names(item) for item in value))
    return set()
