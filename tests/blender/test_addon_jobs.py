"""From Generate to the object in the scene, against an engine whose jobs the test moves on; timers are pumped by hand."""

from __future__ import annotations

import threading

import bpy
import pytest
from bundles import RECIPE
from fake_engine import TOKEN, FakeEngine

from dreamgrove.engine.protocol import JobRequest, JobState, Mend

PATIENCE_S = 40.0


@pytest.fixture
def engine(tmp_path):
    fake = FakeEngine(tmp_path / "jobs")
    yield fake
    fake.close()


@pytest.fixture
def at(monkeypatch, tmp_path, extension, module, clean_scene, engine):
    """The add-on, connected to the fake engine; a fresh tracker for each test."""
    monkeypatch.setenv("DREAMGROVE_URL", engine.url)
    monkeypatch.setenv("DREAMGROVE_TOKEN", TOKEN)
    session, settings = module("operators.session"), module("operators.settings")
    settings.preferences().output_folder = str(tmp_path / "assets")
    session.unregister()
    session.register()
    yield At(module, session, engine)
    settings.preferences().output_folder = ""
    session.unregister()
    monkeypatch.undo()
    session.register()


class At:
    """What the tests do to the add-on."""

    def __init__(self, module, session, engine):
        self.module, self.session, self.engine = module, session, engine
        self.link = module("operators.engine_link").Link
        self.phase = module("operators.jobs").Phase

    @property
    def tracker(self):
        return self.session.tracker()

    @property
    def jobs(self):
        return self.tracker.jobs

    def until(self, done) -> None:
        assert self.tracker.pump.run_until(done, PATIENCE_S), [job.__dict__ for job in self.jobs]

    def connected(self) -> None:
        self.until(lambda: self.tracker.link.link is self.link.READY)

    def generate(self, prompt="a red mushroom", **values):
        tab = self.module("operators.properties").tab()
        tab.prompt = prompt
        for name, value in values.items():
            setattr(tab, name, value)
        self.connected()
        assert bpy.ops.dreamgrove.generate() == {"FINISHED"}
        job = self.jobs[0]
        self.until(lambda: job.submitted)
        return job


def objects() -> list[str]:
    return sorted(item.name for item in bpy.data.objects)


def test_words_to_an_object_at_the_cursor(at):
    bpy.context.scene.cursor.location = (1.0, 2.0, 0.5)
    job = at.generate(seed=11, lock_seed=True, preset="draft")
    bpy.context.scene.cursor.location = (9.0, 9.0, 9.0)
    request = at.engine.asked[0]
    assert (request.prompt, request.preset, request.seed, request.params) == ("a red mushroom", "draft", 11, {})
    at.engine.step(job.id, 0.4)
    at.until(lambda: job.status.fraction == 0.4 and job.picture is not None)
    assert job.status.stage == "Growing" and job.picture.shape == (64, 64, 4)
    assert objects() == []
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom"]
    item = bpy.data.objects["a red mushroom"]
    assert tuple(item.location) == (1.0, 2.0, 0.5), "where the cursor was at the start"
    assert at.module("operators.importing").recipe_of(item) == RECIPE
    assert (at.tracker.folder_of(job) / "recipe.json").is_file()


def test_the_whole_import_is_one_undo_step(at):
    bpy.ops.ed.undo_push(message="before")
    job = at.generate()
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom"]
    if not bpy.ops.ed.undo.poll():
        pytest.skip("this Blender has no undo without a window; the window test undoes")
    bpy.ops.ed.undo()
    assert objects() == [] and not bpy.data.meshes and not bpy.data.images


def test_an_unlocked_seed_moves_on(at):
    tab = at.module("operators.properties").tab()
    at.generate(seed=5, lock_seed=False)
    assert tab.seed != 5 and at.engine.asked[0].seed == 5


def test_parameters_come_from_the_engine_and_go_to_it(at):
    at.connected()
    values = bpy.context.window_manager.dreamgrove_params
    tab = at.module("operators.properties").tab()
    tab.preset = "standard"
    values.iterations = 12
    at.generate()
    assert at.engine.asked[0].params == {"iterations": 12}


