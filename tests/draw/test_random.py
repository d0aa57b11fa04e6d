"""Random members of the family: whatever is added to the plan, the written picture stays sound."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from archgraph.draw import draw, write
from archgraph.graph.module import End, Graph
from tests.draw.audit import audit
from tests.draw.graphs import graph
from tests.draw.walls import walls

CORE = "predictor>h h>decoder decoder>y_tilde y>C y_tilde>C"


def member(seed: int) -> Graph:
    """A predictor with some inputs, perhaps a delayed target, a loop, a latent and regularisers."""
    chance = random.Random(seed)
    variables, nodes, edges = ["y:target", "h:hidden", "y_tilde:prediction"], ["decoder:decoder", "C"], [CORE]
    nodes.append("predictor:predictor")
    for index in range(chance.randint(0, 3)):
        variables.append(f"x{index}:input")
        if chance.random() < 0.7:
            nodes.append(f"enc{index}_of_x:encoder")
            edges.append(f"x{index}>enc{index}_of_x enc{index}_of_x>predictor.p{index}")
        else:
            edges.append(f"x{index}>predictor.p{index}")
    if chance.random() < 0.6:
        nodes.append("enc:encoder")
        edges.append("y>enc!delay enc>predictor")
    if chance.random() < 0.3:
        edges.append("h>predictor.state!delay")
    if chance.random() < 0.3:
        variables.append("z:latent")
        edges.append("z>" + chance.choice(["decoder.z", "predictor.z"]))
    for index in range(chance.randint(0, 3)):
        nodes.append(f"R{index}")
        edges.append(f"{chance.choice(['h', 'y_tilde'])}>R{index}")
    return graph("Random", " ".join(variables), " ".join(nodes), " ".join(edges))


@pytest.mark.parametrize("seed", range(12))
def test_random_member_of_the_family_is_opened_soundly(seed: int) -> None:
    svg = write(draw(gathered(member(seed)), depth=1), "svg")
    assert audit(svg) + walls(svg) == []


def gathered(subject: Graph) -> Graph:
    """The same with all data edges of a module at one port, as an operation has it that takes several."""
    ports = ("in", "out", "state", "target", "prediction")
    wires = tuple(
        wire if wire.target.port in ports else wire._replace(target=End(wire.target.owner, "in"))
        for wire in subject.wires
    )
    return replace(subject, wires=wires)


@pytest.mark.parametrize("seed", range(24))
def test_random_member_of_the_family_is_drawn_soundly(seed: int) -> None:
    assert audit(write(draw(member(seed)), "svg")) == []
