"""Globular cactus: barrels and balls with straight or spiral ribs or warts, dense spines, a woolly crown with flowers, pups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.cactus import AREOLE_WOOL, CACTUS_SKIN, SPINE, CactusSkinParams, SpineParams, WoolParams
from ...materials.fungus import MUSHROOM_GILL, GillParams
from ...parts.cactus_parts import cactus_flower, facing, rib, spine_tuft, varied, wool_pad
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, draw
from ...parts.shapes import Lathe, count, lathe
from ..base import Family

LOW, HIGH = 0.17, 0.955  # the share of the outline, foot to crown, where tufts grow


@dataclass(frozen=True)
class GlobularParams:
    """Metres and radians."""

    radius: float = param(0.24, "Radius on the crests", min=0.01, max=1.0, unit="m", panel="Body", usual=(0.17, 0.3))
    height: float = param(0.42, "Height of the body", min=0.01, max=2.5, unit="m", panel="Body", usual=(0.32, 0.52))
    dip: float = param(
        0.1, "How far the crown is sunk as a share of the radius", min=0.0, max=0.5, panel="Body", usual=(0.05, 0.15)
    )
    ribs: int = param(28, "Number of ribs", min=4, max=60, panel="Ribs", usual=(24, 33))
    rib_depth: float = param(
        0.17, "Depth of the furrows as a share of the radius", min=0.0, max=0.5, panel="Ribs", usual=(0.13, 0.2)
    )
    sharp: float = param(
        0.7, "Crests, from round, 0, to like a roof, 1", min=0.0, max=1.0, panel="Ribs", usual=(0.4, 0.9)
    )
    twist: float = param(0.0, "How far ribs wind about the body", min=-8.0, max=8.0, unit="rad", panel="Ribs")
    warts: float = param(
        0.12, "From even ribs, 0, to single warts, 1", min=0.0, max=1.0, panel="Ribs", usual=(0.0, 0.25)
    )
    tufts: int = param(22, "Tufts along a rib", min=1, max=80, panel="Spines", usual=(19, 26))
    spines: int = param(9, "Spines around a tuft", min=0, max=40, panel="Spines", usual=(8, 12))
    centrals: int = param(4, "Spines in its middle", min=0, max=12, panel="Spines", usual=(3, 4))
    spine: float = param(
        0.035, "Length of a spine", min=0.0005, max=0.2, unit="m", panel="Spines", usual=(0.028, 0.042)
    )
    thickness: float = param(
        0.0016, "Thickness of a spine", min=0.0001, max=0.01, unit="m", panel="Spines", usual=(0.0013, 0.002)
    )
    hook: float = param(0.35, "How far spines curve", min=-1.0, max=4.0, unit="rad", panel="Spines", usual=(0.1, 0.6))
    wool: float = param(
        0.34, "Size of the woolly crown as a share of the radius", min=0.0, max=0.8, panel="Crown", usual=(0.25, 0.42)
    )
    flowers: int = param(0, "Flowers and buds about the crown", min=0, max=60, panel="Crown")
    flower_size: float = param(
        0.03, "Radius of a flower", min=0.001, max=0.2, unit="m", panel="Crown", usual=(0.025, 0.036)
    )
    heads: int = param(1, "Bodies in the clump", min=1, max=40, panel="Body")
    color: tuple[float, ...] = param(
        (0.085, 0.18, 0.05), "Colour of the skin, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    spine_color: tuple[float, ...] = param(
        (0.68, 0.46, 0.1), "Colour of the spines", min=0, max=1, panel="Colour", spread=0.2
    )
    flower_color: tuple[float, ...] = param(
        (0.76, 0.56, 0.04), "Colour of the flowers", min=0, max=1, panel="Colour", spread=0.15
    )
    wool_color: tuple[float, ...] = param(
        (0.66, 0.58, 0.38), "Colour of the wool", min=0, max=1, panel="Colour", spread=0.1
    )
    cork: float = param(0.35, "How far up it is corky", min=0.0, max=1.0, panel="Colour", usual=(0.1, 0.6))
    seed: int = param(0, "Another cactus of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "golden_barrel": GlobularParams(),
    "fishhook_barrel": GlobularParams(
        radius=0.2, height=0.52, ribs=21, rib_depth=0.2, tufts=20, spines=8, centrals=3, spine=0.045, thickness=0.0024, hook=2.2,
        wool=0.22, flowers=16, flower_color=(0.7, 0.2, 0.02), spine_color=(0.42, 0.1, 0.05), wool_color=(0.4, 0.34, 0.26),
    ),
    "pincushion_cactus": GlobularParams(
        radius=0.045, height=0.085, ribs=16, rib_depth=0.16, sharp=0.15, twist=2.6, warts=0.9, tufts=15, spines=18, centrals=3,
        spine=0.007, thickness=0.00032, hook=0.0, wool=0.2, flowers=20, flower_size=0.0075, flower_color=(0.62, 0.06, 0.24),
        spine_color=(0.7, 0.64, 0.54), wool_color=(0.76, 0.74, 0.68), cork=0.1, dip=0.08,
    ),
    "star_cactus": GlobularParams(
        radius=0.055, height=0.06, ribs=8, rib_depth=0.16, sharp=0.35, warts=0.04, tufts=11, spines=0, centrals=0, spine=0.007,
        wool=0.13, flowers=1, flower_size=0.026, color=(0.11, 0.19, 0.1), wool_color=(0.74, 0.7, 0.6), cork=0.15, dip=0.04,
    ),
    "hedgehog_cactus": GlobularParams(
        radius=0.035, height=0.13, ribs=11, rib_depth=0.2, sharp=0.2, warts=0.4, tufts=14, spines=9, centrals=1, spine=0.012,
        thickness=0.0006, hook=0.1, wool=0.1, flowers=2, flower_size=0.028, heads=12, flower_color=(0.62, 0.03, 0.12),
        spine_color=(0.62, 0.56, 0.46), dip=0.0,
    ),
}  # fmt: skip


def build(p: GlobularParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of GlobularParams."""
    with new_tree("Globular Cactus", p) as tree:
        i = tree.i
        skin = tree.material_input(
            "Skin Material", shared(CACTUS_SKIN, CactusSkinParams(), "Ball Skin"), "What bodies are made of"
        )
        horn = tree.material_input(
            "Spine Material", shared(SPINE, SpineParams(pointed=0.15), "Ball Spines"), "What spines are made of"
        )
        felt = tree.material_input(
            "Wool Material", shared(AREOLE_WOOL, WoolParams(), "Ball Wool"), "What wool is made of"
        )
        petal = tree.material_input(
            "Petal Material",
            shared(MUSHROOM_GILL, GillParams(mottle=0.15), "Cactus Petals"),
            "What flowers are made of",
        )
        with tree.frame("Body"):
            body = n.set_material(_body(i), skin)
        with tree.frame("Spines"):
            tufts = _tufts(i, horn, felt)
        with tree.frame("Crown"):
            crown = n.join(n.set_material(_wool(i), felt), _flowers(i, petal))
        with tree.frame("Clump"):
            tree.o.geometry << _clump(i, n.join(body, tufts, crown))
    return tree.data


