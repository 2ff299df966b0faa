"""More concepts in a trained checkpoint: new rows in its tables, begun from what each is most like, so that training goes on from there.

    python -m dreamgrove.engine.training.widen CHECKPOINT.safetensors --concepts 40 [--like 16=10 --like 17=1 ...]

for draft flows and score models. Every table has one row a concept and one more, the last, for "no condition"; new rows go before that one.
A row begins as that of the concept it is said to be like, or as the mean of all, with a little noise so that no two stay the same; the
optimiser's moments of new rows begin at nothing. Written aside; the old checkpoint is kept as CHECKPOINT.before-widening.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from .draft_run import CheckpointError, load_tensors, save_tensors

NOISE = 0.1  # of the rows' own spread
TABLES = ("concept.weight", "concepts.weight", "turned", "volume.table")  # how the names of the tables end


def widened(table: Tensor, concepts: int, like: Mapping[int, int], moments: bool, seed: int = 0) -> Tensor:
    """A table [C + 1, ...] as [concepts + 1, ...]; see the module. Raises ValueError for a concept or model that is not there."""
    known = len(table) - 1
    if concepts < known:
        raise ValueError(f"the table has {known} concepts already, more than {concepts}")
    if bad := [f"{new}={old}" for new, old in like.items() if not (known <= new < concepts and 0 <= old < known)]:
        raise ValueError(f"{', '.join(bad)}: new concepts are {known} to {concepts - 1}, models 0 to {known - 1}")
    rows, nothing = table[:known], table[known:]
    if moments:
        return torch.cat([rows, torch.zeros_like(rows[:1]).repeat(concepts - known, *[1] * (table.ndim - 1)), nothing])
    generator = torch.Generator().manual_seed(seed)
    spread = rows.float().std(0)
    new = []
    for number in range(known, concepts):
        model = rows[like[number]] if number in like else rows.float().mean(0).to(rows.dtype)
        noise = torch.randn(model.shape, generator=generator) * spread * NOISE
        new.append((model.float() + noise).to(rows.dtype))
    return torch.cat([rows, *[row[None] for row in new], nothing])


def widen(path: Path, concepts: int, like: Mapping[int, int]) -> list[str]:
    """Widen a checkpoint in place; returns the names of the widened tensors.

    Raises CheckpointError if it cannot be read, ValueError as `widened`, or if it has no tables.
    """
    tensors, facts = load_tensors(path)
    known = int(facts["config"]["num_concepts"])
    tables = [name for name in tensors if name.endswith(TABLES) and len(tensors[name]) == known + 1]
    # an optimiser numbers what it moves, so its moments are told by the whole shape
    shapes = {tensors[name].shape for name in tables}
    names = tables + [n for n, tensor in tensors.items() if n.startswith("optimizer.") and tensor.shape in shapes]
    if not names:
        raise ValueError(f"{path} has no tables with a row for each of {known} concepts")
    for name in names:
        tensors[name] = widened(tensors[name], concepts, like, moments=name.startswith("optimizer."))
    facts["config"]["num_concepts"] = concepts
    shutil.copy2(path, path.with_suffix(path.suffix + ".before-widening"))
    save_tensors(path, tensors, facts)
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="widen", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--concepts", type=int, required=True, help="how many there are to be")
    parser.add_argument("--like", action="append", default=[], metavar="NEW=KNOWN", help="numbers of concepts")
    options = parser.parse_args(arguments)
    try:
        like = {int(new): int(known) for new, known in (pair.split("=") for pair in options.like)}
        names = widen(options.checkpoint, options.concepts, like)
    except (CheckpointError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.checkpoint}: {options.concepts} concepts in {', '.join(names)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
