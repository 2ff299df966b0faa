"""Samples along rays: few, in occupied space, most of them where the occupancy grid expects light to be absorbed.

A ray's way through occupied cells is found exactly (every cell that it crosses is visited, however short the crossing). The grid's
densities predict how much each crossing absorbs; that and a uniform share make a distribution, cut into bins of equal mass. One sample
is drawn uniformly in each bin, and its `delta` is the bin's length. So the bins tile the occupied way without gaps: the optical depth
is estimated without bias, and for constant density exactly. The way behind the point where the density that may be counted on (see
occupancy) leaves less than `STOP` of the light is one last bin.

Jitter is a hash of (seed of the view, pixel, bin): it does not depend on how rays are batched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numba import prange
from torch import Tensor

from ..numerics import array, check, inline, kernel
from .occupancy import Occupancy

STOP = 1e-3  # transmittance at which a ray ends
RAYS_PER_TASK = 64


@dataclass(frozen=True)
class RaySampling:
    """samples: most on one ray. spacing: cells of the occupancy grid per sample on short ways. uniform: share of the samples that
    is spread evenly over the occupied way rather than where light is expected to be absorbed."""

    samples: int = 16
    spacing: float = 0.25
    uniform: float = 0.5

    def __post_init__(self) -> None:
        if not 2 <= self.samples <= 1024:
            raise ValueError(f"samples must be 2 to 1024, not {self.samples}.")
        if self.spacing <= 0.0 or not 0.0 < self.uniform <= 1.0:
            raise ValueError(f"spacing must be positive and uniform in 0..1, not {self.spacing} and {self.uniform}.")


@dataclass(frozen=True)
class RaySamples:
    """N samples of R rays, packed: ray r owns offsets[r] to offsets[r + 1], in order of distance.

    points: [N, 3]. t: [N], distance along the ray. delta: [N], length that the sample stands for. ray: int64 [N].
    offsets: int64 [R + 1].
    """

    points: Tensor
    t: Tensor
    delta: Tensor
    ray: Tensor
    offsets: Tensor


def sample_rays(
    origins: Tensor,
    directions: Tensor,
    occupancy: Occupancy,
    sampling: RaySampling,
    seeds: Tensor | None = None,
    pixels: Tensor | None = None,
) -> RaySamples:
    """Sample rays [R, 3] (unit directions) within the unit sphere.

    seeds, pixels: int64 [R], what the jitter is hashed from; None puts every sample in the middle of its bin.
    """
    check("origins", origins, (None, 3))
    check("directions", directions, (len(origins), 3))
    if (seeds is None) != (pixels is None):
        raise ValueError("seeds and pixels go together: give both or neither.")
    if seeds is None or pixels is None:
        keys = torch.full((len(origins),), -1, dtype=torch.int64, device=origins.device)
    else:
        check("seeds", seeds, (len(origins),), torch.int64)
        check("pixels", pixels, (len(origins),), torch.int64)
        keys = (seeds * 0x9E3779B1 + pixels * 0x85EBCA6B) & 0x7FFFFFFF
    if origins.device.type != "cpu":
        return sample_rays_reference(origins, directions, occupancy, sampling, keys)
    o, d = array(origins), array(directions)
    count = len(o)
    t, delta = np.empty((count, sampling.samples), np.float32), np.empty((count, sampling.samples), np.float32)
    counts = np.zeros(count, np.int64)
    _place(
        o, d, array(occupancy.occupied), array(occupancy.expected), array(keys),
        sampling.spacing * occupancy.cell_size, sampling.uniform, t, delta, counts,
    )  # fmt: skip
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    total = int(offsets[-1])
    points, ray = np.empty((total, 3), np.float32), np.empty(total, np.int64)
    packed_t, packed_delta = np.empty(total, np.float32), np.empty(total, np.float32)
    _pack(o, d, t, delta, offsets, points, packed_t, packed_delta, ray)
    return RaySamples(*(torch.from_numpy(a) for a in (points, packed_t, packed_delta, ray, offsets)))


@inline
def _uniform(key, index):  # type: ignore[no-untyped-def]
    """A number in [0, 1) from a hash (lowbias32) of a ray's key and a bin; .5 for the key -1."""
    if key < 0:
        return 0.5
    x = (key + index * 0xC2B2AE3D) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    x = x ^ (x >> 16)
    return (x >> 8) / 16777216.0


