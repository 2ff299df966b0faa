"""Cameras on an orbit around the object.

Engine space is right-handed, Z up, the object's front faces -Y, everything fits a sphere of radius 1. Azimuth 0 is a camera at -Y
that looks along +Y; it grows counter-clockwise seen from above (90 degrees is a camera at +X). A camera looks down its own
-Z with +Y up and +X to the right (Blender, OpenGL). Angles are radians.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

_DEG = math.pi / 180.0


@dataclass(frozen=True)
class Cameras:
    """A batch of B pinhole cameras.

    cam_to_world: [B, 4, 4] rigid. fov_y: [B] vertical field of view. azimuth, elevation: [B]. distance: [B], to the origin.
    Raises ValueError, naming the tensor, if a shape is wrong.
    """

    cam_to_world: Tensor
    fov_y: Tensor
    azimuth: Tensor
    elevation: Tensor
    distance: Tensor

    def __post_init__(self) -> None:
        shape = tuple(self.cam_to_world.shape)
        if len(shape) != 3 or shape[1:] != (4, 4):
            raise ValueError(f"cam_to_world must be [B, 4, 4], not {list(shape)}.")
        for name in ("fov_y", "azimuth", "elevation", "distance"):
            got = tuple(getattr(self, name).shape)
            if got != shape[:1]:
                raise ValueError(f"{name} must be [{shape[0]}] like cam_to_world {list(shape)}, not {list(got)}.")

    def __len__(self) -> int:
        return self.cam_to_world.shape[0]

    def __getitem__(self, index: int | slice | Tensor) -> Cameras:
        """Some of the cameras, still as a batch."""
        if isinstance(index, int):
            index = slice(index, index + 1) if index != -1 else slice(index, None)
        return Cameras(*(getattr(self, f.name)[index] for f in fields(self)))

    @property
    def device(self) -> torch.device:
        return self.cam_to_world.device

    @property
    def positions(self) -> Tensor:
        """[B, 3], world."""
        return self.cam_to_world[:, :3, 3]

    def to(self, device: torch.device | str) -> Cameras:
        return Cameras(*(getattr(self, f.name).to(device) for f in fields(self)))

    def world_to_cam(self) -> Tensor:
        """[B, 4, 4], the exact inverse of the rigid cam_to_world."""
        rotation = self.cam_to_world[:, :3, :3].transpose(1, 2)
        inverse = self.cam_to_world.clone()
        inverse[:, :3, :3] = rotation
        inverse[:, :3, 3] = -(rotation @ self.cam_to_world[:, :3, 3:]).squeeze(-1)
        return inverse

    def projection(self, height: int, width: int, near: float = 0.1, far: float = 10.0) -> Tensor:
        """OpenGL clip matrices [B, 4, 4] (camera to clip; NDC y up, z in -1..1)."""
        scale = 1.0 / torch.tan(0.5 * self.fov_y)
        clip = torch.zeros_like(self.cam_to_world)
        clip[:, 0, 0] = scale * height / width
        clip[:, 1, 1] = scale
        clip[:, 2, 2] = -(far + near) / (far - near)
        clip[:, 2, 3] = -2.0 * far * near / (far - near)
        clip[:, 3, 2] = -1.0
        return clip

    def rays(self, height: int, width: int) -> tuple[Tensor, Tensor]:
        """World rays through the pixels' centres: origins, directions [B, H, W, 3] (directions have unit length).

        Row 0 is the top of the picture.
        """
        if height < 1 or width < 1:
            raise ValueError(f"height and width must be at least 1, not {height} x {width}.")
        half = torch.tan(0.5 * self.fov_y)[:, None, None]  # [B, 1, 1], half the picture's height at distance 1
        row = (torch.arange(height, device=self.device) + 0.5) * (2.0 / height) - 1.0
        column = ((torch.arange(width, device=self.device) + 0.5) * (2.0 / width) - 1.0) * (width / height)
        x = (half * column[None, None, :]).expand(-1, height, -1)
        y = (-half * row[None, :, None]).expand(-1, -1, width)
        local = torch.stack([x, y, -torch.ones_like(x)], dim=-1)  # [B, H, W, 3]
        local = local / local.norm(dim=-1, keepdim=True)
        directions = torch.einsum("bij,bhwj->bhwi", self.cam_to_world[:, :3, :3], local)
        origins = self.positions[:, None, None, :].expand_as(directions)
        return origins, directions

    def plucker(self, height: int, width: int) -> Tensor:
        """Pluecker ray maps [B, 6, H, W]: channels 0-2 the unit direction, 3-5 the moment `origin x direction`."""
        origins, directions = self.rays(height, width)
        moment = torch.linalg.cross(origins, directions)
        return torch.cat([directions, moment], dim=-1).permute(0, 3, 1, 2).contiguous()


def orbit(
    azimuth: Tensor | float,
    elevation: Tensor | float,
    distance: Tensor | float = 3.0,
    fov_y: Tensor | float = 40.0 * _DEG,
) -> Cameras:
    """Cameras that look at the origin with Z up. Each argument is a number or [B]; they broadcast. Radians.

    Straight above and below (elevation +-90 degrees) are well defined: the picture's right is always (cos az, sin az, 0).
    """
    given = [torch.as_tensor(v, dtype=torch.float32) for v in (azimuth, elevation, distance, fov_y)]
    device = next((v.device for v in given if v.device.type != "cpu"), torch.device("cpu"))
    az, el, far, fov = torch.broadcast_tensors(*(v.to(device).reshape(-1) for v in given))
    cos_el, sin_el = torch.cos(el), torch.sin(el)
    cos_az, sin_az = torch.cos(az), torch.sin(az)
    backward = torch.stack([cos_el * sin_az, -cos_el * cos_az, sin_el], dim=-1)
    right = torch.stack([cos_az, sin_az, torch.zeros_like(cos_az)], dim=-1)
    up = torch.linalg.cross(backward, right)
    return Cameras(_rigid(right, up, backward, far[:, None] * backward), fov, az, el, far)


def ring(count: int, elevations_deg: Sequence[float], device: torch.device | str = "cpu") -> Cameras:
    """Cameras evenly around, from the front on, whose elevations, in degrees, take turns from neighbour to neighbour."""
    azimuth = torch.arange(count) * (2.0 * math.pi / count)
    elevation = torch.tensor([elevations_deg[i % len(elevations_deg)] * _DEG for i in range(count)])
    return orbit(azimuth, elevation).to(device)


def look_at(positions: Tensor, targets: Tensor, up: Tensor, fov_y: Tensor) -> Cameras:
    """Cameras at positions [B, 3] that look at targets [B, 3] with up [B, 3] (must not lie along the view). fov_y: [B].

    azimuth, elevation and distance are those of the position as seen from the origin.
    """
    for name, value in (("positions", positions), ("targets", targets), ("up", up)):
        if value.ndim != 2 or value.shape != (len(fov_y), 3):
            raise ValueError(f"{name} must be [{len(fov_y)}, 3] like fov_y, not {list(value.shape)}.")
    backward = torch.nn.functional.normalize(positions - targets, dim=-1)
    right = torch.nn.functional.normalize(torch.linalg.cross(up, backward), dim=-1)
    distance = positions.norm(dim=-1)
    azimuth = torch.atan2(positions[:, 0], -positions[:, 1])
    elevation = torch.asin((positions[:, 2] / distance.clamp_min(1e-12)).clamp(-1.0, 1.0))
    return Cameras(
        _rigid(right, torch.linalg.cross(backward, right), backward, positions), fov_y, azimuth, elevation, distance
    )


@dataclass(frozen=True)
class OrbitRange:
    """What `random_orbit` draws from: (lowest, highest) pairs, radians and engine units.

    position_jitter: half width of a uniform shift of the camera. look_at_sigma, up_sigma: standard deviations of normal
    shifts of the point looked at and of the up vector.
    """

    elevation: tuple[float, float] = (-10.0 * _DEG, 60.0 * _DEG)
    distance: tuple[float, float] = (2.8, 3.2)
    fov_y: tuple[float, float] = (40.0 * _DEG, 40.0 * _DEG)
    position_jitter: float = 0.0
    look_at_sigma: float = 0.0
    up_sigma: float = 0.0


PRIOR_ORBIT = OrbitRange()  # what the embedded prior was trained on
DREAMFUSION_ORBIT = OrbitRange(  # DreamFusion (arXiv:2209.14988), appendix A.2, scaled to our unit sphere by the caller
    elevation=(-10.0 * _DEG, 45.0 * _DEG),
    distance=(1.5, 2.0),
    fov_y=(40.0 * _DEG, 70.0 * _DEG),
    position_jitter=0.1,
    look_at_sigma=0.2,
    up_sigma=0.02,
)


def random_orbit(
    rng: torch.Generator, views: int, within: OrbitRange = PRIOR_ORBIT, azimuth_offset: float | None = None
) -> Cameras:
    """`views` random cameras, on rng's device.

    Azimuths are 2 pi / views apart from a random (or the given) offset. Half of the elevations, by chance, are uniform in
    angle, half uniform on the sphere: the first look at the object from above often enough, the second is unbiased.
    """
    if views < 1:
        raise ValueError(f"views must be at least 1, not {views}.")

    def uniform(pair: tuple[float, float], count: int = views) -> Tensor:
        return pair[0] + (pair[1] - pair[0]) * torch.rand(count, generator=rng, device=rng.device)

    # Every draw happens whatever the ranges are, so that settings do not shift the random stream of later steps.
    drawn = uniform((0.0, 2.0 * math.pi), 1)
    offset = drawn if azimuth_offset is None else torch.full_like(drawn, azimuth_offset)
    azimuth = offset + torch.arange(views, device=rng.device) * (2.0 * math.pi / views)
    by_angle = uniform(within.elevation)
    on_sphere = torch.asin(uniform((math.sin(within.elevation[0]), math.sin(within.elevation[1]))))
    elevation = torch.where(uniform((0.0, 1.0)) < 0.5, by_angle, on_sphere)
    distance, fov_y = uniform(within.distance), uniform(within.fov_y)
    shift = within.position_jitter * (2.0 * torch.rand(views, 3, generator=rng, device=rng.device) - 1.0)
    target = within.look_at_sigma * torch.randn(views, 3, generator=rng, device=rng.device)
    tilt = within.up_sigma * torch.randn(views, 3, generator=rng, device=rng.device)
    cameras = orbit(azimuth, elevation, distance, fov_y)
    if within.position_jitter == within.look_at_sigma == within.up_sigma == 0.0:
        return cameras
    up = torch.tensor([0.0, 0.0, 1.0], device=rng.device) + tilt
    return look_at(cameras.positions + shift, target, up, fov_y)


def view_word(azimuth: float, elevation: float, front_half_angle: float = 45.0 * _DEG) -> str:
    """The word for a prompt: "overhead" above 60 degrees, else "front", "back" (beyond 135 degrees) or "side".

    DreamFusion's rule; ProlificDreamer takes front_half_angle = 30 degrees. Azimuths wrap around.
    """
    if elevation > 60.0 * _DEG:
        return "overhead"
    turned = abs(math.remainder(azimuth, 2.0 * math.pi))
    if turned < front_half_angle:
        return "front"
    return "back" if turned > 135.0 * _DEG else "side"


def _rigid(right: Tensor, up: Tensor, backward: Tensor, position: Tensor) -> Tensor:
    """[B, 4, 4] from columns [B, 3]."""
    matrix = torch.zeros(len(right), 4, 4, dtype=right.dtype, device=right.device)
    matrix[:, :3] = torch.stack([right, up, backward, position], dim=-1)
    matrix[:, 3, 3] = 1.0
    return matrix
