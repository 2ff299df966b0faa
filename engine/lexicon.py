"""What the embedded prior's words mean: concepts, colours and adjectives, as tables. Standard library only.

The order of `CONCEPTS` and `TRAITS` is part of the shipped weights' contract: append, never reorder.
Colours are sRGB in 0..1. The names of the wider palette follow CSS Color Module Level 4 where it has them.
"""

from __future__ import annotations

from dataclasses import dataclass

Color = tuple[float, float, float]

TRAITS = ("height", "width", "bend", "spikes", "fullness")


@dataclass(frozen=True)
class Concept:
    """Something that the embedded prior can make.

    color: its colour when the words name none. size_m: largest dimension when none is asked for.
    traits: which adjectives change its shape. symmetric: looks much the same from every azimuth.
    """

    name: str
    synonyms: tuple[str, ...]
    color: Color
    size_m: float
    traits: tuple[str, ...]
    symmetric: bool = False


CONCEPTS = (
    Concept("mushroom", ("toadstool", "fungus", "fungi", "shroom", "champignon", "fly agaric", "boletus", "porcini"),
            (0.72, 0.16, 0.11), 0.15, ("height", "width", "bend", "spikes", "fullness"), True),
    Concept("tree", ("oak", "maple", "birch", "beech", "elm", "broadleaf tree", "apple tree", "willow", "linden"),
            (0.24, 0.45, 0.14), 6.0, ("height", "width", "bend", "fullness"), True),
    Concept("conifer", ("pine", "spruce", "fir", "pine tree", "fir tree", "christmas tree", "evergreen", "larch", "cedar",
                        "cypress", "conifer tree", "spruce tree"),
            (0.12, 0.32, 0.16), 8.0, ("height", "width", "bend", "fullness"), True),
    Concept("cactus", ("cacti", "saguaro", "cactuses"),
            (0.27, 0.50, 0.25), 1.2, ("height", "width", "bend", "spikes", "fullness")),
    Concept("rock", ("stone", "boulder", "pebble", "cobble", "crag"),
            (0.48, 0.46, 0.43), 0.8, ("height", "width", "spikes")),
    Concept("flower", ("daisy", "blossom", "bloom", "sunflower", "aster", "poppy", "cosmos", "marguerite", "tulip"),
            (0.90, 0.70, 0.15), 0.4, ("height", "width", "bend", "spikes", "fullness")),
    Concept("bush", ("shrub", "hedge", "boxwood", "shrubbery"),
            (0.28, 0.46, 0.18), 1.5, ("height", "width", "fullness"), True),
    Concept("crystal", ("gem", "quartz", "amethyst", "gemstone", "mineral", "crystal cluster", "jewel", "geode"),
            (0.55, 0.35, 0.80), 0.3, ("height", "width", "bend", "fullness")),
    Concept("coral", ("staghorn", "coral branch", "sea coral", "reef"),
            (0.95, 0.45, 0.35), 0.5, ("height", "width", "fullness")),
    Concept("shell", ("seashell", "sea shell", "conch", "snail shell", "nautilus", "snail", "whelk"),
            (0.88, 0.66, 0.48), 0.12, ("height", "width", "spikes")),
    Concept("grass", ("grass tuft", "tuft", "tuft of grass", "grasses", "reed", "weed"),
            (0.36, 0.56, 0.18), 0.4, ("height", "width", "bend", "fullness"), True),
    Concept("pumpkin", ("gourd", "squash", "jack o lantern"),
            (0.90, 0.45, 0.08), 0.35, ("height", "width", "bend"), True),
    Concept("vase", ("urn", "jug", "amphora", "pot", "jar", "pitcher"),
            (0.20, 0.38, 0.62), 0.35, ("height", "width"), True),
    Concept("chair", ("seat", "stool with a back", "dining chair", "wooden chair"),
            (0.55, 0.34, 0.18), 0.95, ("height", "width")),
    Concept("lamp", ("desk lamp", "table lamp", "light", "reading lamp", "lampshade"),
            (0.85, 0.72, 0.45), 0.5, ("height", "width", "bend")),
    Concept("table", ("desk", "coffee table", "dining table", "bench"),
            (0.58, 0.38, 0.22), 1.2, ("height", "width")),
)  # fmt: skip

BASIC_COLORS: dict[str, Color] = {
    "red": (0.80, 0.08, 0.07),
    "orange": (0.93, 0.47, 0.06),
    "yellow": (0.95, 0.82, 0.12),
    "green": (0.16, 0.58, 0.16),
    "teal": (0.05, 0.55, 0.55),
    "blue": (0.10, 0.22, 0.78),
    "purple": (0.48, 0.13, 0.66),
    "pink": (0.95, 0.50, 0.68),
    "brown": (0.42, 0.24, 0.11),
    "white": (0.93, 0.93, 0.91),
    "grey": (0.50, 0.50, 0.50),
    "black": (0.07, 0.07, 0.08),
}

