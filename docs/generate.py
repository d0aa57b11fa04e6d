"""Write the pages that follow from the code: `operations.md`, `errors.md` and `gallery.md`.

    python docs/generate.py            # writes them, beside this file
    python docs/generate.py --check    # exit 1 if one is not what the code says

What a page says of an operation comes from its own description: the arguments from its pydantic model, the types and
the behaviour in time from a spec that holds its example, checked as any other spec.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

import archgraph
from archgraph.cli.library import Shipped, library
from archgraph.compiler import faults
from archgraph.core.limits import SIZE
from archgraph.graph.operation import Operation, Port
from archgraph.graph.program import Value
from archgraph.ops import Operations

HERE = Path(__file__).parent
ROOT = HERE.parent
NOTE = "<!-- Written by docs/generate.py from the code: edit that, and run it. -->"
# What an example may be given, the first that fits; a second source, where there is one, is among the others.
TYPES = (
    "real[T, 64]",
    "tokens(100)[T]",
    "real[64]",
    "real[3, H, W]",
    "real[T, 16]",
    "real[cls | 8, 64]",
    "real[4, 64]",
    "real[4]",
)
OTHERS = {
    "context": ("real[S, 32]",),
    "index": ("tokens(9)[4]",),
    "prediction": ("real[T, 64]", "real[T, 100]", "real[4]"),
    "in": TYPES,
}

# The rule for padding of an operation that has none of its own.
PADDING = "real where all that goes in is real"

STORY = (
    ("One thing at a time", ("autoencoder", "sparse_autoencoder", "denoising_autoencoder", "sequence_autoencoder")),
    ("To predict", ("language_model", "self_attention", "rnn")),
    ("Given something", ("conditional_predictive", "cross_attention", "rnn_seq2seq", "bag_of_words")),
    ("All of it together", ("transformer", "transformer_interleaved", "pronunciation")),
    ("What nobody observes", ("latent_predictive", "variational_autoencoder")),
)
CHAPTERS = (
    ("Text", range(100, 200)),
    ("Schema", range(10, 30)),
    ("Values", range(30, 40)),
    ("Graph", range(40, 60)),
    ("Files", range(60, 70)),
    ("Shapes", range(70, 80)),
    ("Roles", range(80, 90)),
    ("Time", range(90, 100)),
    ("Picture", range(200, 210)),
)


@dataclass(frozen=True)
class Source:
    """A tensor that an example is given: its type, and the edge that brings it."""

    type: str
    edge: str


@dataclass(frozen=True)
class Example:
    """The example of an operation in a spec that is fine: the types of what goes in, what comes out, what it learns."""

    given: tuple[str, ...]
    results: Mapping[str, Value]
    learned: tuple[str, ...] = ()


def example(cls: type[Operation]) -> Example:
    """The example of an operation, in the first spec in which it is fine.

    Raises:
        ValueError: it is fine in none.
    """
    told = ""
    for sources in product(*_sources(cls)):
        report = archgraph.check(_spec(cls, sources))
        if report.program is not None:
            results = report.program.net.nodes["node"].results
            named = {port.split(".")[-1]: value for port, value in results.items()}
            learned = tuple(
                f"`{each.name}` `[{', '.join(map(str, each.shape))}]`"
                for path, leaf in report.program.leaves()
                if path.startswith("node")
                for each in leaf.parameters()
            )
            return Example(tuple(source.type for source in sources), named, learned)
        told = report.diagnostics[0].message
    raise ValueError(f"the example of {cls.name} is fine with no input: {told}")


def _sources(cls: type[Operation]) -> list[list[Source]]:
    """For each port that the example needs, the sources that may fit it."""
    found = []
    for port in cls.inputs:
        # What a residual adds comes from its own layers.
        if port.required and port.name != "branch":
            path = port.name if cls.objective else f"{cls.name}.{port.name}"
            edge = {"in": "-> node", "context": "-[context]-> node"}.get(port.name, f"-> node.{path}")
            sources = [Source(type_, edge) for type_ in OTHERS.get(port.name, TYPES)]
            found += [sources] * (2 if port.many else 1)
    return found


def _spec(cls: type[Operation], sources: tuple[Source, ...]) -> str:
    layer = f"{{{cls.example}}}" if ":" in cls.example else cls.example
    # The clock binds T, for an operation that asks for that axis.
    sources = (*sources, Source("real[T, 1]", "-> clock"))
    lines = ["archgraph: 1", "variables:"]
    kinds = ["parameter" if "|" in source.type else "input" for source in sources]  # what is given has no segments
    lines += [f'  x_{i}: {{kind: {kinds[i]}, type: "{source.type}"}}' for i, source in enumerate(sources)]
    body = f"role: loss, op: {layer}" if cls.objective else f"layers: [{layer}]"
    lines += ["nodes:", "  clock: {layers: [relu]}", f"  node: {{{body}}}", "edges:"]
    lines += [f"  - x_{i} {source.edge}" for i, source in enumerate(sources)]
    return "\n".join(lines) + "\n"


def operations() -> str:
    """The page of all operations."""
    found = list(Operations())
    lines = [
        "# Operations",
        "",
        NOTE,
        "",
        "What may stand in `op:` and `layers:`. A bare name takes no arguments; the argument marked *obvious* may",
        "stand alone. Numbers may be arithmetic over params. Types are without the batch. Each example is checked:",
        "*types* are what goes in and comes out, *time* tells what position t of the output sees of the input.",
        "",
        ", ".join(f"[{cls.name}](#{cls.name})" for cls in found),
    ]
    for cls in found:
        lines += ["", f"## {cls.name}", "", *_operation(cls)]
    return "\n".join(lines) + "\n"


def _operation(cls: type[Operation]) -> list[str]:
    shown = example(cls)
    lines = [f"{_sentence(cls.summary)} {_sentence(_first(cls))}".strip(), ""]
    lines += _arguments(cls)
    lines += [f"- example: `{cls.example}`"]
    given = ", ".join(f"`{type_}`" for type_ in shown.given)
    lines += [f"- types: {given} → " + ", ".join(_result(port, value) for port, value in shown.results.items())]
    lines += [f"- shapes: {_sentence(_rule(cls.shape, Operation.shape, 'what goes in comes out'))}"]
    lines += [f"- time: {_time(cls, shown)}"]
    if not cls.objective:
        lines += [f"- padding: {_sentence(_rule(cls.mask, Operation.mask, PADDING))}"]
    lines += [f"- learns: {', '.join(shown.learned)}"] if shown.learned else []
    ports = _ports(cls)
    lines += [f"- ports: {ports}"] if ports else []
    return [*lines, f"- source: {cls.reference}"]


def _first(cls: type[Operation]) -> str:
    """The first line of the docstring; its backquotes are code in Markdown too."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    # A symbol, such as the x of "x times", keeps its case.
    return f"{text[:1].upper() if text[1:2].isalpha() else text[:1]}{text[1:]}." if text else ""


