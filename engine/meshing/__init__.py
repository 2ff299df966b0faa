"""From a field to a bundle: iso-surface, cleaning, simplification, UVs, baking, GLB, pictures. See README.md."""
