"""Which of several drafts is the soundest, by measures of shape that can be explained.

Measures are compared with what the training assets of the concept had (percentiles in the weights' metadata): a chair in five pieces
is wrong, a tuft of grass in five is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import mcubes
import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SPECK = 0.004  # parts smaller than this share of the inside do not count as parts
PARTS = np.ones((3, 3, 3), bool)  # voxels that touch at a corner hang together
PERCENTILES = (2, 50, 98)
# Of handles the upper one is lower: one asset in ten has a tunnel by chance, where its walls are thinner than voxels can tell.
PERCENTILES_OF_HANDLES = (2, 50, 90)
GROWN = (0.0, 0.5, 1.0)  # voxels by which a shape grows to see which tunnels are wide enough to count
HANDLES_ROOM = 2.0  # so many handles too many are as bad as a shape can be

# Measure -> its percentiles over training assets. Weights that were exported before a measure was known do not have it.
Extents = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Measures:
    """Of one distance field. Lengths in engine units, shares in 0..1."""

    width: float
    depth: float
    height: float
    volume: float  # share of the box
    components: float  # parts larger than a speck
    largest: float  # share of the inside in the largest part
    thin: float  # share of the inside's voxels near no voxel deeper than one voxel
    handles: float  # through the largest part's surface, wider than two voxels


def measure(sdf: np.ndarray) -> Measures:
    """sdf: [n, n, n] engine units, negative inside."""
    n = sdf.shape[0]
    inside = sdf < 0
    count = int(inside.sum())
    if count == 0:
        return Measures(0, 0, 0, 0, 0, 0, 0, 0)
    spans = []
    for axis in range(3):
        found = np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != axis)))
        spans.append(2 / n * float(found[-1] - found[0] + 1))
    labels, num = ndimage.label(inside, PARTS)
    sizes = np.bincount(labels.ravel(), minlength=num + 1)[1:] / count
    deep = ndimage.binary_dilation(sdf < -2 / n, PARTS, iterations=2)
    return Measures(
        width=spans[0],
        depth=spans[1],
        height=spans[2],
        volume=count / n**3,
        components=float((sizes >= SPECK).sum()),
        largest=float(sizes.max()),
        thin=float((inside & ~deep).sum() / count),
        handles=float(handles(sdf)),
    )


def handles(sdf: np.ndarray) -> int:
    """Handles of the largest surface that stay when the shape grows by up to a voxel; narrow tunnels close, and do not count."""
    least = None
    for grown in GROWN:
        found = genus(sdf - np.float32(2 * grown / sdf.shape[0]))
        least = found if least is None else min(least, found)
        if least == 0:
            break
    return least or 0


def genus(sdf: np.ndarray) -> int:
    """Genus of the largest connected piece of the zero surface, by its Euler characteristic: 2 - 2 g = V - E + F. Hollows inside
    are pieces of their own. 0 without a surface."""
    closed = np.pad(sdf, 1, constant_values=max(1e-3, float(np.abs(sdf).max())))
    vertices, triangles = mcubes.marching_cubes(closed.astype(np.float64), 0.0)
    if not len(triangles):
        return 0
    ends = (triangles.ravel(), np.roll(triangles, 1, axis=1).ravel())
    graph = coo_matrix((np.ones(triangles.size, np.int8), ends), shape=(len(vertices),) * 2)
    piece = connected_components(graph, directed=False)[1]
    faces = np.bincount(piece[triangles[:, 0]])
    largest = int(faces.argmax())
    # Closed: each triangle has three half edges, so E = 3 F / 2.
    euler = int((piece == largest).sum()) - faces[largest] // 2
    return int(1 - euler // 2)


@dataclass(frozen=True)
class Assessment:
    """One draft's verdict. penalties: measure -> 0 (as the training assets) .. 1 (far off); agreement: mean overlap of its three
    axis silhouettes with the other drafts' (1 = the same)."""

    measures: Measures
    penalties: Mapping[str, float]
    agreement: float
    touches_box: bool

    @property
    def score(self) -> float:
        """Higher is better; 1 at most. Agreement decides only among drafts that are otherwise sound."""
        return 0.75 - sum(self.penalties.values()) - 0.5 * self.touches_box + 0.25 * self.agreement

    def sentence(self) -> str:
        """Why this score, for the log."""
        wrong = [f"{name} {getattr(self.measures, name):.2f}" for name, value in self.penalties.items() if value > 0.05]
        parts = [
            f"score {self.score:.2f}",
            f"{self.measures.components:.0f} part(s)",
            f"{self.measures.handles:.0f} handle(s)",
            f"agreement {self.agreement:.2f}",
        ]
        if wrong:
            parts.append("unusual: " + ", ".join(wrong))
        if self.touches_box:
            parts.append("cut off at the box")
        return "; ".join(parts)


def assess(fields: Sequence[np.ndarray], extents: Extents | None = None) -> list[Assessment]:
    """Judge the drafts of one prompt. fields: signed distances [n, n, n]. Without `extents` only what is wrong for anything counts:
    being empty, in parts, or cut off."""
    silhouettes = [[np.asarray((sdf < 0).any(axis=axis)) for axis in range(3)] for sdf in fields]
    assessments = []
    for index, sdf in enumerate(fields):
        measures = measure(sdf)
        others = [s for i, s in enumerate(silhouettes) if i != index]
        overlaps = [_overlap(a, b) for other in others for a, b in zip(silhouettes[index], other, strict=True)]
        inside = sdf < 0
        faces = [inside.take(side, axis).any() for axis in range(3) for side in (0, -1)]
        assessments.append(
            Assessment(
                measures,
                _penalties(measures, extents),
                float(np.mean(overlaps)) if overlaps else 1.0,
                bool(np.any(faces)),
            )
        )
    return assessments


def choose(fields: Sequence[np.ndarray], extents: Extents | None = None) -> int:
    """Index of the soundest draft; the first of equals. Raises ValueError without drafts."""
    if not len(fields):
        raise ValueError("There is no draft to choose from.")
    return int(np.argmax([a.score for a in assess(fields, extents)]))


def _penalties(measures: Measures, extents: Extents | None) -> dict[str, float]:
    if measures.volume == 0:
        return {"volume": 10.0}
    if extents is None:
        return {"components": min(1.0, 0.3 * (measures.components - 1)), "largest": 1 - measures.largest}
    penalties = {}
    for name, (low, _, high) in extents.items():
        value = getattr(measures, name)
        # At least a tenth of the measure, so that a concept without variety does not reject a hair's difference.
        room = max(high - low, 0.1 * abs(high), HANDLES_ROOM if name == "handles" else 0.02)
        penalties[name] = float(np.clip(max(low - value, value - high) / room, 0, 1))
    return penalties


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union; two empty silhouettes agree."""
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0
