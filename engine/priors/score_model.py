"""The embedded prior's network: a small U-Net that knows where the camera stands (v-prediction, 32 and 64 pixels).

One trunk works at 16 x 16, 8 x 8 and 4 x 4 for both sizes. Pictures of 32 pixels enter it by pixel-unshuffle 2; those of 64
through one thin outer level, so they cost about a third more, not four times as much, and share all that was learnt of
shape, colour and azimuth. The schedules are shifted so that a timestep means the same noise per trunk cell at both sizes.

Azimuth is what such small models learn last. Three things carry it: a joint MLP of all conditions with azimuth harmonics
mixed per concept; Pluecker ray maps at every level of the trunk; and a *canonical volume*: a learned 12^3 feature grid for
each concept (plus one for each of its traits), sampled along the camera's rays. The volume lives in the object's frame, so
what is learnt of a concept from one side is placed rightly from all others. Attention at 8 x 8 and 4 x 4 runs over all views of
one object (MVDream, arXiv:2308.16512); with one view the same weights are ordinary self-attention.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..rendering.cameras import Cameras

TRUNK = 16  # cells along the trunk's finest side
RESOLUTIONS = (32, 64)
_HARMONICS = 4


@dataclass(frozen=True)
class ScoreConfig:
    """Sizes of the network; stored with the weights."""

    num_concepts: int = 16
    num_traits: int = 5
    channels: tuple[int, int, int] = (64, 128, 256)  # at 16, 8 and 4 cells
    thin_channels: int = 32  # the outer level of 64 px pictures
    condition_width: int = 256
    head_width: int = 32
    volume_size: int = 12
    volume_features: int = 8
    volume_samples: int = 12  # along each ray

    def to_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> ScoreConfig:
        """Raises ValueError for fields that this version does not know."""
        known = {f.name for f in fields(cls)}
        if set(data) - known:
            raise ValueError(f"The weights were made for another network ({', '.join(sorted(set(data) - known))}).")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**values)


@dataclass(frozen=True)
class ScoreConditions:
    """Conditions of B images, as tensors. Whatever is not known is marked so; its value then does not matter.

    concept: [B] long. color, background: [B, 3] sRGB in 0..1. traits, traits_known: [B, 5]. text_known, camera_known,
    background_known, lit: [B] float 0/1. cameras: B of them. num_views: consecutive images of one object.
    """

    concept: Tensor
    color: Tensor
    traits: Tensor
    traits_known: Tensor
    text_known: Tensor
    lit: Tensor
    background: Tensor
    background_known: Tensor
    cameras: Cameras
    camera_known: Tensor
    num_views: int = 1

    def without_text(self, camera_too: bool = False) -> ScoreConditions:
        """The unconditional half of guidance. camera_too: it does not know the camera either."""
        camera = torch.zeros_like(self.camera_known) if camera_too else self.camera_known
        return replace(self, text_known=torch.zeros_like(self.text_known), camera_known=camera)

    def concatenated(self, other: ScoreConditions) -> ScoreConditions:
        """This batch followed by the other; both with the same num_views."""
        cameras = Cameras(
            *(torch.cat([getattr(self.cameras, f.name), getattr(other.cameras, f.name)]) for f in fields(Cameras))
        )
        tensors = {
            f.name: torch.cat([getattr(self, f.name), getattr(other, f.name)])
            for f in fields(self)
            if f.name not in ("cameras", "num_views")
        }
        return ScoreConditions(**tensors, cameras=cameras, num_views=self.num_views)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(8, channels, eps=1e-5)


def _zeroed(layer: nn.Module) -> nn.Module:
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


class ResBlock(nn.Module):
    """Two 3 x 3 convolutions; the conditions scale and shift between them (FiLM, arXiv:1709.07871)."""

    def __init__(self, into: int, out: int, condition_width: int):
        super().__init__()
        self.norm1, self.conv1 = _norm(into), nn.Conv2d(into, out, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(8, out, affine=False), _zeroed(nn.Conv2d(out, out, 3, padding=1))
        self.film = nn.Linear(condition_width, 2 * out)
        self.skip = nn.Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, x: Tensor, cond: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.film(cond).to(h.dtype)[:, :, None, None].chunk(2, dim=1)
        h = self.conv2(F.silu(self.norm2(h) * (1.0 + scale) + shift))
        return self.skip(x) + h


class ViewAttention(nn.Module):
    """Self-attention over the cells of all views of one object."""

    def __init__(self, channels: int, head_width: int):
        super().__init__()
        self.heads = channels // head_width
        self.norm = _norm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = _zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor, num_views: int) -> Tensor:
        batch, channels, height, width = x.shape
        qkv = self.qkv(self.norm(x)).permute(0, 2, 3, 1)  # [B, H, W, 3C]
        qkv = qkv.reshape(batch // num_views, num_views * height * width, 3, self.heads, channels // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # [objects, heads, cells, width]
        if x.is_cuda:
            mixed = F.scaled_dot_product_attention(q, k, v)
        else:  # so few cells: plain products are 2 to 5 times faster than the fused kernel on a CPU
            mixed = ((q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)).softmax(-1).to(v.dtype) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, height, width, channels).permute(0, 3, 1, 2)
        return x + self.out(mixed)


class Conditioner(nn.Module):
    """All conditions to one vector per image."""

    def __init__(self, config: ScoreConfig):
        super().__init__()
        self.config = config
        embedding = 64
        self.concepts = nn.Embedding(config.num_concepts + 1, embedding)  # the last one: not known
        # One linear map of the azimuth's harmonics for each concept: joint from the first layer on.
        self.turned = nn.Parameter(0.3 * torch.randn(config.num_concepts + 1, 2 * _HARMONICS, 32))
        time, camera = 2 * 8 + 1, 2 * _HARMONICS + 5
        into = time + embedding + 4 + 2 * config.num_traits + 1 + 4 + camera + 1 + 32 + 1
        self.mlp = nn.Sequential(
            nn.Linear(into, 384), nn.SiLU(), nn.Linear(384, config.condition_width), nn.SiLU(),
            nn.Linear(config.condition_width, config.condition_width), nn.SiLU(),
        )  # fmt: skip

    def forward(self, time: Tensor, cond: ScoreConditions, resolution: int) -> Tensor:
        """time: [B] in 0..1. Returns [B, condition_width]."""
        octaves = math.pi * 2.0 ** torch.arange(8, device=time.device)
        phase = time[:, None] * octaves
        concept, traits = effective_text(cond, self.config.num_concepts)
        text, camera = cond.text_known[:, None], cond.camera_known[:, None]
        orders = torch.arange(1, _HARMONICS + 1, device=time.device)
        turn = cond.cameras.azimuth[:, None] * orders
        harmonics = torch.cat([turn.sin(), turn.cos()], dim=1) * camera  # [B, 8]
        elevation, distance = cond.cameras.elevation[:, None], cond.cameras.distance[:, None]
        high = torch.cat(
            [elevation.sin(), elevation.cos(), (2 * elevation).sin(), (2 * elevation).cos(), distance - 3.0], dim=1
        )
        turned = torch.einsum("bh,bhk->bk", harmonics, self.turned[concept])
        parts = [
            time[:, None], phase.sin(), phase.cos(), self.concepts(concept),
            (2.0 * cond.color - 1.0) * text, text, traits, cond.traits_known * text, cond.lit[:, None],
            (2.0 * cond.background - 1.0) * cond.background_known[:, None], cond.background_known[:, None],
            harmonics, high * camera, camera, turned,
            torch.full_like(text, 1.0 if resolution == RESOLUTIONS[1] else 0.0),
        ]  # fmt: skip
        return self.mlp(torch.cat(parts, dim=1))


def effective_text(cond: ScoreConditions, unknown: int) -> tuple[Tensor, Tensor]:
    """The concept [B] with `unknown` where there is no text, and the traits [B, 5] with 0 where they are not said."""
    said = cond.text_known > 0.5
    concept = torch.where(said, cond.concept, torch.full_like(cond.concept, unknown))
    traits = torch.where((cond.traits_known > 0.5) & said[:, None], cond.traits, torch.zeros_like(cond.traits))
    return concept, traits


class CanonicalVolume(nn.Module):
    """A feature grid for each concept in the object's own frame, changed linearly by its traits, seen by the camera."""

    def __init__(self, config: ScoreConfig):
        super().__init__()
        self.config = config
        size, features = config.volume_size, config.volume_features
        self.table = nn.Parameter(
            0.3 * torch.randn(config.num_concepts + 1, 1 + config.num_traits, features * size**3)
        )  # rows: concept; its mean, then its change along each trait
        with torch.no_grad():
            self.table[:, 1:] *= 0.2

    def forward(self, cond: ScoreConditions, origins: Tensor, directions: Tensor) -> Tensor:
        """origins, directions: [B, H, W, 3]. Returns [B, features * samples, H, W], zero where the camera is unknown."""
        c = self.config
        concept, traits = effective_text(cond, c.num_concepts)
        rows = F.one_hot(concept, c.num_concepts + 1).to(traits.dtype)  # [B, concepts + 1]
        weights = torch.cat([torch.ones_like(traits[:, :1]), traits], dim=1)  # [B, 6]
        mix = (rows[:, :, None] * weights[:, None, :]).flatten(1)
        volume = mix @ self.table.flatten(0, 1)  # [B, features * size^3]
        volume = volume.unflatten(1, (c.volume_features, c.volume_size, c.volume_size, c.volume_size))
        along = torch.linspace(-0.95, 0.95, c.volume_samples, device=traits.device)
        reach = cond.cameras.distance[:, None] + along  # [B, samples]
        points = origins[:, None] + reach[:, :, None, None, None] * directions[:, None]  # [B, samples, H, W, 3]
        sampled = F.grid_sample(volume, points, align_corners=False)  # [B, features, samples, H, W]
        return sampled.flatten(1, 2) * cond.camera_known[:, None, None, None]


