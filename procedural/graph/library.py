"""What scripts in library style are written in: trees with an exact interface, any node by its short name, and the editor's own data.

    from dreamgrove.procedural.graph.library import Input, Output, group, n, script

    @script
    def build():
        with group("Ripple", [Output("Mesh", "Geometry"), Input("Mesh", "Geometry"), Input("Height", "Float", 0.1)]) as t:
            i = n.group_input()
            wave = n.math(n.separate_xyz(n.input_position()).x, operation="SINE") * i.height
            n.group_output(n.set_position(i.mesh, offset=n.combine_xyz(z=wave)))
        return t.data

It is the builder (`builder.py`) with three differences: links are made at the end, in the order that the script's editor data
say; the interface is declared, not inferred; and `t.editor(...)` gives names, places and what else no result depends on back
to the nodes. After a change of the script, nodes that are as written keep these, and new ones are placed by themselves.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import bpy

from . import values
from .animation import write_animation
from .build import _new_tree
from .build_interface import build_interface, write_interface
from .builder import Kind, Node, Tree, _stack, current_tree
from .create import fresh, set_properties
from .editor import Editor, _records, apply_editor, base_name, name_of, plain
from .errors import GraphError
from .exceptions import NEEDS_OTHERS
from .interface_items import Input, Output, Panel, flattened
from .node_names import resolve, short_names
from .owners import remove
from .rna import Schema, write_custom
from .sockets import Operand, Socket, converts
from .spec import AnimationSpec, CurveSpec, Group, GroupRef, InterfaceItem, Properties, Ref, TreeSpec, Value

Fed = Any  # what a node may be given: a socket, a node, a constant, a Ref, a list of those for an input that takes several
Made = TypeVar("Made", bound=Callable[..., Any])
_KINDS: dict[str, Kind] = {
    "GeometryNodeTree": "geometry",
    "ShaderNodeTree": "shader",
    "CompositorNodeTree": "compositor",
}
_SHORT = {"geometry": "GeometryNodeTree", "shader": "ShaderNodeTree", "compositor": "CompositorNodeTree"}
_running: list[Session] = []


class Session:
    """What one run of a script makes: all or nothing."""

    def __init__(self) -> None:
        self.schema = Schema()
        self.made: list[bpy.types.ID] = []
        self.problems: list[str] = []


@contextmanager
def _session() -> Iterator[Session]:
    if _running:
        yield _running[-1]
        return
    session = Session()
    _running.append(session)
    try:
        yield session
    except BaseException:
        remove(session.made)
        raise
    finally:
        _running.pop()
    for problem in session.problems:
        warnings.warn(problem, stacklevel=4)


def script(build: Made) -> Made:
    """Decorates `build()`: if it raises, whatever it made is removed. What Blender does not take as written is told as warnings."""

    @functools.wraps(build)
    def run(*arguments: Any, **keywords: Any) -> Any:
        with _session():
            return build(*arguments, **keywords)

    return run  # type: ignore[return-value]


class Muted:
    """A link that is muted: `n.math(muted(a), b)`."""

    def __init__(self, source: Operand) -> None:
        self.source = source


def muted(source: Operand) -> Muted:
    return Muted(source)


class GraphTree(Tree):
    """A tree under construction; see the module. `data` is the bpy tree, `owner` the material, world ... that it is part of."""

    def __init__(self, spec: TreeSpec, owner: Ref | None, session: Session) -> None:
        data = _new_tree(spec, owner, session.made)
        block = session.made[-1]
        super().__init__(data, _KINDS.get(spec.type, "geometry"), block)
        self.session, self.schema, self.spec = session, session.schema, spec
        self.nodes_made: list[bpy.types.Node] = []
        self.links_made: list[tuple[bpy.types.Node, int, bpy.types.Node, int, bool]] = []
        self._reroutes: dict[str, Socket] = {}
        self._late: list[tuple[bpy.types.NodeSocket, Value]] = []
        self._late_properties: dict[bpy.types.Node, Properties] = {}
        self._editor = Editor()
        self._animation: AnimationSpec | None = None
        self.schema.groups["" if owner else spec.name] = data
        self.schema.parts[data] = "" if owner else spec.name
        for problem in self.schema.write(data, spec.properties, "tree"):
            raise GraphError(f"{spec.name!r}: {problem}")
        self.schema.linked = False
        self._waiting = build_interface(data, spec.interface, self.schema)

    # Nodes

    def add(
        self,
        bl_idname: str,
        *positional: Any,
        inputs: Mapping[str, Any] | None = None,
        output: Value = None,
        **keywords: Any,
    ) -> Node:
        """Add a node: positional values feed its inputs in order (None leaves one alone), keywords are properties or inputs.

        inputs: those whose names are no Python words. output: the constant of the first output (of Value, RGB ...).
        A zone's output node is made together with its input node: `start, end = n.repeat_zone(...)`, then `end.feed(...)`.
        Raises GraphError naming the node and the socket or property that cannot be set, and what it accepts.
        """
        data = fresh(self.data, bl_idname)
        self.nodes_made.append(data)
        if self._frames:
            data.parent = self._frames[-1]
        node = Node(self, data)
        fields = {f.name for f in self.schema.fields(data)}
        if (
            positional
            and isinstance(positional[0], Tree | bpy.types.NodeTree | Ref | GroupRef)
            and "node_tree" in fields
        ):
            keywords["node_tree"], positional = positional[0], positional[1:]
        properties = {k: self._plain(v) for k, v in keywords.items() if k in fields}
        self._late_properties[data] = {k: properties.pop(k) for k in NEEDS_OTHERS if k in properties}
        set_properties(data, properties, self.schema)
        feeds = {k: v for k, v in keywords.items() if k not in fields}
        return self._feed_new(node, positional, inputs, output, feeds)

    def _feed_new(
        self,
        node: Node,
        positional: Sequence[Any],
        inputs: Mapping[str, Any] | None,
        output: Value,
        feeds: dict[str, Any],
    ) -> Node:
        node.set_positional(*positional)
        node.set(dict(inputs or {}))
        for name, value in feeds.items():
            node._feed_keyword(name, value)
        if output is not None:
            node.data.outputs[0].default_value = output
        return node

    def zone(self, start_type: str, end_type: str, *positional: Any, **keywords: Any) -> tuple[Node, Node]:
        """Both nodes of a zone. A dict as first argument has properties and items of the output node; the rest feeds the input node."""
        properties: Properties = {}
        if positional and isinstance(positional[0], Mapping):
            properties, positional = dict(positional[0]), positional[1:]
        start, end = fresh(self.data, start_type), fresh(self.data, end_type)
        self.nodes_made += [start, end]
        for each in (start, end):
            if self._frames:
                each.parent = self._frames[-1]
        start.pair_with_output(end)
        set_properties(end, {k: self._plain(v) for k, v in properties.items()}, self.schema, start)
        inputs, output = keywords.pop("inputs", None), keywords.pop("output", None)
        return self._feed_new(Node(self, start), positional, inputs, output, keywords), Node(self, end)

    def _plain(self, value: Any) -> Value:
        """A property's value as a spec has it."""
        match value:
            case Tree():
                return self._plain(value.data)
            case bpy.types.ID():
                return self.schema.refer(value)
            case dict():
                return {k: self._plain(v) for k, v in value.items()}
            case list() | tuple():
                return tuple(map(self._plain, value))
            case set() | frozenset():
                return tuple(sorted(value))
        return value

    # Values and links

    def set_constant(self, socket: bpy.types.NodeSocket, value: Any) -> None:
        if isinstance(value, Muted):
            self._record(value.source.as_socket(), socket, True)
        elif isinstance(value, Ref | GroupRef):
            try:
                socket.default_value = self.schema.resolve(value)
            except LookupError as error:
                raise GraphError(f"{values.where(socket)} {error}") from None
        elif socket.type == "MENU" and isinstance(value, str):
            try:
                values.set_default(socket, value)
            except GraphError:  # a menu may get its choices from what it will be linked to
                self._late.append((socket, value))
        else:
            values.set_default(socket, value)

    def type_of(self, socket: bpy.types.NodeSocket) -> str:
        known = self._reroutes.get(socket.node.name) if socket.node.bl_idname == "NodeReroute" else None
        return known.type if known is not None else socket.type

    def link(self, source: Any, target: Any, is_muted: bool = False) -> None:
        """Note a link, to be made when the script's block ends.

        source, target: a socket; or (node, number) for any socket, shown or not, by its place among the outputs or inputs.
        """
        if isinstance(target, tuple):
            target = target[0].data.inputs[target[1]]
        if isinstance(source, tuple):
            source = Socket(self, source[0].data.outputs[source[1]])
            self._record(source, target, is_muted, checked=False)
            return
        if not isinstance(source, Operand):
            raise GraphError(f"{values.where(target)} is linked from a socket, not from {source!r}")
        self._record(source.as_socket(), target, is_muted)

    def _record(self, source: Socket, target: bpy.types.NodeSocket, is_muted: bool, checked: bool = True) -> None:
        if source.data.id_data != target.id_data:
            raise GraphError(f"{values.where(target)}: {source} belongs to another tree, {source.data.id_data.name!r}")
        if target.node.bl_idname == "NodeReroute":
            self._reroutes[target.node.name] = source
        elif checked and not converts(source.type, target.type):
            raise GraphError(f"{values.where(target)} takes {target.type}, not {source.type} from {source}")
        self.links_made.append((*_place(source.data, True), *_place(target, False), is_muted))

    # The end

    def editor(self, packed: str = "") -> None:
        """Names, places and the rest that no result depends on, as the transpiler has packed them; see `editor.py`."""
        self._editor = plain(packed) if packed else Editor()

    def node(self, name: str) -> Node:
        """A node by its name in the editor. Raises GraphError if the script has none of the name."""
        for data, record in _records(self._editor, self.nodes_made).items():
            if name_of(base_name(data), record[0]) == name:
                return Node(self, data)
        raise GraphError(f"{self.spec.name or self.data.name!r} has no node {name!r}")

    def animate(self, spec: AnimationSpec) -> None:
        """Drivers and F-curves of the tree."""
        self._animation = spec

    def _finish(self) -> None:
        problems = apply_editor(self, self._editor, self._late, self._late_properties)
        if self._waiting:
            problems += write_interface(self.data, self.spec.interface, self.schema)
        if self.spec.asset is not None:
            self.data.asset_mark()
            problems += self.schema.write(self.data.asset_data, self.spec.asset, "asset")
            problems += self.schema.write(self.data, self.spec.properties, "tree")  # an asset has got a fake user
        problems += write_custom(self.data, self.spec.custom, "tree", self.schema)
        if self._animation is not None:
            problems += write_animation(self.data, self._animation, self.schema, self.session.made)
        self.session.problems += [f"{self.spec.name!r} > {problem}" for problem in problems]


