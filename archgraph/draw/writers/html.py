"""HTML: one file that needs no network, with the SVG inside, to pan, zoom, open modules, read names and follow wires.

Its policy allows the page's own style and script by their hashes and nothing else, so that whatever a label says,
no other script runs and nothing is loaded.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from archgraph.draw.scene import Scene
from archgraph.draw.theme import luminance
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.markup import SPACE, escape
from archgraph.draw.writers.svg import write as write_svg

_FOLDER = Path(__file__).parent / "pages"
_SPEC = re.compile(rf'<metadata><spec xmlns="{SPACE}">(.*?)</spec></metadata>', re.DOTALL)
_BUTTONS = (
    ("closer--", "+", "Zoom in"),
    ("further--", "\u2212", "Zoom out"),
    ("whole--", "0", "Show the whole picture"),
)
_DEPTHS = (("collapse--", "Collapse", "Collapse the modules"), ("expand--", "Expand", "Expand the modules"))


def write(scene: Scene, options: Options) -> bytes:
    """The scene as a page in UTF-8, deeper ones behind it; in programs without scripts it still shows the picture."""
    ink = "#ffffff" if luminance(scene.background) < 0.18 else "#1a1a1a"
    style = f":root {{ --ground: {scene.background}; --ink: {ink}; }}\n{_file('picture.css')}"
    script = _file("picture.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    listed = (*_DEPTHS, *_BUTTONS) if options.deeper else _BUTTONS
    buttons = "".join(f'<button id="{id}" aria-label="{name}">{sign}</button>' for id, sign, name in listed)
    text = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(scene.title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{_pictures(scene, options)}</main>
<output aria-live="polite"></output>
{_facts(options)}<nav aria-label="View">{buttons}</nav>
<script>{script}</script>
</body>
</html>
"""
    return text.encode("utf-8")


def _pictures(scene: Scene, options: Options) -> str:
    """The picture, and hidden after it the deeper ones, whose ids begin with their number."""
    found = [_joined(write_svg(scene, options).decode("utf-8"), scene)]
    for number, deeper in enumerate(options.deeper, 1):
        prefix = f"deeper-{number}--{options.prefix}"
        svg = write_svg(deeper, replace(options, prefix=prefix, spec="")).decode("utf-8")
        found.append(_joined(svg.replace("<svg ", f'<svg hidden="" data-prefix="{prefix}" ', 1), deeper))
    return "".join(found)


def _joined(svg: str, scene: Scene) -> str:
    """The picture, told for its script what is joined without a wire."""
    pairs = " ".join(escape(">".join(ends)) for ends in scene.touching)
    return svg.replace("<svg ", f'<svg data-touching="{pairs}" ', 1) if pairs else svg


def _facts(options: Options) -> str:
    """What is known of each thing, as a list that is not shown but read by the script."""
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>\n" for name, fact in options.facts)
    return f'<dl id="facts--" hidden>\n{items}</dl>\n' if items else ""


def extract(data: bytes) -> str:
    """The spec inside a page that `write` made, "" for none."""
    found = _SPEC.search(data.decode("utf-8", "replace"))
    return unescape(found[1]) if found else ""


def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a policy calls a text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


WRITER = Writer("html", write, extract)
