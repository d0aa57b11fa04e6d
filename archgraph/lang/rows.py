"""Nodes in a row: the wires between them, and the ports that the row exposes."""

from __future__ import annotations

from archgraph.core.source import Span
from archgraph.graph.module import End, Leaf, Net, Node, Wire
from archgraph.graph.operation import Port


def chain(nodes: dict[str, Node], span: Span) -> Net:
    """Nodes in a row; ports that the row neither feeds nor uses are exposed."""
    wires: list[Wire] = []
    inputs: dict[str, Port] = {}
    outputs: dict[str, Port] = {}
    last = End("", "in")
    ended = False
    for name, node in nodes.items():
        for port in node.body.inputs:
            if port.name == "in":
                wires.append(Wire(last, End(name, "in"), node.span))
                if last == End("", "in"):
                    inputs["in"] = Port("in", many=port.many)
                continue
            outer = "context" if port.name == "context" else f"{name}.{port.name}"
            inputs[outer] = port._replace(name=outer)
            wires.append(Wire(End("", outer), End(name, port.name), node.span))
        ended = _expose(name, node, wires, outputs) or ended
        last = End(name, "out")
    if not nodes:
        inputs["in"] = Port("in")
    if not ended:
        wires.append(Wire(last, End("", "out"), span))
        outputs = {"out": Port("out"), **outputs}
    return Net("layers", nodes, tuple(wires), tuple(inputs.values()), tuple(outputs.values()), span)


def _expose(name: str, node: Node, wires: list[Wire], outputs: dict[str, Port]) -> bool:
    """Expose the outputs that the row does not use; whether the node ends the body in outputs of its own."""
    ends = isinstance(node.body, Leaf) and node.body.op.ends
    for port in node.outputs:
        if port.name == "out":
            continue
        outer = port.name if ends else f"{name}.{port.name}"
        outputs[outer] = port._replace(name=outer)
        wires.append(Wire(End(name, port.name), End("", outer), node.span))
    return ends
