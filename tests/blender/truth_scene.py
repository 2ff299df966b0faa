"""A small scene of everything that a ground truth must tell apart, whose geometry is known."""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Matrix
from mathutils.bvhtree import BVHTree

SIZE = (96, 72)


def material(name: str, color=(0.5, 0.4, 0.3), alpha: float = 1.0, roughness: float = 1.0) -> bpy.types.Material:
    made = bpy.data.materials.new(name)
    if made.node_tree is None:
        made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Base Color"].default_value = (*color, 1.0)
    shader.inputs["Alpha"].default_value = alpha
    shader.inputs["Roughness"].default_value = roughness
    return made


def item(name: str, mesh: bpy.types.Mesh, place=(0, 0, 0), parts: bpy.types.Material | None = None):
    obj = bpy.data.objects.new(name, mesh)
    obj.location = place
    bpy.context.scene.collection.objects.link(obj)
    if parts is not None:
        mesh.materials.append(parts)
    return obj


def box_mesh(size: float) -> bpy.types.Mesh:
    h = size / 2
    mesh = bpy.data.meshes.new("Box")
    points = [(x, y, z) for x in (-h, h) for y in (-h, h) for z in (-h, h)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(points, [], faces)
    return mesh


def plane_mesh(width: float, depth: float, cells: int = 1) -> bpy.types.Mesh:
    x, y = np.meshgrid(np.linspace(-width / 2, width / 2, cells + 1), np.linspace(-depth / 2, depth / 2, cells + 1))
    points = np.stack([x, y, 0 * x], -1).reshape(-1, 3)
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).reshape(-1)
    faces = np.stack([corner, corner + 1, corner + cells + 2, corner + cells + 1], -1)
    mesh = bpy.data.meshes.new("Plane")
    mesh.from_pydata(points.tolist(), [], faces.tolist())
    return mesh


def group(name: str):
    tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
    for in_out in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=in_out, socket_type="NodeSocketGeometry")
    return tree, tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")


def instancing(obj: bpy.types.Object, count: int, offset, what) -> None:
    """A modifier that adds instances along a line. what: an object, or a material for small cubes of the group's own."""
    tree, begin, end = group(f"Instances of {what.name}")
    line = tree.nodes.new("GeometryNodeMeshLine")
    line.mode = "OFFSET"
    line.inputs["Count"].default_value = count
    line.inputs["Offset"].default_value = offset
    if isinstance(what, bpy.types.Object):
        shape = tree.nodes.new("GeometryNodeObjectInfo")
        shape.inputs["Object"].default_value = what
        shape.inputs["As Instance"].default_value = True
        geometry = shape.outputs["Geometry"]
    else:
        shape, painted = tree.nodes.new("GeometryNodeMeshCube"), tree.nodes.new("GeometryNodeSetMaterial")
        shape.inputs["Size"].default_value = (0.4, 0.4, 0.2)
        painted.inputs["Material"].default_value = what
        tree.links.new(shape.outputs[0], painted.inputs[0])
        geometry = painted.outputs[0]
    instances, join = tree.nodes.new("GeometryNodeInstanceOnPoints"), tree.nodes.new("GeometryNodeJoinGeometry")
    tree.links.new(line.outputs[0], instances.inputs["Points"])
    tree.links.new(geometry, instances.inputs["Instance"])
    tree.links.new(begin.outputs[0], join.inputs[0])
    tree.links.new(instances.outputs[0], join.inputs[0])
    tree.links.new(join.outputs[0], end.inputs[0])
    obj.modifiers.new("Instances", "NODES").node_group = tree


