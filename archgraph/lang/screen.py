"""What is looked at before YAML is: bytes that are no text, tabs, and characters that came with pasted text."""

from __future__ import annotations

import re

from archgraph.core import limits
from archgraph.core.diagnostic import Collector, Edit
from archgraph.core.source import Source, Span
from archgraph.lang.faults import text as faults

_QUOTES = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"}
_DASHES = {"−": "-", "–": "-", "—": "-"}
_SIGNS = {"→": "->", "⟶": "->", "⇒": "->", "×": "*", "：": ":", "，": ","}
PLAIN = {**_QUOTES, **_DASHES, **_SIGNS, "\u00a0": " ", "\u200b": "", "\ufeff": ""}
PASTED = re.compile(f"[{''.join(PLAIN)}]")
_CALLED = {
    **dict.fromkeys(_QUOTES, "a curly quote"),
    **dict.fromkeys("→⟶⇒", "an arrow"),
    "−": "a minus sign",
    "–": "a dash",
    "—": "a dash",
    "×": "a multiplication sign",
    "：": "a wide colon",
    "，": "a wide comma",
    "\u00a0": "a no-break space",
    "\u200b": "a space of no width",
    "\ufeff": "a byte-order mark",
}


def pasted_message(character: str) -> str:
    """What a pasted character is called, and what stands for it in a spec."""
    plain = f"a plain '{PLAIN[character]}'" if PLAIN[character] else "nothing"
    return f"{_CALLED[character]} (U+{ord(character):04X}) stands where {plain} belongs"


def find_pasted(text: str, span: Span, into: Collector) -> bool:
    """Whether a text that is no free words holds a pasted character; the first is recorded, with all as the fix."""
    first = PASTED.search(text)
    if not first:
        return False
    begin = max(0, span.text.find(first[0])) if first[0] in span.text else 0
    place = span.part(begin, begin + 1) if first[0] in span.text else span
    edits = [Edit(span.part(c.start(), c.end()), PLAIN[c[0]]) for c in PASTED.finditer(span.text)]
    plain = PLAIN[first[0]]
    hint = f"write {plain!r}" if plain else "remove it"
    into.add(faults.PASTED, pasted_message(first[0]), place, hint=hint, fixes=tuple(edits))
    return True


def decode_text(data: bytes, name: str, into: Collector) -> Source:
    r"""The bytes of a file as a source; a byte-order mark is dropped, line ends become `\\n`."""
    if len(data) > limits.BYTES:
        raise into.stop(
            faults.SIZE,
            f"the file holds more than {limits.BYTES:,} bytes, the limit",
            beginning(Source(name, "")),
            hint="split the spec with include or extends",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig")
        source = Source(name, good)
        raise into.stop(
            faults.ENCODING,
            f"byte {data[error.start]:#04x} at offset {error.start} is not UTF-8",
            Span(source, len(good), len(good)),
            hint="save the file as UTF-8",
        ) from None
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def beginning(source: Source) -> Span:
    """The first character of a source."""
    return Span(source, 0, min(1, len(source.text)))


def screen(source: Source, into: Collector) -> None:
    """What would break or mislead the parser, found before it runs; raises Stop."""
    text = source.text
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if bad:
        raise into.stop(
            faults.ENCODING,
            f"the character U+{ord(bad[0]):04X} at offset {len(text[: bad.start()].encode())} is not text",
            Span(source, bad.start(), bad.end()),
            hint="remove it",
        )
    lines = list(re.finditer("[\u0085\u2028\u2029]", text))
    if lines:
        places = [Span(source, found.start(), found.end()) for found in lines]
        raise into.stop(
            faults.PASTED,
            f"a line separator (U+{ord(lines[0][0]):04X}), which some programs take for the end of a line",
            places[0],
            hint="replace it by a space",
            fixes=tuple(Edit(place, " ") for place in places),
        )
    tabs = list(re.finditer(r"^( *)(\t+)", text, re.MULTILINE))
    if tabs:
        places = [Span(source, tab.start(2), tab.end(2)) for tab in tabs]
        plain = not any(tab[1] for tab in tabs)  # among spaces, a tab may stand for any number of them
        raise into.stop(
            faults.TAB,
            "a tab in the indentation; YAML indents with spaces",
            places[0],
            hint="replace the tab by spaces",
            fixes=tuple(Edit(place, "  " * len(place.text)) for place in places) if plain else (),
        )
    _spaces(source, into)


def _spaces(source: Source, into: Collector) -> None:
    """Stop at spaces that are none, in indents and after colons."""
    text = source.text
    space = re.search("^ *([\u00a0\u2000-\u200b\u202f\u3000]+)|:([\u00a0\u2000-\u200b\u202f\u3000]+)", text, re.M)
    if space:
        group = 1 if space[1] else 2
        span = Span(source, space.start(group), space.end(group))
        raise into.stop(
            faults.PASTED,
            f"a no-break space (U+{ord(space[group][0]):04X}) where YAML needs a plain one",
            span,
            hint="replace it by a space",
            fixes=(Edit(span, " " * len(space[group])),),
        )
