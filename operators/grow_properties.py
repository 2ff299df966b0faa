"""What the Grow panel keeps, on the window manager, and the pictures that it shows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import bpy
import bpy.utils.previews
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..procedural.generators import CATEGORIES, FAMILIES, Family
from ..procedural.thumbnails import picture_of
from .growing import LARGEST_SEED, title_of
from .user_presets import user_presets

MINE = "MINE"
_previews: list[Any] = []
_shown: dict[tuple[Any, ...], list[tuple[str, str, str, int, int]]] = {}
_FIRST_OWN = 1_000_000  # numbers of the artist's presets begin here


@dataclass(frozen=True)
class Choice:
    """Something that the panel offers. own: whether the artist has saved it. number: of the enum's item, the same in every list."""

    name: str
    title: str
    family: Family
    own: bool
    number: int


def choices() -> tuple[Choice, ...]:
    """Every preset of ours, then the artist's."""
    ours = [(name, title_of(name), family) for family in FAMILIES for name in family.presets]
    mine = [(each.name, each.title, each.family) for each in user_presets()]
    return (
        *(Choice(*each, False, number) for number, each in enumerate(ours)),
        *(Choice(*each, True, _FIRST_OWN + number) for number, each in enumerate(mine)),
    )


def shown_choices(category: str, search: str) -> list[Choice]:
    """Those of a category whose words have all that is searched for; a search looks through all categories."""
    words = search.lower().split()
    found = []
    for each in choices():
        family = each.family
        text = f"{each.title} {each.name} {family.title} {family.category} {family.help}".lower()
        if words:
            fits = all(word in text for word in words)
        else:
            fits = each.own if category == MINE else (not each.own and category in ("ALL", family.category))
        if fits:
            found.append(each)
    return found


def icon_of_preset(choice: Choice) -> int:
    """The number of its picture's icon; 0 if there is none. The artist's presets have their family's."""
    name = next(iter(choice.family.presets)) if choice.own else choice.name
    path = picture_of(name)
    if not _previews or not path.is_file():
        return 0
    pictures = _previews[0]
    preview = pictures[name] if name in pictures else pictures.load(name, str(path), "IMAGE")
    return preview.icon_id


def _items(self: DREAMGROVE_PG_grow, context: bpy.types.Context | None) -> list[tuple[str, str, str, int, int]]:
    """The picture grid. Blender keeps no copy of the texts, so the lists stay here."""
    found = shown_choices(self.category, self.search)
    key = tuple((each.number, each.title) for each in found)
    if key not in _shown:
        if len(_shown) > 200:
            _shown.clear()
        _shown[key] = [(each.name, each.title, each.family.help, icon_of_preset(each), each.number) for each in found]
    return _shown[key]


def _get_preset(self: DREAMGROVE_PG_grow) -> int:
    now = chosen(self)
    return now.number if now else 0


def _set_preset(self: DREAMGROVE_PG_grow, number: int) -> None:
    self.chosen = next((each.name for each in choices() if each.number == number), "")


def chosen(state: DREAMGROVE_PG_grow) -> Choice | None:
    """What is chosen of what is shown, the first of it if the choice is not; None if nothing is."""
    found = shown_choices(state.category, state.search)
    return next((each for each in found if each.name == state.chosen), found[0] if found else None)


def _categories() -> tuple[tuple[str, str, str], ...]:
    present = [category for category in CATEGORIES if any(family.category == category for family in FAMILIES)]
    return (
        ("ALL", "All", "Everything that can be grown"),
        *((category, category, f"Presets of {category.lower()}") for category in present),
        (MINE, "Mine", "Presets that you have saved"),
    )


class DREAMGROVE_PG_grow(bpy.types.PropertyGroup):
    """The state of the Grow panel."""

    category: EnumProperty(
        name="Category", description="What to show", items=_categories(), default=_categories()[1][0]
    )
    search: StringProperty(
        name="Search", description="Show only what has these words, of all categories", options={"TEXTEDIT_UPDATE"}
    )
    preset: EnumProperty(
        name="Preset", description="What to grow", items=_items, get=_get_preset, set=_set_preset
    )  # fmt: skip
    chosen: StringProperty(description="The name of the chosen preset")
    seed: IntProperty(name="Seed", description="The same preset and seed give the same object", min=0, max=LARGEST_SEED)
    lock_seed: BoolProperty(name="Lock Seed", description="Keep the seed; otherwise every object gets a new one")
    variation: FloatProperty(
        name="Variation",
        description="How far the individual strays from the picture: 0 only another seed, 1 as its kind does",
        min=0.0, max=1.0, subtype="FACTOR",
    )  # fmt: skip
    detail: FloatProperty(
        name="Detail", description="Mesh density: 1 as usual, 4 for close-ups, 0.1 for far away",
        default=1.0, min=0.1, max=4.0, soft_max=2.0,
    )  # fmt: skip


def grow_tab() -> DREAMGROVE_PG_grow:
    return bpy.context.window_manager.dreamgrove_grow


def roll_seed() -> int:
    """Another seed for the panel; returns it."""
    state = grow_tab()
    state.seed = (state.seed + random.randrange(1, LARGEST_SEED)) % (LARGEST_SEED + 1)
    return state.seed


def register() -> None:
    bpy.utils.register_class(DREAMGROVE_PG_grow)
    bpy.types.WindowManager.dreamgrove_grow = PointerProperty(type=DREAMGROVE_PG_grow)
    _previews.append(bpy.utils.previews.new())


def unregister() -> None:
    while _previews:
        bpy.utils.previews.remove(_previews.pop())
    _shown.clear()
    del bpy.types.WindowManager.dreamgrove_grow
    bpy.utils.unregister_class(DREAMGROVE_PG_grow)
