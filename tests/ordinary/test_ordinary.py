"""Models as people write them, beside those that ship: each is drawn soundly, and learns."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import compile, program
from archgraph.draw import draw, write
from tests.draw.audit import audit
from tests.draw.walls import walls

SPECS = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.yaml"))}


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("name", SPECS)
def test_drawn_soundly_at_each_depth(name: str, depth: int) -> None:
    scene = draw(program(SPECS[name]).graph, depth=depth)
    svg = write(scene, "svg")
    assert audit(svg) + (walls(svg) if depth else []) == []
    assert depth > 1 or (scene.width, scene.height) == (960.0, 540.0)


@pytest.mark.parametrize("name", SPECS)
def test_learns_one_batch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from archgraph.measure.works import sample

    found, chance = program(SPECS[name]), torch.Generator().manual_seed(0)
    observed = [variable for variable in found.graph.variables.values() if variable.kind in ("input", "target")]
    sizes = {"T": 12, "S": 9, "N": 7}
    given = {each.name: sample(each.type, sizes, 4, chance) for each in observed}
    model = compile(SPECS[name], seed=0)
    learner = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(12):
        learner.zero_grad()
        loss = model(**given).loss
        loss.backward()
        learner.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0], losses
