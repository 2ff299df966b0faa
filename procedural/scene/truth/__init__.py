"""Ground truth of rendered scenes: `render.py` makes it, `load.py` (numpy alone) reads it. docs/truth.md says what every file holds."""
