"""Fired clay: glaze that pools and crackles over stoneware, and bare terracotta."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, place, principled
from .textures import own_place, stretched, upward
from .tones import lit


@dataclass(frozen=True)
class GlazeParams:
    color: tuple[float, ...] = param((0.16, 0.4, 0.38), "Colour of the glaze, linear RGB", min=0, max=1, spread=0.3)
    deep: tuple[float, ...] = param(
        (0.3, 0.42, 0.5), "What a thick glaze leaves of the colour", min=0, max=1, spread=0.2
    )
    pool: float = param(0.6, "How much the glaze's thickness shows", min=0, max=1, usual=(0.4, 0.8))
    crackle: float = param(0.5, "How plain the net of cracks is", min=0, max=1, usual=(0.0, 0.8))
    net: float = param(0.011, "Size of the net's meshes", min=0.0005, max=0.2, unit="m", usual=(0.007, 0.016))
    specks: float = param(0.35, "Iron specks burnt through", min=0, max=1, usual=(0.1, 0.7))
    bare: float = param(0.0, "Height above the origin up to which the clay is bare", min=0.0, max=1.0, unit="m")
    clay: tuple[float, ...] = param((0.4, 0.26, 0.16), "Colour of the clay", min=0, max=1, spread=0.2)
    roughness: float = param(0.12, "Of the glaze", min=0, max=1, usual=(0.06, 0.25))
    ripple: float = param(0.0004, "Unevenness of the glaze", min=0.0, max=0.01, unit="m", usual=(0.0002, 0.0006))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_glaze(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    z = place().z
    wide = n.noise(at, scale=14.0, detail=2.0, w=i.seed)
    drips = stretched(at, 0.018, 0.16, 2.0, i.seed + 2.0)
    fine = n.noise(at, scale=160.0, detail=3.0, w=i.seed + 4.0)
    # The glaze runs down: thick in drips and towards the foot, thin where the body turns outward at the rim
    thick = n.clamp(0.5 + (drips - 0.5) * 1.8 + (wide - 0.5) * 1.2 - upward() * 0.25)
    own = own_color(i.color)
    deep = n.mix(1.0, own, i.deep, blend="MULTIPLY")
    glaze = n.mix(n.smoothstep(thick, 0.25, 0.95) * i.pool, own, deep)
    glaze = n.mix((1.0 - n.smoothstep(thick, 0.02, 0.3)) * i.pool * 0.45, glaze, n.mix(0.5, i.clay, own))
    shifted = at + n.noise_vector(at, scale=55.0, detail=1.0, w=i.seed) * i.net * 0.7
    crack = n.voronoi(shifted, scale=1.0 / i.net, feature="DISTANCE_TO_EDGE").distance
    fresh = n.voronoi(shifted, scale=2.3 / i.net, feature="DISTANCE_TO_EDGE").distance
    crack = n.maximum(1.0 - n.smoothstep(crack, 0.0, 0.035), (1.0 - n.smoothstep(fresh, 0.0, 0.025)) * 0.35)
    crack = crack * i.crackle * n.smoothstep(wide, 0.3, 0.5)
    glaze = n.mix(crack * 0.75, glaze, lit(deep, 0.3))
    spot = n.smoothstep(n.noise(at, scale=420.0, detail=1.0, w=i.seed + 6.0), 0.7 - i.specks * 0.08, 0.78) * i.specks
    glaze = n.mix(n.minimum(spot * 1.4, 0.8), glaze, n.color((0.075, 0.042, 0.022)))
    # The glaze ends above the foot in a wavy, swollen edge
    hem = z - i.bare - (drips - 0.5) * 0.03 * n.minimum(i.bare * 60.0, 1.0)
    covered = n.maximum(n.smoothstep(hem, 0.0, 0.0015), n.math("LESS_THAN", i.bare, 1e-4))
    clay = lit(i.clay, 0.75 + fine * 0.5)
    roughness = n.mix(covered, 0.8, i.roughness + (fine - 0.5) * 0.08 + crack * 0.12)
    shader = principled(
        base_color=n.mix(covered, clay, glaze),
        roughness=roughness,
        ior=1.52,
        coat_weight=covered * 0.6,
        coat_roughness=0.05,
        subsurface_weight=covered * 0.06,
        subsurface_scale=0.004,
    )
    swell = covered * (1.0 - n.smoothstep(hem, 0.0, 0.012)) * n.minimum(i.bare * 60.0, 1.0)
    height = (thick - 0.5) * i.ripple * covered + swell * 0.0009 - crack * 0.00003 + (1.0 - covered) * fine * 0.0002
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class TerracottaParams:
    color: tuple[float, ...] = param((0.47, 0.185, 0.085), "Colour of the clay, linear RGB", min=0, max=1, spread=0.2)
    grooves: float = param(
        0.00025, "Height of the rings from the wheel", min=0.0, max=0.01, unit="m", usual=(0.0, 0.0005)
    )
    groove: float = param(0.006, "Distance of the rings", min=0.0005, max=0.1, unit="m", usual=(0.004, 0.009))
    lime: float = param(0.35, "White bloom of lime", min=0, max=1, usual=(0.0, 0.7))
    soot: float = param(0.25, "Dark patches from fire and water", min=0, max=1, usual=(0.1, 0.5))
    roughness: float = param(0.82, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.72, 0.9))
    grain: float = param(0.00012, "Height of the grain", min=0.0, max=0.01, unit="m", usual=(0.00006, 0.0002))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_terracotta(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    wide = n.noise(at, scale=11.0, detail=5.0, roughness=0.6, w=i.seed)
    fine = n.noise(at, scale=350.0, detail=3.0, roughness=0.6, w=i.seed + 2.0)
    level = place().z / i.groove
    rings = n.noise(n.combine_xyz(0.0, 0.0, level) + at * 3.0, scale=1.0, detail=2.0, w=i.seed + 3.0)
    chalky = (
        n.noise(at, scale=24.0, detail=6.0, roughness=0.68, w=i.seed + 4.0)
        + (stretched(at, 0.02, 0.1, 2.0, i.seed) - 0.5) * 0.3
    )
    lime = n.smoothstep(chalky, 0.62 - i.lime * 0.22, 0.74 - i.lime * 0.16) * n.minimum(i.lime * 3.0, 1.0)
    soot = n.smoothstep(n.noise(at, scale=6.0, detail=4.0, w=i.seed + 5.0), 0.58 - i.soot * 0.2, 0.76 - i.soot * 0.2)
    color = lit(own_color(i.color), (0.78 + wide * 0.42) * (0.88 + fine * 0.24) * (0.92 + rings * 0.16))
    pale = n.mix(n.smoothstep(wide, 0.45, 0.75) * 0.4, color, n.mix(0.6, color, n.color((0.6, 0.33, 0.18))))
    color = n.mix(soot * 0.5 * n.minimum(i.soot * 4.0, 1.0), pale, lit(color, 0.35))
    color = n.mix(lime * 0.6, color, n.color((0.66, 0.57, 0.48)))
    pits = n.smoothstep(n.noise(at, scale=500.0, detail=1.0, w=i.seed + 8.0), 0.66, 0.74)
    shader = principled(base_color=color, roughness=i.roughness + (fine - 0.5) * 0.15, specular=0.25)
    return Shaded(shader, height=(fine - pits * 1.6) * i.grain + rings * i.grooves + lime * 0.00008)


GLAZE = MaterialKind(
    "glazed_ceramic", "Glazed Ceramic", "Ceramic", GlazeParams, shade_glaze, "Glaze that pools, crackles and ends above the foot",
    presets={
        "celadon": GlazeParams(color=(0.34, 0.46, 0.36), deep=(0.42, 0.6, 0.55), specks=0.15, crackle=0.7),
        "white_glaze": GlazeParams(color=(0.7, 0.66, 0.58), deep=(0.75, 0.78, 0.78), specks=0.6, crackle=0.2),
        "tenmoku": GlazeParams(color=(0.09, 0.036, 0.02), deep=(0.25, 0.22, 0.25), crackle=0.0, pool=0.9, clay=(0.36, 0.14, 0.05)),
    },
    sample_size=0.2,
)  # fmt: skip
TERRACOTTA = MaterialKind(
    "terracotta", "Terracotta", "Ceramic", TerracottaParams, shade_terracotta, "Bare fired clay with a bloom of lime",
    presets={"old_terracotta": TerracottaParams(lime=0.75, soot=0.6)}, sample_size=0.25,
)  # fmt: skip
KINDS = (GLAZE, TERRACOTTA)