def _rule(own: Any, base: Any, otherwise: str) -> str:
    """What a rule says of itself in its first line; `otherwise` where it is the one that all operations have."""
    return otherwise if own is base else (inspect.getdoc(own) or "").partition("\n")[0]


def _result(port: str, value: Value) -> str:
    return f"`{value.type}`" if port == "out" else f"`{port}`: `{value.type}`"


def _time(cls: type[Operation], shown: Example) -> str:
    rule = _sentence(_rule(cls.flow, Operation.flow, "nothing mixes"))
    if cls.objective or "T" not in shown.given[0]:
        return rule
    value = next(iter(shown.results.values()))
    told = [_seen(value, f"x_{i}") for i in range(len(shown.given))]
    if set(told) == {""}:
        return rule
    names = ("the input", "the context") if len(set(told)) == 2 else ("the input",)
    seen = [f"{what} of {name}" for what, name in zip(told, names, strict=False)]
    return f"{rule} In the example, t {', and '.join(seen)}."


def _seen(value: Value, name: str) -> str:
    """What the output sees of an input, such as "sees up to t"; "" where the input has no free axis that stays."""
    lags = value.time.get(name)
    if lags is None:
        return ""
    return " and ".join(dict.fromkeys(str(bound) for bound in lags.bounds)).replace("all of it", "all")


def _arguments(cls: type[Operation]) -> list[str]:
    schema = cls.model_json_schema()
    found = schema.get("properties", {})
    if not found:
        return []
    lines = ["| argument | what it is | takes | default |", "| --- | --- | --- | --- |"]
    for name, told in found.items():
        mark = " (obvious)" if name == cls.obvious else ""
        default = "required" if name in schema.get("required", ()) else _default(told.get("default"))
        lines.append(f"| `{name}`{mark} | {cls.meaning(name)} | {_takes(told)} | {default} |")
    return [*lines, ""]


def _default(value: object) -> str:
    if value in (None, {}, []):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _takes(told: Mapping[str, Any]) -> str:
    """The values that an argument takes, from its JSON schema."""
    if "enum" in told:
        return ", ".join(f"`{word}`" for word in told["enum"])
    if "anyOf" in told:
        kinds = [kind for kind in told["anyOf"] if kind.get("description") != "arithmetic over params"]
        return " or ".join(_takes(kind) for kind in kinds if kind.get("type") != "null")
    if told.get("type") == "object":
        return "a mapping of names to numbers"
    words = {"boolean": "true or false", "string": "a word or text"}
    return words.get(told.get("type", ""), "") or _number(told)


