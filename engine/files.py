"""Files that are whole or not there. Standard library only: Blender imports it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def written_aside(path: Path, mode: int = 0o644, ending: bool = False) -> Iterator[Path]:
    """A name beside `path` to write to. Left well, it becomes `path` in one step; left by an error, it goes, and `path` stays as it was.

    Makes the folder. mode: the file's permissions, less the umask, from before the first byte is in it. What a killed writer left
    behind is written over by the next. ending: the name beside it ends as the path does, for writers that go by that. Raises OSError.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.part{path.suffix}" if ending else path.name + ".part")
    aside.unlink(missing_ok=True)
    os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield aside
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
