"""Convolutions of sequences (B, T, features) and of images (B, channels, height, width)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def stride_real(real: Tensor, kernel: int, *, stride: int = 1, dilation: int = 1, padding: str = "same") -> Tensor:
    """Mask of a convolution's output: its centre tap is real (same), its last (causal), or all (valid)."""
    if padding != "valid":
        # Centre tap (same) and last tap (causal) of output j both stand on input j * stride.
        return real[:, ::stride]
    return real.unfold(1, (kernel - 1) * dilation + 1, stride)[..., ::dilation].all(-1)


class Conv1d(nn.Conv1d):
    """Convolve along time: x (B, T, width) to (B, T', channels).

    T' is ceil(T / stride) if padding is same (odd kernel) or causal (output j ends at input j * stride).
    """

    def __init__(
        self,
        width: int,
        channels: int,
        kernel: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        padding: str = "same",
        bias: bool = True,
    ) -> None:
        super().__init__(width, channels, kernel, stride, dilation=dilation, bias=bias)
        reach = (kernel - 1) * dilation
        self.around = {"same": (reach // 2, reach // 2), "causal": (reach, 0), "valid": (0, 0)}[padding]

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Convolve; positions that are not `real` (B, T) read as zero."""
        x = x if real is None else x.masked_fill(~real.unsqueeze(-1), 0)
        return super().forward(F.pad(x.transpose(1, 2), self.around)).transpose(1, 2)

    def start(self, batch: int) -> dict[str, Tensor]:
        """The inputs (B, n, width) that stand before the first step: zeros."""
        return {"past": self.weight.new_zeros(batch, self.around[0], self.in_channels)}

    def step(self, x: Tensor, state: dict[str, Tensor], real: Tensor | None = None) -> Tensor:
        """The next steps, with stride 1: x (B, n, width) to (B, n, channels); what looks ahead gives fewer at first."""
        x = x if real is None else x.masked_fill(~real.unsqueeze(-1), 0)
        window, reach = torch.cat((state["past"], x), 1), (self.kernel_size[0] - 1) * self.dilation[0]
        state["past"] = window[:, max(window.shape[1] - reach, 0) :]
        if window.shape[1] <= reach:
            return x.new_zeros(x.shape[0], 0, self.out_channels)
        return super().forward(window.transpose(1, 2)).transpose(1, 2)


class Conv2d(nn.Conv2d):
    """Convolve images: x (B, width, H, W) to (B, channels, H', W').

    H' is ceil(H / stride) if padding is same, which needs an odd kernel.
    """

    def __init__(
        self,
        width: int,
        channels: int,
        kernel: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        padding: str = "same",
        bias: bool = True,
    ) -> None:
        around = {"same": (kernel - 1) * dilation // 2, "valid": 0}[padding]
        super().__init__(width, channels, kernel, stride, around, dilation, bias=bias)

    def forward(self, x: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """Convolve; what is not real in `rows` (B, H) or `columns` (B, W) reads as zero."""
        x = x if rows is None else x.masked_fill(~rows[:, None, :, None], 0)
        return super().forward(x if columns is None else x.masked_fill(~columns[:, None, None, :], 0))
