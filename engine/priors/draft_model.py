"""The draft prior's networks: a decoder from latents to a coloured distance field, and the flow that makes latents.

Latents are [B, C, 4, 4, 4] ([x, y, z] like every grid, about unit variance a channel). A decoded field has `CHANNELS` at 64^3:
signed distance over its truncation, then primary, tone / TONE_RANGE and the square root of the secondary linear RGB.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 6  # distance, primary, tone, secondary RGB
TOKENS = 4  # latents along an edge
RESOLUTION = 64
NUM_TRAITS = 5


@dataclass(frozen=True)
class DecoderConfig:
    """Widths at 4^3, 8^3, 16^3 and 32^3, and of the head."""

    latent_channels: int = 64
    widths: tuple[int, int, int, int] = (192, 96, 48, 16)
    head: int = 64

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> DecoderConfig:
        """From JSON, where tuples are lists. Raises TypeError for unknown names."""
        return cls(**{**values, "widths": tuple(values["widths"])})


@dataclass(frozen=True)
class FlowConfig:
    latent_channels: int = 64
    width: int = 192
    depth: int = 6
    heads: int = 3
    num_concepts: int = 16


class Residual(nn.Module):
    """x + conv(act(norm(conv(act(norm(x)))))), the norms BatchNorm: per-object statistics (GroupNorm) hide colour levels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.BatchNorm3d(width), nn.BatchNorm3d(width)
        self.conv_1 = nn.Conv3d(width, width, 3, padding=1, bias=False)
        self.conv_2 = nn.Conv3d(width, width, 3, padding=1)
        for parameter in self.conv_2.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv_1(F.silu(self.norm_1(x)))
        return x + self.conv_2(F.silu(self.norm_2(h)))


