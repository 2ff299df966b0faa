"""Words to a textured mesh, start to end: seconds, peak memory, and how much of an iteration is not the prior.

    python -m dreamgrove.benchmarks.words_to_mesh [--prompt "a red mushroom"] [--presets draft,standard,fine,scratch]

Each preset runs in a process of its own that is warmed up as the engine's idle worker is; starting Python, loading weights and
kernels are not in the seconds, everything from the words to the bundle on the disk is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from .machine import load, peak_mib

CHILD = "--child"


def child(prompt: str, preset: str, folder: Path) -> None:
    """Run one job here and print its figures as JSON."""
    from ..engine.methods.context import JobContext
    from ..engine.methods.dreamfusion import METHOD
    from ..engine.protocol import JobRequest

    assert METHOD.warm is not None
    METHOD.warm("cpu")
    request = JobRequest(method="dreamfusion", prompt=prompt, preset=preset, seed=3)
    wall, cpu = time.monotonic(), time.process_time()
    METHOD.run(request, METHOD.parameters(request), JobContext(folder, "cpu", 3))
    figures = {"wall_s": round(time.monotonic() - wall, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    recipe = json.loads((folder / "recipe.json").read_text())
    figures |= {"peak_mib": peak_mib(), "timings": recipe["timings"], "faces": recipe["mesh"]["faces"]}
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Words to a textured mesh, timed.")
    parser.add_argument("--prompt", default="a red mushroom")
    parser.add_argument("--presets", default="draft,standard,fine,scratch")
    parser.add_argument(CHILD, nargs=2, metavar=("PRESET", "FOLDER"))
    arguments = parser.parse_args(argv)
    if arguments.child:
        child(arguments.prompt, arguments.child[0], Path(arguments.child[1]))
        return 0
    sys.stdout.write(f"{os.cpu_count()} cores, load {load()}; {arguments.prompt!r}\n")
    sys.stdout.write("preset     wall s   CPU s  peak MiB   faces  distil / prior  mesh + bake s\n")
    for preset in arguments.presets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "dreamgrove.benchmarks.words_to_mesh", "--prompt", arguments.prompt]
            done = subprocess.run([*command, CHILD, preset, folder], stdout=subprocess.PIPE, text=True, check=True)
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        timings = figures["timings"]
        ratio = f"{timings['distil'] / timings['prior']:.2f}" if timings.get("prior") else "-"
        sys.stdout.write(
            f"{preset:<9}{figures['wall_s']:8.1f}{figures['cpu_s']:8.1f}{figures['peak_mib'] or 0:10d}{figures['faces']:8d}"
            f"{ratio:>16}{timings.get('mesh', 0.0):15.1f}\n"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
