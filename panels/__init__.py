"""What an artist sees: draw code only. Panels read the tracker's state and call operators; they keep nothing themselves."""

from __future__ import annotations


def register() -> None:
    """Panels, menus and preferences."""
    import bpy

    from . import grow, grown, icons, node_editor, preferences, sidebar, wear, world

    icons.register()
    for each in (*preferences.CLASSES, *sidebar.CLASSES, *grown.CLASSES, *wear.CLASSES, *world.CLASSES):
        bpy.utils.register_class(each)
    grow.register()
    node_editor.register()


def unregister() -> None:
    """Everything that `register` made, in reverse."""
    import bpy

    from . import grow, grown, icons, node_editor, preferences, sidebar, wear, world

    node_editor.unregister()
    grow.unregister()
    for each in reversed((*preferences.CLASSES, *sidebar.CLASSES, *grown.CLASSES, *wear.CLASSES, *world.CLASSES)):
        bpy.utils.unregister_class(each)
    icons.unregister()