class Upsample(nn.Module):
    """Twice the resolution: every voxel's channels become those of its 8 children (a 1x1x1 convolution, then a shuffle)."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(width, 8 * out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return shuffle(self.conv(x))


def shuffle(x: Tensor) -> Tensor:
    """[B, 8 C, n, n, n] -> [B, C, 2n, 2n, 2n]; channel order (child x, y, z; C), which stays contiguous in channels-last."""
    b, c, n = x.shape[0], x.shape[1] // 8, x.shape[2]
    x = x.permute(0, 2, 3, 4, 1).reshape(b, n, n, n, 2, 2, 2, c)
    return x.permute(0, 1, 4, 2, 5, 3, 6, 7).reshape(b, 2 * n, 2 * n, 2 * n, c).permute(0, 4, 1, 2, 3)


class Decoder(nn.Module):
    """Latents -> field. Convolutions up to 32^3; the head looks at a 3^3 neighbourhood of 32^3 and writes the 8 voxels in its middle,
    so the outputs of neighbours overlap in what they see. Training evaluates the head only at sampled cells (`at_cells`).
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        w4, w8, w16, w32 = config.widths
        self.trunk = nn.Sequential(
            nn.Conv3d(config.latent_channels, w4, 3, padding=1),
            Residual(w4),
            Residual(w4),
            Upsample(w4, w8),
            Residual(w8),
            Upsample(w8, w16),
            Residual(w16),
            nn.BatchNorm3d(w16),
            nn.SiLU(),
            Upsample(w16, w32),
        )
        self.head_conv = nn.Conv3d(w32, config.head, 3, padding=1)
        self.head_hidden = nn.Conv3d(config.head, config.head, 1)
        self.head_out = nn.Conv3d(config.head, 8 * CHANNELS, 1)

    def forward(self, latents: Tensor) -> Tensor:
        """[B, C, 4, 4, 4] -> [B, CHANNELS, 64, 64, 64]."""
        h = F.silu(self.head_conv(self.trunk(latents)))
        return shuffle(self.head_out(F.silu(self.head_hidden(h))))

    def at_cells(self, latents: Tensor, cells: Tensor) -> Tensor:
        """The field in some 2^3 cells. cells: long [B, S], flat indices into 32^3. Returns [B, S, 8, CHANNELS]."""
        features = self.trunk(latents)
        b, c, n = features.shape[:3]
        # The neighbours of a cell as rows of a padded, channels-last feature list.
        rows = F.pad(features, (1,) * 6).permute(0, 2, 3, 4, 1).reshape(-1, c)
        m = n + 2
        corner = (cells // (n * n) * m + cells // n % n) * m + cells % n
        t = torch.arange(3, device=cells.device)
        stencil = ((t[:, None, None] * m + t[:, None]) * m + t).reshape(-1)
        base = torch.arange(b, device=cells.device)[:, None, None] * m**3
        index = (corner[:, :, None] + stencil + base).reshape(-1)
        patches = rows.index_select(0, index).reshape(b, -1, 27 * c)
        weight = self.head_conv.weight.permute(0, 2, 3, 4, 1).reshape(self.config.head, 27 * c)
        h = F.silu(F.linear(patches, weight, self.head_conv.bias))
        h = F.silu(F.linear(h, self.head_hidden.weight.flatten(1), self.head_hidden.bias))
        h = F.linear(h, self.head_out.weight.flatten(1), self.head_out.bias)
        return h.reshape(b, -1, 8, CHANNELS)


class Block(nn.Module):
    """Transformer block whose norms are shifted, scaled and gated by the condition (DiT, arXiv:2212.09748)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)
        self.mlp_in = nn.Linear(width, 4 * width)
        self.mlp_out = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, m: Tensor) -> Tensor:
        """x: [B, N, W]; m: [B, 6, 1, W]."""
        b, n, w = x.shape
        h = F.layer_norm(x, (w,)) * (1 + m[:, 1]) + m[:, 0]
        q, k, v = self.qkv(h).reshape(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        q, k = F.rms_norm(q, q.shape[-1:]), F.rms_norm(k, k.shape[-1:])
        # Written out: over 64 tokens this is four times as fast on a CPU as the fused kernel, backward included.
        h = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1) @ v
        h = h.transpose(1, 2).reshape(b, n, w)
        x = x + m[:, 2] * self.proj(h)
        h = F.layer_norm(x, (w,)) * (1 + m[:, 4]) + m[:, 3]
        return x + m[:, 5] * self.mlp_out(F.silu(self.mlp_in(h)))


class Flow(nn.Module):
    """Velocity of the straight path from noise (t = 1) to latents (t = 0): x_t = (1 - t) x + t e, v = e - x."""

    def __init__(self, config: FlowConfig) -> None:
        super().__init__()
        self.config = config
        w = config.width
        self.embed = nn.Linear(config.latent_channels, w)
        self.position = nn.Parameter(torch.randn(TOKENS**3, w) * 0.02)
        self.time = nn.Sequential(nn.Linear(128, w), nn.SiLU(), nn.Linear(w, w))
        self.concept = nn.Embedding(config.num_concepts + 1, w)  # the last one: no condition
        self.traits = nn.Sequential(nn.Linear(2 * NUM_TRAITS, w), nn.SiLU(), nn.Linear(w, w))
        # One modulation for all blocks plus a learned offset each: a sixth of DiT's parameters at no loss that we measured.
        self.modulation = nn.Linear(w, 6 * w)
        self.block_offset = nn.Parameter(torch.zeros(config.depth, 6, w))
        self.blocks = nn.ModuleList(Block(w, config.heads) for _ in range(config.depth))
        self.out_modulation = nn.Linear(w, 2 * w)
        self.out = nn.Linear(w, config.latent_channels)
        nn.init.normal_(self.concept.weight, std=0.5)
        for layer in (self.modulation, self.out_modulation, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, t: Tensor, concept: Tensor, traits: Tensor) -> Tensor:
        """x: [B, C, 4, 4, 4]; t: [B]; concept: long [B], num_concepts = unconditional; traits: [B, 5], NaN = unsaid. Returns v."""
        b, c = x.shape[:2]
        known = ~traits.isnan()
        condition = self.time(_wave(t)) + self.concept(concept)
        condition = condition + self.traits(torch.cat([traits.nan_to_num(), known.float()], -1))
        condition = F.silu(condition)
        shared = self.modulation(condition).reshape(b, 6, 1, -1)
        h = self.embed(x.flatten(2).transpose(1, 2)) + self.position
        for block, offset in zip(self.blocks, self.block_offset, strict=True):
            h = block(h, shared + offset[:, None])
        shift, scale = self.out_modulation(condition)[:, None].chunk(2, -1)
        h = F.layer_norm(h, h.shape[-1:]) * (1 + scale) + shift
        return self.out(h).transpose(1, 2).reshape(b, c, TOKENS, TOKENS, TOKENS)


def _wave(t: Tensor) -> Tensor:
    """Sinusoidal embedding [B] -> [B, 128]."""
    angle = t[:, None].float() * 1000 * torch.exp(torch.arange(64, device=t.device) * (-math.log(10000.0) / 64))
    return torch.cat([angle.cos(), angle.sin()], -1)


@torch.no_grad()
def sample_latents(
    flow: Flow,
    noise: Tensor,
    concept: Tensor,
    traits: Tensor,
    guidance_scale: float,
    steps: int,
    on_step: Callable[[float], None] | None = None,
) -> Tensor:
    """Heun's method from noise to latents, with classifier-free guidance: v = v_u + guidance_scale (v_c - v_u).

    noise: [B, C, 4, 4, 4] at t = 1; concept: long [B]; traits: [B, 5], NaN = unsaid; steps: evaluations of the network (each
    Heun step takes two, the last one). on_step(fraction done) is called before each step. Returns [B, C, 4, 4, 4].
    """
    count = max(1, (steps + 1) // 2)
    times = [1 - i / count for i in range(count + 1)]
    nothing = torch.full_like(concept, flow.config.num_concepts)
    unsaid = torch.full_like(traits, torch.nan)

    def velocity(x: Tensor, t: float) -> Tensor:
        time = torch.full((len(x),), t, device=x.device)
        if guidance_scale == 1:
            return flow(x, time, concept, traits).float()
        both = flow(
            torch.cat([x, x]), torch.cat([time, time]), torch.cat([concept, nothing]), torch.cat([traits, unsaid])
        )
        conditional, unconditional = both.float().chunk(2)
        return unconditional + guidance_scale * (conditional - unconditional)

    x = noise
    for i, (t, s) in enumerate(itertools.pairwise(times)):
        if on_step is not None:
            on_step(i / count)
        v = velocity(x, t)
        guess = x + (s - t) * v
        x = guess if s == 0 else x + (s - t) * 0.5 * (v + velocity(guess, s))
    return x
