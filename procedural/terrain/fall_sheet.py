"""A fall as a live graph: water leaves a lip, flies on its parabola, slides where rock is in its way, breaks into strands, churns a pool.

The path is a line from the lip to the foot along the rock: the object's own edges, or a curve that the input Curve names. Water that leaves a
gentle stretch with the speed v is, h metres lower, v sqrt(2 h / g) farther out (free fall); where the rock reaches farther, it slides on the
rock. So the sheet is the farthest that any ledge throws it, and nowhere inside the rock. Patterns are laid out in seconds since the lip, less the
scene's: each goes down with the water that it is in and is drawn out as that grows faster. Nothing is simulated; any frame stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import bpy
import numpy as np

from ...params import check, param, params_of, to_mapping
from ..graph import Inputs, Socket, Tree, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import set_inputs
from ..materials import material_named, shared
from ..materials.water import WaterParams
from .fall_material import MIST, VEIL

FALL_KEY = "dreamgrove_fall"  # on the group: its version
VERSION = 1
GRAVITY = 9.81
LEDGE, WALL = (
    0.5,
    2.2,
)  # slopes, m a m: water is thrown from what is gentler than the first, not from what is steeper than the second


@dataclass(frozen=True)
class WaterfallParams:
    """Metres, seconds."""

    width: float = param(4.0, "Width at the lip", min=0.05, max=2000.0, unit="m", panel="Flow", spread=0.3)
    speed: float = param(
        2.0, "Speed of the water over the lip", min=0.0, max=30.0, unit="m/s", panel="Flow", spread=0.3
    )
    thickness: float = param(0.35, "Thickness of the water", min=0.005, max=50.0, unit="m", panel="Flow", spread=0.3)
    leap: float = param(
        1.0,
        "How far it leaps from the lip, of its free fall",
        min=0.0,
        max=5.0,
        unit="factor",
        panel="Flow",
        usual=(0.8, 1.2),
    )
    strand: float = param(0.5, "Width of a strand", min=0.02, max=50.0, unit="m", panel="Veil", spread=0.3)
    breaks: float = param(
        7.0, "Drop over which the sheet breaks up into strands", min=0.1, max=1000.0, unit="m", panel="Veil", spread=0.3
    )
    spread: float = param(
        0.05, "How much wider it grows, of its drop", min=0.0, max=2.0, panel="Veil", usual=(0.02, 0.09)
    )
    ragged: float = param(
        0.5, "How uneven strands hang and edges are", min=0.0, max=1.0, panel="Veil", usual=(0.3, 0.7)
    )
    layers: int = param(3, "Sheets, one behind the other", min=1, max=8, panel="Veil")
    pace: float = param(1.0, "Speed of the motion, 0 for none", min=0.0, max=10.0, unit="factor", panel="Motion")
    pool: float = param(
        7.0, "Radius of the pool's water, 0 for none", min=0.0, max=5000.0, unit="m", panel="Pool", spread=0.3
    )
    foam: float = param(0.75, "How much foam there is on the pool", min=0.0, max=1.0, panel="Pool", usual=(0.6, 0.9))
    ripples: float = param(0.05, "Height of the pool's ripples", min=0.0, max=5.0, unit="m", panel="Pool", spread=0.4)
    mist: float = param(
        0.6, "Size of the mist at the foot, 0 for none", min=0.0, max=3.0, unit="factor", panel="Pool", usual=(0.3, 0.9)
    )
    seed: int = param(0, "Other strands", min=0, max=9999)
    detail: float = param(1.0, "Fineness of the mesh", min=0.1, max=4.0, unit="factor")


def waterfall_group() -> bpy.types.NodeTree:
    """The group "Waterfall": this file's or a new one."""
    return kept_group(FALL_KEY, VERSION, lambda: build(WaterfallParams()))


def fall_along(
    curve: bpy.types.Object, params: WaterfallParams | None = None, name: str = "Waterfall"
) -> bpy.types.Object:
    """A new object, not yet in any collection: a fall along a drawn curve, its first point the lip, its last the foot; it follows the curve.

    Raises ValueError for an object that is no curve, ParameterError for bad parameters.
    """
    if curve.type != "CURVE":
        raise ValueError(f"{curve.name} is a {curve.type.lower()}; draw a curve from the lip to the foot of the fall")
    return _fall(bpy.data.meshes.new(name), check(params or WaterfallParams()), curve)


