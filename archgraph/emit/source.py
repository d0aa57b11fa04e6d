"""The whole emitted file: imports, the runtime pieces that it carries, a class per node, the model."""

from __future__ import annotations

import re

from archgraph.emit.classes import Classes
from archgraph.emit.code import NotCausal
from archgraph.emit.layout import closed, plain
from archgraph.emit.model import Model
from archgraph.emit.prune import prune
from archgraph.emit.runtime import carried
from archgraph.emit.specialise import specialise
from archgraph.emit.steps.causal import Methods, methods
from archgraph.graph.program import Program


def emit(program: Program, *, stream: bool = True, recompute: bool = False) -> str:
    """The source of a program: standalone, needing torch alone; with `start` and `step` where it can go by steps.

    With `recompute`, repeated blocks keep their inputs alone in training, and run again for the gradient.
    """
    classes = Classes(program, recompute)
    model = Model(program, classes)
    form = _form(model) if stream else Methods()
    top = model.lines(form.lines)
    pieces = carried(sorted(classes.use), form.stepped)
    body = [piece.text for piece in pieces] + ["\n".join(code.lines) for code in classes.written] + ["\n".join(top)]
    text = prune(closed(specialise("\n\n\n".join(body))))
    return "\n".join([f'"""{_title(program)}"""', "", *_imports(text), "", "", text, ""])


def refusal(program: Program) -> str:
    """Why a program cannot go step by step; "" where it can."""
    try:
        methods(Model(program, Classes(program)))
    except NotCausal as found:
        return str(found)
    return ""


def _form(model: Model) -> Methods:
    try:
        return methods(model)
    except NotCausal:
        return Methods()


def _title(program: Program) -> str:
    title = program.graph.title or program.graph.name
    return f"{plain(title)}. Written by archgraph from the spec '{plain(program.graph.name)}'."


def _imports(text: str) -> list[str]:
    """The imports that a text needs, and no others."""
    lines = ["from __future__ import annotations", ""]
    lines += ["import math"] if re.search(r"\bmath\.", text) else []
    lines += [f"from typing import {'Any, ' * bool(re.search(r'[^A-Za-z]Any[^A-Za-z]', text))}NamedTuple", ""]
    lines += ["import torch"] if re.search(r"\btorch\.", text) else []
    lines += ["import torch.utils.checkpoint"] if "torch.utils.checkpoint." in text else []
    names = ["Tensor", "nn"] if re.search(r"\bnn\.", text) else ["Tensor"]
    lines.append(f"from torch import {', '.join(names)}")
    lines += ["from torch.nn import functional as F"] if re.search(r"\bF\.", text) else []
    return lines
