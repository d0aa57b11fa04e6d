"""The equations of a graph: its variables, its energy, and at a depth what is inside its modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archgraph.draw.equations.bodies import Body, single
from archgraph.draw.equations.names import functions, operation
from archgraph.draw.equations.operations import operations
from archgraph.draw.equations.pieces import (
    Equation,
    Piece,
    Pieces,
    applied,
    bracketed,
    factor,
    joined,
    port_symbol,
)
from archgraph.draw.inside.blocks import FOLDED
from archgraph.draw.sketch import sketch
from archgraph.draw.staging.use import generating, prediction
from archgraph.graph.module import Graph, Leaf, Net, Node, Variable

# What an energy is of, in this order: what is given, what is asked for, what nobody knows.
_FREE = ("input", "target", "latent")
_ENERGIES = ("cost", "regulariser")


def equations(graph: Graph, depth: int = 0, use: str = "train") -> tuple[Equation, ...]:
    """The equations of a graph in the order of the flow.

    Args:
        graph: what to write down.
        depth: 0 has a line for each variable and the energy, more adds what each module is made of.
        use: train, or generate, where predictions stand in the place of targets, and nothing is compared.

    Raises:
        PictureError: nothing can be generated.
    """
    parts = sketch(graph).parts
    symbols = {name: (Piece(parts[name].tex, parts[name].what),) for name in graph.variables}
    capitals = {name: Piece(part.tex, part.what) for name, part in parts.items() if part.sort == "objective"}
    body = Body(graph.net, symbols, capitals=capitals)
    found, kept = [*body.equations(), *_objectives(graph, body)], set(graph.nodes)
    if use == "generate":
        kept = set(generating(sketch(graph)).parts)
        body = Body(graph.net, {**symbols, **_fed_back(graph, symbols)})
        found = [line for line in body.equations() if line.id.partition("--")[0] in kept]
    if depth:
        found += [line for name in graph.nodes if name in kept for line in _Inside(depth).module(name, body)]
    if depth > 1:
        called = {piece.tex for line in found for piece in line.right}
        found += operations(graph, called)
    return tuple(found)


def _fed_back(graph: Graph, symbols: Mapping[str, Pieces]) -> dict[str, Pieces]:
    """For each target the symbol of what is predicted of it."""
    parts = sketch(graph)
    pairs = {name: prediction(parts, name) for name, each in graph.variables.items() if each.kind == "target"}
    return {target: symbols[found] for target, found in pairs.items() if found}


def _objectives(graph: Graph, body: Body) -> Iterator[Equation]:
    """The energy as the sum of its terms, and what each term is."""
    free = [each for each in graph.variables.values() if _free(each, graph)]
    given = [body.symbols[each.name] for each in sorted(free, key=lambda each: _FREE.index(each.kind))]
    energies = [name for name, node in graph.nodes.items() if node.role in _ENERGIES]
    whole = applied(Piece("E"), given)
    single = len(energies) == 1 and body.capitals[energies[0]].tex == "E"
    if energies and not single:
        yield Equation("energy--", whole, joined([_term(graph, body, name) for name in energies], "+"))
    for name in body.capitals:
        yield from body.parts(name)
        left = whole if single and name in energies else _call(graph, body, name)
        if body.lines(name):
            yield Equation(name, left, body.value(name))
            continue
        inner = graph.nodes[name].body
        if isinstance(inner, Leaf):
            yield Equation(name, left, applied(operation(inner.op), _read(graph, body, name)))


def _free(variable: Variable, graph: Graph) -> bool:
    """Whether the energy is a function of a variable: it is observed, or a latent that nothing computes."""
    return variable.observed or (variable.kind == "latent" and not graph.into(variable.name))


def _term(graph: Graph, body: Body, name: str) -> Pieces:
    weight = graph.nodes[name].weight
    return (Piece(f"{weight:.3g}"), *_call(graph, body, name)) if weight != 1 else _call(graph, body, name)


def _call(graph: Graph, body: Body, name: str) -> Pieces:
    """An objective of what it reads."""
    return applied(body.capitals[name], _read(graph, body, name))


def _read(graph: Graph, body: Body, name: str) -> list[Pieces]:
    """What an objective reads: the target, the prediction, and then what else there is."""
    order = {"target": 0, "prediction": 1}
    wires = sorted(graph.into(name), key=lambda wire: order.get(wire.target.port, 2))
    return [body.read(wire) for wire in wires]


@dataclass(frozen=True)
class _Inside:
    """Writes what modules are made of; at depth 1 without dropout, as in the picture."""

    depth: int

    def module(self, name: str, around: Body) -> Iterator[Equation]:
        """What a module of a body is made of, and then the modules inside it that have names."""
        node, function, path = around.net.nodes[name], around.functions[name], f"{around.prefix}{name}"
        if single(node) is not None or isinstance(node.body, Leaf) or node.repeat == 0:
            return
        if node.body.style == "nodes":
            yield from self.named(node.body, function, name, around)
        else:
            yield Equation(f"{path}--inside", (function,), self.chain(node.body))

    def named(self, body: Net, function: Piece, name: str, around: Body) -> Iterator[Equation]:
        """The lines of a body of named nodes."""
        fed = {wire.target.port for wire in around.into(name)}
        symbols = {port.name: (port_symbol(port.name),) for port in body.inputs if port.name in fed}
        taken = frozenset(piece.tex for piece in around.functions.values())
        inner = Body(body, symbols, f"{around.prefix}{name}.", within=(taken, function.tex))
        yield from inner.equations()
        # In the order of the wires that come in, as the module is called.
        ports = dict.fromkeys(wire.target.port for wire in around.into(name) if wire.target.port in symbols)
        ends = [inner.read(wire) for port in body.outputs for wire in body.into("") if wire.target.port == port.name]
        right = ends[0] if len(ends) == 1 else bracketed(joined(ends, ","))
        yield Equation(f"{around.prefix}{name}--inside", applied(function, [symbols[port] for port in ports]), right)
        for child in body.nodes:
            yield from self.module(child, inner)

    def chain(self, body: Net) -> Pieces:
        """The layers of a chain as one composition, the last one first."""
        return self.composed(reversed(body.nodes.values())) or (Piece(r"\mathrm{id}"),)

    def composed(self, nodes: Iterable[Node]) -> Pieces:
        """Layers, the last one first, with the sign of composition between them."""
        return joined([part for node in nodes if (part := self.layer(node))], r"\circ")

    def layer(self, node: Node) -> Pieces:
        """A layer as a factor of a composition; () for one that is repeated no times or folded away."""
        if node.repeat == 0:
            return ()
        found = self.once(node)
        if node.repeat is None or not found:
            return found
        return (*(factor(found) if len(found) > 1 else found), Piece(f"{{}}^{{{node.repeat}}}"))

    def once(self, node: Node) -> Pieces:
        """One copy of a layer."""
        if isinstance(node.body, Leaf):
            folded = self.depth == 1 and node.body.op.name in FOLDED
            return () if folded else (operation(node.body.op),)
        if node.body.style == "nodes":
            return (functions({node.name: node})[node.name],)
        if node.body.style != "residual":
            return self.chain(node.body)
        branch = self.composed(list(reversed(node.body.nodes.values()))[1:])
        return bracketed((Piece("1"), Piece("+"), *branch)) if branch else (Piece("2"),)
