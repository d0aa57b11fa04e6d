"""From source to module: the emitted text is loaded as a Python module of its own, and nothing else is run.

This is the one place that executes generated code: what `emit` prints, whose every name was checked.
"""

from __future__ import annotations

import copyreg
import hashlib
import linecache
import sys
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from archgraph.compiler.guards import guard
from archgraph.compiler.lengths import made
from archgraph.emit.source import emit as emit_source
from archgraph.emit.source import refusal
from archgraph.emit.steps.causal import clashing, facts, observed
from archgraph.graph.program import Program

if TYPE_CHECKING:
    from torch import nn

PACKAGE = "archgraph.emitted"


def source(program: Program, *, stream: bool = True, recompute: bool = False) -> str:
    """The emitted source of a program; raises SpecError where it cannot be emitted."""
    guard(program)
    return emit_source(program, stream=stream, recompute=recompute)


def instantiate(program: Program, seed: int | None, *, recompute: bool = False) -> nn.Module:
    """A module of the program's class, with fresh weights."""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "compiling needs torch: pip install 'archgraph-compiler[torch]'", name="torch"
        ) from error
    model_class = _model_class(program, recompute)
    if seed is None:
        model: nn.Module = model_class()
        return model
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = model_class()
    return model


def load(text: str) -> ModuleType:
    """The emitted text as a module; the same text gives the same module, so that classes compare equal."""
    name = f"{PACKAGE}.{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    file = f"<{name}>"
    module.__file__ = file
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)  # tracebacks show the lines
    sys.modules[name] = module
    try:
        exec(compile(text, file, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    _picklable(module, text)
    return module


def _model_class(program: Program, recompute: bool) -> type[nn.Module]:
    """The class of a program: the top class of its source, that is the last one, with what runs it step by step."""
    text = source(program, recompute=recompute)
    module = load(text)
    names = [name for name, value in vars(module).items() if isinstance(value, type)]
    reason = "" if clashing(program) else refusal(program)
    told: dict[str, Any] = {"observed": observed(program), "made": made(program)}
    told |= {"reason": reason} if reason else {}
    if not (reason or clashing(program)):  # a node that is called as a method would be stays what it is
        told["target"] = tuple(facts(program).items())
    return _running(text, names[-1], tuple(told.items()))


@cache
def _running(text: str, name: str, told: tuple[tuple[str, Any], ...]) -> type[nn.Module]:
    """The class of that name in an emitted file, which also streams and generates, or says why it cannot."""
    from archgraph.nn import asked, generation, given, lengths, streaming

    base, known = vars(load(text))[name], dict(told)
    told_of: dict[str, Any] = {"__module__": base.__module__, "__doc__": base.__doc__}
    told_of["__call__"] = asked.own_call(f"{base.__module__}.{name}")
    told_of["_observed"] = tuple(map(given.Observed._make, known["observed"]))
    told_of["_made"] = tuple(map(lengths.Made._make, known["made"]))
    kind: type[nn.Module] = asked.Asked
    if "reason" in known:
        kind, told_of["reason"] = generation.Refusing, known["reason"]
    elif "target" in known:
        kind, told_of["target"] = generation.Causal, given.Target(**dict(known["target"]))
        told_of["start"] = streaming.roomy(base.start)
    found = type(name, (base, kind), told_of)
    copyreg.pickle(found, partial(_reduce_running, text, name, told))
    return found


def _reduce_running(text: str, name: str, told: tuple[Any, ...], model: Any) -> tuple[Any, ...]:
    return _blank_running, (text, name, told), model.__dict__


def _blank_running(text: str, name: str, told: tuple[Any, ...]) -> Any:
    cls = _running(text, name, told)
    return cls.__new__(cls)


def _picklable(module: ModuleType, text: str) -> None:
    """Let another process rebuild instances from the source, which no import there would find."""
    from torch import nn

    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            reduce = _reduce_module if issubclass(value, nn.Module) else _reduce_tuple
            copyreg.pickle(value, partial(reduce, text, name))


def _reduce_module(text: str, name: str, model: Any) -> tuple[Any, ...]:
    return _blank, (text, name), model.__dict__


def _reduce_tuple(text: str, name: str, output: Any) -> tuple[Any, ...]:
    return _filled, (text, name, tuple(output))


def _blank(text: str, name: str) -> Any:
    cls = vars(load(text))[name]
    return cls.__new__(cls)


def _filled(text: str, name: str, values: tuple[Any, ...]) -> Any:
    return vars(load(text))[name](*values)
