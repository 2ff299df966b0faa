"""Where there is matter: a coarse grid that lets rays skip empty space and put their samples near surfaces."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..fields.base import Field

CHUNK = 1 << 16  # points per evaluation: bounds the memory
# What rays may count on. Densities are the largest seen in a cell, and rays graze corners of cells: a twentieth of it. Where a cell
# and all its neighbours are dense, a ray is in the midst of matter: half of the least among them.
GRAZING, WITHIN = 0.05, 0.5


class Occupancy(nn.Module):
    """Densities seen in the cells of [-1, 1]^3, and which cells a ray must look into.

    density: float32 [G, G, G], the largest value seen in each cell, fading with updates. occupied: uint8 [G, G, G]: cells whose density
    passes the threshold, and their neighbours, so that matter can grow. expected: float32 [G, G, G], the density that a ray through the
    cell may count on. All are buffers: they belong into checkpoints. The threshold is `cell_opacity` per cell's width, or a tenth of the mean density if that is less: thin fog is kept while there is nothing else.
    """

    density: Tensor
    occupied: Tensor
    expected: Tensor

    def __init__(self, resolution: int = 64, cell_opacity: float = 0.03, decay: float = 0.7) -> None:
        super().__init__()
        if not 2 <= resolution <= 512:
            raise ValueError(f"resolution must be 2 to 512, not {resolution}.")
        self.resolution, self.cell_opacity, self.decay = resolution, cell_opacity, decay
        self.register_buffer("density", torch.ones(resolution, resolution, resolution))
        self.register_buffer("expected", GRAZING * torch.ones(resolution, resolution, resolution))
        self.register_buffer("occupied", torch.ones(resolution, resolution, resolution, dtype=torch.uint8))

    @classmethod
    def from_field(
        cls, field: Field, resolution: int = 64, cell_opacity: float = 0.03, decay: float = 0.7
    ) -> Occupancy:
        """Looks at every cell's corners and centre; at more points of coarse cells, which fine details could slip through."""
        occupancy = cls(resolution, cell_opacity, decay)
        device = next((p.device for p in field.parameters()), torch.device("cpu"))
        occupancy.to(device)
        split = -(-64 // resolution)
        corners = torch.linspace(-1.0, 1.0, resolution * split + 1, device=device)
        grid = torch.stack(torch.meshgrid(corners, corners, corners, indexing="ij"), dim=-1)
        seen = _density(field, grid.reshape(-1, 3)).reshape([len(corners)] * 3)
        top = torch.nn.functional.max_pool3d(seen[None, None], split + 1, stride=split)[0, 0]
        cells = torch.arange(resolution**3, device=device)
        middle = _density(field, occupancy.points_in(cells, None)).reshape(top.shape)
        occupancy.density.copy_(torch.maximum(top, middle))
        occupancy._mark()
        return occupancy

    @property
    def cell_size(self) -> float:
        """Engine units."""
        return 2.0 / self.resolution

    def points_in(self, cells: Tensor, rng: torch.Generator | None) -> Tensor:
        """A random point (the centre without rng) in each of cells [M] (flat indices): [M, 3]."""
        g = self.resolution
        low = torch.stack([cells // (g * g), cells // g % g, cells % g], dim=-1).float()
        if rng is None:
            return (low + 0.5) * self.cell_size - 1.0
        inside = torch.rand(low.shape, generator=rng, device=rng.device).to(low.device)
        return (low + inside) * self.cell_size - 1.0

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        """[count, 3], random points of random occupied cells; empty if none is."""
        cells = torch.nonzero(self.occupied.reshape(-1) > 0).squeeze(1)
        if not len(cells):
            return torch.zeros(0, 3, device=self.occupied.device)
        pick = torch.randint(len(cells), (count,), generator=rng, device=rng.device).to(cells.device)
        return self.points_in(cells[pick], rng)

    @torch.no_grad()
    def update(self, field: Field, rng: torch.Generator, share: float = 0.25) -> None:
        """Looks at a random point of every occupied cell and of a random share of the others; fades what was seen before.

        Once in 8 to 16 steps is enough: the neighbours of matter are kept for that long.
        """
        chance = torch.rand(self.resolution**3, generator=rng, device=rng.device).to(self.density.device)
        cells = torch.nonzero((self.occupied.reshape(-1) > 0) | (chance < share)).squeeze(1)
        found = _density(field, self.points_in(cells, rng))
        flat = self.density.view(-1)
        flat[cells] = torch.maximum(self.decay * flat[cells], found)
        self._mark()

    def occupied_share(self) -> float:
        """Occupied cells / all cells."""
        return float(self.occupied.float().mean())

    def _mark(self) -> None:
        threshold = min(self.cell_opacity / self.cell_size, 0.1 * float(self.density.mean()))
        matter = (self.density > threshold).float()
        # 3 x 3 x 3 neighbours, one axis at a time
        grown = matter[None]
        for kernel in ((3, 1, 1), (1, 3, 1), (1, 1, 3)):
            grown = torch.nn.functional.max_pool3d(grown, kernel, stride=1, padding=tuple(k // 2 for k in kernel))
        self.occupied.copy_(grown[0].to(torch.uint8))
        least = -torch.nn.functional.max_pool3d(-self.density[None], 3, stride=1, padding=1)[0]
        self.expected.copy_(torch.maximum(GRAZING * self.density, WITHIN * least))


@torch.no_grad()
def _density(field: Field, points: Tensor) -> Tensor:
    found = torch.cat([field.density(some) for some in points.split(CHUNK)])
    if not bool(torch.isfinite(found).all()):
        raise FloatingPointError(
            "The field's density is NaN or infinite: the run has diverged. Try a lower learning rate."
        )
    return found
