"""The worker's side of a batch: takes orders as JSON lines, makes files, tells what became of them.

Orders: {"type": "grow", "number": 3, "order": {...}}, {"type": "library", "folder": ..., "own": [...]},
{"type": "scene", "item": {...}, "folder": ...}; it ends with its input.
Messages: ready; done or failed with the number; progress of a library.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

import bpy

from ..procedural.scene.dataset import DatasetItem, make_item
from . import asset_library
from .grow_files import Order, make_file
from .grow_relay import MARK
from .user_presets import preset_from


def work() -> int:
    _say({"type": "ready"})
    for line in sys.stdin:
        message = json.loads(line)
        number = message.get("number", 0)
        try:
            _say({"type": "done", "number": number, **_TASKS[message["type"]](message)})
        except Exception as error:
            traceback.print_exc()
            words = " ".join(str(error).split())[:300] or type(error).__name__
            _say({"type": "failed", "number": number, "error": words})
    return 0


def _grow(message: dict[str, Any]) -> dict[str, Any]:
    return make_file(Order.from_json(message["order"]))


def _scene(message: dict[str, Any]) -> dict[str, Any]:
    # A fresh file for each, so that a scene does not depend on those that this worker made before.
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    return make_item(DatasetItem.from_json(message["item"]), Path(message["folder"]))


def _library(message: dict[str, Any]) -> dict[str, Any]:
    own = tuple(preset_from(name, content) for name, content in message["own"])
    tell = lambda fraction, stage: _say({"type": "progress", "fraction": fraction, "stage": stage})  # noqa: E731
    built = asset_library.build(Path(message["folder"]), own, tell)
    return {"assets": sum(each.assets for each in built)}


_TASKS = {"grow": _grow, "library": _library, "scene": _scene}


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(MARK + json.dumps(message) + "\n")
    sys.stdout.flush()
