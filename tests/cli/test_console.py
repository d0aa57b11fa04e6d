"""Output on consoles that lack characters."""

from __future__ import annotations

import io

import pytest

from archgraph.cli.console import prepare

TEXT = "ỹ → ζ⁻¹\n"


class Console(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_console_keeps_its_encoding_and_replaces_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    raw = io.BytesIO()
    stream = Console(raw, encoding="cp1252", newline="\n")
    prepare(stream)
    stream.write(TEXT)
    stream.flush()
    assert raw.getvalue() == TEXT.encode("cp1252", errors="replace")


def test_a_pipe_becomes_utf8_with_plain_line_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n")
    prepare(stream)
    stream.write(TEXT)
    stream.flush()
    assert raw.getvalue() == TEXT.encode("utf-8")


def test_an_encoding_that_the_user_named_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    prepare(stream)
    stream.write(TEXT)
    stream.flush()
    assert b"?" in raw.getvalue()


def test_a_stream_of_a_notebook_is_left_alone() -> None:
    stream = io.StringIO()
    prepare(stream)
    stream.write(TEXT)
    assert stream.getvalue() == TEXT
