"""The functions give what the layers give."""

from __future__ import annotations

import torch
from torch import nn

from archgraph.nn.norms import normalise, normalise_rms


def test_norms_by_a_function_are_those_of_the_layers() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5)
    for layer, function in ((nn.LayerNorm(5, eps=0.1), normalise), (nn.RMSNorm(5, eps=0.1), normalise_rms)):
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter.normal_()
        assert torch.equal(function(x, layer), layer(x))