def test_a_job_for_another_file_waits(at, tmp_path):
    """File > New while the job runs: nothing is put into the new file unasked."""
    job = at.generate()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.KEPT)
    assert objects() == [] and job.hint == "Made for another file"
    bpy.ops.dreamgrove.import_job(job=job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom"]


def test_saving_the_file_keeps_the_job_with_it(at, tmp_path):
    job = at.generate()
    path = str(tmp_path / "file.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert not job.place.here
    bpy.ops.wm.open_mainfile(filepath=path)
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom"]


def test_an_import_waits_for_object_mode(at):
    mesh = bpy.data.meshes.new("plane")
    item = bpy.data.objects.new("plane", mesh)
    bpy.context.collection.objects.link(item)
    bpy.context.view_layer.objects.active = item
    job = at.generate()
    bpy.ops.object.mode_set(mode="EDIT")
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.ARRIVING and job.hint)
    assert job.hint == "leave Edit Mode" and objects() == ["plane"]
    bpy.ops.object.mode_set(mode="OBJECT")
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom", "plane"]


@pytest.mark.parametrize("steps", range(1, 6))
def test_an_import_that_undo_cuts_short_starts_again(at, steps):
    job = at.generate()
    at.engine.finish(job.id)
    at.until(lambda: at.tracker.pump.stepping)
    for _ in range(steps):
        at.tracker.pump.tick()
    at.tracker.arrivals.interrupt()
    assert objects() == [] and not bpy.data.meshes and not bpy.data.images and not bpy.data.materials
    at.until(lambda: job.phase is at.phase.IMPORTED)
    assert objects() == ["a red mushroom"]


def test_cancel(at):
    job = at.generate()
    at.engine.step(job.id, 0.2)
    bpy.ops.dreamgrove.cancel_job(job=job.id)
    at.until(lambda: job.status.state == JobState.CANCELLED)
    assert not job.active and objects() == []


def test_a_failure_is_one_sentence_and_a_way_on(at):
    job = at.generate()
    at.engine.fail(job.id, "The disk is full; free some space.", Mend.FREE_SPACE)
    at.until(lambda: job.status.state == JobState.FAILED)
    assert (job.status.error, job.status.mend) == ("The disk is full; free some space.", Mend.FREE_SPACE)
    bpy.ops.dreamgrove.free_space()
    at.until(lambda: not at.engine.statuses)
    assert at.jobs == []


def test_delete(at):
    job = at.generate()
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    bpy.ops.dreamgrove.delete_job(job=job.id)
    assert at.jobs == []
    at.until(lambda: not at.engine.statuses)
    assert objects() == ["a red mushroom"] and (at.tracker.folder_of(job) / "asset.glb").is_file()


def test_again_and_with_another_seed(at):
    job = at.generate(seed=4, lock_seed=True)
    bpy.ops.dreamgrove.repeat_job(job=job.id, mode="SAME")
    bpy.ops.dreamgrove.repeat_job(job=job.id, mode="OTHER_SEED")
    at.until(lambda: len(at.engine.asked) == 3)
    first, *others = at.engine.asked
    assert sorted(each == first for each in others) == [False, True]
    assert {each.prompt for each in others} == {first.prompt}


def test_regenerate_from_the_object(at):
    job = at.generate()
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    item = bpy.data.objects["a red mushroom"]
    assert bpy.ops.dreamgrove.regenerate(mode="SAME") == {"FINISHED"}
    at.until(lambda: len(at.engine.asked) == 2)
    assert at.engine.asked[1].seed == RECIPE["seed"] and at.engine.asked[1].size_m == RECIPE["size_m"]
    assert at.jobs[0].place.location[0] == pytest.approx(item.dimensions.x * 1.25)


def test_jobs_of_before_are_found_and_imported(at):
    """What the engine remembers from earlier sessions is listed with its picture, and not imported unasked."""
    request = JobRequest("dreamfusion", "a green cactus", "draft")
    done = at.engine.add(request, JobState.DONE)
    running = at.engine.add(request)
    at.until(lambda: len(at.jobs) == 2 and at.tracker.find(done.id).picture is not None)
    assert objects() == []
    at.engine.finish(running.id)
    at.until(lambda: at.tracker.find(running.id).status.state == JobState.DONE)
    assert at.tracker.find(running.id).phase is at.phase.KEPT
    bpy.context.scene.cursor.location = (3.0, 0.0, 0.0)
    bpy.ops.dreamgrove.import_job(job=done.id)
    at.until(lambda: at.tracker.find(done.id).phase is at.phase.IMPORTED)
    assert tuple(bpy.data.objects["a green cactus"].location) == (3.0, 0.0, 0.0)


def test_an_engine_that_comes_back_is_found_again(at, monkeypatch):
    """Its jobs go on: the one that was asked for here still arrives."""
    job = at.generate()
    port, statuses = at.engine.port, at.engine.statuses
    at.engine.close()
    at.until(lambda: at.tracker.link.link is at.link.LOST)
    assert "start" in at.tracker.link.sight.problem or "reach" in at.tracker.link.sight.problem
    again = FakeEngine(at.engine.folder, port)
    again.statuses.update(statuses)
    try:
        at.connected()
        assert at.tracker.find(job.id) is job
        again.finish(job.id)
        at.until(lambda: job.phase is at.phase.IMPORTED)
    finally:
        again.close()


def test_a_wrong_token_is_a_sentence(at, monkeypatch):
    monkeypatch.setenv("DREAMGROVE_TOKEN", "x" * 43)
    at.tracker.link.look_again()
    at.until(lambda: at.tracker.link.link is at.link.LOST)
    assert "token is missing or wrong" in at.tracker.link.sight.problem


def test_damaged_files_are_a_sentence(at):
    job = at.generate()
    at.engine.bundle = {"meshes": []}
    at.engine.finish(job.id)
    at.until(lambda: job.problem)
    assert "make the asset again" in job.problem and job.mend == Mend.SAME_AGAIN
    assert objects() == [] and not bpy.data.meshes


def test_an_engine_that_is_not_installed(at, monkeypatch, tmp_path):
    monkeypatch.delenv("DREAMGROVE_URL")
    monkeypatch.setenv("DREAMGROVE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DREAMGROVE_ENGINE", str(tmp_path / "engine"))
    at.module("operators.properties").tab().prompt = "a red mushroom"
    at.tracker.link.look_again()
    at.until(lambda: at.tracker.link.link is at.link.MISSING)
    assert not bpy.ops.dreamgrove.generate.poll()
    with pytest.raises(RuntimeError, match="Install the engine first"):
        bpy.ops.dreamgrove.generate()


def test_threads_never_touch_bpy(at, monkeypatch):
    """The settings are read on the main thread only; so is whatever changes the scene."""
    settings, seen = at.module("operators.settings"), []
    original = settings.preferences
    monkeypatch.setattr(settings, "preferences", lambda: (seen.append(threading.current_thread()), original())[1])
    job = at.generate()
    at.engine.finish(job.id)
    at.until(lambda: job.phase is at.phase.IMPORTED)
    at.tracker.link.look_again()
    assert set(seen) == {threading.main_thread()}


def test_installing_shows_progress_and_can_be_cancelled(at, monkeypatch):
    setup_module = at.module("operators.engine_setup")
    go_on = threading.Event()

    def install(folder, wanted, say, progress, cancelled):
        say("Downloading torch")
        progress(0.3, "Downloading")
        go_on.wait(PATIENCE_S)
        if cancelled():
            raise setup_module.EnvironmentProblem("Cancelled.")

    monkeypatch.setattr(setup_module.environment, "install", install)
    setup = at.session.setup()
    setup.begin("install")
    at.until(lambda: setup.fraction == 0.3)
    assert (setup.stage, list(setup.lines)) == ("Downloading", ["Downloading torch"])
    assert not bpy.ops.dreamgrove.install_engine.poll() and not bpy.ops.dreamgrove.generate.poll()
    bpy.ops.dreamgrove.cancel_setup()
    go_on.set()
    at.until(lambda: setup.task is None)
    assert setup.problem == ""


def test_a_failed_install_is_a_sentence(at, monkeypatch):
    setup_module = at.module("operators.engine_setup")

    def install(*_, **__):
        raise setup_module.EnvironmentProblem("The disk is full; free some space, then install again.")

    monkeypatch.setattr(setup_module.environment, "install", install)
    at.session.setup().begin("install")
    at.until(lambda: at.session.setup().task is None)
    assert "disk is full" in at.session.setup().problem


def test_the_pump_goes_on_after_a_mistake(at, caplog):
    """A message that fails is told on the console; those after it are still handled."""
    pump, done = at.tracker.pump, []
    pump.post(lambda: 1 / 0)
    pump.post(done.append, 1)
    pump.steps(iter(_broken()))
    pump.post(done.append, 2)
    at.until(lambda: done == [1, 2] and not pump.stepping)
    assert "ZeroDivisionError" in caplog.text and "a step failed" in caplog.text


def _broken():
    yield 1
    raise ValueError("a mistake")