def _place(i: Inputs, t: Socket, angle: Socket) -> tuple[Socket, Socket, Socket]:
    """A place on the skin by the share of the outline from foot to crown and the angle; its normal but for ribs; 1 on crests."""
    lat = n.maximum(t * 1.08 - 0.08, t * 0.12) * math.pi  # the foot is drawn in, flat
    wide, tall = n.sin(lat), n.cos(lat) * -1.0
    full = n.math("POWER", n.maximum(wide, 1e-4), 0.82)
    wound = angle - i.twist * t
    crest = rib(wound * i.ribs, i.sharp)
    # every other rib is set off by half, so that warts stand in quincunx
    which = n.math("FLOOR", n.math("FRACT", wound / TAU + 1.0 + 0.5 / i.ribs) * i.ribs)
    phase = (t - LOW) / (HIGH - LOW) * i.tufts + (which % 2.0) * 0.5
    knob = n.cos(phase * TAU) * 0.5 + 0.5
    crest = crest * n.mix(i.warts, 1.0, n.math("POWER", knob, 0.7))
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    fade = n.smoothstep(wide, 0.02, 0.45)
    lump = (
        1.0
        + (n.noise(out * 0.8 + n.combine_xyz(0.0, 0.0, t * 1.5), scale=1.0, detail=1.0, w=i.seed * 1.9) - 0.5) * 0.16
    )
    r = i.radius * full * (1.0 - i.rib_depth * (1.0 - crest) * fade) * lump
    sunk = n.smoothstep(wide, 0.55, 0.0) * (t > 0.5) * i.dip * i.radius
    rise = i.rib_depth * i.radius * (crest - 0.5) * n.maximum(tall, 0.0) * fade * 0.7
    z = i.height * (tall * 0.5 + 0.5) - sunk + rise - i.height * 0.02
    normal = (out * (wide * i.height) + n.combine_xyz(0.0, 0.0, tall * 2.0 * i.radius)).normalized()
    return out * r + n.combine_xyz(0.0, 0.0, z), normal, crest


