"""How weights lie in memory, which changes none of their values, names or shapes."""

from __future__ import annotations

from torch import Tensor, nn


def lay_out(model: nn.Module, *, columns: bool = True) -> nn.Module:
    """Store the weights of linear maps to more features than they take by columns, in place; returns the model.

    A product with few rows, as when decoding, reads them quicker so on a CPU; one with many takes as long as before.
    What is loaded later keeps the order. What asks for contiguous parameters (saving by safetensors, torch's LBFGS)
    refuses such a model until `columns=False` stores all by rows again.
    """
    for module in model.modules():
        for weight in _weights(module):
            if weight.shape[0] > weight.shape[1]:
                # The parameter stays the same object, which optimisers and ties hold.
                weight.data = weight.data.t().contiguous().t() if columns else weight.data.contiguous()
    return model


def _weights(module: nn.Module) -> list[Tensor]:
    """The weight of a linear map, or of joined ones, whose class each emitted file has for itself."""
    name = "weight" if isinstance(module, nn.Linear) else "joined_weight"
    return [weight for own, weight in module.named_parameters(recurse=False) if own == name]
