"""Pictures that show themselves: a checked spec, a faulty one, and several on one page."""

from __future__ import annotations

import re

import pytest

import archgraph
from tests.cli.command import FINE, WRONG


def ids(svg: str) -> set[str]:
    return set(re.findall(r' id="([^"]*)"', svg))


def test_checked_spec_shows_itself() -> None:
    report = archgraph.check(FINE)
    svg = report._repr_svg_()
    assert svg is not None and "encoder" in svg and svg.endswith("</svg>\n")
    assert report._repr_html_() is None


def test_faulty_spec_shows_its_diagnostics_as_text() -> None:
    report = archgraph.check(WRONG.replace("encodr", '"<b>bold</b>"'))
    html = report._repr_html_()
    assert report._repr_svg_() is None
    assert html is not None and html.startswith("<pre>") and "unknown role" in html
    assert "<b>" not in html and "&lt;b&gt;" in html


def test_two_pictures_share_no_id() -> None:
    one, other = archgraph.show(FINE), archgraph.show(FINE.replace("small", "other"))
    again = archgraph.show(FINE, theme="light")
    assert not ids(one.svg) & ids(other.svg) and not ids(one.svg) & ids(again.svg)
    assert all(re.fullmatch(r"a[0-9a-f]{8}--.*", id) for id in ids(one.svg))


def test_same_picture_is_the_same_text() -> None:
    assert archgraph.show(FINE, depth=1) == archgraph.show(FINE, depth=1)


def test_faulty_spec_is_refused() -> None:
    with pytest.raises(archgraph.SpecError, match="<mine>:7:19"):
        archgraph.show(WRONG, name="<mine>")


def test_text_of_a_picture_does_not_drown_a_session() -> None:
    assert repr(archgraph.show(FINE)) == "Picture(title='Small')"
