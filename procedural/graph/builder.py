"""Node trees as Python: `new_tree`, nodes by identifier, sockets by name.

    with new_tree("Post", PostParams) as tree:            # group inputs come from the dataclass
        post = tree.add("GeometryNodeMeshCylinder", radius=tree.i.radius, depth=tree.i.height)
        tree.o.geometry << post.mesh
    modifier.node_group = tree.data

Nothing here is generated per Blender version: what a node accepts is asked of the running Blender, sockets are found by name
or identifier among the enabled ones, and properties that later became menu sockets (or the reverse) go by one keyword.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import bpy

from . import interface, layout, values
from .errors import GraphError
from .handles import COMMON_PROPERTIES, Inputs, Node, Outputs
from .sockets import Input, Operand, Socket, converts, snake

Kind = Literal["geometry", "shader", "compositor"]
_TREE_TYPES = {"geometry": "GeometryNodeTree", "shader": "ShaderNodeTree", "compositor": "CompositorNodeTree"}
_stack: list[Tree] = []


def innermost() -> Tree | None:
    """The innermost tree being built, if there is one."""
    return _stack[-1] if _stack else None


def current_tree() -> Tree:
    """The innermost tree being built. Raises GraphError outside of `with new_tree(...)`."""
    if not _stack:
        raise GraphError("no tree is being built; call this inside `with new_tree(...) as tree:`")
    return _stack[-1]


class Tree:
    """A node tree under construction. `data` is the bpy tree, `i` its inputs, `o` its outputs.

    `owner` is what the tree belongs to: the material, or the tree itself when it is a group.
    """

    def __init__(self, data: bpy.types.NodeTree, kind: Kind, owner: bpy.types.ID | None = None) -> None:
        self.data = data
        self.owner = owner or data
        self.kind = kind
        self.i = Inputs(self)
        self.o = Outputs(self)
        self._frames: list[bpy.types.Node] = []
        self._input_identifiers: dict[str, str] = {}
        self._menus: dict[str, interface.Menu] = {}
        self._separated: dict[tuple[str, str], tuple[Socket, Socket, Socket]] = {}
        self._input_node: bpy.types.Node | None = None
        self._output_node: bpy.types.Node | None = None
        self.outer: Tree | None = None  # for a part (see parts.py): the tree that it is made for
        self.captured: list[tuple[Socket, str]] = []  # of a part: sockets of the outer tree, and the inputs they feed
        self.parts: dict[Any, Any] = {}  # the groups made for this tree by `parts.grouped`

    def add(self, bl_idname: str, *positional: Input, inputs: dict[str, Input] | None = None, **keywords: Any) -> Node:
        """Add the node `bl_idname`, set properties and inputs by keyword; positional values feed the inputs in order.

        Raises GraphError naming the node and the socket or property that cannot be set, and what it accepts.
        """
        try:
            data = self.data.nodes.new(bl_idname)
        except RuntimeError:
            raise GraphError(f"Blender {bpy.app.version_string} has no {self.kind} node {bl_idname!r}") from None
        if self._frames:
            data.parent = self._frames[-1]
        node = Node(self, data)
        rna = data.bl_rna.properties
        node.set(**{k: v for k, v in keywords.items() if k in rna and k not in COMMON_PROPERTIES})
        node.set_positional(*positional)
        node.set(inputs, **{k: v for k, v in keywords.items() if k not in rna or k in COMMON_PROPERTIES})
        return node

    def group(self, node_tree: bpy.types.NodeTree, *positional: Input, **inputs: Input) -> Node:
        """Add a node of another group."""
        node = self.add({"geometry": "GeometryNodeGroup", "shader": "ShaderNodeGroup"}[self.kind])
        node.data.node_tree = node_tree
        node.data.label = node_tree.name
        node.set_positional(*positional)
        for name, value in inputs.items():
            node._feed_keyword(name, value)
        return node

    def link(self, source: Input, target: bpy.types.NodeSocket) -> None:
        """Link an output to an input socket. Raises GraphError if their types do not convert."""
        if not isinstance(source, Operand):
            raise GraphError(f"{values.where(target)} is linked from a socket, not from {source!r}")
        socket = self.bring_in(source.as_socket())
        if socket.data.id_data != target.id_data:
            raise GraphError(f"{values.where(target)}: {socket} belongs to another tree, {socket.data.id_data.name!r}")
        if not converts(socket.type, target.type):
            raise GraphError(f"{values.where(target)} takes {target.type}, not {socket.type} from {socket}")
        self.data.links.new(socket.data, target)

    def bring_in(self, socket: Socket) -> Socket:
        """A socket of a tree around this part, as an input of the part; any other as it is."""
        if self.outer is None or socket.data.id_data == self.data:
            return socket
        outside = self.outer.bring_in(socket)
        for source, identifier in self.captured:
            if source.data == outside.data:
                return self._group_input_of(identifier)
        inside = self.take(outside.data.name, outside.type)
        self.captured.append((outside, inside.data.identifier))
        return inside

    def take(self, label: str, socket_type: str) -> Socket:
        """Declare an input of a part, by a socket's type, and return it."""
        taken = {item.name for item in self.data.interface.items_tree}
        name = next(n for n in (label, *(f"{label} {k}" for k in range(2, 1000))) if n not in taken)
        return self._group_input_of(interface.add_input(self.data, name, socket_type))

    def type_of(self, socket: bpy.types.NodeSocket) -> str:
        """Blender's type of an output, VALUE or VECTOR, say."""
        return socket.type

    def set_constant(self, socket: bpy.types.NodeSocket, value: Input) -> None:
        """Set the constant of an unlinked input. Raises GraphError naming node, socket and what it takes."""
        values.set_default(socket, value)

    def output(self, name: str, value: Input, description: str = "") -> None:
        """Declare the output `name` of the group, typed by `value`, and link it."""
        if not isinstance(value, Operand):
            raise GraphError(f"output {name!r} of {self.data.name!r} takes a socket or node, not {value!r}")
        if self._output_node is None:
            self._output_node = self.data.nodes.new("NodeGroupOutput")
        item = interface.add_output(self.data, name, value.as_socket(), description)
        target = next(s for s in self._output_node.inputs if s.identifier == item.identifier)
        self.link(value, target)

    def geometry_input(self, label: str = "Geometry") -> Socket:
        """Declare the input that receives the object's own mesh: what a generator has grown, say.

        Raises GraphError, as all that declare inputs do, if the label is taken.
        """
        self._refuse_taken(label)
        item = self.data.interface.new_socket(label, in_out="INPUT", socket_type="NodeSocketGeometry")
        self.data.interface.move(item, 0)  # Blender asks for it to be the first
        self._input_identifiers[label] = item.identifier
        return self._group_input(label)

    def socket_input(self, label: str, socket_type: str, place: int = 0) -> Socket:
        """Declare an input by Blender's socket type (NodeSocketShader, say), for what no parameter is; place: which it is of all."""
        self._refuse_taken(label)
        item = self.data.interface.new_socket(label, in_out="INPUT", socket_type=socket_type)
        self.data.interface.move(item, place)
        self._input_identifiers[label] = item.identifier
        return self._group_input(label)

    def material_input(
        self, label: str, material: bpy.types.Material, description: str = "", panel: str = "Materials"
    ) -> Socket:
        """Declare an input of the group that takes a material, so that it can be changed where the group is used."""
        self._refuse_taken(label)
        identifier = interface.add_data_input(self.data, label, "Material", material, description, panel)
        self._input_identifiers[label] = identifier
        return self._group_input(label)

    def object_input(self, label: str, description: str = "", panel: str = "") -> Socket:
        """Declare an input of the group that takes an object; empty until an artist picks one."""
        self._refuse_taken(label)
        self._input_identifiers[label] = interface.add_data_input(self.data, label, "Object", None, description, panel)
        return self._group_input(label)

    @contextmanager
    def frame(self, label: str) -> Iterator[None]:
        """Nodes added inside are framed and labelled in the node editor."""
        frame = self.data.nodes.new("NodeFrame")
        frame.label = label
        if self._frames:
            frame.parent = self._frames[-1]
        self._frames.append(frame)
        try:
            yield
        finally:
            self._frames.pop()

    def separate(self, vector: Input) -> tuple[Socket, Socket, Socket]:
        """x, y, z of a vector; asked twice of one socket, the same node answers."""
        if not isinstance(vector, Operand):
            raise GraphError(f"separate() takes a vector socket, not {vector!r}")
        socket = self.bring_in(vector.as_socket())
        key = (socket.data.node.name, socket.data.identifier)
        if key not in self._separated:
            node = self.add("ShaderNodeSeparateXYZ", socket)
            self._separated[key] = (node["X"], node["Y"], node["Z"])
        return self._separated[key]

    def menu_index(self, menu: Input, item: str) -> Socket:
        """Whether the group's menu input stands at `item`: a boolean socket."""
        name = self._menu_name(menu)
        choices = self._menus[name].choices
        if item not in choices:
            raise GraphError(
                f"input {name!r} of {self.data.name!r} has no choice {item!r}; it takes {', '.join(choices)}"
            )
        return self._menu_number(name, menu) == choices.index(item)  # type: ignore[return-value]

    def menu_switch(self, menu: Input, cases: dict[str, Input], data_type: str) -> Socket:
        """One of the cases by a group's menu input; `cases` must name every choice once, in order."""
        name = self._menu_name(menu)
        choices = self._menus[name].choices
        if tuple(cases) != choices:
            raise GraphError(
                f"menu {name!r} of {self.data.name!r} has the choices {choices}, but the cases {tuple(cases)}"
            )
        node = self.add("GeometryNodeIndexSwitch", data_type=data_type)
        while len(node.data.index_switch_items) < len(choices):
            node.data.index_switch_items.new()
        node.set_positional(self._menu_number(name, menu), *cases.values())
        return node.as_socket()

    def _menu_number(self, name: str, menu: Input) -> Socket:
        """Which choice the menu stands at, from 0. One node a menu: two that define its choices would make it useless."""
        if self._menus[name].switch is None:
            node = self.add("GeometryNodeMenuSwitch", data_type="INT")
            items = node.data.enum_items
            items.clear()
            for choice in self._menus[name].choices:
                items.new(choice)
            node.set({"Menu": menu, **{choice: number for number, choice in enumerate(self._menus[name].choices)}})
            self._menus[name].switch = node.as_socket()
        return self._menus[name].switch  # type: ignore[return-value]

    def _menu_name(self, menu: Input) -> str:
        socket = menu.as_socket() if isinstance(menu, Operand) else None
        for name in self._menus:
            if socket is not None and self._input_identifiers[name] == socket.data.identifier:
                return name
        raise GraphError(f"{menu!r} is no menu input of {self.data.name!r}; declare a text parameter with choices")

    def _refuse_taken(self, label: str) -> None:
        """Modifiers, presets and recipes know inputs by their labels: two of one label would be one of them."""
        taken = {item.name for item in self.data.interface.items_tree if getattr(item, "in_out", "") == "INPUT"}
        if label in taken or label in self._input_identifiers:
            raise GraphError(f"{self.data.name!r} has an input {label!r} already; give the new one another label")

    def _declare(self, params: object) -> None:
        self._input_identifiers, self._menus = interface.add_inputs(self.data, params)

    def _group_input(self, name: str) -> Socket:
        if name not in self._input_identifiers:
            known = ", ".join(self._input_identifiers) or "none"
            raise GraphError(f"{self.data.name!r} has no input {name!r}; it has {known}")
        return self._group_input_of(self._input_identifiers[name])

    def _group_input_of(self, identifier: str) -> Socket:
        if self._input_node is None:
            self._input_node = self.data.nodes.new("NodeGroupInput")
        return Socket(self, next(s for s in self._input_node.outputs if s.identifier == identifier))

    def _finish(self) -> None:
        for name, menu in self._menus.items():
            menu.set_default(self.data, self._input_identifiers[name])
        layout.split_group_input(self.data)
        layout.arrange(self.data)


