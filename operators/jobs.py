"""The jobs that an artist sees: asked for, followed, fetched and brought into the scene, without the window ever waiting.

Threads submit, follow and download (`pump.spawn`); whatever they learn arrives here on the main thread (`pump.post`). The
engine keeps the jobs, so they are found again after a restart of Blender or of the engine; what is kept only here is which
of them were started in this session, and where their objects shall stand.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

import numpy as np

from ..engine.client import Client, EngineError
from ..engine.protocol import EventType, JobRequest, JobState, JobStatus, Mend
from . import png
from .arrivals import Arrivals
from .engine_access import NoEngine
from .engine_link import EngineLink, Sight
from .importing import Bundle, ImportProblem, read_bundle
from .places import Place
from .pump import Pump

ASSET = "asset.glb"
PICTURE_PX = 256
_MAX_FOLLOWED = 8
_REDRAW_INTERVAL_S = 0.1
_numbers = itertools.count(1)


class Phase(Enum):
    """What is left to do for a job on this side."""

    ENGINE = auto()  # the engine has it
    FETCHING = auto()
    ARRIVING = auto()  # waits for its turn, or is being brought into the scene
    KEPT = auto()  # done; nothing is under way, the artist may import it
    IMPORTED = auto()


@dataclass(eq=False)
class Job:
    """One row of the list.

    place: where its object goes, None unless it was started here. picture: uint8 [H, W, 4] sRGB, None until there is one.
    problem, mend: what went wrong on this side of the wire. hint: why it waits.
    """

    status: JobStatus
    place: Place | None = None
    phase: Phase = Phase.ENGINE
    picture: np.ndarray | None = None
    picture_number: int = 0
    problem: str = ""
    mend: Mend = Mend.NONE
    hint: str = ""
    known_s: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        return self.status.id

    @property
    def submitted(self) -> bool:
        return not self.status.id.startswith("new")

    @property
    def active(self) -> bool:
        """Whether something is still going on."""
        return not self.status.state.ended or self.phase in (Phase.FETCHING, Phase.ARRIVING)

    @property
    def seconds(self) -> float | None:
        """How long a finished job took."""
        status = self.status
        if status.state is not JobState.DONE or status.started_s is None or status.finished_s is None:
            return None
        return status.finished_s - status.started_s


class Tracker:
    """All jobs, newest first, and the way to the engine. `redraw(pictures)` is called when something to be seen has changed;
    pictures: whether a live preview in the viewport has, too."""

    def __init__(self, redraw: Callable[[bool], None]):
        self.pump = Pump(self._each_tick)
        self.link = EngineLink(self.pump, self._looked)
        self.arrivals = Arrivals(self.pump, self._arrived)
        self.jobs: list[Job] = []
        self._redraw = redraw
        self._dirty = self._pictures_dirty = False
        self._drawn_s = 0.0
        self._followed: set[str] = set()
        self._deleted: set[str] = set()
        self._drawing: set[str] = set()  # jobs whose picture is being fetched

    def begin(self) -> None:
        self.pump.start()
        self.link.begin()

    def close(self) -> None:
        for job in self.jobs:
            if not job.submitted:
                job.cancelled.set()
        self.link.close()
        self.pump.close()

    def find(self, job_id: str) -> Job | None:
        return next((job for job in self.jobs if job.id == job_id), None)

    def changed(self, pictures: bool = False) -> None:
        """Something to be seen is different; the window is told at most every 0.1 s."""
        self._dirty = True
        self._pictures_dirty |= pictures

    # What an artist does.

    def submit(self, request: JobRequest, place: Place) -> Job:
        """Ask for a job; the engine is started if need be. Its object comes to `place` when it is done."""
        status = JobStatus(f"new {next(_numbers)}", request, stage="Asking the engine", created_s=time.time())
        job = Job(status, place)
        self.jobs.insert(0, job)
        self.changed(pictures=True)

        def work() -> None:
            try:
                client, info = self.link.connect(job.cancelled.is_set)
                known = request.method in [each.name for each in info.methods]
                sent = request if known or not info.methods else replace(request, method=info.methods[0].name)
                accepted = client.submit(sent)
                self.pump.post(self._accepted, job, accepted)
                if job.cancelled.is_set():
                    client.cancel(accepted.id)
                self._follow(client, accepted.id)
            except (NoEngine, EngineError) as error:
                self.pump.post(self._refused, job, str(error), error.mend)

        self.pump.spawn(work, "job")
        return job

    def cancel(self, job: Job) -> None:
        job.cancelled.set()
        if not job.submitted:
            job.status = replace(job.status, stage="Cancelling")
        else:
            self._ask(lambda client: self.pump.post(self._update, client.cancel(job.id)), job)
        self.changed()

    def delete(self, job: Job) -> None:
        """Take a job and the engine's files of it away; what was imported or downloaded stays."""
        job.cancelled.set()
        self.arrivals.drop(job)
        self.jobs.remove(job)
        self.changed(pictures=True)
        if job.submitted:
            self._delete(job)

    def delete_ended(self) -> int:
        """Free the engine's disk space: take away every job that has ended; how many."""
        ended = [job for job in self.jobs if not job.active]
        for job in ended:
            self.delete(job)
        return len(ended)

    def bring(self, job: Job, place: Place) -> None:
        """Import a finished job, again or for the first time."""
        job.place, job.problem, job.mend, job.hint = place, "", Mend.NONE, ""
        self._fetch(job)

    # What threads report.

    def _looked(self, sight: Sight) -> None:
        if sight.jobs is not None and sight.client is not None:
            self._listed(sight.client, sight.jobs, sight.began)
        self.changed()

    def _listed(self, client: Client, statuses: tuple[JobStatus, ...], began: float) -> None:
        """Take over the engine's list; what was submitted after it was made is not lost for not being in it."""
        listed = {status.id: status for status in statuses if status.id not in self._deleted}
        for job in list(self.jobs):
            if job.submitted and job.id not in listed and job.known_s < began:
                self.arrivals.drop(job)
                self.jobs.remove(job)
        for status in reversed(statuses):
            if status.id not in listed:
                continue
            job = self.find(status.id)
            if job is None:
                phase = Phase.KEPT if status.state.ended else Phase.ENGINE
                self.jobs.insert(0, Job(status, phase=phase))
            elif status.id not in self._followed:
                self._update(status)
        self.jobs.sort(key=lambda job: -job.status.created_s)
        for status in listed.values():
            if not status.state.ended and status.id not in self._followed and len(self._followed) < _MAX_FOLLOWED:
                self._followed.add(status.id)
                self.pump.spawn(lambda job_id=status.id: self._follow(client, job_id), "job")
        self._fetch_pictures(client)

    def _accepted(self, job: Job, status: JobStatus) -> None:
        other = self.find(status.id)
        job.status, job.known_s = status, time.monotonic()
        self._followed.add(status.id)
        if other is not None:  # the watcher's list was quicker
            self.jobs.remove(other)
            self._update(other.status)
        if job not in self.jobs:  # deleted while the engine was starting
            self._delete(job)
        self.changed()

    def _refused(self, job: Job, sentence: str, mend: Mend) -> None:
        state = JobState.CANCELLED if job.cancelled.is_set() else JobState.FAILED
        job.phase = Phase.KEPT
        job.status = replace(job.status, state=state, error="" if job.cancelled.is_set() else sentence, mend=mend)
        self._followed.discard(job.id)
        self.changed(pictures=True)

    def _update(self, status: JobStatus) -> None:
        job = self.find(status.id)
        if job is None or job.status.state.ended:
            return
        job.status = status
        if status.state.ended:
            self._followed.discard(status.id)
            if status.state is JobState.DONE and job.place is not None:
                self._fetch(job)
            else:
                job.phase = Phase.KEPT
        self.changed(pictures=status.state.ended)

    def _follow(self, client: Client, job_id: str) -> None:
        """In a thread: watch a job to its end."""
        try:
            number = 0
            for event in client.events(job_id):
                self.pump.post(self._update, event.status)
                if event.status.preview > number and not event.status.state.ended:
                    number = event.status.preview
                    self._picture(client, job_id, number)
                if event.type is EventType.STATE and event.status.state.ended:
                    break
            self.pump.post(self._update, client.job(job_id))
        except EngineError as error:
            if error.status == 404:  # deleted meanwhile
                return
            # The engine went away: its list tells how the job goes on when it is back.
            self.link.wake()
        finally:
            self.pump.post(self._followed.discard, job_id)

    def _fetch(self, job: Job) -> None:
        """Download the bundle, unless it is here, and read it; then it can arrive."""
        job.phase = Phase.FETCHING
        folder = self.folder_of(job)
        self.changed()

        def read() -> None:
            try:
                bundle = read_bundle(folder)
            except ImportProblem as error:
                self.pump.post(self._failed, job, str(error), Mend.SAME_AGAIN)
            else:
                self.pump.post(self._fetched, job, bundle, _read_picture(folder / "preview.png"))

        def download(client: Client) -> None:
            # The asset comes last, so that a folder that has it is complete.
            names = sorted(client.job(job.id).files, key=lambda name: (name == ASSET, name))
            client.download(job.id, folder, tuple(names))
            read()

        if (folder / ASSET).is_file():
            self.pump.spawn(read, "read")
        else:
            self._ask(download, job)

    def _failed(self, job: Job, sentence: str, mend: Mend) -> None:
        job.problem, job.mend = sentence, mend
        if job.phase in (Phase.FETCHING, Phase.ARRIVING):
            job.phase = Phase.KEPT
        self.changed(pictures=True)

    def _fetched(self, job: Job, bundle: Bundle, picture: np.ndarray | None) -> None:
        if picture is not None:
            job.picture, job.picture_number = picture, 1_000_000
        if job not in self.jobs:
            return
        assert job.place is not None
        if job.place.here:
            job.phase = Phase.ARRIVING
            self.arrivals.add(job, bundle)
        else:
            self._arrived(job, False, "")
        self.changed(pictures=True)

    def _arrived(self, job: Job, came: bool, problem: str) -> None:
        """The end of an import; without having come and without a problem, another file is open."""
        job.phase, job.problem = (Phase.IMPORTED if came else Phase.KEPT), problem
        job.mend = Mend.SAME_AGAIN if problem else Mend.NONE
        job.hint = "" if came or problem else "Made for another file"
        self.changed(pictures=True)

    # Pictures.

    def _fetch_pictures(self, client: Client) -> None:
        missing = [
            job.id for job in self.jobs
            if job.picture is None and job.status.preview and job.id not in self._followed | self._drawing
        ]  # fmt: skip
        if missing:
            self._drawing |= set(missing)  # asked for once only; a job without one stays without

            def work() -> None:
                for job_id in missing:
                    self._picture(client, job_id, 1)

            self.pump.spawn(work, "pictures")

    def _picture(self, client: Client, job_id: str, number: int) -> None:
        """In a thread: fetch a job's live picture. One that is not there, or not yet whole, is worth no sentence."""
        try:
            pixels = png.shrunk(png.decode(client.preview(job_id)), PICTURE_PX)
        except (EngineError, png.PngError):
            return
        self.pump.post(self._pictured, job_id, number, pixels)

    def _pictured(self, job_id: str, number: int, pixels: np.ndarray) -> None:
        job = self.find(job_id)
        if job is not None and number > job.picture_number:
            job.picture, job.picture_number = pixels, number
            self.changed(pictures=True)

    # Helpers.

    def folder_of(self, job: Job) -> Path:
        """Where a job's bundle is kept for the artist."""
        words = re.sub(r"[^\w]+", "-", job.status.request.prompt.lower()).strip("-_")[:40] or "asset"
        return self.link.settings.output / f"{words}-{job.id[:8]}"

    def _delete(self, job: Job) -> None:
        self._deleted.add(job.id)
        self._ask(lambda client: client.delete(job.id), job)

    def _ask(self, work: Callable[[Client], None], job: Job) -> None:
        """Run `work` in a thread with an engine, started if need be; what is against it is shown in the job's row."""
        client = self.link.sight.client

        def guarded() -> None:
            try:
                work(client if client is not None else self.link.connect(lambda: False)[0])
            except (NoEngine, EngineError) as error:
                self.pump.post(self._failed, job, str(error), error.mend)

        self.pump.spawn(guarded, "request")

    def renamed(self, before: str, after: str) -> None:
        for job in self.jobs:
            if job.place is not None:
                job.place = job.place.moved(before, after)

    def _each_tick(self) -> None:
        self.arrivals.tick()
        now = time.monotonic()
        if self._dirty and now - self._drawn_s >= _REDRAW_INTERVAL_S:
            self._redraw(self._pictures_dirty)
            self._dirty = self._pictures_dirty = False
            self._drawn_s = now


def _read_picture(path: Path) -> np.ndarray | None:
    try:
        return png.shrunk(png.decode(path.read_bytes()), PICTURE_PX)
    except (OSError, png.PngError):
        return None
