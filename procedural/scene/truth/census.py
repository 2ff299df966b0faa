"""Who is in the scene as the renderer sees it: every instance, which thing it belongs to, where it is, its mesh.

Python can ask the dependency graph of the viewport only, in which things may be hidden, coarser or culled otherwise. A renderer of our own,
which renders nothing, is handed the graph that Cycles is handed, and counts.

A *thing* is what has an id of its own: an object with all that it instances of its own geometry (a tree with its leaves), or one instance of an
object or collection with all that is in it (a scattered tree with its leaves). A *part* is one instanced mesh (a leaf).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from .marks import WEIGHTS, Seen

CLASS_KEY = "dreamgrove_class"  # on objects: the name of what it is, for the semantic mask
EACH_KEY = "dreamgrove_each"  # on objects that instance their own geometry: true = each such instance is a thing
_FAMILY_KEY = "dreamgrove_family"
_END = 2**31 - 1  # in persistent ids: no further level

ThingKey = tuple[str, str, int]  # kind, name of the object or instancer, number of the instance
PartKey = tuple[ThingKey, str, tuple[int, ...]]


@dataclass(frozen=True)
class MeshArrays:
    """vertices [V, 3] float32 in the object's space, m; triangles [F, 3] int32."""

    vertices: np.ndarray
    triangles: np.ndarray


@dataclass(frozen=True)
class Part:
    """matrix: to world [4, 4] float64. mesh: None for what is no mesh (hair, points)."""

    key: PartKey
    thing: ThingKey
    matrix: np.ndarray
    mesh: MeshArrays | None


@dataclass(frozen=True)
class Thing:
    """name: of its object; semantic: its class. box: low and high corner [2, 3] in its frame, m; frame: to world [4, 4], a rotation and a place."""

    key: ThingKey
    name: str
    semantic: str
    box: np.ndarray
    frame: np.ndarray


@dataclass(frozen=True)
class CameraSeen:
    """The camera of a frame. matrix: to world [4, 4], Blender's axes, without scale; full: with it; projection: [4, 4] as OpenGL has it; size: width, height px."""

    matrix: np.ndarray
    full: np.ndarray
    projection: np.ndarray
    size: tuple[int, int]
    kind: str


@dataclass
class Census:
    """parts: those asked for, by key. pixels: [H, W] int32, which part a pixel shows (number in `order`), -1 = none."""

    camera: CameraSeen
    parts: dict[PartKey, Part] = field(default_factory=dict)
    things: dict[ThingKey, Thing] = field(default_factory=dict)
    order: list[PartKey] = field(default_factory=list)
    pixels: np.ndarray | None = None


def take_census(scene: bpy.types.Scene, layer: str, seen: Seen | None = None, also: Collection[PartKey] = ()) -> Census:
    """Count the scene at its current frame. seen: the pixels, whose parts are wanted; also: further parts. Raises RuntimeError with Blender's words."""
    return in_render_graph(scene, layer, lambda graph: _count(graph, scene, seen, set(also)))


def in_render_graph(scene: bpy.types.Scene, layer: str, ask: Callable[[bpy.types.Depsgraph], Any]) -> Any:
    """What `ask` says of the graph that a renderer gets for the scene's current frame. What it raises is raised here."""
    answers: list[Any] = []
    problems: list[BaseException] = []

    class Counter(bpy.types.RenderEngine):
        bl_idname = "DREAMGROVE_COUNTER"
        bl_label = "Dreamgrove Counter"
        bl_use_postprocess = False

        def render(self, depsgraph: bpy.types.Depsgraph) -> None:
            try:
                answers.append(ask(depsgraph))
            except BaseException as error:
                problems.append(error)

    engine = scene.render.engine
    bpy.utils.register_class(Counter)
    try:
        scene.render.engine = Counter.bl_idname
        render_frame(scene, layer)
    finally:
        scene.render.engine = engine
        bpy.utils.unregister_class(Counter)
    if problems:
        raise problems[0]
    if not answers:
        raise RuntimeError("Blender rendered nothing; has the scene a camera and an enabled view layer?")
    return answers[0]


def render_frame(scene: bpy.types.Scene, layer: str) -> None:
    """Render a scene's current frame. The operator takes the frame from the context's scene, whatever scene it is told to render."""
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[layer]):
        bpy.ops.render.render(scene=scene.name, layer=layer)


def camera_of(graph: bpy.types.Depsgraph) -> CameraSeen:
    scene = graph.scene_eval
    render, camera = scene.render, scene.camera
    width = render.resolution_x * render.resolution_percentage // 100
    height = render.resolution_y * render.resolution_percentage // 100
    projection = camera.calc_matrix_camera(
        graph, x=width, y=height, scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y
    )
    return CameraSeen(
        np.array(camera.matrix_world.normalized()), np.array(camera.matrix_world), np.array(projection),
        (width, height), camera.data.type,
    )  # fmt: skip


