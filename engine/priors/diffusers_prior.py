"""The user's own text-to-image pipeline, in `diffusers` folder layout, as a prior: Stable Diffusion 1.5 / 2.x / XL, DeepFloyd IF.

Nothing is downloaded: the folder must hold the weights, as safetensors only (pickle files can run code when loaded).
Text is the only thing that these models condition on, so the view is told in words (DreamFusion, sec. 3.2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor

from ..color import linear_to_srgb
from ..rendering.cameras import Cameras, view_word
from .base import Conditioning, PriorError
from .schedule import NoiseSchedule

VIEW_WORDS = ("front", "side", "back", "overhead")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
FAMILIES = {
    "StableDiffusionPipeline": "latent",
    "StableDiffusionXLPipeline": "latent-xl",
    "IFPipeline": "pixel",
}


@dataclass(frozen=True)
class ViewTexts:
    """A prompt encoded once for every view word. embeds, pooled: word -> [1, ...] ; the uncond ones for all words."""

    embeds: dict[str, Tensor]
    uncond: Tensor
    pooled: dict[str, Tensor]
    uncond_pooled: Tensor | None


def check_folder(folder: Path) -> str:
    """The pipeline's class name. Raises PriorError: not a pipeline, unknown family, no safetensors, or pickled weights."""
    index = folder / "model_index.json"
    if not index.is_file():
        raise PriorError(f"{folder} holds no model_index.json; choose the folder of a diffusers pipeline")
    try:
        family = json.loads(index.read_text(encoding="utf-8")).get("_class_name", "")
    except (ValueError, AttributeError) as error:
        raise PriorError(f"{index} is damaged; copy the model's folder again") from error
    if family not in FAMILIES:
        raise PriorError(f"{folder.name} is a {family or 'nameless'} pipeline; supported are {', '.join(FAMILIES)}")
    parts = ("unet", "text_encoder") if FAMILIES[family] == "pixel" else ("unet", "vae", "text_encoder")
    for part in parts:
        files = [path for path in (folder / part).glob("*") if path.is_file()]
        if not any(path.suffix == ".safetensors" for path in files):
            pickled = [path.name for path in files if path.suffix in PICKLES]
            why = f"only {pickled[0]}, a pickle file, which can run code" if pickled else "no weights"
            raise PriorError(f"{folder.name}/{part} holds {why}; get the safetensors version of the model")
    return str(family)