@grouped("Ribbed Body")
def _body(i: Inputs) -> Socket:
    s: Lathe = lathe(i.ribs * count(i.detail, 8, 4), n.maximum(i.tufts * count(i.detail, 5, 2), 24.0))
    where, _, crest = _place(i, s.t, s.angle)
    tint = n.mix(n.smoothstep(crest, 0.15, 0.9), n.mix(0.45, i.color, n.color((0.03, 0.06, 0.03))), i.color)
    tint = n.mix(n.smoothstep(s.t, 0.75, 1.0) * 0.4, tint, n.color((0.24, 0.3, 0.1)))
    body = n.store(s.geometry, "tint", tint)
    body = n.store(body, "age", n.smoothstep(s.t, 0.1 + i.cork * 0.45, 0.06) * n.smoothstep(i.cork, 0.0, 0.05))
    body = n.set_position(body, where)
    body = n.store(body, "limb", n.position() + n.combine_xyz(0.0, 0.0, 1.0))
    return n.shade_smooth(body)


@grouped("Tufts on Ribs")
def _tufts(i: Inputs, horn: Socket, felt: Socket) -> Socket:
    sorts = []
    # from the crown's fresh tufts to weathered ones at the foot
    for sort, (light, weather) in enumerate(((1.1, 0.0), (0.9, 0.12), (0.75, 0.65))):
        tuft = spine_tuft(i.spines, i.centrals, i.spine, i.thickness, 1.15, i.hook, i.seed + sort * 17, i.detail)
        tint = n.mix(1.0, i.spine_color, n.color((light, light, light)), blend="MULTIPLY")
        tuft = n.store(tuft, "tint", n.mix(weather, tint, n.color((0.2, 0.18, 0.155))))
        pad = wool_pad(i.spine * 0.13 + i.thickness, i.spine * 0.07 + i.thickness * 0.5, i.seed + sort, i.detail)
        pad = n.store(pad, "tint", i.wool_color)
        sorts.append(n.join(n.set_material(tuft, horn), n.set_material(pad, felt)))
    k = n.index()
    which = n.math("FLOOR", k / i.tufts)
    row = k - which * i.tufts
    t = LOW + (row + 0.5 * (which % 2.0)) / i.tufts * (HIGH - LOW)
    t = n.minimum(t + draw(i.seed, 41, -0.1, 0.1, of=k) / i.tufts, HIGH)
    where, normal, _ = _place(i, t, which / i.ribs * TAU + i.twist * t)
    made = n.points(i.ribs * i.tufts)
    made, normal = n.capture(made, normal)
    made, fresh = n.capture(made, t)
    made = n.set_position(made, where)
    own = draw(i.seed, 43, of=n.index())
    size = (
        (0.82 + own * 0.36)
        * n.mix(n.smoothstep(fresh, 0.85, 1.0), 1.0, 0.6)
        * n.mix(n.smoothstep(fresh, 0.4, 0.15), 1.0, 0.8)
    )
    placed = n.instance_on(
        made, varied(sorts), rotation=facing(normal, draw(i.seed, 44, 0.0, TAU, of=n.index())),
        scale=n.combine_xyz(size, size, size),
        pick=n.math("ROUND", n.clamp((0.85 - fresh) * 3.4 + (own - 0.5) * 0.9, 0.0, 2.0)),
    )  # fmt: skip
    return n.store(placed, "random", own, domain="INSTANCE")


