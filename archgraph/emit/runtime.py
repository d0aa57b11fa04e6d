"""Runtime layers as text: the classes and functions of `archgraph.nn` that an emitted file carries along."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

STEPPING = ("start", "step", "read", "room")
BUILTIN = ("torch", "nn", "F", "Tensor", "math", "Any")


class Piece(NamedTuple):
    """One class or function of a runtime file: its text, what it needs, and where it stood."""

    name: str
    text: str
    needs: tuple[str, ...]
    imports: frozenset[str]


@cache
def _module(name: str) -> tuple[str, ast.Module]:
    text = (files("archgraph") / "nn" / f"{name}.py").read_text(encoding="utf-8")
    return text, ast.parse(text)


@cache
def names() -> frozenset[str]:
    """Every class and function of the runtime, so that emitted names can avoid them."""
    modules = [file.name[:-3] for file in (files("archgraph") / "nn").iterdir() if file.name.endswith(".py")]
    nodes = [node for module in modules for node in _module(module)[1].body]
    return frozenset(node.name for node in nodes if isinstance(node, (ast.ClassDef, ast.FunctionDef)))


@cache
def _find(module: str, name: str, stepping: bool) -> Piece:
    text, tree = _module(module)
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == name:
            return _piece(text, node, tree, module, stepping)
    raise LookupError(f"the runtime has no {module}.{name}")


def _piece(text: str, node: ast.ClassDef | ast.FunctionDef, tree: ast.Module, module: str, stepping: bool) -> Piece:
    lines = text.splitlines()
    dropped = [] if stepping or not isinstance(node, ast.ClassDef) else _stepping(node)
    used = {n.id for part in _parts(node, dropped) for n in ast.walk(part) if isinstance(n, ast.Name)}
    kept = [line for number, line in enumerate(lines, 1) if node.lineno <= number <= (node.end_lineno or 0)]
    start = node.lineno
    for method in reversed(dropped):
        first = min([method.lineno, *[d.lineno for d in method.decorator_list]]) - start
        del kept[first - (1 if first and not kept[first - 1].strip() else 0) : (method.end_lineno or 0) - start + 1]
    own = {n.name for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
    needs = [f"{module}.{name}" for name in sorted(used & own - {node.name})]
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("archgraph.nn."):
            home = (statement.module or "").rpartition(".")[2]
            needs += [f"{home}.{alias.name}" for alias in statement.names if alias.name in used]
    return Piece(node.name, "\n".join(kept).rstrip(), tuple(needs), frozenset(used & set(BUILTIN)))


def _bases(path: str) -> Iterator[str]:
    """What a class derives from, in the runtime."""
    module, _, name = path.partition(".")
    tree = _module(module)[1]
    node = next((part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == name), None)
    base = node.bases[0].id if node is not None and node.bases and isinstance(node.bases[0], ast.Name) else ""
    homes = {part.name: module for part in tree.body if isinstance(part, ast.ClassDef)}
    for part in tree.body:
        if isinstance(part, ast.ImportFrom) and (part.module or "").startswith("archgraph.nn."):
            homes |= {alias.name: (part.module or "").rpartition(".")[2] for alias in part.names}
    if base in homes:
        yield f"{homes[base]}.{base}"
        yield from _bases(f"{homes[base]}.{base}")


def _stepping(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name in STEPPING]


def _parts(node: ast.ClassDef | ast.FunctionDef, dropped: list[ast.FunctionDef]) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef):
        yield node
        return
    yield from node.bases
    yield from (part for part in node.body if part not in dropped)


def carried(wanted: Iterable[str], stepping: Iterable[str] = ()) -> list[Piece]:
    """The pieces for `wanted` (`module.Name`) and all that they need, needs first, each once.

    Those of `stepping`, and what they derive from, keep the methods by which they go step by step.
    """
    found: dict[str, Piece] = {}
    stepped = {path for each in stepping for path in (each, *_bases(each))}

    def visit(path: str) -> None:
        if path in found:
            return
        module, _, name = path.partition(".")
        piece = _find(module, name, path in stepped)
        for need in piece.needs:
            visit(need)
        found[path] = piece

    for path in wanted:
        visit(path)
    return list(found.values())