@contextmanager
def building(
    data: bpy.types.NodeTree,
    kind: Kind,
    params: object = None,
    owner: bpy.types.ID | None = None,
    outer: Tree | None = None,
) -> Iterator[Tree]:
    """Build into an existing, empty tree (of a world, say); `new_tree` and `new_material` are the usual ways."""
    tree = Tree(data, kind, owner)
    tree.outer = outer
    _stack.append(tree)
    try:
        if params is not None:
            tree._declare(params)
        yield tree
        tree._finish()
    finally:
        _stack.pop()


@contextmanager
def new_tree(name: str, params: object = None, kind: Kind = "geometry") -> Iterator[Tree]:
    """A new node group; `params` is a dataclass of `param` fields (its defaults) or an instance (its values).

    If the block raises, the unfinished group is removed from the file.
    """
    data = bpy.data.node_groups.new(name, _TREE_TYPES[kind])
    if kind == "geometry":
        data.is_modifier = True
    try:
        with building(data, kind, params) as tree:
            yield tree
    except BaseException:
        bpy.data.node_groups.remove(data)
        raise


@contextmanager
def new_part(name: str, outer: Tree) -> Iterator[Tree]:
    """A new node group for use in `outer`, into which sockets of `outer` come as inputs; see parts.py."""
    data = bpy.data.node_groups.new(name, _TREE_TYPES[outer.kind])
    try:
        with building(data, outer.kind, outer=outer) as tree:
            yield tree
    except BaseException:
        bpy.data.node_groups.remove(data)
        raise


@contextmanager
def new_material(name: str) -> Iterator[Tree]:
    """A new material (`tree.owner`); `tree.add("ShaderNodeOutputMaterial", surface=...)` ends its tree.

    If the block raises, the unfinished material is removed from the file.
    """
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # 4.x; from 5.0 on it is there and the setter warns
        material.use_nodes = True
    material.node_tree.nodes.clear()
    try:
        with building(material.node_tree, "shader", owner=material) as tree:
            yield tree
    except BaseException:
        bpy.data.materials.remove(material)
        raise


__all__ = [
    "GraphError",
    "Node",
    "Socket",
    "Tree",
    "building",
    "current_tree",
    "new_material",
    "new_part",
    "new_tree",
    "snake",
]
