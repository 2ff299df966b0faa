"""Where something stands before something else: the occlusion boundaries of a depth picture. numpy alone."""

from __future__ import annotations

import numpy as np

NEAR, FAR = 1, 2  # what a pixel of a boundary belongs to: the side in front, the side behind


def occlusion_boundaries(depth: np.ndarray, instance: np.ndarray, jump: float = 0.01) -> np.ndarray:
    """Pixels beside a jump of depth, [H, W] uint32: 1 on the near side, 2 on the far side, 0 elsewhere.

    depth: [H, W] z, m, inf = nothing. instance: [H, W]. jump: how far depths of neighbours must lie apart, as a share of the nearer, beyond
    what the surface on either side would reach by going straight on. 1 / depth of a plane is linear in the picture, so ground that is seen at
    a grazing angle has none, and things that touch have none where they touch.
    """
    with np.errstate(divide="ignore"):
        inverse = np.where(np.isfinite(depth), 1.0 / depth, 0.0)
    result = np.zeros(depth.shape, np.uint32)
    for axis in (0, 1):
        w, ids = np.moveaxis(inverse, axis, 0), np.moveaxis(instance, axis, 0)
        sides = np.moveaxis(result, axis, 0)
        nearer = np.maximum(w[:-1], w[1:])
        apart = np.abs(w[1:] - w[:-1])
        before, behind = ids[:-2] == ids[1:-1], ids[1:-1] == ids[2:]
        bend, step = np.abs(2 * w[1:-1] - w[:-2] - w[2:]), apart.copy()
        # what continues from the two pixels before, or from the two behind, if they are of one thing
        apart[1:] = np.minimum(apart[1:], np.where(before, bend, np.inf))
        apart[:-1] = np.minimum(apart[:-1], np.where(behind, bend, np.inf))
        # where two things touch is known to a pixel only: so much as the surfaces step there is no jump
        touch = np.zeros_like(apart)
        touch[1:] = np.where(before, step[:-1], 0.0)
        touch[:-1] = np.maximum(touch[:-1], np.where(behind, step[1:], 0.0))
        touch[ids[1:] == ids[:-1]] = 0.0
        jumps = apart > jump * np.maximum(np.minimum(w[:-1], w[1:]), 1e-9) + touch
        jumps &= nearer > 0
        first = jumps & (w[:-1] > w[1:])
        second = jumps & (w[:-1] < w[1:])
        for place, near, far in ((slice(None, -1), first, second), (slice(1, None), second, first)):
            side = sides[place]
            side[far & (side == 0)] = FAR
            side[near] = NEAR
    return result