def fall_object(points: np.ndarray, params: WaterfallParams | None = None, name: str = "Waterfall") -> bpy.types.Object:
    """The same along points [K, 3] m from the lip to the foot, which become the object's own edges, from its place at the foot."""
    values = check(params or WaterfallParams())
    mesh = bpy.data.meshes.new(name)
    foot = np.asarray(points[-1], float)
    mesh.from_pydata((np.asarray(points, float) - foot).tolist(), [(k, k + 1) for k in range(len(points) - 1)], [])
    obj = _fall(mesh, values, None)
    obj.location = foot.tolist()
    return obj


def _fall(mesh: bpy.types.Mesh, values: WaterfallParams, curve: bpy.types.Object | None) -> bpy.types.Object:
    obj = bpy.data.objects.new(mesh.name, mesh)
    modifier = obj.modifiers.new("Waterfall", "NODES")
    modifier.node_group = waterfall_group()
    fields = to_mapping(values)
    set_inputs(modifier, {info.label: fields[info.name] for info in params_of(WaterfallParams)} | {"Curve": curve})
    return obj


def thrown(points: np.ndarray, speed: float) -> np.ndarray:
    """Where water that leaves the first of points [K, 3] m with a speed (m/s) falls: the same points, moved out; what the group does."""
    flat = points[:, :2]
    step = np.concatenate([[0.0], np.linalg.norm(np.diff(flat, axis=0), axis=1)])
    run, drop = np.cumsum(step), np.concatenate([[0.0], -np.diff(points[:, 2])])
    t = np.clip((WALL - drop / np.maximum(step, 1e-3)) / (WALL - LEDGE), 0.0, 1.0)
    leaves = speed * t * t * (3.0 - 2.0 * t)
    fallen = np.maximum(points[:, None, 2] - points[None, :, 2], 0.0)  # [from, to]
    far = run[:, None] + leaves[:, None] * np.sqrt(2.0 * fallen / GRAVITY)
    far = np.where(np.arange(len(run))[:, None] <= np.arange(len(run)), far, 0.0)
    out = points.astype(float).copy()
    out[:, :2] += np.multiply.outer(np.maximum(far.max(0), run) - run, heading(points))
    return out


def heading(points: np.ndarray) -> np.ndarray:
    """Unit vector [2] seen from above, from the lip to the foot; to -Y where one is above the other."""
    way = np.asarray(points[-1, :2] - points[0, :2], float)
    length = float(np.linalg.norm(way))
    return way / length if length > 1e-3 else np.array([0.0, -1.0])


# The graph ----------------------------------------------------------------------------------------------------------------


class _Way(NamedTuple):
    """line: the path's points with the attributes centre (m), reach (m, of the water), flight (s), fallen (m). dir, side: unit vectors."""

    line: Socket
    rows: Socket
    dir: Socket
    side: Socket


