"""What the training assets of a concept measure: with these, `priors/draft_choice.py` tells an odd draft from a sound one."""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np

from ..priors.draft_choice import PERCENTILES, PERCENTILES_OF_HANDLES, Measures, measure
from .distance import GridSet, decode_distance
from .vocabulary import CONCEPTS

ASSETS = 100  # of each concept, evenly over all there are


def extents_of(grids: GridSet) -> dict[str, dict[str, list[float]]]:
    """Concept -> measure -> its percentiles."""
    measures: dict[int, list[tuple[float, ...]]] = {}
    for concept in np.unique(grids.concept):
        members = np.flatnonzero(grids.concept == concept)
        measures[int(concept)] = [
            astuple(measure(decode_distance(grids[int(i)].distance)))
            for i in members[:: max(1, len(members) // ASSETS)]
        ]
    return {CONCEPTS[concept].name: _percentiles(np.array(rows)) for concept, rows in measures.items()}


def _percentiles(rows: np.ndarray) -> dict[str, list[float]]:
    """rows: [assets, measures]."""
    found = {}
    for each, column in zip(fields(Measures), rows.T, strict=True):
        asked = PERCENTILES_OF_HANDLES if each.name == "handles" else PERCENTILES
        found[each.name] = np.percentile(column, asked).round(4).tolist()
    return found
