"""A batch of files with a manifest: what is there already is passed over, what fails is told and tried again next time."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .grow_batch import Crew, blender_spec, executor_named
from .grow_files import Order
from .terminal import Teller

MANIFEST = "manifest.json"


@dataclass
class Made:
    """How a batch went."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0


def make_many(orders: Sequence[Order], folder: Path, jobs: int, executor: str, teller: Teller) -> Made:
    """Have workers make the files that are missing or were made from another recipe. Raises BatchProblem, OSError."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    entries = read_manifest(folder)
    missing = [order for order in orders if not _is_there(order, entries)]
    made = Made(skipped=len(orders) - len(missing))
    if not missing:
        return made

    def told(number: int, message: dict[str, Any]) -> None:
        order = missing[number]
        name = Path(order.path).name
        if message["type"] == "done":
            facts = {key: value for key, value in message.items() if key not in ("type", "number")}
            entries[name] = {"file": name, "options": _options(order), **facts}
            write_manifest(folder, entries)
            made.done += 1
        elif message["type"] == "failed":
            entries.pop(name, None)
            teller.error(f"{name}: {message['error']}")
            made.failed += 1
        ended = made.done + made.failed
        left = (time.monotonic() - began) / ended * (len(missing) - ended) if ended else None
        teller.share(ended / len(missing), f"{ended} of {len(missing)}", left)

    crew = Crew(executor_named(executor), blender_spec(folder), jobs, told)
    crew.run([{"type": "grow", "order": order.to_json()} for order in missing])
    made.seconds = time.monotonic() - began
    return made


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """What the folder's manifest tells, by file name; one that cannot be read counts as none, and everything is made again."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {each["file"]: each for each in content["made"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def write_manifest(folder: Path, entries: dict[str, dict[str, Any]]) -> None:
    aside = folder / f".{MANIFEST}.part"
    content = {"version": 1, "made": [entries[name] for name in sorted(entries)]}
    aside.write_text(json.dumps(content, indent=1), encoding="utf-8")
    os.replace(aside, folder / MANIFEST)


def _is_there(order: Order, entries: dict[str, dict[str, Any]]) -> bool:
    path = Path(order.path)
    entry = entries.get(path.name)
    if entry is None or not path.is_file():
        return False
    return entry.get("recipe") == order.recipe and entry.get("options") == _options(order)


def _options(order: Order) -> dict[str, Any]:
    """What a file depends on besides its recipe."""
    return {"baked": order.baked, "levels": order.levels, "hull": order.hull}
