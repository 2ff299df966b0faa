"""Starts Blender as a worker and passes on what it says: of its output only lines with the mark; the last of the rest if it fails.

A plain script of the standard library: `python grow_relay.py COMMAND...`. Blender writes lines of its own to stdout, which would
stand between the worker's messages; the executors (engine/executors) want nothing but messages. Its standard input is the worker's.
"""

from __future__ import annotations

import subprocess
import sys
from collections import deque

MARK = "dreamgrove-message "


def main(command: list[str]) -> int:
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    mark = MARK.encode()
    others: deque[bytes] = deque(maxlen=40)
    for line in process.stdout:
        before, found, message = line.partition(mark)
        if found:
            sys.stdout.buffer.write(message)
            sys.stdout.buffer.flush()
        elif before.strip():
            others.append(before)
    code = process.wait()
    if code:
        sys.stderr.buffer.write(b"".join(others))
        sys.stderr.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
