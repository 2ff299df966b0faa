"""What an artist does. Operators are thin: they parse, call the public functions beside them, and report."""

from __future__ import annotations

from typing import Any

_commands: list[Any] = []


def register() -> None:
    """Classes, timers and the command line."""
    import bpy

    from . import command_line

    _commands.append(bpy.utils.register_cli_command("dreamgrove", command_line.main))


def unregister() -> None:
    """Everything that `register` made, in reverse."""
    import bpy

    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
