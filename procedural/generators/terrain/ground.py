"""What every land form does: it takes the mesh before it, or lays a grid; it raises the points; it blends with what was there.

Heights are metres along Z over the place of a point seen from above, in the form's own coordinates: moved by `place`, turned by `turn`.
Forms stack as modifiers on one object: the first makes the grid, each further one adds to it, or takes the higher or the lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, Tree, new_tree
from ...graph import nodes as n
from ...graph.sockets import Input
from ...materials import shared
from ...materials.land import LAND, LandParams
from .coarse import from_coarse
from .gullies import gullies

BLENDS = ("add", "higher", "lower", "replace")
POINTS = 300  # along a side at detail 1


def size_param(default: float) -> float:
    """The field `size` of a form."""
    return param(
        default, "Side of the land, and how far the form reaches", min=4.0, max=100_000.0, unit="m", panel="Land"
    )


@dataclass(frozen=True)
class LandFormParams:
    """What all forms have. Metres and radians."""

    size: float = size_param(1000.0)
    margin: float = param(
        0.0, "Share of the way to the border over which the form fades out", min=0.0, max=1.0, panel="Land"
    )
    place: tuple[float, ...] = param(
        (0.0, 0.0, 0.0), "Where the middle of the form is", min=-100_000.0, max=100_000.0, unit="m", panel="Land"
    )
    turn: float = param(0.0, "Turn of the form", min=-6.3, max=6.3, unit="rad", panel="Land")
    blend: str = param(
        "add",
        "How it joins the land before it: on top of it, the higher, the lower, or instead",
        choices=BLENDS,
        panel="Land",
    )
    mask: str = param("", "Attribute, 0 to 1, that says where the form is; empty for everywhere", panel="Land")
    seed: int = param(0, "Another land of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Points along a side, in 300, if it makes its own", min=0.1, max=8.0)


@dataclass
class LandForm:
    """A form under construction. at: where a point is in the form's coordinates, m (z 0); reach: 0 in the middle, 1 at the border's nearest
    point; step: m between points; mesh: what is raised; start: where its points were.
    """

    tree: Tree
    mesh: Socket
    at: Socket
    reach: Socket
    step: Socket
    material: Socket
    start: Socket

    @property
    def i(self) -> Inputs:
        return self.tree.i

    def slow(self, wave: Input, height: Callable[[Socket], Socket]) -> Socket:
        """height(at), which has no waves shorter than `wave` (m); made on a coarser grid where the mesh is much finer than that."""
        return from_coarse(self.mesh, self.at, self.step, wave, height)

    def gradient(self, height: Input) -> Socket:
        """Rise per metre (z 0, in the form's frame) of a height, by the mesh itself: for heights without the finest detail."""
        tried = n.set_position(self.mesh, n.combine_xyz(self.start.x, self.start.y, height))
        normal = n.normal()
        self.mesh, rise = n.capture(tried, normal / n.maximum(normal.z, 0.02) * (-1.0, -1.0, 0.0))
        return turned(rise, self.i.turn)

    def carve(self, height: Socket, size: Input, rounds: Input, depth: Input) -> tuple[Socket, Socket]:
        """The height (m, without fine detail) with gullies in it, and its gradient as it was before; see gullies.py."""
        with self.tree.frame("Gullies"):
            self.mesh, height = n.capture(self.mesh, height)
            slope = self.gradient(height)
            self.mesh, added = gullies(self.mesh, self.at, slope, size, rounds, depth, self.step, self.i.seed)
        return height + added, slope

    def rise(self, height: Input, layers: Mapping[str, Socket] | None = None) -> None:
        """End the form: blend the height (m) with the land before it, and give it its material.

        layers: attributes (of 0 and more) that it leaves for shaders and scattering where it lies, over what was there.
        """
        tree, i = self.tree, self.tree.i
        with tree.frame("Blend"):
            x, y, before = tree.separate(self.start)
            height = height + i.place.z
            blended = n.menu_switch(
                i.blend,
                {
                    "add": before + height,
                    "higher": n.maximum(before, height),
                    "lower": n.minimum(before, height),
                    "replace": height,
                },
            )
            told = tree.add("GeometryNodeInputNamedAttribute", name=i.mask, data_type="FLOAT")
            share = n.switch(told["Exists"], 1.0, n.clamp(told["Attribute"]))
            fade = n.smoothstep(self.reach, 1.0, 1.0 - n.maximum(i.margin, 1e-4))
            share = share * n.switch(i.margin > 0.0, 1.0, fade)
            land = n.set_position(self.mesh, n.combine_xyz(x, y, n.mix(share, before, blended)))
            for name, value in (layers or {}).items():
                land = n.store(land, name, n.maximum(n.attribute(name), value * share))
        tree.o.geometry << n.set_material(land, self.material)


def turned(way: Socket, angle: Input) -> Socket:
    """A place seen from coordinates turned by an angle (rad) about Z, with z 0: sine and cosine once, not for every point."""
    c, s = n.cos(angle), n.sin(angle)
    return n.combine_xyz(way.x * c + way.y * s, way.y * c - way.x * s, 0.0)


def surface(preset: str) -> bpy.types.Material:
    """A preset of the land material, as this file has it."""
    return shared(LAND, LAND.presets[preset], preset.replace("_", " ").title())


@contextmanager
def land_form(name: str, p: LandFormParams, preset: str = "") -> Iterator[LandForm]:
    """A new group that begins as every form does; `rise` ends it. preset: of the land material, for those not of the usual land."""
    with new_tree(name, p) as tree:
        given = tree.geometry_input()
        i = tree.i
        material = tree.material_input(
            "Land Material",
            surface(preset) if preset else shared(LAND, LandParams(), "Land"),
            "What the land is made of",
        )
        with tree.frame("Ground"):
            count = n.math("ROUND", i.detail * POINTS)
            made = tree.add("GeometryNodeMeshGrid", size_x=i.size, size_y=i.size, vertices_x=count, vertices_y=count)
            grid = n.shade_smooth(n.transform(made["Mesh"], translation=i.place * (1.0, 1.0, 0.0)))
            told = tree.add("GeometryNodeAttributeDomainSize", component="MESH", geometry=given)
            mesh = n.switch(told["Point Count"] > 0, grid, given)
            own = tree.add("GeometryNodeAttributeDomainSize", component="MESH", geometry=mesh)
            box = tree.add("GeometryNodeBoundBox", geometry=mesh)
            span = box["Max"] - box["Min"]
            step = n.sqrt(n.maximum(span.x * span.y, 1e-6) / n.maximum(own["Point Count"], 1.0))
        with tree.frame("Place"):
            mesh, start = n.capture(mesh, n.position())
            at = turned(start - i.place, i.turn)
            reach = n.maximum(abs(at.x), abs(at.y)) / (i.size * 0.5)
        yield LandForm(tree, mesh, at, reach, step, material, start)
