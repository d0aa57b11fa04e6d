"""Near words for a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from archgraph.core.habits import ADVICE, SYNONYMS


def nearest(word: str, legal: Iterable[str]) -> str | None:
    """The legal word that was most likely meant, or None."""
    words = list(legal)
    folded = word.lower()
    known = next((name for name in SYNONYMS.get(folded, ()) if name in words), None)
    if known:
        return known
    if len(word) > 64:  # a misspelling is short; comparing long words costs quadratic time
        return None
    alike = next((name for name in words if name.lower() == folded), None)
    if alike:
        return alike
    found = get_close_matches(folded, words, n=1, cutoff=0.6)
    if found:
        return found[0]
    mixed = (name for name in words if len(name) > 2 and sorted(name.lower()) == sorted(folded))
    return next(mixed, None)  # letters that stand in another order, which in a short word leaves little alike


def hint(word: str, legal: Iterable[str]) -> str:
    """A question with the nearest word, what to do without it, or the list of legal ones."""
    words = list(legal)
    near = nearest(word, words)
    if near:
        return f"did you mean '{near}'?"
    if not words:
        return "there is none here"
    listed = ", ".join(words[:40]) + (", ..." if len(words) > 40 else "")
    return f"legal here: {listed}"


def advise(word: str) -> str:
    """What to do in place of a key or an operation that other libraries need; "" where nothing is known of it."""
    return ADVICE.get(word.lower(), "")
