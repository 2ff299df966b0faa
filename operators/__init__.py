"""What an artist does. Operators are thin: they parse, call the public functions beside them, and report.

`session.tracker()` holds the jobs and the way to the engine; `pump` is the only bridge from threads to Blender's main
thread. `command_line` does the same work for scripts and farms, blocking.
"""

from __future__ import annotations

from typing import Any

_commands: list[Any] = []


def register() -> None:
    """Classes, properties, the timer and the command line."""
    import bpy

    from . import command_line, graph_properties, grow_properties, properties, session, world_properties

    properties.register()
    graph_properties.register()
    grow_properties.register()
    world_properties.register()
    session.register()
    for each in _classes():
        bpy.utils.register_class(each)
    _commands.append(bpy.utils.register_cli_command("dreamgrove", command_line.main))


def unregister() -> None:
    """Everything that `register` made, in reverse."""
    import bpy

    from . import graph_properties, grow_properties, properties, session, world_properties

    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    for each in reversed(_classes()):
        bpy.utils.unregister_class(each)
    session.unregister()
    world_properties.unregister()
    grow_properties.unregister()
    graph_properties.unregister()
    properties.unregister()


def _classes() -> tuple[type, ...]:
    from . import (
        asset,
        asset_build,
        engine,
        generate,
        graph_diff,
        grow,
        grown,
        run_script,
        stereo,
        transpile,
        wear,
        world,
    )

    modules = (
        generate, asset, asset_build, engine, transpile, run_script, graph_diff, grow, grown, wear, stereo, world,
    )  # fmt: skip
    return tuple(each for module in modules for each in module.CLASSES)