class DiffusersPrior:
    """A pipeline's U-Net as a score.

    encode: linear RGB [B, 3, H, W] to latents [B, 4, h, w] (latent families) or to [-1, 1] sRGB pixels (DeepFloyd IF).
    """

    conditions_on = frozenset({"text"})

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Raises PriorError with one sentence; see `check_folder`."""
        name = check_folder(folder)
        try:
            import diffusers
        except ImportError as error:
            raise PriorError(
                "This model needs the big priors' packages; install them in Dreamgrove's preferences"
            ) from error
        self.name = folder.name
        self.family = FAMILIES[name]
        self.device = torch.device(device)
        self.dtype = torch.float16 if self.device.type == "cuda" else torch.float32
        without: dict[str, Any] = {"safety_checker": None, "requires_safety_checker": False, "feature_extractor": None}
        if self.family == "pixel":
            without["watermarker"] = None
        if self.family == "latent-xl":
            without = {"feature_extractor": None, "add_watermarker": False}
        try:
            self.pipeline = getattr(diffusers, name).from_pretrained(
                str(folder), torch_dtype=self.dtype, use_safetensors=True, local_files_only=True, **without
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise PriorError(f"{folder.name} cannot be loaded ({first}); copy the model's folder again") from error
        self.pipeline.to(self.device)
        self.pipeline.set_progress_bar_config(disable=True)
        self.unet = self.pipeline.unet.eval().requires_grad_(False)
        if self.family != "pixel":
            self.pipeline.vae.eval().requires_grad_(False)
        scheduler = self.pipeline.scheduler
        self.prediction = str(scheduler.config.get("prediction_type", "epsilon"))
        if self.prediction not in ("epsilon", "v_prediction"):
            raise PriorError(f"{folder.name} predicts {self.prediction!r}; supported are epsilon and v_prediction")
        self.schedule = NoiseSchedule(scheduler.alphas_cumprod.to(torch.float64).cpu())
        scale = 1 if self.family == "pixel" else self.pipeline.vae_scale_factor
        self.resolution = int(self.unet.config.sample_size) * scale
        self.sha256 = _digest(folder)

    @torch.no_grad()
    def prepare(self, prompt: str, negative: str = "") -> ViewTexts:
        """Encode "PROMPT, WORD view" for each view word; once a job."""
        embeds, pooled = {}, {}
        uncond: Tensor | None = None
        uncond_pooled: Tensor | None = None
        for word in VIEW_WORDS:
            text = f"{prompt}, {word} view"
            if self.family == "latent-xl":
                found = self.pipeline.encode_prompt(
                    prompt=text, device=self.device, num_images_per_prompt=1, do_classifier_free_guidance=True,
                    negative_prompt=negative,
                )  # fmt: skip
                embeds[word], uncond, pooled[word], uncond_pooled = found
            else:
                embeds[word], uncond = self.pipeline.encode_prompt(
                    text, device=self.device, num_images_per_prompt=1, do_classifier_free_guidance=True,
                    negative_prompt=negative,
                )  # fmt: skip
        assert uncond is not None
        return ViewTexts(embeds, uncond, pooled, uncond_pooled)

    def encode(self, images: Tensor) -> Tensor:
        """Renders to what the U-Net sees; differentiable. Never decoded again in the loop."""
        size = (self.resolution, self.resolution)
        pixels = linear_to_srgb(images) * 2.0 - 1.0
        if pixels.shape[-2:] != size:
            pixels = functional.interpolate(pixels, size, mode="bilinear", align_corners=False, antialias=True)
        if self.family == "pixel":
            return pixels
        vae = self.pipeline.vae
        latents = vae.encode(pixels.to(vae.dtype)).latent_dist.mean * vae.config.scaling_factor
        return latents.to(images.dtype)

    def predict_noise(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> Tensor:
        """eps for x_t [B, C, h, w] at timesteps t [B]; conditioning.text None means unconditional (needs a prepared text)."""
        raise_on_missing_text(cond)
        return self._predict(x_t, t, [cond])[0]

    def predict_noise_pair(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
        """(eps_text, eps_uncond) from one batch of 2 B."""
        raise_on_missing_text(cond)
        text, uncond = self._predict(x_t, t, [cond, None], like=cond)
        return text, uncond

    @torch.no_grad()
    def _predict(
        self, x_t: Tensor, t: Tensor, sides: Sequence[Conditioning | None], like: Conditioning | None = None
    ) -> list[Tensor]:
        count = len(x_t)
        reference = like if like is not None else sides[0]
        assert reference is not None
        texts = reference.text
        assert isinstance(texts, ViewTexts)
        words = view_words(reference.cameras)
        states = [
            torch.cat([texts.embeds[word] for word in words])
            if side is not None
            else texts.uncond.expand(count, -1, -1)
            for side in sides
        ]
        extra: dict[str, Any] = {}
        if self.family == "latent-xl":
            assert texts.uncond_pooled is not None
            pooled = [
                torch.cat([texts.pooled[word] for word in words])
                if side is not None
                else texts.uncond_pooled.expand(count, -1)
                for side in sides
            ]
            size = float(self.resolution)
            ids = torch.tensor([[size, size, 0.0, 0.0, size, size]], device=x_t.device, dtype=self.dtype)
            extra["added_cond_kwargs"] = {
                "text_embeds": torch.cat(pooled).to(self.dtype),
                "time_ids": ids.expand(count * len(sides), -1),
            }
        batch = x_t.repeat(len(sides), 1, 1, 1).to(self.dtype)
        found = self.unet(
            batch, t.repeat(len(sides)), encoder_hidden_states=torch.cat(states).to(self.dtype), **extra
        ).sample
        # DeepFloyd IF also predicts a variance, in the second half of the channels.
        found = found[:, : x_t.shape[1]].to(x_t.dtype)
        if self.prediction == "v_prediction":
            abar = (
                self.schedule.alphas_cumprod.to(x_t.device)[t]
                .to(x_t.dtype)[:, None, None, None]
                .repeat(len(sides), 1, 1, 1)
            )
            found = abar.sqrt() * found + (1.0 - abar).sqrt() * x_t.repeat(len(sides), 1, 1, 1)
        return list(found.chunk(len(sides)))


def view_words(cameras: Cameras) -> list[str]:
    """A view word for each of the batch."""
    return [
        view_word(float(azimuth), float(elevation))
        for azimuth, elevation in zip(cameras.azimuth, cameras.elevation, strict=True)
    ]


def raise_on_missing_text(conditioning: Conditioning) -> None:
    if not isinstance(conditioning.text, ViewTexts):
        raise ValueError("conditioning.text must come from this prior's prepare()")


def _digest(folder: Path) -> str:
    """SHA-256 over the weights' names, sizes and first and last MiB: recipes name a model by it without reading gigabytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size}:".encode())
        with open(path, "rb") as file:
            digest.update(file.read(1 << 20))
            file.seek(max(0, size - (1 << 20)))
            digest.update(file.read(1 << 20))
    return digest.hexdigest()
