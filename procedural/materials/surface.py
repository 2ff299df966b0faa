"""The surface that all generators share: it reads `primary`, `tone` and `part_color` and mixes in the prompt's colour.

The colour is an input of the group node "Prompt Color" in the material, so that an artist recolours a thing with one field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import new_material, new_tree
from ..graph import nodes as n

GROUP_NAME = "Dreamgrove Prompt Color"


@dataclass(frozen=True)
class PromptColorParams:
    prompt_color: tuple[float, ...] = param((0.8, 0.2, 0.1), "Colour asked for, linear RGB", min=0, max=1)
    variation: float = param(1.0, "How much of the generator's own light and dark is kept", min=0, max=1)


def prompt_color_group() -> bpy.types.NodeTree:
    """The shared shader group: attributes and the prompt's colour to a base colour; made once a file."""
    found = bpy.data.node_groups.get(GROUP_NAME)
    if found is not None:
        return found
    with new_tree(GROUP_NAME, PromptColorParams, kind="shader") as tree:
        tone = n.mix(tree.i.variation, 1.0, n.attribute("tone"))
        asked = n.mix(
            1.0, tree.i.prompt_color, n.mix(tone / 2.0, n.color((0, 0, 0)), n.color((2, 2, 2))), blend="MULTIPLY"
        )
        tree.o.color << n.mix(n.attribute("primary"), n.attribute("part_color", "FLOAT_COLOR"), asked)
    return tree.data


def surface(
    name: str,
    color: Sequence[float],
    roughness: float = 0.6,
    specular: float = 0.5,
    subsurface: float = 0.0,
    transmission: float = 0.0,
    coat: float = 0.0,
    bump: float = 0.0,
    bump_scale: float = 40.0,
) -> bpy.types.Material:
    """A Principled material. color: the default prompt colour, linear RGB. bump: strength of a fine noise, 1 / m `bump_scale`."""
    with new_material(name) as tree:
        base = tree.group(prompt_color_group(), prompt_color=tuple(color))
        shader = tree.add(
            "ShaderNodeBsdfPrincipled",
            base_color=base,
            roughness=roughness,
            subsurface_weight=subsurface,
            subsurface_scale=0.05,
            transmission_weight=transmission,
            coat_weight=coat,
        )
        shader.set({"Specular IOR Level": specular})
        if bump > 0.0:
            where = tree.add("ShaderNodeTexCoord").object
            height = n.noise(where, scale=bump_scale, detail=3.0)
            shader.set(normal=tree.add("ShaderNodeBump", strength=bump, distance=0.02, height=height))
        tree.add("ShaderNodeOutputMaterial", surface=shader)
    tree.owner.diffuse_color = (*tuple(color)[:3], 1.0)  # what Workbench and the viewport's solid mode show
    return tree.owner  # type: ignore[return-value]


def set_prompt_color(material: bpy.types.Material, rgb: Sequence[float]) -> bool:
    """Set the prompt's colour (linear RGB). Returns whether the material has one."""
    found = False
    for node in material.node_tree.nodes if material.node_tree else ():
        if node.bl_idname == "ShaderNodeGroup" and node.node_tree and node.node_tree.name.startswith(GROUP_NAME):
            node.inputs["Prompt Color"].default_value = (*tuple(rgb)[:3], 1.0)
            found = True
    if found:
        material.diffuse_color = (*tuple(rgb)[:3], 1.0)
    return found
