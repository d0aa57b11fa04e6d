"""The specs that ship as what an export takes."""

from __future__ import annotations

from pathlib import Path

import torch

import archgraph
from archgraph.compiler import program
from archgraph.export.files import FORMATS, Exported, Request, export
from tests.specs.samples import SPECS, STORY

# Cells and cycles go step by step: their lengths are fixed.
LENGTHS = {"rnn": {"T": 8}, "rnn_seq2seq": {"S": 6, "T": 8}, "bahdanau": {"S": 6, "T": 8}}
MODELS = {path.stem: path for path in sorted((STORY.parent / "models").glob("*.yaml"))}
PARAMS = {"pronunciation": {"vocab": 50}}


def exported(name: str, folder: Path, request: Request) -> Exported:
    """Export a spec of the story, or a published model, at its tiny variant."""
    path = (SPECS | MODELS)[name]
    choice = {"variant": "tiny", "params": PARAMS.get(name)}
    model = archgraph.compile(path, seed=0, **choice)
    torch.manual_seed(2)
    for parameter in model.parameters():  # norms that are all 1, and biases all 0, would hide one for another
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return export(model, program(path, **choice), folder / (name + FORMATS[request.to]), request)
