"""What a graph shows at the level of roles: parts to draw and links between them.

Delays become parts of their own; a delay on a cycle brings its initial value and a switch. Nothing here has a
place yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from archgraph.draw.letters.alphabet import label_of, symbol_of
from archgraph.graph.module import Graph, Node, Variable, Wire

_CAPITALS = {"cost": "C", "regulariser": "R", "loss": "L"}
_KINDS = {
    "input": "input",
    "target": "target",
    "latent": "latent variable",
    "hidden": "hidden variable",
    "prediction": "prediction",
    "contrastive": "contrastive sample",
    "parameter": "parameter",
}


@dataclass(frozen=True)
class Part:
    """A thing to draw; `what` is its kind or role.

    `sort` is variable, module, objective, delay, start or switch; `count`: how often a module repeats.
    """

    name: str
    sort: str
    what: str
    title: str
    words: str = ""
    tex: str = ""
    observed: bool = False
    count: int | None = None


class Link(NamedTuple):
    """A wire to draw between two parts, from the port `outlet` to the port `port`."""

    name: str
    source: str
    target: str
    port: str = "in"
    outlet: str = "out"
    context: bool = False
    stop: bool = False


class Sketch(NamedTuple):
    """Parts by name in the order of the spec, their links, and the pairs of variables that touch."""

    parts: dict[str, Part]
    links: tuple[Link, ...]
    pairs: tuple[tuple[str, ...], ...] = ()

    def sources(self, name: str) -> tuple[str, ...]:
        """The parts that feed a part, each once, in order."""
        return tuple(dict.fromkeys(link.source for link in self.links if link.target == name))

    def targets(self, name: str) -> tuple[str, ...]:
        """The parts that a part feeds, each once, in order."""
        return tuple(dict.fromkeys(link.target for link in self.links if link.source == name))


def sketch(graph: Graph) -> Sketch:
    """The parts and links of a graph at the level of roles."""
    parts = {name: _variable(variable) for name, variable in graph.variables.items()}
    capitals = _capitals(graph)
    parts.update((name, _node(node, capitals.get(name, ""))) for name, node in graph.nodes.items())
    builder = _Builder(graph, parts)
    for wire in graph.wires:
        builder.add(wire)
    return Sketch(builder.parts, tuple(builder.links), _pairs(graph))


def _variable(variable: Variable) -> Part:
    tex = variable.math or symbol_of(variable.name)
    title = ", ".join(filter(None, (f"{_KINDS[variable.kind]} {variable.name}", variable.label)))
    return Part(variable.name, "variable", variable.kind, title, tex=tex, observed=variable.observed)


def _node(node: Node, capital: str) -> Part:
    title = titled(node.role or "operation", node.name)
    if capital:
        return Part(node.name, "objective", node.role, title, tex=node.math or capital)
    words = "" if node.math else node.label or label_of(node.name)
    if node.repeat is not None:
        title += f", repeated {node.repeat} times"
    what = node.role or "node"
    return Part(node.name, "module", what, title, words=words, tex=node.math, count=node.repeat)


def _capitals(graph: Graph) -> dict[str, str]:
    """The italic capital of each objective: its name if that is one letter, else its role's, numbered."""
    objectives = {name: node for name, node in graph.nodes.items() if node.role in _CAPITALS}
    plain = {name: len(name.split("_")[0].rstrip("0123456789")) == 1 for name in objectives}
    spelled = {name: symbol_of(name, style="") for name in objectives if plain[name]}
    taken: dict[str, int] = defaultdict(int)
    for name in spelled.values():
        taken[name] += 1
    for name, node in objectives.items():
        if not plain[name]:
            letter = _CAPITALS[node.role]
            taken[letter] += 1
            spelled[name] = letter if taken[letter] == 1 else f"{letter}_{{{taken[letter]}}}"
    return spelled


def _pairs(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Variables that are the outputs, by name, of one module: they are drawn touching."""
    outputs: dict[str, list[str]] = defaultdict(list)
    for wire in graph.wires:
        alone = len(graph.into(wire.target.owner)) == 1
        if wire.target.owner in graph.variables and wire.source.port not in ("", "out") and alone:
            outputs[wire.source.owner].append(wire.target.owner)
    return tuple(tuple(names) for names in outputs.values() if len(names) == 2)


class _Builder:
    """Collects parts and links, making each delay once for all that read it."""

    def __init__(self, graph: Graph, parts: dict[str, Part]) -> None:
        self.graph = graph
        self.parts = parts
        self.links: list[Link] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.reached = _reachable(graph)
        self.initials = {wire.target.owner: wire for wire in graph.wires if wire.initial}

    def add(self, wire: Wire) -> None:
        """Draw one wire of the graph."""
        if wire.initial:
            return
        if not wire.delay:
            self.link(wire.source.owner, wire.target.owner, wire)
            return
        held = self.delayed(wire)
        self.link(held, wire.target.owner, wire)

    def link(self, source: str, target: str, wire: Wire | None = None) -> None:
        """Join two parts; the name of a link is unique."""
        base = f"{source}-{target}"
        count = self.counts[source, target]
        self.counts[source, target] += 1
        name = base if not count else f"{base}-{count + 1}"
        if wire is None:
            self.links.append(Link(name, source, target))
            return
        port, outlet = wire.target.port or "in", wire.source.port or "out"
        self.links.append(Link(name, source, target, port, outlet, wire.context, wire.stop))

    def delayed(self, wire: Wire) -> str:
        """The part that holds the delayed value: the delay itself, or the switch behind it."""
        source = wire.source.owner
        cyclic = source in self.reached[wire.target.owner]
        switched = cyclic or source in self.initials
        name = f"delay--{source}-{wire.delay}" + ("-loop" if cyclic else "")
        if name not in self.parts:
            steps = "one step" if wire.delay == 1 else f"{wire.delay} steps"
            self.parts[name] = Part(name, "delay", "delay", f"delay of {source} by {steps}", tex=_zeta(wire.delay))
            self.link(source, name)
            if switched:
                self.switch(name, source)
        return f"switch--{name}" if switched else name

    def switch(self, delay: str, source: str) -> None:
        """Put a switch behind a delay, between the value fed back and the initial one."""
        name = f"switch--{delay}"
        initial = self.initials.get(source)
        start = initial.source.owner if initial else f"start--{delay}"
        if initial is None:
            what = self.parts[source].what
            self.parts[start] = Part(start, "start", what, f"initial value of {source}", tex=r"\boldsymbol{0}")
        title = f"switch between {source} delayed and its initial value"
        self.parts[name] = Part(name, "switch", "delay", title)
        self.link(delay, name)
        self.link(start, name)


def _zeta(steps: int) -> str:
    return f"\\zeta^{{-{steps}}}"


def _reachable(graph: Graph) -> dict[str, frozenset[str]]:
    """What each variable or node leads to, itself included, delays and all."""
    ahead: dict[str, list[str]] = defaultdict(list)
    for wire in graph.wires:
        if not wire.initial:
            ahead[wire.source.owner].append(wire.target.owner)
    starts = {wire.target.owner for wire in graph.wires if wire.delay}
    return {name: _closure(name, ahead) for name in starts}


def _closure(start: str, ahead: dict[str, list[str]]) -> frozenset[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        for name in ahead.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return frozenset(seen)


def titled(what: str, name: str) -> str:
    """The accessible name of a node: what it is and how it is called, once where the two agree.

    >>> titled("encoder", "enc"), titled("encoder", "encoder")
    ('encoder enc', 'encoder')
    """
    return what if name == what else f"{what} {name}"
