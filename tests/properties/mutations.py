"""Seeded mutations of specs: bytes, words, lines; and files built to take long or to run something."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from archgraph.compiler import resolved
from tests.properties.graphs import draw

STORY = Path(__file__).parents[2] / "specs" / "story"
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?")
ODD = (
    "0",
    "-1",
    "1",
    "2",
    "1e-4",
    "1e400",
    "-0.0",
    ".nan",
    ".inf",
    "0x1F",
    "0o17",
    "010",
    "999999999999",
    "10**9",
    "2**4096",
    "1/0",
    "layers*layers",
    "true",
    "null",
    "yes",
    "~",
    "in",
    "out",
    "context",
    "index",
    "self",
    "class",
    "forward",
    "y",
    "x",
    "h",
    "T",
    "S",
    "$width",
    "real[]",
    "real[T,T]",
    "tokens(0)[T]",
    "mask[T]",
    "real[cls | T, 4]",
    "rest",
    "prepend",
    "take",
    "''",
    "ζ",
    "→",
    "”",
    "*a",
    "&a",
    "<<",
)
GLUE = (*"{}[]():,-|>&*!#%@`'\"\n\t ", "\r\n", "\ufeff", "\x00", "- ", ": ", "---\n", "-> ", "-[delay]-> ")


@cache
def corpus() -> tuple[str, ...]:
    """Whole specs: the story's, each in one text, and drawn ones."""
    story = [resolved(path, variant="tiny") for path in sorted(STORY.glob("*.yaml"))]
    return (*story, *(draw(seed).text for seed in range(40)))


@cache
def words() -> tuple[str, ...]:
    """Every word of the corpus."""
    return tuple(sorted({word for text in corpus() for word in WORD.findall(text)}))


def of_bytes(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled or put in."""
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 8, 40))
    part = data[at : at + size]
    new = rng.choice((b"", part * 2, bytes(rng.randrange(256) for _ in range(size)), rng.choice(GLUE).encode()))
    return data[:at] + new + data[at + rng.choice((0, size)) :]


def of_words(text: str, rng: random.Random) -> str:
    """One word in place of another."""
    found = list(WORD.finditer(text))
    if not found:
        return text
    place = rng.choice(found)
    new = rng.choice((rng.choice(words()), rng.choice(ODD), rng.choice(found)[0]))
    return text[: place.start()] + new + text[place.end() :]


def of_lines(text: str, rng: random.Random) -> str:
    """A line gone, doubled, moved, indented, or taken from another spec."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[at])
    elif kind == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(at))
    elif kind == 3:
        lines[at] = rng.choice(("  ", " ", "\t", "- ")) + lines[at]
    else:
        lines.insert(at, rng.choice(rng.choice(corpus()).split("\n")))
    return "\n".join(lines)


def of_flows(text: str, rng: random.Random) -> str:
    """What stands between two brackets in place of what stands between two others."""
    found = list(re.finditer(r"\{[^{}\n]*\}|\[[^\[\]\n]*\]", text))
    if not found:
        return text
    place = rng.choice(found)
    new = rng.choice((rng.choice(found)[0], "{}", "[]", f"[{place[0]}]", f"{{a: {place[0]}}}"))
    return text[: place.start()] + new + text[place.end() :]


def mutant(seed: int) -> bytes:
    """The input of a seed."""
    rng = random.Random(seed)
    text = rng.choice(corpus())
    data = b""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        kind = rng.random()
        if kind < 0.55:
            text = of_words(text, rng)
        elif kind < 0.75:
            text = of_lines(text, rng)
        elif kind < 0.85:
            text = of_flows(text, rng)
        else:
            data = of_bytes(text.encode("utf-8", "surrogatepass"), rng)
            text = data.decode("utf-8", "replace")
    return data if data and rng.random() < 0.5 else text.encode("utf-8", "surrogatepass")


BODY = """archgraph: 1
params: {{n: {n}}}
blocks:
  b0: {{params: {{k: 1}}, layers: [{{linear: 4}}]}}
{blocks}
variables:
  y: {{kind: target, type: "real[T, 4]"}}
  y_tilde: prediction
nodes:
  encoder: {{role: encoder, {body}}}
  decoder: {{role: decoder, layers: [{{linear: 4}}]}}
  C: {{role: cost, op: squared_error}}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""


def spec(body: str, *, n: str = "4", blocks: str = "") -> str:
    """A whole spec around one body."""
    return BODY.format(body=body, n=n, blocks=blocks)


def nested(size: int, around: str = "residual: [", end: str = "]") -> str:
    """A body of layers within layers."""
    return f"layers: [{('{' + around) * size}layer_norm{(end + '}') * size}]"


def bombs() -> dict[str, str]:
    """Files made to take long or much memory, by what they do."""
    found: dict[str, str] = {}
    for size in (10, 60, 500, 5_000, 100_000):
        found[f"brackets {size}"] = "[" * size
        found[f"closed brackets {size}"] = "archgraph: " + "[" * size + "]" * size
        found[f"braces {size}"] = "{a: " * size
        found[f"indents {size}"] = "".join(f"{' ' * i}a:\n" for i in range(min(size, 1_500)))
        found[f"dashes {size}"] = "- " * size
        found[f"residuals {size}"] = spec(nested(min(size, 20_000)))
        found[f"repeats {size}"] = spec(nested(min(size, 20_000), "repeat: 2, layers: [", "]"))
        found[f"digits {size}"] = spec("layers: [{linear: n}]", n="9" * size)
        found[f"brackets in arithmetic {size}"] = spec("layers: [{linear: n}]", n="(" * size + "1" + ")" * size)
        found[f"sum {size}"] = spec("layers: [{linear: n}]", n="1" + " + 1" * size)
        found[f"minus {size}"] = spec("layers: [{linear: n}]", n="'" + "-" * size + "1'")
        found[f"tower {size}"] = spec("layers: [{linear: n}]", n="2" + " ** 2" * min(size, 5_000))
        found[f"wide layers {size}"] = spec(f"layers: [{', '.join(['tanh'] * min(size, 20_000))}]")
        found[f"long name {size}"] = spec("layers: [{linear: n}]").replace("encoder", "e" * size)
        found[f"aliases {size}"] = "a0: &a0 [x]\n" + "".join(
            f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, min(size, 5_000))
        )
        found[f"merges {size}"] = "a0: &a0 {x: 1}\n" + "".join(
            f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, min(size, 5_000))
        )
        found[f"exponential blocks {size}"] = spec(
            f"use: b{min(size, 2_000)}",
            blocks="".join(
                f"  b{i}: {{layers: [{{use: b{i - 1}}}, {{use: b{i - 1}}}]}}\n" for i in range(1, min(size, 2_000) + 1)
            ),
        )
        found[f"repeat of {size}"] = spec(f"repeat: {size}, layers: [{{linear: 4}}]")
        found[f"index repeat of {size}"] = spec(f"repeat: {size}, layers: [{{linear: 4 + index * 0}}]")
        found[f"kernel of {size}"] = spec(f"layers: [{{conv1d: {{channels: 4, kernel: {2 * size + 1}}}}}]")
    return found
