"""A training run's folder: checkpoints (safetensors, atomic), a JSON-lines log, and the clock that a learning rate follows."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ..files import written_aside

CHECKPOINT_EVERY_S = 120.0


class CheckpointError(ValueError):
    """A checkpoint that cannot be read; the message says which and what to do."""


def save_tensors(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Safetensors with `facts` as JSON in the metadata."""
    with written_aside(path) as aside:
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, aside, {"facts": json.dumps(facts)})


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Raises CheckpointError if the file is no such checkpoint."""
    try:
        with safe_open(path, "pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, json.loads(file.metadata()["facts"])  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}); delete it to train that part anew.") from error


def pack(
    model: nn.Module, optimizer: torch.optim.Optimizer, ema: Mapping[str, Tensor] | None = None
) -> dict[str, Tensor]:
    """One flat mapping of a model's, its optimiser's and its average's tensors."""
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors.update({f"optimizer.{index}.{k}": torch.as_tensor(v) for k, v in state.items()})
    tensors.update({f"ema.{k}": v for k, v in (ema or {}).items()})
    return tensors


def unpack(
    tensors: Mapping[str, Tensor], model: nn.Module, optimizer: torch.optim.Optimizer | None = None
) -> dict[str, Tensor]:
    """Undo `pack`, in place; returns the average. An optimiser whose parameters are others starts anew."""
    model.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith("model.")})
    if optimizer is not None:
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("optimizer."):
                _, index, name = key.split(".", 2)
                state.setdefault(int(index), {})[name] = value
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        if len(state) == len(parameters):
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return {k[4:]: v for k, v in tensors.items() if k.startswith("ema.")}


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a run's folder: two trainings would overwrite each other's checkpoints. Raises CheckpointError if another one does.

    The lock is the operating system's, so it goes with its process, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.lock").open("a") as file:
        try:
            _lock(file.fileno())
        except OSError:
            raise CheckpointError(
                f"Another process is training in {folder}; wait for it or use another --run."
            ) from None
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Clock:
    """How far a session of training is, by time; when to save; the learning rate's factor.

    The rate warms up, holds, and falls over the last third of each session: a session always ends with a usable model, and the
    next one resumes from there. On a CPU, time is the process' CPU time over its threads: a busy machine then costs patience and not
    training. With an accelerator it is the wall clock.
    """

    def __init__(self, minutes: float, device: torch.device, warmup_steps: int = 60) -> None:
        self.threads = torch.get_num_threads() if device.type == "cpu" else 0
        self.began, self.saved = self._now(), time.monotonic()
        self.seconds, self.warmup_steps, self.steps = minutes * 60, warmup_steps, 0

    def _now(self) -> float:
        return time.process_time() / self.threads if self.threads else time.monotonic()

    @property
    def elapsed(self) -> float:
        return self._now() - self.began

    @property
    def done(self) -> bool:
        return self.elapsed >= self.seconds

    def rate(self) -> float:
        left = (1 - self.elapsed / self.seconds) / 0.35
        return max(0.02, min(1.0, (self.steps + 1) / self.warmup_steps, left))

    def save_due(self) -> bool:
        if time.monotonic() - self.saved < CHECKPOINT_EVERY_S:
            return False
        self.saved = time.monotonic()
        return True


class Log:
    """Appends JSON lines to `log.jsonl` and prints them short; averages what is added between two lines."""

    def __init__(self, folder: Path, stage: str, every_s: float = 15.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path, self.stage, self.every_s = folder / "log.jsonl", stage, every_s
        self.sums: dict[str, float] = {}
        self.count, self.last = 0, time.monotonic()

    def add(self, values: Mapping[str, float], facts: Callable[[], Mapping[str, Any]]) -> None:
        """Average `values`; now and then write them with `facts()` (step, samples, rate)."""
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.count += 1
        if time.monotonic() - self.last >= self.every_s:
            self.write({**facts(), **{k: v / self.count for k, v in self.sums.items()}})
            self.sums, self.count, self.last = {}, 0, time.monotonic()

    def write(self, values: Mapping[str, Any]) -> None:
        line = {"stage": self.stage, **{k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}}
        bad = [k for k, v in line.items() if isinstance(v, float) and not math.isfinite(v)]
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        sys.stdout.write(" ".join(f"{k}={v}" for k, v in line.items()) + "\n")
        sys.stdout.flush()
        if bad:
            raise FloatingPointError(f"{self.stage}: {', '.join(bad)} is not finite; resume with a lower --rate.")
