"""Failures in an artist's words: what happened, what to do, and which button would help."""

from __future__ import annotations

import errno

from ..methods.base import JobError
from ..methods.checkpoint import CheckpointError
from ..protocol import Mend

DISK_FULL = "The disk is full; free some space, then run the job again."
OUT_OF_MEMORY = "There was not enough memory; choose a lower preset or close other programs."
_DISK_WORDS = ("no space left on device", "not enough space on the disk", "disk is full", "disk quota exceeded")
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory", "bad_alloc")


def explain(error: BaseException) -> tuple[str, Mend]:
    """One sentence and what would mend it, for an exception that ended a job."""
    if isinstance(error, JobError):
        return str(error).rstrip(".") + ".", error.mend
    text = str(error).lower()
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1))
    if full or any(words in text for words in _DISK_WORDS):
        return DISK_FULL, Mend.FREE_SPACE
    no_memory = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if isinstance(error, MemoryError) or no_memory or any(words in text for words in _MEMORY_WORDS):
        return OUT_OF_MEMORY, Mend.LOWER_PRESET
    if isinstance(error, CheckpointError):
        return str(error), Mend.SAME_AGAIN
    if isinstance(error, ImportError):
        return f"A part of the engine cannot be loaded ({_brief(error)}); repair the engine.", Mend.REPAIR_ENGINE
    if isinstance(error, PermissionError):
        return f"The engine may not write its files ({_brief(error)}); check the folder's permissions.", Mend.SHOW_LOG
    return f"The job stopped on an error of ours ({_brief(error)}); its log has the details.", Mend.SHOW_LOG


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split())
    text = text if len(text) <= 160 else text[:157] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
