"""Agaric: a mushroom with gills, from button to saucer: cap, lamellae of three lengths, ring, bulb or sac at the foot, warts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.fungus import MUSHROOM_GILL, MUSHROOM_SKIN, MUSHROOM_STEM, GillParams, SkinParams, StemParams
from ...parts.caps import Cap, ring_noise, sheet
from ...parts.plant_parts import draw
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class AgaricParams:
    """Metres and radians; `radius` is measured along the skin, from the crown to the rim."""

    radius: float = param(
        0.058, "Crown to rim along the skin", min=0.004, max=0.3, unit="m", panel="Cap", usual=(0.045, 0.075)
    )
    open: float = param(
        0.6, "From a button, 0, to flat, 1, and beyond", min=0.0, max=1.4, panel="Cap", usual=(0.25, 1.05)
    )
    peak: float = param(0.0, "From a dome, 0, to a cone, 1", min=0.0, max=1.0, panel="Cap")
    umbo: float = param(
        0.02, "Boss in the middle, a navel below zero", min=-0.3, max=0.4, panel="Cap", usual=(-0.01, 0.04)
    )
    flesh: float = param(
        0.13, "Thickness of the flesh as a share of the radius", min=0.02, max=0.35, panel="Cap", usual=(0.11, 0.16)
    )
    wave: float = param(0.12, "Unevenness of the cap", min=0.0, max=1.0, panel="Cap", usual=(0.06, 0.25))
    gills: int = param(132, "Number of gills", min=12, max=400, panel="Gills", usual=(112, 152))
    gill_depth: float = param(
        0.11, "Depth of the gills as a share of the radius", min=0.0, max=0.35, panel="Gills", usual=(0.09, 0.13)
    )
    height: float = param(0.105, "Height of the stem", min=0.01, max=0.6, unit="m", panel="Stem", usual=(0.085, 0.135))
    stem_radius: float = param(
        0.0078, "Radius of the stem at the top", min=0.0005, max=0.06, unit="m", panel="Stem", usual=(0.0065, 0.0095)
    )
    bulb: float = param(0.75, "How much the foot swells", min=0.0, max=2.0, panel="Stem", usual=(0.5, 1.0))
    lean: float = param(
        0.08, "How far the cap stands aside as a share of the height", min=0.0, max=1.0, panel="Stem", usual=(0.0, 0.22)
    )
    heading: float = param(
        0.6, "Where it leans to", min=-math.pi, max=math.pi, unit="rad", panel="Stem", usual=(-3.0, 3.0)
    )
    ring: float = param(0.8, "Size of the skirt, 0 for none", min=0.0, max=2.0, panel="Veil", usual=(0.6, 1.0))
    volva: float = param(0.0, "Size of the sac about the foot, 0 for none", min=0.0, max=1.5, panel="Veil")
    warts: int = param(105, "Warts on the cap, 0 for none", min=0, max=600, panel="Veil", usual=(60, 150))
    wart_size: float = param(
        0.005, "Width of a wart", min=0.0003, max=0.04, unit="m", panel="Veil", usual=(0.004, 0.0062)
    )
    wart_height: float = param(
        0.45, "Height of a wart as a share of its width", min=0.05, max=2.0, panel="Veil", usual=(0.3, 0.7)
    )
    color: tuple[float, ...] = param(
        (0.47, 0.02, 0.008), "Colour of the crown, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    rim_color: tuple[float, ...] = param(
        (0.6, 0.085, 0.012), "Colour of the rim", min=0, max=1, panel="Colour", spread=0.25
    )
    gill_color: tuple[float, ...] = param(
        (0.72, 0.66, 0.52), "Colour of the gills", min=0, max=1, panel="Colour", spread=0.1
    )
    stem_color: tuple[float, ...] = param(
        (0.7, 0.64, 0.5), "Colour of stem and ring", min=0, max=1, panel="Colour", spread=0.1
    )
    wart_color: tuple[float, ...] = param(
        (0.74, 0.68, 0.52), "Colour of the warts", min=0, max=1, panel="Colour", spread=0.1
    )
    seed: int = param(0, "Another mushroom of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "fly_agaric": AgaricParams(),
    "fly_agaric_button": AgaricParams(
        radius=0.05, open=0.12, height=0.06, stem_radius=0.011, bulb=1.0, ring=0.35, warts=110, wart_size=0.005,
        wart_height=0.6, lean=0.03, gill_depth=0.07, rim_color=(0.5, 0.03, 0.01),
    ),
    "death_cap": AgaricParams(
        radius=0.055, open=0.72, height=0.12, stem_radius=0.0065, bulb=0.85, volva=0.9, ring=0.9, warts=0, wave=0.1,
        color=(0.17, 0.17, 0.045), rim_color=(0.33, 0.33, 0.13), gill_color=(0.72, 0.69, 0.58), gills=120,
    ),
    "parasol_mushroom": AgaricParams(
        radius=0.12, open=0.93, umbo=0.07, flesh=0.08, height=0.26, stem_radius=0.0085, bulb=1.0, ring=1.0, warts=280,
        wart_size=0.0095, wart_height=0.1, gills=190, gill_depth=0.12, wave=0.12, color=(0.17, 0.09, 0.045),
        rim_color=(0.55, 0.44, 0.29), gill_color=(0.72, 0.64, 0.5), stem_color=(0.45, 0.33, 0.21), wart_color=(0.2, 0.11, 0.055),
    ),
    "field_mushroom": AgaricParams(
        radius=0.05, open=0.55, flesh=0.2, height=0.05, stem_radius=0.009, bulb=0.1, ring=0.45, warts=0, gills=150,
        color=(0.68, 0.62, 0.52), rim_color=(0.74, 0.7, 0.62), gill_color=(0.36, 0.13, 0.1), gill_depth=0.1,
    ),
    "fairy_bonnet": AgaricParams(
        radius=0.02, open=0.28, peak=0.75, umbo=0.06, flesh=0.05, wave=0.1, gills=48, gill_depth=0.13, height=0.085,
        stem_radius=0.0011, bulb=0.3, lean=0.25, ring=0.0, warts=0, color=(0.16, 0.09, 0.05), rim_color=(0.36, 0.25, 0.16),
        gill_color=(0.6, 0.53, 0.44), stem_color=(0.3, 0.19, 0.11),
    ),
}  # fmt: skip


def build(p: AgaricParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of AgaricParams."""
    skins = {
        "Cap Material": shared(MUSHROOM_SKIN, SkinParams(fibre=0.2), "Agaric Cap"),
        "Gill Material": shared(MUSHROOM_GILL, GillParams(), "Agaric Gills"),
        "Stem Material": shared(MUSHROOM_STEM, StemParams(), "Agaric Stem"),
        "Wart Material": shared(MUSHROOM_STEM, StemParams(soil=0.0, scurf=0.6, fibre=0.2), "Agaric Warts"),
    }
    with new_tree("Agaric", p) as tree:
        i = tree.i
        for label, material in skins.items():
            tree.material_input(label, material, f"What the {label.split()[0].lower()}s are made of")
        turn = 2.3 - i.open * 2.0
        cap = Cap(
            i.radius, turn, i.peak, i.umbo, i.radius * i.flesh, i.radius * 0.016 + 0.0003, i.wave * 0.4, i.seed + 0.37
        )
        with tree.frame("Cap"):
            head = n.join(
                n.set_material(_cap(i, cap), tree.i["Cap Material"]),
                n.set_material(_gills(i, cap), tree.i["Gill Material"]),
                _warts(i, cap, tree.i["Wart Material"]),
            )
            tilt = n.combine_xyz(
                (ring_noise(i.seed * 1.9, 2.0, 3.0) - 0.5) * 0.35,
                i.lean * 0.7 + draw(i.seed, 7, -0.06, 0.1, of=i.seed),
                0.0,
            )
            crown = n.combine_xyz(i.lean * i.height, 0.0, i.height + i.radius * i.flesh * 0.9)
            head = n.transform(head, translation=crown, rotation=tilt)
        with tree.frame("Stem"):
            foot = n.set_material(n.join(_stem(i), _ring(i, turn), _volva(i)), tree.i["Stem Material"])
        whole = n.transform(n.join(head, foot), rotation=n.combine_xyz(0.0, 0.0, i.heading))
        tree.o.geometry << n.shade_smooth(whole)
    return tree.data


