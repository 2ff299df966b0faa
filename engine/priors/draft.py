"""The draft prior: words to a coloured distance field in about half a second a draft on one CPU core.

The flow draws a latent, the decoder turns it into distance, primary share, tone and secondary colour, and only then the prompt's colour
is applied: albedo = primary * tone * C + (1 - primary) * secondary. Colours are therefore exact, whatever the model has seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from scipy import ndimage

from ..color import to_linear
from ..words import CONCEPTS, TRAITS, Understanding
from . import draft_choice
from .draft_model import (
    CHANNELS,
    NUM_TRAITS,
    RESOLUTION,
    TOKENS,
    Decoder,
    DecoderConfig,
    Flow,
    FlowConfig,
    sample_latents,
)

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "draft.safetensors"
FORMAT = 1
TRUNCATION = 0.15  # engine units: no distance in a draft or a training grid is further from 0


class WeightsError(ValueError):
    """The weights cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Draft:
    """A coloured shape over [-1, 1]^3, index order [x, y, z], voxel centres.

    sdf: float32 [64, 64, 64], engine units, negative inside, truncated at +-TRUNCATION. albedo: float32 [64, 64, 64, 3], linear RGB,
    meaningful within two voxels of the surface.
    """

    sdf: np.ndarray
    albedo: np.ndarray


def decode_fields(
    fields: np.ndarray, color: np.ndarray, truncation: float, tone_range: float
) -> tuple[np.ndarray, np.ndarray]:
    """The decoder's channels to distance and albedo.

    fields: float32 [B, CHANNELS, n, n, n]; color: [3] linear RGB of the prompt. Returns sdf [B, n, n, n] (engine units) and albedo
    [B, n, n, n, 3] (linear RGB in 0..1).
    """
    sdf = np.clip(fields[:, 0], -1, 1) * np.float32(truncation)
    rest = np.clip(fields[:, 1:], 0, 1)
    primary, tone = rest[:, 0, ..., None], rest[:, 1, ..., None] * np.float32(tone_range)
    secondary = np.moveaxis(rest[:, 2:], 1, -1) ** 2
    albedo = primary * tone * np.asarray(color, np.float32) + (1 - primary) * secondary
    return np.ascontiguousarray(sdf, np.float32), np.clip(albedo, 0, 1).astype(np.float32)


def without_specks(sdf: np.ndarray) -> np.ndarray:
    """The field without parts smaller than a speck (draft_choice.SPECK of the inside), which are the sampler's dust."""
    inside = sdf < 0
    labels, num = ndimage.label(inside, draft_choice.PARTS)
    if num < 2:
        return sdf
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    dust = (sizes < draft_choice.SPECK * inside.sum()) & (sizes < sizes.max())
    dust[0] = False
    return np.where(dust[labels], np.float32(1 / sdf.shape[0]), sdf)


