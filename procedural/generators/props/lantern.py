"""Lantern: a metal frame with glass panes, a vented roof with a ring, and a candle that burns."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.glass import FLAME, GLASS, WAX, FlameParams, GlassParams, WaxParams
from ...materials.metal import IRON, IronParams
from ...parts.boards import TAU, at, cornered, crisp, ring_of, tinted, turned
from ...parts.plant_parts import draw
from ...parts.shapes import count, tube
from ...parts.solids import box_maker
from ..base import Family


@dataclass(frozen=True)
class LanternParams:
    height: float = param(0.3, "Height without the ring", min=0.06, max=2.0, unit="m", usual=(0.26, 0.36))
    width: float = param(0.15, "Width across two sides", min=0.03, max=1.0, unit="m", usual=(0.13, 0.17))
    sides: int = param(4, "Number of sides", min=3, max=12)
    taper: float = param(0.0, "How much narrower the top of the panes is", min=-0.4, max=0.6)
    frame: float = param(
        0.009, "Thickness of the frame", min=0.002, max=0.08, unit="m", panel="Frame", usual=(0.007, 0.011)
    )
    roof: float = param(0.26, "Height of the roof, of the whole", min=0.05, max=0.5, panel="Frame", usual=(0.2, 0.32))
    eaves: float = param(
        0.012, "How far the roof stands out", min=0.0, max=0.2, unit="m", panel="Frame", usual=(0.008, 0.018)
    )
    curve: float = param(
        0.4, "From a straight roof, 0, to a bell, 1", min=0.0, max=1.0, panel="Frame", usual=(0.1, 0.8)
    )
    bars: bool = param(False, "A bar across each pane", panel="Frame")
    ring: float = param(
        0.032, "Radius of the ring, 0 for none", min=0.0, max=0.3, unit="m", panel="Frame", usual=(0.028, 0.04)
    )
    swing: float = param(
        0.35, "How far the ring has fallen to the side", min=-1.5, max=1.5, unit="rad", panel="Frame", usual=(-0.8, 0.8)
    )
    pane: float = param(0.0025, "Thickness of the glass", min=0.0005, max=0.02, unit="m", panel="Glass")
    glass: tuple[float, ...] = param((0.9, 0.96, 0.93), "Colour of the glass", min=0, max=1, panel="Glass", spread=0.1)
    candle: float = param(
        0.55, "Height of the candle, of the panes, 0 for none", min=0.0, max=0.85, panel="Candle", usual=(0.3, 0.65)
    )
    candle_radius: float = param(
        0.024, "Radius of the candle", min=0.004, max=0.2, unit="m", panel="Candle", usual=(0.02, 0.028)
    )
    lit: bool = param(True, "Whether it burns", panel="Candle")
    color: tuple[float, ...] = param(
        (0.06, 0.058, 0.056), "Colour of the metal, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    seed: int = param(0, "Another one", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "lantern": LanternParams(),
    "brass_lantern": LanternParams(
        height=0.34, width=0.15, sides=6, taper=-0.15, frame=0.007, roof=0.32, curve=1.0, color=(0.6, 0.38, 0.13), glass=(0.95, 0.85, 0.55)
    ),
    "street_lantern": LanternParams(height=0.75, width=0.36, taper=-0.32, frame=0.018, roof=0.3, curve=0.7, ring=0.0, eaves=0.03, candle_radius=0.035),
    "barred_lantern": LanternParams(height=0.26, width=0.17, roof=0.2, curve=0.0, bars=True, color=(0.09, 0.08, 0.07), swing=1.1),
}  # fmt: skip


def build(p: LanternParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of LanternParams."""
    iron = shared(
        IRON,
        IronParams(color=p.color, rust=0.16, size=0.04, runs=0.2, hammered=0.0002, roughness=0.45),
        "Lantern Metal",
    )
    pane = shared(GLASS, GlassParams(color=p.glass, waves=0.0003, bubbles=0.2, smudges=0.5), "Lantern Glass")
    wax = shared(WAX, WaxParams(), "Candle Wax")
    fire = shared(FLAME, FlameParams(), "Candle Flame")
    with new_tree("Lantern", p) as tree:
        i = tree.i
        metal = tree.material_input("Metal", iron, "What the frame is made of")
        clear = tree.material_input("Glass Material", pane, "What the panes are made of")
        waxen = tree.material_input("Wax Material", wax, "What the candle is made of")
        burning = tree.material_input("Flame Material", fire, "The flame")
        with tree.frame("Frame"):
            frame, panes = _cage(i)
            frame = n.join(frame, _plates(i), n.switch(i.ring > 0.004, None, _ring(i)))
            frame = n.set_material(tinted(frame, i.color), metal)
        with tree.frame("Glass"):
            panes = n.set_material(tinted(panes, i.glass), clear)
        with tree.frame("Candle"):
            stub, flame = _candle(i)
            stub = n.set_material(stub, waxen)
            flame = n.switch(i.lit, None, n.set_material(flame, burning))
            light = n.switch(i.candle > 0.02, None, n.join(stub, flame))
        tree.o.geometry << n.join(frame, panes, light)
    return tree.data


