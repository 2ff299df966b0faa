"""Grown families as compact training assets: made real, thinned out to the budget, their colours baked to vertices.

Shaders are whatever they are; what the prompt's colour does is found by baking twice with two colours: albedo(C) = s C + b at every vertex, which
the compact asset holds as primary = s / (s + max b), tone = s + max b, color = b / (1 - primary).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from .bake import collapsed, evaluated_mesh
from .concepts.base import CONCEPT_NAMES, TRAIT_NAMES
from .concepts.grown import GROWN, GrownConcept
from .export_assets import MAX_TRIANGLES, CompactAsset, ExportError, pack
from .generators import grow
from .graph.modifiers import EvaluatedMesh, read_mesh, realized

DARK, LIGHT = 0.12, 0.6  # the two greys that are baked
BLACK = 0.012  # less than any paint reflects
FEW = 0.01  # so few black vertices are just dark, and another bake would take as long as the first
TONE = 0.95  # of the prompt's colour on average: what is asked for is what is seen
_BAKED = "baked_albedo"


class GrownExporter:
    """One grown concept; every asset begins and ends with an empty scene."""

    def __init__(self, concept: GrownConcept) -> None:
        self.concept = concept
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.cycles.device = "CPU"
        scene.cycles.samples = 1
        scene.cycles.use_denoising = False
        scene.render.threads_mode, scene.render.threads = "FIXED", 1  # an asset is too little work to be shared

    def asset(self, seed: int) -> CompactAsset:
        """The asset of a seed. Raises ExportError when it breaks the contract."""
        params, traits = self.concept.sample(seed)
        (dark, light), (mesh, same) = self._baked([self.concept.colored(params, (c,) * 3) for c in (DARK, LIGHT)])
        if len(same.vertices) != len(mesh.vertices):
            raise ExportError(f"{self.concept.name}, seed {seed}: its shape changes with its colour")
        slope = np.clip(((light - dark) / (LIGHT - DARK)).mean(1), 0.0, 1.5)
        rest = np.clip(dark - slope[:, None] * DARK, 0.0, 1.0)
        most = rest.max(1)
        primary = np.where(slope + most > 1e-4, slope / np.maximum(slope + most, 1e-4), 0.0)
        # slope / primary is slope + most; where nothing is left of one of the two, the other is all
        tone = np.where(primary > 1e-3, slope + most, 1.0)
        if primary.sum() > 0:
            usual = (primary * tone).sum() / primary.sum()
            tone = np.where(primary > 1e-3, tone * np.clip(TONE / max(usual, 1e-3), 0.6, 4.0), 1.0)
        color = rest / np.maximum(1.0 - primary, 1e-3)[:, None]
        attributes = {
            "primary": primary.astype(np.float32),
            "tone": np.clip(tone, 0.0, 1.6).astype(np.float32),
            "part_color": np.clip(color, 0.0, 1.0).astype(np.float32),
        }
        if "thin" in mesh.attributes and mesh.domains["thin"] == "FACE":
            attributes["thin"] = np.asarray(mesh.attributes["thin"], bool)
        bare = replace(mesh, attributes=attributes, domains={n: "POINT" for n in attributes if n != "thin"})
        number = len(CONCEPT_NAMES) + [each.name for each in GROWN].index(self.concept.name)
        said = np.array([traits.get(name, np.nan) for name in TRAIT_NAMES], np.float32)
        return pack(bare, f"{self.concept.name}, seed {seed}", number, seed, said)

    def close(self) -> None:
        """Nothing is kept between assets."""

    def _baked(self, colors: Sequence[Any]) -> tuple[list[np.ndarray], list[EvaluatedMesh]]:
        """Albedo [V, 3] (linear RGB) at the vertices of the thinned mesh of each of these individuals, and the meshes."""
        with ExitStack() as stack:
            objects = [stack.enter_context(self._thinned(params)) for params in colors]
            for obj in objects:
                layer = obj.data.color_attributes.new(_BAKED, "FLOAT_COLOR", "POINT")
                obj.data.color_attributes.active_color = layer
            bpy.context.view_layer.update()  # it still lists what was removed
            for obj in bpy.context.view_layer.objects:  # whatever is selected is baked
                obj.select_set(obj in objects)
            bpy.context.view_layer.objects.active = objects[0]
            albedo = [np.zeros((len(obj.data.vertices), 3)) for obj in objects]
            # glass has no diffuse colour, metals neither; what they let through or reflect is their colour
            for kind in ("DIFFUSE", "TRANSMISSION", "GLOSSY"):
                black = [each.max(1) < BLACK for each in albedo]
                if np.mean(black[0]) < FEW:
                    break
                bpy.ops.object.bake(type=kind, pass_filter={"COLOR"}, target="VERTEX_COLORS")
                for i, obj in enumerate(objects):
                    flat = np.zeros(len(albedo[i]) * 4, np.float32)
                    obj.data.color_attributes[_BAKED].data.foreach_get("color", flat)
                    found = flat.reshape(-1, 4)[:, :3]
                    if kind == "TRANSMISSION":
                        found = found**4  # one looks through two walls of two surfaces each
                    albedo[i] = np.where(black[i][:, None], found, albedo[i])
            return albedo, [read_mesh(obj.data) for obj in objects]

    @contextmanager
    def _thinned(self, params: Any) -> Iterator[bpy.types.Object]:
        """The individual as one mesh within the budget, in the scene; removed at the end."""
        scene = bpy.context.scene
        made: list[bpy.types.Object] = [grow(self.concept.of, params)]
        meshes = [made[0].data]
        try:
            with realized(made[0]) as copy:
                meshes.append(evaluated_mesh(copy))
            made.append(bpy.data.objects.new("thinned", meshes[-1]))
            scene.collection.objects.link(made[-1])
            meshes[-1].calc_loop_triangles()
            if len(meshes[-1].loop_triangles) > MAX_TRIANGLES:
                meshes.append(collapsed(made[-1], round(0.97 * MAX_TRIANGLES), triangulate=True))
                made[-1].data = meshes[-1]
            bpy.data.objects.remove(made.pop(0))
            _without_relief(meshes[-1].materials)
            yield made[-1]
        finally:
            for obj in made:
                bpy.data.objects.remove(obj)
            for mesh in meshes:
                bpy.data.meshes.remove(mesh)


def _without_relief(materials: Iterable[bpy.types.Material | None]) -> None:
    """Take the bumps out of this file's materials: colours are the same without, and baked three times as fast."""
    for material in materials:
        if material is None or material.node_tree is None:
            continue
        links = material.node_tree.links
        for link in [each for each in links if each.to_socket.name == "Displacement"]:
            links.remove(link)
