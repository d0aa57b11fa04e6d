"""Which column of a layered plan each part belongs to."""

from __future__ import annotations

from collections import defaultdict

from archgraph.draw.sketch import Sketch


def forward(sketch: Sketch) -> list[tuple[str, str]]:
    """The links without those that close a cycle, found depth first in the order of the spec."""
    targets: dict[str, dict[str, None]] = defaultdict(dict)
    for link in sketch.links:
        targets[link.source][link.target] = None
    state: dict[str, int] = {}
    found: list[tuple[str, str]] = []
    for root in sketch.parts:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(targets[root]))]
        while stack:
            name, following = stack[-1]
            target = next(following, None)
            if target is None:
                state[name] = 2
                stack.pop()
            elif state.get(target) != 1:
                found.append((name, target))
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(targets[target])))
    return found


def ranks(sketch: Sketch, forward: list[tuple[str, str]]) -> dict[str, int]:
    """The longest way to each part; a source stands right before the first that reads it."""
    ahead: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(sketch.parts, 0)
    for source, target in forward:
        ahead[source].append(target)
        waiting[target] += 1
    fed = {name for name, count in waiting.items() if count}
    found = dict.fromkeys(sketch.parts, 0)
    ready = [name for name in sketch.parts if name not in fed]
    for name in ready:
        for target in ahead[name]:
            found[target] = max(found[target], found[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for name in reversed(ready):
        if name not in fed and ahead[name]:
            found[name] = min(found[target] for target in ahead[name]) - 1
    return found
