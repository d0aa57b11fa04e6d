"""What the README and the pages of docs show is what happens."""

from __future__ import annotations

import doctest
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import archgraph
from archgraph.cli import main
from tests.docs.pages import LANGUAGES, PAGES, blocks, calls, name_of

Desk = Callable[[Path], Path]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
pages = pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))


@pages
def test_blocks_say_their_language(page: Path) -> None:
    assert [str(block) for block in blocks(page) if block.language not in LANGUAGES] == []
    nameless = [str(block) for block in blocks(page) if block.language in ("yaml", "tsv") and not block.file]
    assert nameless == []


@pages
def test_specs_are_fine_unless_they_are_called_wrong(page: Path, desk: Desk) -> None:
    folder = desk(page)
    for block in blocks(page):
        if block.language == "yaml":
            report = archgraph.check(folder / block.file)
            assert report.ok != block.file.startswith("wrong"), (str(block), [d.message for d in report.diagnostics])


@pages
def test_commands_print_what_the_page_shows(page: Path, desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk(page)
    checker = doctest.OutputChecker()
    for block in blocks(page):
        for call in calls(block) if block.language == "console" else ():
            program, *arguments = shlex.split(call.words)
            assert program == "archgraph", str(block)
            status = main(arguments)
            shown = capfd.readouterr()
            told = shown.out + (shown.err if status else "")
            wanted = call.output.replace("\n...\n", "\n...")
            assert checker.check_output(wanted, told, doctest.ELLIPSIS), f"{block}: {call.words}\n{told}"
            assert (status != 0) == ("error" in call.output), f"{block}: {call.words} gave {status}"


@pages
def test_sessions_give_what_the_page_shows(page: Path, desk: Desk) -> None:
    desk(page)
    torch.set_num_threads(1)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language != "pycon":
            continue
        test = doctest.DocTestParser().get_doctest(block.text, names, str(block), block.page, block.line)
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
        runner.run(test, out=told.append, clear_globs=False)
        names = test.globs
        assert not told, "".join(told)