def build(p: WaterfallParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of WaterfallParams, a curve and three materials."""
    running = WaterParams(depth=2.2, cloudiness=0.15, wave=0.7, waves=0.03, chop=0.5, foam=0.15)
    with new_tree("Waterfall", p) as tree:
        own = tree.geometry_input()
        i = tree.i
        curve = tree.object_input("Curve", "A curve from the lip to the foot; none for the object's own edges")
        materials = [
            tree.material_input("Water Material", shared(VEIL, None, "Falling Water"), "What falls"),
            tree.material_input(
                "Pool Material", shared(material_named("water_clear"), running, "Plunge Pool"), "The pool"
            ),
            tree.material_input("Mist Material", shared(MIST, None, "Fall Mist"), "The mist"),
        ]
        seconds = tree.add("GeometryNodeInputSceneTime")["Seconds"] * i.pace
        with tree.frame("Path"):
            drawn = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=curve)["Geometry"]
            both = n.join(n.node("GeometryNodeMeshToCurve", own).as_socket(), drawn)
            way = _path(tree, both, i)
        with tree.frame("Sheet"):
            sheet = n.set_material(_sheet(tree, way, i, seconds), materials[0])
        with tree.frame("Pool"):
            foot = _sampled(way.line, n.attribute("centre", "FLOAT_VECTOR"), way.rows - 1)
            lip = _sampled(way.line, n.position(), 0)
            half = i.width * 0.5 + (lip.z - foot.z) * i.spread
            pool = n.set_material(_pool(i, way, foot, half, seconds), materials[1])
        with tree.frame("Mist"):
            high = n.minimum((lip.z - foot.z) * 0.45, half * 2.5 + 4.0) * i.mist
            wide = (half * 1.5 + i.thickness * 5.0 + 1.5) * i.mist
            ball = n.set_material(n.first_output("GeometryNodeMeshIcoSphere", radius=1.0, subdivisions=2), materials[2])
            at = n.points(
                n.math("GREATER_THAN", i.mist, 0.0), foot + way.dir * i.thickness + n.combine_xyz(0.0, 0.0, high * 0.25)
            )
            spin = n.align_to(way.dir, "X")
            cloud = n.instance_on(at, ball, rotation=spin, scale=n.combine_xyz(wide, wide, high))
            cloud = n.store(cloud, "drift", seconds * 0.12, domain="INSTANCE")
        there = tree.add("GeometryNodeAttributeDomainSize", component="MESH", geometry=way.line)["Point Count"] > 1
        tree.o.geometry << n.switch(
            there, n.node("GeometryNodeMeshLine", count=0).as_socket(), n.join(sheet, pool, cloud)
        )
    tree.data[FALL_KEY] = VERSION
    return tree.data


def _sampled(geometry: Socket, value: Socket, index: Socket | int) -> Socket:
    kind = "FLOAT_VECTOR" if value.type == "VECTOR" else "FLOAT"
    made = n.node("GeometryNodeSampleIndex", data_type=kind, domain="POINT", clamp=True)
    return made.set(geometry=geometry, value=value, index=index).as_socket()


def _sum(value: Socket) -> Socket:
    return n.node("GeometryNodeAccumulateField", data_type="FLOAT", domain="POINT", value=value)["Leading"]


def _path(tree: Tree, curve: Socket, i: Inputs) -> _Way:
    fall = n.first_output("GeometryNodeCurveLength", curve=curve)
    rows = n.clamp(fall * 2.5 * i.detail, 24.0, 220.0)
    rows = n.first_output("FunctionNodeFloatToInt", rows, rounding_mode="CEILING")
    line = n.curve_to_mesh(n.resample(curve, rows))
    first, last = _sampled(line, n.position(), 0), _sampled(line, n.position(), rows - 1)
    chord = (last - first) * (1.0, 1.0, 0.0)
    far = n.vector_math("LENGTH", chord)
    way = n.vector_math("NORMALIZE", n.switch(far > 1e-3, (0.0, -1.0, 0.0), chord))
    side = n.combine_xyz(way.y * -1.0, way.x, 0.0)
    here, before = n.position(), _sampled(line, n.position(), n.index() - 1)
    flat = n.vector_math("LENGTH", (here - before) * (1.0, 1.0, 0.0))
    slope = (before.z - here.z) / n.maximum(flat, 1e-3)
    line = n.store(line, "leaves", i.speed * i.leap * n.smoothstep(slope, WALL, LEDGE))
    line = n.store(line, "run", _sum(flat))
    line = n.store(line, "reach", n.attribute("run"))

    def throw(state: dict[str, Socket]) -> dict[str, Socket]:
        """What the point of this round throws, to all below it."""
        line, number = state["Line"], state["Round"]
        low = n.maximum(_sampled(line, n.position(), number).z - n.position().z, 0.0)
        far = _sampled(line, n.attribute("run"), number) + _sampled(line, n.attribute("leaves"), number) * n.sqrt(
            low * (2.0 / GRAVITY)
        )
        farther = n.switch(n.index() >= number, 0.0, far)
        return {"Line": n.store(line, "reach", n.maximum(n.attribute("reach"), farther)), "Round": number + 1}

    line = n.repeat(rows, {"Line": line, "Round": tree.add("FunctionNodeInputInt", integer=0).as_socket()}, throw)[
        "Line"
    ]
    line = n.store(line, "centre", n.position() + way * (n.attribute("reach") - n.attribute("run")))
    fallen = n.maximum(first.z - n.position().z, 0.0)
    line = n.store(line, "fallen", fallen)
    centre = n.attribute("centre", "FLOAT_VECTOR")
    stretch = n.vector_math("LENGTH", centre - _sampled(line, centre, n.index() - 1))
    # Rock and air slow it: about two thirds of the height's energy stay
    line = n.store(line, "flight", _sum(stretch / n.sqrt(i.speed * i.speed + fallen * (GRAVITY * 1.35) + 0.2)))
    return _Way(line, rows, way, side)


def _sheet(tree: Tree, way: _Way, i: Inputs, seconds: Socket) -> Socket:
    columns = n.first_output(
        "FunctionNodeFloatToInt", n.clamp(i.width / i.strand * 5.0 * i.detail, 12.0, 160.0), rounding_mode="CEILING"
    )
    grid = n.node("GeometryNodeMeshGrid", size_x=1.0, size_y=1.0, vertices_x=columns, vertices_y=way.rows)["Mesh"]
    apart = n.points(i.layers, n.combine_xyz(n.index() * 2.0, 0.0, 0.0))
    sheets = n.realize(n.instance_on(apart, grid))
    at = n.position()
    layer = n.math("ROUND", at.x * 0.5)
    u = (at.x - layer * 2.0) * 2.0
    row = n.first_output("FunctionNodeFloatToInt", (at.y + 0.5) * (way.rows - 1), rounding_mode="ROUND")
    for name, value in (("layer_", layer), ("u_", u), ("row_", row)):
        sheets = n.store(sheets, name, value)
    layer, u, row = n.attribute("layer_"), n.attribute("u_"), n.attribute("row_", "INT")
    told = n.attribute("centre", "FLOAT_VECTOR")
    centre, fallen = _sampled(way.line, told, row), _sampled(way.line, n.attribute("fallen"), row)
    along = n.vector_math("NORMALIZE", _sampled(way.line, told, row + 1) - _sampled(way.line, told, row - 1))
    out = n.vector_math("NORMALIZE", n.vector_math("CROSS_PRODUCT", along, way.side))
    broken = n.smoothstep(fallen, 0.0, i.breaks)
    own = n.combine_xyz(layer * 5.3 + i.seed * 0.37, i.seed * 1.7, 0.0)
    across = u * i.width * 0.5
    # Strands do not leave the lip at one time: fronts are ragged
    late = n.noise(n.combine_xyz(across / i.strand * 0.6, 0.0, 7.0) + own, detail=2.0) - 0.5
    moment = _sampled(way.line, n.attribute("flight"), row) - seconds + late * i.ragged * 1.6
    veil = n.combine_xyz(across / i.strand, moment, layer * 1.9 + i.seed * 0.83)
    clump = n.noise(n.combine_xyz(across / i.strand * 0.7, moment * 1.4, 0.0) + own, detail=3.0, roughness=0.6)
    sway = n.noise(n.combine_xyz(n.math("SIGN", u) * 3.0, moment * 0.7, 2.0) + own, detail=2.0) - 0.5
    inner = n.smoothstep(clump, 0.25, 0.75)
    wide = i.width * 0.5 + fallen * i.spread + sway * i.ragged * broken * n.minimum(i.width * 0.35, i.strand * 4.0)
    wide = wide * (1.0 - n.smoothstep(broken, 0.0, 0.5) * 0.06 * layer)
    curl = (
        (n.noise(n.combine_xyz(across / i.strand * 1.3, moment * 0.9, 5.0) + own, detail=2.0) - 0.5)
        * i.strand
        * broken
        * i.ragged
    )
    # A sheet thins to its edges; a little stays between layers, that none lies in another
    lens = n.sqrt(n.maximum(1.0 - u * u, 0.0))
    depth = i.thickness * (layer * (n.mix(broken, 0.06, 0.55)) + inner * n.mix(broken, 0.12, 1.3) * i.ragged * lens)
    spot = centre + way.side * (u * wide + curl) + out * (depth + 0.01)
    for name, value in (
        ("veil", veil),
        ("broken", broken),
        ("edge", abs(u)),
        ("fallen", fallen),
    ):
        sheets = n.store(sheets, name, value)
    sheets, spot = n.capture(sheets, spot)
    sheets = n.set_position(sheets, spot)
    for name in ("layer_", "u_", "row_"):
        sheets = tree.add("GeometryNodeRemoveAttribute", geometry=sheets, name=name).as_socket()
    return n.shade_smooth(sheets)


def _pool(i: Inputs, way: _Way, foot: Socket, half: Socket, seconds: Socket) -> Socket:
    """A disc of water about where the fall comes down: it churns there, and rings and foam run out from it."""
    count = n.first_output(
        "FunctionNodeFloatToInt", n.clamp(i.pool * 14.0 * i.detail, 40.0, 220.0), rounding_mode="CEILING"
    )
    side = n.maximum(i.pool * 2.0, 0.01)
    disc = n.node("GeometryNodeMeshGrid", size_x=side, size_y=side, vertices_x=count, vertices_y=count)["Mesh"]
    at = n.position()
    turn = n.math("ARCTAN2", at.y, at.x)
    bays = n.noise(n.combine_xyz(n.cos(turn), n.sin(turn), i.seed * 0.71), scale=1.3, detail=3.0) - 0.5
    outside = n.vector_math("LENGTH", at) > i.pool * (0.97 + bays * 0.25)
    disc = n.delete(disc, outside)
    at = n.position()
    beside = n.maximum(abs(at.dot(way.side)) - half * 0.75, 0.0)
    ahead = at.dot(way.dir)
    away = n.vector_math("LENGTH", n.combine_xyz(beside, ahead, 0.0))
    reach = n.maximum(i.pool, 0.01)
    boil = n.smoothstep(away, reach * 0.3 + i.thickness, 0.0)
    rough = n.noise(at / i.strand * 0.55 + n.combine_xyz(0.0, i.seed * 1.9, seconds * 1.7), detail=4.0, roughness=0.62)
    rings = n.sin(away / i.strand * 2.6 - seconds * 5.0 + rough * 3.0) * n.smoothstep(away, reach * 1.05, 0.0)
    lift = boil * (rough - 0.25) * i.thickness * 2.2 + rings * i.ripples * 0.6 + (rough - 0.5) * i.ripples
    drift = at - way.dir * (seconds * 0.35)
    lace = n.noise(
        drift / i.strand * 0.5 + n.combine_xyz(i.seed * 0.3, 0.0, seconds * 0.1),
        detail=5.0,
        roughness=0.66,
        distortion=0.8,
    )
    patches = n.smoothstep(lace + (1.0 - away / reach) * 0.26, 0.46, 0.88) * n.smoothstep(away, reach, reach * 0.2)
    foam = n.clamp((boil * 1.6 + patches * 0.85) * (i.foam * 1.3))
    disc = n.store(disc, "foam", foam)
    disc = n.store(disc, "depth", i.pool * 0.2 * n.smoothstep(away, reach, 0.0))
    disc = n.set_position(disc, n.combine_xyz(at.x, at.y, lift) + foot)
    return n.delete(n.shade_smooth(disc), n.math("LESS_THAN", i.pool, 0.01) > 0.5)


def sized(width: float, drop: float, speed: float, **others: object) -> WaterfallParams:
    """The parameters of a fall by its size: strands, break-up and pool in proportion. m, m/s."""
    thick = float(np.clip(0.07 * width + 0.012 * drop, 0.08, 3.0))
    made = WaterfallParams(
        width=width,
        speed=speed,
        thickness=thick,
        strand=float(np.clip(0.1 * width + 0.006 * drop, 0.12, 3.0)),
        breaks=float(np.clip(4.0 + thick * 12.0, 1.0, max(drop * 0.5, 1.0))),
        pool=pool_radius(width, drop),
        ripples=float(np.clip(0.02 + drop * 0.001, 0.02, 0.2)),
    )
    return check(replace(made, **others))  # type: ignore[arg-type]


def pool_radius(width: float, drop: float) -> float:
    """Radius of the pool that a fall digs, m: somewhat wider than the fall, more under a high one."""
    return 0.75 * width + 0.9 * float(np.sqrt(max(drop, 0.0)))
