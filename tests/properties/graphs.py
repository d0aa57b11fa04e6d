"""Random legal specs as YAML text, of a seed: sequence graphs of most operations, cycles, groups, contexts, pads.

`Graph.clean` says that only operations and delays were drawn that keep time: such a graph must not be refused.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.properties.found import layers

WIDTH = 4
LENGTH = 12  # of every free axis: patches of 2 and 3 divide it
SOURCE = 8

POINTWISE = layers("pointwise")
CAUSAL = layers("causal")
FREE = (*layers("free"), "{residual: [pooling, {expand: T}]}")
STRIDED = (*layers("strided"), "{rearrange: {pattern: (t p) d -> t (p d), sizes: {p: 2}}}, {linear: 4}")


@dataclass
class Graph:
    """A spec being drawn: lines by section, the streams along T so far, and whether all of it keeps time."""

    rng: random.Random
    leaky: bool
    clean: bool = True
    variables: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    operations: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The YAML."""
        sections = (("variables", self.variables), ("nodes", self.nodes))
        lines = ["archgraph: 1", "name: drawn"]
        for name, found in sections:
            lines += [f"{name}:", *(f"  {line}" for line in found)]
        return "\n".join([*lines, "edges:", *(f'  - "{edge}"' for edge in self.edges)]) + "\n"

    def add(self, node: str, edges: list[str]) -> str:
        """A node called after its number, `$` in its edges."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(f"{name}: {node}")
        self.edges += [edge.replace("$", name) for edge in edges]
        return name

    def stream(self, name: str) -> None:
        """A node gives a sequence along T of WIDTH features."""
        self.streams.append(name)
        self.unread.append(name)

    def read(self) -> str:
        """Some stream, most often one that nothing has read."""
        name = self.rng.choice(self.unread if self.unread and self.rng.random() < 0.8 else self.streams)
        if name in self.unread:
            self.unread.remove(name)
        return name

    def layer(self, depth: int = 0) -> str:
        """One layer, or a few, from WIDTH features at each position of T to the same."""
        rng = self.rng
        draw = rng.random()
        if self.leaky and draw < 0.08:
            self.clean = False
            return rng.choice(FREE)
        if draw < 0.3:
            return rng.choice(POINTWISE)
        if draw < 0.55:
            return rng.choice(CAUSAL)
        if draw < 0.7 or depth > 1:
            kernel, dilation = rng.choice((1, 2, 3)), rng.choice((1, 2))
            return f"{{conv1d: {{channels: 4, kernel: {kernel}, dilation: {dilation}, padding: causal}}}}"
        if draw < 0.85:
            return f"{{residual: [{self.layers(depth + 1, 2)}]}}"
        return f"{{repeat: {rng.choice((0, 1, 2))}, layers: [{self.layers(depth + 1, 2)}]}}"

    def layers(self, depth: int = 0, most: int = 3) -> str:
        """A chain of layers."""
        return ", ".join(self.layer(depth) for _ in range(self.rng.randint(1, most)))


def draw(seed: int, *, leaky: bool = True) -> Graph:
    """The graph of a seed."""
    graph = Graph(random.Random(seed), leaky)
    _target(graph)
    if graph.rng.random() < 0.5:
        _source(graph)
    for _ in range(graph.rng.randint(1, 5)):
        graph.rng.choice(PARTS)(graph)
    _end(graph)
    return graph


def _target(graph: Graph) -> None:
    """The target, delayed into one or two encoders."""
    rng = graph.rng
    tokens, padded = rng.random() < 0.5, rng.random() < 0.6
    if tokens:
        pad = "pad: 0, " if padded else ""
        graph.variables.append(f'y: {{kind: target, type: "tokens(9)[T]", {pad}start: 1, stop: 2}}')
    else:
        pad = ", pad: lengths" if padded else ""
        graph.variables.append(f'y: {{kind: target, type: "real[T, 3]"{pad}}}')
    graph.variables.append("y_tilde: prediction")
    first = "{embedding: 4}" if tokens else "{linear: 4}"
    for _ in range(rng.randint(1, 2)):
        steps = rng.choice((1, 1, 2, 3))
        if graph.leaky and rng.random() < 0.08:
            graph.clean = False
            graph.stream(graph.add(f"{{role: encoder, layers: [{first}]}}", ["y -> $"]))
        else:
            graph.stream(graph.add(f"{{role: encoder, layers: [{first}]}}", [f"y -[delay {steps}]-> $"]))


def _source(graph: Graph) -> None:
    """An input along an axis of its own, encoded by anything, to be read as a context."""
    rng = graph.rng
    pad = rng.choice(("", ", pad: 0"))
    graph.variables.append(f'x: {{kind: input, type: "tokens(7)[S]"{pad}}}')
    free = [layer for layer in FREE if "expand" not in layer]
    layers = [rng.choice((*free, *POINTWISE, *CAUSAL)) for _ in range(rng.randint(0, 2))]
    layers += [rng.choice(STRIDED)] if rng.random() < 0.5 else []
    graph.contexts.append(
        graph.add(f"{{role: encoder, layers: [{{embedding: 4}}{''.join(f', {e}' for e in layers)}]}}", ["x -> $"])
    )


def _chain(graph: Graph) -> None:
    graph.stream(graph.add(f"{{layers: [{graph.layers()}]}}", [f"{graph.read()} -> $"]))


def _join(graph: Graph) -> None:
    how = graph.rng.choice(("concat, {linear: 4}", "add", "multiply"))
    first = graph.read()
    second = graph.rng.choice(graph.streams)
    if second == first:
        return graph.stream(graph.add("{op: tanh}", [f"{first} -> $"]))
    if second in graph.unread:
        graph.unread.remove(second)
    return graph.stream(graph.add(f"{{layers: [{how}]}}", [f"{first}, {second} -> $"]))


def _group(graph: Graph) -> None:
    times = graph.rng.choice((1, 2))
    inner = f"a: {{layers: [{graph.layers(1, 2)}]}}, b: {{op: add}}, c: {{layers: [{graph.layers(1, 1)}]}}"
    edges = '"in -> a -> b -> c -> out", "in -> b"'
    graph.stream(graph.add(f"{{repeat: {times}, nodes: {{{inner}}}, edges: [{edges}]}}", [f"{graph.read()} -> $"]))


def _cycle(graph: Graph) -> None:
    """A node that reads its own result some steps later."""
    source, steps, name = graph.read(), graph.rng.choice((1, 1, 2)), f"h{len(graph.nodes)}"
    graph.variables.append(f'{name}: {{kind: hidden, type: "real[T, 4]"}}')
    if graph.rng.random() < 0.5:
        back = f"{name} -[delay {steps}]-> $"
        graph.add("{layers: [concat, {linear: 4}, tanh]}", [f"{source} -> $ -> {name}", back])
    else:
        back = f"{name} -[delay {steps}]-> $.gru.state"
        graph.add("{layers: [{gru: 4}]}", [f"{source} -> $ -> {name}", back])
    graph.stream(name)


def _patched(graph: Graph) -> None:
    """Patches, something on them, and back; to keep time, a delay of the patch's size stands in front."""
    size = graph.rng.choice((2, 3))
    cut = f"{{rearrange: {{pattern: (t p) d -> t (p d), sizes: {{p: {size}}}}}}}"
    join = f"{{rearrange: {{pattern: t (p d) -> (t p) d, sizes: {{p: {size}}}}}}}"
    inner = graph.rng.choice(
        ("layer_norm", f"{{self_attention: {{heads: {size}, causal: true}}}}", f"{{gru: {4 * size}}}")
    )
    steps = size - 1
    if graph.leaky and graph.rng.random() < 0.3:
        graph.clean = False
        steps = 0
    arrow = f"-[delay {steps}]->" if steps else "->"
    graph.stream(
        graph.add(f"{{layers: [{cut}, {inner}, {{linear: {4 * size}}}, {join}]}}", [f"{graph.read()} {arrow} $"])
    )