@grouped("Agaric Cap")
def _cap(i: Inputs, cap: Cap) -> Socket:
    s = sheet(count(i.detail, 112, 16), count(i.detail, 60, 16))
    body, u = n.capture(cap.shape(s), s.u)
    spot = n.noise(n.position() / i.radius, scale=3.0, detail=3.0, w=i.seed * 1.7)
    tint = n.mix(n.clamp(n.smoothstep(u, 0.25, 1.0) * 0.8 + (spot - 0.5) * 0.9), i.color, i.rim_color)
    # under the rim the skin ends in the flesh
    tint = n.mix(n.smoothstep(s.below, 0.35, 0.75), tint, i.gill_color)
    body = n.store(body, "tint", tint)
    around = n.combine_xyz(n.cos(s.angle), n.sin(s.angle), 0.0) * (i.radius * 0.45)
    body = n.store(body, "limb", around + n.combine_xyz(0.0, 0.0, u * i.radius))
    return n.store(body, "random", draw(i.seed, 9, of=i.seed))


@grouped("Agaric Gills")
def _gills(i: Inputs, cap: Cap) -> Socket:
    inner = n.clamp(i.stem_radius / i.radius * 0.98, 0.03, 0.5)
    c, u, down = cap.gills(
        i.gills, inner, i.gill_depth * i.radius, i.radius * 0.3 / i.gills ** 0.8 + 0.0001, count(i.detail, 6, 4),
        count(i.detail, 14, 6), i.seed,
    )  # fmt: skip
    own = draw(i.seed, 11, 0.88, 1.08, of=c.number)
    light = own * n.mix(down, 0.8, 1.04)
    mesh = n.store(c.mesh, "tint", n.mix(1.0, i.gill_color, n.combine_xyz(light, light, light), blend="MULTIPLY"))
    mesh = n.store(mesh, "limb", n.combine_xyz(c.number * 0.01, down * i.gill_depth * i.radius, u * i.radius))
    return n.store(mesh, "random", draw(i.seed, 12, of=c.number))