# Counting ------------------------------------------------------------------------------------------------------------


@dataclass
class _All:
    """Every instance of the graph, in its order."""

    random: np.ndarray  # [N] float32 as shaders see it
    things: list[ThingKey]
    keys: list[PartKey]
    infos: dict[ThingKey, tuple[str, str]]


def _count(graph: bpy.types.Depsgraph, scene: bpy.types.Scene, seen: Seen | None, also: set[PartKey]) -> Census:
    census = Census(camera_of(graph))
    if seen is None and not also:
        return census
    everyone = _everyone(graph)
    wanted = {i for i, key in enumerate(everyone.keys) if key in also} if also else set()
    candidates: set[int] = set()
    if seen is not None:
        candidates = set(np.flatnonzero(np.isin(everyone.random, np.unique(seen.random[seen.known]))).tolist())
    matrices, meshes, pointers = _read(graph, candidates | wanted)
    shown: set[int] = set()
    if seen is not None:
        numbers = _matched(seen, everyone.random, sorted(candidates), matrices)
        used, inverse = np.unique(numbers, return_inverse=True)
        place_of = {number: place for place, number in enumerate(n for n in used.tolist() if n >= 0)}
        census.pixels = np.array([place_of.get(n, -1) for n in used.tolist()], np.int32)[inverse].reshape(numbers.shape)
        census.order = [everyone.keys[number] for number in place_of]
        shown = set(place_of)
    for number in shown | wanted:
        key = everyone.keys[number]
        census.parts[key] = Part(key, everyone.things[number], matrices[number], meshes.get(pointers[number]))
    visible = {everyone.things[number] for number in shown}
    if visible:
        census.things = _things(graph, everyone, visible)
    return census


def _everyone(graph: bpy.types.Depsgraph) -> _All:
    random: list[int] = []
    things: list[ThingKey] = []
    keys: list[PartKey] = []
    infos: dict[ThingKey, tuple[str, str]] = {}
    each_own: dict[str, bool] = {}  # of instancers: whether every instance of their own geometry is a thing
    classes: dict[str, str] = {}
    for each in graph.object_instances:
        item = each.object
        name = item.name
        if each.is_instance:
            parent = each.parent
            owner = parent.name
            if owner not in each_own:
                each_own[owner] = bool(parent.get(EACH_KEY))
            numbers = tuple(n for n in each.persistent_id if n != _END)
            whole = owner == name and not each_own[owner]
            thing: ThingKey = ("object", owner, 0) if whole else ("instance", owner, numbers[-1] if numbers else 0)
            random.append(each.random_id & 0xFFFFFFFF)
        else:
            numbers = ()
            thing = ("object", name, 0)
            random.append(name_random(name))
        things.append(thing)
        keys.append((thing, name, numbers))
        if thing not in infos:
            if name not in classes:
                classes[name] = semantic_of(item)
            infos[thing] = (name, classes[name])
    values = np.array(random, np.uint32).astype(np.float32) * np.float32(1.0 / 0xFFFFFFFF)
    return _All(values, things, keys, infos)


def _read(
    graph: bpy.types.Depsgraph, wanted: set[int]
) -> tuple[dict[int, np.ndarray], dict[int, MeshArrays], dict[int, int]]:
    """Matrices of instances; meshes by pointer, each read once; and whose pointer is whose."""
    matrices: dict[int, np.ndarray] = {}
    meshes: dict[int, MeshArrays] = {}
    pointers: dict[int, int] = {}
    for number, each in enumerate(graph.object_instances):
        if number not in wanted:
            continue
        matrices[number] = np.array(each.matrix_world)
        data = each.object.data
        pointers[number] = data.as_pointer() if data else 0
        if isinstance(data, bpy.types.Mesh) and pointers[number] not in meshes:
            meshes[pointers[number]] = read_arrays(data)
    return matrices, meshes, pointers


