"""What the config of a published checkpoint says, as params of a spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

from archgraph.core.expression import ExpressionError, Name, evaluate, parse
from archgraph.core.suggest import hint
from archgraph.graph.weights import Plain, WeightRules
from archgraph.weights.errors import WeightsError, shortened

_NAME = re.compile(r"[A-Za-z_][\w.]*")


def settings(rules: WeightRules, config: Mapping[str, Any], path: Path) -> dict[str, Plain]:
    """The params that a config decides.

    Args:
        rules: the spec's own.
        config: the content of `config.json`.
        path: where it lies, for messages.

    Raises:
        WeightsError: another family, a value that the spec does not hold for, or a number that is missing.
    """
    family = config.get("model_type")
    if rules.families and family not in rules.families:
        known = ", ".join(rules.families)
        told = "no 'model_type' says the family" if family is None else f"the family is '{family}'"
        raise WeightsError(f"{path}: {told}, and the spec is of {known}", "take the spec of its family")
    for name, fine in rules.requires:
        value = look_up(config, name)
        if value is not None and value not in fine:
            wanted = " or ".join(repr(each) for each in fine)
            fact = f"'{name}' is {shortened(value)}, and the spec holds for {wanted}"
            raise WeightsError(f"{path}: {fact}", "change the spec")
    return {name: _first(name, options, config, path) for name, options in rules.params}


def look_up(config: Mapping[str, Any], name: str) -> Any:
    """A value of a config; dots lead into its mappings and lists."""
    found: Any = config
    for part in name.split("."):
        if isinstance(found, list):
            found = found[int(part)] if part.isascii() and part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _first(name: str, options: tuple[Plain, ...], config: Mapping[str, Any], path: Path) -> Plain:
    for option in options:
        if not isinstance(option, str):
            return option
        value = look_up(config, option)
        if value is None:
            value = _arithmetic(option, config)
        if isinstance(value, (dict, list)):
            value = _named(value)
        if isinstance(value, (str, int, float)):
            return value
    _numbers(options, config, path)
    wanted = [str(option) for option in options]
    near = hint(wanted[0], [key for key, value in config.items() if isinstance(value, (int, float))])
    raise WeightsError(f"{path}: it says nothing of {' or '.join(wanted)}, from which '{name}' follows", near)


def _named(value: dict[str, Any] | list[Any]) -> int | None:
    """How many things a list or a mapping from numbers names, as of classes; None where it is of something else."""
    names = list(value.values()) if isinstance(value, dict) and all(key.isdigit() for key in value) else value
    return len(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else None


def _numbers(options: tuple[Plain, ...], config: Mapping[str, Any], path: Path) -> None:
    """Raise WeightsError where the config has a value that is asked for, and it is no number."""
    for name in dict.fromkeys(word for option in options for word in _NAME.findall(str(option))):
        value = look_up(config, name)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value)
        ):
            raise WeightsError(f"{path}: '{name}' is {shortened(value)}, and must be a number", "copy the config again")


def _arithmetic(text: str, config: Mapping[str, Any]) -> int | float | None:
    """Arithmetic over the config's numbers and the lengths of its lists; None where one is missing."""

    def number(name: Name, _: bool) -> Fraction | float:
        value = config.get(name.name)
        value = _named(value) if isinstance(value, (dict, list)) else value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise KeyError(name.name)
        return Fraction(value) if isinstance(value, int) else value

    try:
        found = evaluate(parse(text), number, True)
    except (KeyError, ExpressionError):
        return None
    if isinstance(found, Fraction):
        return int(found) if found.denominator == 1 else float(found)
    return found if isinstance(found, float) else None
