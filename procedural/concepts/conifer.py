"""Conifer: tiers of drooping boughs round a straight or leaning trunk, each tier one closed, star-shaped skirt."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input, Socket
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count
from .base import Draw, Generator, Trait, Traits

BARK = (0.12, 0.065, 0.035)
RIM = 4.0 / 7.0  # where along a skirt's outline its rim lies: four of seven segments are its upper side


@dataclass(frozen=True)
class ConiferParams:
    """Metres and radians."""

    height: float = param(8.0, "Height of the whole tree", min=1.0, max=40.0, unit="m")
    width: float = param(4.0, "Width at the lowest boughs", min=0.4, max=20.0, unit="m")
    clear: float = param(0.12, "Share of the height below the lowest boughs", min=0.0, max=0.5, panel="Trunk")
    trunk_radius: float = param(0.22, "Radius of the trunk at its foot", min=0.03, max=1.5, unit="m", panel="Trunk")
    bend: float = param(0.1, "How far the top leans over, as a share of the height", min=0.0, max=0.6, panel="Trunk")
    bend_direction: float = param(0.0, "Where it leans to, from +X", min=-3.2, max=3.2, unit="rad", panel="Trunk")
    fullness: float = param(0.5, "Few airy tiers, or many dense ones", min=0.0, max=1.0, panel="Boughs")
    boughs: int = param(8, "Boughs in a tier", min=4, max=16, panel="Boughs")
    droop: float = param(0.3, "How far boughs hang down, as a share of their length", min=0.0, max=1.0, panel="Boughs")
    raggedness: float = param(0.5, "How uneven the boughs are", min=0.0, max=1.0, panel="Boughs")
    taper: float = param(0.9, "Shape of the outline: below 1 bulging, above 1 hollow", min=0.4, max=2.0, panel="Boughs")
    bark: tuple[float, ...] = param(BARK, "Colour of the bark, linear RGB", min=0, max=1, panel="Trunk")
    seed: int = param(0, "Another conifer of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 5.0, 12.0),
    "width": Trait("width", 2.4, 6.0),
    "bend": Trait("bend", 0.0, 0.36),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> ConiferParams:
    """A conifer of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(ConiferParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    return draw.params(
        clear=draw.uniform(0.12, 0.24),
        trunk_radius=height * draw.uniform(0.028, 0.044),
        bend_direction=draw.uniform(-0.6, 0.6),
        boughs=draw.integer(6, 9),
        droop=draw.uniform(0.12, 0.5),
        raggedness=draw.uniform(0.25, 1.0),
        taper=draw.uniform(0.75, 1.15),
        bark=draw.color(BARK, 0.3),
    )


def build(p: ConiferParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ConiferParams."""
    material = surface("Needles and Bark", (0.014, 0.085, 0.022), roughness=0.85, specular=0.25)
    with new_tree("Conifer", p) as tree:
        i = tree.i

        def lean(z: Input) -> Socket:
            """How far the axis is aside at height z, m."""
            share = n.clamp(z / i.height)
            return parts.direction(i.bend_direction) * (math("POWER", share, 1.9) * i.bend * i.height)

        with tree.frame("Trunk"):
            shape = parts.tube(count(i.detail, 20, 8), count(i.detail, 20, 8))
            t = shape.along
            flare = math("EXPONENT", t * -16.0) * (0.55 + n.cos(shape.angle * 4.0 + i.seed) * 0.2)
            z = t * i.height * 0.9
            trunk = parts.limb(
                shape, lambda along: lean(z) + n.combine_xyz(0.0, 0.0, z), i.trunk_radius * (1.03 - t * 0.95 + flare)
            )
            trunk = parts.paint(trunk, 0.0, 1.0, parts.bark_of(i.bark, i.seed, 14.0 / i.height))
        with tree.frame("Tiers"):
            total = math("ROUND", 4.0 + i.fullness * 4.0)
            fine = math("ROUND", i.detail * 2.0)
            skirts = parts.tubes(
                total, i.boughs * 2.0 * n.maximum(fine, 2.0), 7.0 * n.maximum(math("FLOOR", i.detail * 2), 1.0)
            )
            v, angle, tier = 1.0 - skirts.along, skirts.angle, skirts.number  # outline runs from the top, outward
            level = tier / total  # 0 at the lowest tier
            room = i.height * (1.0 - i.clear)
            spacing = room / (total + 0.7)
            own = parts.draw(i.seed, 1, -1.0, 1.0, tier) * i.raggedness
            base = i.height * i.clear + math("POWER", level, 0.93) * room * 0.9 + spacing * (0.3 + own * 0.12)
            base = base + i.droop * i.width * 0.36 * (1.0 - level)  # so that the lowest tips stay clear of the ground
            reach = i.width * 0.5 * (math("POWER", 1.0 - level, i.taper) * 0.93 + 0.07) * (1.0 + own * 0.12)
            rise = n.minimum(spacing * n.mix(i.fullness, 1.35, 1.9), i.height - base)
            rise = n.switch(tier > total - 1.5, rise, i.height - base)
        with tree.frame("Boughs"):
            upper = n.clamp(v / RIM)
            under = n.clamp((v - RIM) / (1.0 - RIM))
            out = upper * (1.0 - under * 0.8)  # 0 at the axis, 1 at the rim
            phase = angle * i.boughs + parts.draw(i.seed, 2, 0.0, parts.TAU, tier)
            tip = n.cos(phase) * 0.5 + 0.5  # 1 on a bough's ridge, 0 between boughs
            round_trip = parts.direction(angle) * 1.3 + n.combine_xyz(0.0, 0.0, tier * 3.7)
            ragged = (n.noise(round_trip, scale=1.6, detail=1.0, w=i.seed * 5.3) - 0.5) * i.raggedness
            notch = n.mix(i.fullness, 0.42, 0.3)
            length = reach * (1.0 - notch * (1.0 - tip) * out + ragged * out * 0.8)
            sag = i.droop * (0.6 + tip * 0.5 + ragged) * reach * out * out
            ridge = (tip - 0.5) * reach * 0.16 * out * (1.0 - under)
            high = n.switch(v > RIM, math("POWER", 1.0 - out, 1.2), under * 0.22)
            z = base + high * rise - sag + ridge
            tilt = n.cos(angle + parts.draw(i.seed, 3, 0.0, parts.TAU, tier)) * 0.07 * i.raggedness * reach * out
            radius = length * out + i.trunk_radius * 0.1
            z = z + tilt
            tiers = n.set_position(skirts.mesh, lean(z) + parts.direction(angle) * radius + n.combine_xyz(0.0, 0.0, z))
            shade = 0.62 + out * out * 0.34 + tip * out * 0.16 - under * 0.25 + level * 0.12
            mottle = n.noise(scale=45.0 / i.height, detail=2.0, w=i.seed * 1.9) - 0.5
            tiers = parts.paint(tiers, 1.0, shade + mottle * 0.3, (0.05, 0.15, 0.05))
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(trunk, tiers)), material)
    return tree.data


GENERATOR = Generator("conifer", ConiferParams, sample, build, TRAITS)
