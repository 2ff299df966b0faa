"""Whether a refinement may replace its draft: it must hang together, keep its outline and its length, and please the prior no less."""

from __future__ import annotations

import pytest

from dreamgrove.engine.methods.acceptance import judge

TREE = (1.0, 0.9, 1.8)


@pytest.mark.parametrize(
    ("components", "iou", "disagreements", "spans", "accepted", "word"),
    [
        ((1, 1), 0.84, (0.012, 0.009), (1.02, 0.88, 1.75), True, "overlap"),
        ((1, 1), 0.84, (0.012, 0.009), (1.02, 0.88, 1.2), False, "a part came off: 67% of its length is left"),
        ((1, 2), 0.84, (0.012, 0.009), TREE, False, "parts 1 -> 2"),
        ((2, 1), 0.84, None, TREE, True, "parts 2 -> 1"),
        ((1, 1), 0.5, (0.012, 0.009), TREE, False, "overlap 0.50"),
        ((1, 1), 0.84, (0.010, 0.012), TREE, False, "0.0100 -> 0.0120"),
    ],
)
def test_judge(components, iou, disagreements, spans, accepted, word):
    verdict = judge(components, iou, disagreements, (TREE, spans))
    assert verdict.accepted == accepted
    assert word in verdict.sentence()
    assert verdict.sentence().startswith("refinement kept" if accepted else "refinement left out")
