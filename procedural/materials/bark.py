"""Bark and dead wood: six kinds, in the coordinates of a limb, so that furrows run along it and thin twigs stay smooth.

`limb` tells the place around and along a limb in metres; its distance from the limb's axis is the radius there, and so a twig's bark is young
where the trunk's is old. `age` is 1 at the foot of a tree and 0 at its tips.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, limb_place, principled, told


@dataclass(frozen=True)
class FurrowedParams:
    color: tuple[float, ...] = param(
        (0.20, 0.155, 0.115), "Colour of the ridges, linear RGB", min=0, max=1, spread=0.25
    )
    furrow: tuple[float, ...] = param((0.04, 0.027, 0.018), "Colour in the furrows", min=0, max=1, spread=0.2)
    twig: tuple[float, ...] = param((0.11, 0.085, 0.055), "Colour of thin branches", min=0, max=1, spread=0.2)
    width: float = param(0.034, "From ridge to ridge", min=0.003, max=0.3, unit="m", usual=(0.025, 0.045))
    depth: float = param(0.016, "Depth of the furrows", min=0.0, max=0.1, unit="m", usual=(0.01, 0.022))
    stretch: float = param(5.5, "How much longer ridges are than wide", min=1.0, max=15.0, usual=(4.0, 7.0))
    lichen: float = param(0.25, "How much lichen grows on it", min=0.0, max=1.0, usual=(0.1, 0.5))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class BirchParams:
    color: tuple[float, ...] = param((0.72, 0.68, 0.6), "Colour of the paper, linear RGB", min=0, max=1, spread=0.08)
    mark: tuple[float, ...] = param(
        (0.035, 0.028, 0.024), "Colour of the lenticels and scars", min=0, max=1, spread=0.2
    )
    twig: tuple[float, ...] = param((0.075, 0.035, 0.025), "Colour of thin branches", min=0, max=1, spread=0.2)
    dash: float = param(0.035, "Length of a lenticel", min=0.005, max=0.2, unit="m", usual=(0.025, 0.05))
    scars: float = param(0.4, "How much black, cracked bark there is", min=0.0, max=1.0, usual=(0.2, 0.6))
    peel: float = param(0.5, "How far the paper peels", min=0.0, max=1.0, usual=(0.2, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class PlatedParams:
    color: tuple[float, ...] = param((0.19, 0.115, 0.075), "Colour of old plates, linear RGB", min=0, max=1, spread=0.2)
    upper: tuple[float, ...] = param((0.42, 0.17, 0.065), "Colour of the young, upper bark", min=0, max=1, spread=0.15)
    crack: tuple[float, ...] = param((0.022, 0.015, 0.012), "Colour of the cracks", min=0, max=1, spread=0.2)
    twig: tuple[float, ...] = param((0.2, 0.11, 0.055), "Colour of thin branches", min=0, max=1, spread=0.2)
    width: float = param(0.06, "Width of a plate", min=0.005, max=0.5, unit="m", usual=(0.045, 0.08))
    depth: float = param(0.018, "Depth of the cracks", min=0.0, max=0.1, unit="m", usual=(0.012, 0.024))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class SmoothParams:
    color: tuple[float, ...] = param((0.165, 0.14, 0.115), "Colour, linear RGB", min=0, max=1, spread=0.25)
    twig: tuple[float, ...] = param((0.1, 0.06, 0.042), "Colour of thin branches", min=0, max=1, spread=0.2)
    bands: float = param(0.5, "How much it is banded across", min=0.0, max=1.0, usual=(0.25, 0.75))
    cracks: float = param(0.45, "How far old bark is cracked along", min=0.0, max=1.0, usual=(0.1, 0.6))
    lichen: float = param(0.3, "How much lichen grows on it", min=0.0, max=1.0, usual=(0.1, 0.6))
    depth: float = param(0.004, "Height of its relief", min=0.0, max=0.05, unit="m", usual=(0.003, 0.006))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class PalmParams:
    color: tuple[float, ...] = param((0.27, 0.21, 0.15), "Colour, linear RGB", min=0, max=1, spread=0.2)
    scar: tuple[float, ...] = param((0.085, 0.06, 0.042), "Colour of the leaf scars", min=0, max=1, spread=0.2)
    ring: float = param(0.065, "From ring to ring", min=0.005, max=0.5, unit="m", usual=(0.05, 0.08))
    depth: float = param(0.012, "Height of the rings", min=0.0, max=0.1, unit="m", usual=(0.008, 0.016))
    fibre: float = param(0.5, "How fibrous it is", min=0.0, max=1.0, usual=(0.3, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class DeadWoodParams:
    color: tuple[float, ...] = param(
        (0.36, 0.335, 0.3), "Colour of weathered wood, linear RGB", min=0, max=1, spread=0.15
    )
    warm: tuple[float, ...] = param((0.23, 0.15, 0.09), "Colour where it is less weathered", min=0, max=1, spread=0.2)
    crack: tuple[float, ...] = param((0.04, 0.03, 0.024), "Colour in the cracks", min=0, max=1, spread=0.2)
    width: float = param(0.03, "From crack to crack", min=0.003, max=0.3, unit="m", usual=(0.02, 0.045))
    depth: float = param(0.008, "Depth of the cracks", min=0.0, max=0.05, unit="m", usual=(0.005, 0.012))
    bark: float = param(0.2, "How much bark is left", min=0.0, max=1.0, usual=(0.0, 0.4))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


# What the kinds share ---------------------------------------------------------------------------------------------------------


def _stretched(at: Socket, across: Input, along: Input) -> Socket:
    """The place in units of `across` (m) around a limb and of `along` (m) along it."""
    return at / n.combine_xyz(across, across, along)


def _girth(at: Socket) -> Socket:
    """The limb's radius, m; of things without limbs the distance from the Z axis."""
    return n.vector_math("LENGTH", at * (1.0, 1.0, 0.0))


