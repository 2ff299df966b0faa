"""What is very cold or very hot: ice, snow, lava."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .patterns import blend, cells, clear, ridges, seams, shifted, spot, squeeze, warp
from .tones import lit


@dataclass(frozen=True)
class IceParams:
    color: tuple[float, ...] = param(
        (0.62, 0.85, 0.93), "What is left of white light after `depth`", min=0, max=1, spread=0.08
    )
    depth: float = param(0.5, "The colour's depth", min=0.01, max=100, unit="m", usual=(0.3, 0.9))
    crack: float = param(0.16, "Distance between cracks", min=0.005, max=20, unit="m", usual=(0.1, 0.25))
    cracks: float = param(0.6, "How many cracks run through it", min=0, max=1, usual=(0.3, 0.9))
    frost: float = param(0.4, "How much is white with frost", min=0, max=1, usual=(0.15, 0.7))
    bubbles: float = param(0.4, "Bubbles within", min=0, max=1, usual=(0.1, 0.7))
    relief: float = param(0.006, "How uneven melting has made it", min=0, max=1, unit="m", usual=(0.003, 0.01))
    roughness: float = param(0.08, "Roughness where it is clear", min=0, max=1, usual=(0.04, 0.16))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def ice(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.crack, i.seed)
    wide = n.noise(at, scale=0.45, detail=4.0, roughness=0.6)
    bent = warp(warp(at, 0.25, 0.7), 0.03, 6.0, 2.0)
    near = clear(n.noise(at, scale=0.6, detail=2.0), 0.62 - i.cracks * 0.35, 0.7 - i.cracks * 0.3)
    line = n.smoothstep(seams(bent, 0.75), 0.022, 0.0) * near
    hair = n.smoothstep(seams(shifted(bent, 7.0, 0.0, 0.0), 2.1), 0.012, 0.0) * near * 0.6
    # A crack is a sheet that goes down into the ice: a white veil to one side of its line
    veil = (
        n.smoothstep(seams(bent, 0.75), 0.2, 0.0)
        * near
        * clear(n.noise(squeeze(at, 3.0, 3.0, 0.8), scale=1.0, detail=3.0))
    )
    air = cells(at, 9.0)
    bubble = n.smoothstep(air.distance, 0.3, 0.12) * (air.random.x < i.bubbles * 0.35) * clear(wide, 0.4, 0.6)
    fine = n.noise(at, scale=14.0, detail=5.0, roughness=0.65)
    rime = n.smoothstep(wide + (fine - 0.5) * 0.35, 0.74 - i.frost * 0.34, 0.86 - i.frost * 0.26) * n.minimum(
        i.frost * 6.0, 1.0
    )
    white = n.clamp(line + hair + veil * 0.45 + bubble * 0.7 + rime * 0.9)
    shader = principled(
        base_color=n.mix(white, n.mix(0.5, n.color((1.0, 1.0, 1.0)), own_color(i.color)), n.color((0.8, 0.84, 0.86))),
        roughness=n.clamp(i.roughness + (fine - 0.5) * 0.12 + white * 0.45),
        ior=1.31,
        transmission_weight=0.92 - white * 0.85,
        subsurface_weight=0.12 + rime * 0.3,
        subsurface_radius=(0.6, 0.9, 1.0),
        subsurface_scale=0.03,
    )
    sigma = [n.math("LOGARITHM", n.maximum(part, 0.01), 2.718282) * -1.0 for part in tree.separate(own_color(i.color))]
    strongest = n.maximum(n.maximum(sigma[0], sigma[1]), n.maximum(sigma[2], 0.01))
    left = n.combine_xyz(*[1.0 - part / strongest for part in sigma])
    volume = tree.add("ShaderNodeVolumeAbsorption", color=left, density=strongest / i.depth)
    dents = cells(warp(at, 0.3, 0.8), 0.9)
    height = (dents.distance * 0.8 + wide * 1.2 + fine * 0.06 + rime * fine * 0.2 - line * 0.25) * i.relief
    return Shaded(shader, height=height, volume=volume)


@dataclass(frozen=True)
class SnowParams:
    color: tuple[float, ...] = param((0.82, 0.83, 0.85), "Colour, linear RGB", min=0, max=0.9, spread=0.03)
    drift: float = param(0.5, "Distance between drifts", min=0.01, max=100, unit="m", usual=(0.3, 0.9))
    drifts: float = param(0.09, "Height of the drifts", min=0, max=20, unit="m", usual=(0.05, 0.13))
    crust: float = param(0.3, "How much is frozen to a crust", min=0, max=1, usual=(0.0, 0.6))
    sparkle: float = param(0.5, "How many crystals flash", min=0, max=1, usual=(0.3, 0.8))
    dirt: float = param(0.08, "Dust and needles on it", min=0, max=1, usual=(0.0, 0.2))
    grain: float = param(0.002, "Size of a crystal", min=0.0002, max=0.05, unit="m", usual=(0.0015, 0.004))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def snow(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.drift, i.seed)
    wind = n.noise(squeeze(warp(at, 0.35, 0.8), 0.6, 1.5, 1.2), scale=1.0, detail=3.0)
    soft = n.noise(at, scale=5.0, detail=4.0, roughness=0.55)
    scoop = ridges(squeeze(warp(at, 0.3, 1.2), 0.8, 2.4, 2.0), 1.0, 3.0)
    crystal = cells(spot(i.grain, i.seed))
    pick, tone, turn = tree.separate(crystal.random)
    icy = clear(n.noise(at, scale=1.3, detail=4.0) + (soft - 0.5) * 0.3, 0.7 - i.crust * 0.25, 0.78 - i.crust * 0.2)
    flash = (pick > 1.0 - i.sparkle * 0.06) * (crystal.distance < 0.45)
    color = lit(own_color(i.color), 0.94 + tone * 0.06 + (soft - 0.5) * 0.06)
    color = blend(icy * 0.3, color, (0.68, 0.77, 0.84))
    speck = cells(at, 22.0)
    mote = (speck.random.x < i.dirt * 0.35) * n.smoothstep(speck.distance, 0.28, 0.16)
    dust = clear(n.noise(at, scale=0.7, detail=5.0, roughness=0.65), 0.5, 0.75) * i.dirt
    color = blend(n.clamp(mote * 0.8 + dust * 0.5), color, (0.16, 0.12, 0.08))
    roughness = n.clamp(0.8 - icy * 0.45 - flash * 0.68 + (turn - 0.5) * 0.1, 0.05, 0.95)
    shader = principled(
        base_color=color,
        roughness=roughness,
        specular=0.4 + flash * 0.5,
        subsurface_weight=0.6,
        subsurface_radius=(0.7, 0.9, 1.0),
        subsurface_scale=i.drift * 0.03,
    )
    height = (clear(wind, 0.2, 0.8) + scoop * 0.25 * i.crust + soft * 0.12) * i.drifts
    height = height + (tone - crystal.distance) * i.grain * n.mix(icy, 0.5, 0.15) + flash * i.grain * (turn - 0.5)
    return Shaded(shader, height=height + n.noise(at, scale=30.0, detail=3.0) * i.grain * 1.5)


@dataclass(frozen=True)
class LavaParams:
    color: tuple[float, ...] = param(
        (0.026, 0.023, 0.022), "Colour of the crust, linear RGB", min=0, max=1, spread=0.25
    )
    plate: float = param(0.5, "Size of a plate of crust", min=0.02, max=50, unit="m", usual=(0.3, 0.8))
    glow: float = param(0.45, "How much is open", min=0, max=1, usual=(0.25, 0.7))
    temperature: float = param(
        2050.0, "Colour of what is open as a camera sees it, K", min=800, max=4000, usual=(1850, 2300)
    )
    brightness: float = param(2.2, "How brightly it glows", min=0, max=1000, usual=(1.5, 3.5))
    relief: float = param(0.07, "Height of the crust", min=0, max=5, unit="m", usual=(0.04, 0.1))
    phase: float = param(0.0, "Where it flows in time: key it to let it move", min=-10000, max=10000)
    roughness: float = param(0.75, "Roughness of the crust", min=0, max=1, usual=(0.55, 0.85))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def lava(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.plate, i.seed)
    flow = at + n.noise_vector(at, scale=0.55, detail=2.0, w=i.phase * 0.2) * 1.7
    rough_edge = warp(flow, 0.06, 7.0, 3.0)
    edge = seams(rough_edge, 1.1)
    small = seams(warp(shifted(flow, 0.0, 9.0, 0.0), 0.05, 8.0), 3.1)
    hot_spot = clear(n.noise(at, scale=0.5, detail=3.0, w=i.phase * 0.3), 0.7 - i.glow * 0.45, 0.85 - i.glow * 0.3)
    gap = i.glow * (0.05 + hot_spot * 0.17)
    open_ = n.smoothstep(edge, gap + 0.05, gap * 0.35)
    crack = n.smoothstep(small, 0.09, 0.0) * (0.25 + hot_spot * 0.75) * n.minimum(i.glow * 3.0, 1.0)
    skin = n.noise(flow, scale=9.0, detail=5.0, roughness=0.65)
    ropes = ridges(squeeze(flow, 1.6, 5.0, 2.5), 1.0, 3.0)
    swirl = n.noise(warp(flow, 0.3, 3.0), scale=4.0, detail=4.0)
    heat: Socket = n.clamp(open_ * (0.72 + clear(swirl) * 0.34 - skin * 0.1) + crack * 0.5 * (1.0 - open_))
    temperature = i.temperature * (0.58 + heat * 0.45)
    light = tree.add("ShaderNodeBlackbody", temperature=temperature).as_socket()
    rock = lit(own_color(i.color), (0.6 + skin * 0.9) * (0.7 + ropes * 0.5))
    rock = blend(clear(n.noise(at, scale=2.2, detail=4.0), 0.55, 0.72) * 0.5, rock, (0.085, 0.06, 0.05))
    roughness = n.clamp(i.roughness + (skin - 0.5) * 0.4 - ropes * 0.15, 0.25, 0.95)
    shader = principled(
        base_color=rock,
        roughness=roughness,
        emission_color=light,
        emission_strength=n.math("POWER", heat, 2.4) * i.brightness,
    )
    crust = n.smoothstep(edge, gap * 0.4, gap + 0.16)
    height = crust * (0.6 + ropes * 0.35 + skin * 0.3) - crack * 0.18 + open_ * swirl * 0.15
    return Shaded(shader, height=height * i.relief)


KINDS = (
    MaterialKind(
        "ice", "Ice", "Water", IceParams, ice, "Clear blue ice with cracks, bubbles and frost",
        {
            "glacier_ice": IceParams(color=(0.25, 0.66, 0.85), depth=1.0, frost=0.7, crack=0.5, relief=0.03),
            "black_ice": IceParams(frost=0.05, bubbles=0.7, relief=0.001),
        }, 0.5,
    ),
    MaterialKind(
        "snow", "Snow", "Water", SnowParams, snow, "Wind-blown snow that sparkles",
        {"fresh_snow": SnowParams(crust=0.0, dirt=0.0), "old_snow": SnowParams(crust=0.7, dirt=0.6, grain=0.004)}, 0.8,
    ),
    MaterialKind(
        "lava", "Lava", "Water", LavaParams, lava, "Dark plates of crust on glowing melt",
        {"cooling_lava": LavaParams(glow=0.2, temperature=1700.0), "lava_lake": LavaParams(glow=0.8, temperature=2200.0, plate=1.2)},
        2.0,
    ),
)  # fmt: skip
