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
    """`name = expression`, broken where it is too long: calls of calls at their dots, else at the last bracket."""
    line = f"{INDENT * depth}{name} = {expression}"
    if len(line) <= WIDTH:
        return [line]
    if ", " in name and len(name) > WIDTH // 2:
        names = [f"{INDENT * (depth + 1)}{word}," for word in name.split(", ")]
        return [f"{INDENT * depth}(", *names, *assignment(")", expression, depth)]
    if "(" not in expression or not expression.endswith(")"):
        words = [f"{INDENT * (depth + 1)}{word}" for word in re.split(r" (?=\+ )", expression)]
        return [f"{INDENT * depth}{name} = (", *words, f"{INDENT * depth})"]
    calls = _calls(expression)
    if len(calls) > 2:
        links = [f"{INDENT * (depth + 1)}{call}" for call in calls]
        return [f"{INDENT * depth}{name} = (", *links, f"{INDENT * depth})"]
    return [f"{INDENT * depth}{name} = {expression[: _last(expression) + 1]}", *_inside(expression, depth)]


def _calls(expression: str) -> list[str]:
    """The links of a chain of calls: `f(x)`, `.view(...)`, `.flatten(...)`."""
    found, depth, start = [], 0, 0
    for index, character in enumerate(expression):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character == ")" and expression[index + 1 : index + 2] == ".":
            found.append(expression[start : index + 1])
            start = index + 1
    return [*found, expression[start:]]


def _last(expression: str) -> int:
    """Where the bracket opens that an expression ends with."""
    depth = 0
    for index in range(len(expression) - 1, -1, -1):
        depth += (expression[index] in ")]}") - (expression[index] in "([{")
        if depth == 0:
            return index
    return 0


def _inside(expression: str, depth: int) -> list[str]:
    """What stands in the last bracket, in lines of its own, and the end of the bracket."""
    return [*_parts(expression[_last(expression) + 1 : -1], depth + 1), f"{INDENT * depth})"]


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
        body = [line for word in words for line in _item(word, depth + 1)]
        return [INDENT * depth + inner[0], *body, INDENT * depth + inner[-1]]
    return [line for word in split(inner) for line in _item(word, depth)]


def _item(word: str, depth: int) -> list[str]:
    """One of several, with its comma; broken at its last bracket where it is too long."""
    line = f"{INDENT * depth}{word},"
    if len(line) <= WIDTH or not word.endswith(")"):
        return [line]
    *lines, end = _inside(word, depth)
    return [f"{INDENT * depth}{word[: _last(word) + 1]}", *lines, f"{end},"]


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
