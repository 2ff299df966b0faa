"""Where rain goes: which neighbour each point drains to, out of every basin, and how much land drains through each point.

Points drain to their steepest neighbour of eight (J. F. O'Callaghan, D. M. Mark, 1984), the slope of diagonals weighed at random so that
streams do not keep to the grid's eight ways (J. Fairfield, P. Leymarie, "Drainage networks from grid digital elevation models", 1991). Basins
are left over their lowest passes, found as the minimum spanning tree of basins (G. Cordonnier, B. Bovy, J. Braun, "A versatile, linear
complexity algorithm for flow routing in topographies with depressions", Earth Surface Dynamics 7, 2019), all in whole-array steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bands import Bands
from .basins import leave_basins, roots_of

# Row and column steps to the eight neighbours, the four nearest first.
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1))


@dataclass(frozen=True)
class Drainage:
    """Ways of water, of a field of N x N = P points, numbered row by row.

    receiver [P] int32: the point that each drains to, itself at outlets (edges, sea). filled [N, N] float32 m: heights with all basins full.
    order [P]: points from the outlets upward, each after its receiver. levels [L + 1]: order[levels[k]:levels[k + 1]] are the points
    k streams away from an outlet.
    """

    receiver: np.ndarray
    filled: np.ndarray
    order: np.ndarray
    levels: np.ndarray

    @property
    def count(self) -> int:
        """Points along a side."""
        return len(self.filled)

    def lengths(self, step: float) -> np.ndarray:
        """Metres to the receiver, [P] float32; a pass between basins is as far as its points are; `step` at outlets."""
        count = np.int32(self.count)
        own = np.arange(len(self.receiver), dtype=np.int32)
        diagonal = ((own // count != self.receiver // count) & (own % count != self.receiver % count)).astype(
            np.float32
        )
        return np.float32(step) + diagonal * np.float32(step * (np.sqrt(2.0) - 1.0))

    def accumulate(self, amount: np.ndarray | float = 1.0) -> np.ndarray:
        """Sum of `amount` over all that drains through a point, itself included, [P] float64."""
        total = np.empty(len(self.receiver))
        total[:] = np.ravel(amount)
        for low, high in zip(self.levels[-2:0:-1], self.levels[:1:-1], strict=True):
            points = self.order[low:high]
            np.add.at(total, self.receiver[points], total[points])
        return total


def drain(heights: np.ndarray, sea_level: float = -np.inf, wander: float = 0.0, seed: int = 0) -> Drainage:
    """Ways of water over heights [N, N]; outlets are the edges and what lies under the sea."""
    heights = np.ascontiguousarray(heights, np.float32)
    outlet = heights < sea_level
    outlet[[0, -1]] = True
    outlet[:, [0, -1]] = True
    receiver = steepest(heights, outlet, wander, seed)
    level = leave_basins(heights, receiver, outlet)
    order, levels = upward(receiver)
    return Drainage(receiver, np.maximum(heights, level), order, levels)


def steepest(heights: np.ndarray, outlet: np.ndarray, wander: float = 0.0, seed: int = 0) -> np.ndarray:
    """[P] int32: the neighbour with the greatest weighed slope down; the point itself at outlets and in pits."""
    count = len(heights)
    padded = np.full((count + 2, count + 2), np.inf, np.float32)
    padded[1:-1, 1:-1] = heights
    # 1 / (2 - u) instead of 1 / sqrt(2): on a plane, streams then follow its fall on average, whichever way that is
    dice = np.float32(2.0) - np.random.default_rng(seed).random((count, count), np.float32)
    straight = np.float32(np.sqrt(0.5))
    diagonal = straight + np.float32(wander) * (np.float32(1.0) / dice - straight)
    choice = np.arange(count * count, dtype=np.int32).reshape(count, count)

    def search(first: int, last: int, scratch: np.ndarray) -> None:
        own = heights[first:last]
        best, fall = (each[: last - first, :count] for each in scratch[:2])
        best[:] = 0.0
        to = choice[first:last]
        index = to.copy()
        for number, (down, right) in enumerate(NEIGHBOURS):
            other = padded[first + 1 + down : last + 1 + down, 1 + right : 1 + right + count]
            np.subtract(own, other, out=fall)
            if number >= 4:
                np.multiply(fall, diagonal[first:last], out=fall)
            steeper = fall > best
            np.copyto(best, fall, where=steeper)
            np.copyto(to, index + np.int32(down * count + right), where=steeper)
        np.copyto(to, index, where=outlet[first:last])

    with Bands(count, count, 2) as bands:
        bands.run(search)
    return choice.ravel()


def upward(receiver: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """order [P] and levels [L + 1], see Drainage."""
    depth = (receiver != np.arange(len(receiver), dtype=np.int32)).astype(np.int32)
    ahead = receiver.astype(np.intp)
    while True:  # pointer jumping: streams counted to the point 1, 2, 4 ... streams on
        further = depth[ahead]
        if not further.any():
            break
        depth += further
        ahead = ahead[ahead]
    if depth.max() < 1 << 16:
        depth = depth.astype(np.uint16)  # sorted by digits, fast
    order = np.argsort(depth, kind="stable")
    return order, np.concatenate([[0], np.cumsum(np.bincount(depth))])


def outlets_of(drainage: Drainage) -> np.ndarray:
    """[P] the outlet that each point's water reaches."""
    return roots_of(drainage.receiver)
