"""Ending a process that has Blender as a Python module.

Two of the wheels do not survive their own end: 4.2 frees panel types after Python is gone and dies of it; 4.5 destroys a condition variable
on which one of its threads still waits (GlobalState, the closing of files), and hangs now and then for ever. An installed Blender has neither.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
from typing import NoReturn

import bpy


def end(code: int) -> NoReturn:
    """End the process with this exit status: what Python has registered is run, output is written, Blender's temporary folder goes."""
    if bpy.app.binary_path:  # an installed Blender's; a module has none
        sys.exit(code)
    folder = bpy.app.tempdir
    atexit._run_exitfuncs()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
