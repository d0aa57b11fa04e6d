"""The PNG writer: the size asked for, and ink where the picture is."""

from __future__ import annotations

import struct
import zlib

import pytest

from archgraph.draw import Options, draw, write
from tests.draw.graphs import SELF_ATTENTION


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (Options(width=320), (320, 180)),
        (Options(dpi=72), (960, 540)),
        (Options(dpi=36), (480, 270)),
        (Options(width=100, dpi=300), (100, 57)),
    ],
)
def test_picture_has_the_size_asked_for(options: Options, wanted: tuple[int, int]) -> None:
    assert size(write(draw(SELF_ATTENTION), "png", options)) == wanted


def test_same_graph_gives_same_bytes() -> None:
    one, other = (write(draw(SELF_ATTENTION), "png", Options(width=200)) for _ in range(2))
    assert one == other


def test_picture_is_not_empty() -> None:
    png = write(draw(SELF_ATTENTION), "png", Options(width=200))
    data = b"".join(chunk for kind, chunk in chunks(png) if kind == b"IDAT")
    assert len(set(zlib.decompress(data))) > 20


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found
