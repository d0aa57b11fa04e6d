"""No text of a spec becomes code: hostile names and labels give the benign source, but for the names."""

from __future__ import annotations

import ast

import pytest
import torch

import archgraph
from tests.emit.samples import executed, values

SPEC = """archgraph: 1
name: {name}
title: {title}
variables:
  {x}: {{kind: input, type: "real[{T}, 4]", label: {label}, math: {label}}}
  {y}: {{kind: target, type: "real[{T}, 2]", label: {label}}}
  {h}: {{kind: hidden, label: {label}}}
  {p}: {{kind: prediction, label: {label}}}
params: {{{n}: 3}}
nodes:
  {a}: {{role: encoder, label: {label}, layers: {{{first}: {{linear: {n}}}, {second}: relu}}}}
  {b}: {{role: decoder, label: {label}, layers: [{{linear: 2}}]}}
  {c}: {{role: cost, op: squared_error, label: {label}}}
edges:
  - {x} -> {a} -> {h} -> {b} -> {p}
  - {y}, {p} -> {c}
"""
KEYS = ("x", "y", "h", "p", "T", "n", "a", "b", "c", "first", "second")
BENIGN = dict(zip(KEYS, ("xx", "yy", "hh", "pp", "LL", "nn9", "aa", "bb", "cc", "one", "two"), strict=True))
LABELS = [
    '"\\"\\"\\"\\nimport os\\nos.system(1)\\n\\"\\"\\""',
    "'\\'",
    '\'"""\'',
    '"{__import__(1)}"',
    '"\\u2028import os"',
    "'</script><script>alert(1)</script>'",
    "'%s {} {0.__class__} $x `id`'",
    "'\\N{BULLET} \\x41'",
    '"\\U0001F525\\u202eabc"',
    "' # type: ignore'",
]
# Names that Python, torch or the emitted file use for something else, and that the language lets an author take.
NAMES = [
    ("TypeVar", "Any", "torch_", "F", "math", "Output", "NamedTuple", "annotations", "Linear", "relu", "losses_"),
    ("len", "sum", "range", "super_", "isinstance", "print", "open", "exec", "exec_", "int", "str"),
    ("given", "capacity", "model", "real", "layer", "y_real", "x_real", "t", "size_T", "hs", "squared_error"),
    ("sum_energy", "Torch", "functional", "Any", "Optional", "C_count", "h_a", "Decoder", "Encoder", "dict", "tuple"),
]


def shape_of(source: str) -> str:
    """The syntax tree with every name, attribute, argument and text numbered by first use, without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    seen: dict[str, str] = {}
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg"):
            word = getattr(node, field, None)
            if isinstance(word, str):
                setattr(node, field, seen.setdefault(word, f"n{len(seen)}"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "text"
    return ast.dump(tree)


def spec(*, label: str = "plain", title: str = "plain", name: str = "benign", **names: str) -> str:
    return SPEC.format(label=label, title=title, name=name, **{**BENIGN, **names})


@pytest.mark.parametrize("label", LABELS)
def test_hostile_labels_leave_the_source_as_it_was(label: str) -> None:
    benign, hostile = archgraph.emit(spec()), archgraph.emit(spec(label=label, title=label))
    assert shape_of(benign) == shape_of(hostile)
    executed(hostile)


HOSTILE = [
    '"A(object):\\n    pass\\nimport os\\nos.system(1)\\nclass B"',
    "'x=print(1)'",
    '"\\"\\"\\"; import os"',
    "'1st model'",
    "'ζ-model'",
    "'real[]'",
    "'class'",
    "'None'",
    "'---'",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_the_spec_leaves_the_source_as_it_was(name: str) -> None:
    report = archgraph.check(spec(name=name))
    if report.ok:
        hostile = archgraph.emit(spec(name=name))
        assert shape_of(archgraph.emit(spec())) == shape_of(hostile)
        executed(hostile)


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_names_that_mean_something_else_are_only_names(names: tuple[str, ...]) -> None:
    taken = dict(zip(KEYS, names, strict=True))
    benign = archgraph.compile(spec(), seed=0)
    text = spec(**taken)
    report = archgraph.check(text)
    assert report.ok, report.diagnostics
    model = archgraph.compile(text, seed=0)
    given, other = values(spec(), LL=5), values(text, **{taken["T"]: 5})
    assert torch.equal(benign(**given).loss, model(**other).loss)
    assert [*model.state_dict()] == [
        f"{taken[a]}.{rest}" for a, rest in (("a", f"{taken['first']}.weight"), ("a", f"{taken['first']}.bias"))
    ] + [f"{taken['b']}.linear.weight", f"{taken['b']}.linear.bias"]


@pytest.mark.parametrize("name", ["class", "forward", "__init__", "x=print(1)", "a b", "a.b", "é", "1a", "", "a\\nb"])
def test_what_is_no_plain_name_is_refused(name: str) -> None:
    for key in ("x", "a", "first"):
        assert not archgraph.check(spec(**{key: f'"{name}"'})).ok


@pytest.mark.parametrize("name", ["torch", "Tensor", "self", "lengths", "max", "range"])
def test_an_observed_variable_does_not_hide_what_the_source_calls(name: str) -> None:
    assert {item.code for item in archgraph.check(spec(y=name)).diagnostics} == {"AG020"}
