"""The recipe of a scene: every choice it depends on. The same recipe on the same versions gives the same scene."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...params import ParameterError, from_mapping, param, to_mapping

KEY = "dreamgrove_scene"  # on the scene's collection: its recipe as JSON
FORMAT = 1
WEATHERS = (
    "clear", "fair", "overcast", "mist", "rain", "storm", "snow", "leaves", "dust", "fireflies", "marine_snow",
)  # fmt: skip
CLOUDS = ("volume", "painted")


@dataclass(frozen=True)
class SceneRecipe:
    """Metres; time in solar hours."""

    biome: str = param("forest", "What kind of place it is")
    seed: int = param(0, "Another place of the same kind", min=0, max=9999)
    size: float = param(200.0, "Side of the square of land", min=10.0, max=4000.0, unit="m", panel="Land")
    resolution: int = param(400, "Points along a side of the land", min=16, max=4096, panel="Land")
    time: float = param(15.5, "Time of day in hours, 12 when the sun is highest", min=0.0, max=24.0, panel="Light")
    day: int = param(
        172, "Day of the year: 80 spring, 172 summer, 266 autumn, 355 winter", min=1, max=365, panel="Light"
    )
    latitude: float = param(
        math.radians(48.0), "How far north of the equator", min=-1.5707, max=1.5707, unit="rad", panel="Light"
    )
    weather: str = param("clear", "Weather", choices=WEATHERS, panel="Weather")
    clouds: str = param("volume", "Clouds as a volume, or painted on the sky: quicker", choices=CLOUDS, panel="Weather")
    wind: float = param(0.4, "Strength of the wind", min=0.0, max=2.0, panel="Weather")
    density: float = param(1.0, "How much grows, 1 the usual", min=0.0, max=4.0, panel="Plants")
    detail: float = param(1.0, "How fine plants are", min=0.1, max=4.0, panel="Plants")
    lens: float = param(28.0, "Focal length of the camera", min=8.0, max=200.0, panel="Camera")
    eye: float = param(1.7, "Height of the camera above the ground", min=0.1, max=500.0, unit="m", panel="Camera")

    @property
    def season(self) -> float:
        """0 midwinter, 0.25 spring, 0.5 midsummer, 0.75 autumn, on either half of the globe."""
        return ((self.day + 10) / 365.0 + (0.5 if self.latitude < 0 else 0.0)) % 1.0


def to_json(recipe: SceneRecipe) -> str:
    """The recipe as JSON."""
    return json.dumps({"format": FORMAT, **to_mapping(recipe)})


def from_json(text: str) -> SceneRecipe:
    """A recipe from JSON. Raises ParameterError that says what does not fit."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ParameterError(f"the scene's recipe is no JSON: {error}") from None
    if not isinstance(values, Mapping):
        raise ParameterError("the scene's recipe is not a JSON object")
    values = dict(values)
    found = values.pop("format", FORMAT)
    if found != FORMAT:
        raise ParameterError(f"the scene's recipe has format {found}; this Dreamgrove reads {FORMAT}: update it")
    return from_mapping(SceneRecipe, values)


def with_changes(recipe: SceneRecipe, changes: Mapping[str, Any]) -> SceneRecipe:
    """The recipe with other values. Raises ParameterError."""
    return from_mapping(SceneRecipe, {**to_mapping(recipe), **changes})
