"""A spec as one text: parents and included blocks joined in, a variant and params settled.

A checkpoint holds this text, so that it needs no other file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from archgraph.cli.options import Choice
from archgraph.core.diagnostic import Collector
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Tree
from archgraph.lang.chains import KINDS
from archgraph.lang.decode import decode
from archgraph.lang.files import open_spec, open_text
from archgraph.lang.merge import Generations
from archgraph.lang.read import resolve
from archgraph.lang.spec import EdgeSpec, EndSpec


def resolved(spec: Path | bytes, choice: Choice) -> str:
    """Return the text of a spec that has no errors: the same model, with nothing outside."""
    into = Collector()
    tree = open_spec(spec, into) if isinstance(spec, Path) else open_text(spec, "<text>", into)
    plain: dict[str, Any] = _plain(tree)
    variants = plain.pop("variants", None) or {}
    params = {**plain.get("params", {}), **variants.get(choice.variant, {}), **choice.params}
    if params:
        plain["params"] = params
    text: str = yaml.dump(plain, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=1 << 20)
    return text


def _plain(tree: Tree) -> Any:
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Generations):
        return [_written(edge) for edge in _standing(tree)]
    if isinstance(tree, Sequence):
        return [_plain(item) for item in tree.items]
    return {entry.name: _plain(entry.value) for entry in tree.entries}


def _standing(edges: Generations) -> tuple[EdgeSpec, ...]:
    """The edges of a child with those of its parents that it left standing, as the decoder finds them."""
    at = edges.span
    head = Entry(Scalar("archgraph", at), Scalar(1, at))
    spec = decode(Mapping((head, Entry(Scalar("edges", at), edges)), at), Collector())
    return spec.edges if spec else ()


def _written(edge: EdgeSpec) -> str | dict[str, Any]:
    source, target = _end(edge.source), _end(edge.target)
    kinds = [kind for kind in KINDS if kind in edge.kinds]
    if edge.axis:
        long: dict[str, Any] = {"from": source, "to": target, "kind": kinds, "axis": edge.axis}
        return {**long, "steps": resolve(edge.steps)} if edge.steps else long
    words = [f"delay {edge.steps}".rstrip() if kind == "delay" else kind for kind in kinds]
    return f"{source} -[{', '.join(words)}]-> {target}" if words else f"{source} -> {target}"


def _end(end: EndSpec) -> str:
    return f"{end.name}.{end.port}" if end.port else end.name


class _Writer(yaml.SafeDumper):
    """Writes YAML whose plain scalars our own reader takes for what they are."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return True: the language has no aliases."""
        return True


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # The library knows YAML 1.1, where 1e-4 is a text; to our reader, which knows 1.2, only quotes say so.
    style = None if isinstance(resolve(value), str) else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Writer.add_representer(str, _text)
