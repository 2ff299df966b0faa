"""One sheet of everything that is known of a view, to look at: `python -m dreamgrove.procedural.scene.truth.sheet DIR -o sheet.jpg`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ...pictures import montage, read_picture, write_picture
from .load import View, open_truth

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}


def panels(view: View) -> dict[str, np.ndarray]:
    """Pictures [H, W, 3] 0..1 as displayed, by what they show."""
    return {
        "image": _displayed(view),
        "depth": depth_picture(view.depth),
        "normal": np.where(np.isfinite(view.depth)[..., None], view.normal_camera * (1, -1, -1) / 2 + 0.5, 0.0),
        "albedo": _srgb(view.albedo),
        "instance": _with_edges(number_colors(view.instance), view.boundary),
        "semantic": number_colors(view.semantic),
        "material": number_colors(view.material),
        "flow": flow_picture(view.flow) if (view.folder / "flow.exr").is_file() else np.zeros((*view.depth.shape, 3)),
    }


def depth_picture(depth: np.ndarray) -> np.ndarray:
    """Near warm and bright, far cold and dark, by the logarithm; nothing is black. [H, W] m -> [H, W, 3]."""
    there = np.isfinite(depth)
    if not there.any():
        return np.zeros((*depth.shape, 3))
    near, far = np.log(np.percentile(depth[there], (1, 99)))
    share = np.clip((np.log(np.where(there, depth, 1.0)) - near) / max(far - near, 1e-6), 0.0, 1.0)
    stops = np.array([[1.0, 0.95, 0.75], [0.98, 0.62, 0.35], [0.75, 0.25, 0.40], [0.32, 0.15, 0.46], [0.06, 0.06, 0.2]])
    picture = np.stack([np.interp(share, np.linspace(0, 1, len(stops)), stops[:, k]) for k in range(3)], -1)
    return np.where(there[..., None], picture, 0.0)


def number_colors(numbers: np.ndarray) -> np.ndarray:
    """A colour for every number, neighbours well apart; 0 is black. [H, W] -> [H, W, 3]."""
    n = numbers.astype(np.float64)
    hue = (n * 0.61803398875) % 1.0
    light = 0.55 + 0.4 * ((n * 0.7548776662) % 1.0)
    strength = 0.45 + 0.4 * ((n * 0.5698402910) % 1.0)
    return np.where((numbers > 0)[..., None], _hsv(hue, strength, light), 0.0)


def flow_picture(flow: np.ndarray) -> np.ndarray:
    """Direction as hue, speed as strength against the fastest pixels (half a px at least); unknown is black. [H, W, 2] px -> [H, W, 3]."""
    known = ~np.isnan(flow).any(-1)
    speed = np.linalg.norm(np.where(known[..., None], flow, 0.0), axis=-1)
    top = max(float(np.percentile(speed[known], 98)) if known.any() else 0.0, 0.5)
    hue = (np.arctan2(flow[..., 1], flow[..., 0]) / (2 * np.pi)) % 1.0
    picture = _hsv(np.nan_to_num(hue), np.clip(speed / top, 0, 1), np.ones_like(speed))
    return np.where(known[..., None], picture, 0.0)


def sheet(view: View, columns: int = 4, gap: int = 4) -> np.ndarray:
    """All panels as one picture [H, W, 4], with white gaps."""
    tiles = []
    for each in panels(view).values():
        height, width = each.shape[:2]
        tile = np.ones((height + gap, width + gap, 4), np.float32)
        tile[:height, :width, :3] = np.clip(each, 0.0, 1.0)
        tiles.append(tile)
    return montage(tiles, columns)[:-gap, :-gap]


def _displayed(view: View) -> np.ndarray:

    return read_picture(view.folder / "image.png")[..., :3]


def _with_edges(picture: np.ndarray, boundary: np.ndarray) -> np.ndarray:
    return np.where((boundary == 1)[..., None], np.minimum(picture * 0.35, 1.0), picture)


def _srgb(linear: np.ndarray) -> np.ndarray:
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def _hsv(hue: np.ndarray, strength: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Source: the hexcone model (Smith 1978), in its closed form."""
    k = (np.array([5.0, 3.0, 1.0]) + hue[..., None] * 6.0) % 6.0
    return light[..., None] * (1.0 - strength[..., None] * np.clip(np.minimum(k, 4.0 - k), 0.0, 1.0))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sheet", description=__doc__.split(":")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frame", type=int, help="default: the first")
    parser.add_argument("--view", help="default: the first")
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("-o", "--output", type=Path, default=Path("sheet.png"))
    options = parser.parse_args(arguments)
    if options.output.suffix not in FORMATS:
        parser.error(f"-o takes a file that ends in {', '.join(FORMATS)}")
    frames = {frame.number: frame for frame in open_truth(options.folder).frames}
    frame = frames[options.frame] if options.frame is not None else next(iter(frames.values()))
    view = frame.views[options.view or next(iter(frame.views))]
    write_picture(sheet(view, options.columns), options.output.absolute(), FORMATS[options.output.suffix], quality=88)
    return 0


if __name__ == "__main__":
    sys.exit(main())
