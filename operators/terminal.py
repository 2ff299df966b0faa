"""How commands speak to a terminal: to people, as lines of JSON, or not at all; and the exit codes."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from typing import Any

from ..engine.protocol import JobStatus, Mend
from ..params import ParameterError

DONE, FAILED, WRONG, NO_ENGINE, STOPPED = 0, 1, 2, 3, 130


class Wrong(ValueError):
    """Arguments that cannot be done; one sentence."""


def pixels_of(text: str) -> tuple[int, int]:
    """The size of a picture from WIDTHxHEIGHT. Raises Wrong."""
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text.lower())
    if not match or not all(4 <= int(each) <= 16_384 for each in match.groups()):
        raise Wrong(f"--pixels takes WIDTHxHEIGHT such as 960x540, each 4 to 16384, not {text!r}")
    return int(match[1]), int(match[2])


def guarded(
    run: Callable[[argparse.Namespace, Teller], int],
    wrong: tuple[type[Exception], ...] = (),
    failed: tuple[type[Exception], ...] = (),
) -> Callable[[argparse.Namespace, Teller], int]:
    """The command with its errors as sentences. OSError is the caller's.

    Wrong, ParameterError and `wrong` mean that the arguments do not fit; RuntimeError and `failed`, that it could not be done.
    """

    def command(arguments: argparse.Namespace, teller: Teller) -> int:
        try:
            return run(arguments, teller)
        except (Wrong, ParameterError, *wrong) as error:
            teller.error(str(error))
            return WRONG
        except (RuntimeError, *failed) as error:
            teller.error(" ".join(str(error).split()))
            return FAILED

    return command


class Teller:
    """Says what happens: to people, as lines of JSON, or not at all. The result goes to stdout, the rest to stderr."""

    def __init__(self, quiet: bool, as_json: bool):
        self.quiet, self.as_json = quiet, as_json
        self.bar = ""

    def say(self, text: str) -> None:
        if not self.quiet and not self.as_json:
            self._end_bar()
            print(text, file=sys.stderr, flush=True)

    def progress(self, status: JobStatus) -> None:
        self.share(status.fraction, status.stage, status.remaining_s)

    def share(self, fraction: float, stage: str, remaining_s: float | None = None) -> None:
        """How much is done, as a bar or a line of JSON."""
        if self.as_json and not self.quiet:
            fields = {"fraction": round(fraction, 3), "stage": stage, "remaining_s": remaining_s}
            print(json.dumps({"event": "progress", **fields}), flush=True)
        elif not self.quiet:
            width = 30
            full = int(width * fraction)
            left = "" if remaining_s is None else f" {int(remaining_s) // 60}:{int(remaining_s) % 60:02d} left"
            text = f"[{'=' * full}{' ' * (width - full)}] {fraction:4.0%} {stage}{left}"
            if sys.stderr.isatty():
                print("\r" + text.ljust(len(self.bar)), end="", file=sys.stderr, flush=True)
                self.bar = text
            elif stage not in self.bar:
                print(text, file=sys.stderr, flush=True)
                self.bar = text

    def result(self, text: str, **fields: Any) -> None:
        self._end_bar()
        if self.as_json:
            print(json.dumps({"event": "result", **fields}), flush=True)
        elif not self.quiet:
            print(text, flush=True)

    def error(self, sentence: str, mend: Mend = Mend.NONE) -> None:
        self._end_bar()
        if self.as_json:
            print(json.dumps({"event": "error", "error": sentence, "mend": str(mend)}), flush=True)
        else:
            print(sentence, file=sys.stderr, flush=True)

    def _end_bar(self) -> None:
        if self.bar and sys.stderr.isatty():
            print(file=sys.stderr)
        self.bar = ""
