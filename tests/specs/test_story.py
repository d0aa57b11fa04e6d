"""What the story's specs are, and that they compile, learn and stand alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import archgraph
from tests.specs.samples import COMPILED, DRAWN_ONLY, LENGTHS, SPECS, TRAINED, model, values, variants

FAMILIES = {
    "autoencoder": "autoencoder",
    "bag_of_words": "classifier",
    "conditional_predictive": "conditional language model",
    "cross_attention": "graph without a target",
    "denoising_autoencoder": "denoising autoencoder",
    "language_model": "language model",
    "latent_predictive": "latent-variable model",
    "pronunciation": "conditional language model",
    "rnn": "recurrent model",
    "rnn_seq2seq": "recurrent model",
    "self_attention": "graph without a target",
    "sequence_autoencoder": "autoencoder",
    "sparse_autoencoder": "autoencoder",
    "transformer": "conditional language model",
    "transformer_interleaved": "conditional language model",
    "variational_autoencoder": "latent-variable model",
}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_the_story_is_whole() -> None:
    assert set(SPECS) == set(FAMILIES)


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_says_first_what_it_teaches(name: str) -> None:
    first, second = SPECS[name].read_text(encoding="utf-8").split("\n")[:2]
    assert first.startswith("# ")
    assert first.endswith(".")
    assert second.startswith("archgraph: 1")


@pytest.mark.parametrize(("name", "family"), FAMILIES.items())
def test_a_spec_is_what_the_story_says(name: str, family: str) -> None:
    report = archgraph.check(SPECS[name])
    assert report.diagnostics == ()
    assert report.classification == family


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_has_variants_from_tiny_to_real(name: str) -> None:
    found = variants(name)
    assert "tiny" in found
    for variant in found:
        report = archgraph.check(SPECS[name], variant=variant)
        assert report.diagnostics == ()
        assert report.classification == FAMILIES[name]


def sizes(name: str, variant: str | None) -> dict[str, int]:
    """The params that the data would decide."""
    program = archgraph.check(SPECS[name], variant=variant).program
    assert program is not None
    axes = [v.type.classes for v in program.graph.variables.values() if v.type and v.type.classes]
    return {param: 100 for axis in axes for param in sorted(axis.names)}


@pytest.mark.parametrize("name", COMPILED)
def test_every_variant_compiles(name: str) -> None:
    for variant in variants(name):
        # On the meta device weights have shapes and take no memory.
        with torch.device("meta"):
            module = archgraph.compile(SPECS[name], variant=variant, params=sizes(name, variant))
        assert sum(p.numel() for p in module.parameters()) > 0


@pytest.mark.parametrize("name", DRAWN_ONLY)
def test_a_latent_that_nothing_infers_is_drawn_but_not_compiled(name: str, tmp_path: Path) -> None:
    archgraph.render(SPECS[name], tmp_path / "picture.svg")
    with pytest.raises(archgraph.SpecError, match="latent"):
        archgraph.compile(SPECS[name], variant="tiny")


@pytest.mark.parametrize("name", TRAINED)
def test_the_loss_falls_in_a_few_steps(name: str) -> None:
    module, given = model(name), values(name)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-2)
    losses = []
    for _ in range(12):
        loss = module(**given).loss
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())
        optimizer.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-3:]) / 3 < 0.9 * losses[0]


@pytest.mark.parametrize("name", ["self_attention", "cross_attention"])
def test_attention_answers_each_query(name: str) -> None:
    h = model(name).eval()(**values(name)).h
    assert h.shape == (6, LENGTHS["T"], 8)


def test_only_cross_attention_has_a_second_source() -> None:
    cross, given = model("cross_attention").eval(), values("cross_attention")
    before = cross(**given).h
    given["x"] = given["x"].roll(1, dims=0)
    assert not torch.equal(cross(**given).h, before)
    assert set(values("self_attention")) == {"x"}


STANDALONE = """
import json, runpy, sys
import torch
sys.modules["archgraph"] = None  # whoever imports it now fails
torch.set_num_threads(1)
for name in sys.argv[2:]:
    path = f"{sys.argv[1]}/{name}"
    found = runpy.run_path(path + ".py")
    with open(path + ".class", encoding="utf-8") as file:
        torch.manual_seed(0)
        module = found[file.read()]()
    torch.manual_seed(2)
    loss = module(**torch.load(path + ".pt")).loss
    loss.backward()
    print(name, loss.item().hex())
"""


def test_emitted_source_stands_alone_and_equals_the_compiled_model(tmp_path: Path) -> None:
    expected = []
    for name in TRAINED:
        source = archgraph.emit(SPECS[name], variant="tiny")
        classes = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        (tmp_path / f"{name}.class").write_text(classes[-1], encoding="utf-8")
        given = values(name)
        torch.save(given, tmp_path / f"{name}.pt")
        module = model(name)
        torch.manual_seed(2)
        expected.append(f"{name} {module(**given).loss.item().hex()}")
    command = [sys.executable, "-c", STANDALONE, str(tmp_path), *TRAINED]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == expected
