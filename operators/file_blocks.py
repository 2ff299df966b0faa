"""What is in the open file, and taking out again what was added to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy


@contextmanager
def removed_afterwards() -> Iterator[None]:
    """What is added to the file meanwhile is removed at the end."""
    before = _uids()
    try:
        yield
    finally:
        _remove_new(before)


@contextmanager
def removed_on_failure() -> Iterator[None]:
    """What is added to the file meanwhile is removed if it ends in an exception."""
    before = _uids()
    try:
        yield
    except BaseException:
        _remove_new(before)
        raise


def _uids() -> set[int]:
    """session_uid of all data-blocks; no two of a session share one."""
    return set(_blocks())


def _blocks() -> dict[int, bpy.types.ID]:
    collections = (p.identifier for p in bpy.data.bl_rna.properties if p.type == "COLLECTION")
    # From 5.2 on, one of them has all data-blocks again.
    return {block.session_uid: block for name in collections for block in getattr(bpy.data, name)}


def _remove_new(before: set[int]) -> None:
    bpy.data.batch_remove([block for uid, block in _blocks().items() if uid not in before])
