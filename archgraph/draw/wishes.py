"""What is wished of a picture, looked at before any work: each refusal names the option, the value and the limits."""

from __future__ import annotations

import os
from numbers import Integral, Real
from typing import Any

WIDEST = 16_384
DENSEST = 1_200
LONGEST = 32


def flag(name: str, value: Any) -> None:
    """Raise TypeError unless a flag is one."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}, and must be True or False")


def whole(name: str, value: Any, least: int, most: int) -> None:
    """Raise TypeError or ValueError unless a value is a whole number within limits."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}, and must be a whole number from {least} to {most}")
    if not least <= int(value) <= most:
        raise ValueError(f"{name} is {value}, and must be from {least} to {most}")


def real(name: str, value: Any, least: float, most: float) -> None:
    """Raise TypeError or ValueError unless a value is a number within limits; one that is no number is outside."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}, and must be a number from {least} to {most}")
    if not least <= float(value) <= most:
        raise ValueError(f"{name} is {value}, and must be from {least} to {most}")


def text(name: str, value: Any) -> None:
    """Raise TypeError unless a value is text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, and must be text")


def file(name: str, value: Any) -> None:
    """Raise TypeError unless a value is the path of a file."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} is {value!r}, and must be the path of a file")
