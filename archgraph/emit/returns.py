"""The return of a function: its result has a type, also where torch tells none."""

from __future__ import annotations

import ast
from collections.abc import Collection

_START = " " * 8
# What a call of these, or of what they hold, gives is `Any`: torch does not say what modules return.
_MODULES = ("self", "model", "layer")


def returning(lines: list[str], result: str, given: Collection[str]) -> list[str]:
    """The body with its return. `given` are the arguments, which have their types.

    A last assignment to the result is returned at once, unless torch tells no type of it.
    """
    prefix, loose = f"{_START}{result} = ", _loose(lines, given)
    if lines and lines[-1].startswith(prefix) and not lines[-1].endswith(("(", "[", "{")):
        expression = lines[-1].removeprefix(prefix)
        if not _untyped(expression, loose):
            return [*lines[:-1], f"{_START}return {expression}"]
    first = next((place for place, line in enumerate(lines) if line.startswith(prefix)), None)
    words = [line.strip() for line in lines]
    made = [word.removeprefix(prefix.strip()).strip() for word in words if word.startswith(prefix.strip())]
    if first is not None and result not in given and any(_untyped(each, loose - {result}) for each in made):
        lines = [*lines[:first], f"{_START}{result}: Tensor = {lines[first].removeprefix(prefix)}", *lines[first + 1 :]]
    return [*lines, f"{_START}return {result}"]


def _loose(lines: list[str], given: Collection[str]) -> frozenset[str]:
    """The names whose value comes of a module, or of such a name: of those, too, torch tells no types.

    A name keeps the type of its first value, unless it is unpacked later.
    """
    typed, found = set(given), set[str]()
    for line in lines:
        left, _, expression = line.strip().partition(" = ")
        names = {name for name in left.split(", ") if name.isidentifier()} if expression else set[str]()
        new = names - (typed if len(names) == 1 else set())
        (found if new and _untyped(expression, frozenset(found)) else typed).update(new)
    return frozenset(found)


def _untyped(expression: str, loose: frozenset[str] = frozenset()) -> bool:
    """Whether an expression, or the beginning of one that goes on in the next line, is the call of a module.

    `loose` are names that stand for what modules give.
    """
    try:
        called = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return expression.startswith(tuple(f"{name}." for name in _MODULES)) and expression.endswith("(")
    if isinstance(called, ast.BinOp):
        return any(_untyped(ast.unparse(side), loose) for side in (called.left, called.right))
    while isinstance(called, (ast.Call, ast.Attribute, ast.Subscript)):
        called = called.func if isinstance(called, ast.Call) else called.value
    if isinstance(called, ast.Name) and called.id in loose:
        return True
    return isinstance(called, ast.Name) and called.id.rstrip("_0123456789") in _MODULES and called.id != expression
