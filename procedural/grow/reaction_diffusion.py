"""Reaction and diffusion of two substances on the graph of a mesh: Gray and Scott's model, whose mazes brain corals resemble.

P. Gray, S. K. Scott, "Autocatalytic reactions in the isothermal, continuous stirred tank reactor", Chemical Engineering Science 38 (1983);
the patterns: J. E. Pearson, "Complex patterns in a simple system", Science 261 (1993).
"""

from __future__ import annotations

import numpy as np


def gray_scott(
    neighbours: np.ndarray, seed: int, steps: int = 1000, feed: float = 0.055, kill: float = 0.062, spread: float = 1.0
) -> np.ndarray:
    """The second substance after `steps` of time 1, brought to 0..1, [V] float32.

    neighbours: [K, V] int, whose mean less the vertex itself is the Laplacian. spread: 0.05..1, how fast both diffuse; the distance of the
    pattern's ridges grows with its root and is about 20 edges at 1. Begins with a substrate that is strewn with the second substance.
    """
    count = neighbours.shape[1]
    rng = np.random.default_rng(seed)
    u = np.ones(count, np.float32)
    v = np.zeros(count, np.float32)
    sown = rng.random(count) < 0.04
    for ring in neighbours:  # each seed with its neighbours, else it dies out
        v[ring[sown]] = 0.5
        u[ring[sown]] = 0.5
    share = np.float32(spread / len(neighbours))
    u_sum, v_sum, uvv = np.empty_like(u), np.empty_like(v), np.empty_like(u)
    part = np.empty_like(u)
    feed32, loss = np.float32(feed), np.float32(feed + kill)
    keep_u, keep_v = np.float32(1.0 - spread - feed), np.float32(1.0 - 0.5 * spread) - loss
    half = np.float32(0.5)
    for _ in range(steps):
        np.take(u, neighbours[0], out=u_sum, mode="clip")
        np.take(v, neighbours[0], out=v_sum, mode="clip")
        for ring in neighbours[1:]:
            u_sum += np.take(u, ring, out=part, mode="clip")
            v_sum += np.take(v, ring, out=part, mode="clip")
        np.multiply(v, v, out=uvv)
        uvv *= u
        # u += spread * (mean - u) - u v^2 + feed (1 - u), and v with half the spread; all in place
        u *= keep_u
        u_sum *= share
        u += u_sum
        u -= uvv
        u += feed32
        v *= keep_v
        v_sum *= share * half
        v += v_sum
        v += uvv
    low, high = np.quantile(v, [0.02, 0.98])
    return np.clip((v - low) / max(high - low, 1e-6), 0.0, 1.0)
