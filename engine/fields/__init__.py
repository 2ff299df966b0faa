"""Radiance fields: points in, density and albedo out. See README.md."""
