"""How emitted lines look: names of classes, shapes in words, lists broken over lines."""

from __future__ import annotations

import re

from archgraph.emit.scope import INDENT, WIDTH
from archgraph.graph.types import TensorType

_BROKEN = re.compile(r"^( *)(.*\w\()\n +(.*[^,\n])\n\1(\).*)$", re.MULTILINE)


def camel(word: str) -> str:
    """`cross_attention` as `CrossAttention`; words already in that form keep it."""
    return "".join(part[:1].upper() + part[1:] for part in word.split("_") if part)


def class_name(text: str) -> str:
    """Any text as the name of a class: its letters, digits and underscores; nothing else of it reaches the source."""
    word = camel(re.sub(r"[^A-Za-z0-9_]", "_", text))
    return word if word.isidentifier() else f"Model{word}"


def plain(text: str) -> str:
    """A text of the spec as a docstring may hold it: nothing that ends it, escapes, or breaks the line."""
    return "".join(c if c.isprintable() and c not in '"\\' else " " for c in text).strip()


def shape(type_: TensorType) -> str:
    """A type as a shape, batch first: `(B, T, 256)`."""
    return f"({', '.join(['B', *[str(axis) for axis in type_.axes]])})" if type_.axes else "(B,)"


def joined(frame: str, words: list[str], depth: int) -> list[str]:
    """`frame` with the words between its brackets, one a line if they do not fit in one."""
    line = INDENT * depth + frame.replace("{}", ", ".join(words))
    if len(line) <= WIDTH:
        return [line]
    head, _, tail = frame.partition("{}")
    inner = INDENT * (depth + 1) + ", ".join(words) + ","
    if len(inner) <= WIDTH and "=" not in inner:
        return [INDENT * depth + head, inner.rstrip(","), INDENT * depth + tail]
    return [
        INDENT * depth + head,
        *[f"{INDENT * (depth + 1)}{word}," for word in words],
        INDENT * depth + tail,
    ]


def assignment(name: str, expression: str, depth: int) -> list[str]:
    """`name = expression`, broken at the outermost bracket where it is too long; so are many names."""
    line = f"{INDENT * depth}{name} = {expression}"
    if len(line) <= WIDTH:
        return [line]
    if ", " in name and len(name) > WIDTH // 2:
        names = [f"{INDENT * (depth + 1)}{word}," for word in name.split(", ")]
        return [f"{INDENT * depth}(", *names, *assignment(")", expression, depth)]
    if "(" not in expression or not expression.endswith(")"):
        words = [f"{INDENT * (depth + 1)}{word}" for word in re.split(r" (?=\+ )", expression)]
        return [f"{INDENT * depth}{name} = (", *words, f"{INDENT * depth})"]
    head, _, inner = expression[:-1].partition("(")
    return [f"{INDENT * depth}{name} = {head}(", *_parts(inner, depth + 1), f"{INDENT * depth})"]


def closed(text: str) -> str:
    """A source whose calls of one broken line stand in one where they fit: arguments may have gone since."""

    def line(found: re.Match[str]) -> str:
        whole = "".join(found.groups())
        return whole if len(whole) <= WIDTH else found[0]

    return _BROKEN.sub(line, text)


def _parts(inner: str, depth: int) -> list[str]:
    line = INDENT * depth + inner
    if len(line) <= WIDTH:
        return [line]
    if inner[:1] in "{[" and inner[-1:] in "}]":
        words = split(inner[1:-1])
        body = [f"{INDENT * (depth + 1)}{word}," for word in words]
        return [INDENT * depth + inner[0], *body, INDENT * depth + inner[-1]]
    return [f"{INDENT * depth}{word}," for word in split(inner)]


def split(text: str) -> list[str]:
    """The parts of a text between commas that stand in no bracket and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts
