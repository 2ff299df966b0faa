"""The same work as the sidebar for Python scripts, in the background or not; each call returns when it is done.

    from dreamgrove.operators.scripting import generate
    asset = generate("a tall blue vase", preset="draft", seed=3)
    asset.object.location.x = 2.0

In an installed extension the package is called `bl_ext.user_default.dreamgrove` (or after the repository that it came from).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..engine.client import Client
from ..engine.protocol import EventType, JobRequest, JobState, JobStatus
from .engine_access import connect
from .importing import import_bundle
from .settings import METHOD, settings


class JobFailed(RuntimeError):
    """The job ended without an asset; one sentence, and the job's last `status`."""

    def __init__(self, status: JobStatus):
        super().__init__(status.error or f"The job is {status.state}")
        self.status = status


@dataclass(frozen=True)
class Made:
    """object: in the scene. status: the job's last. folder: the bundle and `asset.blend`, None unless asked for."""

    object: bpy.types.Object
    status: JobStatus
    folder: Path | None = None


def generate(
    prompt: str,
    *,
    preset: str = "standard",
    seed: int = 0,
    size_m: float | None = None,
    location: tuple[float, float, float] = (0.0, 0.0, 0.0),
    output: Path | str | None = None,
    prior: str = "",
    params: Mapping[str, Any] | None = None,
    scene: bpy.types.Scene | None = None,
    progress: Callable[[JobStatus], None] = lambda status: None,
    say: Callable[[str], None] = lambda line: None,
) -> Made:
    """Words to a textured mesh at `location` (m) in a scene (default: the context's). Starts the engine if none runs.

    size_m: longest side, None = as the words imply. output: also keep the bundle and an `asset.blend` there. params: of the method, by
    name. Raises NoEngine, EngineError (words that are not understood among them), JobFailed, ImportProblem; the scene is then as before.
    """
    request = JobRequest(
        method=METHOD, prompt=prompt, preset=preset, seed=seed, size_m=size_m, prior=prior, params=dict(params or {})
    )
    client = connect(settings(), say)
    status = finished(follow(client, client.submit(request).id, progress))
    with tempfile.TemporaryDirectory(prefix="dreamgrove-") as temporary:
        folder = fetch(client, status, Path(output)) if output is not None else Path(temporary)
        if output is None:
            client.download(status.id, folder)
        item = import_bundle(scene or bpy.context.scene, folder, request.name or prompt, location)
    return Made(item, status, folder if output is not None else None)


def finished(status: JobStatus) -> JobStatus:
    """The status itself if the job has been done. Raises JobFailed."""
    if status.state is not JobState.DONE:
        raise JobFailed(status)
    return status


def follow(client: Client, job_id: str, tell: Callable[[JobStatus], None]) -> JobStatus:
    """Wait for a job's end, telling its progress; Ctrl+C cancels it. Raises EngineError."""
    try:
        for event in client.events(job_id):
            if event.type in (EventType.PROGRESS, EventType.STATE) and event.status is not None:
                tell(event.status)
                if event.status.state.ended:
                    break
    except KeyboardInterrupt:
        client.cancel(job_id)
        raise
    return client.job(job_id)


def fetch(client: Client, status: JobStatus, output: Path) -> Path:
    """The bundle and `asset.blend` in `output`; written aside first, so that the folder is complete or untouched."""
    output = output.resolve()
    aside = output.with_name(f".{output.name}.partial-{status.id}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        client.download(status.id, aside)
        save_blend(aside, status.request.name or status.request.prompt)
        output.mkdir(parents=True, exist_ok=True)
        for path in aside.iterdir():
            path.replace(output / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return output


def save_blend(folder: Path, name: str) -> None:
    """`asset.blend` beside the bundle: a scene of its own with the asset at the origin. Leaves nothing in the open file."""
    kinds = ("objects", "meshes", "materials", "images", "collections", "scenes")
    before = {kind: set(getattr(bpy.data, kind)) for kind in kinds}
    try:
        scene = bpy.data.scenes.new("Asset")
        import_bundle(scene, folder, name)
        bpy.data.libraries.write(str(folder / "asset.blend"), {scene}, fake_user=False, compress=True)
    finally:
        bpy.data.batch_remove([item for kind in kinds for item in set(getattr(bpy.data, kind)) - before[kind]])
