"""The operations of torch in a piece of work, caught while it runs, and played again by themselves.

Played alone, its matrix products are the floor of a work; each operation by itself tells its share.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only
from torch.utils.flop_counter import flop_registry

# Products beside those that torch counts: recurrent layers that it hands to a library as one, and what it takes apart
# into products in any mode but that of inference.
RECURRENT = frozenset({"aten::mkldnn_rnn_layer", "aten::mkldnn_rnn_layer_backward", "aten::_cudnn_rnn"})
WHOLE = frozenset({"aten::linear", "aten::matmul", "aten::scaled_dot_product_attention"})
FUSED = RECURRENT | WHOLE


def shaped(given: Any) -> Any:
    """Arguments whose tensors keep the shapes of now, on the same memory, when others change them in place."""
    return tree_map_only(torch.Tensor, torch.Tensor.detach, given)


class Calls(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own base has no types
    """Catches operations with the tensors that they are given: all, or matrix products alone.

    Products are matrix products, convolutions and fused attention.
    """

    def __init__(self, *, products: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.products = products
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run an operation of torch, and keep it."""
        if not self.products or is_product(func):
            self.calls.append((func, shaped(args), shaped(kwargs or {})))
        return func(*args, **(kwargs or {}))

    @torch.no_grad()
    def again(self) -> None:
        """Do nothing but these operations, in their order."""
        for func, args, kwargs in self.calls:
            func(*args, **kwargs)

    @torch.no_grad()
    def seconds(self) -> dict[str, float]:
        """Do them again, and tell the time of each kind."""
        found: dict[str, float] = {}
        for func, args, kwargs in self.calls:
            # what turns or squeezes a tensor in place would turn it again each time
            args = shaped(args) if torch.Tag.inplace_view in func.tags else args
            start = perf_counter()
            func(*args, **kwargs)
            found[kind(func)] = found.get(kind(func), 0.0) + perf_counter() - start
        return found


class Spent(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own base has no types
    """Times operations while they run, and keeps none: the seconds of each kind, and of all products."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kinds: dict[str, float] = {}
        self.floor = 0.0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run an operation of torch, and add its time to that of its kind."""
        start = perf_counter()
        found = func(*args, **(kwargs or {}))
        seconds = perf_counter() - start
        self.kinds[kind(func)] = self.kinds.get(kind(func), 0.0) + seconds
        self.floor += seconds * is_product(func)
        return found


def kind(func: Any) -> str:
    """The name of an operation, whatever it is given."""
    return str(func).split(".")[1]


def is_product(func: Any) -> bool:
    """Whether an operation is a matrix product, a convolution or a fused attention."""
    return func.overloadpacket in flop_registry or func._schema.name in FUSED


def caught(work: Callable[[], Any], *, products: bool) -> Calls:
    """The operations of one run of `work`, or its products."""
    found = Calls(products=products)
    with found:
        work()
    return found
