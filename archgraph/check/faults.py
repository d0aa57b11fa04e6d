"""Faults that the walk through the graph finds; those of single rules stand in the rules' own files."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER, LANGUAGE_MODEL, RECURRENT, swap

CYCLE = Fault(
    "AG044",
    "a cycle without delay",
    story="""
These nodes need each other's results in the same step, so that none of them can be computed first. The shortest such
cycle is printed. In a recurrent network, a state is carried from one step to the next: somewhere on its way round
stands a delay, `h -[delay]-> cell`.
""",
    bad=swap(RECURRENT, ("-[delay]->", "->")),
    good=RECURRENT,
)
DELAY_AXIS = Fault(
    "AG055",
    "a delay without an axis to act on",
    story="""
A delay shifts a tensor along its axis of time: the only axis whose length the data gives. This tensor has none, or
several of them. Give the variable an axis of time, as in "real[T, 8]"; or name the axis in the long form of the edge:
{from: y, to: enc, kind: [delay], axis: T}. Padding needs such an axis too.
""",
    bad=swap(AUTOENCODER, ("y -> encoder", "y -[delay]-> encoder")),
    good=AUTOENCODER,
)
TOO_LARGE = Fault(
    "AG077",
    "a model of too many learned numbers",
    story="""
Counted out, the model has more than 2,000,000,000,000 learned numbers: no machine could hold them, and the count is
most likely an accident, such as a width and a number of symbols exchanged. The hint names the largest tensor.
""",
    bad=swap(AUTOENCODER, ("[{linear: 4}]", "[{linear: 999999999}, {linear: 999999999}]")),
    good=AUTOENCODER,
)
SHAPE = Fault(
    "AG070",
    "shapes that do not fit",
    story="""
Shapes are proved before anything runs. Two tensors meet that do not fit, or an operation is given what it cannot
take: symbols where numbers belong, one axis where two are needed, another width. Nothing is stretched in silence:
`expand` is the only broadcast, and it is written.
""",
    bad=swap(LANGUAGE_MODEL, ("{embedding: width}", "{linear: width}")),
    good=LANGUAGE_MODEL,
)
HEADS = Fault(
    "AG071",
    "heads that do not divide the width",
    story="""
Attention with several heads cuts the features into equal parts, one for each head. So the number of heads divides
the width. The hint gives the nearest numbers that do.
""",
    bad=swap(LANGUAGE_MODEL, ("heads: 2}", "heads: 3}")),
    good=LANGUAGE_MODEL,
)
PREDICTION = Fault(
    "AG073",
    "prediction and target that differ",
    story="""
A cost compares a prediction with its target, place by place; the two must have one shape. For symbols and classes,
the prediction has one more axis: a number (a logit) for each symbol that could stand there. Correct the width of the
last layer before the prediction.
""",
    bad=swap(AUTOENCODER, ("{linear: 8}", "{linear: 7}")),
    good=AUTOENCODER,
)
STATED = Fault(
    "AG074",
    "a type that is not what is computed",
    story="""
The types of computed variables follow from the graph. One that is stated is checked: it is a claim that the reader
can rely on. Here the graph computes another one. Correct the type, or the layers before it.
""",
    bad=swap(AUTOENCODER, ("y_tilde: prediction", 'y_tilde: {kind: prediction, type: "real[7]"}')),
    good=swap(AUTOENCODER, ("y_tilde: prediction", 'y_tilde: {kind: prediction, type: "real[8]"}')),
)
UNKNOWN_TYPE = Fault(
    "AG075",
    "a type that cannot be inferred",
    story="""
The graph does not tell the type of this tensor: a latent that nothing computes, a hidden variable that is read and
never written, or a cycle on which every type depends on another. State it on the variable. A cycle must also read
something from outside along its own axis, such as an input or a delayed target: that tells how many steps there are.
""",
    bad=swap(
        AUTOENCODER,
        ("y_tilde: prediction", "y_tilde: prediction\n  z: latent"),
        ("  - y ->", "  - z -> decoder\n  - y ->"),
        ("[{linear: 8}]", "[concat, {linear: 8}]"),
    ),
    good=swap(
        AUTOENCODER,
        ("y_tilde: prediction", 'y_tilde: prediction\n  z: {kind: latent, type: "real[2]"}'),
        ("  - y ->", "  - z -> decoder\n  - y ->"),
        ("[{linear: 8}]", "[concat, {linear: 8}]"),
    ),
)
REPEAT = Fault(
    "AG076",
    "a repeat whose copies do not fit",
    story="""
Each copy under `repeat: N` takes what the one before gives, so the body must give `out`. With `share: true` beside it
all copies have the same weights, and the body must give the shape that it takes.
""",
    bad=swap(AUTOENCODER, ("layers: [{linear: 4}]", "repeat: 2, share: true, layers: [{linear: 4}]")),
    good=swap(AUTOENCODER, ("layers: [{linear: 4}]", "repeat: 2, share: true, layers: [{linear: 8}]")),
)
LATER = Fault(
    "AG091",
    "a cycle that needs its own future",
    story="""
A cycle is computed step by step: each step reads the steps before. So what stands on it may look at earlier places
only: attention with `causal: true`, a convolution with `padding: causal`, never pooling over time. And over the whole
way round, at least one step of delay must remain. What reads all of time belongs outside the cycle.
""",
    bad=swap(RECURRENT, ("[add, {linear: 4}, tanh]", "[add, self_attention]")),
    good=RECURRENT,
)
MISMATCHES = {"shape": SHAPE, "heads": HEADS, "prediction": PREDICTION}
_MENDS = (
    (
        " a sequence",
        "rearrange it to [T, features] first, as 'c h w -> (h w) c' does with an image whose width is a number",
    ),
    ("counts positions", "rearrange so that features stand last"),
    ("equal lengths", "let both have one axis, or leave 'causal' out"),
    ("numbers", "give it numbers of the positions of what it picks from"),
)


def mend(message: str) -> str:
    """What to do about a shape that does not fit, where the operation itself says nothing of it."""
    return next(
        (hint for words, hint in _MENDS if words in message), "bring it to that shape first, with another layer"
    )
