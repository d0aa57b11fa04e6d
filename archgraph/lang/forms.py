"""What to write in place of a form that is none, in the words that were written where they tell what was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict

from archgraph.core.source import Mapping, Scalar, Sequence, Tree
from archgraph.core.suggest import advise, hint, nearest
from archgraph.lang.spec import OpSpec

BODY = "write 'op:', 'layers:', 'nodes:', 'use:' or 'share:'"
LAYER = "write 'layer_norm' or '{linear: 32}'"
# As in other libraries: torch.nn.Linear(32), linear(32), linear:32, linear 32, 3 x linear.
_CALL = re.compile(r"(?:\d+ ?[x*] ?)?(?:\w+\.)*(\w+)\s*(\(.*\)|[:= ]\s*\S.*)?", re.DOTALL)


def chain_hint(tree: Tree) -> str:
    """How an edge is written that was no text and no mapping."""
    words = [str(item.value) for item in tree.items if isinstance(item, Scalar)] if isinstance(tree, Sequence) else []
    return f"write '{' -> '.join(words)}'" if 2 <= len(words) <= 8 else "write 'a -> b'"


def operation_hint(tree: Tree) -> str:
    """How an operation is written that was no name and no mapping of one name."""
    if isinstance(tree, Sequence):
        return "a list of layers stands under 'layers:', each layer by itself"
    if not isinstance(tree, Mapping) or len(tree.entries) < 2:
        return f"{LAYER}; a list of layers keeps their order, '[{{linear: 32}}, relu]'"
    if tree.find("name"):
        other = next(entry.name for entry in tree.entries if entry.name != "name")
        return f"a layer is named by the key before it: 'layers: {{{_word(tree.get('name'))}: {{{other}: ...}}}}'"
    first, second = tree.entries[0], tree.entries[1]
    if first.name in ("type", "op", "kind", "class", "layer"):
        return f"write '{{{_word(first.value)}: {{{second.name}: ...}}}}'"
    return (
        f"arguments stand inside: '{{{first.name}: {{..., {second.name}: ...}}}}'; a layer of its own begins with '-'"
    )


def find_meant(written: OpSpec, examples: Dict[str, str]) -> tuple[str | None, str]:
    """The operation that an unknown one was meant to be, where its name alone is wrong, and what to write.

    `examples` are all operations, each with how it is written.
    """
    near = nearest(written.name, examples)
    if advise(written.name):
        return None, advise(written.name)
    if written.called in examples:
        return (
            None,
            f"names of layers stand before a colon; write a list: '[{{{written.called}: {written.name[:40]}}}]'",
        )
    argument = written.argument
    if isinstance(argument, Mapping) and len(argument.entries) == 1 and argument.entries[0].name in examples:
        return None, f"a layer is named in a mapping, not in a list: 'layers: {{{written.name[:40]}: {{...}}}}'"
    if isinstance(argument, Scalar) and str(argument.value) in examples and not near:
        return None, f"write '{argument.value}' alone"
    called = _CALL.fullmatch(written.name) if len(written.name) <= 200 else None
    if called is None or called[1] == written.name:
        return near, hint(written.name, examples)
    near = nearest(called[1], examples) or near
    if near is None:
        return None, hint(written.name, examples)
    return None, f"write '{examples[near]}'" if called[2] else f"did you mean '{near}'?"


def node_hint(name: str, tree: Tree) -> str:
    """How a node is written that was no mapping."""
    if isinstance(tree, Scalar) and isinstance(tree.value, str):
        return f"write '{name}: {{op: {tree.value[:40]}}}'"
    if isinstance(tree, Sequence):
        return f"write '{name}: {{layers: [...]}}'"
    return BODY


# Arguments of operations, which newcomers write beside `op:`.
ARGUMENTS = frozenset(
    {"width", "heads", "hidden", "kernel", "channels", "rate", "causal", "dropout", "bias", "positions"}
)


def misplaced(tree: Mapping, name: str) -> str:
    """Where a key belongs that stands beside `op:` or `repeat:`; "" where nothing is known of it."""
    written = tree.get("op")
    if isinstance(written, Scalar) and name in ARGUMENTS:
        return f"arguments stand inside: 'op: {{{_word(written)}: {{{name}: ...}}}}'"
    if tree.find("repeat") and not any(tree.find(key) for key in ("op", "layers", "nodes", "use", "share")):
        return f"what is repeated stands in a list: 'layers: [{{{name}: ...}}]'"
    return ""


def otherwise(tree: Mapping, name: str) -> str:
    """What a key of a node most likely is of which nothing else is known: its operation; "" where it is none."""
    bodies = ("op", "layers", "nodes", "use", "share")
    value = tree.get(name)
    if tree.find("role") and isinstance(value, Scalar) and not any(tree.find(key) for key in bodies):
        return f"an operation stands under 'op:': 'op: {_word(value)}'"
    return ""


def body_hint(tree: Mapping) -> str:
    """How the body is written of what has none."""
    if isinstance(tree.get("repeat"), Mapping):
        return "write 'repeat: 2', and beside it 'layers: [...]'"
    return BODY


def _word(tree: Tree | None) -> str:
    return str(tree.value)[:40] if isinstance(tree, Scalar) else "name"
