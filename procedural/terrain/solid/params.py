"""What solid land is made of and how closely it is meshed."""

from __future__ import annotations

from dataclasses import dataclass

from ....params import param


@dataclass(frozen=True)
class SolidParams:
    """Forms that heights cannot have, on a land."""

    seed: int = param(0, "Other places and shapes", min=0, max=2**31 - 1)
    caves: int = param(2, "Caves", min=0, max=100, panel="Forms")
    cave_radius: float = param(3.0, "Radius of their tunnels", min=0.2, max=100.0, unit="m", panel="Forms")
    cave_length: int = param(24, "Length of their tunnels, in steps", min=2, max=1000, panel="Forms")
    arches: int = param(1, "Arches", min=0, max=100, panel="Forms")
    arch_span: float = param(24.0, "Span of arches", min=0.5, max=1000.0, unit="m", panel="Forms")
    overhangs: int = param(3, "Overhangs", min=0, max=100, panel="Forms")
    overhang_size: float = param(6.0, "Height of overhangs", min=0.2, max=500.0, unit="m", panel="Forms")
    floating: int = param(0, "Floating rocks", min=0, max=100, panel="Forms")
    floating_size: float = param(12.0, "Width of floating rocks", min=0.2, max=500.0, unit="m", panel="Forms")
    floating_height: float = param(25.0, "How high they float", min=0.0, max=5000.0, unit="m", panel="Forms")
    boulders: int = param(12, "Boulders", min=0, max=2000, panel="Forms")
    boulder_size: float = param(4.0, "Width of boulders", min=0.1, max=200.0, unit="m", panel="Forms")
    roughness: float = param(0.6, "How rough rock is", min=0.0, max=2.0, unit="factor", panel="Forms")
    cell: float = param(0.5, "Finest cells of the mesh", min=0.01, max=100.0, unit="m", panel="Mesh")
    spread: float = param(
        0.006, "Size of cells for their distance from the camera", min=0.0005, max=0.5, unit="factor", panel="Mesh"
    )
    closed: bool = param(False, "Sides and a floor, so that the land is a solid block", panel="Mesh")
