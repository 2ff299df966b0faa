"""Starts and stops the engine for the window test, with any Python: engine.py start|stop DATA [server arguments ...]

The engine's own Python is that of the environment in $DREAMGROVE_ENGINE, else the checkout's. `start` prints two lines that
a shell can read: URL=... and TOKEN=...
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from devtools import engine_package  # noqa: E402

environment, launcher = engine_package.load("environment"), engine_package.load("launcher")


def main(arguments: list[str]) -> int:
    action, data, *extra = arguments
    if action == "stop":
        launcher.stop(Path(data))
        return 0
    folder = Path(os.environ.get("DREAMGROVE_ENGINE") or ROOT / ".dev" / "engine")
    python = environment.python_of(folder)
    if not python.exists():
        sys.stderr.write(f"There is no engine in {folder}; make one with: python3 dev.py test\n")
        return 2
    try:
        endpoint = launcher.start(python, Path(data), device="cpu", extra=extra, timeout_s=300.0)
    except launcher.LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(f"URL={endpoint.url}\nTOKEN={endpoint.token}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