def _levels(i: Inputs) -> tuple[Socket, Socket, Socket]:
    """Where panes begin and end, m, and the inner radius (to a side's middle) of the frame."""
    return i.height * 0.075, i.height * (1.0 - i.roof), i.width * 0.5 - i.frame * 0.5


@grouped("Cage and Panes")
def _cage(i: Inputs) -> tuple[Socket, Socket]:
    """Posts at the corners, rails between them, and the panes; made upright and drawn in towards the top."""
    box = box_maker(i.detail, i.seed)
    low, high, inner = _levels(i)
    tall = high - low
    corner = inner / n.cos(TAU * 0.5 / i.sides)  # type: ignore[operator]
    side = inner * 2.0 * n.math("TANGENT", TAU * 0.5 / i.sides)  # type: ignore[operator]
    soft = i.frame * 0.18
    post = box(n.combine_xyz(i.frame, i.frame, tall + 0.004), soft, (0, 0, 3), 1)
    half = TAU * 0.5 / i.sides  # type: ignore[operator]
    middle = (low + high) * 0.5
    posts = ring_of(post, i.sides, corner, middle, half)
    rail = box(n.combine_xyz(i.frame * 0.85, side, i.frame * 0.9), soft, (0, 1, 0), 2)
    rails = [ring_of(rail, i.sides, inner, z) for z in (low + i.frame * 0.4, high - i.frame * 0.4)]
    bar = box(n.combine_xyz(i.frame * 0.5, side, i.frame * 0.5), soft, (0, 1, 0), 3)
    bars = n.join(*[ring_of(bar, i.sides, inner + i.frame * 0.2, low + tall * share) for share in (0.36, 0.68)])
    frame = n.realize(n.join(posts, *rails, n.switch(i.bars, None, bars)))
    sheet = box(n.combine_xyz(i.pane, side - i.frame * 0.5, tall - i.frame * 0.6), i.pane * 0.2, (0, 2, 3), 4)
    panes = n.realize(ring_of(sheet, i.sides, inner, middle))

    def drawn_in(mesh: Socket) -> Socket:
        spot = n.position()
        share = 1.0 - i.taper * (spot.z - low) / tall
        return n.set_position(mesh, n.combine_xyz(spot.x * share, spot.y * share, spot.z))

    return n.shade_smooth(drawn_in(frame)), n.shade_smooth(drawn_in(panes))


@grouped("Foot and Roof")
def _plates(i: Inputs) -> Socket:
    """Foot and roof as many-sided turned work, a round chimney with its cap, and a knob that takes the ring."""
    low, high, _ = _levels(i)
    out = i.width * 0.5
    h = i.height
    f = i.frame
    foot_points = [
        (0.0, f * 0.3), (out * 0.86, f * 0.3), (out * 0.92, 0.0), (out * 1.06, 0.0), (out * 1.1, f * 0.2), (out * 1.1, f * 0.8),
        (out * 1.06, f * 1.0), (out * 1.02, low * 0.6), (out * 1.04, low * 0.75), (out * 1.04, low * 0.98), (out * 1.0, low), (0.0, low),
    ]  # fmt: skip
    foot = turned(foot_points, i.detail, 96, 1, cornered(i.sides), sharp=True).mesh
    top_out = out * (1.0 - i.taper)
    eave = top_out + i.eaves
    cap_r = n.minimum(top_out * 0.42, h * 0.1)
    rise = h - high
    peak = high + rise * 0.62
    bend = n.mix(i.curve, 0.5, 0.3)
    roof_points = [
        (0.0, high), (top_out * 0.9, high), (eave * 0.96, high - f * 0.1), (eave, high + f * 0.1), (eave, high + f * 0.7),
        (eave * 0.97, high + f * 0.9), (n.mix(0.28, eave, cap_r), n.mix(bend * 0.42, high + f, peak)),
        (n.mix(0.62, eave, cap_r), n.mix(bend + 0.12, high + f, peak)), (n.mix(0.88, eave, cap_r), n.mix(n.mix(i.curve, 0.88, 0.74), high, peak)),
        (cap_r, peak), (0.0, peak + 0.001),
    ]  # fmt: skip
    roof = turned(roof_points, i.detail, 96, 2, cornered(i.sides), sharp=True).mesh
    k = cap_r * 0.9
    chimney_points = [
        (0.0, peak - 0.004), (k * 0.92, peak - 0.004), (k * 0.92, peak + rise * 0.12), (k * 1.12, peak + rise * 0.13),
        (k * 1.14, peak + rise * 0.155), (k * 0.9, peak + rise * 0.24), (k * 0.45, peak + rise * 0.3), (k * 0.2, peak + rise * 0.32),
        (k * 0.2, peak + rise * 0.34), (k * 0.3, peak + rise * 0.352), (k * 0.26, peak + rise * 0.372), (0.0, peak + rise * 0.38),
    ]  # fmt: skip
    chimney = turned(chimney_points, i.detail, 48, 2, sharp=True).mesh
    hole = n.sphere(12, 8, k * 0.13)
    vents = n.realize(ring_of(n.transform(hole, scale=(0.25, 1.0, 1.0)), 10, k * 0.925, peak + rise * 0.07))
    vents = n.store(vents, "cavity", 1.0)
    return n.join(crisp(foot), crisp(roof), crisp(chimney), n.shade_smooth(vents))