@grouped("Agaric Warts")
def _warts(i: Inputs, cap: Cap, material: Socket) -> Socket:
    """Rests of the veil: lumps with flat tops, of three sorts, more and bigger about the crown."""
    sorts = []
    for sort in range(3):
        lump = n.sphere(count(i.detail, 18, 6), count(i.detail, 10, 4), 0.5)
        at = n.position()
        push = n.noise_vector(at, scale=2.6, detail=2.0, w=i.seed * 1.3 + sort * 9.0)
        corner = 1.0 + (ring_noise(n.math("ARCTAN2", at.y, at.x), 5.0, i.seed + sort * 7.0) - 0.5) * 0.9
        taper = n.mix(n.smoothstep(at.z, -0.1, 0.5), 1.0, 0.62)
        lump = n.set_position(
            lump,
            n.combine_xyz(at.x * taper * corner, at.y * taper * corner, at.z * i.wart_height * 1.3) + push * 0.22,
        )
        lump = n.store(lump, "limb", n.position() * i.wart_size + n.combine_xyz(sort * 0.1, 0.0, 1.0))
        sorts.append(n.set_material(n.shade_smooth(lump), material))
    variants = n.node("GeometryNodeGeometryToInstance", geometry=sorts).as_socket()
    made, normal, u = cap.spread(i.warts, 0.97, 1.0, i.seed)
    own = draw(i.seed, 21, of=n.index())
    size = i.wart_size * n.mix(u, 1.2, 0.55) * (0.55 + own * own * 0.95)
    spin = n.combine_xyz(0.0, 0.0, draw(i.seed, 22, 0.0, 6.28, of=n.index()))
    turned = n.node(
        "FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=n.align_to(normal), rotate_by=spin
    ).as_socket()
    stretch = n.combine_xyz(draw(i.seed, 23, 0.75, 1.3, of=n.index()), draw(i.seed, 24, 0.75, 1.3, of=n.index()), 1.0)
    placed = n.instance_on(
        made, variants, rotation=turned, scale=stretch * size, pick=draw(i.seed, 25, 0, 2, of=n.index())
    )
    light = draw(i.seed, 26, 0.82, 1.05, of=n.index())
    tint = n.mix(1.0, i.wart_color, n.combine_xyz(light, light, light), blend="MULTIPLY")
    placed = n.store(placed, "tint", tint, domain="INSTANCE")
    return n.store(placed, "random", draw(i.seed, 27, of=n.index()), domain="INSTANCE")


