"""How the weights of published checkpoints become those of a spec: what its section `weights` says."""

from __future__ import annotations

from typing import NamedTuple, Union

from archgraph.core.source import Span

Plain = Union[str, int, float, bool, None]


class Origin(NamedTuple):
    """Where parameters of the spec come from.

    Attributes:
        name: in the file: of a tensor, or what the names of several begin with; `*` is the number of a copy.
        split: parts of the spec's own node that lie behind each other in one tensor, such as q, k, v.
        transposed: whether matrices are stored the other way round.
        reshape: whether the numbers come in order under another shape.
        axes: of tensors with as many axes, the order in which they come, before their numbers get the spec's shape.
    """

    name: str
    split: tuple[str, ...] = ()
    transposed: bool = False
    reshape: bool = False
    axes: tuple[int, ...] = ()


class WeightRules(NamedTuple):
    """The section `weights` of a spec.

    Attributes:
        span: where it stands.
        families: the values of `model_type` in a config that the spec holds for.
        params: for each param what it is in the config: arithmetic over the config's numbers, or one of its keys; the
            first of several that the config knows.
        requires: what the config must say where it says anything, each with the values that are fine.
        prefixes: what the names in the file may begin with.
        aliases: other words for parts of a name in the file, such as gamma for weight.
        names: for a path of the spec, and all below it, where its weights come from; None leaves them fresh.
        tied: tensors of the file that equal others of it.
        unused: tensors of the file that the spec does not need.
    """

    span: Span
    families: tuple[str, ...] = ()
    params: tuple[tuple[str, tuple[Plain, ...]], ...] = ()
    requires: tuple[tuple[str, tuple[Plain, ...]], ...] = ()
    prefixes: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, Origin | None], ...] = ()
    tied: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
