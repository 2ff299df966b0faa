"""What every material is made of: the MaterialKind record, its shader group, and how shaders read what geometry tells them.

A material is one group node between what it reads and the Material Output; the group's inputs are the material's parameters, so that an
artist turns them in the material's panel. Lengths are metres in the object's space. What a generated thing says about itself comes as attributes:

- `tint` (colour): takes the place of the material's own colour where it is there, for colours that are a modifier's inputs;
- `limb` (vector, m): seamless coordinates about a stem or a trunk (around x, around y, along), for bark and stalks in any direction;
- `UVMap`: a leaf's place across (0..1, the midrib at .5) and along (0..1, 0 at the stalk);
- `random`, `age` (0..1): one number a leaf or part; how old it is.

Each is read from the geometry and, for instances that have not been made real, from the instancer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import bpy

from ...params import check, params_of, sample_usual, to_mapping
from .. import prebuilt
from ..graph import Socket, Tree, current_tree, new_material, new_tree
from ..graph import nodes as n
from ..graph.interface import is_color
from ..graph.sockets import Input

KIND_KEY = "dreamgrove_material"  # on shader groups and materials: the kind's name
VERSION = 1


@dataclass(frozen=True)
class Shaded:
    """What a kind's nodes yield. height: m along the normal, for displacement and bump; volume: for what light goes through."""

    shader: Input = None
    height: Input = None
    volume: Input = None


@dataclass(frozen=True)
class MaterialKind:
    """A kind of material.

    name: its word for scripts (snake case), unique. category: such as "Bark". params: the dataclass. shade: adds the nodes to a shader
    group whose inputs are the fields. presets: others of the kind by name (the default is `params()`). help: a sentence without a full stop.
    sample_size, m, and sample_shape: what it is shown on; a sheet has a leaf's UVMap.
    """

    name: str
    title: str
    category: str
    params: type
    shade: Callable[[Tree], Shaded]
    help: str
    presets: Mapping[str, Any] = field(default_factory=dict)
    sample_size: float = 0.5
    sample_shape: Literal["ball", "sheet"] = "ball"

    def __post_init__(self) -> None:
        for preset in (self.params(), *self.presets.values()):
            check(preset)

    def sample(self, seed: int, preset: str | None = None) -> Any:
        """The individual of this seed, about a preset or drawn from the usual ranges. Raises KeyError for an unknown preset."""
        rng = random.Random(f"{self.name}:{seed}")
        return sample_usual(self.params, rng, self.presets[preset] if preset else None)


def group_of(kind: MaterialKind) -> bpy.types.NodeTree:
    """The kind's shader group: this file's, a prebuilt one, or a new one. Outputs: Shader, Displacement (vector, m), Volume, as it has them."""
    for tree in bpy.data.node_groups:
        if tree.get(KIND_KEY) == kind.name and tree.get("dreamgrove_version") == VERSION and tree.library is None:
            return tree
    return prebuilt.load("", KIND_KEY, kind.name) or build_group(kind)


def build_group(kind: MaterialKind) -> bpy.types.NodeTree:
    """A new shader group, built from the kind's source."""
    with new_tree(kind.title, kind.params, kind="shader") as tree:
        made = kind.shade(tree)
        if made.shader is not None:
            tree.o.shader << made.shader
        if made.height is not None:
            tree.o.displacement << tree.add("ShaderNodeDisplacement", height=made.height, midlevel=0.0, scale=1.0)
        if made.volume is not None:
            tree.o.volume << made.volume
    tree.data[KIND_KEY] = kind.name
    tree.data["dreamgrove_version"] = VERSION
    return tree.data


def make(kind: MaterialKind, params: Any = None, name: str | None = None) -> bpy.types.Material:
    """A new material of the kind, its parameters open in the group node."""
    values = params if params is not None else kind.params()
    check(values)
    group = group_of(kind)
    with new_material(name or kind.title) as tree:
        node = tree.group(group)
        fields = to_mapping(values)
        for info in params_of(kind.params):
            value = fields[info.name]
            node.set({info.label: tuple(value) if isinstance(value, list) else value})
        outputs = {"Shader": "surface", "Displacement": "displacement", "Volume": "volume"}
        links = {target: node[source] for source, target in outputs.items() if source in node.data.outputs}
        tree.add("ShaderNodeOutputMaterial", **links)
    material = tree.owner
    material[KIND_KEY] = kind.name
    material[prebuilt.NAME_KEY] = name or kind.title
    color = next((getattr(values, i.name) for i in params_of(kind.params) if is_color(i)), (0.5, 0.5, 0.5))
    material.diffuse_color = (*color[:3], 1.0)  # what Workbench and the viewport's solid mode show
    material.displacement_method = "BUMP"  # "BOTH" moves the surface, too, where the mesh is fine enough
    return material  # type: ignore[return-value]


def shared(kind: MaterialKind, params: Any = None, name: str | None = None) -> bpy.types.Material:
    """This file's material of that kind and name, made if it is not there: what generators use."""
    wanted = name or kind.title
    for material in bpy.data.materials:
        if (
            material.get(KIND_KEY) == kind.name
            and material.get(prebuilt.NAME_KEY) == wanted
            and material.library is None
        ):
            return material
    return make(kind, params, wanted)


# What geometry tells -------------------------------------------------------------------------------------------------------


def told(name: str, output: str = "Fac") -> Socket:
    """A named attribute of the geometry or of its instancer; 0 where neither has it. output: Fac, Vector or Color."""
    tree = current_tree()
    both = [
        tree.add("ShaderNodeAttribute", attribute_name=name, attribute_type=t)[output]
        for t in ("GEOMETRY", "INSTANCER")
    ]
    return both[0] + both[1]


def own_color(color: Input, attribute: str = "tint") -> Socket:
    """The colour attribute where there is one that is not black, else `color`."""
    tree = current_tree()
    asked = told(attribute, "Vector")
    there = n.math("GREATER_THAN", n.vector_math("LENGTH", asked), 1e-5)
    return tree.add("ShaderNodeMix", data_type="RGBA", factor=there, a=color, b=asked).as_socket()


def place() -> Socket:
    """Where the shaded point is in the object's space, m; for things that do not bend after they were textured."""
    return current_tree().add("ShaderNodeTexCoord")["Object"]


def limb_place() -> Socket:
    """The attribute `limb` where there is one, else the place in the object's space; m."""
    told_place = told("limb", "Vector")
    there = n.math("GREATER_THAN", n.vector_math("LENGTH", told_place), 1e-6)
    return n.mix(there, place(), told_place)


def leaf_place() -> tuple[Socket, Socket]:
    """Across (-1..1, 0 at the midrib) and along (0..1) a leaf or petal, from its UVMap."""
    tree = current_tree()
    x, y, _ = tree.separate(tree.add("ShaderNodeUVMap", uv_map="UVMap").as_socket())
    return x * 2.0 - 1.0, y


def principled(**inputs: Input) -> Socket:
    """The Principled BSDF; inputs in snake case (base_color, roughness, subsurface_weight, normal, ...)."""
    extra = {}
    if "specular" in inputs:
        extra["Specular IOR Level"] = inputs.pop("specular")
    node = current_tree().add("ShaderNodeBsdfPrincipled", **inputs)
    return node.set(extra).as_socket()