def read_arrays(mesh: bpy.types.Mesh) -> MeshArrays:
    vertices = np.zeros(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", vertices)
    mesh.calc_loop_triangles()
    triangles = np.zeros(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    return MeshArrays(vertices.reshape(-1, 3), triangles.reshape(-1, 3))


def _matched(seen: Seen, random: np.ndarray, candidates: list[int], matrices: dict[int, np.ndarray]) -> np.ndarray:
    """Which instance every pixel shows, [H, W], -1 = unknown: the same random number, and the same place."""
    by_random: dict[float, list[tuple[float, int]]] = {}
    for number in candidates:
        place = float(np.dot(matrices[number][:3, 3], WEIGHTS))
        by_random.setdefault(float(random[number]), []).append((place, number))
    marks = np.stack([seen.random, seen.place], -1)
    marks[~seen.known] = -1.0
    different, inverse = np.unique(marks.reshape(-1, 2), axis=0, return_inverse=True)
    found = np.full(len(different), -1, int)
    for i, (value, place) in enumerate(different.tolist()):
        near = min(((abs(place - at), number) for at, number in by_random.get(value, ())), default=None)
        if near is not None and near[0] <= 1e-4 * (1.0 + abs(place)):
            found[i] = near[1]
    return found[inverse].reshape(seen.random.shape)


def semantic_of(item: bpy.types.Object) -> str:
    """Its class: what the object says, or the family that grows on it, or its name without a number before or after."""
    said = item.get(CLASS_KEY) or item.get(_FAMILY_KEY)
    if not said:
        trees = (m.node_group for m in item.modifiers if m.type == "NODES" and m.node_group)
        said = next((tree[_FAMILY_KEY] for tree in trees if tree.get(_FAMILY_KEY)), None)
    name = str(said or re.sub(r"^\d+[ _]+|\.\d+$", "", item.name) or item.name)
    return name.strip().lower().replace(" ", "_")


def name_random(name: str) -> int:
    """The number that Cycles' Object Info makes of a plain object's name (its hash_string and hash_uint2; the latter is Bob Jenkins' lookup3)."""
    text = 0
    for byte in name.encode():
        text = (text * 37 + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    a = b = c = (0xDEADBEEF + (2 << 2) + 13) & 0xFFFFFFFF
    a = (a + text) & 0xFFFFFFFF
    for turn, (x, y) in (
        (14, "cb"),
        (11, "ac"),
        (25, "ba"),
        (16, "cb"),
        (4, "ac"),
        (14, "ba"),
        (24, "cb"),
    ):  # final(a, b, c)
        values = {"a": a, "b": b, "c": c}
        other = values[y]
        values[x] = ((values[x] ^ other) - (((other << turn) | (other >> (32 - turn))) & 0xFFFFFFFF)) & 0xFFFFFFFF
        a, b, c = values["a"], values["b"], values["c"]
    return c


# Boxes ---------------------------------------------------------------------------------------------------------------


def _things(graph: bpy.types.Depsgraph, everyone: _All, visible: set[ThingKey]) -> dict[ThingKey, Thing]:
    """Visible things with boxes around all their parts, seen or not."""
    wanted = {number for number, thing in enumerate(everyone.things) if thing in visible}
    frames: dict[ThingKey, tuple[int, np.ndarray]] = {}
    bounds: dict[int, np.ndarray | None] = {}
    waiting: dict[ThingKey, list[tuple[np.ndarray, np.ndarray]]] = {}
    for number, each in enumerate(graph.object_instances):
        if number not in wanted:
            continue
        thing, depth = everyone.things[number], len(everyone.keys[number][2])
        matrix = np.array(each.matrix_world)
        if thing not in frames or depth < frames[thing][0]:
            frames[thing] = (depth, matrix)  # the least nested part is the thing's own body
        data = each.object.data
        pointer = data.as_pointer() if data else 0
        if pointer not in bounds:
            bounds[pointer] = _bounds(each.object)
        if bounds[pointer] is not None:
            waiting.setdefault(thing, []).append((matrix, bounds[pointer]))
    things = {}
    for thing, parts in waiting.items():
        frame = _upright(frames[thing][1])
        inverse = np.linalg.inv(frame)
        matrices = np.stack([matrix for matrix, _ in parts])
        boxes = np.stack([box for _, box in parts])
        corners_of = inverse @ matrices  # [P, 4, 4]
        points = _corners(boxes) @ corners_of[:, :3, :3].transpose(0, 2, 1) + corners_of[:, None, :3, 3]
        box = np.stack([points.min((0, 1)), points.max((0, 1))])
        name, semantic = everyone.infos[thing]
        things[thing] = Thing(thing, name, semantic, box, frame)
    return things


def _bounds(item: bpy.types.Object) -> np.ndarray | None:
    """Low and high corner [2, 3] of what an object shows itself, m; None for nothing."""
    data = item.data
    if isinstance(data, bpy.types.Mesh):
        if not len(data.vertices):
            return None
        points = np.zeros(len(data.vertices) * 3, np.float32)
        data.vertices.foreach_get("co", points)
        points = points.reshape(-1, 3)
    else:
        points = np.array([tuple(corner) for corner in item.bound_box])
    return np.stack([points.min(0), points.max(0)]).astype(np.float64)


def _corners(boxes: np.ndarray) -> np.ndarray:
    """[P, 2, 3] -> [P, 8, 3]."""
    pick = np.array([[(k >> axis) & 1 for axis in range(3)] for k in range(8)])
    return boxes[:, pick, np.arange(3)]


def _upright(matrix: np.ndarray) -> np.ndarray:
    """The rotation and place of a matrix that may scale or shear: its x axis is kept, y as near as can be."""
    frame = np.eye(4)
    q, r = np.linalg.qr(matrix[:3, :3])
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    if np.linalg.det(q) < 0:
        q[:, 2] *= -1.0
    frame[:3, :3], frame[:3, 3] = q, matrix[:3, 3]
    return frame