def _number(told: Mapping[str, Any]) -> str:
    kind = "a whole number" if told.get("type") == "integer" else "a number"
    limits = [("minimum", "from {}"), ("exclusiveMinimum", "above {}"), ("maximum", "to {}")]
    limits += [("exclusiveMaximum", "below {}")]
    told = {key: value for key, value in told.items() if value != SIZE}
    return " ".join([kind, *[form.format(f"{told[key]:,}") for key, form in limits if key in told]])


def _ports(cls: type[Operation]) -> str:
    """The ports that are not just one in and one out."""
    if [port.name for port in (*cls.inputs, *cls.outputs)] == ["in", "out"] and not cls.inputs[0].many:
        return ""
    given = ", ".join(f"`{port.name}`{_often(port)}" for port in cls.inputs)
    return f"{given} → " + ", ".join(f"`{port.name}`" for port in cls.outputs)


def _often(port: Port) -> str:
    return " (several)" if port.many else "" if port.required else " (may be left out)"


def errors() -> str:
    """The page of all faults."""
    known = faults()
    lines = [
        "# Errors",
        "",
        NOTE,
        "",
        "Every code that `archgraph check` may report. `archgraph explain CODE` tells the long story of one, with a",
        "bad and a good example. Codes are stable: what a code means does not change. A fault that may be turned",
        "into a warning, by `allow: [CODE]` in the spec, is marked.",
    ]
    placed: set[str] = set()
    for title, numbers in CHAPTERS:
        codes = [code for code in known if int(code.removeprefix("AG")) in numbers]
        placed |= set(codes)
        lines += ["", f"## {title}", "", "| code | what it is | |", "| --- | --- | --- |"]
        lines += [f"| {code} | {known[code].title} | {_mark(code)} |" for code in codes]
    missing = sorted(set(known) - placed)
    if missing:
        raise ValueError(f"no chapter for {', '.join(missing)}")
    return "\n".join(lines) + "\n"


def _mark(code: str) -> str:
    fault = faults()[code]
    return "may be allowed" if fault.role else "a warning" if fault.warning else ""


def gallery() -> str:
    """The page of the specs that ship, in the order of the story."""
    specs = library()
    lines = ["# Gallery", "", NOTE, ""]
    lines += ["The specs that ship, in the order in which they tell the story. `archgraph new NAME` copies one.", ""]
    lines += ["All of the story on one sheet: [dark](../renders/story/sheet.png), "]
    lines[-1] += "[light](../renders/story/sheet-light.png)."
    told = {name for _, names in STORY for name in names}
    more = ("More", tuple(name for name in specs if name not in told))
    for title, names in (*STORY, more):
        lines += ["", f"## {title}"] if names else []
        for name in names:
            lines += ["", *_spec_card(specs[name])]
    return "\n".join(lines) + "\n"


def _spec_card(spec: Shipped) -> list[str]:
    """What a spec is, what it teaches, and its picture."""
    report = archgraph.check(spec.path)
    title = report.program.graph.title if report.program else spec.name
    file = spec.path.relative_to(ROOT / "specs").as_posix()
    lines = [f"### {title}", "", f"{spec.teaches} [`{spec.name}`](../specs/{file}): {report.classification}."]
    lines += _pictured(Path(file).parent.as_posix(), spec.name, title)
    new = _pictured("steps", spec.name, f"What is new in: {title}")
    return [*lines, *(["", "What is new in it:"] if new else []), *new]


def _pictured(folder: str, name: str, title: str) -> list[str]:
    """A picture as the reader's screen has it, dark or light, with what to take home."""
    dark, light = (f"../renders/{folder}/{theme}/{name}" for theme in ("dark", "light"))
    # A new spec is drawn by `make renders`, and has no picture before.
    if not (HERE / f"{dark}.png").is_file():
        return []
    source = f'<source media="(prefers-color-scheme: light)" srcset="{light}.png">'
    files = ", ".join(
        f"[{theme} {ending.upper()}]({path}.{ending})"
        for theme, path in (("dark", dark), ("light", light))
        for ending in ("svg", "png")
    )
    return ["", f'<picture>{source}<img alt="{escape(title)}" src="{dark}.png"></picture>', "", f"Files: {files}."]


PAGES = {"operations.md": operations, "errors.md": errors, "gallery.md": gallery}


def stale() -> list[str]:
    """The pages that are not what the code says."""
    return [
        name
        for name, write in PAGES.items()
        if not (HERE / name).is_file() or (HERE / name).read_text(encoding="utf-8") != write()
    ]


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description="Write the pages of docs that follow from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    if parser.parse_args().check:
        for name in stale():
            print(f"docs/{name} is stale: run python docs/generate.py")
        return 1 if stale() else 0
    for name, write in PAGES.items():
        (HERE / name).write_text(write(), encoding="utf-8", newline="\n")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
