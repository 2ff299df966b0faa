"""What every family of generators is made of: the Family record, and growing an object that stays alive.

A family is a node group whose inputs are its parameters. What no graph can express is grown in numpy first (`Family.skeleton`) and handed to
the group as the object's own mesh; parameters of that part are declared with `live=False`, and changing them means growing again (`regrow`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import bpy
import numpy as np

from ...params import ParamInfo, check, from_mapping, params_of, sample_usual, to_mapping
from .. import prebuilt
from ..graph.modifiers import apply_group, read_inputs, set_inputs

Category = Literal["Trees", "Flowers", "Ground", "Cacti", "Fungi", "Fruit", "Sea", "Rocks", "Props", "Terrain"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
FAMILY_KEY = "dreamgrove_family"  # on objects and node groups: the family's name
GROWTH_KEY = "dreamgrove_growth"  # on objects: the parameters that are not live, as JSON
VERSION = 1  # of all graphs; a file's older group is left to its objects, and new ones get a new group


@dataclass(frozen=True)
class Skeleton:
    """What growth hands to a graph: a mesh of vertices, edges, perhaps faces, with attributes.

    vertices [V, 3] m, edges [E, 2] int, faces: corner vertices by face; attributes: name -> values, [V] or [V, 3] float32, [V] int32
    or bool, all on vertices; edge_attributes: the same on edges.
    """

    vertices: np.ndarray
    edges: np.ndarray
    faces: list[list[int]] = field(default_factory=list)
    attributes: Mapping[str, np.ndarray] = field(default_factory=dict)
    edge_attributes: Mapping[str, np.ndarray] = field(default_factory=dict)

    def fill(self, mesh: bpy.types.Mesh) -> None:
        """Put it into a mesh, in place of what that holds."""
        mesh.clear_geometry()
        mesh.from_pydata(self.vertices.tolist(), self.edges.tolist(), self.faces)
        for domain, attributes in (("POINT", self.attributes), ("EDGE", self.edge_attributes)):
            for name, values in attributes.items():
                array = np.asarray(values)
                kind = {"f": "FLOAT", "i": "INT", "b": "BOOLEAN"}[array.dtype.kind]
                if array.ndim == 2:
                    kind = "FLOAT_VECTOR"
                made = mesh.attributes.new(name, kind, domain)
                made.data.foreach_set("vector" if array.ndim == 2 else "value", np.ascontiguousarray(array).ravel())
        mesh.update()


@dataclass(frozen=True)
class Family:
    """A kind of thing that can be grown.

    name: its word for scripts (snake case). title: what an artist reads. params: the dataclass, with `seed: int` and `detail: float` (1 is
    the usual mesh, 4 for close-ups, 0.1 for far away). build: the node group, its inputs the live fields. presets: the first is the
    default; their names are unique among all families. skeleton: see the module. help: a sentence without a full stop. solid: whether
    all its parts are closed meshes, save those faces that carry the attribute `thin`.
    """

    name: str
    title: str
    category: Category
    params: type
    build: Callable[[Any], bpy.types.NodeTree]
    presets: Mapping[str, Any]
    help: str
    skeleton: Callable[[Any], Skeleton] | None = None
    solid: bool = True

    def __post_init__(self) -> None:
        infos = {info.name: info for info in params_of(self.params)}
        if missing := {"seed", "detail"} - set(infos):
            raise TypeError(f"{self.params.__name__} lacks {', '.join(sorted(missing))}")
        if self.skeleton is None and (dead := [n for n, info in infos.items() if not info.live]):
            raise TypeError(f"{self.params.__name__}.{dead[0]} is not live, but {self.name} has no skeleton")
        for preset in self.presets.values():
            check(preset)

    @property
    def default(self) -> Any:
        return next(iter(self.presets.values()))

    def sample(self, seed: int, preset: str | None = None, amount: float = 1.0) -> Any:
        """The individual of this seed: near a preset, or near one that the seed picks. amount: how far it strays, 0..1.

        Raises KeyError naming the presets there are.
        """
        rng = random.Random(f"{self.name}:{seed}")
        chosen = rng.choice(list(self.presets))
        if preset is not None and preset not in self.presets:
            raise KeyError(f"{self.name} has no preset {preset!r}; it has {', '.join(self.presets)}")
        individual = sample_usual(self.params, rng, self.presets[preset or chosen], amount)
        return replace(individual, seed=seed % 10_000)

    @property
    def grown(self) -> tuple[ParamInfo, ...]:
        """The parameters that only growing anew can change."""
        return tuple(info for info in params_of(self.params) if not info.live)


def group_of(family: Family) -> bpy.types.NodeTree:
    """The family's node group: this file's, a prebuilt one, or a new one."""
    for tree in bpy.data.node_groups:
        if tree.get(FAMILY_KEY) == family.name and tree.get("dreamgrove_version") == VERSION and tree.library is None:
            return tree
    return prebuilt.load(family.category.lower(), FAMILY_KEY, family.name) or build_group(family)


def build_group(family: Family) -> bpy.types.NodeTree:
    """A new node group, built from the family's source."""
    tree = family.build(family.default)
    tree[FAMILY_KEY] = family.name
    tree["dreamgrove_version"] = VERSION
    return tree


