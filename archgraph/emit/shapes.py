"""The lines that hold what a model is given to the types of its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archgraph.emit.scope import Scope
from archgraph.graph.module import Variable


@dataclass
class Shapes:
    """Writes a check for each observed variable that others, or numbers in its type, tell something of.

    An axis is measured where it is named first: `known` holds the expressions by the names of axes, "" for the batch.
    """

    scope: Scope
    sizes: Mapping[str, int]
    known: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def write(self, variables: Iterable[Variable], *, lasting: bool = True) -> None:
        """The checks of what is given from here on; measures that are not `lasting` hold in one block alone."""
        before = dict(self.known)
        for variable in variables:
            if variable.name not in self.written:
                self.written.add(variable.name)
                self._variable(variable)
        if not lasting:
            self.known = before

    def _variable(self, variable: Variable) -> None:
        assert variable.type is not None, "what is given states its type"
        own = [f"{variable.name}.shape[{place}]" for place in range(len(variable.type.axes) + 1)]
        parts = [self.known.setdefault("", own[0])]
        for axis, measured in zip(variable.type.axes, own[1:], strict=True):
            size = self.sizes.get(str(axis), axis.constant)
            parts.append(self.known.setdefault(str(axis), measured) if size is None else str(size))
        if any(part != mine for part, mine in zip(parts, own, strict=True)):
            check = self.scope.function("shapes.check_shape")
            self.scope.write(f'{check}("{variable.name}", {variable.name}, {_shape(parts)})')


def _shape(parts: list[str]) -> str:
    """The shape as an expression; what begins as another tensor's does is taken from that in one piece."""
    name, count = parts[0].partition(".")[0], 0
    while count < len(parts) and parts[count] == f"{name}.shape[{count}]":
        count += 1
    whole = f"{name}.shape[:{count}]"
    if count == len(parts):
        return whole
    first = f"*{whole}" if count > 1 else parts[0]
    rest = parts[max(count, 1) :]
    return f"({', '.join([first, *rest])}{'' if rest else ','})"
