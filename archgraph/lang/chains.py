"""Edge chains: `a, b -[delay 2, context]-> c.port -> d` as elementary edges, with positions inside the text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from archgraph.core.diagnostic import Collector, Edit
from archgraph.core.source import Scalar, Span, Tree
from archgraph.core.suggest import hint
from archgraph.lang.faults import schema as faults
from archgraph.lang.faults import text as text_faults
from archgraph.lang.screen import find_pasted
from archgraph.lang.spec import EdgeSpec, EndSpec

KINDS = ("delay", "context", "initial", "stop")
_ARROW = re.compile(r"-\[([^\]]*)\]->|->")
_COMMA = re.compile(r",(?![^(]*\))")  # those of max(a, b) are not between kinds
_END = re.compile(r"([A-Za-z]\w*)((?:\.\w+)*)\Z")


class _Arrow(NamedTuple):
    kinds: frozenset[str]
    steps: str


class _Group(NamedTuple):
    """What stands between two arrows: ends side by side, or (`split`) ends that take a port each by name."""

    ends: tuple[EndSpec, ...]
    split: bool


def parse_chain(scalar: Scalar, into: Collector) -> list[EdgeSpec]:
    """The elementary edges of one chain; faults are recorded and give fewer edges."""
    text, span = str(scalar.value), _inner(scalar)
    if find_pasted(text, span, into):
        return []
    matches = list(_ARROW.finditer(text))
    if not matches:
        into.add(faults.CHAIN, f"'{text}' has no arrow", span, hint=_redrawn(text))
        return []
    stops = [0, *[match.end() for match in matches]]
    starts = [*[match.start() for match in matches], len(text)]
    groups = [_group(text, span, a, b, into) for a, b in zip(stops, starts, strict=True)]
    arrows = [_arrow(match, span, into) for match in matches]
    edges: list[EdgeSpec] = []
    for (left, right), arrow in zip(pairwise(groups), arrows, strict=True):
        if left is not None and right is not None and arrow is not None:
            edges += _pairs(left, right, arrow)
    return edges


def cut_chain(left: Tree, right: Tree, into: Collector) -> bool:
    """Whether two items of a flow list are one chain that YAML cut at its comma; recorded, with the quotes it needs."""
    words = [item for item in (left, right) if isinstance(item, Scalar) and isinstance(item.value, str)]
    if len(words) < 2 or any(item.quoted for item in words):
        return False
    first, second = str(words[0].value), str(words[1].value)
    if _ARROW.search(first) or not _END.match(first) or not _ARROW.search(second):
        return False
    span = Span(left.span.source, left.span.start, right.span.stop)
    into.add(
        text_faults.FLOW,
        f"'{span.text}' stands unquoted between brackets, where YAML reads its commas as its own",
        span,
        hint="quote it",
        fixes=(Edit(span, f'"{span.text}"'),),
    )
    return True


def _inner(scalar: Scalar) -> Span:
    """The span of the text itself, without quotes; for folded text, of the whole scalar."""
    span = scalar.span
    if scalar.quoted and span.text[1:-1] == scalar.value:
        return Span(span.source, span.start + 1, span.stop - 1)
    return span


def _redrawn(text: str) -> str:
    """How a chain is written whose arrows are none, or point the other way."""
    if "<-" in text:
        turned = " -> ".join(part.strip(" -") for part in reversed(text.split("<-")))
        return f"arrows point to the right: '{turned}'"
    redrawn = re.sub(r"\s*(?:==?>|--+|~>|>>?)\s*", " -> ", text).strip()
    if redrawn != text and _ARROW.search(redrawn):
        return f"write '{redrawn}'"
    called = re.fullmatch(r"(?:\s*(\w+)\s*=)?\s*(\w+)\s*\(([^()]*)\)\s*", text)
    if called:
        return f"write '{called[3].strip()} -> {called[2]}{f' -> {called[1]}' if called[1] else ''}'"
    return "write 'a -> b' or 'a -[delay]-> b'"


def _named(text: str, word: str) -> str:
    """What to write in place of a word in a chain that is no name."""
    if "[" in word or re.search(r"-\s*\(", word):
        return "a kind stands inside its arrow: 'a -[delay]-> b'"
    if re.search(r"-\s*-?\s*>?$|->?\s", word + " ") or "- >" in word:
        return "an arrow is '->', without a gap and with one line"
    called = re.fullmatch(r"(\w+)\s*\((\w+)\)", word)
    if called:
        return f"write '{called[2]} -> {called[1]}'"
    names = re.findall(r"[A-Za-z]\w*", word)
    if len(names) > 1 and re.fullmatch(r"[\w\s+&;()]+", word):
        return f"write them with commas: '{', '.join(names)}'"
    if re.search(r"[()]", word):
        return "write what stands side by side with commas and without brackets: 'a, b -> c'"
    return "names are letters, digits and '_'"


def _pairs(left: _Group, right: _Group, arrow: _Arrow) -> list[EdgeSpec]:
    edges = []
    for a in left.ends:
        for b in right.ends:
            source = EndSpec(a.name, b.name, a.span) if right.split and not left.split and not a.port else a
            target = EndSpec(b.name, a.name, b.span) if left.split and not right.split and not b.port else b
            span = Span(a.span.source, a.span.start, max(b.span.stop, a.span.stop))
            edges.append(EdgeSpec(source, target, arrow.kinds, span, arrow.steps))
    return edges


def _group(text: str, span: Span, start: int, stop: int, into: Collector) -> _Group | None:
    piece = text[start:stop]
    mark = "|" if "|" in piece else ","
    ends, at = [], start
    for part in piece.split(mark):
        left = at + len(part) - len(part.lstrip())
        word = part.strip()
        found = _END.match(word)
        at += len(part) + 1
        place = span.part(left, left + max(1, len(word)))
        if not found:
            what = f"'{word}' is not a name" if word else "a name is missing"
            into.add(faults.CHAIN, f"{what} in '{text.strip()}'", place, hint=_named(text, word))
            return None
        ends.append(EndSpec(found[1], found[2][1:], place))
    return _Group(tuple(ends), mark == "|")


def _arrow(match: re.Match[str], span: Span, into: Collector) -> _Arrow | None:
    if match[1] is None:
        return _Arrow(frozenset(), "")
    kinds, steps = set(), ""
    for part in _COMMA.split(match[1]):
        kind, _, rest = part.strip().partition(" ")
        place = span.part(match.start(1), match.end(1))
        if kind not in KINDS:
            steps = f"write '{kind.split('=')[0] if '=' in kind else 'delay'} {kind.split('=')[-1]}'"
            mend = steps if kind.split("=")[-1].isdigit() else hint(kind, KINDS)
            into.add(faults.CHAIN, f"unknown kind of edge '{kind}'", place, hint=mend)
            return None
        if rest and kind != "delay":
            into.add(faults.CHAIN, f"'{kind}' takes no number", place, hint="only a delay has steps: -[delay 2]->")
            return None
        if kind in kinds:
            what = f"'{kind}' stands twice in one arrow"
            into.add(faults.CHAIN, what, place, hint="write it once; a longer delay is -[delay 2]->")
            return None
        kinds.add(kind)
        steps = rest.strip() or steps
    return _Arrow(frozenset(kinds), steps)