def grow(
    family: Family,
    params: Any,
    name: str | None = None,
    collection: bpy.types.Collection | None = None,
) -> bpy.types.Object:
    """A new object that carries the family's group as a modifier, live; base at the origin, linked to the collection (the scene's).

    If growing fails, nothing new stays in the file but perhaps the family's node group and materials.
    """
    check(params)
    tree = group_of(family)
    skeleton = family.skeleton(params) if family.skeleton else None
    mesh = bpy.data.meshes.new(name or family.title)
    obj = bpy.data.objects.new(name or family.title, mesh)
    try:
        if skeleton is not None:
            skeleton.fill(mesh)
        apply_group(obj, tree, _live(family, params))
        _remember(obj, family, params)
        (collection or bpy.context.scene.collection).objects.link(obj)
    except BaseException:
        bpy.data.objects.remove(obj)
        bpy.data.meshes.remove(mesh)
        raise
    return obj


def regrow(obj: bpy.types.Object, family: Family, params: Any) -> None:
    """Give an object that `grow` made other parameters; its skeleton is grown anew if one that is not live has changed.

    Raises ValueError if the object does not carry the family any more.
    """
    check(params)
    modifier = modifier_of(obj, family)
    before = params_of_object(obj, family)
    changed = any(getattr(before, info.name) != getattr(params, info.name) for info in family.grown)
    if family.skeleton is not None and (changed or before.seed != params.seed):
        family.skeleton(params).fill(obj.data)
    set_inputs(modifier, _live(family, params))
    _remember(obj, family, params)


def modifier_of(obj: bpy.types.Object, family: Family) -> bpy.types.Modifier:
    """The modifier that carries the family's group. Raises ValueError if there is none."""
    for modifier in obj.modifiers:
        if modifier.type == "NODES" and modifier.node_group and modifier.node_group.get(FAMILY_KEY) == family.name:
            return modifier
    raise ValueError(f"{obj.name} does not carry the graph of {family.title} any more")


def params_of_object(obj: bpy.types.Object, family: Family) -> Any:
    """The parameters as they stand: live ones from the modifier, which the artist may have turned, the rest as it was grown.

    Raises ValueError if the object does not carry the family any more.
    """
    values = read_inputs(modifier_of(obj, family), family.params)
    values |= json.loads(obj.get(GROWTH_KEY, "{}"))
    infos = {info.name: info for info in params_of(family.params)}
    return from_mapping(
        family.params, {name: infos[name].clamp(value) for name, value in values.items() if name in infos}
    )


def _live(family: Family, params: Any) -> dict[str, Any]:
    values = to_mapping(params)
    return {info.label: values[info.name] for info in params_of(family.params) if info.live}


def _remember(obj: bpy.types.Object, family: Family, params: Any) -> None:
    values = to_mapping(params)
    obj[FAMILY_KEY] = family.name
    obj[GROWTH_KEY] = json.dumps({info.name: values[info.name] for info in family.grown})
