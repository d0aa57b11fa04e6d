"""Colours by kind and role. Shape, dash and symbol repeat what colour says, so it is never the only sign."""

from __future__ import annotations

from dataclasses import dataclass, field

_DARK = {
    "input": "#fccde5",
    "target": "#80b1d3",
    "prediction": "#bc80bd",
    "hidden": "#b3de69",
    "latent": "#fdb462",
    "contrastive": "#fb8072",
    "parameter": "#ffffff",
    "loss": "#b3de69",
    "sampler": "#fdb462",
    "corruption": "#fdb462",
    "cost": "#fb8072",
    "regulariser": "#fb8072",
    "encoder": "#bebada",
    "projector": "#bebada",
    "predictor": "#ffffb3",
    "decoder": "#8dd3c7",
    "delay": "#ffffff",
    "node": "#ffffff",
    "callout": "#8dd3c7",
}

# Hues of the dark palette, darkened until text reads at 4.5:1 on white.
_LIGHT = {
    "input": "#b03a7e",
    "target": "#2f6f9f",
    "prediction": "#8e3f90",
    "hidden": "#4c7a0f",
    "latent": "#a65a00",
    "contrastive": "#c0392b",
    "parameter": "#333333",
    "loss": "#4c7a0f",
    "sampler": "#a65a00",
    "corruption": "#a65a00",
    "cost": "#c0392b",
    "regulariser": "#c0392b",
    "encoder": "#6257a5",
    "projector": "#6257a5",
    "predictor": "#857000",
    "decoder": "#1b7a6c",
    "delay": "#333333",
    "node": "#333333",
    "callout": "#1b7a6c",
}

# Okabe and Ito (2008), lightened for a black ground: apart under deuteranopia and protanopia.
_COLOURBLIND = {
    "input": "#f0a3cc",
    "target": "#56b4e9",
    "prediction": "#b8659a",
    "hidden": "#f0e442",
    "latent": "#e69f00",
    "contrastive": "#e8602c",
    "parameter": "#ffffff",
    "loss": "#f0e442",
    "sampler": "#e69f00",
    "corruption": "#e69f00",
    "cost": "#e8602c",
    "regulariser": "#e8602c",
    "encoder": "#b9b4e6",
    "projector": "#b9b4e6",
    "predictor": "#fff7b0",
    "decoder": "#3fc7a0",
    "delay": "#ffffff",
    "node": "#ffffff",
    "callout": "#3fc7a0",
}


@dataclass(frozen=True)
class Theme:
    """Colours as `#rrggbb`; `dashes` and `weights`, by kind or role, where colour does not tell apart."""

    name: str
    background: str
    text: str
    wire: str
    fill: str
    strokes: dict[str, str] = field(default_factory=dict)
    dashes: dict[str, tuple[float, ...]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)

    def stroke(self, what: str) -> str:
        """The stroke of a kind or role."""
        return self.strokes.get(what, self.text)

    def dash(self, what: str) -> tuple[float, ...]:
        """The dash pattern in points of a kind or role; () is a solid line."""
        return self.dashes.get(what, ())

    def weight(self, what: str) -> float:
        """How many times the usual stroke width a kind or role is drawn with."""
        return self.weights.get(what, 1.0)


_PRINT_DASHES = {
    "prediction": (7.0, 3.5),
    "latent": (2.0, 3.0),
    "contrastive": (9.0, 3.0, 2.0, 3.0),
    "sampler": (2.0, 3.0),
    "corruption": (9.0, 3.0, 2.0, 3.0),
    "predictor": (7.0, 3.5),
    "decoder": (12.0, 3.0),
}
_PRINT_WEIGHTS = {
    "target": 1.5,
    "cost": 1.5,
    "encoder": 0.6,
    "regulariser": 0.6,
    "projector": 0.6,
    "parameter": 0.6,
}

THEMES = {
    "dark": Theme("dark", "#000000", "#ffffff", "#f0f0f0", "#282828", _DARK),
    "light": Theme("light", "#ffffff", "#1a1a1a", "#333333", "#ececec", _LIGHT),
    "print": Theme(
        "print",
        "#ffffff",
        "#000000",
        "#000000",
        "#e6e6e6",
        dict.fromkeys(_DARK, "#000000"),
        _PRINT_DASHES,
        _PRINT_WEIGHTS,
    ),
    "colourblind": Theme("colourblind", "#000000", "#ffffff", "#f0f0f0", "#282828", _COLOURBLIND),
}


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.1)."""
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.1)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
