"""The functions give what the layers give."""

from __future__ import annotations

import torch
from torch import nn

from archgraph.nn.norms import OffsetRMSNorm, normalise, normalise_rms


def test_norms_by_a_function_are_those_of_the_layers() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5)
    for layer, function in ((nn.LayerNorm(5, eps=0.1), normalise), (nn.RMSNorm(5, eps=0.1), normalise_rms)):
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter.normal_()
        assert torch.equal(function(x, layer), layer(x))


def test_a_gain_above_one_is_learned_where_the_norm_has_an_offset() -> None:
    offset, plain, x = OffsetRMSNorm(5, eps=1e-3), nn.RMSNorm(5, eps=1e-3), torch.randn(2, 3, 5)
    assert torch.equal(offset(x), plain(x))
    with torch.no_grad():
        offset.weight.add_(0.5)
        plain.weight.add_(0.5)
    torch.testing.assert_close(offset(x), plain(x))
