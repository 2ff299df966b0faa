"""Small compact meshes for tests: boxes and spheres with known areas and colours."""

from __future__ import annotations

import numpy as np
import trimesh

from dreamgrove.engine.training.assets import Asset


def compact(
    mesh: trimesh.Trimesh,
    primary: float = 1.0,
    concept: int = 0,
    seed: int = 0,
    traits: tuple[float, ...] | None = None,
) -> Asset:
    """`mesh` centred and scaled as the shards have it; one colour share for all vertices; the rest is linear (.2, .4, .6)."""
    vertices = mesh.vertices - mesh.bounds.mean(axis=0)
    vertices = vertices * (0.95 / np.linalg.norm(vertices, axis=1).max())
    count = len(vertices)
    return Asset(
        vertices=vertices.astype(np.float32),
        triangles=mesh.faces.astype(np.int32),
        normals=np.array(mesh.vertex_normals, np.float32),
        primary=np.full(count, primary, np.float32),
        tone=np.full(count, 1.0, np.float32),
        color=np.tile(np.array([0.2, 0.4, 0.6], np.float32), (count, 1)),
        thin=np.zeros(len(mesh.faces), np.uint8),
        concept=concept,
        seed=seed,
        traits=None if traits is None else np.array(traits, np.float32),
    )


def sphere(**options) -> Asset:
    return compact(trimesh.creation.icosphere(4), **options)


def chair(concept: int = 13, seed: int = 0) -> Asset:
    """Seat, back at +Y, legs: no two sides alike."""
    box = trimesh.creation.box
    parts = [box((1.0, 1.0, 0.15)), box((1.0, 0.12, 1.0)).apply_translation((0.0, 0.44, 0.5))]
    parts += [box((0.12, 0.12, 0.8)).apply_translation((x, y, -0.4)) for x in (-0.4, 0.4) for y in (-0.4, 0.4)]
    return compact(trimesh.util.concatenate(parts), concept=concept, seed=seed)
