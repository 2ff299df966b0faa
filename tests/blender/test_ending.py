"""A process with Blender as a module ends, with the status it was given, and leaves no temporary folder."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
import bpy
from dreamgrove.procedural.ending import end
bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
Path(sys.argv[1]).write_text(bpy.app.tempdir)
kept = bpy.data.objects.new("Kept", None)  # what refers to Blender at the end made 4.2 die
print("said")
end(int(sys.argv[2]))
"""


@pytest.mark.parametrize("code", [0, 3])
def test_it_ends(tmp_path: Path, code: int):
    told = tmp_path / "folder"
    command = [sys.executable, "-c", SCRIPT, str(told), str(code)]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=120)
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == b"said"
    assert told.read_text() and not Path(told.read_text()).exists()
