"""Faults of form: keys, words, names and values that the language does not have."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER, LANGUAGE_MODEL, swap

_BLOCK = "blocks:\n  mlp: {params: {size: 4}, layers: [{linear: size}, relu]}\n"
_USES_BLOCK = swap(AUTOENCODER, ("layers: [{linear: 4}]", "use: mlp, with: {size: 6}")) + _BLOCK

ROLE = Fault(
    "AG010",
    "unknown role",
    story="""
A node's role says what it does in the picture, and the checks hold it to that: encoder, predictor, decoder,
corruption, sampler, projector, cost, regulariser, loss. A node without a role is a plain operation.
""",
    bad=swap(AUTOENCODER, ("role: encoder", "role: encodr")),
    good=AUTOENCODER,
)
OPERATION = Fault(
    "AG011",
    "unknown operation",
    story="""
No operation has this name. The list is closed: a spec can only name what archgraph knows, and never code. The hint
gives the nearest name, or all of them.
""",
    bad=swap(AUTOENCODER, ("{linear: 4}", "{linaer: 4}")),
    good=AUTOENCODER,
)
UNKNOWN_KEY = Fault(
    "AG012",
    "unknown key",
    story="""
A key stands where nothing reads it. Programs that ignore such keys train with a default that nobody chose, and a
misspelled argument goes unnoticed. The hint gives the nearest key, or those that may stand here.
""",
    bad=swap(LANGUAGE_MODEL, ("{heads: heads,", "{head: heads,")),
    good=LANGUAGE_MODEL,
)
KIND = Fault(
    "AG013",
    "unknown kind of variable",
    story="""
A variable's kind says when it is known: an input always, a target in training only, a latent never; hidden ones and
predictions are computed, a contrastive one is a wrong answer on purpose, a parameter is learned.
""",
    bad=swap(AUTOENCODER, ("y_tilde: prediction", "y_tilde: predicted")),
    good=AUTOENCODER,
)
NO_BODY = Fault(
    "AG014",
    "a node without a body",
    story="""
A node has a name and perhaps a role, and nothing says what it does. Its body is one operation (`op`), a chain of
layers (`layers`), a group of nodes with edges (`nodes`, `edges`), a block (`use`), or the weights of another node
(`share`).
""",
    bad=swap(AUTOENCODER, ("{role: cost, op: squared_error}", "{role: cost}")),
    good=AUTOENCODER,
)
TWO_BODIES = Fault(
    "AG015",
    "a node with two bodies",
    story="""
A node has one body. Here two stand side by side, and it is not clear which comes first, or whether one replaces the
other. Put both into `layers`, in their order, or make two nodes.
""",
    bad=swap(AUTOENCODER, ("layers: [{linear: 4}]", "layers: [{linear: 4}], op: relu")),
    good=swap(AUTOENCODER, ("layers: [{linear: 4}]", "layers: [{linear: 4}, relu]")),
)
VERSION = Fault(
    "AG016",
    "unknown language version",
    story="""
`archgraph` names the version of the language that a spec is written in, so that an old spec keeps its meaning when
the language grows. This program knows version 1.
""",
    bad=swap(AUTOENCODER, ("archgraph: 1", "archgraph: 99")),
    good=AUTOENCODER,
)
MISSING = Fault(
    "AG017",
    "a key is missing",
    story="""
Something that cannot be guessed is not said: the version of the language, the type of an input or a target, an
argument of an operation that has no default. Add the key that the diagnostic names.
""",
    bad=swap(AUTOENCODER, ('{kind: target, type: "real[8]"}', "target")),
    good=AUTOENCODER,
)
RESERVED = Fault(
    "AG018",
    "reserved, not yet built",
    story="""
This word belongs to the language and has its meaning already; what it stands for is not built in this version. It
is refused, since a spec that is silently half obeyed would be worse.
""",
    bad=swap(AUTOENCODER, ("op: squared_error", "op: squared_error, freeze: true")),
    good=AUTOENCODER,
)
FORM = Fault(
    "AG019",
    "a value of the wrong form",
    story="""
A word stands where a list belongs, a list where a mapping belongs, or the like. The hint shows the form. A common
case: two operations as two keys of one mapping, where each should be an item of the list by itself.
""",
    bad=swap(AUTOENCODER, ("[{linear: 4}]", "[{linear: 4, relu: null}]")),
    good=swap(AUTOENCODER, ("[{linear: 4}]", "[{linear: 4}, relu]")),
)
NAME = Fault(
    "AG020",
    "a name that cannot be used",
    story="""
