"""What a method tells while it runs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dreamgrove.engine.methods.base import Cancelled
from dreamgrove.engine.methods.context import JobContext


@pytest.fixture
def said():
    return []


@pytest.fixture
def context(tmp_path, said):
    return JobContext(tmp_path, "cpu", 3, emit=said.append)


def test_progress_is_throttled_but_stages_are_not(context, said):
    for fraction in np.linspace(0, 1, 100):
        context.progress(float(fraction), "Growing")
    context.progress(1.0, "Meshing")
    assert [message["stage"] for message in said] == ["Growing", "Meshing"]


@pytest.mark.parametrize("fraction", [-0.01, 1.01, float("nan")])
def test_progress_refuses_nonsense(context, fraction):
    with pytest.raises(ValueError, match="takes 0 to 1"):
        context.progress(fraction, "Growing")


@pytest.mark.parametrize("channels", [3, 4])
def test_preview_is_written_whole_and_throttled(context, said, tmp_path, channels):
    image = np.zeros((4, 6, channels), np.uint8)
    image[0, 5] = (255, 128, 0, 77)[:channels]
    context.preview(image)
    context.preview(image)
    assert [message["number"] for message in said] == [1]
    with Image.open(tmp_path / "live.png") as read:
        assert np.array_equal(np.asarray(read), image)
    assert [each.name for each in tmp_path.iterdir()] == ["live.png"]


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4, 3)),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 3000, 3), np.uint8),
    ],
)
def test_preview_refuses_other_arrays(context, image):
    with pytest.raises(ValueError, match="a preview"):
        context.preview(image)


def test_cancelling_reaches_every_call(context, said):
    context.cancelled.set()
    for call in (
        context.check_cancelled,
        lambda: context.progress(0.5, "x"),
        lambda: context.preview(np.zeros((2, 2, 3), np.uint8)),
    ):
        with pytest.raises(Cancelled):
            call()
    assert said == []


def test_checkpoints(context):
    assert context.load_checkpoint() is None
    context.save_checkpoint({"step": 3, "x": np.ones(2)})
    state = context.load_checkpoint()
    assert state["step"] == 3 and np.array_equal(state["x"], np.ones(2))
