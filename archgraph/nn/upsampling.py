"""Transposed convolutions of sequences (B, T, features) and of images (B, channels, height, width)."""

from __future__ import annotations

from torch import Tensor, nn


class TransposedConv1d(nn.ConvTranspose1d):
    """Stretch time: x (B, T, width) to (B, T * stride, channels).

    Output `stride * t` is the place of input t; of what the windows cover `before` positions are cut off in front.
    """

    def __init__(
        self, width: int, channels: int, kernel: int, *, stride: int = 2, before: int = 0, bias: bool = True
    ) -> None:
        super().__init__(width, channels, kernel, stride, bias=bias)
        self.before = before

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:  # type: ignore[override]
        """Stretch; positions that are not `real` (B, T) read as zero."""
        x = x if real is None else x.masked_fill(~real.unsqueeze(-1), 0)
        y = super().forward(x.transpose(1, 2)).transpose(1, 2)
        return y[:, self.before : self.before + x.shape[1] * self.stride[0]]


class TransposedConv2d(nn.ConvTranspose2d):
    """Stretch both sides: x (B, width, H, W) to (B, channels, H * stride, W * stride), cut as in one dimension."""

    def __init__(
        self, width: int, channels: int, kernel: int, *, stride: int = 2, before: int = 0, bias: bool = True
    ) -> None:
        super().__init__(width, channels, kernel, stride, bias=bias)
        self.before = before

    def forward(  # type: ignore[override]
        self, x: Tensor, rows: Tensor | None = None, columns: Tensor | None = None
    ) -> Tensor:
        """Stretch; what is not real in `rows` (B, H) or `columns` (B, W) reads as zero."""
        x = x if rows is None else x.masked_fill(~rows[:, None, :, None], 0)
        x = x if columns is None else x.masked_fill(~columns[:, None, None, :], 0)
        first, height, width = self.before, x.shape[2] * self.stride[0], x.shape[3] * self.stride[0]
        return super().forward(x)[:, :, first : first + height, first : first + width]
