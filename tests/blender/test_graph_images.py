"""Small images in scripts: the same pixels, size, colour space and alpha mode where the image is not in the file."""

from __future__ import annotations

import ast
import warnings

import bpy
import numpy as np
import pytest
from graphs import NAMES
from scripts import each_style, run

from dreamgrove.procedural.graph import compare, read, to_python
from dreamgrove.procedural.graph.images import LARGEST_SIDE, png_of


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def picture(name: str, width: int = 5, height: int = 3, **options: object) -> bpy.types.Image:
    image = bpy.data.images.new(name, width, height, alpha=True, **options)
    values = np.random.default_rng(width).integers(0, 256, width * height * 4) / 255.0
    image.pixels.foreach_set(values.astype(np.float32))
    image.update()
    return image


def user_of(*images: bpy.types.Image) -> bpy.types.NodeTree:
    tree = bpy.data.node_groups.new("Tree", "ShaderNodeTree")
    for image in images:
        tree.nodes.new("ShaderNodeTexImage").image = image
    return tree


def pixels(image: bpy.types.Image) -> bytes:
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.tobytes()


def quiet(text: str) -> bpy.types.ID:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return run(text)


@each_style
@pytest.mark.parametrize("name", NAMES)
def test_a_generated_image_comes_back(name, style):
    image = picture(name)
    image.colorspace_settings.name, image.alpha_mode = "Non-Color", "CHANNEL_PACKED"
    tree = user_of(image, image)
    spec, before = read(tree), pixels(image)
    text = to_python(tree, style, embed_images=True)
    assert to_python(tree, style, embed_images=True) == text
    bpy.data.images.remove(image)
    made = quiet(text)
    image = bpy.data.images[spec.root.nodes[0].properties["image"].name]
    assert [node.image for node in made.nodes] == [image, image]
    assert (tuple(image.size), image.channels, image.is_float) == ((5, 3), 4, False)
    assert (image.colorspace_settings.name, image.alpha_mode) == ("Non-Color", "CHANNEL_PACKED")
    assert pixels(image) == before
    assert image.packed_file is not None and image.filepath == ""
    assert [str(d) for d in compare(spec, read(made))] == []


@pytest.mark.parametrize("packed", [True, False])
def test_an_image_from_a_file(packed, tmp_path):
    rng = np.random.default_rng(3)
    (tmp_path / "bark.png").write_bytes(png_of(rng.integers(0, 256, (6, 4, 3)).astype(np.uint8)))
    image = bpy.data.images.load(str(tmp_path / "bark.png"))
    if packed:
        image.pack()
        (tmp_path / "bark.png").unlink()
    before, tree = pixels(image), user_of(image)
    text = to_python(tree, embed_images=True)
    bpy.data.images.remove(image)
    quiet(text)
    assert pixels(bpy.data.images["bark.png"]) == before


def test_an_image_that_is_there_is_used():
    image = picture("bark")
    text = to_python(user_of(image), embed_images=True)
    made = quiet(text)
    assert made.nodes[0].image == image and len(bpy.data.images) == 1


def test_one_of_another_size_keeps_its_name():
    image = picture("bark")
    before = pixels(image)
    text = to_python(user_of(image), embed_images=True)
    bpy.data.images.remove(image)
    other = picture("bark", 8, 8)
    made = quiet(text)
    assert other.name == "bark" and tuple(other.size) == (8, 8)
    assert made.nodes[0].image.name == "bark.001" and pixels(made.nodes[0].image) == before


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: picture("\nimport os", 1000, 300), "1000 x 300 pixels, which is too large"),
        (lambda: picture("coding: cp037", float_buffer=True), "whose pixels are floats"),
        (lambda: bpy.data.images.load("/nowhere/at/all.png"), None),
    ],
)
def test_what_is_not_embedded_is_told(make, what):
    """With a warning, and in the head of the script, where a name is only a comment."""
    try:
        image = make()
    except RuntimeError:  # Blender does not load what is not there
        image, what = bpy.data.images.new("film", 4, 4), "no still picture"
        image.source = "MOVIE"
    tree = user_of(image)
    with pytest.warns(UserWarning, match=f"not in the script: .*{what}"):
        text = to_python(tree, embed_images=True)
    head = text.partition("from __future__")[0]
    assert what in head and all(line.startswith("#") for line in head.splitlines() if line)
    ast.parse(text.encode())
    assert "coding" not in "".join(text.splitlines()[:2])
    assert quiet(text).nodes[0].image == image


def test_large_but_simple_images_go_along():
    image = bpy.data.images.new("plain", LARGEST_SIDE * 2, LARGEST_SIDE, alpha=False)
    text = to_python(user_of(image), embed_images=True)
    assert len(text) < len(to_python(user_of(image))) + 20_000
    bpy.data.images.remove(image)
    quiet(text)
    assert tuple(bpy.data.images["plain"].size) == (LARGEST_SIDE * 2, LARGEST_SIDE)


def test_only_on_request():
    image = picture("bark")
    tree = user_of(image)
    assert "_IMAGES" not in to_python(tree)
    assert to_python(user_of(), embed_images=True).count("_IMAGES") == 0
