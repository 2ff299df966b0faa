"""DreamFusion (Poole et al., arXiv:2209.14988) as Dreamgrove runs it: draft, distil, mesh.

Words -> a draft of the embedded 3D model (or a blob of density) -> score distillation through a radiance field -> a clean
textured mesh. With preset `paper` and a large prior it is the paper's own procedure.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ...params import to_mapping
from ..color import srgb_to_linear
from ..fields.hash_grid import HashGridParams
from ..fields.hash_grid_field import HashGridField
from ..fields.starts import Blob, GridStart
from ..meshing.bundle import make_recipe, write_bundle
from ..meshing.clean import inspect
from ..meshing.extract import Silhouettes
from ..meshing.mesh import MeshingError, Part
from ..meshing.params import MeshingParams
from ..meshing.pipeline import Asset, FieldSource, SdfSource, mesh_asset, torch_callable
from ..priors.base import Prior, PriorError
from ..priors.draft import Draft
from ..priors.draft_choice import measure
from ..protocol import JobRequest, Mend
from ..rendering.cameras import DREAMFUSION_ORBIT, PRIOR_ORBIT, Cameras
from ..rendering.occupancy import Occupancy
from ..rendering.volume import render
from ..warm_up import warm_up
from ..words import NotUnderstoodError, Understanding, understand
from .acceptance import Verdict, disagreement, fixed_views, judge, silhouette_iou
from .base import JobError, Method
from .carving import carve, draw_views
from .context import JobContext
from .distillation import Distillation, look, silhouettes
from .loading import draft_prior, score_prior
from .settings import PRESETS, DreamFusionParams

DEFAULT_SIZE_M = 1.0
# Shares of the progress bar: drafting, distilling, meshing.
DRAFTED, DISTILLED = 0.15, 0.70
CHECK_SIZE = 96


@dataclass
class Run:
    """What the stages of one job share."""

    request: JobRequest
    params: DreamFusionParams
    context: JobContext
    words: Understanding | None
    timings: dict[str, float]
    priors: dict[str, str]

    def timed(self, stage: str, started: float) -> None:
        self.timings[stage] = round(time.monotonic() - started, 3)


def run(request: JobRequest, params: DreamFusionParams, context: JobContext) -> None:
    """The whole job; see engine/README.md for the contract. Raises JobError with a sentence, Cancelled."""
    words = _understand(request)
    run = Run(request, params, context, words, {}, {})
    saved = context.load_checkpoint() or {}
    draft = _draft(run, saved)
    verdict: Verdict | None = None
    if params.iterations == 0:
        if draft is None:
            raise JobError(
                "Neither drafts nor steps of distillation were asked for; set one of them", Mend.CHANGE_PARAMETERS
            )
        asset = _mesh_draft(run, draft, DRAFTED)
    else:
        asset, verdict = _distil(run, draft, saved)
    size = request.size_m or (words.size_m if words else DEFAULT_SIZE_M)
    recipe = make_recipe("dreamfusion", to_mapping(params), request.seed, run.priors, run.timings)
    recipe |= {
        "prompt": request.prompt,
        "preset": request.preset,
        "size_m": size,
        "understood": words.sentence() if words else "",
        "refinement": verdict.sentence() if verdict else "",
    }
    name = request.name or request.prompt
    write_bundle(context.folder, asset, recipe, size, name, Part(context, 0.93, 1.0))
    context.progress(1.0, "Done")


def _understand(request: JobRequest) -> Understanding | None:
    """The words as the embedded prior takes them; None for another prior, which takes them as they are."""
    try:
        return understand(request.prompt)
    except NotUnderstoodError as error:
        if request.prior:
            return None
        raise JobError(str(error), Mend.CHANGE_PROMPT) from error


def _draft(run: Run, saved: dict[str, Any]) -> Draft | None:
    """Draw drafts and take the soundest, or carve a start from views. A resumed job takes its own again; from a blob, None."""
    if run.params.drafts == 0:
        return _carve(run, saved) if run.params.first_views else None
    if run.words is None:
        return None
    started = time.monotonic()
    prior = draft_prior(run.context.device)
    run.priors["draft"] = prior.sha256
    if "draft" in saved:
        return Draft(**saved["draft"])
    context = run.context
    context.progress(0.01, "Drafting")
    drafts = prior.sample(
        run.words, run.params.drafts, run.request.seed, run.params.draft_guidance,
        on_progress=lambda fraction: context.progress(0.01 + (DRAFTED - 0.03) * fraction, "Drafting"),
    )  # fmt: skip
    chosen = prior.choose(drafts, run.words.concept)
    for index, each in enumerate(prior.assess(drafts, run.words.concept)):
        context.log(f"draft {index}{' (taken)' if index == chosen else ''}: {each.sentence()}")
    _show_draft(run, drafts[chosen])
    run.timed("draft", started)
    return drafts[chosen]


def _carve(run: Run, saved: dict[str, Any]) -> Draft | None:
    """A start from views that the score model draws of one object at once; None where the prior cannot."""
    started = time.monotonic()
    if "draft" in saved:
        return Draft(**saved["draft"])
    params, context, prior = run.params, run.context, _prior(run)
    if "camera" not in prior.conditions_on or run.words is None:
        context.log("no first views: this prior knows no cameras; distilling begins at a blob")
        return None
    context.progress(0.01, "Drawing views")
    views = draw_views(
        prior, prior.prepare(run.request.prompt), params.first_views, params.fine_resolution, params.guidance_scale,
        srgb_to_linear(torch.tensor(run.words.color)), torch.Generator(context.device).manual_seed(run.request.seed),
    )  # fmt: skip
    context.progress(0.5 * DRAFTED, "Carving")
    try:
        draft = carve(views)
    except ValueError as error:
        raise JobError(str(error), Mend.CHANGE_PARAMETERS) from error
    _show_draft(run, draft)
    run.timed("carve", started)
    return draft


def _show_draft(run: Run, draft: Draft) -> None:
    """A first look, seconds into the job."""
    field = HashGridField(start=GridStart(draft.sdf, draft.albedo)).to(run.context.device)
    run.context.preview(look(field, Occupancy.from_field(field), fixed_views(run.context.device)[1]))


def _meshing(params: DreamFusionParams) -> MeshingParams:
    return MeshingParams(faces=params.faces, resolution=params.mesh_resolution, texture_size=params.texture_size)


def _mesh_draft(run: Run, draft: Draft, start: float) -> Asset:
    started = time.monotonic()
    try:
        asset = mesh_asset(SdfSource(draft.sdf, draft.albedo), _meshing(run.params), Part(run.context, start, 0.93))
    except MeshingError as error:
        raise JobError(f"The draft gives no mesh ({error}); try another seed", Mend.CHANGE_PARAMETERS) from error
    run.timed("mesh", started)
    return asset


def _distil(run: Run, draft: Draft | None, saved: dict[str, Any]) -> tuple[Asset, Verdict | None]:
    """Distil, mesh what came of it, and fall back to the draft when that is better."""
    params, context = run.params, run.context
    prior = _prior(run)
    embedded = "camera" in prior.conditions_on
    start: Any = Blob()
    if draft is not None:
        start = GridStart(draft.sdf, draft.albedo)
    rng = torch.Generator().manual_seed(run.request.seed)
    field = HashGridField(start, HashGridParams.for_cells(params.field_cells), rng).to(context.device)
    try:
        text = prior.prepare(run.request.prompt)
    except (PriorError, NotUnderstoodError) as error:
        raise JobError(str(error), Mend.CHANGE_PROMPT) from error
    work = Distillation.begin(
        field, prior, text, params, PRIOR_ORBIT if embedded else DREAMFUSION_ORBIT, run.request.seed, context.device
    )
    cameras = fixed_views(context.device)
    before = silhouettes(field, work.occupancy, cameras, CHECK_SIZE) if draft is not None else None
    agreed_before = _disagreement(work, cameras) if draft is not None else 0.0
    if draft is not None:
        work.held = {"draft": {"sdf": draft.sdf, "albedo": draft.albedo}}
    if "distillation" in saved:
        work.resume(saved["distillation"])
        context.log(f"resumed at step {work.step}")
    try:
        work.run(context, DRAFTED, DISTILLED)
    except FloatingPointError as error:
        raise JobError(
            f"The optimisation diverged ({error}); lower the learning rates", Mend.CHANGE_PARAMETERS
        ) from error
    run.timings |= {"distil": round(work.total_s, 3), "prior": round(work.prior_s, 3)}
    started = time.monotonic()
    work.occupancy = Occupancy.from_field(field)
    after = silhouettes(field, work.occupancy, cameras, CHECK_SIZE)
    source = FieldSource(
        torch_callable(field.density_logit, context.device),
        torch_callable(lambda points: field.evaluate(points).albedo, context.device),
        views=Silhouettes(after.cpu().numpy(), cameras.cam_to_world.cpu().numpy(), cameras.fov_y.cpu().numpy()),
    )
    try:
        asset = mesh_asset(source, _meshing(params), Part(context, DISTILLED, 0.93))
    except MeshingError as error:
        if draft is None:
            raise JobError(
                f"Nothing solid came of it ({error}); try another seed or more steps", Mend.CHANGE_PARAMETERS
            ) from error
        verdict = Verdict(False, (str(error),))
        context.log(verdict.sentence())
        return _mesh_draft(run, draft, DISTILLED), verdict
    run.timed("mesh", started)
    if draft is None or before is None:
        return asset, None
    agreed = (agreed_before, _disagreement(work, cameras)) if embedded else None
    drafted, mesh = measure(draft.sdf), asset.mesh.closed()
    verdict = judge(
        (int(drafted.components), inspect(mesh).components),
        silhouette_iou(before, after),
        agreed,
        ((drafted.width, drafted.depth, drafted.height), np.ptp(mesh.vertices, axis=0).tolist()),
    )
    context.log(verdict.sentence())
    return (asset if verdict.accepted else _mesh_draft(run, draft, DISTILLED)), verdict


def _prior(run: Run) -> Prior:
    prior = score_prior(run.request.prior, run.context.priors, run.context.device)
    run.priors[prior.name] = prior.sha256
    return prior


def _disagreement(work: Distillation, cameras: Cameras) -> float:
    """The prior's distance from the field as it is now, seen from the fixed views."""
    background = torch.full((len(cameras), 3), 0.8, device=cameras.device)
    with torch.no_grad():
        views = render(
            work.field, cameras, work.params.fine_resolution, work.params.fine_resolution, work.occupancy, background
        )
    return disagreement(work.prior, views.rgb, cameras, work.text, background)


def warm(device: str) -> None:
    """Load the embedded models and compile the kernels, so that the next job starts at once."""
    draft_prior(device)
    score_prior("", {}, device)
    warm_up()


METHOD = Method("dreamfusion", "DreamFusion", DreamFusionParams, PRESETS, run, warm)