def _place(socket: bpy.types.NodeSocket, output: bool) -> tuple[bpy.types.Node, int]:
    """A socket by its node and place: Blender may make the sockets of a node anew before they are linked."""
    node = socket.node
    sockets = node.outputs if output else node.inputs
    return node, next(index for index, each in enumerate(sockets) if each == socket)


@contextmanager
def _building(spec: TreeSpec, owner: Ref | None) -> Iterator[GraphTree]:
    with _session() as session:
        tree = GraphTree(spec, owner, session)
        _stack.append(tree)
        try:
            yield tree
            tree._finish()
        finally:
            _stack.pop()


@contextmanager
def group(
    name: str,
    interface: Sequence[InterfaceItem | Panel] = (),
    kind: str = "geometry",
    asset: Properties | None = None,
    custom: Properties | None = None,
    **properties: Value,
) -> Iterator[GraphTree]:
    """A new node group with this interface, in order. kind: "geometry", "shader", "compositor" or Blender's own name of a tree.

    properties: those of the tree. Raises GraphError if something cannot be had; then nothing is left of the script's work.
    """
    spec = TreeSpec(name, _SHORT.get(kind, kind), properties, flattened(interface), asset=asset, custom=custom or {})
    with _building(spec, None) as tree:
        yield tree


@contextmanager
def owned(
    kind: str, name: str, tree_type: str = "ShaderNodeTree", custom: Properties | None = None, **properties: Value
) -> Iterator[GraphTree]:
    """The tree of a new material, world, light ...: `kind` is its collection in bpy.data. The block is the tree's `owner`."""
    with _building(TreeSpec("", tree_type, properties, custom=custom or {}), Ref(kind, name)) as tree:
        yield tree


