"""Light and dark over a colour, and streaked noise: what many skins are made of."""

from __future__ import annotations

from ..graph import Socket
from ..graph import nodes as n
from ..graph.sockets import Input


def lit(color: Input, light: Input) -> Socket:
    """The colour times a number; may grow beyond 1, where shaders clip."""
    return n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")


def fibres(at: Socket, size: Input, stretch: float, seed: Input, detail: float = 3.0) -> Socket:
    """Noise 0..1 drawn out along z. at: place, m; size: width of a fibre, m; stretch: how many times longer than wide."""
    thin = n.combine_xyz(at.x, at.y, at.z / stretch) / n.combine_xyz(size, size, size)
    # noise keeps to its middle: drawn apart, so that dark and light threads are there
    return n.clamp(n.noise(thin, scale=1.0, detail=detail, w=seed) * 1.8 - 0.4)


def specks(at: Socket, size: Input, share: Input, seed: Input) -> Socket:
    """Round specks, 1 inside and 0 outside, in cells of `size` (m); share: how wide they are, 0 none .. 1 touching."""
    # moved by the seed: a fourth dimension makes this texture several times slower
    cells = n.voronoi(at / n.combine_xyz(size, size, size) + n.combine_xyz(seed, seed * 1.7, 0.0), scale=1.0)
    # every speck of its own width; a distance of about a half is where neighbours meet
    own = cells.color.x
    edge = share * (own * 0.5 + 0.1)
    return n.smoothstep(cells.distance, edge, edge * 0.55)
