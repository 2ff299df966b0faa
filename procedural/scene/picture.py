"""How a scene's picture is taken: Cycles with denoising, film-like tones, as few bounces as outdoor light needs."""

from __future__ import annotations

import bpy


def picture_settings(scene: bpy.types.Scene, width: int, height: int, samples: int) -> None:
    """Set the scene's render settings for a picture (pixels, samples)."""
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.03
    try:
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.use_denoising = True
    except TypeError:  # this Blender was built without it
        cycles.use_denoising = False
    cycles.max_bounces = 6
    cycles.diffuse_bounces = 3
    cycles.glossy_bounces = 2
    cycles.transmission_bounces = 4
    cycles.volume_bounces = 1
    if hasattr(
        cycles, "volume_biased"
    ):  # from 5.0 on: by steps, as before; without, uneven fog first takes 10 s a frame to be measured out
        cycles.volume_biased = True
    cycles.transparent_max_bounces = 8
    cycles.sample_clamp_indirect = 4.0
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.0
