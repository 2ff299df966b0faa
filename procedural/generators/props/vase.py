"""Vase: thrown on the wheel, with foot, belly, neck and lip, flutes and handles if wanted; glazed or bare."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.ceramic import GLAZE, TERRACOTTA, GlazeParams, TerracottaParams
from ...parts.boards import tinted, turned
from ...parts.shapes import count, tube
from ..base import Family


@dataclass(frozen=True)
class VaseParams:
    height: float = param(0.3, "Height", min=0.03, max=2.0, unit="m", usual=(0.24, 0.38))
    belly: float = param(0.095, "Greatest radius", min=0.01, max=1.0, unit="m", panel="Outline", usual=(0.08, 0.115))
    belly_height: float = param(
        0.58, "Where it is widest, as a share of the height", min=0.15, max=0.8, panel="Outline", usual=(0.42, 0.66)
    )
    foot: float = param(
        0.055, "Radius of the foot", min=0.005, max=1.0, unit="m", panel="Outline", usual=(0.045, 0.065)
    )
    neck: float = param(0.036, "Radius of the neck", min=0.004, max=1.0, unit="m", panel="Outline", usual=(0.028, 0.05))
    neck_length: float = param(
        0.16, "Length of the neck, as a share of the height", min=0.02, max=0.5, panel="Outline", usual=(0.1, 0.24)
    )
    lip: float = param(0.052, "Radius of the lip", min=0.005, max=1.0, unit="m", panel="Outline", usual=(0.04, 0.065))
    wall: float = param(
        0.005, "Thickness of the wall", min=0.001, max=0.05, unit="m", panel="Outline", usual=(0.004, 0.007)
    )
    flutes: int = param(0, "Flutes around it, 0 for none", min=0, max=64, panel="Decoration")
    flute_depth: float = param(
        0.04, "Depth of the flutes, of the radius", min=0.0, max=0.3, panel="Decoration", usual=(0.02, 0.06)
    )
    twist: float = param(0.0, "How far flutes turn on their way up", min=-6.3, max=6.3, unit="rad", panel="Decoration")
    handles: int = param(0, "Handles", min=0, max=4, panel="Handles")
    handle: float = param(
        0.011, "Thickness of a handle", min=0.002, max=0.1, unit="m", panel="Handles", usual=(0.009, 0.014)
    )
    unround: float = param(
        0.012, "How far the potter's hands were off", min=0.0, max=0.2, panel="Decoration", usual=(0.0, 0.03)
    )
    finish: str = param("glazed", "What it is made of", choices=("glazed", "bare"), panel="Colour")
    color: tuple[float, ...] = param(
        (0.3, 0.43, 0.34), "Colour of glaze or clay, linear RGB", min=0, max=1, panel="Colour", spread=0.35
    )
    seed: int = param(0, "Another potter's day", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "vase": VaseParams(),
    "amphora": VaseParams(
        height=0.62, belly=0.165, belly_height=0.62, foot=0.05, neck=0.055, neck_length=0.24, lip=0.078, wall=0.009, handles=2,
        handle=0.02, finish="bare", color=(0.47, 0.2, 0.095), unround=0.008,
    ),
    "bud_vase": VaseParams(
        height=0.2, belly=0.062, belly_height=0.3, foot=0.042, neck=0.012, neck_length=0.42, lip=0.019, wall=0.0035,
        color=(0.09, 0.036, 0.02),
    ),
    "fluted_vase": VaseParams(
        height=0.34, belly=0.11, belly_height=0.64, foot=0.062, neck=0.07, neck_length=0.08, lip=0.088, flutes=16, flute_depth=0.06,
        twist=0.5, color=(0.66, 0.62, 0.55),
    ),
    "flower_pot": VaseParams(
        height=0.19, belly=0.092, belly_height=0.78, foot=0.068, neck=0.1, neck_length=0.1, lip=0.108, wall=0.009, finish="bare",
        color=(0.47, 0.185, 0.085),
    ),
}  # fmt: skip


def build(p: VaseParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of VaseParams."""
    glaze = shared(GLAZE, GlazeParams(color=p.color, bare=0.006), "Vase Glaze")
    clay = shared(TERRACOTTA, TerracottaParams(), "Vase Clay")
    with new_tree("Vase", p) as tree:
        i = tree.i
        glazed = tree.material_input("Glaze", glaze, "What it is made of where it is glazed")
        bare = tree.material_input("Clay", clay, "What it is made of where it is bare")
        with tree.frame("Body"):
            body = _body(i)
        with tree.frame("Handles"):
            whole = n.join(body, n.switch(i.handles > 0, None, _handles(i)))
        with tree.frame("Finish"):
            off = n.noise_vector(n.position() / i.height, scale=1.2, detail=0.0, w=i.seed * 1.31)
            lift = n.smoothstep(n.position().z / i.height, 0.02, 0.4)
            whole = n.set_position(whole, offset=off * (lift * i.belly * i.unround * 3.0))
            whole = tinted(whole, i.color)
            whole = n.set_material(whole, glazed, selection=i.finish == "glazed")
            tree.o.geometry << n.set_material(whole, bare, selection=i.finish == "bare")
    return tree.data


