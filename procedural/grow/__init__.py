"""Growth in numpy: what a graph cannot express. No bpy here; every function is deterministic and vectorised."""
