"""Run in Blender's window (run.sh does): enable, open the tab, type, click Generate, watch, see the object, undo; grow; nodes as Python and back.

blender --factory-startup --enable-event-simulate --python drive.py -- OUT. Exit code 0 when all of it happened.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import addon_utils
import bpy

sys.path.insert(0, str(Path(__file__).parent))
import grow
import nodes
import robot
import world
from robot import Lost, click, find_button, log, open_tab, place, press, screenshot, wait, write

OUT = Path(sys.argv[sys.argv.index("--") + 1])
PACKAGE = "bl_ext.user_default.dreamgrove"
PROMPT = "a red mushroom"
JOB_S = 240.0


class Stalls:
    """How long the main thread was away: a timer every 5 ms notes its gaps.

    wall: as a clock sees it; drawing by software and other programs' work are in it. ours: the longest single time that the
    add-on's own code held the main thread, by what it did. cpu: the main thread's own work in a gap, whoever caused it.
    """

    def __init__(self) -> None:
        self.last = (time.perf_counter(), time.thread_time())
        self.wall = self.cpu = 0.0
        self.ours: dict[str, float] = {}
        self.on = False
        bpy.app.timers.register(self.tick, persistent=True)

    def tick(self) -> float:
        now = (time.perf_counter(), time.thread_time())
        if self.on:
            self.wall = max(self.wall, now[0] - self.last[0])
            self.cpu = max(self.cpu, now[1] - self.last[1])
        self.last = now
        return 0.005

    def begin(self) -> None:
        self.wall = self.cpu = 0.0
        self.ours.clear()
        self.last = (time.perf_counter(), time.thread_time())
        self.on = True

    def end(self) -> dict[str, object]:
        self.on = False
        ours = {name: round(seconds * 1000, 1) for name, seconds in sorted(self.ours.items())}
        return {"wall_ms": round(self.wall * 1000, 1), "cpu_ms": round(self.cpu * 1000, 1), "ours_cpu_ms": ours}

    def watch(self, owner: object, name: str, label: str) -> None:
        """Note how long calls of owner.name take."""
        original = getattr(owner, name)

        def timed(*arguments: object) -> object:
            began = time.thread_time()
            try:
                return original(*arguments)
            finally:
                self.ours[label] = max(self.ours.get(label, 0.0), time.thread_time() - began)

        # Blender asks a class's function how many arguments it takes, and passes no more.
        setattr(owner, name, (lambda self, context: timed(self, context)) if isinstance(owner, type) else timed)


def check(fact: object, sentence: str) -> None:
    if not fact:
        raise Lost(sentence)
    log("ok:", sentence)


def job_picture_shown() -> bool:
    from importlib import import_module

    return bool(import_module(f"{PACKAGE}.operators.preview_overlay")._textures)


def steps() -> Iterator[float]:
    from importlib import import_module

    bpy.context.preferences.view.show_developer_ui = True
    OUT.mkdir(parents=True, exist_ok=True)
    check(addon_utils.enable(PACKAGE, default_set=True), "the extension is enabled")
    tracker = import_module(f"{PACKAGE}.operators.session").tracker()
    tab = import_module(f"{PACKAGE}.operators.properties").tab()
    jobs, sidebar = import_module(f"{PACKAGE}.operators.jobs"), import_module(f"{PACKAGE}.panels.sidebar")
    link = import_module(f"{PACKAGE}.operators.engine_link").Link
    overlay = import_module(f"{PACKAGE}.operators.preview_overlay")
    for cube in list(bpy.data.objects):
        if cube.type == "MESH":
            bpy.data.objects.remove(cube)
    bpy.context.scene.cursor.location = (0.0, 0.0, 0.0)
    _look_at(0.35)
    yield 0.3
    yield from open_tab("Dreamgrove")
    yield from wait(lambda: tracker.link.link is link.READY, 60.0, "the engine being found")
    yield 0.5
    screenshot(OUT / "1-tab.png")

    yield from find_button("prompt", 0.4)
    yield from click(*robot.found)
    press("A", "")
    yield 0.05
    yield from write(PROMPT)
    screenshot(OUT / "2-typed.png")
    press("RET")
    yield 0.3
    check(tab.prompt == PROMPT, f"the prompt is what was typed: {tab.prompt!r}")
    check(tab.preset == "draft", "the preset is Draft")

    stalls = Stalls()
    stalls.watch(tracker.pump, "tick", "tick")
    for name in ("DREAMGROVE_PT_generate", "DREAMGROVE_PT_jobs", "DREAMGROVE_PT_asset"):
        stalls.watch(getattr(sidebar, name), "draw", name)
    stalls.watch(overlay, "_draw", "overlay")
    # What this window costs without a job: the same regions drawn anew, ten times a second.
    stalls.begin()
    for _ in range(20):
        place()[1].tag_redraw()
        yield 0.1
    baseline = stalls.end()

    yield from find_button("dreamgrove.generate")
    before = set(bpy.data.objects)
    stalls.begin()
    yield from click(*robot.found)
    yield from wait(lambda: tracker.jobs, 5.0, "a job in the list")
    job = tracker.jobs[0]
    fractions = []

    def moving() -> bool:
        fractions.append(job.status.fraction)
        return job.status.fraction > 0.02 or job.status.state.ended

    yield from wait(moving, JOB_S, "progress")
    during: dict[str, object] = {}
    if not job.status.state.ended:
        yield from wait(lambda: job_picture_shown() or job.status.state.ended, JOB_S, "a live preview")
        during = stalls.end()  # taking a picture stalls; it is not measured
        screenshot(OUT / "3-progress.png")
        stalls.on = True
        stalls.last = (time.perf_counter(), time.thread_time())
    ended = lambda: job.phase is jobs.Phase.IMPORTED or job.problem or job.status.error  # noqa: E731
    yield from wait(ended, JOB_S, "the object")
    for _ in range(20):
        yield 0.05
    whole = stalls.end()
    check(job.phase is jobs.Phase.IMPORTED, f"the job was imported {job.problem or job.status.error}")
    new = [item for item in bpy.data.objects if item not in before]
    check([item.name for item in new] == [PROMPT], f"one new object: {[item.name for item in new]}")
    item = new[0]
    check(item.select_get() and tuple(item.location) == (0.0, 0.0, 0.0), "it stands at the cursor, selected")
    size = tab.size_m
    check(
        abs(max(item.dimensions) - size) < 0.02 * size,
        f"it is {max(item.dimensions):.3f} m large, as asked: {size:.3f} m",
    )
    check(overlay._handle == [], "the preview is gone")
    faces = len(item.data.polygons)
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.context.space_data.shading.type = "MATERIAL"
    yield 0.5
    screenshot(OUT / "4-object.png")
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.context.space_data.shading.type = "SOLID"
    yield 0.3

    robot.move(600, 500)
    yield 0.1
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.ed.undo()
    yield 0.5
    check(PROMPT not in bpy.data.objects, "one undo takes it away")
    check(not any(mesh.name.startswith(PROMPT) for mesh in bpy.data.meshes), "its mesh, too")
    screenshot(OUT / "5-undone.png")
    yield from grow.steps(PACKAGE, OUT, check)
    yield from world.steps(PACKAGE, OUT, check)
    yield from nodes.steps(PACKAGE, OUT, check)
    report = {
        "blender": bpy.app.version_string, "faces": faces, "fractions": len(set(fractions)), "without a job": baseline,
        "until the preview": during, "job and import": whole, "longest tick_ms": round(tracker.pump.longest_tick_s * 1000, 1),
    }  # fmt: skip
    (OUT / "stalls.json").write_text(json.dumps(report, indent=1))
    log(json.dumps(report))
    limit = os.environ.get("DREAMGROVE_STALL_MS")
    ours = max(whole["ours_cpu_ms"].values())
    check(ours <= float(limit or 50.0), f"our own code never held the window longer than {ours} ms")
    yield 0.1


def _main_region() -> bpy.types.Region:
    return next(region for region in place()[1].regions if region.type == "WINDOW")


def _look_at(distance_m: float) -> None:
    """Bring the viewport to the size of the thing that is made."""
    view = place()[1].spaces.active.region_3d
    view.view_location = (0.0, 0.0, 0.06)
    view.view_distance = distance_m


bpy.context.preferences.view.show_splash = False  # it would eat the first click
GENERATOR = steps()


def pump() -> float | None:
    try:
        return next(GENERATOR)
    except StopIteration:
        log("all done")
        bpy.ops.wm.quit_blender()
        return None
    except BaseException as error:
        traceback.print_exc()
        log("FAILED:", error)
        try:
            screenshot(OUT / "failed.png")
        finally:
            sys.stdout.flush()
            os._exit(3)


bpy.app.timers.register(pump, first_interval=1.0)
