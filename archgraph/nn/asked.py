"""A model that says what was wrong with what it was given, where a call of it fails."""

from __future__ import annotations

from inspect import signature
from types import FunctionType
from typing import Any

import torch
from torch import nn

from archgraph.nn.given import Observed, check_all_lengths, check_samples, check_values, check_wide
from archgraph.nn.lengths import Made, check_made


class Asked(nn.Module):
    """What a compiled model inherits, and no emitted file carries.

    A call that works costs nothing more: what it was given is looked at when it has failed. Lengths alone are looked
    at before, since wrong ones would be taken without a word. What it has beside begins with '_', as no name of a
    spec does: a node would not be found where the class has its name.
    """

    _observed: tuple[Observed, ...] = ()  # what a call takes
    _made: tuple[Made, ...] = ()  # the lengths that it makes of those of what it takes

    def __call__(self, *args: Any, **given: Any) -> Any:
        """Call the model; raise ValueError by the name of what it cannot take."""
        if torch.compiler.is_compiling():
            return super().__call__(*args, **given)
        if given.get("lengths") is not None or len(args) > len(self._observed):
            check_all_lengths(self._observed, self._named(args, given))
        try:
            return super().__call__(*args, **given)
        except ValueError:
            raise  # which tells of what was given already
        except Exception as error:
            self._explain(self._named(args, given), error)
            raise

    def _named(self, args: tuple[Any, ...], given: dict[str, Any]) -> dict[str, Any]:
        """All arguments of a call by name; none where the call is none."""
        try:
            return dict(signature(self.forward).bind(*args, **given).arguments)
        except TypeError:
            return {}

    def _explain(self, given: dict[str, Any], error: Exception) -> None:
        """Raise what was wrong with what was given, if that is what made a call fail."""
        optional = [name for name, parameter in signature(self.forward).parameters.items() if parameter.default is None]
        given = {name: value for name, value in given.items() if value is not None or name not in optional}
        try:
            check_values(self._observed, given, self)
            check_samples({variable.name: given.get(variable.name) for variable in self._observed}, None)
            check_wide(reversed(self._observed), given)
            check_made(self._made, self._observed, given)
        except ValueError as fault:
            raise fault from error


def own_call(owner: str) -> FunctionType:
    """The method `__call__` with code of its own, for the class `owner`.

    torch.compile counts what it compiles, and learns which sizes change, by the code: models must not share one.
    """
    call = Asked.__call__
    return FunctionType(call.__code__.replace(co_name=owner), call.__globals__, "__call__", None, call.__closure__)