def _body(i: Inputs) -> Socket:
    h, w = i.height, i.wall
    belly_at = h * n.minimum(i.belly_height, 0.94 - i.neck_length)
    neck_at = h * (1.0 - i.neck_length)
    shoulder = n.mix(0.62, belly_at, neck_at)
    shoulder_r = n.mix(0.5, i.belly, i.neck)
    low, low_r = belly_at * 0.45, n.mix(0.62, i.foot, i.belly)
    lip_under = h - w * 1.6
    points = [
        (0.0, w * 0.7), (i.foot * 0.78, w * 0.7), (i.foot * 0.86, w * 0.1), (i.foot * 0.9, 0.0), (i.foot * 0.97, 0.0),
        (i.foot, w * 0.35), (i.foot * 0.985, w * 1.6), (low_r, low), (i.belly, belly_at), (shoulder_r, shoulder), (i.neck, neck_at),
        (n.mix(0.35, i.neck, i.lip), n.mix(0.65, neck_at, lip_under)), (i.lip, lip_under), (i.lip + w * 0.12, h - w * 0.7),
        (i.lip - w * 0.3, h), (i.lip - w * 0.9, h - w * 0.45),
        (n.mix(0.35, i.neck, i.lip) - w, n.mix(0.6, neck_at, lip_under)), (i.neck - w, neck_at), (shoulder_r - w, shoulder - w * 0.4),
        (i.belly - w, belly_at), (low_r - w, low), (i.foot * 0.72, w * 2.6), (0.0, w * 2.2),
    ]  # fmt: skip

    def flutes(angle: Socket, place: Socket) -> Socket:
        outside = n.smoothstep(place, 6.2, 7.6) * (1.0 - n.smoothstep(place, 7.8, 10.0))
        turn = angle + i.twist * (place - 7.0) * 0.25
        groove = abs(n.cos(turn * i.flutes * 0.5))
        return 1.0 - (1.0 - groove) * outside * i.flute_depth * (i.flutes > 0)

    body = turned(points, i.detail, 128, 4, flutes)
    return n.store(body.mesh, "edge", n.smoothstep(abs(body.place - 14.0), 1.2, 0.2))


def _handles(i: Inputs) -> Socket:
    """Bows of a flattened coil, from under the lip to the shoulder."""
    top = n.combine_xyz(i.neck + i.handle * 0.2, 0.0, i.height * (1.0 - i.neck_length * 0.35))
    shoulder = i.height * n.mix(0.35, n.minimum(i.belly_height, 0.94 - i.neck_length), 1.0 - i.neck_length)
    foot = n.combine_xyz(n.mix(0.72, i.neck, i.belly), 0.0, shoulder)
    out = n.maximum(i.belly, i.lip) * 1.08
    bow = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment", mode="POSITION", resolution=count(i.detail, 28, 8), start=top,
        start_handle=n.combine_xyz(out * 1.15, 0.0, i.height * (1.0 - i.neck_length * 0.1)),
        end_handle=n.combine_xyz(out, 0.0, shoulder + i.height * 0.1), end=foot,
    ).as_socket()  # fmt: skip
    along = n.spline_factor()
    thick = i.handle * 0.5 * (1.0 + 0.55 * n.math("POWER", abs(along - 0.5) * 2.0, 4.0))
    one = tube(bow, thick, count(i.detail, 16, 6))
    at = n.position()
    one = n.shade_smooth(n.set_position(one, n.combine_xyz(at.x, at.y * 1.6, at.z)))
    angle = n.index() / n.maximum(i.handles, 1) * 6.28319
    ring = n.points(i.handles)
    return n.realize(n.instance_on(ring, one, rotation=n.combine_xyz(0.0, 0.0, angle)))


VASE = Family("vase", "Vase", "Props", VaseParams, build, PRESETS, "A thrown vase, amphora or pot, glazed or bare")
