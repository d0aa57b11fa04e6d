"""How weights lie in memory, which changes none of their values, names or shapes."""

from __future__ import annotations

from copy import copy
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

ROOM = 2**28  # bytes that copies by columns may take, beside the model's own

M = TypeVar("M", bound=nn.Module)


def lay_out(model: nn.Module, *, columns: bool = True) -> nn.Module:
    """Store the weights of linear maps to more features than they take by columns, in place; returns the model.

    A product with few rows, as when decoding, reads them quicker so on a CPU; one with many takes as long as before.
    What is loaded later keeps the order. What asks for contiguous parameters (saving by safetensors, torch's LBFGS)
    refuses such a model until `columns=False` stores all by rows again.
    """
    for module in model.modules():
        for weight in _widening(module).values():
            # The parameter stays the same object, which optimisers and ties hold.
            weight.data = _by_columns(weight.data) if columns else weight.data.contiguous()
    return model


def reader(model: M) -> M:
    """A twin of the model for a few rows at a time, which holds what `lay_out` would move, and shares all else.

    The model stays as it is; later changes of its weights do not reach the twin. It is the model itself where there is
    nothing to gain (other devices, other precision, weights that lie so) or copies would take more than `ROOM`.
    """
    weights = [weight for module in model.modules() for weight in _widening(module).values()]
    moved = {id(weight): weight for weight in weights if _gains(weight)}
    if not moved or sum(weight.nbytes for weight in moved.values()) > ROOM:
        return model
    return _twin(model, {})


def _twin(module: M, known: dict[int, Any]) -> M:
    """The same module over twins of its own modules; itself where nothing moves. What occurs twice stays one."""
    if id(module) in known:
        return cast(M, known[id(module)])
    weights = {name: _moved(weight, known) for name, weight in _widening(module).items() if _gains(weight)}
    parts = {name: part if part is None else _twin(part, known) for name, part in module._modules.items()}
    found = module
    if weights or any(part is not module._modules[name] for name, part in parts.items()):
        found = copy(module)
        found.__dict__.update(_parameters=module._parameters | weights, _modules=parts)
    known[id(module)] = found
    return found


def _moved(weight: nn.Parameter, known: dict[int, Any]) -> nn.Parameter:
    if id(weight) not in known:
        known[id(weight)] = nn.Parameter(_by_columns(weight.detach()), requires_grad=False)
    return cast(nn.Parameter, known[id(weight)])


def _by_columns(weight: Tensor) -> Tensor:
    return weight.t().contiguous().t()


def _gains(weight: Tensor) -> bool:
    """Whether a copy by columns is read quicker: of a plain parameter, none that is cut up over processes."""
    plain = type(weight) is nn.Parameter and weight.device.type == "cpu"
    return plain and weight.dtype in (torch.float32, torch.float64) and weight.is_contiguous()


def _widening(module: nn.Module) -> dict[str, nn.Parameter]:
    """The weight of a linear map to more features than it takes, or of joined ones, as each emitted file has them."""
    name = "weight" if isinstance(module, nn.Linear) else "joined_weight"
    weight = module._parameters.get(name)
    return {} if weight is None or weight.shape[0] <= weight.shape[1] else {name: weight}
