"""The group "Scatter": points over any land by masks, and on them the individuals of a collection. Live, instanced, never made real.

One modifier a layer, on an object whose own mesh is empty; the land comes in by an object input. What an artist turns is in the modifier:
spacing, limits of slope and altitude, a painted (or measured) attribute, clumps, sizes, turns, levels of detail, culling by the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import bpy

from ...params import param
from ..graph import Inputs, Socket, Tree, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import apply_group
from .sources import Sources
from .spaced import spaced_points

GROUP_KEY = "dreamgrove_scatter"
VERSION = 2
METHODS = ("spaced", "random", "surface")


@dataclass(frozen=True)
class ScatterParams:
    """Metres and radians; masks multiply."""

    method: str = param(
        "spaced",
        "Kept apart as seen from above; anywhere; kept apart on any surface, overhanging too (slower)",
        choices=METHODS,
        panel="Placing",
    )
    density: float = param(0.05, "Most that stand on a square metre", min=0.0, max=2000.0, panel="Placing")
    spacing: float = param(2.0, "Least distance between two", min=0.0, max=100.0, unit="m", panel="Placing")
    steepest: float = param(0.8, "Slope on which none stand", min=0.0, max=1.6, unit="rad", panel="Limits")
    flattest: float = param(0.0, "Slope below which none stand", min=0.0, max=1.6, unit="rad", panel="Limits")
    lowest: float = param(-10000.0, "Altitude below which none stand", min=-10000, max=10000, unit="m", panel="Limits")
    highest: float = param(10000.0, "Altitude above which none stand", min=-10000, max=10000, unit="m", panel="Limits")
    soft: float = param(0.5, "How gradual the limits of altitude are", min=0.0, max=1000.0, unit="m", panel="Limits")
    mask: str = param("", "Attribute of the land where they stand: painted, or measured", panel="Masks")
    mask_low: float = param(0.0, "Its value where there are none", min=-1e6, max=1e6, panel="Masks")
    mask_high: float = param(1.0, "Its value where there are all", min=-1e6, max=1e6, panel="Masks")
    avoid: str = param("", "Attribute of the land where none stand at 1", panel="Masks")
    patch: float = param(20.0, "Size of patches", min=0.01, max=5000.0, unit="m", panel="Clumps")
    patchiness: float = param(0.0, "How much they keep to patches", min=0.0, max=1.0, panel="Clumps")
    cover: float = param(0.5, "Share of the land under patches", min=0.0, max=1.0, panel="Clumps")
    clump: float = param(4.0, "Distance between clumps", min=0.01, max=500.0, unit="m", panel="Clumps")
    clumping: float = param(0.0, "How much they gather in clumps", min=0.0, max=1.0, panel="Clumps")
    smallest: float = param(0.7, "Size of the smallest", min=0.001, max=100.0, panel="Shape")
    largest: float = param(1.2, "Size of the largest", min=0.001, max=100.0, panel="Shape")
    small_many: float = param(1.0, "Above 1, most are small", min=0.1, max=10.0, panel="Shape")
    upright: float = param(0.9, "0 square to the land, 1 upright", min=0.0, max=1.0, panel="Shape")
    tilt: float = param(0.06, "How far they lean at random", min=0.0, max=3.2, unit="rad", panel="Shape")
    turn: float = param(6.2832, "How far they turn at random", min=0.0, max=6.2832, unit="rad", panel="Shape")
    sink: float = param(0.0, "How deep they stand in the land", min=-100.0, max=100.0, unit="m", panel="Shape")
    near: float = param(25.0, "Distance within which the near ones show", min=0.0, max=1e5, unit="m", panel="Detail")
    reach: float = param(0.0, "Distance beyond which none show, 0 for any", min=0.0, max=1e6, unit="m", panel="Detail")
    cull: bool = param(False, "Only what the camera may see", panel="Detail")
    view_angle: float = param(0.9, "Half the angle that the camera sees", min=0.0, max=3.15, unit="rad", panel="Detail")
    around: float = param(30.0, "What is kept behind the camera", min=0.0, max=1e4, unit="m", panel="Detail")
    shown: float = param(0.3, "Share that the viewport shows", min=0.0, max=1.0, panel="Detail")
    proxies: bool = param(True, "Simple shapes in the viewport", panel="Detail")
    seed: int = param(0, "Another arrangement", min=0, max=9999)


def scatter_group() -> bpy.types.NodeTree:
    """This file's group, or a new one."""
    return kept_group(GROUP_KEY, VERSION, lambda: build(ScatterParams()))


