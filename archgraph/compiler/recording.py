"""Attention made visible: the weights of a run, kept while a block of code is under way.

The modules are left as they are: hooks tell when an attention is called, and a mode of torch tells of the functions
that it calls meanwhile. Its weights are what a softmax gives, or are computed from what goes into torch's own
attention, with the mask that it is given, whatever positions and norms went before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from archgraph.compiler.notebook import Picture, pictured

if TYPE_CHECKING:
    from torch import Tensor, nn

    from archgraph.draw.scene import Scene

# The maps that each attention holds.
_MAPS = {"q", "k"}


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
        if not _counts(sample, len(self[path])):
            raise RecordingError(f"sample is {sample!r}, and there are {len(self[path])} samples, from 0 on")
        if not isinstance(look.get("title", ""), str):
            raise RecordingError(f"title is {look['title']!r}, and must be a string")
        weights = self[path][sample]
        for what, labels, axis in (("queries", queries, 1), ("keys", keys, 2)):
            if labels is not None and not _strings(labels):
                raise RecordingError(f"{what} must be labels, a list of strings")
            if labels is not None and len(labels) != weights.shape[axis]:
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
    _check_model(model)
    found = {path: module for path, module in model.named_modules() if _attends(module)}
    chosen = {path: module for path, module in found.items() if _inside(path, part)}
    if not chosen:
        where = f"'{part}'" if part else "the model"
        raise RecordingError(f"there is no attention in {where}; there is in: {', '.join(found) or 'no part'}")
    recording = Recording({path: [] for path in chosen})
    ear = _Ear(recording.calls)
    hooks = [model.register_forward_pre_hook(lambda *_: _forget(recording))]
    for path, module in chosen.items():
        hooks.append(module.register_forward_pre_hook(partial(ear.begin, path)))
        hooks.append(module.register_forward_hook(ear.end, always_call=True))
    try:
        with _mode(ear):
            yield recording
    finally:
        for hook in hooks:
            hook.remove()


def _counts(place: object, size: int) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 0 <= place < size


def _strings(labels: object) -> bool:
    return isinstance(labels, Sequence) and all(isinstance(label, str) for label in labels)


def _check_model(model: object) -> None:
    from torch import nn

    if not isinstance(model, nn.Module):
        raise RecordingError(f"model is of type {type(model).__name__}, and must be what compile() gives")


def _forget(recording: Recording) -> None:
    for calls in recording.calls.values():
        calls.clear()


def _attends(module: nn.Module) -> bool:
    return {*(name for name, _ in module.named_children()), *getattr(module, "sizes", ())} >= _MAPS


def _inside(path: str, part: str) -> bool:
    return not part or path == part or path.startswith(f"{part}.")


@dataclass
class _Ear:
    """Hears what the attention that is under way calls, and keeps its weights under its path."""

    calls: dict[str, list[Tensor]]
    path: str = ""
    last: Tensor | None = None

    def begin(self, path: str, *_: object) -> None:
        """An attention is called."""
        self.path, self.last = path, None

    def end(self, *_: object) -> None:
        """It has answered."""
        if self.path and self.last is not None:
            weights = self.last.detach()
            self.calls[self.path].append(weights if weights.dim() == 4 else weights.unsqueeze(1))
        self.path, self.last = "", None

    def hear(self, function: object, given: tuple[Any, ...], named: dict[str, Any], result: Any) -> None:
        """One function of torch with what went in and came out."""
        import torch
        from torch.nn import functional as F

        if not self.path:
            return
        if function is F.scaled_dot_product_attention:
            with torch.no_grad():
                self.last = _weights(*given, **named)
        elif function in (torch.softmax, torch.Tensor.softmax, F.softmax):
            self.last = result
        elif function is torch.Tensor.masked_fill and given[0] is self.last:
            self.last = result  # rows with nothing to read become zero after the softmax


def _mode(ear: _Ear) -> AbstractContextManager[object]:
    """The mode of torch under which an ear hears; the class can be told only where torch is there."""
    from torch.overrides import TorchFunctionMode

    class Hearing(TorchFunctionMode):
        """Lets every function do its work, and then the ear hear of it."""

        def __torch_function__(
            self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            ear.hear(func, args, kwargs or {}, result)
            return result

    hearing: AbstractContextManager[object] = Hearing()
    return hearing


def _weights(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *rest: Any, **named: Any) -> Tensor:
    """Weights (B, heads, Tq, Tk) of torch's own attention, with its arguments; zeros where there is nothing to read."""
    mask = named.get("attn_mask", mask)
    causal = named.get("is_causal", rest[1] if len(rest) > 1 else False)
    k = k.repeat_interleave(q.shape[1] // k.shape[1], 1)
    scores = q @ k.transpose(-2, -1) * (named.get("scale") or q.shape[-1] ** -0.5)
    if causal:
        scores = scores.masked_fill(~scores.new_ones(scores.shape[-2:]).bool().tril(), float("-inf"))
    if mask is not None:
        scores = scores + mask if mask.is_floating_point() else scores.masked_fill(~mask, float("-inf"))
    weights: Tensor = scores.softmax(-1).nan_to_num(0.0)
    return weights
