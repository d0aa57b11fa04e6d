"""PNG at any width or resolution, rasterised from the SVG; text is outlines, so no system font matters."""

from __future__ import annotations

from archgraph.draw.scene import Scene
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.svg import write as write_svg

_POINTS_PER_INCH = 72.0


def write(scene: Scene, options: Options) -> bytes:
    """The scene as a PNG file, `options.width` pixels wide or at `options.dpi`."""
    import resvg_py

    width = options.width or round(scene.width * options.dpi / _POINTS_PER_INCH)
    text = write_svg(scene, options).decode("utf-8")
    return bytes(resvg_py.svg_to_bytes(svg_string=text, width=width, dpi=72))


WRITER = Writer("png", write)