def _path(i: Inputs, z: Socket) -> Socket:
    """The stem's middle at a height: it leaves the ground aslant and ends upright."""
    s = n.clamp(z / i.height)
    return n.combine_xyz(n.sin(s * (math.pi / 2)) * i.lean * i.height, 0.0, z)


def _girth(i: Inputs, z: Socket) -> Socket:
    """The stem's radius at a height, m."""
    s = n.clamp(z / i.height)
    swell = n.float_curve(s, [(0, 0.42), (0.05, 0.85), (0.12, 1.0), (0.24, 0.5), (0.4, 0.14), (0.7, 0.02), (1, 0.0)])
    return i.stem_radius * (1.0 + (1.0 - s) * 0.28 + swell * i.bulb)


@grouped("Agaric Stem")
def _stem(i: Inputs) -> Socket:
    s = lathe(count(i.detail, 40, 10), count(i.detail, 44, 14))
    z = n.mix(s.t, i.height * -0.03, i.height + i.radius * i.flesh * 0.45)
    closed = n.sqrt(n.clamp(n.minimum(s.t, 1.0 - s.t) / 0.035))
    lump = 1.0 + (ring_noise(s.angle, 4.0, i.seed * 2.3, 2.0, z / i.stem_radius * 0.35) - 0.5) * 0.3
    # the belts that the veil leaves about the bulb of kinds with warts
    share = z / i.height
    belt = n.math("PINGPONG", share * 20.0 + ring_noise(s.angle, 9.0, i.seed, 2.0) * 1.6, 0.5) * 2.0
    scale = belt * n.smoothstep(ring_noise(s.angle, 16.0, i.seed * 3.1, 1.0, share * 18.0), 0.38, 0.62)
    belts = scale * n.smoothstep(share, 0.07, 0.11) * n.smoothstep(share, 0.3, 0.2) * (i.warts > 0) * (i.bulb > 0.2)
    r = (_girth(i, z) * lump + belts * i.stem_radius * 0.3) * closed
    out = n.combine_xyz(s.cos, s.sin, 0.0)
    body = n.set_position(s.geometry, _path(i, z) + out * r)
    body = n.store(body, "tint", n.mix(belts * 0.4, i.stem_color, i.wart_color))
    return n.store(body, "limb", out * i.stem_radius + n.combine_xyz(0.0, 0.0, z))