class ScoreModel(nn.Module):
    """v(x_t, t, conditions) at 32 or 64 pixels."""

    def __init__(self, config: ScoreConfig | None = None):
        super().__init__()
        self.config = c = config or ScoreConfig()
        c0, c1, c2 = c.channels
        width = c.condition_width
        self.conditioner = Conditioner(c)
        self.volume = CanonicalVolume(c)
        seen = c.volume_features * c.volume_samples
        self.view0, self.view1, self.view2 = (nn.Conv2d(seen + 6, n, 1) for n in (c0, c1, c2))
        self.enter32 = nn.Conv2d(12, c0, 3, padding=1)
        self.enter64 = nn.Conv2d(12 + 6, c.thin_channels, 3, padding=1)
        self.thin_down = ResBlock(c.thin_channels, c.thin_channels, width)
        self.thin_narrow = nn.Conv2d(c.thin_channels, c0, 3, stride=2, padding=1)
        self.down0 = ResBlock(c0, c0, width)
        self.narrow0 = nn.Conv2d(c0, c1, 3, stride=2, padding=1)
        self.down1, self.down1_views = ResBlock(c1, c1, width), ViewAttention(c1, c.head_width)
        self.narrow1 = nn.Conv2d(c1, c2, 3, stride=2, padding=1)
        self.middle = nn.ModuleList(ResBlock(c2, c2, width) for _ in range(3))
        self.middle_views = nn.ModuleList(ViewAttention(c2, c.head_width) for _ in range(3))
        self.widen1 = nn.Conv2d(c2, 4 * c1, 1)
        self.up1 = nn.ModuleList([ResBlock(2 * c1, c1, width), ResBlock(c1, c1, width)])
        self.up1_views = ViewAttention(c1, c.head_width)
        self.widen0 = nn.Conv2d(c1, 4 * c0, 1)
        self.up0 = nn.ModuleList([ResBlock(2 * c0, c0, width), ResBlock(c0, c0, width)])
        self.leave32 = nn.Sequential(_norm(c0), nn.SiLU(), _zeroed(nn.Conv2d(c0, 12, 3, padding=1)))
        self.thin_widen = nn.Conv2d(c0, 4 * c.thin_channels, 1)
        self.thin_up = ResBlock(2 * c.thin_channels, c.thin_channels, width)
        self.leave64 = nn.Sequential(
            _norm(c.thin_channels), nn.SiLU(), _zeroed(nn.Conv2d(c.thin_channels, 12, 3, padding=1))
        )

    def placed(self, device: torch.device | str) -> Self:
        """On the device, in the memory layout that its convolutions are fastest in."""
        self.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # stubs lack it
        return self

    def forward(self, x: Tensor, time: Tensor, cond: ScoreConditions) -> Tensor:
        """x: [B, 3, R, R] noised, R in RESOLUTIONS. time: [B] = (timestep + .5) / T. Returns v, like x.

        Raises ValueError for another size, or if num_views does not divide the batch.
        """
        resolution = x.shape[-1]
        if x.shape[1:] != (3, resolution, resolution) or resolution not in RESOLUTIONS:
            raise ValueError(f"x must be [B, 3, R, R] with R in {RESOLUTIONS}, not {list(x.shape)}.")
        if len(x) % cond.num_views or len(cond.cameras) != len(x):
            raise ValueError(f"{len(x)} images do not fit {len(cond.cameras)} cameras and {cond.num_views} views.")
        emb = self.conditioner(time, cond, resolution)
        known = cond.camera_known[:, None, None, None]
        with torch.autocast(x.device.type, enabled=False):  # geometry stays in float32
            origins, directions = cond.cameras.rays(TRUNK, TRUNK)
            rays = torch.cat([directions, torch.linalg.cross(origins, directions)], dim=-1).permute(0, 3, 1, 2)
            seen = torch.cat([self.volume(cond, origins, directions), rays * known], dim=1)
        seen = seen.contiguous(memory_format=torch.channels_last)
        h = F.pixel_unshuffle(x, 2).contiguous(memory_format=torch.channels_last)
        if resolution == 32:
            return F.pixel_shuffle(self.leave32(self._trunk(self.enter32(h), emb, seen, cond.num_views)), 2).float()
        with torch.autocast(x.device.type, enabled=False):
            fine_rays = cond.cameras.plucker(2 * TRUNK, 2 * TRUNK) * known
        thin = self.enter64(torch.cat([h, fine_rays], dim=1).contiguous(memory_format=torch.channels_last))
        thin = self.thin_down(thin, emb)
        h = self._trunk(self.thin_narrow(thin), emb, seen, cond.num_views)
        h = self.thin_up(torch.cat([F.pixel_shuffle(self.thin_widen(h), 2), thin], dim=1), emb)
        return F.pixel_shuffle(self.leave64(h), 2).float()

    def _trunk(self, h: Tensor, emb: Tensor, seen: Tensor, num_views: int) -> Tensor:
        """h: [B, c0, 16, 16]; seen: what the rays meet, [B, S, 16, 16]. Returns [B, c0, 16, 16]."""
        seen1, seen2 = F.avg_pool2d(seen, 2), F.avg_pool2d(seen, 4)
        skip0 = self.down0(h + self.view0(seen), emb)
        h = self.narrow0(skip0) + self.view1(seen1)
        skip1 = self.down1_views(self.down1(h, emb), num_views)
        h = self.narrow1(skip1) + self.view2(seen2)
        for block, views in zip(self.middle, self.middle_views, strict=True):
            h = views(block(h, emb), num_views)
        h = self.up1[0](torch.cat([F.pixel_shuffle(self.widen1(h), 2), skip1], dim=1), emb)
        h = self.up1[1](self.up1_views(h, num_views), emb)
        h = self.up0[0](torch.cat([F.pixel_shuffle(self.widen0(h), 2), skip0], dim=1), emb)
        return self.up0[1](h, emb)


def num_parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())
