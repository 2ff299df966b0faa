"""Pictures of every preset and material, for the sidebar and the asset browser: `NAME.webp`, `material_NAME.webp`.

`python3 dev.py thumbnails` draws those that are missing (devtools/thumbnails.py); they are kept in the repository and ship with the extension.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def picture_of(name: str, material: bool = False) -> Path:
    """Where the picture of a preset or of a kind of material is, or would be."""
    return FOLDER / f"{'material_' if material else ''}{name}.webp"