@grouped("Agaric Ring")
def _ring(i: Inputs, turn: Socket) -> Socket:
    """The skirt: out from the stem and down in pleats, torn at its edge."""
    s = sheet(count(i.detail, 120, 20), count(i.detail, 30, 12))
    drop = i.radius * (1.0 - n.cos(turn)) / n.maximum(turn, 0.3)
    z0 = n.maximum(n.minimum(i.height * 0.76, i.height - drop * 0.9), i.height * 0.3)
    hem = (
        1.0
        + (ring_noise(s.angle, 14.0, i.seed * 1.1, 3.0) - 0.5) * 0.5
        + (ring_noise(s.angle, 3.0, i.seed) - 0.5) * 0.5
    )
    size = i.ring * i.stem_radius * 1.9 * hem
    u = n.smoothstep(s.u, 0.0, 1.0) * 0.35 + n.clamp((s.u - 0.15) / 0.85) * 0.65
    root = n.minimum(s.u / 0.15, 1.0)
    pleat = n.sin(s.angle * 26.0 + ring_noise(s.angle, 5.0, i.seed) * 9.0) * 0.05 * u
    sway = (ring_noise(s.angle, 4.0, i.seed * 2.9, 2.0) - 0.5) * 0.7 * u
    r = _girth(i, z0) * root * 1.02 + size * (n.math("POWER", u, 0.75) * 0.78 + (pleat + sway * 0.5) * u)
    z = z0 - size * (u * u * 0.95 - u * 0.12 + sway * u * 0.6)
    out = n.combine_xyz(s.lathe.cos, s.lathe.sin, 0.0)
    thick = (i.stem_radius * 0.05 + 0.00025) * (1.0 + n.smoothstep(s.u, 0.85, 1.0) * 0.9)
    normal = (out * 0.55 + n.combine_xyz(0.0, 0.0, 0.8)).normalized()
    where = (
        _path(i, z0)
        + out * r
        + n.combine_xyz(0.0, 0.0, z - z0)
        - normal * (thick * s.below)
        + out * (s.edge * thick * 0.5)
    )
    skirt = n.set_position(s.lathe.geometry, where)
    skirt = n.store(skirt, "tint", n.mix(0.35, i.stem_color, i.wart_color))
    skirt = n.store(skirt, "limb", out * (i.stem_radius * 2.0) + n.combine_xyz(0.0, 0.0, z0 + u * i.stem_radius * 2.0))
    return n.switch((i.ring > 0.01), None, skirt)


@grouped("Agaric Volva")
def _volva(i: Inputs) -> Socket:
    """The sac: a torn cup about the bulb."""
    s = sheet(count(i.detail, 72, 16), count(i.detail, 36, 12))
    lobe = ring_noise(s.angle, 5.0, i.seed * 1.9, 3.0)
    tall = i.height * 0.27 * i.volva * (0.55 + lobe * 0.9)
    u = n.clamp((s.u - 0.3) / 0.7)
    round_ = n.sin(n.minimum(s.u / 0.3, 1.0) * (math.pi / 2))
    z = n.mix(n.math("POWER", n.clamp(s.u / 0.3), 2.0), i.height * -0.035, i.height * 0.04) + tall * u
    rough = 1.0 + (ring_noise(s.angle, 6.0, i.seed * 4.1, 2.0, u * 2.0) - 0.5) * 0.25
    flare = 1.12 + u * u * 0.4 * lobe
    r = n.maximum(_girth(i, z), i.stem_radius * 1.5) * flare * rough * round_
    out = n.combine_xyz(s.lathe.cos, s.lathe.sin, 0.0)
    thick = i.stem_radius * 0.14
    # the outer side is the lower one, so the thickness goes outward
    where = (
        _path(i, n.maximum(z, 0.0)) * (1.0, 1.0, 0.0)
        + n.combine_xyz(0.0, 0.0, z)
        + out * (r + (s.below - 1.0) * thick * round_)
    )
    where = where - n.combine_xyz(0.0, 0.0, s.below * thick * (1.0 - n.smoothstep(s.u, 0.1, 0.3)))
    cup = n.set_position(s.lathe.geometry, where)
    cup = n.store(cup, "tint", n.mix(0.5, i.stem_color, i.wart_color))
    cup = n.store(cup, "limb", out * i.stem_radius + n.combine_xyz(0.0, 0.0, z))
    return n.switch(i.volva > 0.01, None, cup)


AGARIC = Family(
    "agaric", "Agaric", "Fungi", AgaricParams, build, PRESETS, "A mushroom with gills, from button to saucer"
)