# The first name of each pair points to a basic colour when the value is a name.
COLORS: dict[str, Color] = BASIC_COLORS | {
    "crimson": (0.86, 0.08, 0.24), "scarlet": (1.00, 0.14, 0.00), "ruby": (0.61, 0.07, 0.12), "maroon": (0.50, 0.00, 0.00),
    "burgundy": (0.50, 0.00, 0.13), "cherry": (0.82, 0.07, 0.20), "vermilion": (0.89, 0.26, 0.20), "brick": (0.70, 0.13, 0.13),
    "firebrick": (0.70, 0.13, 0.13), "rust": (0.72, 0.25, 0.05), "tomato": (1.00, 0.39, 0.28), "salmon": (0.98, 0.50, 0.45),
    "coral pink": (0.97, 0.51, 0.47), "peach": (1.00, 0.80, 0.64), "apricot": (0.98, 0.70, 0.45), "amber": (1.00, 0.75, 0.00),
    "tangerine": (0.95, 0.52, 0.00), "gold": (1.00, 0.84, 0.00), "golden": (0.85, 0.65, 0.13), "mustard": (0.88, 0.68, 0.12),
    "lemon": (0.99, 0.91, 0.30), "ochre": (0.80, 0.47, 0.13), "cream": (0.99, 0.95, 0.80), "ivory": (1.00, 1.00, 0.94),
    "beige": (0.96, 0.96, 0.86), "tan": (0.82, 0.71, 0.55), "khaki": (0.76, 0.69, 0.48), "sand": (0.87, 0.78, 0.58),
    "sandy": (0.96, 0.64, 0.38), "lime": (0.56, 0.85, 0.12), "olive": (0.50, 0.50, 0.00), "moss": (0.54, 0.60, 0.36),
    "emerald": (0.08, 0.60, 0.38), "jade": (0.00, 0.66, 0.42), "mint": (0.60, 0.92, 0.70), "forest green": (0.13, 0.55, 0.13),
    "sea green": (0.18, 0.55, 0.34), "turquoise": (0.25, 0.88, 0.82), "cyan": (0.00, 0.80, 0.85), "aqua": (0.00, 0.85, 0.85),
    "aquamarine": (0.50, 1.00, 0.83), "azure": (0.00, 0.50, 1.00), "sky blue": (0.53, 0.81, 0.92), "navy": (0.00, 0.00, 0.50),
    "cobalt": (0.00, 0.28, 0.67), "sapphire": (0.06, 0.32, 0.73), "indigo": (0.29, 0.00, 0.51), "ultramarine": (0.25, 0.00, 1.00),
    "royal blue": (0.25, 0.41, 0.88), "steel blue": (0.27, 0.51, 0.71), "violet": (0.56, 0.22, 0.84), "lilac": (0.78, 0.64, 0.78),
    "lavender": (0.71, 0.62, 0.86), "mauve": (0.72, 0.52, 0.72), "plum": (0.56, 0.27, 0.52), "magenta": (0.85, 0.10, 0.65),
    "fuchsia": (0.90, 0.10, 0.70), "orchid": (0.85, 0.44, 0.84), "rose": (0.92, 0.35, 0.52), "hot pink": (1.00, 0.41, 0.71),
    "chocolate": (0.36, 0.20, 0.09), "coffee": (0.44, 0.31, 0.22), "chestnut": (0.58, 0.27, 0.21), "bronze": (0.62, 0.42, 0.18),
    "copper": (0.72, 0.45, 0.20), "sienna": (0.63, 0.32, 0.18), "umber": (0.39, 0.32, 0.28), "silver": (0.75, 0.75, 0.76),
    "gray": BASIC_COLORS["grey"], "slate": (0.44, 0.50, 0.56), "charcoal": (0.21, 0.27, 0.31), "ash": (0.70, 0.75, 0.71),
    "ebony": (0.11, 0.10, 0.09), "jet": (0.05, 0.05, 0.05), "snowy": (0.96, 0.96, 0.97), "snow white": (0.96, 0.96, 0.97),
    "pearl": (0.92, 0.88, 0.80), "bone": (0.89, 0.85, 0.79), "wooden": (0.55, 0.36, 0.19), "bluish": BASIC_COLORS["blue"],
    "reddish": BASIC_COLORS["red"], "greenish": BASIC_COLORS["green"], "yellowish": BASIC_COLORS["yellow"],
    "purplish": BASIC_COLORS["purple"], "pinkish": BASIC_COLORS["pink"], "brownish": BASIC_COLORS["brown"],
}  # fmt: skip

# Words before a colour: (share of white, share of black, change of saturation).
COLOR_MODIFIERS: dict[str, tuple[float, float, float]] = {
    "light": (0.40, 0.0, 0.0), "pale": (0.50, 0.0, -0.2), "pastel": (0.50, 0.0, -0.1), "dark": (0.0, 0.45, 0.0),
    "deep": (0.0, 0.30, 0.1), "bright": (0.08, 0.0, 0.3), "vivid": (0.0, 0.0, 0.4), "dull": (0.0, 0.1, -0.4),
}  # fmt: skip

