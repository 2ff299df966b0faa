"""Two eyes' pictures from one picture with depth: what lies nearer moves farther, and what comes to light is filled from behind. numpy alone.

Pictures are [H, W, C] float, top row first. Disparity is how many pixels farther to the left the right eye sees a point: d = f b / z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEP = 1.0  # px of disparity between neighbours that still are one surface


@dataclass(frozen=True)
class StereoPair:
    """left, right: [H, W, C]. disparity: of the given picture, sharpened, [H, W] px. filled: [H, W] bool of each eye, what no pixel was known of."""

    left: np.ndarray
    right: np.ndarray
    disparity: np.ndarray
    filled_left: np.ndarray
    filled_right: np.ndarray


def disparity_of_depth(depth: np.ndarray, focal_px: float, baseline: float) -> np.ndarray:
    """Disparity [H, W] px of z-depths [H, W] m (inf = infinitely far). focal_px: px; baseline: m. Raises ValueError for depths that are not positive."""
    if np.isnan(depth).any() or (depth <= 0).any():
        raise ValueError("depth must be positive everywhere; write infinity where nothing is")
    return focal_px * baseline / depth


def stereo_pair(image: np.ndarray, disparity: np.ndarray, centred: bool = False, sharpen: int = 2) -> StereoPair:
    """Both eyes' pictures.

    image: [H, W, C]; disparity: [H, W] px, 0 or more. centred: the picture lies between the eyes, each of which gets half; else it is the
    left eye's. sharpen: how many px wide the soft edges of the disparity may be, 0 = leave them. Raises ValueError if shapes differ.
    """
    if image.ndim != 3 or disparity.shape != image.shape[:2]:
        raise ValueError(f"the picture is {image.shape}, its disparity {disparity.shape}; both must be of one size")
    if not np.isfinite(disparity).all() or (disparity < 0).any():
        raise ValueError("disparity must be finite, 0 or more")
    sharp = sharpened(disparity, sharpen)
    share = 0.5 if centred else 1.0
    right, filled_right = warped(image, sharp * share)
    left, filled_left = image, np.zeros(disparity.shape, bool)
    if centred:
        mirrored, filled = warped(image[:, ::-1], sharp[:, ::-1] * share)
        left, filled_left = mirrored[:, ::-1], filled[:, ::-1]
    return StereoPair(left, right, sharp, filled_left, filled_right)


def sharpened(disparity: np.ndarray, radius: int = 2, jump: float = 1.0) -> np.ndarray:
    """Disparity whose soft edges are steps: a pixel on a slope of more than `jump` px over its window takes the nearer end's value.

    A value halfway between near and far is a place where nothing is; warped, it would hang between them as a fringe. On a plane a window twice
    as wide rises twice as much; at an edge hardly more: that tells them apart.
    """
    if radius < 1:
        return disparity.copy()
    low, high = disparity, disparity
    for axis in (0, 1):
        low, high = _extreme(low, radius, axis, np.minimum), _extreme(high, radius, axis, np.maximum)
    rise = high - low
    wide_low, wide_high = low, high
    for axis in (0, 1):
        wide_low = _extreme(wide_low, radius, axis, np.minimum)
        wide_high = _extreme(wide_high, radius, axis, np.maximum)
    edge = (rise > jump) & (wide_high - wide_low < 1.5 * rise)
    return np.where(edge, np.where(disparity - low < high - disparity, low, high), disparity)


def warped(image: np.ndarray, disparity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The right eye's picture [H, W, C] of the left eye's, and which pixels [H, W] had to be filled."""
    known = forward_disparity(disparity)
    holes = np.isnan(known)
    behind, source = _behind(known, holes)
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    there = _sampled(image, columns + np.where(holes, 0.0, behind))
    return np.where(holes[..., None], there[rows, source], there), holes


def forward_disparity(disparity: np.ndarray) -> np.ndarray:
    """What disparity each pixel of the right eye's picture has, [H, W] px; NaN = no pixel of the left eye's lands there. The nearer hides the farther."""
    height, width = disparity.shape
    rows, columns = np.mgrid[0:height, 0:width]
    target = columns - disparity
    result = np.full((height, width), -np.inf)

    def put(where: np.ndarray, row: np.ndarray, column: np.ndarray, value: np.ndarray) -> None:
        where = where & (column >= 0) & (column < width)
        np.maximum.at(result, (row[where], column[where].astype(int)), value[where])

    # Between neighbours on one surface the disparity is linear: up to three whole pixels lie there.
    begin, end = target[:, :-1], target[:, 1:]
    first, last = disparity[:, :-1], disparity[:, 1:]
    joined = np.abs(last - first) <= _STEP
    span = np.maximum(end - begin, 1e-9)
    for k in range(3):
        at = np.ceil(begin) + k
        share = np.clip((at - begin) / span, 0.0, 1.0)
        put(joined & (at <= end + 1e-9), rows[:, :-1], at, first + share * (last - first))
    # At a step each side ends half a pixel on.
    stepped = np.zeros((height, width), bool)
    stepped[:, :-1] |= ~joined
    stepped[:, 1:] |= ~joined
    stepped[:, [0, -1]] = True
    put(stepped, rows, np.rint(target), disparity)
    return np.where(np.isinf(result), np.nan, result)


def _behind(known: np.ndarray, holes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Disparity with holes given that of the farther side; and for every hole the column [H, W] that is mirrored into it from that side."""
    height, width = known.shape
    columns = np.broadcast_to(np.arange(width), known.shape)
    left = np.maximum.accumulate(np.where(holes, -1, columns), axis=1)
    right = np.minimum.accumulate(np.where(holes, width, columns)[:, ::-1], axis=1)[:, ::-1]
    rows = np.arange(height)[:, None]
    of_left = np.where(left >= 0, known[rows, np.maximum(left, 0)], np.inf)
    of_right = np.where(right < width, known[rows, np.minimum(right, width - 1)], np.inf)
    from_left = of_left <= of_right
    value = np.where(from_left, of_left, of_right)
    edge = np.clip(np.where(from_left, left, right), 0, width - 1)
    mirror = np.clip(2 * edge - columns, 0, width - 1)
    # What is mirrored must be of the same surface, else the edge's own pixel is drawn on.
    apart = np.abs(known[rows, mirror] - value)
    source = np.where(np.isnan(apart) | (apart > 2 * _STEP), edge, mirror)
    empty = np.isinf(value)  # a row of which nothing is known
    return np.where(holes, np.where(empty, 0.0, value), known), np.where(empty, columns, source)


def _sampled(image: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The picture at columns [H, W], between two linearly; beyond the edge, the edge's."""
    width = image.shape[1]
    x = np.clip(x, 0.0, width - 1.0)
    low = np.clip(np.floor(x).astype(int), 0, max(width - 2, 0))
    share = (x - low)[..., None]
    rows = np.arange(image.shape[0])[:, None]
    return image[rows, low] * (1.0 - share) + image[rows, np.minimum(low + 1, width - 1)] * share


def _extreme(values: np.ndarray, radius: int, axis: int, choose: np.ufunc) -> np.ndarray:
    """Least or greatest value within some pixels along an axis."""
    wide = np.pad(values, [(radius, radius) if each == axis else (0, 0) for each in range(2)], mode="edge")
    count = values.shape[axis]
    result = values
    for shift in range(2 * radius + 1):
        result = choose(result, np.take(wide, range(shift, shift + count), axis))
    return result