Names become attributes of the module, fields of its output and ids in the picture. They begin with a letter and go on
with letters, digits and `_`. Words of Python, attributes that every torch module has (`forward`, `train`, `to`), the
output's own fields (`energy`, `loss`, `losses`) and the names of ports (`in`, `out`, `context`, `index`) are taken.
Free text goes into `label`.
""",
    bad=swap(AUTOENCODER, ("  C: {role", "  loss: {role"), ("y_tilde -> C", "y_tilde -> loss")),
    good=AUTOENCODER,
)
TWICE = Fault(
    "AG021",
    "one name for two things",
    story="""
A variable and a node of one body, or a block and an operation, have the same name. An edge that names it could mean
either. Rename one of them.
""",
    bad=swap(AUTOENCODER, ("  C: {role", "  y: {role"), ("y_tilde -> C", "y_tilde -> y")),
    good=AUTOENCODER,
)
CASE = Fault(
    "AG022",
    "names that differ only in case",
    warning=True,
    story="""
Two names are equal but for capital letters. The language tells them apart; some file systems, and many readers, do
not. This is a warning.
""",
    bad=swap(
        AUTOENCODER,
        ("  C: {role", "  Encoder: {layers: [relu]}\n  C: {role"),
        ("encoder -> dec", "encoder -> Encoder -> dec"),
    ),
    good=swap(
        AUTOENCODER,
        ("  C: {role", "  rectify: {layers: [relu]}\n  C: {role"),
        ("encoder -> dec", "encoder -> rectify -> dec"),
    ),
)
BLOCK = Fault(
    "AG023",
    "unknown block",
    story="""
`use` names a block that stands neither under `blocks` nor in an included file; or blocks use each other in a circle,
which would never end.
""",
    bad=swap(_USES_BLOCK, ("use: mlp", "use: mpl")),
    good=_USES_BLOCK,
)
VARIANT = Fault(
    "AG024",
    "unknown variant",
    story="""
A variant is a set of params under a name, chosen with `--variant NAME`. The spec has none of this name; the hint
lists those that it has.
""",
    bad="# checked with --variant tiny\n" + AUTOENCODER + "params: {width: 8}\nvariants: {small: {width: 2}}\n",
    good="# checked with --variant tiny\n" + AUTOENCODER + "params: {width: 8}\nvariants: {tiny: {width: 2}}\n",
)
PARAM = Fault(
    "AG025",
    "unknown param",
    story="""
`--set`, a variant, `with:` or `$name` names a param that the spec or the block does not have. Params are declared
under `params`, so that a misspelled one is not taken for a new one.
""",
    bad=swap(_USES_BLOCK, ("with: {size: 6}", "with: {sise: 6}")),
    good=_USES_BLOCK,
)
TYPE = Fault(
    "AG026",
    "a type that cannot be read",
    story="""
A type is an element and axes in brackets: "real[8]", "real[T, 8]", "tokens(50)[T]", "class(10)[]". Elements are real,
tokens(n), class(n) and mask. The batch is never written. An axis is a number, a param, arithmetic over params, or any
other name: a free axis, whose length the data gives.
""",
    bad=swap(AUTOENCODER, ('"real[8]"', '"real 8"')),
    good=AUTOENCODER,
)
CHAIN = Fault(
    "AG027",
    "an edge that cannot be read",
    story="""
Edges are chains: `a -> b -> c`. An arrow can carry a kind: `-[delay]->`, `-[delay 2]->`, `-[context]->`,
`-[initial]->`, `-[stop]->`. `a, b -> c` is both edges into c; `node.port` names a port.
""",
    bad=swap(LANGUAGE_MODEL, ("-[delay]->", "-[dely]->")),
    good=LANGUAGE_MODEL,
)
OTHER_KEY = Fault(
    "AG028",
    "an argument of another operation",
    story="""
The argument exists, and belongs to another operation: this one cannot use it. Perhaps the wrong operation was
written, or the argument slipped into the line above.
""",
    bad=swap(AUTOENCODER, ("{linear: 4}", "{linear: {width: 4, heads: 2}}")),
    good=AUTOENCODER,
)
ALLOW = Fault(
    "AG029",
    "a code that cannot be allowed",
    story="""
`allow: [code]` turns an error about roles into a warning, for the author who knows better and says so. No other fault
can be allowed: a shape that does not fit does not run, and a target that leaks teaches nothing.
""",
    bad=AUTOENCODER + "allow: [AG090]\n",
    good=AUTOENCODER + "allow: [AG081]\n",
)
SHARED = Fault(
    "AG059",
    "shared copies of nothing repeated",
    story="""
`share: true` stands beside `repeat` and gives all copies the same weights. Without a repeat there are no copies. To use
the weights of another node, name it: `share: encoder`.
""",
    bad=swap(AUTOENCODER, ("{role: encoder,", "{role: encoder, share: true,")),
    good=swap(AUTOENCODER, ("{role: encoder,", "{role: encoder, repeat: 1, share: true,")),
)
