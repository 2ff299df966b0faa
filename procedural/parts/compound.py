"""Compound leaves: leaflets in pairs along a stalk, for instances that lie along +X with the upper side up."""

from __future__ import annotations

from ..graph import Socket
from ..graph import nodes as n
from ..graph.parts import grouped
from ..graph.sockets import Input
from .blooms import Foliage, leaf_tint
from .leaves import Arc, frame, marked, sheets, stalk, stalks, tinted
from .plant_parts import TAU, draw
from .shapes import count


@grouped("Compound Leaf")
def compound_leaf(
    length: Input, pairs: Input, foliage: Foliage, color: Input, droop: Input, seed: Input, detail: Input,
    bare: float = 0.35, spread: float = 1.05, end: float = 1.15, mesh: tuple[int, int] = (6, 16), wilt: Input = 0.0,
) -> tuple[Socket, Socket]:  # fmt: skip
    """Leaflets and their stalk, as two meshes, so that each takes its material.

    length: of the stalk, m; pairs: of leaflets; bare: share of the stalk without; spread: rad between a leaflet and the stalk; end: size of
    the leaflet at the tip; droop: how far the stalk bends down, rad.
    """
    start = TAU / 4 - 0.25
    rachis = Arc((0.0, 0.0, 0.0), 0.0, lambda t: start + t * droop, length)
    sheet = sheets(pairs * 2 + 1, count(detail, mesh[0], 2), count(detail, mesh[1], 6))
    number = sheet.number
    last = number > pairs * 2 - 0.5
    pair = n.math("FLOOR", number * 0.5 + 0.01)
    side = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    share = pair / n.maximum(pairs, 1)
    at = frame(rachis, n.switch(last, n.mix(share, bare, 1.0) + side * 0.008, 1.0))
    azimuth = n.switch(last, side * (spread - share * 0.25), 0.0) + draw(seed, 601, -0.1, 0.1, number)
    size = n.switch(last, n.float_curve(share, [(0, 0.78), (0.4, 1.0), (1, 0.9)]), end) * draw(
        seed, 602, 0.9, 1.08, number
    )
    lean = at.turn + draw(seed, 603, -0.12, 0.1, number) - 0.05
    curl = draw(seed, 604, 0.1, 0.5, number) + wilt
    arc = Arc(at.point, azimuth, lambda t: lean + t * curl, foliage.length * size)
    leaf = foliage.blades(sheet, arc, size, seed)
    leaf = marked(leaf, leaf_tint(color, sheet, 1.0 - share, seed, 605, wilt), draw(seed, 609, of=number))
    tube = stalks(1, count(detail, 6, 4), count(detail, 14, 5))
    thick = length * 0.009 * n.mix(tube.along, 1.5, 0.6)
    return leaf, n.store(stalk(tube, rachis, thick), "tint", tinted(color, 1.3))
