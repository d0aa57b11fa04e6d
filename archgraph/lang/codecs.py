"""What `codec` names: a way of reading text, or a file of symbols below the spec's folder."""

from __future__ import annotations

from pathlib import PurePosixPath

from archgraph.core.diagnostic import Collector, Edit
from archgraph.core.source import Scalar
from archgraph.core.suggest import nearest
from archgraph.graph.types import TensorType
from archgraph.lang.faults import files, schema
from archgraph.lang.spec import VariableSpec

KINDS = ("chars", "bytes", "words", "labels")
_LISTED = "write chars, bytes, words, or a file with one symbol a line"


def codec_of(spec: VariableSpec, type_: TensorType | None, into: Collector) -> str:
    """The codec of a variable, or "" where it has none or its fault was recorded."""
    written = spec.codec
    if written is None:
        return ""
    word = str(written.value)
    if spec.kind not in ("input", "target") or type_ is None or type_.element not in ("tokens", "class"):
        what = f"'codec' says how text becomes symbols, and '{spec.name}' is not given as symbols"
        into.add(schema.FORM, what, written.span, hint="remove it, or give the variable tokens")
        return ""
    return word if word in KINDS or _is_file(word, written, into) else ""


def _is_file(word: str, written: Scalar, into: Collector) -> bool:
    """Whether a word may be the name of a file below the spec's folder; what speaks against it is recorded."""
    near = nearest(word, KINDS) if "." not in word and "/" not in word else None
    if near or not word.strip():
        hint = f"did you mean '{near}'?" if near else _LISTED
        fixes = (Edit(written.span, near),) if near else ()
        into.add(schema.FORM, f"unknown codec '{word}'", written.span, hint=hint, fixes=fixes)
        return False
    path = PurePosixPath(word)
    if path.is_absolute() or ".." in path.parts or "\\" in word or ":" in word:
        what = f"'{word[:60]}' is not a path inside the spec's folder"
        into.add(files.OUTSIDE, what, written.span, hint="write it with '/', relative")
        return False
    return True
