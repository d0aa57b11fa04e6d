"""Attention made visible: the weights of a run, kept while a block of code is under way.

The modules are left as they are. Hooks see what goes into each attention, and its weights are computed from that once
more; what they give is held against what the module gave.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from archgraph.compiler.notebook import Picture, pictured

if TYPE_CHECKING:
    from torch import Tensor, nn

    from archgraph.draw.scene import Scene

_DOT = ("q", "k", "v", "out")
_ADDITIVE = ("q", "k", "score")


class RecordingError(ValueError):
    """There is nothing to record under a name, or labels do not fit what was recorded."""


@dataclass
class Recording(Mapping[str, "Tensor"]):
    """The weights of the last run, by the path of each attention: (B, heads, queries, keys), rows with the sum 1.

    A row that had nothing to read is zero. `calls` holds what each attention did, call by call. Where it was called
    for one step at a time, as inside a recurrence, the steps are joined along the queries; else the last call counts.
    """

    calls: dict[str, list[Tensor]] = field(default_factory=dict)

    def __getitem__(self, path: str) -> Tensor:
        import torch

        calls = self.calls.get(path)
        if not calls:
            raise KeyError(path)
        return torch.cat(calls, -2) if all(call.shape[-2] == 1 for call in calls) else calls[-1]

    def __iter__(self) -> Iterator[str]:
        return (path for path, calls in self.calls.items() if calls)

    def __len__(self) -> int:
        return sum(map(bool, self.calls.values()))

    def show(self, path: str, **look: Any) -> Picture:
        """Heat maps of an attention, one for each head, as `render` draws them, for a notebook."""
        return pictured(self._scene(path, **look))

    def render(self, path: str, file: str | os.PathLike[str], **look: Any) -> None:
        """Draw heat maps of an attention to a file, one for each head.

        Args:
            path: of the attention.
            file: where to; its ending chooses the format.
            look: `sample` (which of the batch, 0), `queries` and `keys` (labels, such as tokens), `theme`, `title`.

        Raises:
            RecordingError: nothing was recorded under the path, or labels are too few or too many.
            ValueError: an unknown format or theme.
        """
        from archgraph.compiler.picture import write_scene

        write_scene(self._scene(path, **look), file)

    def _scene(
        self,
        path: str,
        *,
        sample: int = 0,
        queries: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        **look: Any,
    ) -> Scene:
        from archgraph.draw.heat import heat

        if path not in self:
            raise RecordingError(f"no weights of '{path}' were recorded; there are: {', '.join(self) or 'none yet'}")
        weights = self[path][sample]
        for labels, axis in ((queries, 1), (keys, 2)):
            if labels is not None and len(labels) != weights.shape[axis]:
                what = "queries" if axis == 1 else "keys"
                raise RecordingError(f"'{path}' has {weights.shape[axis]} {what}, and {len(labels)} labels were given")
        return heat(weights.tolist(), queries=queries, keys=keys, **{"title": path, **look})


@contextmanager
def record(model: nn.Module, part: str = "") -> Iterator[Recording]:
    """Keep the attention weights of the runs inside a `with` block; each run displaces the one before.

    Args:
        model: a compiled model; it stays as it is.
        part: the path of a node: the attentions inside it, or itself. "" is for all.

    Yields:
        The recording, which can be read after the block too.

    Raises:
        RecordingError: there is no attention there.
    """
    found = _attentions(model)
    chosen = {path: module for path, module in found.items() if _inside(path, part)}
    if not chosen:
        raise RecordingError(f"there is no attention in '{part}'; there is in: {', '.join(found) or 'none'}")
    recording = Recording({path: [] for path in chosen})
    hooks = [model.register_forward_pre_hook(lambda *_: _forget(recording))]
    for path, module in chosen.items():
        keep = partial(_keep, recording.calls[path])
        hooks.append(module.register_forward_hook(keep, with_kwargs=True))
    try:
        yield recording
    finally:
        for hook in hooks:
            hook.remove()


def _forget(recording: Recording) -> None:
    for calls in recording.calls.values():
        calls.clear()


def _inside(path: str, part: str) -> bool:
    return not part or path == part or path.startswith(f"{part}.")


def _attentions(model: nn.Module) -> dict[str, nn.Module]:
    """The attentions of a model by path, known by the maps that they hold."""
    return {path: module for path, module in model.named_modules() if _weights_of(module) is not None}


def _weights_of(module: nn.Module) -> Callable[..., tuple[Tensor, Tensor]] | None:
    names = {name for name, _ in module.named_children()}
    if names == set(_DOT):
        return _dot_product
    return _additive if names == set(_ADDITIVE) else None


def _keep(
    calls: list[Tensor], module: nn.Module, given: tuple[Tensor, ...], named: dict[str, Tensor], output: Tensor
) -> None:
    """Compute the weights of a call from what went into it, and keep them."""
    import torch

    weigh = _weights_of(module)
    assert weigh is not None
    tensors = [*given, *named.values()]
    real = [tensors.pop()] if tensors[-1].dtype == torch.bool else []
    with torch.no_grad():
        causal = _causal(module, tensors, real)
        weights, again = weigh(module, tensors, real, causal=causal)
        # In training there may be dropout on the weights.
        wanted = _quiet(module, [*tensors, *real]) if module.training else output
    if not _close(again, wanted):
        raise RuntimeError(f"{type(module).__name__} computes something else than what was recorded")
    calls.append(weights.detach())


def _causal(module: nn.Module, tensors: list[Tensor], real: list[Tensor]) -> bool:
    """Whether an attention keeps queries from later keys.

    Where all attentions of a model are alike in this, their source has it as a constant: then the module tells by what
    it does to noise, which no two keys have in common.
    """
    import torch

    if set(_ADDITIVE) <= {name for name, _ in module.named_children()}:
        return False
    if hasattr(module, "causal"):
        return bool(module.causal)
    generator = torch.Generator().manual_seed(0)
    noise = [torch.randn(tensor.shape, generator=generator).to(tensor) for tensor in tensors]
    return not _close(_dot_product(module, noise, real)[1], _quiet(module, [*noise, *real]))


def _quiet(module: nn.Module, given: list[Tensor]) -> Tensor:
    """What a module gives without dropout, and without calling its hooks."""
    training = module.training
    module.eval()
    output: Tensor = module.forward(*given)
    module.train(training)
    return output


def _dot_product(
    module: Any, tensors: list[Tensor], real: list[Tensor], *, causal: bool = False
) -> tuple[Tensor, Tensor]:
    """Weights (B, heads, Tq, Tk) of scaled dot products, and the output again."""
    x, context = tensors[0], tensors[-1]
    q, k, v = (
        part(given).unflatten(-1, (module.heads, -1)).transpose(1, 2)
        for part, given in ((module.q, x), (module.k, context), (module.v, context))
    )
    scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    allowed = scores.new_ones(scores.shape[-2:]).bool()
    if causal:
        allowed = allowed.tril()
    for mask in real:
        allowed = allowed & mask[:, None, None, :]
    weights = _softargmax(scores, allowed)
    return weights, module.out((weights @ v).transpose(1, 2).flatten(2))


def _additive(module: Any, tensors: list[Tensor], real: list[Tensor], *, causal: bool) -> tuple[Tensor, Tensor]:
    """Weights (B, 1, Tq, Tk) of additive scores, which are never causal, and the output again."""
    x, context = tensors[0], tensors[-1]
    scores = module.score((module.q(x).unsqueeze(2) + module.k(context).unsqueeze(1)).tanh()).squeeze(-1)
    allowed = scores.new_ones(scores.shape[-2:]).bool()
    for mask in real:
        allowed = allowed & mask[:, None, :]
    weights = _softargmax(scores, allowed)
    return weights.unsqueeze(1), weights @ context


def _softargmax(scores: Tensor, allowed: Tensor) -> Tensor:
    """Weights with the sum 1 over what is allowed; zeros where nothing is."""
    weights = scores.masked_fill(~allowed, float("-inf")).softmax(-1)
    return weights.nan_to_num(0.0)


def _close(one: Tensor, other: Tensor) -> bool:
    """Whether two outputs are equal but for rounding."""
    import torch

    tolerance = 1e-3 if other.dtype in (torch.float32, torch.float64) else 5e-2
    scale = other.abs().max().clamp(min=1e-6)
    return bool((one - other).abs().max() <= tolerance * scale)
