"""The located tree to a typed spec: form is checked here, meaning is not yet."""

from __future__ import annotations

import re

from archgraph.core.diagnostic import Collector, Edit, Note
from archgraph.core.source import Entry, Mapping, Scalar, Sequence, Span, Tree
from archgraph.graph.module import OBJECTIVES
from archgraph.lang import models
from archgraph.lang.edges import costs_of, edges_of
from archgraph.lang.faults import schema
from archgraph.lang.fields import load, meant, scalar_of
from archgraph.lang.forms import body_hint, node_hint, operation_hint
from archgraph.lang.naming import distinct, named, named_port, same_but_case
from archgraph.lang.read import describe
from archgraph.lang.screen import find_pasted
from archgraph.lang.spec import (
    BlockSpec,
    BodySpec,
    LayersSpec,
    NetSpec,
    NodeSpec,
    OpSpec,
    ShareSpec,
    Spec,
    UseSpec,
    VariableSpec,
)
from archgraph.lang.staging import staging_of

BODY_KEYS = ("op", "layers", "nodes", "edges", "use", "with", "share", "repeat", "ports")
_SIGNS = re.compile("[×–—]")
_KINDS = {"op": "op", "layers": "layers", "nodes": "nodes", "edges": "nodes", "use": "use"}


def decode(tree: Mapping, into: Collector) -> Spec | None:
    """The spec of a joined tree, or None where its head already failed."""
    return _Decoder(into).spec(tree)


