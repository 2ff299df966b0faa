"""Words to what the embedded prior is conditioned on: one parser for both of its models. Standard library only.

`understand("a very tall crimson toadstool")` is a mushroom, crimson, height 1. What it does not know it says, with the
nearest things that it can make; sentence embeddings did badly at colours (a study of twenty paraphrases), so colours go
through a lexicon and nouns and adjectives through synonyms.
"""

from __future__ import annotations

import colorsys
import difflib
import re
from dataclasses import dataclass, field

from .lexicon import (
    ADJECTIVES,
    COLOR_MODIFIERS,
    COLORS,
    CONCEPTS,
    FILLERS,
    INTENSIFIERS,
    NEAREST,
    PREPOSITIONS,
    SIZES,
    TRAITS,
    Color,
    Concept,
)

__all__ = ["CONCEPTS", "TRAITS", "Concept", "NotUnderstoodError", "Understanding", "concept_named", "understand"]

_LONGEST_PHRASE = 4


class NotUnderstoodError(ValueError):
    """The prompt names nothing that the embedded prior can make; the text says so and suggests."""


@dataclass(frozen=True)
class Understanding:
    """What a prompt means to the embedded prior.

    color: sRGB in 0..1, never empty (the concept's own when the prompt names none; then color_name is ""). traits: only
    those that the prompt said, each in -1..1. ignored: said and known, but without meaning for this concept.
    """

    prompt: str
    concept: str
    color: Color
    color_name: str = ""
    traits: dict[str, float] = field(default_factory=dict)
    size_m: float = 1.0
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def concept_index(self) -> int:
        return [each.name for each in CONCEPTS].index(self.concept)

    def sentence(self) -> str:
        """What was understood, in one line for the panel and the terminal."""
        parts = [self.concept, self.color_name or "its own colour"]
        parts += [f"{name} {value:+.1f}" for name, value in self.traits.items()]
        text = "understood: " + ", ".join(parts)
        if self.unknown:
            text += "; not known: " + ", ".join(f"'{word}'" for word in self.unknown)
        if self.ignored:
            text += f"; without effect on a {self.concept}: " + ", ".join(f"'{word}'" for word in self.ignored)
        return text


def concept_named(name: str) -> Concept:
    """The concept of that exact name. Raises KeyError."""
    return {each.name: each for each in CONCEPTS}[name]


def understand(prompt: str) -> Understanding:
    """Parse a prompt.

    The head noun is the last concept before the first preposition ("pumpkin lamp" is a lamp, "vase with a flower" a
    vase). The first colour counts. Raises NotUnderstoodError for a prompt that names no concept.
    """
    words = _words(prompt)
    phrases = _phrases(words)
    head = _head(phrases)
    if head is None:
        raise NotUnderstoodError(_suggest(prompt, words, phrases))
    concept = _CONCEPT_OF[head.text]
    color_name, color = "", concept.color
    traits: dict[str, float] = {}
    size = concept.size_m
    unknown: list[str] = []
    ignored: list[str] = []
    strength = 1.0
    modifier = ""
    for phrase in phrases:
        text = phrase.text
        if phrase is head:
            pass
        elif text in INTENSIFIERS:
            strength = INTENSIFIERS[text]
            continue
        elif text in COLOR_MODIFIERS:
            modifier = text
            continue
        elif text in COLORS:
            if color_name or (phrase.position > head.position and phrase.after_preposition):
                ignored.append(text)
            else:
                color_name, color = f"{modifier} {text}".strip(), _modified(COLORS[text], modifier)
        elif text in ADJECTIVES:
            trait, value = ADJECTIVES[text]
            if trait in concept.traits:
                traits[trait] = max(-1.0, min(1.0, value * strength))
            else:
                ignored.append(text)
        elif text in SIZES:
            size = concept.size_m * SIZES[text]
        elif text in _CONCEPT_OF:
            ignored.append(text)
        elif text not in FILLERS and text not in PREPOSITIONS:
            unknown.append(text)
        strength, modifier = 1.0, ""
    return Understanding(
        prompt,
        concept.name,
        color,
        color_name,
        traits,
        size,
        tuple(dict.fromkeys(unknown)),
        tuple(dict.fromkeys(ignored)),
    )


@dataclass(frozen=True)
class _Phrase:
    text: str
    position: int
    after_preposition: bool


def _words(prompt: str) -> list[str]:
    return re.findall(r"\w+", prompt.lower().replace("-", " ").replace("'s", ""))


def _singular(word: str) -> str:
    for ending, replacement in (("ies", "y"), ("ves", "f"), ("shes", "sh"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            return word[: -len(ending)] + replacement
    return word


def _known(text: str) -> bool:
    return any(text in table for table in (_CONCEPT_OF, COLORS, COLOR_MODIFIERS, ADJECTIVES, SIZES, INTENSIFIERS))


def _phrases(words: list[str]) -> list[_Phrase]:
    """Longest known phrases first; a word that starts none stands alone."""
    result: list[_Phrase] = []
    position, after = 0, False
    while position < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
            chunk = words[position : position + length]
            candidates = (" ".join(chunk), " ".join([*chunk[:-1], _singular(chunk[-1])]))
            match = next((text for text in candidates if _known(text)), None)
            if match is not None or length == 1:
                text = match if match is not None else chunk[0]
                after = after or text in PREPOSITIONS
                result.append(_Phrase(text, position, after))
                position += length
                break
    return result


def _head(phrases: list[_Phrase]) -> _Phrase | None:
    nouns = [phrase for phrase in phrases if phrase.text in _CONCEPT_OF]
    before = [phrase for phrase in nouns if not phrase.after_preposition]
    if before:
        return before[-1]
    return nouns[0] if nouns else None


def _modified(color: Color, modifier: str) -> Color:
    if not modifier:
        return color
    white, black, saturation = COLOR_MODIFIERS[modifier]
    mixed = [(channel + (1.0 - channel) * white) * (1.0 - black) for channel in color]
    hue, sat, value = colorsys.rgb_to_hsv(*mixed)
    return colorsys.hsv_to_rgb(hue, max(0.0, min(1.0, sat * (1.0 + saturation))), value)


def _suggest(prompt: str, words: list[str], phrases: list[_Phrase]) -> str:
    if not prompt.strip():
        return "Type what to make, such as 'a red mushroom'"
    known = ", ".join(concept.name for concept in CONCEPTS)
    candidates = [phrase.text for phrase in phrases if not _known(phrase.text)]
    candidates = [text for text in candidates if text not in FILLERS and text not in PREPOSITIONS] or words
    if not candidates:
        return f"The prompt names nothing to make; the embedded prior knows: {known}"
    subject = next((text for text in reversed(candidates) if _nearest(text)), candidates[-1])
    nearest = _nearest(subject)
    subject = subject if len(subject) <= 40 else subject[:37] + "..."
    if nearest:
        return f"'{subject}' is not something the embedded prior knows; nearest: {', '.join(nearest)}"
    return f"'{subject}' is not something the embedded prior knows; it makes: {known}"


def _nearest(word: str) -> tuple[str, ...]:
    word = word[:60]
    for form in (word, _singular(word)):
        if form in NEAREST:
            return NEAREST[form]
    close = difflib.get_close_matches(word, _CONCEPT_OF, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(_CONCEPT_OF[each].name for each in close))


_CONCEPT_OF: dict[str, Concept] = {word: concept for concept in CONCEPTS for word in (concept.name, *concept.synonyms)}
