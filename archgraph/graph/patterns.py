"""Patterns such as `(t p) d -> t (p d)`: which axes a tensor has, and which it shall have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

GRAMMAR = re.compile(r"\s*(->|[()]|1(?![0-9A-Za-z_])|[A-Za-z_][A-Za-z0-9_]*)")
LIMIT = 400

Group = tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """Both sides; a group is an axis made of named factors, the first the slowest; () has length 1."""

    before: tuple[Group, ...]
    after: tuple[Group, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every factor, in the order of the left side."""
        return tuple(name for group in self.before for name in group)

    def where(self, name: str) -> int:
        """The place on the right side of the group that holds a factor."""
        return next(place for place, group in enumerate(self.after) if name in group)


def parse_pattern(text: str) -> Pattern:
    """The pattern; raises ValueError that says what is wrong and where."""
    if len(text) > LIMIT:
        raise ValueError(f"longer than {LIMIT} characters")
    tokens = tuple(_tokens(text))
    if tokens.count("->") != 1:
        raise ValueError("needs one '->' between what there is and what there shall be")
    arrow = tokens.index("->")
    pattern = Pattern(_groups(tokens[:arrow]), _groups(tokens[arrow + 1 :]))
    after = [name for group in pattern.after for name in group]
    for side in (pattern.names, after):
        for name in side:
            if side.count(name) > 1:
                raise ValueError(f"'{name}' stands twice on one side")
    lost, new = sorted(set(pattern.names) - set(after)), sorted(set(after) - set(pattern.names))
    if lost or new:
        sides = ("left", "right") if lost else ("right", "left")
        raise ValueError(f"'{(lost or new)[0]}' stands on the {sides[0]} and not on the {sides[1]}")
    return pattern


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while text[place:].strip():
        found = GRAMMAR.match(text, place)
        if found is None:
            raise ValueError(f"cannot read '{text[place:].split()[0][:12]}'; axes are names, 1, or names in brackets")
        yield found.group(1)
        place = found.end()


def _groups(tokens: tuple[str, ...]) -> tuple[Group, ...]:
    groups: list[Group] = []
    inside: list[str] | None = None
    for token in tokens:
        if token == "(":
            if inside is not None:
                raise ValueError("a bracket stands inside a bracket")
            inside = []
        elif token == ")":
            if inside is None:
                raise ValueError("a bracket closes that was not opened")
            groups.append(tuple(inside))
            inside = None
        elif inside is not None:
            inside += [token] * (token != "1")
        else:
            groups.append((token,) if token != "1" else ())
    if inside is not None:
        raise ValueError("a bracket is not closed")
    return tuple(groups)