def _delayed(graph: Graph) -> None:
    graph.stream(
        graph.add(f"{{layers: [{graph.layers(1, 1)}]}}", [f"{graph.read()} -[delay {graph.rng.choice((1, 2))}]-> $"])
    )


def _ahead(graph: Graph) -> None:
    """Something that looks ahead, and a delay of at least as much, in front of it or behind."""
    rng = graph.rng
    kernel, dilation = rng.choice((3, 5)), rng.choice((1, 2))
    reach, layer = (kernel - 1) // 2 * dilation, f"{{conv1d: {{channels: 4, kernel: {kernel}, dilation: {dilation}}}}}"
    if rng.random() < 0.3:
        reach, layer = 2, "{self_attention: {heads: 2, window: 3}}"
    if rng.random() < 0.3:
        layer = f"{{residual: [{layer}]}}"
    steps, source = reach + rng.choice((0, 1)), graph.read()
    if rng.random() < 0.5:
        graph.stream(graph.add(f"{{layers: [{graph.layers(1, 1)}, {layer}]}}", [f"{source} -[delay {steps}]-> $"]))
    else:
        early = graph.add(f"{{layers: [{layer}]}}", [f"{source} -> $"])
        graph.stream(graph.add(f"{{layers: [{graph.layers(1, 1)}]}}", [f"{early} -[delay {steps}]-> $"]))


