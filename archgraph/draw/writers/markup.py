"""Text inside XML: whatever it says, it is read as text."""

from __future__ import annotations

import re

# The namespace of the spec inside a picture.
SPACE = "urn:archgraph:spec"

# XML 1.0 has no way to write these characters at all.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str) -> str:
    """Text with a sign for a lost character in the place of each one that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def escape(text: str) -> str:
    """Text that no XML reader takes for markup, in content and in attributes alike."""
    text = legal(text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def kept(spec: str) -> str:
    """The element that carries a spec."""
    return f'<spec xmlns="{SPACE}">{escape(spec)}</spec>'


def found(document: bytes) -> str:
    """The spec that a document carries, "" for none; raises ValueError for what is no XML."""
    import xml.etree.ElementTree as Tree  # nobody who only draws needs a parser

    try:
        root = Tree.fromstring(document)
    except Tree.ParseError as fault:
        raise ValueError(f"this is no XML: {fault}") from fault
    return next((element.text or "" for element in root.iter(f"{{{SPACE}}}spec")), "")
