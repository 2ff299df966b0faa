"""The draft model's autoencoder: grids <-> latents of 4^3.

No KL term: the latents are normalised (BatchNorm without scale) and noised while training, which keeps neighbouring latents alike
enough for the flow. The decoder pays only in sampled cells, most of them at the surface and twice as often on thin parts.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from ..priors.draft_model import Decoder, DecoderConfig, Residual
from .draft_data import PATCH_CHANNELS, Batch

LATENT_NOISE = 0.1
VOXELS = 4.8  # a truncation, in voxels: losses are in voxels


class Encoder(nn.Module):
    """Patches [B, 112, 16, 16, 16] -> latents [B, C, 4, 4, 4], unit variance a channel."""

    def __init__(self, latent_channels: int, widths: tuple[int, int, int] = (48, 96, 192)) -> None:
        super().__init__()
        w16, w8, w4 = widths
        self.net = nn.Sequential(
            nn.Conv3d(PATCH_CHANNELS, w16, 1),
            nn.BatchNorm3d(w16),
            nn.SiLU(),
            nn.Conv3d(w16, w8, 3, stride=2, padding=1),
            Residual(w8),
            nn.BatchNorm3d(w8),
            nn.SiLU(),
            nn.Conv3d(w8, w4, 3, stride=2, padding=1),
            Residual(w4),
            nn.BatchNorm3d(w4),
            nn.SiLU(),
            nn.Conv3d(w4, latent_channels, 1),
            nn.BatchNorm3d(latent_channels, affine=False),
        )

    def forward(self, patches: Tensor) -> Tensor:
        return self.net(patches)


class Autoencoder(nn.Module):
    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.encoder = Encoder(config.latent_channels)
        self.decoder = Decoder(config)

    def loss(self, batch: Batch, noise: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """noise: unit normal like the latents. Returns the loss and its parts, for the log."""
        latents = self.encoder(batch.patches)
        return reconstruction(self.decoder.at_cells(latents + LATENT_NOISE * noise, batch.cells).float(), batch)


def reconstruction(out: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """Losses of decoded cells. out: [B, S, 8, 6].

    Distances by a Huber loss in voxels; attributes only near the surface, tone only where there is primary colour and the
    secondary colour only where there is not.
    """
    error = F.smooth_l1_loss(out[..., 0] * VOXELS, batch.distance * VOXELS, beta=0.3, reduction="none")
    distance = (error * batch.weight[..., None]).mean()
    primary = batch.attributes[..., 0]
    wrong = (out[..., 1:] - batch.attributes).abs()
    share = batch.present / batch.present.sum().clamp(min=1)
    parts = {
        "distance": distance,
        "primary": (wrong[..., 0] * share).sum(),
        "tone": (wrong[..., 1] * (primary + 0.02) * share).sum(),
        "color": (wrong[..., 2:].mean(-1) * (1.02 - primary) * share).sum(),
    }
    # Colour in .05 steps is as visible as a distance of .1 voxel.
    return distance + parts["primary"] + parts["tone"] + 1.5 * parts["color"], parts
