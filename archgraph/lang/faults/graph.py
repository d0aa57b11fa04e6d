"""Faults of the graph: edges and ports that do not join up."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER, CONDITIONAL, LANGUAGE_MODEL, swap

NOTHING = Fault(
    "AG040",
    "an edge to nothing",
    story="""
An edge names something that is neither a variable nor a node beside it. It may be misspelled. Edges join siblings:
what stands inside a group is reached through the ports of the group, and inside, `in`, `out` and `context` are those
ports.
""",
    bad=swap(AUTOENCODER, ("y -> encoder", "y -> encodr")),
    good=AUTOENCODER,
)
INTO_OBSERVED = Fault(
    "AG041",
    "an edge into an observed variable",
    story="""
Inputs and targets are given from outside, parameters are learned: nothing in the graph computes them. An arrow into
one is turned round, or the variable was meant to be hidden or a prediction. What is computed is compared with a target
by a cost, and does not flow into it.
""",
    bad=swap(AUTOENCODER, ("decoder -> y_tilde", "decoder -> y_tilde -> y")),
    good=AUTOENCODER,
)
OUT_OF_COST = Fault(
    "AG042",
    "an edge out of an energy",
    story="""
A cost or a regulariser gives an energy, one number per sample, which training lowers. Energies are added up by
themselves, each with its `weight`. Only a node of role loss, which speaks of a whole batch, may take one as its input.
""",
    bad=swap(
        AUTOENCODER,
        ("y, y_tilde -> C", "y, y_tilde -> C -> h"),
        ("y_tilde: prediction", "y_tilde: prediction\n  h: hidden"),
    ),
    good=AUTOENCODER,
)
SELF_LOOP = Fault(
    "AG043",
    "a self-loop without delay",
    story="""
A node feeds itself in the same step: it would need its result in order to compute it. With a delay, it reads its
result of the step before, and that is a recurrence: `cell -[delay]-> cell`.
""",
    bad=swap(AUTOENCODER, ("[{linear: 4}]", "[add, {linear: 8}]"), ("  - y, y", "  - encoder -> encoder\n  - y, y")),
    good=AUTOENCODER,
)
DELAY = Fault(
    "AG045",
    "a delay that is not at least one step",
    story="""
A delay shows what was there some steps before: at least one. Zero would be no delay, and a negative one would show
what is still to come. `steps` in the long form of an edge stands beside `kind: [delay]` alone.
""",
    bad=swap(LANGUAGE_MODEL, ("-[delay]->", "-[delay 0]->")),
    good=LANGUAGE_MODEL,
)
UNTOUCHED = Fault(
    "AG046",
    "nothing touches it",
    story="""
No edge begins or ends at this variable or node, so it takes no part in the model. Either an edge is missing, or it is
left over from an earlier version.
""",
    bad=swap(AUTOENCODER, ("y_tilde: prediction", "y_tilde: prediction\n  h: hidden")),
    good=AUTOENCODER,
)
NO_TARGET = Fault(
    "AG048",
    "a cost without a target",
    story="""
A cost compares a prediction with a target, and here nobody tells it the target. In the picture, the line from y to
the cost is missing. Draw it: `y, y_tilde -> C`. What has no target, because it speaks of one tensor alone, is a
regulariser.
""",
    bad=swap(AUTOENCODER, ("y, y_tilde -> C", "y_tilde -> C")),
    good=AUTOENCODER,
)
PORT = Fault(
    "AG050",
    "unknown port",
    story="""
A port is a named input or output of a node. This node has none of the name; or what feeds a cost does not say which
port it means, since only targets and predictions say so by their kind. Name the port: `h -> C.prediction`.
""",
    bad=swap(AUTOENCODER, ("y, y_tilde -> C", "y -> C\n  - y_tilde -> C.guess")),
    good=AUTOENCODER,
)
CROWDED = Fault(
    "AG051",
    "several edges into one port",
    story="""
Two tensors arrive at a port that takes one, and nothing says how to join them: they could be added, put side by side,
or multiplied. Say it: begin the node's layers with `add`, `concat` or `multiply`, which take several.
""",
    bad=swap(AUTOENCODER, ("  - y, y", "  - y -> decoder\n  - y, y")),
    good=swap(AUTOENCODER, ("  - y, y", "  - y -> decoder\n  - y, y"), ("[{linear: 8}]", "[concat, {linear: 8}]")),
)
UNFED = Fault(
    "AG052",
    "a port that nothing feeds",
    story="""
A node has an input that it cannot do without, and no edge ends there: the second branch of a sum that takes two, the
prediction of a cost, the state of a cell. Draw the edge that brings it, and name the port where it is not plain.
""",
    bad=swap(AUTOENCODER, ("y, y_tilde -> C", "y -> C")),
    good=AUTOENCODER,
)
CONTEXT = Fault(
    "AG053",
    "a context edge into a node that cannot use it",
    story="""
A context is what a cross-attention asks: its keys and values. Nothing in this node does so. Put a cross_attention in
it; or, if the tensor should simply flow in, make it a data edge and let the node begin with `add` or `concat`.
""",
    bad=swap(CONDITIONAL, ("[cross_attention]", "[{linear: 4}]")),
    good=CONDITIONAL,
)
NO_CONTEXT = Fault(
    "AG054",
    "cross-attention without a context",
    story="""
Cross-attention has two sources: its queries come from the stream, its keys and values from a context. No context edge
ends in this node: there is nobody to ask. Draw one, `x -> encoder -[context]-> predictor`, or write self_attention.
""",
    bad=swap(
        CONDITIONAL, ("encoder -[context]-> predictor", "encoder -> h"), ("y_tilde: p", "h: hidden\n  y_tilde: p")
    ),
    good=CONDITIONAL,
)
DIM = Fault(
    "AG058",
    "a size for an axis that nothing has",
    story="""
`dims` fixes the length of a free axis, which is one that a variable's type names. No type names this one, so that
nothing would be fixed. It may be misspelled, or it is a param, which has its value under `params`.
""",
    bad=swap(LANGUAGE_MODEL, ("variables:", "dims: {S: 100}\nvariables:")),
    good=swap(LANGUAGE_MODEL, ("variables:", "dims: {T: 100}\nvariables:")),
)
SHARE = Fault(
    "AG056",
    "weights shared with nothing",
    story="""
`share: other` gives a node the body and the weights of a node beside it. There is none of this name, or it shares
its own weights with another. Name the node that owns them.
""",
    bad=swap(AUTOENCODER, ("decoder, layers: [{linear: 8}]", "decoder, share: encodr"), (": 4}", ": 8}")),
    good=swap(AUTOENCODER, ("decoder, layers: [{linear: 8}]", "decoder, share: encoder"), (": 4}", ": 8}")),
)
