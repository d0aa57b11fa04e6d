"""Names as they are written: of variables, nodes, layers, blocks and ports."""

from __future__ import annotations

from archgraph.core.diagnostic import Collector, Note
from archgraph.core.names import malformed, refusal
from archgraph.core.source import Entry, Scalar
from archgraph.lang.faults import schema
from archgraph.lang.read import describe


def distinct(variables: tuple[Entry, ...], nodes: tuple[Entry, ...], into: Collector) -> None:
    """Record names that a variable and a node share, and those of one section that differ only in case."""
    seen: dict[str, Entry] = {}
    for entry in (*variables, *nodes):
        other = seen.get(entry.name)
        if other is not None:
            into.add(
                schema.TWICE,
                f"'{entry.name}' is both a variable and a node",
                entry.key.span,
                hint="rename one",
                notes=(Note("also named here", other.key.span),),
            )
        seen[entry.name] = entry
    for section in (variables, nodes):
        same_but_case(section, into)


def same_but_case(section: tuple[Entry, ...], into: Collector) -> None:
    """Record names that differ only in case."""
    folded: dict[str, Entry] = {}
    for entry in section:
        other = folded.setdefault(entry.name.lower(), entry)
        if other is not entry:
            into.add(
                schema.CASE,
                f"'{entry.name}' and '{other.name}' differ only in case",
                entry.key.span,
                hint="some file systems and readers do not tell them apart",
                notes=(Note("the other one", other.key.span),),
            )


def named(entry: Entry, what: str, into: Collector, *, observed: bool = False) -> bool:
    """Whether nothing speaks against a name; what does is recorded."""
    return _right(entry, what, refusal(entry.name, observed), into)


def _right(entry: Entry, what: str, reason: str, into: Collector) -> bool:
    if reason:
        shown = entry.name if len(entry.name) <= 40 else entry.name[:37] + "..."
        message = f"{what} cannot be called '{shown}': {reason}"
        into.add(schema.NAME, message, entry.key.span, hint="choose another name")
    return not reason


def named_port(entry: Entry, nodes: tuple[Entry, ...], into: Collector) -> bool:
    """Whether a port that a body lists has a name of its own and a direction; the ends of all need no listing."""
    way = str(entry.value.value) if isinstance(entry.value, Scalar) else ""
    if (entry.name, way) in (("in", "in"), ("out", "out"), ("context", "in")):
        return False
    if way not in ("in", "out"):
        what = f"the port '{entry.name}' is {describe(entry.value)}, and must be 'in' or 'out'"
        hint = f"write '{entry.name}: in' or '{entry.name}: out'"
        into.add(schema.FORM, what, entry.value.span, hint=hint)
        return False
    other = next((node for node in nodes if node.name == entry.name), None)
    if other is not None:
        what, notes = f"'{entry.name}' is both a node and a port", (Note("also named here", other.key.span),)
        into.add(schema.TWICE, what, entry.key.span, hint="rename one", notes=notes)
        return False
    return _right(entry, "a port", malformed(entry.name), into)