@grouped("Ring to Hang It")
def _ring(i: Inputs) -> Socket:
    hoop = tube(n.circle(count(i.detail, 48, 12), i.ring), i.frame * 0.32, count(i.detail, 12, 6))
    hoop = n.transform(hoop, rotation=(1.5708, 0.0, 0.0))
    hoop = at(hoop, 0.0, 0.0, i.ring)
    hung = n.transform(hoop, rotation=n.combine_xyz(i.swing, 0.0, draw(i.seed, 5, -0.3, 0.3, of=i.seed)))
    return n.shade_smooth(at(hung, 0.0, 0.0, i.height * (1.0 - i.roof) + i.height * i.roof * 0.955))


@grouped("Candle")
def _candle(i: Inputs) -> tuple[Socket, Socket]:
    """A stub with a melted hollow, its wick, and the flame, which tells its height as `age`."""
    low, high, inner = _levels(i)
    r = n.minimum(i.candle_radius, inner * 0.6)
    top = low + (high - low) * i.candle
    rim = draw(i.seed, 21, 0.0, 6.28, of=i.seed)
    points = [
        (0.0, low - 0.001), (r * 1.05, low - 0.001), (r * 1.12, low + r * 0.1), (r * 1.02, low + r * 0.3), (r, n.mix(0.5, low, top)),
        (r * 1.02, top - r * 0.22), (r * 0.97, top - r * 0.04), (r * 0.86, top), (r * 0.74, top - r * 0.12), (r * 0.5, top - r * 0.34),
        (0.0, top - r * 0.38),
    ]  # fmt: skip

    def melted(angle: Socket, place: Socket) -> Socket:
        return 1.0 + n.sin(angle * 3.0 + rim) * 0.02 + n.sin(angle * 7.0 + rim * 2.0) * 0.012

    stub = turned(points, i.detail, 48, 4, melted).mesh
    spot = n.position()
    sag = n.sin(n.math("ARCTAN2", spot.y, spot.x) + rim) * n.smoothstep(spot.z, top - r * 0.6, top) * r * 0.14
    stub = n.set_position(stub, offset=n.combine_xyz(0.0, 0.0, sag))
    pool = top - r * 0.38
    bow = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment", mode="POSITION", resolution=8, start=n.combine_xyz(0.0, 0.0, pool - 0.002),
        start_handle=n.combine_xyz(0.0, 0.0, pool + 0.006), end_handle=n.combine_xyz(0.0, 0.0, pool + 0.009),
        end=n.combine_xyz(0.002, -0.001, pool + 0.012),
    ).as_socket()  # fmt: skip
    wick = n.store(tube(bow, 0.0009, 8), "tint", n.color((0.03, 0.025, 0.02)))
    tall = 0.034 * n.minimum(r / 0.02, 1.5)
    base = pool + 0.005
    w = tall * 0.2
    drop = [
        (0.0, base), (w * 0.5, base + tall * 0.03), (w * 0.95, base + tall * 0.18), (w, base + tall * 0.3), (w * 0.78, base + tall * 0.5),
        (w * 0.36, base + tall * 0.76), (w * 0.1, base + tall * 0.95), (0.0, base + tall),
    ]  # fmt: skip
    flame = turned(drop, i.detail, 24, 3).mesh
    flame = n.store(flame, "age", n.clamp((n.position().z - base) / tall))
    return n.join(n.shade_smooth(stub), n.shade_smooth(wick)), flame


LANTERN = Family(
    "lantern",
    "Lantern",
    "Props",
    LanternParams,
    build,
    PRESETS,
    "A metal lantern with glass panes and a burning candle",
)
