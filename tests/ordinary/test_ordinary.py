"""Models as people write them, beside those that ship: each is drawn soundly, learns, and goes by steps if causal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archgraph.compiler import compile, program
from archgraph.draw import draw, write
from tests.draw.audit import audit
from tests.draw.walls import walls

SIZES = {"T": 12, "S": 9, "N": 7}
SPECS = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.yaml"))}
CAUSAL = (
    "captioning",
    "forecasting",
    "gru_by_hand",
    "gru_language_model",
    "las",
    "show_attend_tell",
    "sparse_language_model",
    "tacotron",
    "tcn",
    "wavenet",
)


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
    given = {each.name: sample(each.type, SIZES, 4, chance) for each in observed}
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


@pytest.mark.parametrize("name", CAUSAL)
def test_steps_equal_the_whole(name: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from archgraph.emit.steps.causal import predicted
    from archgraph.measure.works import sample

    found, chance = program(SPECS[name]), torch.Generator().manual_seed(0)
    observed = [variable for variable in found.graph.variables.values() if variable.kind in ("input", "target")]
    drawn = {each.name: sample(each.type, SIZES, 2, chance) for each in observed}
    given = {each: x.double() if x.is_floating_point() else x for each, x in drawn.items()}
    model: Any = compile(SPECS[name], seed=0).double().eval()
    inputs = {each.name: given[each.name] for each in observed if each.kind == "input"}
    with torch.no_grad():
        whole = getattr(model(**given), predicted(found)[1].name)
        stream, steps = model.stream(batch=2, capacity=SIZES["T"], **inputs), given[model.target.name].unbind(1)
        made = [stream.step(), *map(stream.step, steps[:-1])]
    torch.testing.assert_close(torch.stack(made, 1), whole, rtol=0, atol=1e-12)
