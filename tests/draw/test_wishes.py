"""Options of a picture from Python are looked at before any work, with the limits that the command has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

import archgraph
from archgraph.cli.group import commands
from archgraph.draw import wishes

SPEC = Path(__file__).parents[2] / "specs" / "story" / "autoencoder.yaml"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"dpi": 0}, "dpi is 0, and must be from 1 to 1200"),
        ({"dpi": 1e9}, "dpi is 1000000000.0, and must be from 1 to 1200"),
        ({"dpi": float("nan")}, "dpi is nan, and must be from 1 to 1200"),
        ({"width": -1}, "width is -1, and must be from 1 to 16384"),
        ({"width": 10**9}, "width is 1000000000, and must be from 1 to 16384"),
        ({"unroll": 10**6}, "unroll is 1000000, and must be from 0 to 32"),
        ({"depth": 4}, "unknown depth 4; known are 0, 1, 2, 3"),
    ],
)
def test_number_outside_of_its_limits_is_refused_with_them(option: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said.replace(".", r"\.")):
        archgraph.render(SPEC, tmp_path / "picture.png", **option)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"dpi": "144"}, "dpi is '144', and must be a number from 1 to 1200"),
        ({"width": 1.5}, "width is 1.5, and must be a whole number from 1 to 16384"),
        ({"unroll": "2"}, "unroll is '2', and must be a whole number from 0 to 32"),
        ({"depth": True}, "depth is True, and must be a whole number from 0 to 3"),
        ({"legend": "no"}, "legend is 'no', and must be True or False"),
        ({"shapes": "no"}, "shapes is 'no', and must be True or False"),
        ({"transparent": 3}, "transparent is 3, and must be True or False"),
        ({"equations": "all"}, "equations is 'all', and must be True, False or 'only'"),
        ({"title": 3}, "title is 3, and must be text"),
        ({"font": 3}, "font is 3, and must be the path of a file"),
        ({"dep": 1}, "a picture has no option 'dep'"),
    ],
)
def test_value_of_another_type_is_refused_by_the_name_of_its_option(
    option: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(TypeError, match=said):
        archgraph.render(SPEC, tmp_path / "picture.png", **option)
    assert not list(tmp_path.iterdir())


def test_none_is_as_if_nothing_were_said(tmp_path: Path) -> None:
    archgraph.render(SPEC, tmp_path / "one.png")
    archgraph.render(SPEC, tmp_path / "other.png", dpi=None, font=None, theme=None, title=None, unroll=None, width=None)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


def test_the_command_has_the_same_limits() -> None:
    command = commands.get_command(click.Context(commands), "render")
    assert command is not None
    limits = {option.name: option.type for option in command.params}
    assert [getattr(limits[name], "max", None) for name in ("width", "dpi", "unroll")] == [
        wishes.WIDEST,
        wishes.DENSEST,
        wishes.LONGEST,
    ]
