"""Faults of single values: of the wrong kind, out of range, or arithmetic that does not work out."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER, LANGUAGE_MODEL, swap

WRONG_KIND = Fault(
    "AG030",
    "a value of the wrong kind",
    story="""
A number is wanted and text, a truth value or a list is given; or the other way round. Quotes make text of anything:
`heads: "8"` is the text 8, and `causal: "false"` would count as true in many programs, because it is not empty.
Nothing is converted in silence here. Write numbers and true or false without quotes, and whole numbers without a
decimal point.
""",
    bad=swap(LANGUAGE_MODEL, ("causal: true", 'causal: "true"')),
    good=LANGUAGE_MODEL,
)
RANGE = Fault(
    "AG031",
    "a value out of range",
    story="""
A width is at least 1, a dropout rate at least 0 and less than 1, a repeat at least 0, a symbol below the number of
symbols; `.nan` is no number at all. Sizes end at 1,000,000,000. The diagnostic says which bound was crossed.
""",
    bad=swap(LANGUAGE_MODEL, ("[{embedding: width}]", "[{embedding: width}, {dropout: 1.5}]")),
    good=swap(LANGUAGE_MODEL, ("[{embedding: width}]", "[{embedding: width}, {dropout: 0.15}]")),
)
EXPRESSION = Fault(
    "AG032",
    "arithmetic that cannot be read",
    story="""
A number may be arithmetic over params: + - * / // % **, brackets, min and max. Nothing else is ever evaluated. Here
a sign or a bracket is missing, something stands that is not arithmetic, or params need each other in a circle.
""",
    bad=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: 4 * (width}")),
    good=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: 4 * (width)}")),
)
ZERO = Fault(
    "AG033",
    "division by zero",
    story="""
Arithmetic over params divides by something that comes to zero. Look at the params that stand under the division, and
at those that a variant or `--set` gives another value.
""",
    bad=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: width / (heads - 2)}")),
    good=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: width * heads / 2}")),
)
UNKNOWN_NAME = Fault(
    "AG034",
    "a name that is not a param",
    story="""
Arithmetic names something that is not under `params`. It may be misspelled; a block sees only its own params, and
`index`, the number of a copy, is known inside a repeat alone.
""",
    bad=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: widht}")),
    good=LANGUAGE_MODEL,
)
NOT_WHOLE = Fault(
    "AG035",
    "not a whole number",
    story="""
A width, a number of heads, a repeat are whole numbers, and this arithmetic comes to a fraction. It is computed
exactly, so this is no rounding: 8 / 3 is no number of features. Write `//` to round down on purpose.
""",
    bad=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: width / 3}")),
    good=swap(LANGUAGE_MODEL, ("{embedding: width}", "{embedding: width // 3 * 2}")),
)
TOO_LARGE = Fault(
    "AG036",
    "a model of too many operations",
    story="""
Written out, with every repeat and block in place, the model has more than 200,000 operations; or more than 16,384
that have to be built one by one, because blocks or copies by `index` make each of them its own. Often two repeats,
each of them harmless, multiply. Repeat less often.
""",
    bad=swap(AUTOENCODER, ("layers: [{linear: 4}]", "repeat: 1000000000, layers: [{linear: 8}]")),
    good=swap(AUTOENCODER, ("layers: [{linear: 4}]", "repeat: 3, layers: [{linear: 8}]")),
)
AUTO = Fault(
    "AG037",
    "a param that only data can tell",
    story="""
A param is `auto`: its value, such as the number of symbols, comes from the training data. Checking and drawing keep
it as a symbol. Source and a module need numbers, and there is no data here.

Give it with `--set vocab=64`, choose a variant that gives it, or train, which reads it from the data.
""",
    bad=swap(LANGUAGE_MODEL, ("{width: 8,", "{vocab: auto, width: 8,"), ("(50)", "(vocab)"), (": 50}", ": vocab}")),
    good=swap(LANGUAGE_MODEL, ("{width: 8,", "{vocab: 50, width: 8,"), ("(50)", "(vocab)"), (": 50}", ": vocab}")),
)
