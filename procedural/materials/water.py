"""Water of three kinds: clear, of the sea, murky. Waves run on with `phase`, which may be keyed. The attribute `foam` (0..1) is where it is white."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, place, principled, told
from .patterns import blend, clear, spot, squeeze, warp


@dataclass(frozen=True)
class WaterParams:
    """Still, clear water: of a spring, a glass, a mountain lake."""

    color: tuple[float, ...] = param(
        (0.5, 0.86, 0.9), "What is left of white light after `depth`", min=0, max=1, spread=0.1
    )
    depth: float = param(2.0, "How deep one sees, the colour's depth", min=0.01, max=500, unit="m", usual=(1.0, 4.0))
    cloudiness: float = param(0.0, "How much floats in it", min=0, max=1)
    wave: float = param(0.16, "Distance between waves", min=0.005, max=500, unit="m", usual=(0.1, 0.3))
    waves: float = param(0.004, "Height of the waves", min=0, max=20, unit="m", usual=(0.002, 0.007))
    chop: float = param(0.15, "How sharp crests are", min=0, max=1, usual=(0.0, 0.3))
    foam: float = param(0.0, "Foam on the crests", min=0, max=1)
    phase: float = param(0.0, "Where the waves are in time: key it to let them run", min=-10000, max=10000)
    roughness: float = param(0.015, "Roughness", min=0, max=1, usual=(0.005, 0.03))
    seed: float = param(0.0, "Other waves", min=0, max=100, usual=(0, 100))


@dataclass(frozen=True)
class SeaWaterParams(WaterParams):
    """The sea in a fresh wind."""

    color: tuple[float, ...] = param(
        (0.08, 0.4, 0.46), "What is left of white light after `depth`", min=0, max=1, spread=0.15
    )
    depth: float = param(4.0, "How deep one sees, the colour's depth", min=0.01, max=500, unit="m", usual=(2.5, 8.0))
    cloudiness: float = param(0.15, "How much floats in it", min=0, max=1, usual=(0.05, 0.3))
    wave: float = param(1.6, "Distance between waves", min=0.005, max=500, unit="m", usual=(1.0, 2.6))
    waves: float = param(0.22, "Height of the waves", min=0, max=20, unit="m", usual=(0.12, 0.32))
    chop: float = param(0.7, "How sharp crests are", min=0, max=1, usual=(0.5, 0.9))
    foam: float = param(0.4, "Foam on the crests", min=0, max=1, usual=(0.15, 0.7))


@dataclass(frozen=True)
class MurkyWaterParams(WaterParams):
    """A pond, a slow river, a flood."""

    color: tuple[float, ...] = param(
        (0.36, 0.28, 0.13), "What is left of white light after `depth`", min=0, max=1, spread=0.2
    )
    depth: float = param(0.45, "How deep one sees, the colour's depth", min=0.01, max=500, unit="m", usual=(0.3, 0.8))
    cloudiness: float = param(0.7, "How much floats in it", min=0, max=1, usual=(0.5, 0.9))
    wave: float = param(0.12, "Distance between waves", min=0.005, max=500, unit="m", usual=(0.08, 0.2))
    waves: float = param(0.0025, "Height of the waves", min=0, max=20, unit="m", usual=(0.001, 0.005))
    foam: float = param(0.12, "Scum on it", min=0, max=1, usual=(0.0, 0.3))
    roughness: float = param(0.04, "Roughness", min=0, max=1, usual=(0.02, 0.07))


def water(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.wave, i.seed)
    long = n.noise(squeeze(at, 0.55, 1.0, 1.0), scale=0.9, detail=2.0, w=i.phase * 0.5)
    short = n.noise(warp(at, 0.2, 1.0), scale=2.6, detail=4.0, roughness=0.55, w=i.phase * 1.3)
    crest = 1.0 - abs(long - 0.5) * 3.4
    swell = n.mix(i.chop, clear(long), crest * 0.9) + (short - 0.5) * 0.6
    bubbles = n.noise(warp(at, 0.5, 1.6, 3.0), scale=5.0, detail=6.0, roughness=0.68)
    wide = n.noise(at, scale=0.5, detail=3.0)
    lace = n.noise(warp(at, 0.7, 0.9, 3.0), scale=1.7, detail=3.0)
    streaks = n.smoothstep(abs(lace - 0.5), 0.05, 0.0) * clear(wide, 0.4, 0.6) * 0.6
    reach = n.smoothstep(swell, 1.25 - i.foam * 0.75, 1.5 - i.foam * 0.65) + streaks * i.foam
    foam = n.smoothstep(reach + (bubbles - 0.5) * 0.9, 0.4, 0.62) * n.minimum(i.foam * 6.0, 1.0)
    broken = told("foam")  # what the water says of itself: surf, rapids, falls
    foam = n.maximum(foam, n.smoothstep(broken + (bubbles - 0.5) * 1.3 + streaks * 0.4, 0.42, 0.75))
    shader = principled(
        base_color=blend(foam, (1.0, 1.0, 1.0), blend(i.cloudiness, (0.72, 0.76, 0.77), (0.5, 0.46, 0.34))),
        roughness=i.roughness + n.smoothstep(short, 0.45, 0.7) * 0.02 + foam * 0.6,
        ior=1.333,
        transmission_weight=1.0 - foam,
    )
    # Beer's law: after `depth` metres the colour is what is left; the node takes 1 - colour as absorption a metre
    sigma = [n.math("LOGARITHM", n.maximum(part, 0.01), 2.718282) * -1.0 for part in tree.separate(own_color(i.color))]
    strongest = n.maximum(n.maximum(sigma[0], sigma[1]), n.maximum(sigma[2], 0.01))
    left = n.combine_xyz(*[1.0 - part / strongest for part in sigma])
    absorption = tree.add("ShaderNodeVolumeAbsorption", color=left, density=strongest / i.depth)
    grains = tree.add(
        "ShaderNodeVolumeScatter",
        color=n.mix(0.4, own_color(i.color), n.color((0.9, 0.85, 0.75))),
        density=i.cloudiness / i.depth * 3.0,
        anisotropy=0.4,
    )
    volume = tree.add("ShaderNodeAddShader", absorption, grains)
    return Shaded(shader, height=swell * i.waves + foam * bubbles * i.waves * 0.08, volume=volume)


@dataclass(frozen=True)
class FogParams:
    color: tuple[float, ...] = param((0.82, 0.84, 0.85), "Colour, linear RGB", min=0, max=1, spread=0.05)
    sight: float = param(4.0, "How far one sees in it", min=0.05, max=5000, unit="m", usual=(2.5, 8.0))
    patch: float = param(2.0, "Size of its swathes", min=0.05, max=2000, unit="m", usual=(1.2, 3.5))
    patches: float = param(0.8, "How uneven it is", min=0, max=1, usual=(0.4, 1.0))
    top: float = param(2.6, "Height above which it thins", min=0, max=2000, unit="m", usual=(1.5, 3.5))
    thinning: float = param(1.0, "Over what height it thins", min=0.01, max=2000, unit="m", usual=(0.6, 1.6))
    forward: float = param(0.5, "How far light goes on ahead", min=-0.95, max=0.95, usual=(0.3, 0.7))
    phase: float = param(0.0, "Where it drifts in time: key it to let it move", min=-10000, max=10000)
    seed: float = param(0.0, "Other swathes", min=0, max=100, usual=(0, 100))


def fog(tree: Tree) -> Shaded:
    i = tree.i
    at = squeeze(spot(i.patch, i.seed), 1.0, 1.0, 1.9)
    drift = at + n.combine_xyz(i.phase * 0.3, 0.0, 0.0)
    swathes = n.noise(warp(drift, 0.4, 0.8), scale=1.0, detail=4.0, roughness=0.6, w=i.phase * 0.15)
    dense = n.mix(i.patches, 1.0, n.smoothstep(swathes, 0.4, 0.68) * 2.2)
    below = n.smoothstep(place().z + (swathes - 0.5) * i.thinning, i.top + i.thinning * 0.5, i.top - i.thinning * 0.5)
    # 2 % of a thing's contrast is left at the distance that one sees: ln 50
    volume = tree.add(
        "ShaderNodeVolumeScatter", color=own_color(i.color), density=dense * below * 3.9 / i.sight, anisotropy=i.forward
    )
    return Shaded(volume=volume)


KINDS = (
    MaterialKind("water_clear", "Clear Water", "Water", WaterParams, water, "Still and clear, tinted by depth", {}, 0.6),
    MaterialKind(
        "water_sea", "Sea Water", "Water", SeaWaterParams, water, "Steep waves with foam on the crests",
        {"calm_sea": SeaWaterParams(waves=0.08, foam=0.0, chop=0.3), "storm_sea": SeaWaterParams(
            color=(0.1, 0.24, 0.24), wave=6.0, waves=1.3, foam=0.8, chop=0.9, cloudiness=0.4
        )}, 6.0,
    ),
    MaterialKind(
        "water_murky", "Murky Water", "Water", MurkyWaterParams, water, "Brown water of a pond, with scum",
        {"green_pond": MurkyWaterParams(color=(0.09, 0.16, 0.03), foam=0.3)}, 0.5,
    ),
    MaterialKind(
        "fog", "Fog", "Water", FogParams, fog, "A volume of swathes that thins with height: put it on a box",
        {"ground_mist": FogParams(top=0.6, thinning=0.5, sight=3.0), "haze": FogParams(sight=60.0, patches=0.2, patch=20.0)}, 4.0,
    ),
)  # fmt: skip