class DraftPrior:
    """A loaded draft model. Use `load`."""

    def __init__(
        self, decoder: Decoder, flow: Flow, facts: Mapping[str, Any], sha256: str, device: torch.device
    ) -> None:
        self.decoder, self.flow, self.facts, self.sha256, self.device = decoder, flow, facts, sha256, device
        self.name = "draft"

    @classmethod
    def load(cls, path: Path = WEIGHTS, device: str | torch.device = "cpu") -> DraftPrior:
        """Raises WeightsError unless the file is a complete draft model for this vocabulary."""
        path, device = Path(path), torch.device(device)
        tensors, facts = _read(path)
        try:
            if facts["format"] != FORMAT or tuple(facts["traits"]) != TRAITS:
                raise WeightsError(f"{path.name} is of another version of Dreamgrove; reinstall the add-on's weights.")
            # weights may know more than the words yet do, or less
            if any(name != each.name for name, each in zip(facts["concepts"], CONCEPTS, strict=False)):
                raise WeightsError(
                    f"{path.name} knows other concepts than this Dreamgrove; reinstall the add-on's weights."
                )
            decoder, flow = Decoder(DecoderConfig.from_mapping(facts["decoder"])), Flow(FlowConfig(**facts["flow"]))
            _fill(decoder, tensors, "decoder.")
            _fill(flow, tensors, "flow.")
        except (KeyError, TypeError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]  # torch lists every tensor on a line of its own
            raise WeightsError(
                f"{path.name} is not a complete draft model ({reason}); reinstall the add-on's weights."
            ) from error
        decoder = decoder.to(device).to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # stubs lack it
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(decoder.eval(), flow.to(device).eval(), facts, digest, device)

    def extents(self, concept: str) -> draft_choice.Extents | None:
        """What the training assets of a concept measured, for `draft_choice`; None if it was never trained on."""
        return self.facts["extents"].get(concept)

    @torch.no_grad()
    def sample(
        self,
        understanding: Understanding,
        count: int = 4,
        seed: int = 0,
        guidance_scale: float = 2.0,
        steps: int = 24,
        on_progress: Callable[[float], None] | None = None,
    ) -> list[Draft]:
        """Draw drafts for what the words mean.

        steps: evaluations of the flow a draft. on_progress(fraction) is called before every step and may raise to cancel. The same
        seed gives the same drafts, whatever the count: each is drawn alone, from its own generator. Raises ValueError for a
        concept that these weights do not know.
        """
        concept = understanding.concept_index
        if concept >= self.flow.config.num_concepts or understanding.concept not in self.facts["extents"]:
            raise ValueError(
                f"These weights were not trained on '{understanding.concept}'; retrain or choose another word."
            )
        if count < 1 or steps < 1:
            raise ValueError("Ask for at least one draft and one step.")
        traits = torch.full((1, NUM_TRAITS), torch.nan)
        for name, value in understanding.traits.items():
            traits[0, TRAITS.index(name)] = float(value)
        color = to_linear(understanding.color)
        drafts: list[Draft] = []
        for index in range(count):
            on_step = None if on_progress is None else partial(_report, on_progress, index, count)
            generator = torch.Generator().manual_seed((seed * 1_000_003 + index) % 2**63)
            noise = torch.randn(1, self.flow.config.latent_channels, TOKENS, TOKENS, TOKENS, generator=generator)
            latents = sample_latents(
                self.flow,
                noise.to(self.device),
                torch.tensor([concept], device=self.device),
                traits.to(self.device),
                guidance_scale,
                steps,
                on_step,
            )
            field = self.decoder(latents.contiguous(memory_format=torch.channels_last_3d)).float().cpu().numpy()
            assert field.shape == (1, CHANNELS, *(RESOLUTION,) * 3)
            sdf, albedo = decode_fields(field, color, self.facts["truncation"], self.facts["tone_range"])
            drafts.append(Draft(without_specks(sdf[0]), albedo[0]))
        return drafts

    def assess(self, drafts: Sequence[Draft], concept: str) -> list[draft_choice.Assessment]:
        """Why each draft is good or bad, against the concept's training assets."""
        return draft_choice.assess([d.sdf for d in drafts], self.extents(concept))

    def choose(self, drafts: Sequence[Draft], concept: str) -> int:
        """Index of the soundest draft."""
        return draft_choice.choose([d.sdf for d in drafts], self.extents(concept))


def _report(on_progress: Callable[[float], None], index: int, count: int, fraction: float) -> None:
    on_progress((index + fraction) / count)


def choose(drafts: Sequence[Draft]) -> int:
    """Index of the soundest draft, without knowledge of the concept."""
    return draft_choice.choose([d.sdf for d in drafts])


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    if path.suffix != ".safetensors":
        raise WeightsError(f"{path.name} is not a .safetensors file; other formats can carry code and are refused.")
    if not path.exists():
        raise WeightsError(
            f"The draft model's weights are missing ({path}); reinstall the add-on or run engine/training/draft.py."
        )
    try:
        with safe_open(path, "pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, json.loads((file.metadata() or {})["facts"])  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise WeightsError(
            f"{path.name} is damaged or no draft model ({error}); reinstall the add-on's weights."
        ) from error


def _fill(module: torch.nn.Module, tensors: Mapping[str, torch.Tensor], prefix: str) -> None:
    """Load fp16 tensors into an fp32 module; every parameter must be there, and finite."""
    own = {k[len(prefix) :]: v.float() for k, v in tensors.items() if k.startswith(prefix)}
    bad = [k for k, v in own.items() if not torch.isfinite(v).all()]
    if bad:
        raise RuntimeError(f"{len(bad)} tensors are not finite, {bad[0]} first")
    missing, unexpected = module.load_state_dict(own, strict=False)
    missing = [k for k in missing if not k.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise RuntimeError(f"{len(missing)} tensors are missing and {len(unexpected)} unknown")
