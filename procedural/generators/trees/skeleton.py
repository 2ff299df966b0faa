"""From grown limbs and twig sites to the mesh that a tree's graph takes."""

from __future__ import annotations

import numpy as np

from ...grow.foliage import Sites
from ...grow.limbs import Limbs
from ..base import Skeleton

# The thickest point of a limb, as a share of the trunk's, from which a limb is of class 0 (trunk), 1 (bough), 2 (branch); thinner are 3
_CLASSES = (0.42, 0.15, 0.05)
_LEAST = (0.06, 0.02, 0.006)  # and at least so thick, m


def skeleton_of(limbs: Limbs, sites: Sites, scale: np.ndarray | None = None) -> Skeleton:
    """Chains of edges for limbs, then a loose vertex for every leafy twig.

    On limbs: girth (radius, m), along (m from the limb's beginning), age (1 foot, 0 tips), chance (a limb's random number), order, thick (its class,
    see above), dead. On sites: site (true), way (the direction of the twig), outer (0 inside the crown, 1 at its surface), size.
    """
    thick = np.zeros(len(limbs.order))
    np.maximum.at(thick, limbs.limb, limbs.radius)
    classes = np.searchsorted(-np.array(_CLASSES) * thick.max(), -thick).astype(np.int32)
    classes = np.maximum(classes, np.searchsorted(-np.array(_LEAST), -thick).astype(np.int32))
    classes[limbs.order == 0] = 0
    wood, leaves = len(limbs.point), len(sites.point)
    size = np.ones(leaves) if scale is None else scale
    per_limb = lambda values: values[limbs.limb]  # noqa: E731
    whole = lambda values, fill=0.0: np.concatenate([values, np.full(leaves, fill)]).astype(np.float32)  # noqa: E731
    attributes = {
        "girth": np.concatenate([limbs.radius, sites.radius]).astype(np.float32),
        "along": whole(limbs.along),
        "age": whole(limbs.age),
        "chance": whole(per_limb(limbs.chance)),
        "dead": whole(per_limb(limbs.dead).astype(float)),
        "order": np.concatenate([per_limb(limbs.order), np.zeros(leaves)]).astype(np.int32),
        "thick": np.concatenate([per_limb(classes), np.full(leaves, 4)]).astype(np.int32),
        "site": np.arange(wood + leaves) >= wood,
        "way": np.concatenate([limbs.tangent, sites.direction]).astype(np.float32),
        "outer": np.concatenate([np.zeros(wood), sites.outer]).astype(np.float32),
        "size": np.concatenate([np.ones(wood), size]).astype(np.float32),
    }
    return Skeleton(np.concatenate([limbs.point, sites.point]), limbs.edges, attributes=attributes)
