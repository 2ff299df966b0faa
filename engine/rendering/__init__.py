"""Cameras, the volume renderer and the mesh rasteriser. See README.md."""