def _fronted(graph: Graph) -> None:
    """Something in front: learned tokens, a context, or, no longer keeping time, another stream; then all but that."""
    rng, source = graph.rng, graph.read()
    while "expand" in (layers := graph.layers()):  # that makes an axis without segments
        pass
    tokens = f"{{prepend: {{segment: r, count: {rng.choice((1, 2))}}}}}, " if rng.random() < 0.5 else ""
    more = ", {take: rest}"
    others = [stream for stream in graph.streams if stream != source]
    if graph.leaky and others and rng.random() < 0.3 and "pad" not in graph.variables[0]:
        graph.clean = False
        pooled = rng.choice(("", "pooling, "))
        front = graph.add(f"{{layers: [{pooled}tanh]}}", [f"{rng.choice(others)} -> $"])
        return graph.stream(
            graph.add(
                f"{{layers: [{tokens}{{prepend: m}}, {layers}{more}]}}",
                [f"{source} -> $", f"{front} -> $.prepend{'_2' * bool(tokens)}.front"],
            )
        )
    return graph.stream(graph.add(f"{{layers: [{tokens}{{prepend: m}}, {layers}{more}]}}", [f"{source} -> $"]))


def _taken(graph: Graph) -> None:
    """Learned tokens in front, and on from there both these by themselves, at every position, and the rest."""
    source, count = graph.read(), graph.rng.choice((1, 2))
    while "expand" in (layers := graph.layers()):  # that makes an axis without segments
        pass
    part = "" if count == 1 else ", {pooling: last}"
    whole = graph.add(f"{{layers: [{{prepend: {{segment: m, count: {count}}}}}, {layers}]}}", [f"{source} -> $"])
    graph.stream(graph.add(f"{{layers: [{{take: m}}{part}, tanh, {{expand: T}}]}}", [f"{whole} -> $"]))
    graph.stream(graph.add("{layers: [{take: rest}]}", [f"{whole} -> $"]))


def _split(graph: Graph) -> None:
    """Features in two parts, of which each goes on by itself."""
    whole = graph.add(f"{{layers: [{graph.layers(1, 2)}, {{split: {{a: 1, b: 3}}}}]}}", [f"{graph.read()} -> $"])
    for port in "ab":
        graph.stream(graph.add("{layers: [{linear: 4}]}", [f"{whole}.{port} -> $"]))


def _called(graph: Graph) -> None:
    """Cross-attention to the source, or causally to a stream of the same length."""
    role = "role: predictor, "
    if graph.contexts:
        node = "{residual: [{cross_attention: {heads: 2}}]}"
        edges = [f"{graph.read()} -> $", f"{graph.contexts[0]} -[context]-> $"]
    else:
        first = graph.read()
        other = graph.rng.choice(graph.streams)
        if other == first:
            return graph.stream(graph.add("{op: gelu}", [f"{first} -> $"]))
        if other in graph.unread:
            graph.unread.remove(other)
        node = "{cross_attention: {heads: 2, causal: true}}"
        edges = [f"{first} -> $", f"{other} -[context]-> $"]
    return graph.stream(graph.add(f"{{{role}layers: [{node}]}}", edges))


def _end(graph: Graph) -> None:
    """All streams that nothing read into a predictor, a decoder and a cost, and a regulariser of one of them."""
    tokens = "tokens" in graph.variables[0]
    unread = sorted(set(graph.unread), key=graph.streams.index)
    joined = "concat, " if len(unread) > 1 else ""
    graph.nodes.append(f"predictor: {{role: predictor, layers: [{joined}{{linear: 4}}, tanh]}}")
    graph.nodes.append(f"decoder: {{role: decoder, layers: [{{linear: {9 if tokens else 3}}}]}}")
    real = graph.rng.choice(("squared_error", "absolute_error"))
    graph.nodes.append(f"C: {{role: cost, op: {'cross_entropy' if tokens else real}}}")
    if graph.rng.random() < 0.2:
        graph.nodes.append(f"R: {{role: regulariser, op: {graph.rng.choice(('l1', 'l2'))}}}")
        graph.edges.append(f"{graph.rng.choice(graph.streams)} -> R")
    for context in graph.contexts:
        if not any(edge.startswith(f"{context} ->") or f"{context} -[context]" in edge for edge in graph.edges):
            node = graph.add("{role: predictor, layers: [{cross_attention: {heads: 2}}]}", [])
            graph.edges += [f"{', '.join(unread)} -> predictor -> {node} -> decoder", f"{context} -[context]-> {node}"]
            break
    else:
        graph.edges.append(f"{', '.join(unread)} -> predictor -> decoder")
    graph.edges += ["decoder -> y_tilde", "y, y_tilde -> C"]


PARTS = (
    *(_chain, _chain, _join, _group, _cycle, _patched, _delayed),
    *(_ahead, _called, _fronted, _taken, _split),
)
