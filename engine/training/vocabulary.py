"""What the trainers know: the words' concepts, and those to come, which the words shall know once weights that learnt them ship.

A concept's number is its place in `CONCEPTS`; the grown families' follow the lexicon's, in the order of procedural/concepts/grown.py (a
test holds them together). To ship weights of all of them, move `COMING` to the end of `lexicon.CONCEPTS` and empty it here; then take
the words that have become names out of `lexicon.NEAREST` and out of other concepts' synonyms.
"""

from __future__ import annotations

from ..lexicon import CONCEPTS as KNOWN
from ..lexicon import Concept

_ALL = ("height", "width", "bend", "spikes", "fullness")

COMING = (
    Concept("agave", ("aloe", "century plant", "succulent"), (0.42, 0.55, 0.44), 1.0, ("height", "width", "bend", "fullness"), True),
    Concept("palm", ("palm tree", "coconut tree", "coconut palm", "date palm"),
            (0.30, 0.46, 0.16), 8.0, ("height", "width", "bend", "fullness"), True),
    Concept("rose", ("rosebud", "rose flower"), (0.75, 0.08, 0.14), 0.4, ("height", "width", "bend", "fullness")),
    Concept("sunflower", ("sun flower",), (0.94, 0.70, 0.06), 1.5, ("height", "width", "bend", "fullness")),
    Concept("tulip", ("tulips",), (0.80, 0.18, 0.24), 0.35, _ALL),
    Concept("apple", ("apples",), (0.72, 0.12, 0.10), 0.09, ("height", "fullness"), True),
    Concept("pinecone", ("pine cone", "fir cone", "cone"), (0.45, 0.32, 0.20), 0.09, _ALL, True),
    Concept("starfish", ("sea star", "star fish"), (0.85, 0.44, 0.20), 0.22, _ALL),
    Concept("jellyfish", ("jelly fish", "medusa"), (0.55, 0.62, 0.85), 0.5, ("height", "width", "bend", "fullness"), True),
    Concept("urchin", ("sea urchin",), (0.40, 0.16, 0.42), 0.12, _ALL, True),
    Concept("barrel", ("keg", "cask", "wine barrel"), (0.52, 0.36, 0.22), 0.9, ("height", "width", "fullness"), True),
    Concept("bottle", ("flask", "glass bottle", "wine bottle", "potion", "decanter"),
            (0.30, 0.58, 0.30), 0.3, ("height", "width", "bend", "fullness"), True),
    Concept("bowl", ("dish", "basin", "salad bowl"), (0.28, 0.48, 0.56), 0.18, _ALL, True),
    Concept("lantern", ("street lantern", "oil lantern", "candle lantern"), (0.45, 0.38, 0.28), 0.35, _ALL),
    Concept("house", ("cottage", "farmhouse", "home", "hut", "cabin"), (0.80, 0.74, 0.62), 9.0, ("height", "width", "fullness")),
    Concept("tower", ("castle tower", "keep", "watchtower", "turret"), (0.60, 0.57, 0.53), 12.0, _ALL),
)  # fmt: skip

CONCEPTS = (*KNOWN, *COMING)
