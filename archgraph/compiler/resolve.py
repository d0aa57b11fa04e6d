"""A spec as one text: parents and included blocks joined in, a variant and params settled.

A checkpoint holds this text, so that it needs no other file.
"""

from __future__ import annotations

from typing import Any

import yaml

from archgraph.core.diagnostic import Collector
from archgraph.core.source import Mapping, Scalar, Sequence, Tree
from archgraph.lang.build import Choice, chosen_params
from archgraph.lang.chains import KINDS
from archgraph.lang.decode import decode
from archgraph.lang.edges import Costs, costs_of, edges_of
from archgraph.lang.merge import Generations
from archgraph.lang.read import resolve
from archgraph.lang.spec import EdgeSpec, EndSpec


def resolved_text(tree: Mapping, choice: Choice, into: Collector) -> str:
    """The joined tree as a text that stands alone; raises Stop where the choice names what the spec lacks."""
    spec = decode(tree, into)
    params = chosen_params(spec, choice, into) if spec else {}
    plain: dict[str, Any] = _plain(tree, costs_of(tree))
    plain.pop("variants", None)
    if params:
        plain["params"] = {name: scalar.value for name, scalar in params.items()}
    text = _dumped(plain, _QUICK)
    # The library in C escapes and folds a few texts otherwise: the bytes are to be the same with it and without.
    return text if not any(sign in text for sign in _OTHERWISE) else _dumped(plain, _Writer)


def _dumped(plain: dict[str, Any], writer: type[yaml.SafeDumper]) -> str:
    text: str = yaml.dump(plain, Dumper=writer, sort_keys=False, allow_unicode=True, width=1 << 20)
    return text


def _plain(tree: Tree, costs: Costs) -> Any:
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Generations):
        return [_written(edge) for edge in edges_of(tree, Collector(), costs)]
    if isinstance(tree, Sequence):
        return [_plain(item, costs) for item in tree.items]
    return {entry.name: _plain(entry.value, costs) for entry in tree.entries}


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


class _Unaliased:
    def ignore_aliases(self, data: Any) -> bool:
        """Return True: the language has no aliases."""
        return True


class _Writer(_Unaliased, yaml.SafeDumper):
    """Writes YAML whose plain scalars our own reader takes for what they are."""


# The same, by the library in C where there is one.
_QUICK: Any = type("_Quick", (_Unaliased, getattr(yaml, "CSafeDumper", yaml.SafeDumper)), {})
# What the two may write differently has one of these.
_OTHERWISE = ("\\", "? ")


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # The library knows YAML 1.1, where 1e-4 is a text; to our reader, which knows 1.2, only quotes say so.
    style = None if isinstance(resolve(value), str) else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


for _each in (_Writer, _QUICK):
    _each.add_representer(str, _text)