@grouped("Woolly Crown")
def _wool(i: Inputs) -> Socket:
    """The crown's felt: a tufted cushion in the dip."""
    s = lathe(count(i.detail, 48, 12), count(i.detail, 28, 8))
    r = i.wool * i.radius * n.sin(s.t * math.pi)
    puff = (n.noise(n.combine_xyz(s.cos, s.sin, s.t * 2.0), scale=4.0, detail=3.0, w=i.seed) - 0.3) * 0.5
    z = n.cos(s.t * math.pi) * -1.0 * i.wool * i.radius * (0.22 + puff * 0.3)
    top = i.height * 0.98 - i.dip * i.radius * n.smoothstep(i.wool, 0.6, 0.1)
    mesh = s.shape(r * (1.0 + puff * 0.3), z + top)
    mesh = n.store(mesh, "tint", i.wool_color)
    return n.switch(i.wool > 0.01, None, n.shade_smooth(mesh))


@grouped("Ring of Flowers")
def _flowers(i: Inputs, petal: Socket) -> Socket:
    kinds = [
        cactus_flower(24, i.flower_size * 0.35, i.flower_size * 0.9, 0.12, i.flower_color, (0.3, 0.3, 0.1), i.seed + 3, i.detail * 0.8),
        cactus_flower(30, i.flower_size, i.flower_size * 0.85, 0.75, i.flower_color, (0.6, 0.5, 0.2), i.seed + 5, i.detail * 0.8),
        cactus_flower(30, i.flower_size, i.flower_size * 0.85, 1.0, i.flower_color, (0.6, 0.5, 0.2), i.seed, i.detail * 0.8),
    ]  # fmt: skip
    k = n.index()
    ring = n.clamp(i.wool + i.flower_size / i.radius * 0.22, 0.02, 0.75) * n.minimum((i.flowers - 1.0) * 0.6, 1.0)
    t = 1.0 - n.math("ARCSINE", n.math("POWER", ring, 1.22)) / math.pi / 1.08 - draw(i.seed, 51, -0.012, 0.022, of=k)
    angle = (k + draw(i.seed, 52, -0.25, 0.25, of=k)) / n.maximum(i.flowers, 1) * TAU
    where, normal, _ = _place(i, n.minimum(t, 0.998), angle)
    made = n.points(i.flowers)
    lean = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0) * 0.35 * (i.flowers > 1)
    made, normal = n.capture(made, (normal + lean).normalized())
    made = n.set_position(made, where)
    size = draw(i.seed, 53, 0.78, 1.12, of=n.index())
    chosen = n.switch(i.flowers > 2, 2, draw(i.seed, 54, 0, 2, of=n.index()))
    return n.instance_on(
        made, n.set_material(varied(kinds), petal), rotation=facing(normal, draw(i.seed, 55, 0.0, TAU, of=n.index())),
        scale=n.combine_xyz(size, size, size), pick=chosen,
    )  # fmt: skip


@grouped("Clump")
def _clump(i: Inputs, whole: Socket) -> Socket:
    """Pups crowd about the first body and lean away from it."""
    body = varied([whole])
    k = n.index()
    rank = k / n.maximum(i.heads, 1)
    away = n.sqrt(k) * i.radius * 1.16 * (1.0 + draw(i.seed, 61, -0.08, 0.08, of=k))
    angle = k * GOLDEN_ANGLE + i.seed * 1.1
    made = n.points(i.heads, n.combine_xyz(n.cos(angle) * away, n.sin(angle) * away, 0.0))
    size = n.switch(k > 0, 1.0, n.mix(rank, 0.95, 0.55) * draw(i.seed, 62, 0.8, 1.05, of=k))
    lean = n.combine_xyz(n.sin(angle) * -1.0, n.cos(angle), 0.0) * (n.switch(k > 0, 0.0, 0.16 + rank * 0.4))
    turn = n.node(
        "FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=lean,
        rotate_by=n.combine_xyz(0.0, 0.0, n.switch(k > 0, 0.0, k * 1.9)),
    ).as_socket()  # fmt: skip
    return n.instance_on(made, body, rotation=turn, scale=n.combine_xyz(size, size, size))


GLOBULAR = Family(
    "globular_cactus",
    "Globular Cactus",
    "Cacti",
    GlobularParams,
    build,
    PRESETS,
    "A ribbed or warty ball with spines, wool and flowers",
)
