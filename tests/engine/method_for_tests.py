"""A method that grows a cube, step by step: real work of known length, for tests of the server. Not in the product."""

from __future__ import annotations

import json
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dreamgrove.engine.methods.base import JobError, Method
from dreamgrove.engine.methods.context import JobContext
from dreamgrove.engine.protocol import JobRequest, Mend
from dreamgrove.params import param, to_mapping


@dataclass(frozen=True)
class CubeParams:
    steps: int = param(5, "How many steps", min=1, max=10_000)
    step_s: float = param(0.02, "How long a step takes", min=0.0, max=60.0, unit="s")
    trouble: str = param(
        "none", "What goes wrong", choices=("none", "disk", "memory", "bug", "deaf", "dies", "hint", "lazy")
    )


def run(request: JobRequest, p: CubeParams, context: JobContext) -> None:
    state = context.load_checkpoint() or {"step": 0, "size": np.zeros(3, np.float32)}
    context.log(f"begins at step {state['step']}")
    for step in range(state["step"], p.steps):
        if p.trouble == "deaf":
            time.sleep(60.0)  # never asks whether it is cancelled
        time.sleep(p.step_s)
        state = {"step": step + 1, "size": state["size"] + np.float32(1.0 / p.steps)}
        context.save_checkpoint(state)
        context.preview(np.full((8, 8, 3), step % 256, np.uint8))
        context.progress((step + 1) / p.steps, "Growing")
    if p.trouble == "disk":
        raise OSError(28, "No space left on device")
    if p.trouble == "memory":
        raise MemoryError
    if p.trouble == "bug":
        raise ValueError("a bug of the method's own")
    if p.trouble == "dies":
        os._exit(9)
    if p.trouble == "hint":
        raise JobError("A cube cannot be a dragon; ask for something else.", Mend.CHANGE_PROMPT)
    if p.trouble != "lazy":
        _write_cube(context.folder, request, p, state["size"])


def _write_cube(folder: Path, request: JobRequest, p: CubeParams, size: np.ndarray) -> None:
    """A glTF binary without geometry but with the cube's size, and the recipe."""
    content = json.dumps({"asset": {"version": "2.0"}, "extras": {"size": size.tolist()}}).encode()
    content += b" " * (-len(content) % 4)
    chunk = struct.pack("<II", len(content), 0x4E4F534A) + content
    (folder / "asset.glb").write_bytes(struct.pack("<III", 0x46546C67, 2, 12 + len(chunk)) + chunk)
    (folder / "recipe.json").write_text(json.dumps({"prompt": request.prompt, "params": to_mapping(p)}))


METHODS = (
    Method(
        name="cube",
        title="Cube",
        params=CubeParams,
        presets={"draft": {}, "standard": {"steps": 40, "step_s": 0.05}, "endless": {"steps": 10_000, "step_s": 0.05}},
        run=run,
    ),
)
