"""Two cameras side by side: a rig that can be moved and animated as one, and Blender's own stereoscopy set up for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
from mathutils import Matrix

from ...params import param

RIG_KEY = "dreamgrove_rig"  # on the rig's empty
MODES = ("parallel", "toe_in", "off_axis")


@dataclass(frozen=True)
class RigParams:
    """A pair of eyes. Parallel and off-axis pictures are rectified: points lie on the same row in both."""

    baseline: float = param(0.065, "Distance between the eyes", min=0.0001, max=100.0, unit="m")
    convergence: float = param(
        5.0, "Distance at which both see the same thing in the middle", min=0.01, max=1e5, unit="m"
    )
    mode: str = param(
        "parallel", "Parallel for measuring; off-axis for viewing; toe-in turns the cameras", choices=MODES
    )
    centred: bool = param(True, "The camera lies between the eyes; else it is the left one")


@dataclass(frozen=True)
class Rig:
    """root: the empty that carries both; left, right: the cameras."""

    root: bpy.types.Object
    left: bpy.types.Object
    right: bpy.types.Object


def make_rig(
    camera: bpy.types.Object, params: RigParams | None = None, collection: bpy.types.Collection | None = None
) -> Rig:
    """A rig where the camera is, with its lens; it follows the camera (as its child), which stays as it is.

    collection: where the three objects go (the camera's first). Raises ValueError for what is no perspective camera; nothing is left then.
    """
    params = params or RigParams()
    if camera is None or camera.type != "CAMERA" or camera.data.type != "PERSP":
        raise ValueError("A stereo rig needs a perspective camera; choose one")
    if collection is None:
        collection = camera.users_collection[0] if camera.users_collection else bpy.context.scene.collection
    root = bpy.data.objects.new(f"{camera.name[:40]} Rig", None)
    root.empty_display_type, root.empty_display_size = "ARROWS", params.baseline
    root[RIG_KEY] = True
    root.parent = camera
    root.matrix_parent_inverse = Matrix()
    # Blender renders a camera as if its scale were 1: so must the rig be in metres under a scaled one.
    root.scale = [1.0 / each if each else 1.0 for each in camera.matrix_world.to_scale()]
    eyes = [_eye(camera, root, name, side, params) for name, side in (("Left", -1), ("Right", 1))]
    for each in (root, *eyes):
        collection.objects.link(each)
    return Rig(root, *eyes)


def use_multiview(scene: bpy.types.Scene, rig: Rig) -> None:
    """Have Blender render both eyes (Output Properties > Stereoscopy), by the ends _L and _R of the cameras' names; others are not rendered."""
    render = scene.render
    render.use_multiview = True
    render.views_format = "MULTIVIEW"
    for name in ("left", "right"):
        view = render.views.get(name) or render.views.new(name)
        view.camera_suffix = f"_{name[0].upper()}"
    for view in render.views:
        view.use = view.name in ("left", "right")
    scene.camera = rig.left


def rigged_camera(camera: bpy.types.Object | None) -> bpy.types.Object | None:
    """The camera that an eye's rig rides on; any other as it is."""
    if camera is not None and camera.get(RIG_KEY) and camera.parent is not None and camera.parent.parent is not None:
        return camera.parent.parent
    return camera


def rig_of(camera: bpy.types.Object) -> Rig | None:
    """The rig that rides on a camera."""
    for root in camera.children:
        eyes = {each.get(RIG_KEY): each for each in root.children} if root.get(RIG_KEY) else {}
        if "left" in eyes and "right" in eyes:
            return Rig(root, eyes["left"], eyes["right"])
    return None


def remove_rig(rig: Rig) -> None:
    """Take the rig out of the file again."""
    data = [rig.left.data, rig.right.data]
    for each in (rig.left, rig.right, rig.root):
        bpy.data.objects.remove(each)
    for each in data:
        if not each.users:
            bpy.data.cameras.remove(each)


def _eye(camera: bpy.types.Object, root: bpy.types.Object, name: str, side: int, params: RigParams) -> bpy.types.Object:
    """side: -1 left, 1 right."""
    data = camera.data.copy()
    data.name = f"{camera.name[:40]} {name}"
    eye = bpy.data.objects.new(f"{root.name}_{name[0]}", data)
    eye[RIG_KEY] = name.lower()
    eye.parent = root
    eye.matrix_parent_inverse = Matrix()
    across = side * params.baseline / 2 if params.centred else max(side, 0) * params.baseline
    eye.location.x = across
    inward = across / params.convergence
    if params.mode == "toe_in":
        # Camera axes: -z ahead; turning about y by a positive angle looks to -x.
        eye.rotation_euler.y = math.atan(inward)
    elif params.mode == "off_axis":
        # A shift of the picture, as a share of the wider side of the sensor, that brings the point at that distance to the middle.
        data.shift_x = camera.data.shift_x - inward * camera.data.lens / _sensor(camera.data)
    return eye


def _sensor(data: bpy.types.Camera) -> float:
    return data.sensor_height if data.sensor_fit == "VERTICAL" else data.sensor_width