@inline
def _inverse_slope(direction):  # type: ignore[no-untyped-def]
    """1 / direction; infinite where the ray never leaves a cell along this axis."""
    return 1.0 / direction if abs(direction) > 1e-9 else np.inf


@inline
def _wall(cell, ahead, origin, inverse, width):  # type: ignore[no-untyped-def]
    """Distance to the wall by which the ray leaves a cell along one axis; ahead: 1 if it runs upwards, else 0."""
    return ((cell + ahead) * width - 1.0 - origin) * inverse if inverse != np.inf else np.inf


@inline
def _crossings(o, d, occupied, expected, start, length, depth):  # type: ignore[no-untyped-def]
    """The ray's crossings of occupied cells: start and length [M], predicted optical depth [M]. Returns M."""
    size = occupied.shape[0]
    width = 2.0 / size
    ox, oy, oz = np.float64(o[0]), np.float64(o[1]), np.float64(o[2])
    dx, dy, dz = np.float64(d[0]), np.float64(d[1]), np.float64(d[2])
    middle = -(ox * dx + oy * dy + oz * dz)
    inside = middle * middle - (ox * ox + oy * oy + oz * oz) + 1.0
    found = 0
    if not inside > 0.0:  # misses the sphere, or is NaN
        return 0
    reach = math.sqrt(inside)
    t, last = max(middle - reach, 0.0), middle + reach
    i = min(max(int((ox + t * dx + 1.0) / width), 0), size - 1)
    j = min(max(int((oy + t * dy + 1.0) / width), 0), size - 1)
    k = min(max(int((oz + t * dz + 1.0) / width), 0), size - 1)
    ax, ay, az = (1 if dx > 0 else 0), (1 if dy > 0 else 0), (1 if dz > 0 else 0)
    rx, ry, rz = _inverse_slope(dx), _inverse_slope(dy), _inverse_slope(dz)
    tx, ty, tz = _wall(i, ax, ox, rx, width), _wall(j, ay, oy, ry, width), _wall(k, az, oz, rz, width)
    while t < last:
        leave = min(tx, ty, tz)
        end = max(min(leave, last), t)
        if occupied[i, j, k] != 0 and end > t:
            start[found] = t
            length[found] = end - t
            depth[found] = expected[i, j, k] * (end - t)
            found += 1
        t = end
        if tx <= leave:
            i += 2 * ax - 1
            if i < 0 or i >= size:
                break
            tx = _wall(i, ax, ox, rx, width)
        elif ty <= leave:
            j += 2 * ay - 1
            if j < 0 or j >= size:
                break
            ty = _wall(j, ay, oy, ry, width)
        else:
            k += 2 * az - 1
            if k < 0 or k >= size:
                break
            tz = _wall(k, az, oz, rz, width)
    return found