def material(name: str, **properties: Value) -> Any:
    """A new material's tree: `with material("Bark") as t: ...; return t.owner`."""
    return owned("materials", name, **properties)


class Nodes:
    """`n.set_position(...)` adds a node to the tree being built; names are Blender's own, in snake case; see `GraphTree.add`.

    `n["GeometryNodeSetPosition"](...)` takes the identifier. `n.repeat_zone(...)` gives both nodes of a zone.
    """

    def __getitem__(self, bl_idname: str) -> Callable[..., Any]:
        return functools.partial(_graph_tree().add, bl_idname)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        tree = _graph_tree()
        kind = tree.data.bl_idname
        if name.endswith("_zone"):
            start, end = (resolve(kind, f"{name.removesuffix('_zone')}_{side}") for side in ("input", "output"))
            if start and end:
                return functools.partial(tree.zone, start, end)
        bl_idname = resolve(kind, name)
        if bl_idname is None:
            near = [known for known in short_names(kind) if set(name.split("_")) & set(known.split("_"))]
            hint = f"; near it: {', '.join(sorted(near)[:12])}" if near else ""
            raise GraphError(f"Blender {bpy.app.version_string} has no {tree.kind} node called {name!r}{hint}")
        return functools.partial(tree.add, bl_idname)


def _graph_tree() -> GraphTree:
    tree = current_tree()
    if not isinstance(tree, GraphTree):
        raise GraphError("`n` adds nodes inside of `with group(...)` or `with material(...)`")
    return tree


if TYPE_CHECKING:
    from .stubs.compositor import CompositorNodes
    from .stubs.geometry import GeometryNodes
    from .stubs.shader import ShaderNodes

    class _Known(GeometryNodes, ShaderNodes, CompositorNodes, Nodes):
        """What editors complete after `n.`."""

    n: _Known
else:
    n = Nodes()

__all__ = [
    "AnimationSpec",
    "CurveSpec",
    "GraphTree",
    "Group",
    "GroupRef",
    "Input",
    "Output",
    "Panel",
    "Ref",
    "group",
    "material",
    "muted",
    "n",
    "owned",
    "script",
]
