"""The one tracker of this Blender session, from enabling the add-on to disabling it."""

from __future__ import annotations

import bpy

from . import places, preview_overlay, properties
from .engine_link import Link
from .engine_setup import Setup
from .jobs import Tracker
from .redraw import redraw
from .undo import push_undo
from .world_build import Builder

_current: list[Tracker] = []
_setup: list[Setup] = []
_builder: list[Builder] = []


def tracker() -> Tracker:
    """Raises RuntimeError when the add-on is not enabled."""
    if not _current:
        raise RuntimeError("Enable Dreamgrove in Blender's preferences first")
    return _current[0]


def setup() -> Setup:
    """The installing, repairing or removing of the engine's environment that is or was under way."""
    return _setup[0]


def builder() -> Builder:
    """The scene that is being built. Raises RuntimeError when the add-on is not enabled."""
    if not _builder:
        raise RuntimeError("Enable Dreamgrove in Blender's preferences first")
    return _builder[0]


def _redraw(viewport: bool) -> None:
    """Called by the tracker when something to be seen has changed."""
    info = tracker().link.sight.info
    if info is not None and info.methods:
        priors = tuple((each.name, each.title) for each in info.priors if each.kind != "embedded")
        properties.show_method(info.methods[0], priors)
    if not bpy.app.background:
        if tracker().link.link is Link.READY:
            preview_overlay.prepare()
        preview_overlay.show(tracker().jobs)
        redraw(viewport, preferences=True)


def register() -> None:
    new = Tracker(_redraw)
    _current.append(new)
    _setup.append(Setup(new.pump, new.link, new.changed))
    _builder.append(Builder(redraw, push_undo))
    places.register(_before_change, new.renamed)
    new.begin()


def _before_change() -> None:
    """The file is about to change under what is being done to it: undo, redo, loading."""
    tracker().arrivals.interrupt()
    builder().interrupt()


def unregister() -> None:
    _setup.pop().close()
    places.unregister()
    _builder.pop().interrupt()
    _current.pop().close()
    preview_overlay.close()