@kernel
def _place(origins, directions, occupied, expected, keys, spacing, uniform, t_out, delta_out, counts):  # type: ignore[no-untyped-def]
    """Bins and samples of each ray: t, delta [R, S] and how many of the S are used [R]."""
    rays, most = t_out.shape
    room = 3 * occupied.shape[0] + 4
    tasks = (rays + RAYS_PER_TASK - 1) // RAYS_PER_TASK
    for task in prange(tasks):
        start, length, depth = np.empty(room), np.empty(room), np.empty(room)
        weight, mass = np.empty(room), np.empty(room)
        edges = np.empty(most + 1)
        for r in range(task * RAYS_PER_TASK, min(rays, (task + 1) * RAYS_PER_TASK)):
            found = _crossings(origins[r], directions[r], occupied, expected, start, length, depth)
            if found == 0:
                continue
            light, body, way, total = 1.0, found, 0.0, 0.0
            for m in range(found):
                passed = math.exp(-depth[m])
                weight[m] = light * (1.0 - passed)
                light *= passed
                way += length[m]
                if light < STOP:
                    body = m + 1
                    break
            tail = 0.0
            for m in range(body, found):
                tail += length[m]
            for m in range(
                body
            ):  # the neighbours' largest: a surface may lie just before or behind where the grid says
                w = weight[m]
                if m > 0:
                    w = max(w, weight[m - 1])
                if m + 1 < body:
                    w = max(w, weight[m + 1])
                mass[m] = w
                total += w
            even = uniform if total > 1e-9 else 1.0
            for m in range(body):
                mass[m] = even * length[m] / way + (1.0 - even) * mass[m] / max(total, 1e-9)
            extra = 1 if tail > 0.0 else 0
            bins = min(max(math.ceil(way / spacing), 1), most - extra)
            # Edges of the bins, as distances along the occupied way.
            m, below, before = 0, 0.0, 0.0  # crossing, and mass and way before it
            edges[0] = 0.0
            for b in range(1, bins):
                wanted = b / bins
                while m < body - 1 and below + mass[m] < wanted:
                    below += mass[m]
                    before += length[m]
                    m += 1
                share = min(max((wanted - below) / mass[m], 0.0), 1.0)
                edges[b] = max(before + share * length[m], edges[b - 1])
            edges[bins] = way
            if extra == 1:
                edges[bins + 1] = way + tail
            m, before = 0, 0.0
            for b in range(bins + extra):
                wide = edges[b + 1] - edges[b]
                at = edges[b] + _uniform(keys[r], b) * wide
                while m < found - 1 and before + length[m] < at:
                    before += length[m]
                    m += 1
                t_out[r, b] = start[m] + min(max(at - before, 0.0), length[m])
                delta_out[r, b] = wide
            counts[r] = bins + extra