ADJECTIVES: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("tall", "high", "towering", "elongated", "long", "lanky"), ("height", 0.8)),
    **dict.fromkeys(("short", "low", "squat", "stubby", "stunted", "flat"), ("height", -0.8)),
    **dict.fromkeys(("fat", "wide", "thick", "broad", "plump", "chubby", "stout", "chunky", "bulky", "round"), ("width", 0.8)),
    **dict.fromkeys(("thin", "slim", "slender", "narrow", "skinny", "lean", "delicate", "slight"), ("width", -0.8)),
    **dict.fromkeys(("bent", "crooked", "curved", "leaning", "twisted", "tilted", "drooping", "wonky"), ("bend", 0.8)),
    **dict.fromkeys(("straight", "upright", "erect"), ("bend", -0.8)),
    **dict.fromkeys(("spiky", "spiny", "thorny", "prickly", "jagged", "pointed", "pointy", "sharp", "rough", "spotted", "warty"),
                    ("spikes", 0.8)),
    **dict.fromkeys(("smooth", "rounded", "soft", "polished", "worn"), ("spikes", -0.8)),
    **dict.fromkeys(("full", "lush", "dense", "bushy", "leafy", "rich", "branching", "branched", "clustered"), ("fullness", 0.8)),
    **dict.fromkeys(("sparse", "bare", "simple", "single", "lone", "scanty"), ("fullness", -0.8)),
}  # fmt: skip

SIZES: dict[str, float] = {
    "tiny": 0.35, "little": 0.6, "small": 0.6, "miniature": 0.25, "big": 1.6, "large": 1.6, "huge": 2.5, "giant": 3.0,
    "gigantic": 4.0, "enormous": 3.5,
}  # fmt: skip

INTENSIFIERS: dict[str, float] = {
    "very": 1.25, "extremely": 1.25, "really": 1.2, "super": 1.25, "quite": 1.0, "rather": 0.9, "fairly": 0.8, "slightly": 0.5,
    "somewhat": 0.6,
}  # fmt: skip

FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "some",
        "my",
        "your",
        "this",
        "that",
        "one",
        "of",
        "on",
        "in",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "without",
        "and",
        "or",
        "its",
        "it",
        "is",
        "as",
        "made",
        "make",
        "me",
        "please",
        "3d",
        "model",
        "render",
        "asset",
        "beautiful",
        "nice",
        "pretty",
        "lovely",
        "cute",
        "old",
        "new",
        "realistic",
        "stylised",
        "stylized",
        "cartoon",
        "detailed",
        "high",
        "quality",
        "photo",
        "picture",
        "image",
        "object",
        "colored",
        "coloured",
        "color",
        "colour",
    ]
)
PREPOSITIONS = frozenset(
    ["with", "of", "on", "in", "at", "under", "over", "near", "beside", "from", "by", "for", "without", "like", "and"]
)

# Things that people ask for, each led to the nearest that the embedded prior makes.
NEAREST: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("plant", "fern", "herb", "leaf", "leaves", "clover", "bamboo", "palm", "succulent", "agave", "aloe",
                     "ivy", "vine", "moss", "garden", "wheat", "corn"), ("grass", "bush", "cactus", "flower")),
    **dict.fromkeys(("rose", "lily", "orchid", "bouquet", "lavender", "dandelion", "lotus"), ("flower",)),
    **dict.fromkeys(("apple", "orange", "fruit", "tomato", "melon", "pear", "berry", "vegetable", "ball", "potato", "egg"),
                    ("pumpkin", "rock")),
    **dict.fromkeys(("mountain", "cliff", "island", "hill", "meteor", "asteroid", "planet", "coal", "brick"), ("rock",)),
    **dict.fromkeys(("diamond", "ice", "icicle", "glass", "sword", "star"), ("crystal",)),
    **dict.fromkeys(("bottle", "cup", "mug", "bowl", "teapot", "glass bottle", "barrel", "bucket", "goblet"), ("vase",)),
    **dict.fromkeys(("sofa", "couch", "throne", "stool", "armchair", "furniture", "bed"), ("chair", "table")),
    **dict.fromkeys(("lantern", "candle", "torch", "umbrella", "streetlight"), ("lamp",)),
    **dict.fromkeys(("fish", "starfish", "anemone", "seaweed", "kelp", "sponge", "jellyfish", "octopus", "urchin"),
                    ("coral", "shell")),
    **dict.fromkeys(("forest", "wood", "log", "trunk", "bonsai", "orchard"), ("tree", "conifer")),
    **dict.fromkeys(("house", "castle", "tower", "car", "robot", "building"), ("table", "lamp", "rock")),
    **dict.fromkeys(("dragon", "dinosaur", "lizard", "crocodile", "monster"), ("cactus", "crystal", "rock")),
    **dict.fromkeys(("cat", "dog", "bird", "horse", "animal", "person", "man", "woman", "bear"), ("bush", "rock")),
}  # fmt: skip