def build(p: ScatterParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ScatterParams, the land, the camera and three collections of the same individuals."""
    with new_tree("Scatter", p) as tree:
        i = tree.i
        tree.geometry_input()
        land_object = tree.object_input("Land", "What they stand on")
        camera = tree.object_input("Camera", "From where distances are measured; none for the scene's")
        far, near, proxy = (
            tree.socket_input(label, "NodeSocketCollection", place=3 + k)
            for k, label in enumerate(("Far Ones", "Near Ones", "Proxy Ones"))
        )
        with tree.frame("Land"):
            land = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=land_object)["Geometry"]
        with tree.frame("Masks"):
            wanted = _mask(i)
        with tree.frame("Points"):
            points, up = _points(tree, land, wanted)
        with tree.frame("Levels of detail"):
            points, is_near = _levels(tree, points, camera)
        with tree.frame("Individuals"):
            tree.o.geometry << _instances(tree, points, up, is_near, far, near, proxy)
    tree.data[GROUP_KEY] = VERSION
    return tree.data


def _mask(i: Inputs) -> Socket:
    """How many stand at a point of the land, 0..1."""
    slope = n.math("ARCCOSINE", n.clamp(n.normal().z, -1.0, 1.0))
    height = n.position().z
    steep = n.smoothstep(slope, i.steepest, i.steepest * 0.8)
    flat = n.maximum(n.smoothstep(slope, i.flattest * 0.8, i.flattest + 0.001), i.flattest <= 0.0)
    above = n.smoothstep(height, i.lowest - i.soft * 0.5, i.lowest + i.soft * 0.5 + 1e-4)
    below = n.smoothstep(height, i.highest + i.soft * 0.5 + 1e-4, i.highest - i.soft * 0.5)
    # A name that the land does not have limits nothing.
    told = n.node("GeometryNodeInputNamedAttribute", data_type="FLOAT", name=i.mask)
    painted = n.switch(told["Exists"], 1.0, n.map_range(told["Attribute"], i.mask_low, i.mask_high))
    kept_off = n.node("GeometryNodeInputNamedAttribute", data_type="FLOAT", name=i.avoid)
    free = 1.0 - n.clamp(kept_off["Attribute"])
    drift = n.noise(n.position() / i.patch, scale=1.0, detail=3.0, roughness=0.55, w=i.seed * 0.731)
    edge = 0.5 + (0.5 - i.cover) * 0.55
    # Asked of a number that is the same everywhere, a switch leaves what it does not take undone.
    patches = n.switch(i.patchiness > 0.0, 1.0, n.mix(i.patchiness, 1.0, n.smoothstep(drift, edge - 0.05, edge + 0.05)))
    near_one = n.voronoi(n.position() / i.clump, scale=1.0, w=i.seed * 0.377)["Distance"]
    clumps = n.switch(i.clumping > 0.0, 1.0, n.mix(i.clumping, 1.0, n.smoothstep(near_one, 0.5, 0.2)))
    return steep * flat * above * below * painted * free * patches * clumps


def _nowhere(wanted: Socket) -> Socket:
    """Faces at none of whose points any stand: points are not even tried there."""
    tree = wanted.tree
    over = tree.add("GeometryNodeFieldOnDomain", data_type="FLOAT", domain="FACE", value=wanted)
    return over.as_socket() <= 0.0


def _points(tree: Tree, land: Socket, wanted: Socket) -> tuple[Socket, Socket]:
    """Points with the land's normal."""
    i = tree.i
    made = {"spaced": _seen_from_above(tree, land, wanted)}
    land, wanted = n.capture(land, wanted)
    land = n.first_output("GeometryNodeDeleteGeometry", domain="FACE", geometry=land, selection=_nowhere(wanted))
    anywhere = tree.add("GeometryNodeDistributePointsOnFaces", distribute_method="RANDOM")
    anywhere.set(mesh=land, density=wanted * i.density, seed=i.seed)
    apart = tree.add("GeometryNodeDistributePointsOnFaces", distribute_method="POISSON")
    apart.set(mesh=land, distance_min=i.spacing, density_max=i.density, density_factor=wanted, seed=i.seed)
    made |= {
        name: n.capture(each["Points"], each["Normal"]) for name, each in (("random", anywhere), ("surface", apart))
    }
    points = n.menu_switch(i.method, {name: made[name][0] for name in METHODS})
    up = n.menu_switch(i.method, {name: made[name][1] for name in METHODS})
    return points, up


def _seen_from_above(tree: Tree, land: Socket, wanted: Socket) -> tuple[Socket, Socket]:
    """Points on what is uppermost of the land, and its normal: one ray each, which brings both and what the masks say."""
    i = tree.i
    box = tree.add("GeometryNodeBoundBox", geometry=land)
    points = spaced_points(box["Min"], box["Max"], i.density, i.spacing, i.seed)
    above = n.combine_xyz(n.position().x, n.position().y, box["Max"].z + 1.0)
    normal = n.normal()
    land, told = n.capture(land, n.combine_xyz(normal.x, normal.y, wanted))
    ray = tree.add("GeometryNodeRaycast", data_type="FLOAT_VECTOR", target_geometry=land, source_position=above)
    ray.set({"Attribute": told})
    ray.set(ray_direction=(0.0, 0.0, -1.0), ray_length=box["Max"].z - box["Min"].z + 2.0)
    found = tree.add("GeometryNodeCaptureAttribute", domain="POINT", geometry=points)
    for kind, name in (("BOOLEAN", "Is Hit"), ("VECTOR", "Hit Position"), ("VECTOR", "Attribute")):
        found.data.capture_items.new(kind, name)
        found.set({name: ray[name]})
    told = found["Attribute"]
    stands = found["Is Hit"] & n.random_chance(told.z, seed=i.seed + 12)
    points = n.set_position(n.delete(found["Geometry"], ~stands), found["Hit Position"])
    level = told * (1.0, 1.0, 0.0)
    return points, n.combine_xyz(told.x, told.y, n.sqrt(n.maximum(1.0 - level.dot(level), 0.0)))


def _levels(tree: Tree, points: Socket, camera: Socket) -> tuple[Socket, Socket]:
    """What the camera cannot see is left out; whether a point is near. The viewport shows a share."""
    i = tree.i
    chosen = tree.add("GeometryNodeInputActiveCamera")["Active Camera"]
    told = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=camera)
    scene = tree.add("GeometryNodeObjectInfo", transform_space="RELATIVE", object=chosen)
    # An object input that is empty gives the identity: no way to ask, but a camera at the very origin is nobody's.
    empty = n.vector_math("LENGTH", told["Location"]) <= 0.0
    eye = n.switch(empty, told["Location"], scene["Location"])
    turned = n.switch(empty, told["Rotation"], scene["Rotation"])
    ahead = n.first_output("FunctionNodeRotateVector", vector=(0.0, 0.0, -1.0), rotation=turned)
    away = n.position() - eye
    distance = away.length
    angle = n.math("ARCCOSINE", n.clamp(away.normalized().dot(ahead), -1.0, 1.0))
    unseen = i.cull & (angle > i.view_angle) & (distance > i.around)
    beyond = (i.reach > 0.0) & (distance > i.reach)
    viewport = tree.add("GeometryNodeIsViewport").as_socket()
    hidden = viewport & ~n.random_chance(i.shown, seed=i.seed + 11)
    points, is_near = n.capture(points, (distance < i.near) & ~(viewport & i.proxies))
    return n.delete(points, unseen | beyond | hidden), is_near


