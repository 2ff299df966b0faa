"""Work on an array by bands of rows: small enough for a core's cache, and on as many threads as there are (numpy frees its lock).

No band reads what another writes in the same pass, so the result does not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np

CACHED = 1 << 16  # elements of a band: 256 KiB of float32
Work = Callable[[int, int, np.ndarray], None]


class Bands:
    """Splits `rows` into bands and runs a function on each: `work(first, last, scratch)`, scratch [buffers, band + 1, columns + 1].

    To be used in a `with`, so that its threads end.
    """

    def __init__(self, rows: int, columns: int, buffers: int = 8, threads: int | None = None) -> None:
        self.height = max(1, min(rows, CACHED // max(columns, 1)))
        self.bands = [(first, min(first + self.height, rows)) for first in range(0, rows, self.height)]
        count = threads or min(8, os.cpu_count() or 1)
        self.threads = max(1, min(count, len(self.bands)))
        self.scratch = [np.zeros((buffers, self.height + 1, columns + 1), np.float32) for _ in range(self.threads)]
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None

    def run(self, work: Work) -> None:
        """All bands; returns when every one is done. Raises what the function raises."""
        if self._pool is None:
            for first, last in self.bands:
                work(first, last, self.scratch[0])
            return
        for done in [self._pool.submit(self._share, work, thread) for thread in range(self.threads)]:
            done.result()

    def _share(self, work: Work, thread: int) -> None:
        for first, last in self.bands[thread :: self.threads]:
            work(first, last, self.scratch[thread])

    def __enter__(self) -> Bands:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()
