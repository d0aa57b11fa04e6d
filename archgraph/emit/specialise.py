"""Runtime layers made plain: options that every use in a file leaves alike become constants, and are worked out.

A layer of `archgraph.nn` has options that one model rarely uses. Where all its constructors in an emitted file agree on
one, the option leaves the signature, the calls and the code, as a person would have written it. The text is edited at
the places that the syntax tree gives; nothing is printed from the tree, so every Python version gives the same bytes.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archgraph.emit.layout import joined

# Arguments of torch that say what torch does anyway.
DEFAULTS: Mapping[str, object] = {"bias": True, "dropout_p": 0.0, "is_causal": False}
_UNKNOWN = object()


def specialise(text: str) -> str:
    """An emitted file with the options of its layers settled, where all uses agree."""
    tree = ast.parse(text)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    settled = {name: _settled(node, _uses(calls, _family(name, classes))) for name, node in classes.items()}
    edits: list[tuple[int, int, str]] = []
    file = _File(text)
    for node in classes.values():
        owner = _owner(node, classes)
        options = settled.get(owner, {})
        if options:
            edits.append((*file.span(node), _Class(file, node, options, classes[owner]).rewritten()))
    dropped = {name: frozenset(settled.get(_owner(node, classes), ())) for name, node in classes.items()}
    for call in _uses(calls, frozenset(name for name, gone in dropped.items() if gone)):
        if not any(file.inside(call, start, stop) for start, stop, _ in edits):
            edits.append((*file.span(call), _Fold(file, {}, {}, dropped).call(call)))
    return file.edited(edits)


def _owner(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> str:
    """The class whose constructor a class has."""
    while _constructor(node) is None and node.bases and isinstance(node.bases[0], ast.Name):
        base = classes.get(node.bases[0].id)
        if base is None:
            break
        node = base
    return node.name


def _family(name: str, classes: Mapping[str, ast.ClassDef]) -> frozenset[str]:
    return frozenset(other for other, node in classes.items() if _owner(node, classes) == name)


def _constructor(node: ast.ClassDef) -> ast.FunctionDef | None:
    return next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _uses(calls: list[ast.Call], names: frozenset[str]) -> list[ast.Call]:
    return [call for call in calls if _called(call) in names]


def _settled(node: ast.ClassDef, calls: list[ast.Call]) -> dict[str, object]:
    """The keyword options on which all uses agree, each with its value."""
    init = _constructor(node)
    if init is None or not calls:
        return {}
    found: dict[str, object] = {}
    for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True):
        usual = default.value if isinstance(default, ast.Constant) else _UNKNOWN
        values = {_passed(call, argument.arg, usual) for call in calls}
        if len(values) == 1 and _UNKNOWN not in values:
            found[argument.arg] = values.pop()
    return found


def _passed(call: ast.Call, name: str, usual: object) -> object:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value.value if isinstance(keyword.value, ast.Constant) else _UNKNOWN
    return usual


class _File:
    """The text with places by line and column, counted in UTF-8 as the syntax tree counts."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.starts = [0]
        for line in self.data.splitlines(True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands, in bytes."""
        start = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        stop = self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, stop

    def inside(self, node: ast.AST, start: int, stop: int) -> bool:
        """Whether a node stands between two places."""
        return start <= self.span(node)[0] < stop

    def text(self, start: int, stop: int) -> str:
        """The text between two places."""
        return self.data[start:stop].decode()

    def edited(self, edits: list[tuple[int, int, str]]) -> str:
        """The text with every edit made; none overlaps another."""
        data = self.data
        for start, stop, new in sorted(edits, reverse=True):
            data = data[:start] + new.encode() + data[stop:]
        return data.decode()


@dataclass
class _Fold:
    """Expressions with known names and attributes of self worked out, the rest as it was written."""

    file: _File
    names: dict[str, object]
    attributes: dict[str, object]
    dropped: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by class, the options that left its calls

    def value(self, node: ast.expr) -> object:
        """What an expression comes to, or _UNKNOWN."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.names.get(node.id, _UNKNOWN)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            return self.attributes.get(node.attr, _UNKNOWN)
        if isinstance(node, ast.IfExp) and self.truth(node.test) is not None:
            return self.value(node.body if self.truth(node.test) else node.orelse)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return 0.0 if 0.0 in (self.value(node.left), self.value(node.right)) else _UNKNOWN
        if isinstance(node, ast.BoolOp):
            return self._joined_value(node)
        return self._compared(node) if isinstance(node, ast.Compare) else _UNKNOWN

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a test holds, or None: of parts joined by `or` and `and` one may decide, whatever the others are."""
        found = self.value(node)
        if found is not _UNKNOWN:
            return bool(found)
        if not isinstance(node, ast.BoolOp):
            return None
        stops = isinstance(node.op, ast.Or)
        return stops if stops in map(self.truth, node.values) else None

    def _compared(self, node: ast.Compare) -> object:
        """What `a is b` or `a is not b` comes to, of known values."""
        left, right = self.value(node.left), self.value(node.comparators[0])
        if len(node.ops) > 1 or not isinstance(node.ops[0], (ast.Is, ast.IsNot)) or _UNKNOWN in (left, right):
            return _UNKNOWN
        return (left is right) == isinstance(node.ops[0], ast.Is)

    def _joined_value(self, node: ast.BoolOp) -> object:
        stops = isinstance(node.op, ast.Or)
        for part in node.values:
            found = self.value(part)
            if found is _UNKNOWN or bool(found) == stops:
                return found
        return self.value(node.values[-1])

    def _kept(self, node: ast.BoolOp) -> Iterator[ast.expr]:
        """The parts that may decide: those of unknown value, up to a known one that does, and the last."""
        for part in node.values:
            found = self.value(part)
            decides = found is not _UNKNOWN and bool(found) == isinstance(node.op, ast.Or)
            if found is _UNKNOWN or decides or part is node.values[-1]:
                yield part
            if decides:
                return

    def text(self, node: ast.expr) -> str:
        """The expression as it now reads."""
        found = self.value(node)
        if found is not _UNKNOWN:
            return json.dumps(found) if isinstance(found, str) else repr(found)
        if isinstance(node, ast.IfExp) and self.truth(node.test) is not None:
            return self.text(node.body if self.truth(node.test) else node.orelse)
        if isinstance(node, ast.BoolOp):
            return (" and " if isinstance(node.op, ast.And) else " or ").join(map(self.text, self._kept(node)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if self.value(one) == 1.0:
                    # the brackets around a sum are no part of it
                    return f"({self.text(other)})" if isinstance(other, ast.BinOp) else self.text(other)
        return self.call(node) if isinstance(node, ast.Call) else self._spliced(node)

    def call(self, node: ast.Call) -> str:
        """A call without the keywords that are settled, or that say what is so anyway."""
        word = self.value(node.args[1]) if len(node.args) == 2 else _UNKNOWN
        if _called(node) == "getattr" and isinstance(word, str):
            return f"{self.text(node.args[0])}.{word}"
        dropped = self.dropped.get(_called(node), frozenset())
        gone = [k for k in node.keywords if k.arg in dropped or self._usual(k)]
        if not gone:
            return self._spliced(node)
        words = [self.text(part) for part in node.args]
        words += [f"{k.arg}={self.text(k.value)}" for k in node.keywords if k not in gone]
        return f"{self.text(node.func)}({', '.join(words)})"

    def _usual(self, keyword: ast.keyword) -> bool:
        usual = DEFAULTS.get(keyword.arg or "", _UNKNOWN)
        return usual is not _UNKNOWN and self.value(keyword.value) == usual

    def _spliced(self, node: ast.AST) -> str:
        """The node's own text, with the expressions inside as they now read."""
        start, stop = self.file.span(node)
        edits = [(*self.file.span(part), self.text(part)) for part in _parts(node)]
        found, at = "", start
        for first, last, new in sorted(edits):
            found += self.file.text(at, first) + new
            at = last
        return found + self.file.text(at, stop)


def _parts(node: ast.AST) -> Iterator[ast.expr]:
    """The nearest expressions inside a node that are read, not assigned to."""
    if isinstance(node, ast.JoinedStr):
        return  # before Python 3.12 its parts have no places of their own
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            if not isinstance(getattr(part, "ctx", None), ast.Store):
                yield part
        else:
            yield from _parts(part)


@dataclass
class _Class:
    """One class with options settled. `owner` is the class whose constructor it has: itself, or its base."""

    file: _File
    node: ast.ClassDef
    options: dict[str, object]
    owner: ast.ClassDef
    attributes: dict[str, object] = field(default_factory=dict)

    def rewritten(self) -> str:
        """The text of the class."""
        init = _constructor(self.owner)
        assert init is not None
        self._learn(init)
        start, stop = self.file.span(self.node)
        text, at = "", start
        for part in self.node.body:
            if isinstance(part, ast.FunctionDef):
                first, last = self.file.span(part)
                text += self.file.text(at, first) + self._function(part)
                at = last
        return text + self.file.text(at, stop)

    def _learn(self, init: ast.FunctionDef) -> None:
        """Attributes that the constructor sets to what is known."""
        fold = _Fold(self.file, self.options, {})
        for statement in init.body:
            for target, value in _pairs(statement):
                if isinstance(target, ast.Attribute) and fold.value(value) is not _UNKNOWN:
                    self.attributes[target.attr] = fold.value(value)

    def _function(self, node: ast.FunctionDef) -> str:
        names = dict(self.options) if node.name == "__init__" else {}
        fold = _Fold(self.file, names, self.attributes)
        lines = self._signature(node) if node.name == "__init__" else [self._head(node)]
        for statement in node.body:
            if not _docstring(statement):
                lines += self._statement(statement, fold)
            if _leaves(statement, fold):
                break  # what stands behind is for the options that are not taken
        return "\n".join(lines).lstrip()

    def _head(self, node: ast.FunctionDef) -> str:
        start, first = self.file.span(node)[0], self.file.starts[node.body[0].lineno - 1]
        return "    " + self.file.text(start, first).rstrip("\n")

    def _signature(self, node: ast.FunctionDef) -> list[str]:
        plain = [self.file.text(*self.file.span(argument)) for argument in node.args.args]
        kept = [
            f"{self.file.text(*self.file.span(argument))} = {self.file.text(*self.file.span(default))}"
            if default is not None
            else self.file.text(*self.file.span(argument))
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            if argument.arg not in self.options
        ]
        return joined("def __init__({}) -> None:", [*plain, *(["*", *kept] if kept else [])], 1)

    def _statement(self, statement: ast.stmt, fold: _Fold) -> list[str]:
        """The lines of a statement; none where it only set what is known."""
        indent = " " * statement.col_offset
        pairs = _pairs(statement)
        kept = [(target, value) for target, value in pairs if not self._known(target, value, fold)]
        if pairs and len(kept) < len(pairs):
            if not kept:
                return []
            left = ", ".join(self.file.text(*self.file.span(target)) for target, _ in kept)
            return [f"{indent}{left} = {', '.join(fold.text(value) for _, value in kept)}"]
        if isinstance(statement, ast.If) and fold.truth(statement.test) is not None:
            chosen = statement.body if fold.truth(statement.test) else statement.orelse
            lines = [line for inner in chosen for line in self._statement(inner, fold)]
            return [re.sub(r"^    ", "", line) for line in lines]
        text = fold._spliced(statement)
        # a sum stands in brackets where it was a factor; alone it needs none
        return [indent + (re.sub(r" = \(([^(),]*)\)$", r" = \1", text) if pairs else text)]

    def _known(self, target: ast.expr, value: ast.expr, fold: _Fold) -> bool:
        """Whether an assignment sets what is known; a local name is then known from here on."""
        found = fold.value(value)
        if found is _UNKNOWN:
            return False
        if isinstance(target, ast.Attribute):
            return target.attr in self.attributes
        if isinstance(target, ast.Name):
            fold.names[target.id] = found
            return True
        return False


def _leaves(statement: ast.stmt, fold: _Fold) -> bool:
    """Whether the function always ends with this statement."""
    if isinstance(statement, ast.If) and fold.truth(statement.test) is not None:
        chosen = statement.body if fold.truth(statement.test) else statement.orelse
        return bool(chosen) and _leaves(chosen[-1], fold)
    return isinstance(statement, (ast.Return, ast.Raise))


def _docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _pairs(statement: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    """The targets of an assignment, each with its value."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]
