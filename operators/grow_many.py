"""A batch of files with a manifest: what is there already is passed over, what fails is told and tried again next time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine.files import written_aside
from .grow_batch import Crew, blender_spec, executor_named
from .grow_files import Order
from .terminal import DONE, FAILED, Teller

MANIFEST = "manifest.json"


@dataclass
class Made:
    """How a batch went."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0

    def tell(self, wanted: int, folder: Path, teller: Teller) -> int:
        """Say how it went; the exit code."""
        if self.failed:
            teller.error(f"{self.failed} of {wanted} failed; the same command again makes only what is missing")
        teller.result(
            f"{self.done} made, {self.skipped} were there already: {folder}",
            output=str(folder), made=self.done, skipped=self.skipped, failed=self.failed, seconds=round(self.seconds, 2),
        )  # fmt: skip
        return FAILED if self.failed else DONE


def make_many(orders: Sequence[Order], folder: Path, jobs: int, executor: str, teller: Teller) -> Made:
    """Have workers make the files that are missing or were made from another recipe. Raises BatchProblem, OSError."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    entries = read_manifest(folder)
    missing = [order for order in orders if not _is_there(order, entries)]
    made = Made(skipped=len(orders) - len(missing))
    if not missing:
        return made

    def done(number: int, facts: dict[str, Any]) -> None:
        name = Path(missing[number].path).name
        entries[name] = {"file": name, "options": _options(missing[number]), **facts}
        write_manifest(folder, entries)

    def failed(number: int) -> None:
        entries.pop(Path(missing[number].path).name, None)

    names = [Path(order.path).name for order in missing]
    messages = [{"type": "grow", "order": order.to_json()} for order in missing]
    made.done, made.failed = have_made(messages, names, folder, jobs, executor, teller, done, failed)
    made.seconds = time.monotonic() - began
    return made


def have_made(
    messages: Sequence[dict[str, Any]],
    names: Sequence[str],
    folder: Path,
    jobs: int,
    executor: str,
    teller: Teller,
    done: Callable[[int, dict[str, Any]], None],
    failed: Callable[[int], None] = lambda number: None,
) -> tuple[int, int]:
    """Have a crew of workers do what the messages say (see grow_worker.py); how many were done, how many failed. Raises BatchProblem.

    names: of the messages, for errors. done(number, facts), failed(number): called as it happens.
    """
    began = time.monotonic()
    counts = {"done": 0, "failed": 0}

    def told(number: int, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "done":
            done(number, {key: value for key, value in message.items() if key not in ("type", "number")})
        elif kind == "failed":
            failed(number)
            teller.error(f"{names[number]}: {message['error']}")
        if kind in counts:
            counts[kind] += 1
        ended = sum(counts.values())
        left = (time.monotonic() - began) / ended * (len(messages) - ended) if ended else None
        teller.share(ended / len(messages), f"{ended} of {len(messages)}", left)

    Crew(executor_named(executor), blender_spec(folder), jobs, told).run(messages)
    return counts["done"], counts["failed"]


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """What the folder's manifest tells, by file name; one that cannot be read counts as none, and everything is made again."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {each["file"]: each for each in content["made"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def write_manifest(folder: Path, entries: dict[str, dict[str, Any]]) -> None:
    content = {"version": 1, "made": [entries[name] for name in sorted(entries)]}
    with written_aside(folder / MANIFEST) as aside:
        aside.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _is_there(order: Order, entries: dict[str, dict[str, Any]]) -> bool:
    path = Path(order.path)
    entry = entries.get(path.name)
    if entry is None or not path.is_file():
        return False
    return entry.get("recipe") == order.recipe and entry.get("options") == _options(order)


def _options(order: Order) -> dict[str, Any]:
    """What a file depends on besides its recipe."""
    return {"baked": order.baked, "levels": order.levels, "hull": order.hull}
