"""What falling water is made of: a veil that is glassy at the lip and white below, and the mist about its foot."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from ..materials.base import MaterialKind, Shaded, own_color, place, told
from ..materials.patterns import clear
from ..materials.tones import lit


@dataclass(frozen=True)
class VeilParams:
    """Read from the geometry: `veil` (across in strands, seconds since the lip, layer), `broken` (0..1), `edge` (0 middle .. 1 rim)."""

    color: tuple[float, ...] = param((0.83, 0.87, 0.9), "Water full of air, linear RGB", min=0, max=1, spread=0.03)
    clear: tuple[float, ...] = param((0.62, 0.74, 0.74), "Clear water, linear RGB", min=0, max=1, spread=0.05)
    cover: float = param(0.55, "How much of the rock behind it hides", min=0, max=1, usual=(0.4, 0.7))
    streaks: float = param(0.75, "How clearly it hangs in streaks", min=0, max=1, usual=(0.5, 1.0))
    through: float = param(0.45, "How much light goes through", min=0, max=1, usual=(0.3, 0.6))


def veil(tree: Tree) -> Shaded:
    i = tree.i
    x, y, z = tree.separate(told("veil", "Vector"))
    broken, edge = n.clamp(told("broken")), told("edge")
    # Drawn in seconds of flight: the faster the water, the longer its streaks
    wide = n.noise(n.combine_xyz(x * 0.35, y * 0.9, z * 3.1), scale=1.0, detail=2.0)
    strands = n.noise(n.combine_xyz(x, y * 1.5, z * 5.7 + 3.0), scale=1.0, detail=3.0, roughness=0.6, distortion=0.3)
    threads = n.noise(n.combine_xyz(x * 4.5, y * 4.0, z * 2.3 + 11.0), scale=1.0, detail=3.0, roughness=0.65)
    drops = n.noise(n.combine_xyz(x * 13.0, y * 26.0, z + 29.0), scale=1.0, detail=3.0, roughness=0.7)
    body = 0.5 + (wide - 0.5) * 1.1 + ((strands - 0.5) * 1.5 + (threads - 0.5) * 1.2) * i.streaks + (drops - 0.5) * 0.8
    rim = n.smoothstep(
        edge + (strands - 0.5) * 0.5 + (threads - 0.5) * 0.3, n.mix(broken, 1.05, 1.0), n.mix(broken, 0.92, 0.35)
    )
    open_ = (0.95 - i.cover) * n.mix(broken, 0.2, 1.0) - (rim - 1.0) * 0.9
    alpha = n.smoothstep(body, open_ - 0.22, open_ + 0.28)
    air = n.clamp(n.smoothstep(broken + (threads - 0.5) * 0.5 + (strands - 0.5) * 0.5, 0.02, 0.28))
    tone = 0.62 + clear(body, 0.2, 0.85) * 0.42
    white = lit(own_color(i.color), tone)
    foam = tree.add(
        "ShaderNodeMixShader",
        i.through,
        tree.add("ShaderNodeBsdfDiffuse", color=white),
        tree.add("ShaderNodeBsdfTranslucent", color=white),
    )
    # Clear water as a skin: it mirrors and tints, and does not bend what is behind so thin a sheet
    gloss = tree.add("ShaderNodeBsdfGlossy", color=(0.9, 0.95, 1.0, 1.0), roughness=0.1)
    behind = tree.add("ShaderNodeBsdfTransparent", color=i.clear)
    facing = tree.add("ShaderNodeLayerWeight", blend=0.35)["Fresnel"]
    glassy = tree.add("ShaderNodeMixShader", n.clamp(0.12 + facing), behind, gloss)
    water = tree.add("ShaderNodeMixShader", air, glassy, foam)
    nothing = tree.add("ShaderNodeBsdfTransparent")
    return Shaded(
        tree.add("ShaderNodeMixShader", n.mix(broken, n.maximum(alpha, 0.75 * rim), alpha), nothing, water).as_socket()
    )


@dataclass(frozen=True)
class MistParams:
    """Put on a ball of radius 1, scaled: it thins from its middle to its rim, and downstream of the wind."""

    color: tuple[float, ...] = param((0.9, 0.93, 0.95), "Colour, linear RGB", min=0, max=1, spread=0.02)
    sight: float = param(25.0, "How far one sees in its middle", min=0.1, max=1000, unit="m", usual=(15.0, 40.0))
    forward: float = param(0.35, "How far light goes on ahead", min=-0.95, max=0.95, usual=(0.2, 0.5))
    seed: float = param(0.0, "Other swathes", min=0, max=100, usual=(0, 100))


def mist(tree: Tree) -> Shaded:
    i = tree.i
    at = place()
    swathes = n.noise(
        at * (1.0, 1.0, 0.8) + n.combine_xyz(i.seed * 3.1, 0.0, told("drift") * -1.0),
        scale=1.9,
        detail=3.0,
        roughness=0.6,
    )
    ball = n.clamp(1.0 - n.vector_math("LENGTH", at))
    dense = ball * ball * n.smoothstep(swathes, 0.32, 0.68) * 2.4
    volume = tree.add(
        "ShaderNodeVolumeScatter", color=own_color(i.color), density=dense * 3.9 / i.sight, anisotropy=i.forward
    )
    return Shaded(volume=volume)


VEIL = MaterialKind(
    "water_veil", "Falling Water", "Water", VeilParams, veil, "White falling water, in streaks", {}, 4.0, "sheet"
)
MIST = MaterialKind("fall_mist", "Fall Mist", "Water", MistParams, mist, "A ball of drifting spray", {}, 8.0)
