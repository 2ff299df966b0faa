"""What people can turn in a distillation; one declaration for panels, command line and API."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param


@dataclass(frozen=True)
class DreamFusionParams:
    """Words to a field to a mesh. Defaults suit the embedded prior on a CPU; `for_big_priors` those of the papers."""

    drafts: int = param(
        4,
        "Drafts drawn from the 3D model; the soundest one is taken. 0 distils from nothing",
        min=0,
        max=16,
        panel="Draft",
    )
    draft_guidance: float = param(
        1.5, "How strongly a draft follows the words", min=0.0, max=10.0, panel="Draft", label="Draft Guidance"
    )
    iterations: int = param(
        100, "Steps of distillation; 0 keeps the draft as it is", min=0, max=50_000, panel="Distillation"
    )
    objective: str = param(
        "few_step",
        "The loss: few_step pulls renders to what the prior makes of them in a few steps, sds is DreamFusion's own",
        choices=("few_step", "sds"),
        panel="Distillation",
    )
    guidance_scale: float = param(
        3.0,
        "How strongly the prior follows the words; with sds, 100 for latent models",
        min=0.0,
        max=200.0,
        panel="Distillation",
    )
    prior_steps: int = param(3, "Denoising steps behind each target of few_step", min=1, max=20, panel="Distillation")
    noise_start: float = param(
        0.5,
        "Noise level at the beginning, as a share of the schedule",
        min=0.03,
        max=0.98,
        unit="factor",
        panel="Distillation",
    )
    noise_end: float = param(
        0.15,
        "Noise level at the end; lower keeps more of what is there",
        min=0.03,
        max=0.98,
        unit="factor",
        panel="Distillation",
    )
    first_views: int = param(
        0,
        "Without drafts: views of one object drawn at once and carved into a start. 0 starts at a blob, as the paper does",
        min=0,
        max=16,
        panel="Distillation",
    )
    views: int = param(4, "Views of each step, evenly around the object", min=1, max=16, panel="Rendering")
    resolution: int = param(32, "Size of the renders", min=16, max=512, unit="px", panel="Rendering")
    fine_resolution: int = param(
        64, "Size of the renders in the last part of the run", min=16, max=512, unit="px", panel="Rendering"
    )
    fine_share: float = param(
        1.0, "How much of the run is drawn at the finer size", min=0.0, max=1.0, unit="factor", panel="Rendering"
    )
    lit_share: float = param(
        0.35,
        "How many of the steps look at shaded renders, which shape the surface",
        min=0.0,
        max=1.0,
        unit="factor",
        panel="Rendering",
    )
    field_rate: float = param(0.01, "Learning rate of the field's grid", min=1e-5, max=1.0, panel="Field")
    field_cells: int = param(
        128,
        "Cells of the field's finest grid along an axis; twice the renders' pixels is plenty",
        min=32,
        max=2048,
        panel="Field",
    )
    network_rate: float = param(0.002, "Learning rate of the field's network", min=1e-6, max=1.0, panel="Field")
    orientation: float = param(0.01, "Weight against surfaces that face away", min=0.0, max=1e4, panel="Field")
    entropy: float = param(
        0.05, "Weight against fog, raised from a quarter of the run on", min=0.0, max=100.0, panel="Field"
    )
    sparsity: float = param(0.01, "Weight against matter in general", min=0.0, max=100.0, panel="Field")
    keep_draft: float = param(
        0.1,
        "Weight that holds the field near the draft, falling to zero over the run",
        min=0.0,
        max=100.0,
        panel="Field",
    )
    faces: int = param(20_000, "Triangles of the finished mesh, at most", min=200, max=200_000, panel="Mesh")
    mesh_resolution: int = param(
        128, "Cells along the longest side when the surface is cut out", min=32, max=384, panel="Mesh"
    )
    texture_size: int = param(1024, "Width and height of the textures", min=128, max=4096, unit="px", panel="Mesh")


PRESETS: dict[str, dict[str, float | int | bool | str]] = {
    "draft": {"iterations": 0, "faces": 5_000},
    "standard": {},
    "fine": {"drafts": 8, "iterations": 300, "mesh_resolution": 192},
    "scratch": {"drafts": 0, "first_views": 8, "iterations": 160, "noise_start": 0.6, "keep_draft": 0.03},
    # DreamFusion's own settings, for a large prior on a GPU (arXiv:2209.14988, app. A).
    "paper": {
        "drafts": 0, "iterations": 10_000, "objective": "sds", "guidance_scale": 100.0, "noise_start": 0.98,
        "noise_end": 0.98, "views": 1, "resolution": 64, "fine_resolution": 64, "lit_share": 0.75, "keep_draft": 0.0,
        "field_cells": 512,
    },
}  # fmt: skip
