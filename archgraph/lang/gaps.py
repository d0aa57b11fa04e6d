"""What stands between the values of a text: comments, which are kept, and tabs, which are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgraph.core.diagnostic import Collector, Edit
from archgraph.core.source import Comment, Scalar, Sequence, Source, Span, Tree
from archgraph.lang.faults import text as faults


def _scalars(tree: Tree) -> Iterator[Span]:
    stack = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, Scalar):
            yield item.span
        elif isinstance(item, Sequence):
            stack.extend(item.items)
        else:
            for entry in item.entries:
                yield entry.key.span
                stack.append(entry.value)


def no_tabs(source: Source, root: Tree, comments: tuple[Comment, ...], into: Collector) -> None:
    """Stop at a tab between words; in quotes and comments it is text."""
    if "\t" not in source.text:
        return
    covered = sorted((span.start, span.stop) for span in (*_scalars(root), *(each.span for each in comments)))
    at = 0
    for found in re.finditer("\t+", source.text):
        while at < len(covered) and covered[at][1] <= found.start():
            at += 1
        if at < len(covered) and covered[at][0] <= found.start() and source.text[covered[at][0]] in "\"'#|>":
            continue
        span = Span(source, found.start(), found.end())
        raise into.stop(
            faults.TAB,
            "a tab between words; YAML parts them with spaces",
            span,
            hint="replace the tab by a space",
            fixes=(Edit(span, " "),),
        )


def comments_of(source: Source, root: Tree) -> Iterator[Comment]:
    """Every comment of a source, in order; what looks like one inside a value is none."""
    if "#" not in source.text:
        return
    covered = sorted((span.start, span.stop) for span in _scalars(root))
    at, text = 0, source.text
    for found in re.finditer(r"(?:^|(?<=\s))#[^\n]*", text):
        while at < len(covered) and covered[at][1] <= found.start():
            at += 1
        if at < len(covered) and covered[at][0] <= found.start() < covered[at][1]:
            continue
        yield Comment(found[0], Span(source, found.start(), found.end()))
