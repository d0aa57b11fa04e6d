"""Text to a located tree: strict YAML over parse events, with depth and count checked at each.

The tree is built here because libyaml's own composer crashes on deep nesting and the pure one recurses, and because
the core schema is wanted: `1e-4` is a number, `on` is a word, `010` is ten, `12:30` is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from archgraph.core import limits
from archgraph.core.diagnostic import Collector, Edit, Note, Stop
from archgraph.core.source import Document, Entry, Mapping, Scalar, Sequence, Source, Span, Tree
from archgraph.lang.faults import text as faults
from archgraph.lang.gaps import comments_of, no_tabs
from archgraph.lang.screen import PASTED, PLAIN, beginning, find_pasted, pasted_message, screen

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | float | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)\Z")
_PARSER: Any = getattr(yaml, "CLoader", yaml.Loader)


def read(source: Source, into: Collector) -> Document:
    """The document of a source. A fault of the text is recorded and ends the reading (raises Stop)."""
    screen(source, into)
    root = _Reader(source, into).document()
    if not isinstance(root, Mapping):
        raise into.stop(
            faults.ROOT,
            f"a spec is a mapping of keys, not {describe(root)}",
            root.span,
            hint="begin with 'archgraph: 1'",
        )
    comments = tuple(comments_of(source, root))
    no_tabs(source, root, comments, into)
    return Document(root, comments, source)


def describe(tree: Tree) -> str:
    """What a value is, in words."""
    if isinstance(tree, Sequence):
        return "a list"
    if isinstance(tree, Mapping):
        return "a mapping"
    value = tree.value
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, str):
        return f"the text '{value if len(value) <= 40 else value[:37] + '...'}'"
    shown = str(value)
    return f"the number {shown if len(shown) <= 24 else shown[:21] + '...'}"


@dataclass
class _Frame:
    """A list or mapping being read."""

    kind: str
    start: int
    flow: bool
    items: list[Tree] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None


class _Reader:
    """Builds the tree with a stack of its own, so that depth costs nothing but is bounded."""

    def __init__(self, source: Source, into: Collector) -> None:
        self.source, self.into = source, into
        self.stack: list[_Frame] = []
        self.root: Tree | None = None
        self.count = 0
        self.documents = 0

    def document(self) -> Tree:
        """The root value."""
        for event in self._events():
            self._take(event)
        if self.root is None or (isinstance(self.root, Scalar) and self.root.value is None):
            raise self.into.stop(
                faults.EMPTY, "the file is empty", beginning(self.source), hint="begin with 'archgraph: 1'"
            )
        return self.root

    def _events(self) -> Iterator[Any]:
        loader = _PARSER(self.source.text)
        try:
            while loader.check_event():
                yield loader.get_event()
        except yaml.YAMLError as error:
            raise self._syntax(error) from None
        finally:
            loader.dispose()

    def _syntax(self, error: yaml.YAMLError) -> Exception:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        at = min(mark.index, len(self.source.text)) if mark else 0
        problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
        open_frames = [frame for frame in self.stack if frame.flow]
        span = Span(self.source, at, min(at + 1, len(self.source.text)))
        pasted = self._pasted_line(at)
        if pasted:
            return pasted
        if open_frames:
            start = open_frames[-1].start
            opening = Span(self.source, start, start + 1)
            flow = self._unquoted(start, at)
            if flow:
                return flow
            return self.into.stop(
                faults.SYNTAX,
                f"the bracket '{opening.text}' is not closed as it should be",
                opening,
                hint="close it, or quote a value that holds brackets, commas or colons",
                notes=(Note("reading stopped here: " + problem, span),),
            )
        return self.into.stop(
            faults.SYNTAX,
            f"not YAML: {problem}",
            span,
            hint="check indentation, colons and quotes, here and in the line before",
        )

    def _pasted_line(self, at: int) -> Exception | None:
        line = self.source.position(at)[0]
        begin = self.source.text.rfind("\n", 0, at) + 1
        found = PASTED.search(self.source.line(line))
        if not found:
            return None
        quotes = re.finditer("[“”„«»‘’]" if found[0] in "“”„«»‘’" else re.escape(found[0]), self.source.line(line))
        spans = [Span(self.source, begin + other.start(), begin + other.end()) for other in quotes]
        return self.into.stop(
            faults.PASTED,
            pasted_message(found[0]),
            spans[0],
            hint=f"write {PLAIN[found[0]]!r}",
            fixes=tuple(Edit(span, PLAIN[span.text]) for span in spans),
        )

    def _unquoted(self, start: int, at: int) -> Exception | None:
        """A chain or a type in flow style, which YAML cuts at commas, brackets and colons."""
        line = self.source.text[start : self.source.text.find("\n", at) if "\n" in self.source.text[at:] else None]
        found = re.search(
            r"(?:[A-Za-z_]\w*\([^)\n\"']*\)\[[^]\n]*\])|(?:real|mask)\[[^]\n]*\]|[\w.]+ *-\[.*?\]-> *[\w.]+",
            line,
        )
        if not found or line[: found.start()].count('"') % 2:
            return None
        return self._quote(Span(self.source, start + found.start(), start + found.end()))

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.AliasEvent):
            raise self._alias(event, f"the alias '*{event.anchor}'")
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self._close(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.into.stop(
                faults.DOCUMENTS,
                "a second document begins here; a file holds one spec",
                self._span(event),
                hint="put it in a file of its own",
            )

    def _alias(self, event: Any, what: str) -> Exception:
        return self.into.stop(
            faults.ALIAS,
            f"{what} is not part of the language",
            self._span(event),
            hint="use params, blocks or extends",
        )

    def _common(self, event: Any) -> None:
        self.count += 1
        if self.count > limits.NODES:
            raise self.into.stop(
                faults.COUNT,
                f"more than {limits.NODES:,} values in one file",
                self._span(event),
                hint="use repeat and blocks",
            )
        if event.anchor is not None:
            raise self._alias(event, f"the anchor '&{event.anchor}'")
        if event.tag is not None and event.tag != "!":
            raise self.into.stop(
                faults.TAG,
                f"the tag '{event.tag}' is not part of the language",
                self._span(event),
                hint="remove it",
            )

    def _open(self, event: Any) -> None:
        self._common(event)
        if len(self.stack) >= limits.DEPTH:
            raise self.into.stop(
                faults.DEPTH,
                f"nested more than {limits.DEPTH} deep",
                self._span(event),
                hint="name the parts as blocks",
            )
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.kind == "mapping" and frame.key is None:
            what = "a list" if isinstance(event, yaml.SequenceStartEvent) else "a mapping"
            raise self.into.stop(faults.KEY, f"{what} stands as a key", self._span(event), hint="keys are words")
        kind = "sequence" if isinstance(event, yaml.SequenceStartEvent) else "mapping"
        self.stack.append(_Frame(kind, event.start_mark.index, bool(event.flow_style)))

    def _close(self, event: Any) -> None:
        frame = self.stack.pop()
        stop = event.end_mark.index if frame.flow else self._last(frame)
        span = Span(self.source, frame.start, stop)
        if frame.flow:
            self._cut_call(frame)
        if frame.kind == "sequence":
            self._add(Sequence(tuple(frame.items), span, frame.flow))
        else:
            self._add(Mapping(tuple(frame.entries), span, frame.flow))

    def _cut_call(self, frame: _Frame) -> None:
        """Stop at a call such as `min(a, b)`, which YAML cut at its comma into two items."""
        pairs: list[tuple[Tree, Tree]] = list(pairwise(frame.items))
        pairs += [(left.value, right.key) for left, right in pairwise(frame.entries) if _blank(right.value)]
        for left, right in pairs:
            if _opens(left) and _closes(right):
                raise self._quote(Span(self.source, left.span.start, right.span.stop))

    def _quote(self, span: Span) -> Exception:
        return self.into.stop(
            faults.FLOW,
            f"'{span.text}' stands unquoted between brackets, where YAML reads its commas and brackets as its own",
            span,
            hint="quote it",
            fixes=(Edit(span, f'"{span.text}"'),),
        )

    def _last(self, frame: _Frame) -> int:
        last = frame.items[-1].span.stop if frame.items else frame.entries[-1].value.span.stop if frame.entries else 0
        return max(frame.start, last)

    def _add(self, tree: Tree) -> None:
        if not self.stack:
            self.root = tree
            return
        frame = self.stack[-1]
        if frame.kind == "sequence":
            frame.items.append(tree)
        elif frame.key is None:
            frame.key = self._key(frame, tree)
        else:
            frame.entries.append(Entry(frame.key, tree))
            frame.key = None

    def _key(self, frame: _Frame, tree: Tree) -> Scalar:
        if not isinstance(tree, Scalar) or not isinstance(tree.value, str):
            raise self.into.stop(faults.KEY, f"{describe(tree)} stands as a key", tree.span, hint="keys are words")
        if tree.value == "<<" and not tree.quoted:
            raise self.into.stop(
                faults.ALIAS,
                "the merge key '<<' is not part of the language",
                tree.span,
                hint="use extends or blocks",
            )
        if not tree.quoted and find_pasted(tree.value, tree.span, self.into):
            raise Stop(f"the key {tree.value!r}")
        first = frame.keys.get(tree.value)
        if first is not None:
            raise self.into.stop(
                faults.DUPLICATE,
                f"the key '{tree.value}' is given twice in one mapping",
                tree.span,
                hint="remove one",
                notes=(Note("first given here", first.span),),
            )
        frame.keys[tree.value] = tree
        return tree

    def _scalar(self, event: Any) -> Scalar:
        self._common(event)
        span = self._span(event)
        quoted = event.style in ("'", '"', "|", ">")
        if quoted:
            return Scalar(event.value, span, True)
        text = event.value
        if len(text) > limits.DIGITS and (_INTEGER.match(text) or _FLOAT.match(text)):
            raise self.into.stop(
                faults.DIGITS,
                f"a number of {len(text):,} digits; the limit is {limits.DIGITS}",
                span,
                hint="no size or rate needs that many",
            )
        return Scalar(resolve(text), span)

    def _span(self, event: Any) -> Span:
        return Span(self.source, event.start_mark.index, max(event.end_mark.index, event.start_mark.index))


def _blank(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and tree.value is None


def _opens(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and not tree.quoted and "(" in tree.span.text.rpartition(")")[2]


def _closes(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and not tree.quoted and ")" in tree.span.text.partition("(")[0]


def resolve(text: str) -> str | int | float | bool | None:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        return float(text)
    infinite = _INFINITE.match(text)
    if infinite:
        return float(f"{infinite[1]}inf")
    return text
