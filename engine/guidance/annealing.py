"""Which noise levels are asked at which moment of a run."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class NoiseRange:
    """Noise levels as shares of the schedule, t / T in (0, 1).

    At progress p in [0, 1] levels are drawn uniformly from a window of the given relative width whose upper end falls
    linearly from `start` to `end`. With start = end and width = 1 - low / start it is DreamFusion's fixed U(low, start).
    """

    start: float = 0.98
    end: float = 0.98
    low: float = 0.02
    anneal: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= min(self.start, self.end) <= max(self.start, self.end) < 1.0:
            raise ValueError(f"noise range needs 0 < low <= start, end < 1; got {self}")

    def window(self, progress: float) -> tuple[float, float]:
        """Lower and upper share at this progress. An annealed range is a narrow band around its falling middle."""
        if not self.anneal:
            return self.low, self.start
        middle = self.start + (self.end - self.start) * min(max(progress, 0.0), 1.0)
        return max(self.low, middle - 0.05), min(0.98, middle + 0.05)

    def sample(self, progress: float, count: int, num_timesteps: int, rng: torch.Generator) -> Tensor:
        """`count` timesteps, [count] int64 on the generator's device, each in [1, num_timesteps - 1]."""
        low, high = self.window(progress)
        share = low + (high - low) * torch.rand(count, generator=rng, device=rng.device)
        return (share * num_timesteps).long().clamp(1, num_timesteps - 1)
