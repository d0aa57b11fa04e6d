"""Faults of specs made of several files."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER

_CHILD = "archgraph: 1\nextends: {file}\nname: child\n"

FILE = Fault(
    "AG060",
    "a file that cannot be read",
    story="""
`extends` or `include` names a file that is not there, or may not be read. Names are relative to the file that they
stand in. The hint lists the specs of that folder.
""",
    bad=_CHILD.format(file="no_such_parent.yaml"),
    good=AUTOENCODER,
)
FILE_CYCLE = Fault(
    "AG061",
    "files that need each other",
    story="""
A spec extends or includes a file that, directly or through others, needs the first again. There would be no end to
it. The diagnostic prints the chain. Move what both need into a third file.
""",
    bad="# this is bad.yaml\n" + _CHILD.format(file="bad.yaml"),
    good=AUTOENCODER,
)
OUTSIDE = Fault(
    "AG062",
    "a file outside the folder tree",
    story="""
A spec reads files of its own folder and below, and nothing else: no absolute paths, no way up and out with `..`, no
symbolic link that leads away. So a spec from somebody else cannot look around on your machine. Copy the file into
the spec's folder.
""",
    bad=_CHILD.format(file="../../somewhere/else.yaml"),
    good=AUTOENCODER,
)
INCLUDED_TWICE = Fault(
    "AG063",
    "a block given twice",
    story="""
`include` brings in the blocks of other files, and two blocks have one name. Which of them counts would depend on the
order of the files. Rename one.
""",
    bad="# layers.yaml has a block 'mlp' too\n"
    + AUTOENCODER
    + "include: [layers.yaml]\nblocks: {mlp: {layers: [relu]}}\n",
    good="# layers.yaml has a block 'mlp'\n"
    + AUTOENCODER
    + "include: [layers.yaml]\nblocks: {act: {layers: [relu]}}\n",
)