@kernel
def _pack(origins, directions, t, delta, offsets, points, packed_t, packed_delta, ray):  # type: ignore[no-untyped-def]
    for task in prange((len(origins) + RAYS_PER_TASK - 1) // RAYS_PER_TASK):
        for r in range(task * RAYS_PER_TASK, min(len(origins), (task + 1) * RAYS_PER_TASK)):
            first = offsets[r]
            for s in range(offsets[r + 1] - first):
                n = first + s
                for axis in range(3):
                    points[n, axis] = origins[r, axis] + t[r, s] * directions[r, axis]
                packed_t[n] = t[r, s]
                packed_delta[n] = delta[r, s]
                ray[n] = r


def sample_rays_reference(
    origins: Tensor, directions: Tensor, occupancy: Occupancy, sampling: RaySampling, keys: Tensor
) -> RaySamples:
    """`sample_rays` in plain torch, for any device: sorts a ray's crossings with all of the grid's planes."""
    o, d = origins.double(), directions.double()
    rays, size, most = len(o), occupancy.resolution, sampling.samples
    middle = -(o * d).sum(-1)
    inside = middle**2 - (o * o).sum(-1) + 1.0
    reach = inside.clamp_min(0.0).sqrt()
    near = (middle - reach).clamp_min(0.0)
    far = torch.where(inside > 0.0, middle + reach, near).maximum(near)
    planes = torch.linspace(-1.0, 1.0, size + 1, device=o.device, dtype=o.dtype)
    slope = torch.where(d.abs() > 1e-9, d, torch.full_like(d, 1e-30))
    cuts = ((planes - o[..., None]) / slope[..., None]).reshape(rays, -1)
    walls = torch.cat(
        [near[:, None], cuts.maximum(near[:, None]).minimum(far[:, None]).sort(dim=1).values, far[:, None]], dim=1
    )
    start, end = walls[:, :-1], walls[:, 1:]  # [R, M]
    between = o[:, None] + (0.5 * (start + end))[..., None] * d[:, None]
    cell = ((between + 1.0) * (0.5 * size)).long().clamp(0, size - 1)
    taken = occupancy.occupied[cell[..., 0], cell[..., 1], cell[..., 2]] > 0
    length = torch.where(taken, end - start, torch.zeros_like(start))
    depth = occupancy.expected[cell[..., 0], cell[..., 1], cell[..., 2]].double() * length
    light = torch.exp(-depth.cumsum(dim=1))
    before = torch.cat([torch.ones_like(light[:, :1]), light[:, :-1]], dim=1)
    alive = before >= STOP
    weight = torch.where(alive, before - light, torch.zeros_like(light))
    way = torch.where(alive, length, torch.zeros_like(length))
    body, tail = way.sum(dim=1), torch.where(alive, torch.zeros_like(length), length).sum(dim=1)
    wide = _neighbours_largest(weight, way)
    total = wide.sum(dim=1, keepdim=True)
    even = torch.where(total > 1e-9, torch.full_like(total, sampling.uniform), torch.ones_like(total))
    mass = even * way / body.clamp_min(1e-12)[:, None] + (1.0 - even) * wide / total.clamp_min(1e-9)
    extra = (tail > 0.0).long()
    bins = (body / (sampling.spacing * occupancy.cell_size)).ceil().long().clamp_min(1).minimum(most - extra)
    bins = torch.where(body > 0.0, bins, torch.zeros_like(bins))
    index = torch.arange(most + 1, device=o.device)[None].expand(rays, -1)
    edges = _inverse(mass.cumsum(dim=1), way.cumsum(dim=1), index / bins.clamp_min(1)[:, None])
    edges = torch.where(index >= bins[:, None], body[:, None], edges)
    edges = torch.where(index > bins[:, None], (body + tail)[:, None], edges).cummax(dim=1).values
    at = edges[:, :-1] + _uniform_reference(keys, most) * edges.diff(dim=1)
    passed = length.cumsum(dim=1)
    which = torch.searchsorted(passed, at.contiguous()).clamp_max(length.shape[1] - 1)
    ahead = at - (passed - length).gather(1, which)
    t = start.gather(1, which) + ahead.clamp_min(0.0).minimum(length.gather(1, which))
    counts = bins + torch.where(bins > 0, extra, torch.zeros_like(extra))
    used = torch.arange(most, device=o.device)[None] < counts[:, None]
    ray = torch.arange(rays, device=o.device)[:, None].expand(-1, most)[used]
    packed_t = t[used].float()
    offsets = torch.cat([counts.new_zeros(1), counts.cumsum(dim=0)])
    points = origins[ray] + packed_t[:, None] * directions[ray]
    return RaySamples(points, packed_t, edges.diff(dim=1)[used].float(), ray, offsets)


def _neighbours_largest(weight: Tensor, way: Tensor) -> Tensor:
    """Each crossing's weight or that of the crossing before or after, whichever is larger; [R, M].

    Empty intervals (not occupied, or of no length) lie between crossings: the packed order is what counts.
    """
    order = torch.argsort((way <= 0.0).to(torch.int8), dim=1, stable=True)
    packed = weight.gather(1, order)
    grown = torch.nn.functional.max_pool1d(packed[:, None], 3, stride=1, padding=1)[:, 0]
    grown = torch.where(way.gather(1, order) > 0.0, grown, torch.zeros_like(grown))
    return torch.zeros_like(weight).scatter(1, order, grown)


def _inverse(mass: Tensor, way: Tensor, wanted: Tensor) -> Tensor:
    """Way at which the cumulative mass [R, M] reaches wanted [R, K], linear between."""
    which = torch.searchsorted(mass, wanted.to(mass.dtype).contiguous()).clamp_max(mass.shape[1] - 1)
    zero = mass.new_zeros(len(mass), 1)
    mass0, way0 = torch.cat([zero, mass], 1).gather(1, which), torch.cat([zero, way], 1).gather(1, which)
    mass1, way1 = mass.gather(1, which), way.gather(1, which)
    share = ((wanted - mass0) / (mass1 - mass0).clamp_min(1e-300)).clamp(0.0, 1.0)
    return way0 + share * (way1 - way0)


def _uniform_reference(keys: Tensor, count: int) -> Tensor:
    """`_uniform` for bins 0 to count - 1: float64 [R, count]."""
    x = (keys[:, None] + torch.arange(count, device=keys.device) * 0xC2B2AE3D) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    x = x ^ (x >> 16)
    return torch.where(keys[:, None] < 0, 0.5, (x >> 8).double() / 16777216.0)
