"""The scope of one emitted function: names of tensors and masks, lines so far, and what must come in as arguments."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from archgraph.core.dims import Dim
from archgraph.graph.masks import Both, Given, Grouped, Mask, Prefixed, Strided

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True)
class MaskPlace:
    """Where a mask comes in: an axis of a tensor at a port."""

    port: str
    index: int
    axis: int


class Demand(NamedTuple):
    """An argument that a body needs from outside: a mask, a flag, or a parameter that another part owns."""

    kind: str
    key: object
    name: str


class Ahead(NamedTuple):
    """What whoever calls a body from a loop computes before that: a call below the body's module, of an argument.

    `kind` is the type of what it makes.
    """

    call: str
    argument: str
    kind: str = "Tensor"


@dataclass
class Names:
    """Gives out local names, none of them twice and none that the file uses for something else."""

    taken: set[str]

    def new(self, wish: str, mark: str = "_") -> str:
        """`wish`, or `wish` with a mark and a number if it is taken."""
        wish = wish.replace(".", "_")
        name, number = wish, 2
        while name in self.taken or keyword.iskeyword(name):
            name, number = f"{wish}{mark}{number}", number + 1
        self.taken.add(name)
        return name


@dataclass
class Scope:
    """One function being written."""

    names: Names
    use: set[str]
    masks: dict[Mask, str] = field(default_factory=dict)
    inputs: dict[Mask, tuple[str, object]] = field(default_factory=dict)  # wished name, and place among the arguments
    observed: dict[str, str] = field(default_factory=dict)  # at the top: how to compute the mask of a variable
    demands: dict[tuple[str, object], Demand] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    known: dict[str, Callable[[str], str]] = field(default_factory=dict)  # at the top: what a demand stands for
    computed: dict[str, str] = field(default_factory=dict)  # at the top: what computed variables are called here
    branches: set[str] = field(default_factory=set)  # names whose value is used once, by the sum that ends a residual
    depth: int = 2
    arguments: frozenset[str] = frozenset()  # of a class's forward
    before: dict[tuple[str, str], str] | None = None  # in a loop: what is called before it, of what, and its name

    def branch(self) -> str:
        """A name for what flows through the layers of a residual."""
        name = self.names.new("branch" if "y" in self.names.taken else "y")
        self.branches.add(name)
        return name

    def join(self, branch: str) -> None:
        """Give the name of a branch back: the sum that ends the residual has used it up."""
        self.branches.discard(branch)
        self.names.taken.discard(branch)

    def write(self, line: str) -> None:
        """Add a line of the function's body."""
        self.lines.append(INDENT * self.depth + line)

    def function(self, path: str) -> str:
        """Bring in a runtime function or class, and give its name."""
        self.use.add(path)
        return path.partition(".")[2]

    def mask(self, mask: Mask) -> str:
        """The name of a mask, computed here from those that come in, if it is not there yet."""
        if mask in self.masks:
            return self.masks[mask]
        if mask in self.inputs:
            wish, key = self.inputs[mask]
            name = self.demand("mask", key, wish)
        elif (whole := self._around(mask)) is not None:
            name = self.names.new("real")
            self.write(f"{name} = {self.mask(whole)}[:, {self._length(whole.size)} :]")
        elif isinstance(mask, Given):
            name = self.names.new(f"{mask.variable}_real")
            self.write(f"{name} = {self.observed[mask.variable]}")
        else:
            name = self.names.new("real")
            self.write(f"{name} = {self._derived(mask)}")
        self.masks[mask] = name
        return name

    def _around(self, mask: Mask) -> Prefixed | None:
        """The mask of a longer axis that comes in, and that ends in this one."""
        for known in self.inputs:
            while isinstance(known, Prefixed):
                if known.mask == mask:
                    return known
                known = known.mask
        return None

    def _length(self, size: Dim) -> str:
        return f"{size}" if size.constant is not None else self.demand("size", f"{size}", f"size_{size}".lower())

    def _derived(self, mask: Mask) -> str:
        if isinstance(mask, Both):
            return f"{self.mask(mask.left)} & {self.mask(mask.right)}"
        if isinstance(mask, Strided):
            options = [
                f"{mask.kernel}",
                f"stride={mask.stride}",
                f"dilation={mask.dilation}",
                f'padding="{mask.padding}"',
            ]
            return f"{self.function('convolution.stride_real')}({self.mask(mask.mask)}, {', '.join(options)})"
        if isinstance(mask, Grouped) and mask.size > 0:
            return f"torch.unflatten({self.mask(mask.mask)}, 1, (-1, {mask.size})).all(-1)"
        if isinstance(mask, Grouped):
            return f"{self.mask(mask.mask)}.repeat_interleave({-mask.size}, 1)"
        if isinstance(mask, Prefixed):
            return f"{self.function('padding.prefix_real')}({self.mask(mask.mask)}, {self._length(mask.size)})"
        raise TypeError(mask)

    def ahead(self, made: Ahead, wish: str) -> str:
        """What a call makes of a tensor that no step changes: known before the loop, here or around the class."""
        call, given = made.call, made.argument
        if self.before is not None:
            if (call, given) not in self.before:
                self.before[call, given] = self.names.new(wish)
            return self.before[call, given]
        if given in self.arguments:
            return self.demand("ahead", made._replace(call=call.removeprefix("self")), wish)
        return f"{call}({given})"

    def demand(self, kind: str, key: object, wish: str) -> str:
        """The name of an argument that this function needs from whoever calls it; at the top, what stands for it."""
        if kind in self.known:
            return self.known[kind](str(key))
        found = self.demands.get((kind, key))
        if found is None:
            found = Demand(kind, key, self.names.new(wish))
            self.demands[(kind, key)] = found
        return found.name
