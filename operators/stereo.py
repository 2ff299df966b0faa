"""Two eyes' pictures from a picture and its depth, both in the open file. The work is procedural/scene/stereo.py's."""

from __future__ import annotations

from typing import ClassVar

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..procedural.scene.stereo import StereoPair, disparity_of_depth, stereo_pair

_KINDS = (
    ("METRES", "Metres", "The depth picture holds metres along the camera's axis"),
    (
        "NEARNESS",
        "Nearness",
        "The depth picture is white where it is near and black where it is far, as networks guess it",
    ),
)
_LAYOUTS = (
    ("PAIR", "Two Pictures", "One picture for each eye"),
    ("SIDE_BY_SIDE", "Side by Side", "Both in one picture, the left eye's on the left"),
    ("ANAGLYPH", "Anaglyph", "One picture for red and cyan glasses"),
)


class DREAMGROVE_OT_stereo_pair(bpy.types.Operator):
    """Make pictures for two eyes from one picture and its depth"""

    bl_idname = "dreamgrove.stereo_pair"
    bl_label = "Stereo Pair"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    image: StringProperty(name="Picture", description="The picture that one eye sees")
    depth: StringProperty(name="Depth", description="Its depth, as a picture of the same size")
    kind: EnumProperty(name="Depth In", description="What the depth picture holds", items=_KINDS)
    baseline: FloatProperty(
        name="Eye Distance",
        description="Distance between the eyes",
        default=0.065,
        min=0.0001,
        max=100.0,
        unit="LENGTH",
    )
    lens: FloatProperty(
        name="Focal Length", description="Of the camera, for a sensor 36 mm wide", default=50.0, min=1.0, max=1000.0
    )  # fmt: skip
    strength: FloatProperty(
        name="Strength", description="How far the nearest point moves, as a share of the picture's width",
        default=0.03, min=0.001, max=0.3, subtype="FACTOR",
    )  # fmt: skip
    sharpen: IntProperty(
        name="Sharpen Edges",
        description="How many pixels wide the soft edges of the depth may be",
        default=2,
        min=0,
        max=16,
    )
    centred: BoolProperty(
        name="Between the Eyes", description="The picture lies between the eyes; else it is the left eye's"
    )
    layout_of: EnumProperty(name="Make", description="What to make of the two", items=_LAYOUTS)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if sum(_usable(each) for each in bpy.data.images) < 2:
            cls.poll_message_set("Open a picture and its depth as images first")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        shown = getattr(context.space_data, "image", None)
        if shown is not None and not self.image:
            self.image = shown.name
        return context.window_manager.invoke_props_dialog(self, width=380)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.prop_search(self, "image", bpy.data, "images")
        layout.prop_search(self, "depth", bpy.data, "images")
        layout.prop(self, "kind")
        for name in ("baseline", "lens") if self.kind == "METRES" else ("strength",):
            layout.prop(self, name)
        for name in ("sharpen", "centred", "layout_of"):
            layout.prop(self, name)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            image, depth = self._chosen("image", "picture"), self._chosen("depth", "depth")
            pixels, distances = read(image), read(depth)[..., 0]
            if pixels.shape[:2] != distances.shape:
                sizes = " and ".join(f"{each.size[0]} x {each.size[1]}" for each in (image, depth))
                raise ValueError(f"The picture and its depth are {sizes}; scale one to the size of the other")
            pair = stereo_pair(pixels, self._disparity(distances), self.centred, self.sharpen)
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        made = [write(name, each, image) for name, each in self._results(image.name, pair).items()]
        if hasattr(context.space_data, "image"):
            context.space_data.image = made[0]
        share = (pair.filled_left.mean() + pair.filled_right.mean()) / (2 if self.centred else 1)
        self.report({"INFO"}, f"Made {' and '.join(each.name for each in made)}; {share:.1%} filled from behind")
        return {"FINISHED"}

    def _chosen(self, field: str, word: str) -> bpy.types.Image:
        image = bpy.data.images.get(getattr(self, field))
        if image is None or not _usable(image):
            raise ValueError(f"Choose the {word} among the file's images")
        return image

    def _disparity(self, values: np.ndarray) -> np.ndarray:
        width = values.shape[1]
        if self.kind == "NEARNESS":
            values = np.nan_to_num(values)
            low, high = float(values.min()), float(values.max())
            if high <= low:
                raise ValueError("The depth picture is of one brightness everywhere; choose another")
            return (values - low) / (high - low) * self.strength * width
        far = np.where(values >= 1e9, np.inf, values)  # what Cycles writes where nothing is
        if (far <= 0).any() or np.isnan(far).any():
            raise ValueError(
                "The depth picture has values that are not above 0; choose Nearness, or a picture in metres"
            )
        return disparity_of_depth(far, self.lens / 36.0 * width, self.baseline)

    def _results(self, name: str, pair: StereoPair) -> dict[str, np.ndarray]:
        if self.layout_of == "PAIR":
            return {f"{name} Left": pair.left, f"{name} Right": pair.right}
        if self.layout_of == "SIDE_BY_SIDE":
            return {f"{name} Stereo": np.concatenate([pair.left, pair.right], 1)}
        return {f"{name} Anaglyph": np.concatenate([pair.left[..., :1], pair.right[..., 1:3], pair.left[..., 3:]], -1)}


def read(image: bpy.types.Image) -> np.ndarray:
    """[H, W, channels] float32, top row first."""
    width, height = image.size
    pixels = np.zeros(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(height, width, image.channels)[::-1]


def write(name: str, pixels: np.ndarray, like: bpy.types.Image) -> bpy.types.Image:
    """A new image with the pixels [H, W, 1, 3 or 4], of the other's colour space, packed into the file."""
    height, width, channels = pixels.shape
    color = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, -1)
    alpha = pixels[..., 3:4] if channels == 4 else np.ones((height, width, 1))
    image = bpy.data.images.new(name, width, height, alpha=channels == 4, float_buffer=like.is_float)
    image.colorspace_settings.name = like.colorspace_settings.name
    image.pixels.foreach_set(np.ascontiguousarray(np.concatenate([color, alpha], -1)[::-1], np.float32).ravel())
    image.update()
    image.pack()
    return image


def _usable(image: bpy.types.Image) -> bool:
    return image.type not in ("RENDER_RESULT", "COMPOSITING") and image.size[0] > 1 and image.size[1] > 0


CLASSES = (DREAMGROVE_OT_stereo_pair,)
