"""The prior that ships with us: `score_model` with the weights of `engine/weights/score.safetensors`.

It conditions on words (through `engine.words`), on the camera, on the shading and on the background's colour. Outside it speaks
of noise (eps) on one cosine schedule for both of its sizes; inside, the network predicts v and is told the noise per trunk cell.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor

from ..color import linear_to_srgb
from ..lexicon import CONCEPTS, TRAITS
from ..words import Understanding, understand
from .base import Conditioning, PriorError
from .schedule import NoiseSchedule
from .score_model import RESOLUTIONS, ScoreConditions, ScoreConfig, ScoreModel

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "score.safetensors"
FORMAT = "dreamgrove-score-1"
NUM_TIMESTEPS = 1000


@dataclass(frozen=True)
class ScoreText:
    """A prompt as the network takes it. color: [3] sRGB. traits, traits_known: [5]."""

    understanding: Understanding
    color: Tensor
    traits: Tensor
    traits_known: Tensor


def native_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is multiplied natively; elsewhere it is slower than float32."""
    return device.type == "cuda" or (device.type == "cpu" and torch.cpu._is_avx512_bf16_supported())


# Of the difference in hue and saturation, what guidance sees.
GUIDED_CHROMA = 0.25


class EmbeddedPrior:
    """A loaded score model behind the `Prior` interface. Use `load`."""

    name = "embedded"
    conditions_on = frozenset({"text", "camera", "shading", "background"})
    resolution = RESOLUTIONS[-1]
    resolutions = RESOLUTIONS

    def __init__(self, model: ScoreModel, facts: Mapping[str, Any], sha256: str, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.model = model.placed(self.device).eval().requires_grad_(False)
        self.facts, self.sha256 = facts, sha256
        self.schedule = NoiseSchedule.cosine(NUM_TIMESTEPS)
        self.guide_camera = bool(facts.get("guide_camera", False))
        self._bfloat16 = native_bfloat16(self.device)

    @classmethod
    def load(cls, path: Path = WEIGHTS, device: torch.device | str = "cpu") -> EmbeddedPrior:
        """Raises PriorError, one sentence, unless the file is a complete score model for this vocabulary."""
        path = Path(path)
        model, facts, digest = read_weights(path)
        # weights may know more than the words yet do, or less
        differ = any(name != each.name for name, each in zip(facts["concepts"], CONCEPTS, strict=False))
        if differ or tuple(facts["traits"]) != TRAITS:
            raise PriorError(f"{path.name} knows other words than this Dreamgrove; reinstall the add-on's weights.")
        return cls(model, facts, digest, device)

    def prepare(self, prompt: str, negative: str = "") -> ScoreText:
        """What the words mean. Raises words.NotUnderstoodError. `negative` means nothing to this prior."""
        meaning = understand(prompt)
        if meaning.concept_index >= self.model.config.num_concepts:
            raise PriorError(f"These weights were not trained on '{meaning.concept}'; choose another word.")
        traits = torch.tensor([float(meaning.traits.get(name, 0.0)) for name in TRAITS], device=self.device)
        known = torch.tensor([float(name in meaning.traits) for name in TRAITS], device=self.device)
        return ScoreText(meaning, torch.tensor(meaning.color, device=self.device), traits, known)

    def encode(self, images: Tensor) -> Tensor:
        """[B, 3, H, W] linear RGB to sRGB in -1..1 at 64 px, or 32 px if the pictures are nearer to that."""
        size = RESOLUTIONS[0] if images.shape[-1] < 1.5 * RESOLUTIONS[0] else RESOLUTIONS[1]
        if images.shape[-2:] != (size, size):
            images = F.interpolate(images, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
        return 2.0 * linear_to_srgb(images) - 1.0

    def predict_noise(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> Tensor:
        """eps [B, 3, R, R] at timesteps t [B] of `schedule`."""
        return self._predict(x_t, t, self._conditions(cond, len(x_t)))

    def predict_noise_pair(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
        """(eps with text, eps without), in one batch; the two differ less in hue and saturation than the network says.

        The colour is a number that the network obeys without much guidance; extrapolating it away from the average colour of
        all things only saturates it (crimson mushrooms, neon cacti). So guidance gets the whole difference in grey, and a
        share of the rest.
        """
        with_text = self._conditions(cond, len(x_t))
        both = with_text.concatenated(with_text.without_text(camera_too=self.guide_camera))
        eps = self._predict(torch.cat([x_t, x_t]), torch.cat([t, t]), both)
        eps_text, difference = eps[: len(x_t)], eps[len(x_t) :] - eps[: len(x_t)]
        grey = difference.mean(dim=1, keepdim=True)
        return eps_text, eps_text + grey + GUIDED_CHROMA * (difference - grey)

    def _predict(self, x_t: Tensor, t: Tensor, cond: ScoreConditions) -> Tensor:
        time = network_time(self.schedule, t, x_t.shape[-1])
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bfloat16):
            v = self.model(x_t, time, cond)
        return self.schedule.eps_from_v(x_t, v.to(x_t.dtype), t)

    def _conditions(self, cond: Conditioning, count: int) -> ScoreConditions:
        text: ScoreText | None = cond.text
        ones = torch.ones(count, device=self.device)
        zeros = torch.zeros(count, device=self.device)
        blank = torch.zeros(count, len(TRAITS), device=self.device)
        background = torch.zeros(count, 3, device=self.device)
        if cond.background is not None:
            background = linear_to_srgb(cond.background.to(self.device, torch.float32)).expand(count, 3)
        return ScoreConditions(
            concept=torch.full((count,), 0 if text is None else text.understanding.concept_index, device=self.device),
            color=background if text is None else text.color.expand(count, 3),
            traits=blank if text is None else text.traits.expand(count, -1),
            traits_known=blank if text is None else text.traits_known.expand(count, -1),
            text_known=zeros if text is None else ones,
            lit=ones if cond.shading == "lit" else zeros,
            background=background,
            background_known=zeros if cond.background is None else ones,
            cameras=cond.cameras.to(self.device),
            camera_known=ones,
            num_views=cond.num_views,
        )


def network_time(schedule: NoiseSchedule, t: Tensor, resolution: int) -> Tensor:
    """The network's time [B] float32 for the noise of timesteps t [B] long on pictures of `resolution` pixels.

    The network was trained on cosine schedules shifted by 2 log(32 / resolution): the inverse of that schedule's log SNR.
    """
    log_snr = schedule.log_snr(t) - 2.0 * math.log(RESOLUTIONS[0] / resolution)
    return (2.0 / math.pi * torch.atan(torch.exp(-0.5 * log_snr))).float()


def read_weights(path: Path) -> tuple[ScoreModel, dict[str, Any], str]:
    """Network, facts of its training, SHA-256. Raises PriorError, one sentence, for anything but whole safetensors."""
    if path.suffix != ".safetensors":
        raise PriorError(f"{path.name} is not a safetensors file; other formats are not loaded, as they can run code.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PriorError(f"The embedded prior's weights {path.name} are missing; reinstall Dreamgrove.") from error
    try:
        tensors = load_safetensors(data)
        length = int.from_bytes(data[:8], "little")
        facts = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["facts"])
        if facts["format"] != FORMAT:
            raise PriorError(f"{path.name} is of another version of Dreamgrove; reinstall the add-on's weights.")
        model = ScoreModel(ScoreConfig.from_dict(facts["config"]))
        tensors = {name: value.float() for name, value in tensors.items()}
        if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
            raise PriorError(f"{path.name} holds values that are not finite; reinstall Dreamgrove.")
        model.load_state_dict(tensors)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, PriorError):
            raise
        raise PriorError(f"{path.name} is damaged or incomplete; reinstall Dreamgrove.") from error
    return model, facts, hashlib.sha256(data).hexdigest()
