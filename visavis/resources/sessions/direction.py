"""A persona's director's notes → the style that a face can play.

Faces know seven styles. Words of one's own are matched with the nearest of them: whichever is meant by most of the
words wins, the earlier mentioned on a tie; words after "not" or "never" do not count.
"""

import re
from collections.abc import Mapping
from typing import Any

_WORDS: dict[str, str] = {
    "happy": "happ joy cheer glad delight upbeat bright smil enthusias excit energ positiv optimis celebrat radian "
    "sunny lively",
    "warm": "warm friend kind welcom gentl tender soft affection relax calm pleasant cosy cozy hospit sincer natural "
    "polite courteous",
    "playful": "play fun humor humour witty wit teas mischie cheek jok silly quirk whims charm flirt bubbly sarcas",
    "supportive": "support empath compass reassur encourag understand caring cares patient comfort listen help "
    "attentiv coach therap mentor thoughtful considerate professional",
    "sad": "sad sorrow griev grief melanchol mourn gloom down depress lonel somber sombre tear regret unhapp miser",
    "angry": "angr anger furious rage mad irritat annoy hostil aggress stern fierc frustrat outrag strict harsh grump "
    "menac villain",
    "distressed": "distress anxi worr panic afraid fear scar nervous upset stress terrif desper frantic tense uneasy "
    "agitat overwhelm",
}
_STEMS = [(stem, style) for style, stems in _WORDS.items() for stem in stems.split()]
_EXACT = frozenset(("fun", "mad", "down", "wit", "tear", "scar", "sad"))  # too short to be the start of a word
_ENDINGS = ("", "s", "ny", "nier", "ing", "ed", "y", "ly", "ty", "ness", "dened", "ful", "e", "es", "der")
_NOT = frozenset(("not", "never", "no", "without", "avoid", "don't", "isn't", "less"))


def style_of(notes: Mapping[str, Any] | None) -> str:
    """One of the face's styles, empty for none."""
    if not notes:
        return ""
    return notes.get("presetStyle") or nearest_style(notes.get("customStylePrompt") or "")


def expressivity_of(notes: Mapping[str, Any] | None) -> float:
    given = (notes or {}).get("expressivity")
    return 0.5 if given is None else float(given)


def nearest_style(prompt: str) -> str:
    """The style most of these words speak of, empty where none does."""
    votes: dict[str, int] = {}
    words = re.findall(r"[a-z']+", prompt.lower())
    for before, word in zip(["", *words], words, strict=False):
        style = _style_of_word(word)
        if style and before not in _NOT:
            votes[style] = votes.get(style, 0) + 1
    return max(votes, key=lambda style: votes[style], default="")


def _style_of_word(word: str) -> str:
    for stem, style in _STEMS:
        if word.startswith(stem) and (stem not in _EXACT or word[len(stem) :] in _ENDINGS):
            return style
    return ""
