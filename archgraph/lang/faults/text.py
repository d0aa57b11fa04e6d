"""Faults of the text itself; one of these stands alone, since nothing after it can be trusted."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER, LANGUAGE_MODEL, swap

EMPTY = Fault(
    "AG101",
    "empty file",
    story="""
The file holds nothing, or comments alone. A spec begins with the version of the language, and then says which
variables there are, which nodes, and which edges join them. `archgraph new autoencoder` writes one to start from.
""",
    bad="# my model\n",
    good=AUTOENCODER,
)
ROOT = Fault(
    "AG102",
    "the root is not a mapping",
    story="""
A spec is a mapping of keys to values: archgraph, variables, nodes, edges. This file holds a list, or a single word,
often because of a dash in front of the first key.
""",
    bad="- archgraph: 1\n- variables\n",
    good=AUTOENCODER,
)
TAB = Fault(
    "AG103",
    "a tab in the indentation",
    story="""
YAML shows what belongs to what by spaces at the beginning of a line, and forbids tabs there, because editors show
them at different widths. Set the editor to indent with spaces; the fix replaces this tab by two.
""",
    bad=swap(AUTOENCODER, ("  C:", "\tC:")),
    good=AUTOENCODER,
)
SYNTAX = Fault(
    "AG104",
    "not YAML",
    story="""
The text cannot be read as YAML. Most often a bracket or a quote is open, a line stands further in or out than its
neighbours, or a value holds a colon or a bracket of its own and needs quotes. For a bracket, the diagnostic points
at the one that opens, and notes where reading stopped.
""",
    bad=swap(AUTOENCODER, ("[{linear: 4}]}", "[{linear: 4}}")),
    good=AUTOENCODER,
)
DOCUMENTS = Fault(
    "AG105",
    "more than one document",
    story="""
A line of three dashes begins a second YAML document. A file holds one spec, so that a name of a file is a name of a
model. Put the second one into a file of its own; what both have in common can stand in a third that they extend.
""",
    bad=AUTOENCODER + "---\narchgraph: 1\n",
    good=AUTOENCODER,
)
DUPLICATE = Fault(
    "AG106",
    "a key given twice",
    story="""
Many YAML readers keep the last of two equal keys and drop the first in silence, so that half of a model is gone and
nobody is told. Here a key stands once in a mapping. Remove one of the two, or rename it.
""",
    bad=swap(AUTOENCODER, ("  decoder: {", "  encoder: {")),
    good=AUTOENCODER,
)
TAG = Fault(
    "AG107",
    "a tag",
    story="""
A tag such as `!!python/object` tells some YAML readers to build an object of a program's own, which is how a file
comes to run code. A spec is data alone: there are no tags. Remove it.
""",
    bad=swap(AUTOENCODER, ("op: squared_error", "op: !!str squared_error")),
    good=AUTOENCODER,
)
ALIAS = Fault(
    "AG108",
    "an anchor, alias or merge key",
    story="""
YAML can name a part (`&a`) and repeat it (`*a`, `<<`). A few lines of that can stand for millions, and a reader
cannot see what a line holds. The language has its own ways to say a thing once: params for numbers, blocks for
layers, `extends` for whole specs.
""",
    bad=swap(AUTOENCODER, ("layers: [{linear: 4}]", "layers: &a [{linear: 4}]")),
    good=AUTOENCODER,
)
DEPTH = Fault(
    "AG109",
    "nested too deeply",
    story="""
Lists and mappings stand inside each other more than 64 deep. No model needs that, and unlimited depth is how a file
brings a reader down. Give inner parts a name under `blocks`, and use them.
""",
    bad=swap(AUTOENCODER, ("[{linear: 4}]", "[" * 66 + "{linear: 4}" + "]" * 66)),
    good=AUTOENCODER,
)
COUNT = Fault(
    "AG110",
    "too many values",
    story="""
One file holds more than 400,000 words, numbers, lists and mappings. Layers that repeat are written once, under
`repeat: N`; what several parts have in common stands in a block.
""",
    bad=AUTOENCODER + "  # and so on, for 400,000 edges\n",
    good=AUTOENCODER,
)
DIGITS = Fault(
    "AG111",
    "a number with too many digits",
    story="""
A number is written with more than 40 digits. No size needs that many and no rate can use them; reading very long
numbers is slow enough to be used as an attack. Write fewer digits, or an exponent: `1e-4`.
""",
    bad=swap(AUTOENCODER, ("{linear: 4}", "{linear: " + "4" * 50 + "}")),
    good=AUTOENCODER,
)
ENCODING = Fault(
    "AG112",
    "not UTF-8 text",
    story="""
The file holds bytes that are not UTF-8, or characters that are not text, such as NUL. It may have been saved in
another encoding, or be no text file at all. Save it as UTF-8; the diagnostic gives the offset in bytes.
""",
    bad="archgraph: 1\ntitle: a \ufffe model\n",
    good=AUTOENCODER,
)
KEY = Fault(
    "AG113",
    "a key that is not a word",
    story="""
Keys are words. A number, a list or nothing at all stands where a key belongs; often a value lost its key, or the
name of a node begins with a digit.
""",
    bad=swap(AUTOENCODER, ("  C: {role", "  7: {role"), ("y, y_tilde -> C", "y, y_tilde -> 7")),
    good=AUTOENCODER,
)
PASTED = Fault(
    "AG114",
    "a pasted character",
    story="""
Text pasted from a slide, a page or a chat brings characters that look like plain ones and are not: curly quotes, a
typographic arrow or minus, a no-break space. To YAML a curly quote is a letter like any other, and the value means
something else. The diagnostic names the character; the fix puts the plain one in its place. In `label`, which is free
text, they may stand.
""",
    bad=swap(AUTOENCODER, ("y, y_tilde -> C", "y, y_tilde → C")),
    good=AUTOENCODER,
)
SIZE = Fault(
    "AG115",
    "file too large",
    story="""
The file is larger than 4 MiB. A spec of that size was written by a program, or is no spec. Repeat layers with
`repeat`, and split what remains with `include` and `extends`.
""",
    bad="# four megabytes of\n" + AUTOENCODER,
    good=AUTOENCODER,
)
FLOW = Fault(
    "AG117",
    "a chain or call that needs quotes",
    story="""
Between brackets and braces, YAML reads commas, brackets and colons as its own. A type such as tokens(50)[T, 8], or
a chain with a comma or a bracket in it, is cut in pieces there. Quote it; in a list with a line and a dash for each
edge, chains need no quotes.
""",
    bad=swap(LANGUAGE_MODEL, ('"tokens(50)[T]"', "tokens(50)[T]")),
    good=LANGUAGE_MODEL,
)
UNREADABLE = Fault(
    "AG118",
    "cannot be read",
    story="""
There is no such file, or it may not be read. A spec is given as a path, as text with a line break in it, as a
stream, or as `-` for standard input. Check the path and the folder that the command runs in.
""",
    bad="# a file that is not there\n",
    good=AUTOENCODER,
)