class _Decoder:
    def __init__(self, into: Collector) -> None:
        self.into = into

    def spec(self, tree: Mapping) -> Spec | None:
        """The whole spec."""
        if not self._version(tree):
            return None
        tree, clear = meant(models.SpecModel, tree, self.into, what="a spec", reserved=models.RESERVED_TOP)
        head = load(models.SpecModel, tree, self.into, what="a spec", reserved=models.RESERVED_TOP)
        title, name = tree.get("title"), tree.get("name")
        variables = self.section(tree, "variables")
        nodes = self.section(tree, "nodes")
        distinct(variables, nodes, self.into)
        blocks = {e.name: self.block(e) for e in self.section(tree, "blocks")}
        return Spec(
            name=str(name.value) if isinstance(name, Scalar) and name.value else "",
            title=str(title.value) if isinstance(title, Scalar) and title.value else "",
            span=tree.entries[0].key.span,
            params=self._mapping(tree, "params"),
            variants=self._mapping(tree, "variants"),
            dims=self._mapping(tree, "dims"),
            variables=tuple(found for entry in variables if (found := self.variable(entry))),
            nodes=tuple(node for entry in nodes if (node := self.node(entry))),
            edges=edges_of(tree.get("edges"), self.into, costs_of(tree)),
            blocks={name: block for name, block in blocks.items() if block},
            faulty=frozenset(name for name, block in blocks.items() if not block),
            ties=self._ties(tree.get("tie")) if head and clear else (),
            allow=_scalars(tree.get("allow")) if head and clear else (),
            staging=staging_of(tree, self.into),
            weights=tree.get("weights"),
            written=frozenset(entry.name for entry in (*variables, *nodes)),
        )

    def _version(self, tree: Mapping) -> bool:
        entry = tree.find("archgraph")
        if entry is None:
            self.into.add(
                schema.MISSING,
                "a spec needs the key 'archgraph', the version of the language",
                tree.entries[0].key.span if tree.entries else tree.span,
                hint="begin with 'archgraph: 1'",
            )
            return False
        value = entry.value.value if isinstance(entry.value, Scalar) else None
        if isinstance(value, bool) or value != 1 or not isinstance(value, int):
            self.into.add(
                schema.VERSION,
                f"the language version is {describe(entry.value)}; this program knows 1",
                entry.value.span,
                hint="write 'archgraph: 1'",
                fixes=(Edit(entry.value.span, "1"),),
            )
            return False
        return True

    def _mapping(self, tree: Mapping, name: str) -> Mapping | None:
        value = tree.get(name)
        return value if isinstance(value, Mapping) else None

    def section(self, tree: Mapping, name: str) -> tuple[Entry, ...]:
        """The entries of a section that is a mapping of names."""
        value = tree.get(name)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return ()
        if isinstance(value, Mapping):
            return value.entries
        if name == "nodes":  # of the others it was said with the rest of the head
            what = f"'{name}' is {describe(value)}, and must be a mapping of names"
            self.into.add(schema.FORM, what, value.span, hint="write a mapping: 'name: ...'")
        return ()

    def variable(self, entry: Entry) -> VariableSpec | None:
        """One variable, in its short form (`h: hidden`) or its long one."""
        tree = entry.value
        if isinstance(tree, Scalar) and isinstance(tree.value, str):
            tree = Mapping((Entry(Scalar("kind", tree.span), tree),), tree.span)
        if not isinstance(tree, Mapping):
            self.into.add(
                schema.FORM,
                f"a variable is a kind or a mapping, not {describe(tree)}",
                tree.span,
                hint=f"write '{entry.name}: hidden', or another kind",
            )
            return None
        model, reserved = models.VariableModel, models.RESERVED_VARIABLE
        tree, clear = meant(model, tree, self.into, what="a variable", reserved=reserved)
        found = load(model, tree, self.into, what="a variable", reserved=reserved)
        return self._variable(entry, tree, found if clear else None)

    def _variable(self, entry: Entry, tree: Mapping, model: models.VariableModel | None) -> VariableSpec | None:
        observed = model is not None and model.kind in ("input", "target")
        if not named(entry, "a variable", self.into, observed=observed) or model is None:
            return None
        self._no_pasted(tree, ("type", "math"))
        return VariableSpec(
            name=entry.name,
            kind=model.kind,
            span=entry.key.span,
            type=scalar_of(tree, "type"),
            pad=scalar_of(tree, "pad"),
            start=scalar_of(tree, "start"),
            stop=scalar_of(tree, "stop"),
            label=model.label,
            math=model.math,
            codec=scalar_of(tree, "codec"),
        )

    def _no_pasted(self, tree: Mapping, fields: tuple[str, ...]) -> None:
        for name in fields:
            value = scalar_of(tree, name)
            if value:  # dashes and products are signs of mathematics too
                text = str(value.value)
                find_pasted(_SIGNS.sub("", text) if name == "math" else text, value.span, self.into)

    def node(self, entry: Entry) -> NodeSpec | None:
        """One node of a `nodes` section."""
        tree = entry.value
        called = named(entry, "a node", self.into)
        if not isinstance(tree, Mapping):
            self.into.add(
                schema.NO_BODY,
                f"a node is a mapping with a body, not {describe(tree)}",
                tree.span if tree.span.stop > tree.span.start else entry.key.span,
                hint=node_hint(entry.name, tree),
            )
            return None
        tree, clear = meant(models.NodeModel, tree, self.into, what="a node", reserved=models.RESERVED_NODE)
        if not clear and not any(map(self._kind, tree.entries)):
            return None  # the key that was left out may be the body
        head = load(models.NodeModel, tree, self.into, what="a node", reserved=models.RESERVED_NODE)
        body = self.body(tree, entry.key.span)
        if body is None:
            return None
        if head is not None:
            self._shared(tree, repeated=scalar_of(tree, "repeat") is not None)
            self._weight(tree, head.role or "", body)
        if head is None or not (called and clear):
            return NodeSpec(entry.name, body, entry.key.span, repeat=scalar_of(tree, "repeat"), broken=True)
        return NodeSpec(
            name=entry.name,
            body=body,
            span=entry.key.span,
            role=head.role or "",
            repeat=scalar_of(tree, "repeat"),
            shared=head.share is True,
            weight=scalar_of(tree, "weight"),
            label=head.label,
            math=head.math,
        )

    def _weight(self, tree: Mapping, role: str, body: BodySpec) -> None:
        """Record a weight on a node that gives no energy; what shares another's body has the role of that."""
        entry = tree.find("weight")
        if entry is not None and role not in OBJECTIVES and (role or not isinstance(body, ShareSpec)):
            what = "'weight' belongs to a cost, a regulariser or a loss, and this node has no such role"
            self.into.add(schema.UNKNOWN_KEY, what, entry.key.span, hint="remove it, or give the node its role")

    def block(self, entry: Entry) -> BlockSpec | None:
        """One block."""
        if not named(entry, "a block", self.into):
            return None
        if not isinstance(entry.value, Mapping):
            self.into.add(schema.FORM, "a block is a mapping with a body", entry.key.span, hint="write 'layers: [...]'")
            return None
        if load(models.BlockModel, entry.value, self.into, what="a block") is None:
            return None
        body, repeat = self.body(entry.value, entry.key.span), scalar_of(entry.value, "repeat")
        if body is None:
            return None
        self._shared(entry.value, repeated=repeat is not None)
        if repeat is not None:  # a chain of one layer, which is repeated
            share = scalar_of(entry.value, "share")
            layer = NodeSpec("", body, entry.key.span, repeat=repeat, shared=share is not None and share.value is True)
            body = LayersSpec((layer,), entry.key.span)
        return BlockSpec(entry.name, self._mapping(entry.value, "params"), body, entry.key.span)

    def body(self, tree: Mapping, at: Span) -> BodySpec | None:
        """The one body of a node, layer or block."""
        kinds = {kind: entry for entry in tree.entries if (kind := self._kind(entry))}
        if not kinds:
            self.into.add(
                schema.NO_BODY,
                "there is no body here",
                at,
                hint=body_hint(tree),
            )
            return None
        if len(kinds) > 1:
            first, second = list(kinds.values())[:2]
            self.into.add(
                schema.TWO_BODIES,
                f"two bodies: '{first.name}' and '{second.name}'",
                second.key.span,
                hint="keep one",
                notes=(Note("the first one", first.key.span),),
            )
            return None
        kind, entry = next(iter(kinds.items()))
        self._stray(tree, kind)
        if kind == "op":
            return self.operation(entry.value)
        if kind == "layers":
            return self.layers(entry.value)
        if kind == "use":
            return UseSpec(_text(entry.value), self._mapping(tree, "with"), entry.value.span)
        if kind == "share":
            return ShareSpec(_text(entry.value), entry.value.span)
        return self.net(tree)

    def _stray(self, tree: Mapping, kind: str) -> None:
        """Record keys that belong to another kind of body than this."""
        for name, owner in (("with", "use"), ("ports", "nodes")):
            entry = tree.find(name)
            if entry is not None and kind != owner:
                self.into.add(
                    schema.UNKNOWN_KEY,
                    f"'{name}' belongs to '{owner}', which does not stand here",
                    entry.key.span,
                    hint="remove it",
                )

    def _shared(self, tree: Mapping, *, repeated: bool) -> None:
        """Record `share: true` without a repeat beside it."""
        entry = tree.find("share")
        if entry is not None and isinstance(entry.value, Scalar) and entry.value.value is True and not repeated:
            self.into.add(
                schema.SHARED,
                "'share: true' stands without a repeat, so there are no copies to share weights",
                entry.key.span,
                hint="add 'repeat: N', or name the node whose weights to use",
            )

    def _kind(self, entry: Entry) -> str:
        if entry.name == "share":
            return "share" if isinstance(entry.value, Scalar) and isinstance(entry.value.value, str) else ""
        return _KINDS.get(entry.name, "")

    def net(self, tree: Mapping) -> NetSpec:
        """A body of nodes and edges."""
        nodes = self.section(tree, "nodes")
        same_but_case(nodes, self.into)
        ports = self._mapping(tree, "ports")
        listed = {e.name: _text(e.value) for e in ports.entries if named_port(e, nodes, self.into)} if ports else {}
        found = tuple(node for entry in nodes if (node := self.node(entry)))
        written = frozenset(entry.name for entry in (*nodes, *(ports.entries if ports else ())))
        return NetSpec(found, edges_of(tree.get("edges"), self.into), listed, tree.span, written)

    def operation(self, tree: Tree) -> OpSpec | None:
        """A bare name, or a one-key mapping to the arguments."""
        if isinstance(tree, Scalar) and isinstance(tree.value, str):
            return OpSpec(tree.value, None, tree.span)
        if isinstance(tree, Mapping) and len(tree.entries) == 1:
            return OpSpec(tree.entries[0].name, tree.entries[0].value, tree.entries[0].key.span)
        what = "a mapping of several keys" if isinstance(tree, Mapping) else describe(tree)
        span = tree.entries[1].key.span if isinstance(tree, Mapping) and len(tree.entries) > 1 else tree.span
        self.into.add(
            schema.FORM,
            f"an operation is a name or a mapping of one name to its arguments, not {what}",
            span,
            hint=operation_hint(tree),
        )
        return None

    def layers(self, tree: Tree) -> LayersSpec | None:
        """A list of layers, or a mapping of names to layers in order."""
        if isinstance(tree, Sequence):
            found = [self.layer("", item, item.span) for item in tree.items]
        elif isinstance(tree, Mapping):
            same_but_case(tree.entries, self.into)
            found = [self.layer(e.name, e.value, e.key.span) for e in tree.entries if named(e, "a layer", self.into)]
        else:
            self.into.add(
                schema.FORM,
                f"'layers' is {describe(tree)}, and must be a list or a mapping",
                tree.span,
                hint="write '[a, b]' or 'name: a' lines",
            )
            return None
        return LayersSpec(tuple(layer for layer in found if layer), tree.span)

    def layer(self, name: str, tree: Tree, span: Span) -> NodeSpec | None:
        """One layer: an operation, or a body in the long form."""
        if isinstance(tree, Mapping) and any(entry.name in BODY_KEYS for entry in tree.entries):
            tree, clear = meant(models.BodyModel, tree, self.into, what="a layer")
            model = load(models.BodyModel, tree, self.into, what="a layer") if clear else None
            body = self.body(tree, span) if model else None
            if model is None or body is None:
                return None
            self._shared(tree, repeated=scalar_of(tree, "repeat") is not None)
            at = tree.entries[0].key.span if not name else span
            return NodeSpec(name, body, at, "", scalar_of(tree, "repeat"), model.share is True)
        operation = self.operation(tree)
        if operation is None:
            return None
        return NodeSpec(name, operation._replace(called=name), operation.span if not name else span)

    def _ties(self, tree: Tree | None) -> tuple[tuple[Scalar, ...], ...]:
        if not isinstance(tree, Sequence):
            return ()
        found = []
        for item in tree.items:
            paths = _scalars(item)
            if not paths:
                self.into.add(schema.FORM, "a tie is a list of paths", item.span, hint="write '[a.weight, b.weight]'")
                continue
            found.append(paths)
        return tuple(found)


def _scalars(tree: Tree | None) -> tuple[Scalar, ...]:
    if not isinstance(tree, Sequence):
        return ()
    return tuple(item for item in tree.items if isinstance(item, Scalar) and isinstance(item.value, str))


def _text(tree: Tree) -> str:
    return str(tree.value) if isinstance(tree, Scalar) else ""


def layers_of(tree: Tree, into: Collector) -> LayersSpec | None:
    """The layers that stand as the argument of an operation that wraps some."""
    before = len(into.items)
    found = _Decoder(into).layers(tree)
    return found if len(into.items) == before else None