def _instances(
    tree: Tree, points: Socket, up: Socket, is_near: Socket, far: Socket, near: Socket, proxy: Socket
) -> Socket:
    i = tree.i
    points = n.set_position(points, offset=n.combine_xyz(0.0, 0.0, i.sink * -1.0))
    drawn = n.math("POWER", n.random_value(0.0, 1.0, seed=i.seed + 1), i.small_many)
    size = n.mix(drawn, i.smallest, i.largest)
    stand = n.mix(i.upright, up, (0.0, 0.0, 1.0)).normalized()
    base = n.align_to(stand, "Z")
    lean = n.combine_xyz(
        n.random_value(-1.0, 1.0, seed=i.seed + 2) * i.tilt,
        n.random_value(-1.0, 1.0, seed=i.seed + 3) * i.tilt,
        n.random_value(-0.5, 0.5, seed=i.seed + 4) * i.turn,
    )
    turned = n.first_output(
        "FunctionNodeRotateRotation",
        rotation_space="LOCAL",
        rotation=base,
        rotate_by=n.first_output("FunctionNodeEulerToRotation", euler=lean),
    )
    pick = n.random_value(0, 1_000_000, seed=i.seed + 5)
    parts = [
        tree.add(
            "GeometryNodeCollectionInfo",
            transform_space="ORIGINAL",
            collection=collection,
            separate_children=True,
            reset_children=True,
        ).as_socket()
        for collection in (far, near, proxy)
    ]
    viewport = tree.add("GeometryNodeIsViewport").as_socket()
    usual = n.switch(viewport & i.proxies, parts[0], parts[2])
    stored, each = n.capture(points, pick)
    shape = {"rotation": turned, "scale": n.combine_xyz(size, size, size), "pick": each}
    return n.join(
        n.instance_on(stored, usual, selection=~is_near, **shape),
        n.instance_on(stored, parts[1], selection=is_near, **shape),
    )


