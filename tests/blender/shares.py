"""What is too slow to be done on every Blender is shared among them: a part of a list each, so that all of them together do all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import bpy

Item = TypeVar("Item")
VERSIONS = ((4, 2), (4, 5), (5, 0), (5, 2))
SHARE = VERSIONS.index(bpy.app.version[:2]) if bpy.app.version[:2] in VERSIONS else 0


def shared(items: Sequence[Item], turn: int = 0, of: int = len(VERSIONS)) -> Sequence[Item]:
    """This Blender's part of the items: every fourth. `turn` is another number for another test, so that an item is looked at by
    different Blenders; of: a larger number leaves some out altogether.
    """
    return items[(SHARE + turn) % len(VERSIONS) :: of]
