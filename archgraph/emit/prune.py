"""What nothing in an emitted file uses, left out: helpers of options that this model does not have."""

from __future__ import annotations

import ast


def prune(text: str) -> str:
    """The text without the classes and functions that its last class does not reach."""
    tree = ast.parse(text)
    parts = {part.name: part for part in tree.body if isinstance(part, (ast.ClassDef, ast.FunctionDef))}
    needs = {name: _names(part) & parts.keys() for name, part in parts.items()}
    kept, ahead = set[str](), [tree.body[-1].name] if parts and isinstance(tree.body[-1], ast.ClassDef) else list(parts)
    while ahead:
        name = ahead.pop()
        if name not in kept:
            kept.add(name)
            ahead += sorted(needs[name])
    lines = text.splitlines(keepends=True)
    for part in reversed([part for name, part in parts.items() if name not in kept]):
        stop = part.end_lineno or part.lineno
        while stop < len(lines) and not lines[stop].strip():
            stop += 1
        del lines[part.lineno - 1 : stop]
    return "".join(lines)


def _names(part: ast.AST) -> set[str]:
    """Every name in a part, in annotations too."""
    return {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
