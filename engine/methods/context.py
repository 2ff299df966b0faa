"""What a running method sees of the world: its folder, and ways to tell how it goes.

    context = JobContext(folder, "cpu", seed=3)          # enough for a script or a test
    context.progress(0.5, "Distilling")

In a worker, what is told goes to the engine; elsewhere it goes nowhere unless `emit` is given.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..files import written_aside
from ..protocol import PREVIEW_FILE
from .base import Cancelled
from .checkpoint import read_checkpoint, write_checkpoint

if TYPE_CHECKING:
    Image = NDArray[np.uint8]

CHECKPOINT_FILE = "checkpoint.safetensors"
MAX_PREVIEW_PX = 2_048
_PROGRESS_INTERVAL_S = 0.1
_PREVIEW_INTERVAL_S = 0.5


def _nowhere(message: dict[str, Any]) -> None:
    """Where messages go when nobody listens."""


@dataclass
class JobContext:
    """One run of a method.

    folder: where the bundle goes. device: torch's name of it, "cpu" or "cuda". priors: folders or files of the models at
    hand, by name. emit: takes each message (a plain dict with a "type"). cancelled: set from another thread.
    """

    folder: Path
    device: str
    seed: int
    priors: Mapping[str, Path] = field(default_factory=dict)
    emit: Callable[[dict[str, Any]], None] = _nowhere
    cancelled: threading.Event = field(default_factory=threading.Event)
    preview_number: int = 0
    _told: tuple[float, str] = field(default=(-math.inf, ""), repr=False)
    _shown_at: float = field(default=-math.inf, repr=False)

    def progress(self, fraction: float, stage: str) -> None:
        """Tell how far the whole job is (0..1) and what is being done. Call it at least every 2 s; it is throttled.

        Raises Cancelled when the artist has cancelled.
        """
        self.check_cancelled()
        if not 0.0 <= fraction <= 1.0:
            raise ValueError(f"fraction is {fraction}; it takes 0 to 1")
        now = time.monotonic()
        if stage != self._told[1] or now - self._told[0] >= _PROGRESS_INTERVAL_S:
            self._told = (now, stage)
            self.emit({"type": "progress", "fraction": float(fraction), "stage": stage})

    def preview(self, image: Image) -> None:
        """Show a picture of the work: uint8 [H, W, 3], sRGB, or with alpha [H, W, 4], origin top left. Throttled to two a second."""
        self.check_cancelled()
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
            raise ValueError(f"a preview is uint8 [H, W, 3 or 4], not {image.dtype} {list(image.shape)}")
        if not 0 < max(image.shape[:2]) <= MAX_PREVIEW_PX or min(image.shape[:2]) == 0:
            raise ValueError(f"a preview has 1 to {MAX_PREVIEW_PX} px a side, not {image.shape[0]} x {image.shape[1]}")
        now = time.monotonic()
        if now - self._shown_at < _PREVIEW_INTERVAL_S:
            return
        self._shown_at = now
        from PIL import Image as Pillow

        with written_aside(self.folder / PREVIEW_FILE) as aside:
            Pillow.fromarray(np.ascontiguousarray(image)).save(aside, "PNG", compress_level=1)
        self.preview_number += 1
        self.emit({"type": "preview", "number": self.preview_number})

    def log(self, text: str) -> None:
        """A line for the job's log and for whoever watches."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        self.emit({"type": "log", "text": text})

    def check_cancelled(self) -> None:
        """Raises Cancelled when the artist has cancelled. Call it at least every 0.3 s of work."""
        if self.cancelled.is_set():
            raise Cancelled

    def save_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Keep what is needed to go on from here, in place of the checkpoint before; whole or not at all.

        state: any nesting of dicts, lists, tuples, numbers, texts, None, torch tensors and numpy arrays.
        """
        write_checkpoint(self.folder / CHECKPOINT_FILE, state)
        self.emit({"type": "checkpoint"})

    def load_checkpoint(self) -> dict[str, Any] | None:
        """What save_checkpoint was last given in this job (tensors on the CPU); None on a fresh start."""
        return read_checkpoint(self.folder / CHECKPOINT_FILE)