def _shade(color: Input, light: Socket) -> Socket:
    return n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")


def _with_lichen(color: Socket, at: Socket, amount: Socket, seed: Socket) -> tuple[Socket, Socket]:
    """Crusts of grey-green and a little yellow; the mask, too."""
    field = n.noise(at, scale=9.0, detail=5.0, roughness=0.62, w=seed + 3.0)
    where = n.smoothstep(field, 0.72 - amount * 0.24, 0.78 - amount * 0.22)
    rim = n.noise(at, scale=60.0, detail=2.0, w=seed + 4.0)
    kind = n.noise(at, scale=5.0, detail=0.0, w=seed + 5.0)
    crust = n.mix(n.smoothstep(kind, 0.45, 0.6), n.color((0.30, 0.33, 0.25)), n.color((0.34, 0.31, 0.10)))
    where = where * n.smoothstep(rim, 0.25, 0.6) * n.minimum(amount * 8.0, 1.0)
    return n.mix(where * 0.8, color, crust), where


def _furrowed(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    old = n.smoothstep(_girth(at), 0.015, 0.09)
    width = i.width * n.mix(old, 0.35, 1.0)
    # Furrows are where two stretched noises cross their mean: long, winding, meeting and parting
    bent = at + n.noise_vector(_stretched(at, width * 2.5, width * 4.0), scale=1.0, detail=1.0, w=i.seed) * (
        width * 0.9
    )
    long = n.noise(_stretched(bent, width * 1.15, width * i.stretch * 1.3), scale=1.0, detail=1.0, w=i.seed)
    short = n.noise(_stretched(bent, width * 0.9, width * i.stretch * 0.55), scale=1.0, detail=2.0, w=i.seed + 9.0)
    deep = n.smoothstep(n.math("ABSOLUTE", long - 0.5), 0.0, 0.065)
    shallow = n.smoothstep(n.math("ABSOLUTE", short - 0.5), 0.0, 0.06)
    ridge = deep * (0.35 + 0.65 * shallow)
    fibre = n.noise(_stretched(at, width * 0.1, width * 0.9), scale=1.0, detail=4.0, roughness=0.65, w=i.seed + 1.0)
    wide = n.noise(at, scale=1.7, detail=2.0, w=i.seed + 2.0)
    body = n.mix(
        n.smoothstep(ridge, 0.0, 0.7), i.furrow, _shade(i.color, 0.45 + fibre * 0.7 + ridge * 0.15 + (wide - 0.5) * 0.5)
    )
    body, lichen = _with_lichen(body, at, i.lichen * old * n.smoothstep(ridge, 0.4, 0.8), i.seed)
    color = n.mix(old, _shade(i.twig, 0.6 + fibre * 0.8), body)
    height = (ridge - 1.0) * i.depth * n.mix(old, 0.12, 1.0) + (fibre - 0.5) * width * 0.09
    shader = principled(base_color=color, roughness=0.88 - lichen * 0.05 + (fibre - 0.5) * 0.15, specular=0.25)
    return Shaded(shader, height=height)


def _birch(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    girth = _girth(at)
    paper = n.smoothstep(girth, 0.012, 0.04)
    foot = n.smoothstep(told("age"), 0.8, 0.97)
    wide = n.noise(_stretched(at, 0.25, 0.12), scale=1.0, detail=4.0, w=i.seed)
    # Lenticels: dark dashes around the trunk, of several lengths
    dashes = n.noise(_stretched(at, i.dash, i.dash * 0.11), scale=1.0, detail=1.5, roughness=0.4, w=i.seed + 1.0)
    dash = n.smoothstep(dashes, 0.63, 0.69)
    curls = n.noise(_stretched(at, i.dash * 6.0, i.dash * 0.5), scale=1.0, detail=5.0, roughness=0.6, w=i.seed + 2.0)
    peeled = n.smoothstep(curls, 0.56, 0.60) * i.peel
    lip = n.smoothstep(n.math("ABSOLUTE", curls - 0.565), 0.022, 0.0) * i.peel
    # Scars: black, cracked, in lozenges, most at the foot
    lozenge = n.noise(_stretched(at, 0.11, 0.22), scale=1.0, detail=3.0, roughness=0.55, w=i.seed + 3.0)
    rough = n.noise(_stretched(at, 0.012, 0.03), scale=1.0, detail=4.0, w=i.seed + 4.0)
    limit = 0.78 - i.scars * 0.16 - foot * 0.2
    scar = n.smoothstep(lozenge + (rough - 0.5) * 0.12, limit, limit + 0.05)
    light = 0.78 + wide * 0.4
    white = n.mix(peeled * 0.55, _shade(i.color, light), n.color((0.52, 0.34, 0.2)))
    white = n.mix(n.maximum(dash * 0.9, lip * 0.5), white, i.mark)
    black = n.mix(n.smoothstep(rough, 0.4, 0.7), i.mark, n.color((0.16, 0.14, 0.12)))
    color = n.mix(paper, i.twig, n.mix(scar, white, black))
    height = (dash * 0.0012 + lip * 0.0014 + peeled * -0.0006 + scar * (rough - 0.35) * 0.012 + wide * 0.002) * paper
    return Shaded(principled(base_color=color, roughness=n.mix(scar, 0.5, 0.9), specular=0.35), height=height)


def _plated(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    old = n.smoothstep(_girth(at), 0.02, 0.11)
    upper = n.smoothstep(told("age"), 0.72, 0.4) * n.minimum(told("age") * 1000.0, 1.0)
    width = i.width * n.mix(old, 0.3, 1.0) * n.mix(upper, 1.0, 0.7)
    bent = at + n.noise_vector(_stretched(at, width * 1.1, width * 2.0), scale=1.0, detail=3.0, w=i.seed) * (
        width * 0.8
    )
    ragged = n.noise(_stretched(at, width * 0.12, width * 0.2), scale=1.0, detail=3.0, roughness=0.6, w=i.seed + 3.0)
    place = _stretched(bent, width, width * 3.2)
    edge = n.voronoi(place, scale=1.0, feature="DISTANCE_TO_EDGE", w=i.seed).distance + (ragged - 0.5) * 0.05
    # deep furrows with steep sides between long plates
    plate = n.smoothstep(edge, 0.02, 0.11)
    own = n.voronoi(place, scale=1.0, w=i.seed).color
    # finer cracks, mostly across, break old plates up
    second = n.voronoi(
        _stretched(bent, width * 0.6, width * 0.75), scale=1.0, feature="DISTANCE_TO_EDGE", w=i.seed + 7.0
    )
    fine = n.smoothstep(second.distance + (ragged - 0.5) * 0.05, 0.035, 0.0) * n.smoothstep(own.y, 0.35, 0.7)
    # Flakes: thin layers like a map's, each with a sharp, dark rim
    flake = (
        n.noise(_stretched(bent, width * 0.75, width * 1.3), scale=1.0, detail=3.0, roughness=0.5, w=i.seed + 1.0) * 7.0
    )
    layer = n.math("FLOOR", flake)
    rim = n.smoothstep(flake - layer, 0.0, 0.1)
    grain = n.noise(_stretched(at, 0.004, 0.012), scale=1.0, detail=3.0, w=i.seed + 2.0)
    tone = 0.5 + own.x * 0.4 + (grain - 0.5) * 0.6 + n.math("FRACT", layer * 0.37) * 0.4
    hue = n.mix(n.math("FRACT", layer * 0.618) * 0.7, i.color, n.color((0.21, 0.165, 0.135)))
    body = _shade(n.mix(upper, hue, i.upper), tone)
    body = n.mix(rim * 0.6 + 0.4, _shade(body, 0.4), body)
    dark = n.maximum(n.smoothstep(edge, 0.1, 0.03), fine * 0.8) * n.mix(upper, 1.0, 0.25)
    body = n.mix(dark, body, i.crack)
    color = n.mix(old, _shade(i.twig, 0.6 + grain * 0.8), body)
    deep = i.depth * n.mix(old, 0.1, 1.0) * n.mix(upper, 1.0, 0.3)
    height = ((plate - 1.0) - fine * 0.25 + layer * 0.05 + rim * 0.04) * deep + grain * 0.001
    return Shaded(principled(base_color=color, roughness=0.84 + (grain - 0.5) * 0.2, specular=0.25), height=height)


def _smooth(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    old = n.smoothstep(_girth(at), 0.008, 0.05)
    thick = n.smoothstep(_girth(at), 0.08, 0.25)
    wide = n.noise(_stretched(at, 0.2, 0.3), scale=1.0, detail=5.0, roughness=0.6, w=i.seed)
    band = n.noise(_stretched(at, 0.16, 0.014), scale=1.0, detail=3.0, roughness=0.55, w=i.seed + 1.0)
    dots = n.noise(_stretched(at, 0.016, 0.0045), scale=1.0, detail=1.0, w=i.seed + 2.0)
    lenticel = n.smoothstep(dots, 0.66, 0.72) * i.bands
    bent = at + n.noise_vector(_stretched(at, 0.08, 0.2), scale=1.0, detail=2.0, w=i.seed) * 0.04
    edge = n.voronoi(_stretched(bent, 0.035, 0.22), scale=1.0, feature="DISTANCE_TO_EDGE", w=i.seed).distance
    crack = n.smoothstep(edge, 0.075, 0.0) * i.cracks * n.mix(thick, 0.25, 1.0) * n.smoothstep(wide, 0.35, 0.55)
    grain = n.noise(_stretched(at, 0.003, 0.004), scale=1.0, detail=3.0, w=i.seed + 3.0)
    tone = 0.35 + wide * 1.1 + (band - 0.5) * i.bands * 1.3 + (grain - 0.5) * 0.3
    body = n.mix(crack * 0.85, _shade(i.color, tone), n.color((0.05, 0.038, 0.03)))
    body = n.mix(lenticel, body, n.color((0.24, 0.17, 0.12)))
    body, _ = _with_lichen(body, at, i.lichen * old, i.seed)
    color = n.mix(old, _shade(i.twig, 0.6 + wide * 0.8), body)
    relief = (band - 0.5) * 0.5 * i.bands + (wide - 0.5) * 0.6 + lenticel * 0.25 - crack * 1.6
    height = relief * i.depth * n.mix(old, 0.15, 1.0) + grain * 0.0004
    return Shaded(principled(base_color=color, roughness=0.68 + (wide - 0.5) * 0.3, specular=0.35), height=height)


def _palm(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    sway = n.noise(_stretched(at, 0.12, 0.4), scale=1.0, detail=2.0, w=i.seed) - 0.5
    rings = n.math("FRACT", at.z / i.ring + sway * 0.7)
    saw = n.smoothstep(rings, 0.0, 0.12) * (1.0 - rings * 0.75)
    fibre = n.noise(_stretched(at, 0.006, 0.12), scale=1.0, detail=4.0, roughness=0.62, w=i.seed + 1.0)
    split = n.noise(_stretched(at, 0.03, 0.35), scale=1.0, detail=2.0, w=i.seed + 2.0)
    cleft = n.smoothstep(n.math("ABSOLUTE", split - 0.5), 0.03, 0.0) * i.fibre
    wide = n.noise(at, scale=2.0, detail=3.0, w=i.seed + 3.0)
    light = 0.55 + fibre * 0.6 + (wide - 0.5) * 0.5
    color = n.mix(n.smoothstep(saw, 0.75, 0.15) * 0.75, _shade(i.color, light), i.scar)
    color = n.mix(cleft * 0.8, color, n.color((0.05, 0.035, 0.025)))
    height = (saw - cleft * 0.9) * i.depth + (fibre - 0.5) * i.depth * 0.5 * i.fibre
    return Shaded(principled(base_color=color, roughness=0.85 + (fibre - 0.5) * 0.15, specular=0.25), height=height)


def _dead_wood(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    old = n.smoothstep(_girth(at), 0.006, 0.05)
    # Wood grain winds about dead trunks
    twist = at + n.noise_vector(_stretched(at, 0.15, 0.7), scale=1.0, detail=1.0, w=i.seed) * 0.08
    grain = n.noise(
        _stretched(twist, i.width * 0.12, i.width * 4.0), scale=1.0, detail=5.0, roughness=0.65, w=i.seed + 1.0
    )
    split = n.noise(_stretched(twist, i.width, i.width * 11.0), scale=1.0, detail=2.5, roughness=0.55, w=i.seed + 2.0)
    check = n.smoothstep(n.math("ABSOLUTE", split - 0.5), 0.035, 0.004)
    wide = n.noise(_stretched(at, 0.3, 0.7), scale=1.0, detail=4.0, w=i.seed + 3.0)
    worn = n.mix(n.smoothstep(wide, 0.42, 0.68), i.color, i.warm)
    body = n.mix(check, _shade(worn, 0.5 + grain), i.crack)
    patch = n.noise(_stretched(at, 0.14, 0.3), scale=1.0, detail=5.0, roughness=0.6, w=i.seed + 4.0)
    bark = n.smoothstep(patch, 0.78 - i.bark * 0.35, 0.8 - i.bark * 0.35) * n.minimum(i.bark * 10.0, 1.0)
    rough = n.noise(_stretched(at, 0.014, 0.035), scale=1.0, detail=4.0, w=i.seed + 5.0)
    color = n.mix(bark, body, _shade(n.color((0.12, 0.095, 0.075)), 0.4 + rough * 1.2))
    height = (
        (grain - 0.5) * i.depth * 0.4 - check * i.depth * n.mix(old, 0.15, 1.0) + bark * (0.3 + rough) * i.depth * 0.8
    )
    return Shaded(principled(base_color=color, roughness=0.78 + (grain - 0.5) * 0.2, specular=0.25), height=height)


FURROWED = MaterialKind(
    "bark_furrowed", "Furrowed Bark", "Bark", FurrowedParams, _furrowed, "Long, interlaced ridges, as on old oaks"
)
BIRCH = MaterialKind(
    "bark_birch", "Birch Bark", "Bark", BirchParams, _birch, "White paper with dark lenticels and black scars"
)
PLATED = MaterialKind(
    "bark_plated",
    "Plated Bark",
    "Bark",
    PlatedParams,
    _plated,
    "Thick plates of thin flakes, orange above, as on pines",
)
SMOOTH = MaterialKind(
    "bark_smooth",
    "Smooth Bark",
    "Bark",
    SmoothParams,
    _smooth,
    "Smooth grey bark, banded and a little cracked, as on maples",
)
PALM = MaterialKind("bark_palm", "Palm Bark", "Bark", PalmParams, _palm, "Rings of leaf scars over fibres")
DEAD = MaterialKind(
    "dead_wood", "Dead Wood", "Bark", DeadWoodParams, _dead_wood, "Silver wood without bark, checked along its grain"
)
KINDS = (FURROWED, BIRCH, PLATED, SMOOTH, PALM, DEAD)