def build() -> bpy.types.Scene:
    """Ground, a turning box, a flag that bends, three trees scattered by the ground, each with leaves, a pane that is nearly clear, and a
    bare box, in thin fog; the camera, with a shifted lens, moves. Frames 1 and 2.
    """
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    brown, green = material("Brown"), material("Green", (0.1, 0.6, 0.1))
    tree = item("Tree", box_mesh(0.3), (0, 0, -50), brown)  # what is scattered stands out of sight
    instancing(tree, 2, (0, 0, 0.5), green)
    ground = item("Land", plane_mesh(40, 40, 8), parts=brown)
    instancing(ground, 3, (1.2, 0.3, 0), tree)
    box = item("Turning Box.001", box_mesh(1.0), (-1.5, 0, 0.8), material("Red", (0.8, 0.1, 0.1)))
    flag = item("Flag", plane_mesh(1.5, 1.0, 6), (-1.0, 2.5, 2.0), green)
    flag.rotation_euler = (math.radians(80), 0, 0)
    flag.shape_key_add(name="Basis")
    bent = flag.shape_key_add(name="Bent")
    for point in bent.data:
        point.co.z += 0.3 * point.co.x**2
        point.co.x *= 0.9
    item("Pane", plane_mesh(2.5, 1.0), (2.0, -2.0, 0.6), material("Clear", alpha=0.2)).rotation_euler.x = math.pi / 2
    item("Bare", box_mesh(0.7), (-2.8, 1.5, 0.35))
    camera = item_camera(scene)
    for frame, moves in ((1, 0.0), (2, 1.0)):
        box.location.z, box.rotation_euler.z = 0.8 + 0.1 * moves, 0.4 + 0.2 * moves
        bent.value = moves
        camera.location = (0.1 + 0.15 * moves, -7.0, 1.6)
        camera.rotation_euler = (math.radians(82), 0.02, 0.05 * moves)
        for each, path in (
            (box, "location"),
            (box, "rotation_euler"),
            (camera, "location"),
            (camera, "rotation_euler"),
        ):
            each.keyframe_insert(path, frame=frame)
        bent.keyframe_insert("value", frame=frame)
    world = scene.world = bpy.data.worlds.new("World")
    if world.node_tree is None:
        world.use_nodes = True
    fog = world.node_tree.nodes.new("ShaderNodeVolumeScatter")
    fog.inputs["Density"].default_value = 0.05
    output = next(node for node in world.node_tree.nodes if node.bl_idname == "ShaderNodeOutputWorld")
    world.node_tree.links.new(fog.outputs[0], output.inputs["Volume"])
    scene.frame_set(1)
    return scene


def item_camera(scene: bpy.types.Scene) -> bpy.types.Object:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens, camera.data.shift_x, camera.data.shift_y = 35.0, 0.05, -0.03
    camera.data.dof.use_dof, camera.data.dof.focus_distance = True, 3.0
    camera.scale = (2, 2, 2)  # Blender renders as if it were 1
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def triangles(frame: int, without: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """World triangles [F, 3, 3] of everything at a frame, by "object" or "Land/2/Tree" for instances."""
    scene = bpy.context.scene
    scene.frame_set(frame)
    found: dict[str, list[np.ndarray]] = {}
    for each in bpy.context.evaluated_depsgraph_get().object_instances:
        if each.object.type != "MESH" or each.object.name in without:
            continue
        mesh = each.object.data
        mesh.calc_loop_triangles()
        matrix = np.array(each.matrix_world)
        points = np.array([vertex.co for vertex in mesh.vertices]) @ matrix[:3, :3].T + matrix[:3, 3]
        name = each.object.name
        if each.is_instance and each.parent.name != name:
            numbers = [number for number in each.persistent_id if number != 2**31 - 1]
            name = f"{each.parent.name}/{numbers[-1]}/{name}"
        found.setdefault(name, []).append(points[[tuple(t.vertices) for t in mesh.loop_triangles]])
    return {name: np.concatenate(parts) for name, parts in found.items()}


def cast(world: dict[str, np.ndarray], begin: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far along directions [N, 3] rays first meet a triangle, in lengths of the direction (inf = never), and whose it is (-1 = none)."""
    names = list(world)
    corners = np.concatenate(list(world.values()))
    owner = np.repeat(np.arange(len(names)), [len(each) for each in world.values()])
    tree = BVHTree.FromPolygons(corners.reshape(-1, 3).tolist(), np.arange(corners.size // 3).reshape(-1, 3).tolist())
    far, whose = np.full(len(begin), np.inf), np.full(len(begin), -1)
    for i, (start, way) in enumerate(zip(begin.tolist(), direction.tolist(), strict=True)):
        _, _, face, distance = tree.ray_cast(start, way)
        if face is not None:
            far[i], whose[i] = distance / np.linalg.norm(way), owner[face]
    return far, whose


def blender_pixels(scene: bpy.types.Scene, camera_matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where Blender's own projection puts world points [N, 3] for its camera at a pose: [N, 2] px, the top left pixel's middle at 0."""
    graph = bpy.context.evaluated_depsgraph_get()
    width, height = SIZE
    projection = np.array(scene.camera.calc_matrix_camera(graph, x=width, y=height))
    clip = np.c_[points, np.ones(len(points))] @ (projection @ np.array(Matrix(camera_matrix.tolist()).inverted())).T
    ndc = clip[:, :2] / clip[:, 3:]
    return np.stack([(ndc[:, 0] + 1) * width / 2 - 0.5, (1 - ndc[:, 1]) * height / 2 - 0.5], -1)
