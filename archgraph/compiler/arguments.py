"""The arguments of the public functions, looked at before any work: each refusal names the argument and the value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from archgraph.compiler.build import Build, check_dtype
from archgraph.lang.build import Choice

_SEEDS = range(-(2**63), 2**64)  # what torch takes


def chosen(variant: str | None, params: Mapping[str, Any] | None) -> Choice:
    """The variant and the params that are chosen; raises TypeError where they are no such things."""
    if variant is not None and not isinstance(variant, str):
        raise TypeError(f"variant is {variant!r}, and must be the name of one")
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"params are of type {type(params).__name__}, and must be a mapping of names to values")
    for name in params or {}:
        if not isinstance(name, str):
            raise TypeError(f"params have the name {name!r}, and a name must be a string")
    return Choice(variant, dict(params or {}))


def check_spec(spec: Any) -> None:
    """Raise TypeError unless a spec is a path, bytes, text or a stream."""
    if not isinstance(spec, (str, bytes, os.PathLike)) and not hasattr(spec, "read"):
        raise TypeError(f"the spec is of type {type(spec).__name__}, and must be a path, text, bytes or a stream")


def check_flag(name: str, value: Any) -> None:
    """Raise TypeError unless a flag is one."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}, and must be True or False")


def check_compile(seed: Any, weights: Any, build: Build) -> None:
    """Raise TypeError or ValueError unless these are arguments of `compile`."""
    if unknown := sorted(build.keys() - Build.__annotations__.keys()):
        raise TypeError(f"compile() has no argument '{unknown[0]}'")
    check_seed(seed)
    if weights is not None and not isinstance(weights, (str, os.PathLike)):
        raise TypeError(f"weights are of type {type(weights).__name__}, and must be the path of a folder or a file")
    check_flag("recompute", build.get("recompute", False))
    check_dtype(build.get("dtype"))


def check_seed(seed: Any) -> None:
    """Raise TypeError or ValueError unless a seed, if any, is one of torch's."""
    if seed is None:
        return
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed is {seed!r}, and must be a whole number")
    if seed not in _SEEDS:
        raise ValueError(f"seed is {seed}, and must be from {_SEEDS.start} to {_SEEDS.stop - 1}")