def add_layer(
    name: str,
    params: ScatterParams,
    sources: Sources,
    land: bpy.types.Object,
    into: bpy.types.Collection,
    camera: bpy.types.Object | None = None,
) -> bpy.types.Object:
    """A new object whose modifier scatters the sources over the land."""
    mesh = bpy.data.meshes.new(name)
    obj = bpy.data.objects.new(name, mesh)
    try:
        modifier = apply_group(obj, scatter_group(), replace(params, seed=params.seed % 10_000))
        set_data_inputs(
            modifier,
            {
                "Land": land,
                "Far Ones": sources.far,
                "Near Ones": sources.near,
                "Proxy Ones": sources.proxy,
                "Camera": camera,
            },
        )
        into.objects.link(obj)
    except BaseException:
        bpy.data.objects.remove(obj)
        bpy.data.meshes.remove(mesh)
        raise
    return obj


def set_data_inputs(modifier: bpy.types.Modifier, values: dict[str, bpy.types.ID | None]) -> None:
    """Set inputs of a Geometry Nodes modifier that take data-blocks, by name."""
    tree = modifier.node_group
    items = {i.name: i for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "INPUT"}
    for name, value in values.items():
        if value is None:
            continue
        if hasattr(modifier, "properties") and hasattr(modifier.properties, "inputs"):  # 5.2 and later
            getattr(modifier.properties.inputs, items[name].identifier).value = value
        else:
            modifier[items[name].identifier] = value
    modifier.id_data.update_tag()
